//! `profile test`: whether the host of a profile can be reached, and by its user.

use clap::Args;
use hvsnap::OnBusy;
use serde::Serialize;

use super::problem;
use crate::cli::{
    answer::Answer,
    connect::{self, File, HostSettings, Profile, Reached},
    exit::Exit,
    failure::Failure,
    render::{Line, style, table::facts},
    run::{Run, on_a_runtime},
    session::nothing_changed,
};

/// Test a profile: identify its host, and read its VMs
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the host, user and all else from the profile alone; only the password may come from HVSNAP_PASSWORD or
be asked for. With --all it is taken from password_file alone, and a profile without one is not tested.
`hvsnap doctor --profile NAME` says more where it fails.

Examples:
  hvsnap profile test
  hvsnap profile test lab
  hvsnap profile test --all --timeout 1m --output json")]
pub(crate) struct Test {
    /// Name of the profile [default: the default profile]
    #[arg(conflicts_with = "all")]
    name: Option<String>,

    /// Test all profiles; the exit code is the worst of all
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// Path of the configuration file.
    file: String,
    /// The profiles that were tested.
    profiles: Vec<TestView>,
    /// The exit code of the command: the worst of all profiles.
    exit_code: u8,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct TestView {
    /// Name of the profile.
    name: String,
    /// URL of the host; null if the profile cannot be used.
    endpoint: Option<String>,
    /// The user; null if the profile names none.
    user: Option<String>,
    /// True if the host answers, and the user may read its VMs.
    works: bool,
    /// The version that the host reports of itself; null if it was not reached.
    product_version: Option<String>,
    /// How the user was authenticated; null if that failed.
    authenticated: Option<String>,
    /// The number of VMs that the user sees; null if they were not read.
    vms: Option<usize>,
    /// What failed; null if it works.
    problem: Option<String>,
    /// The id of the error, as `hvsnap explain` takes it; null if it works.
    id: Option<String>,
    /// The exit code that testing this profile alone has.
    exit_code: u8,
}

/// What a working profile leads to.
struct Found {
    product_version: Option<String>,
    authenticated: Option<String>,
    vms: usize,
}

impl Test {
    pub(super) fn run(&self, mut run: Run<'_>) -> Result<Answer, Failure> {
        let Some(file) = connect::configuration(&run.cli.connection)? else {
            return Err(Failure::usage("there is no configuration file, and so no profile")
                .hint("`hvsnap --help` tells where it would be, and shows one"));
        };
        let tested: Vec<&Profile> =
            if self.all { file.profiles.iter().collect() } else { vec![self.one(&file)?] };
        let (mut views, mut lines, mut exits) = (Vec::new(), Vec::new(), Vec::new());
        for profile in tested {
            let found = match self.found(&mut run, profile) {
                // Its own error says most.
                Err(failure) if !self.all || failure.parts().exit == Exit::Interrupted => {
                    return Err(failure);
                }
                found => found,
            };
            exits.push(found.as_ref().map_or_else(|failure| failure.parts().exit, |_| Exit::Done));
            let view = TestView::new(profile, &found);
            lines.extend(view.lines());
            views.push(view);
        }
        let exit = Exit::worst(&exits);
        let body = Body { file: file.path.display().to_string(), profiles: views, exit_code: exit.code() };
        let mut answer = Answer::new(lines, &body)?;
        if exits.is_empty() {
            answer.remarks.push(Line::plain(format_args!("There are no profiles in {}.", body.file)));
        }
        answer.exit = exit;
        Ok(answer)
    }

    fn one<'f>(&self, file: &'f File) -> Result<&'f Profile, Failure> {
        match self.name.as_ref().or(file.default.as_ref()) {
            Some(name) => file.profile(name),
            None => Err(Failure::usage("no profile was named, and there is no default_profile")
                .hint("`hvsnap profile list` shows what there is; --all tests all")),
        }
    }

    fn found(&self, run: &mut Run<'_>, profile: &Profile) -> Result<Found, Failure> {
        let start = run.start;
        let settings =
            HostSettings { journal: run.journal()?, on_busy: OnBusy::Fail, deadline: start.deadline };
        let Reached { host, cluster } = profile.reach(run.console, &start.clock, settings, self.all)?;
        start.interrupt.uses(&host);
        let read = async {
            let identity = host.client().identify().await.map_err(Failure::from)?;
            let vms = match cluster {
                Some(cluster) => cluster.vms().await.map(|vms| vms.len()),
                None => host.vms().await.map(|vms| vms.len()),
            };
            Ok(Found {
                product_version: identity.product_version,
                authenticated: host.client().authentication().map(|by| by.to_string()),
                vms: vms.map_err(Failure::from)?,
            })
        };
        on_a_runtime(async { start.interrupt.or(read).await.map_err(nothing_changed)? })
    }
}

impl TestView {
    fn new(profile: &Profile, found: &Result<Found, Failure>) -> Self {
        let facts = profile.facts().ok();
        let of = found.as_ref().ok();
        let failure = found.as_ref().err();
        Self {
            name: profile.name.clone(),
            endpoint: facts.as_ref().map(|facts| facts.endpoint.clone()),
            user: facts.and_then(|facts| facts.user),
            works: of.is_some(),
            product_version: of.and_then(|found| found.product_version.clone()),
            authenticated: of.and_then(|found| found.authenticated.clone()),
            vms: of.map(|found| found.vms),
            problem: failure.map(problem),
            id: failure.map(|failure| failure.parts().id.to_string()),
            exit_code: failure.map_or(Exit::Done, |failure| failure.parts().exit).code(),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let text = |text: &Option<String>| text.as_deref().map(Line::plain).unwrap_or_default();
        let (style, word) = if self.works { (style::GOOD, "works") } else { (style::BAD, "does not work") };
        let mut lines = vec![Line::new().styled(style::STRONG, &self.name).text("  ").styled(style, word)];
        let id = self.id.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
        lines.extend(facts([
            ("host", text(&self.endpoint)),
            ("user", text(&self.user)),
            ("version", text(&self.product_version)),
            ("authenticated", text(&self.authenticated)),
            ("VMs", text(&self.vms.map(|vms| vms.to_string()))),
            ("problem", text(&self.problem).styled(style::FAINT, id)),
        ]));
        lines
    }
}
