//! `snapshot rename` and `snapshot notes`: change the settings of a snapshot.

use std::{fs, io::Read as _};

use clap::{Args, ValueHint};
use hvsnap::hyperv::{Change, ChangeError, ModifyAction, ModifyPlan};
use serde::Serialize;

use super::{SnapshotArgs, not_found, read};
use crate::cli::{
    answer::Answer,
    commands::{
        HostCommand,
        operation::{OperationArgs, carry_out},
    },
    failure::Failure,
    present::plain,
    proposal::Proposal,
    render::{Line, status::Row},
    session::Session,
    view::{SnapshotRef, VmRef},
};

/// Rename a snapshot
#[derive(Debug, Args)]
#[command(after_help = "\
The name is read back: the command is done when the host shows it.

Example:
  hvsnap snapshot rename web-01 base/before-upgrade before-upgrade-2 --yes")]
pub(crate) struct Rename {
    #[command(flatten)]
    which: SnapshotArgs,

    /// The new name; names need not be unique
    name: String,

    /// Also for a snapshot that a backup, Hyper-V Replica or an import created
    #[arg(long)]
    accept_foreign: bool,

    #[command(flatten)]
    operation: OperationArgs,
}

/// Show or set the notes of a snapshot
#[derive(Debug, Args)]
#[command(after_help = "\
Without --set, --file or --clear it shows the notes and changes nothing.

Examples:
  hvsnap snapshot notes web-01 base
  hvsnap snapshot notes web-01 base --set 'ticket 4711' --yes
  hvsnap snapshot notes web-01 base --file notes.txt --yes
  hvsnap snapshot notes web-01 base --clear --yes")]
pub(crate) struct Notes {
    #[command(flatten)]
    which: SnapshotArgs,

    /// The new notes
    #[arg(long, value_name = "TEXT", group = "text")]
    set: Option<String>,

    /// A file with the new notes, or - for standard input
    #[arg(long, value_name = "FILE", group = "text", value_hint = ValueHint::FilePath)]
    file: Option<String>,

    /// Remove the notes
    #[arg(long, group = "text")]
    clear: bool,

    /// Also for a snapshot that a backup, Hyper-V Replica or an import created
    #[arg(long)]
    accept_foreign: bool,

    #[command(flatten)]
    operation: OperationArgs,
}

impl HostCommand for Rename {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let change = Change::default().name(self.name.as_str());
        modify(session, &self.which, change, self.accept_foreign, &self.operation).await
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Shown {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The VM.
    vm: VmRef,
    /// The snapshot.
    snapshot: SnapshotRef,
    /// Its notes.
    notes: String,
}

impl HostCommand for Notes {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let text = match (&self.set, &self.file, self.clear) {
            (Some(text), ..) => text.clone(),
            (_, Some(file), _) => text_of(file)?.trim_end_matches(['\n', '\r']).to_owned(),
            (.., true) => String::new(),
            _ => return self.show(session).await,
        };
        let change = Change::default().notes(text);
        modify(session, &self.which, change, self.accept_foreign, &self.operation).await
    }
}

impl Notes {
    async fn show(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (_, tree) = read(session, &self.which.vm).await?;
        let wanted = &self.which.snapshot;
        let snapshot = tree.find(wanted).map_err(|error| not_found(&tree, wanted, error))?;
        let notes = snapshot.notes.join("\n");
        let body = Shown {
            endpoint: session.host.endpoint().to_string(),
            vm: VmRef::of(&tree),
            snapshot: snapshot.into(),
            notes: notes.clone(),
        };
        Answer::new(notes.lines().map(Line::plain).collect(), &body)
    }
}

/// The maximum size in bytes of a file with notes.
const LONGEST: u64 = 64 * 1024;

fn text_of(file: &str) -> Result<String, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("--file {file:?} cannot be read")).cause(error)
    };
    let mut bytes = Vec::new();
    let read = match file {
        "-" => std::io::stdin().take(LONGEST + 1).read_to_end(&mut bytes),
        path => fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|error| wrong(&error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(wrong(&format_args!("it is longer than {LONGEST} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| wrong(&error))
}

async fn modify(
    session: &mut Session<'_>,
    which: &SnapshotArgs,
    change: Change,
    accept_foreign: bool,
    args: &OperationArgs,
) -> Result<Answer, Failure> {
    let (vm, tree) = read(session, &which.vm).await?;
    let wanted = &which.snapshot;
    let target = tree.find(wanted).map_err(|error| not_found(&tree, wanted, error))?;
    let plan = tree.plan_modify(target.id(), change);
    let plan = match plan {
        Ok(plan) => plan,
        Err(ChangeError::Nothing) => {
            let body = Shown {
                endpoint: session.host.endpoint().to_string(),
                vm: VmRef::of(&tree),
                snapshot: target.into(),
                notes: target.notes.join("\n"),
            };
            let text = format!("{} is so already; nothing was sent.", tree.label(target));
            return Answer::new(vec![Line::plain(text)], &body);
        }
        Err(error) => return Err(Failure::usage("the change cannot be made").cause(error)),
    };
    let plan = if accept_foreign { plan.accept_foreign() } else { plan };
    carry_out(session, args, &vm, plan).await
}

/// The plan, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ModifyPlan"))]
pub(crate) struct View {
    /// The VM.
    vm: VmRef,
    /// A snapshot, or the VM's own settings.
    target: SnapshotRef,
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The new notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    /// `UserSnapshotType` in the VM's own settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint_type: Option<u16>,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
}

impl View {
    pub(crate) fn new(plan: &ModifyPlan, fingerprint: String) -> Self {
        let (target, change) = (plan.target(), plan.change());
        Self {
            vm: VmRef::of(plan.tree()),
            target: SnapshotRef { id: target.id.clone(), name: target.name.clone() },
            name: change.name.clone(),
            notes: change.notes.clone(),
            checkpoint_type: change.checkpoints.map(|checkpoints| checkpoints.0),
            fingerprint,
        }
    }
}

/// The plan, as text.
pub(crate) fn lines(plan: &ModifyPlan, proposal: &Proposal) -> Vec<Line> {
    let rows = changes(plan.change());
    plain(
        sentence(plan.change(), &plan.target().name, plan.tree().vm_name(), ["rename", "change"]),
        rows,
        proposal,
    )
}

fn changes(change: &Change) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    rows.extend(change.name.as_ref().map(|name| ("name", Line::plain(name))));
    if let Some(notes) = &change.notes {
        rows.extend(notes.lines().map(|line| ("notes", Line::plain(line))));
        rows.extend(notes.is_empty().then(|| ("notes", Line::plain("none"))));
    }
    rows.extend(change.checkpoints.map(|checkpoints| ("checkpoints", Line::plain(checkpoints))));
    rows
}

/// `rename base of web-01 to older`.
fn sentence(change: &Change, target: &str, vm: &str, [rename, modify]: [&str; 2]) -> String {
    match change {
        Change { checkpoints: Some(checkpoints), .. } => {
            format!("{modify} the type of checkpoints of {vm} to: {checkpoints}")
        }
        Change { name: Some(name), .. } => format!("{rename} {target} of {vm} to {name}"),
        _ => format!("{modify} the notes of {target} of {vm}"),
    }
}

/// The question before it is done, without the VM.
pub(crate) fn question(plan: &ModifyPlan) -> String {
    let target = &plan.target().name;
    match plan.change() {
        Change { checkpoints: Some(checkpoints), .. } => {
            format!("Change the type of checkpoints to: {checkpoints}")
        }
        Change { name: Some(name), .. } => format!("Rename {target:?} to {name:?}"),
        _ => format!("Change the notes of {target:?}"),
    }
}

/// The sentence after it is done.
pub(crate) fn done(plan: &ModifyPlan) -> String {
    sentence(plan.change(), &plan.target().name, plan.tree().vm_name(), ["Renamed", "Changed"])
}

/// A description of the operation.
pub(crate) fn what(action: &ModifyAction, vm: &str) -> String {
    sentence(&action.change, &action.target.name, vm, ["rename", "change"])
}

/// The details of the record.
pub(crate) fn rows(action: &ModifyAction) -> Vec<Row> {
    changes(&action.change)
}
