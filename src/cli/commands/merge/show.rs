//! `merge show`: the merges of one VM, the chains of its disks, and what was left over; `--fix` switches merging on.

use clap::Args;
use hvsnap::hyperv::{DiskChain, SnapshotTree, VmMerges};
use serde::Serialize;

use super::{FindingView, enable, lines, views};
use crate::cli::{
    answer::Answer,
    commands::{HostCommand, operation::OperationArgs, vm::VmArgs},
    failure::Failure,
    render::{Line, status::Row, style, table::facts},
    session::Session,
    view::{ChainView, SnapshotRef, VmRef},
};

/// Show the merges of a VM, the chains of its disks, and what was left over
#[derive(Debug, Args)]
#[command(
    mut_arg("dry_run", |arg| arg.requires("fix")),
    mut_arg("yes", |arg| arg.requires("fix")),
    mut_arg("wait", |arg| arg.requires("fix")),
    mut_arg("no_wait", |arg| arg.requires("fix")),
    mut_arg("on_busy", |arg| arg.requires("fix")),
    mut_arg("fingerprint", |arg| arg.requires("fix")),
    after_help = "\
Reads the parent of each file: a file that no snapshot explains, under one that a snapshot made, is still
to be merged. Each finding comes with a proposal.
With --fix it switches merging on where it is switched off, and does nothing else: the plan is shown, and
the call is recorded, sent once and read back, as with the other commands that change a VM. The merges
that were held back begin afterwards, and are not waited for.

Examples:
  hvsnap merge show web-01
  hvsnap merge show web-01 --fix --dry-run
  hvsnap merge show web-01 --fix --yes"
)]
pub(crate) struct Show {
    #[command(flatten)]
    which: VmArgs,

    /// Switch merging on where it is switched off
    #[arg(long)]
    fix: bool,

    #[command(flatten)]
    operation: OperationArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The VM.
    vm: VmRef,
    /// Whether the disks may merge; null if the host does not show it.
    merging_enabled: Option<bool>,
    /// The disks that are written to now.
    current: Vec<ChainView>,
    /// The disks of the snapshots.
    snapshots: Vec<Chains>,
    /// What merges, and what was left over.
    findings: Vec<FindingView>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Chains {
    #[serde(flatten)]
    snapshot: SnapshotRef,
    /// The files of each disk.
    chains: Vec<ChainView>,
}

impl HostCommand for Show {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let vm = session.vm(&self.which.vm).await?;
        if self.fix {
            return enable::run(session, &self.operation, &vm).await;
        }
        let merges = session.reading(vm.merges()).await?;
        let views_of = |chains: Vec<DiskChain>| chains.iter().map(ChainView::from).collect();
        let snapshots = merges.tree.iter().flat_map(SnapshotTree::snapshots).map(|snapshot| Chains {
            snapshot: snapshot.into(),
            chains: views_of(merges.disks.of(snapshot.id())),
        });
        let body = Body {
            endpoint: session.host.endpoint().to_string(),
            vm: VmRef { id: vm.id().to_owned(), name: vm.name().to_owned() },
            merging_enabled: merges.setting.as_ref().and_then(|setting| setting.is_enabled),
            current: views_of(merges.disks.current()),
            snapshots: snapshots.collect(),
            findings: views(&merges, &session.reattach),
        };
        let mut text = vec![Line::new().styled(style::STRONG, vm.name())];
        text.extend(facts(rows(&merges)));
        text.extend(lines(&merges, &session.reattach, session.console.layout(false)));
        let mut answer = Answer::new(text, &body)?;
        if merges.findings.is_empty() {
            answer.remarks.push(Line::plain("Nothing merges, and nothing was left over."));
        }
        Ok(answer)
    }
}

/// Whether its disks may merge, and its chains.
fn rows(merges: &VmMerges) -> Vec<Row> {
    let enabled = merges.setting.as_ref().and_then(|setting| setting.is_enabled);
    let enabled = match enabled {
        Some(true) => Line::plain("switched on"),
        Some(false) => Line::new().styled(style::CAUTION, "switched off"),
        None => Line::plain("not known"),
    };
    let mut rows: Vec<Row> = vec![("id", Line::plain(&merges.vm.id)), ("merging", enabled)];
    rows.extend(merges.disks.current().iter().map(|chain| ("now", files(chain))));
    let snapshots = merges.tree.iter().flat_map(|tree| tree.snapshots());
    for snapshot in snapshots {
        let chains = merges.disks.of(snapshot.id());
        let name = |chain| Line::plain(format_args!("{:?}: ", snapshot.element_name())).join(files(chain));
        rows.extend(chains.iter().map(|chain| ("snapshot", name(chain))));
    }
    rows
}

/// The first file with its folder, the others by name where they are in the same one.
fn files(chain: &DiskChain) -> Line {
    let mut line = Line::new();
    let mut folder = "";
    for file in &chain.files {
        let (parent, name) = file.path.rsplit_once('\\').unwrap_or(("", &file.path));
        if line.is_empty() {
            line = line.text(&file.path);
        } else if parent.eq_ignore_ascii_case(folder) {
            line = line.styled(style::FAINT, " ← ").text(name);
        } else {
            line = line.styled(style::FAINT, " ← ").text(&file.path);
        }
        folder = parent;
    }
    match &chain.end {
        hvsnap::hyperv::ChainEnd::Unknown(_) => line.styled(style::CAUTION, " ← not known"),
        _ => line,
    }
}
