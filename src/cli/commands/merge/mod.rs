//! `merge`: what merges on a host and what was left over; it changes nothing but a switched-off merging, with `--fix`.

pub(crate) mod enable;
pub(crate) mod list;
pub(crate) mod show;

use std::fmt;

use hvsnap::hyperv::{JobRecord, MergeFinding, UnmergedFile, VmMerges};
use serde::Serialize;

use crate::cli::{
    commands::host_verbs,
    connect::Reattach,
    render::{
        Line, style,
        table::{Layout, Value, facts_in},
        time,
    },
    view::{JobView, SnapshotRef, UnmergedView},
};

host_verbs! {
    /// Merges of virtual disks, and what was left over of them
    Merge {
        List(list::List),
        Show(show::Show),
    }
}

/// A finding, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FindingView {
    /// The kind of the finding.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Findings"))]
    kind: &'static str,
    /// The finding, in words.
    text: String,
    /// What to do about it, in words.
    proposal: String,
    /// The job of a merge.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobView>,
    /// The files that are not merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    unmerged: Option<UnmergedView>,
    /// Path of a file that no snapshot explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// The snapshot of a backup.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<SnapshotRef>,
}

impl FindingView {
    fn new(finding: &MergeFinding, of: &VmMerges, reattach: &Reattach) -> Self {
        let mut view = Self {
            kind: finding.key(),
            text: text(finding),
            proposal: proposal(finding, of, reattach).to_string(),
            job: None,
            unmerged: None,
            file: None,
            snapshot: None,
        };
        match finding {
            MergeFinding::Running(Some(job)) | MergeFinding::Failed(job) => {
                view.job = Some(JobView::new(job, &[]));
            }
            MergeFinding::Unmerged(file) => view.unmerged = Some(UnmergedView::from(file)),
            MergeFinding::Unexplained { file, .. } => view.file = Some(file.clone()),
            MergeFinding::Backup { snapshot, .. } => view.snapshot = Some(SnapshotRef::named(snapshot)),
            _ => {}
        }
        view
    }
}

/// The findings of one VM, as JSON.
fn views(of: &VmMerges, reattach: &Reattach) -> Vec<FindingView> {
    of.findings.iter().map(|finding| FindingView::new(finding, of, reattach)).collect()
}

/// The findings of one VM, each with its proposal.
fn lines(of: &VmMerges, reattach: &Reattach, layout: Layout) -> Vec<Line> {
    let mut rows: Vec<(&'static str, Value)> = Vec::new();
    for finding in &of.findings {
        let text = match finding {
            MergeFinding::Running(_) | MergeFinding::ReferencePoints(_) => Line::plain(text(finding)),
            MergeFinding::Failed(_) => Line::new().styled(style::BAD, text(finding)),
            _ => Line::new().styled(style::CAUTION, text(finding)),
        };
        rows.push((name(finding), Value::Text(text)));
        let Proposal { words, command } = proposal(finding, of, reattach);
        let colon = if command.is_some() { ":" } else { "" };
        rows.push(("", Value::Text(Line::plain(format_args!("→ {words}{colon}")))));
        rows.extend(command.map(|command| ("", Value::Command(format!("    {command}")))));
    }
    facts_in(rows, layout)
}

fn name(finding: &MergeFinding) -> &'static str {
    match finding {
        MergeFinding::Running(_) => "merging",
        MergeFinding::Failed(_) => "failed",
        MergeFinding::SwitchedOff => "switched off",
        MergeFinding::Unmerged(_) | MergeFinding::Unexplained { .. } => "not merged",
        MergeFinding::Backup { .. } => "backup",
        MergeFinding::ReferencePoints(_) => "reference points",
        _ => "not known",
    }
}

fn text(finding: &MergeFinding) -> String {
    match finding {
        MergeFinding::Running(Some(job)) => running(job),
        MergeFinding::Running(None) => {
            "the VM's status shows a merge, and no job tells how far it is".to_owned()
        }
        MergeFinding::Failed(job) => {
            let why = job.error_text().map(|why| format!(": {why}")).unwrap_or_default();
            format!("the last merge job ended in state {}{why}", job.state)
        }
        MergeFinding::SwitchedOff => {
            "the disks of this VM are not merged: merging is switched off".to_owned()
        }
        MergeFinding::Unmerged(UnmergedFile { into, from, .. }) => {
            let from: Vec<&str> = from.iter().map(|file| file.path.as_str()).collect();
            format!("{} is not merged into {into}, which no snapshot explains", from.join(", "))
        }
        MergeFinding::Unexplained { file, .. } => {
            format!("{file} was made by a snapshot, and no snapshot explains what is under it")
        }
        MergeFinding::Backup { snapshot, created } => {
            let taken = created.map(|created| format!(", taken {}", time::full(created)));
            format!("{:?} is a snapshot of a backup{}", snapshot.name, taken.unwrap_or_default())
        }
        MergeFinding::ReferencePoints(1) => "1 of a backup".to_owned(),
        MergeFinding::ReferencePoints(points) => format!("{points} of backups"),
        MergeFinding::Unknown(why) => why.clone(),
        _ => String::new(),
    }
}

fn running(job: &JobRecord) -> String {
    let percent = job.percent_complete.map(|percent| format!("{percent} %"));
    let since = job.started.filter(|time| !time.is_never()).or(job.submitted);
    let since = since.map(|since| format!("since {}", time::full(since)));
    let job = Some(format!("job {}", job.instance_id));
    [percent, since, job].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What to do about a finding.
struct Proposal {
    words: &'static str,
    command: Option<String>,
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.command {
            Some(command) => write!(f, "{}: {command}", self.words),
            None => f.write_str(self.words),
        }
    }
}

fn proposal(finding: &MergeFinding, of: &VmMerges, reattach: &Reattach) -> Proposal {
    let vm = of.vm.id.as_str();
    let has = |wanted: &str| of.findings.iter().any(|finding| finding.key() == wanted);
    let words = |words| Proposal { words, command: None };
    let with = |words, command: &[&str]| Proposal { words, command: Some(reattach.command(command)) };
    match finding {
        MergeFinding::Running(Some(job)) => with("wait for it", &["job", "wait", &job.instance_id]),
        MergeFinding::Running(None) => words("wait, and look again"),
        MergeFinding::Failed(_) => words(
            "remove the cause (often too little space, or a backup that has the file open); then shut \
             the VM down, or take a snapshot and destroy it: the host merges again",
        ),
        MergeFinding::SwitchedOff => {
            with("make sure that no backup is running, then switch it on", &["merge", "show", vm, "--fix"])
        }
        MergeFinding::Unmerged(_) if has("running") => words("it is being merged, or will be: wait"),
        MergeFinding::Unmerged(_) if has("switched_off") => words("it is merged once merging is switched on"),
        MergeFinding::Unmerged(_) => words(
            "look again in a minute; if it stays, shut the VM down, so that the host merges it \
             offline, or take a snapshot and destroy it, which makes the host merge again",
        ),
        MergeFinding::Unexplained { .. } => with("look at its chain", &["merge", "show", vm]),
        MergeFinding::Backup { snapshot, .. } => with(
            "while the backup runs it is needed; else let the backup product remove it, or if that is gone",
            &["snapshot", "destroy", vm, &snapshot.id, "--accept-foreign"],
        ),
        MergeFinding::ReferencePoints(_) => words(
            "usual with backups; if a merge fails because a file is open, let the backup \
             product remove those that it no longer knows",
        ),
        _ => words("look at it on the host"),
    }
}
