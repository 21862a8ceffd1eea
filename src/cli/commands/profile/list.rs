//! `profile list`: the profiles, with what is wrong with them.

use clap::Args;
use serde::Serialize;

use super::problem;
use crate::cli::{
    answer::{Answer, Item},
    commands::ListArgs,
    connect::{self, File, Profile},
    failure::Failure,
    render::{
        Line, style,
        table::{Column, Table},
    },
    run::Run,
};

/// List the profiles
#[derive(Debug, Args)]
#[command(after_help = "\
Contacts no host. A profile with a mistake is listed with a warning; the others can be used.
The file and its keys are described in `hvsnap --help`.

Examples:
  hvsnap profile list
  hvsnap profile list --config lab.toml --output json")]
pub(crate) struct List {
    #[command(flatten)]
    how: ListArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Head {
    /// Path of the configuration file; null if there is none.
    file: Option<String>,
    /// Name of the default profile, as the file gives it.
    default: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProfileView {
    /// Name of the profile.
    name: String,
    /// True for the default profile.
    is_default: bool,
    /// URL of the host; null if the profile cannot be used, as all below.
    endpoint: Option<String>,
    /// True if the URL is https.
    tls: Option<bool>,
    /// The user; null too if the profile names none.
    user: Option<String>,
    /// The authentication scheme.
    auth: Option<String>,
    /// True if the host is a failover cluster.
    cluster: Option<bool>,
    /// Why it cannot be used; null if it can.
    problem: Option<String>,
}

impl Item for ProfileView {
    const FIELD: &'static str = "profiles";
    const TYPE: &'static str = "profile";
}

impl ProfileView {
    fn new(profile: &Profile, file: &File) -> Self {
        let facts = profile.facts();
        let problem = facts.as_ref().err().map(problem);
        let facts = facts.ok();
        let of = facts.as_ref();
        Self {
            name: profile.name.clone(),
            is_default: file.default.as_deref() == Some(&*profile.name),
            endpoint: of.map(|facts| facts.endpoint.clone()),
            tls: of.map(|facts| facts.endpoint.starts_with("https:")),
            user: of.and_then(|facts| facts.user.clone()),
            auth: of.map(|facts| facts.auth.clone()),
            cluster: of.map(|facts| facts.is_cluster),
            problem,
        }
    }

    fn cells(&self) -> [Line; 6] {
        let text = |text: Option<&str>| text.map(Line::plain).unwrap_or_default();
        let problem = if self.problem.is_some() { "cannot be used" } else { "" };
        [
            Line::new().styled(style::STRONG, &self.name),
            text(self.is_default.then_some("default")),
            text(self.endpoint.as_deref()),
            text(self.user.as_deref()),
            text(self.auth.as_deref()),
            Line::new().styled(style::CAUTION, problem),
        ]
    }
}

impl List {
    pub(super) fn run(&self, run: &Run<'_>) -> Result<Answer, Failure> {
        let Some(file) = connect::configuration(&run.cli.connection)? else {
            let head = Head { file: None, default: None };
            let mut answer = Answer::list(Vec::new(), &head, Vec::<ProfileView>::new())?;
            let text = "There is no configuration file; `hvsnap --help` tells where it would be.";
            answer.remarks.push(Line::plain(text));
            return Ok(answer);
        };
        let place = file.path.display().to_string();
        let profiles: Vec<_> = file.profiles.iter().map(|profile| ProfileView::new(profile, &file)).collect();
        let mut table = Table::new(&[
            Column::name("NAME"),
            Column::text("DEFAULT"),
            Column::name("ADDRESS"),
            Column::name("USER"),
            Column::text("AUTH"),
            Column::text("PROBLEM"),
        ]);
        let mut warnings = Vec::new();
        for profile in &profiles {
            table.row(profile.cells());
            warnings.extend(
                profile.problem.as_ref().map(|problem| format!("profile {:?}: {problem}", profile.name)),
            );
        }
        let lost = file.default.as_deref().and_then(|default| file.profile(default).err());
        warnings.extend(lost.as_ref().map(|lost| format!("default_profile: {}", problem(lost))));
        let is_empty = profiles.is_empty();
        let head = Head { file: Some(place.clone()), default: file.default };
        let mut answer = Answer::list(table.shown(self.how.layout(run.console)), &head, profiles)?;
        answer.warnings = warnings;
        if is_empty {
            answer.remarks.push(Line::plain(format_args!("There are no profiles in {place}.")));
        }
        Ok(answer)
    }
}
