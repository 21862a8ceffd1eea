//! `snapshot`: lists, shows and destroys the snapshots of a VM.

pub(crate) mod apply;
pub(crate) mod clear_state;
pub(crate) mod create;
pub(crate) mod destroy;
pub(super) mod filter;
pub(crate) mod list;
pub(crate) mod modify;
pub(crate) mod show;
pub(super) mod tree;

use clap::Args;
use hvsnap::{Vm, hyperv::SnapshotTree};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    commands::host_verbs,
    console::Format,
    failure::Failure,
    render::{Line, table::Shown},
    session::Session,
    view::{SizesView, TreeHead, TreeView},
};

host_verbs! {
    /// Snapshots (checkpoints) of a VM
    #[command(visible_alias = "checkpoint")]
    Snapshot {
        List(list::List),
        Tree(tree::Tree),
        Show(show::Show),
        Create(create::Create),
        Apply(apply::Apply),
        Rename(modify::Rename),
        Notes(modify::Notes),
        ClearState(clear_state::ClearState),
        Destroy(destroy::Destroy),
    }
}

impl Snapshot {
    /// The format of stdout that the command's own options name, and its name there.
    pub(super) fn output(&self) -> Option<(Format, String)> {
        match self {
            Self::Tree(tree) => tree.output(),
            _ => None,
        }
    }
}

/// Which snapshot.
#[derive(Clone, Debug, Args)]
pub(super) struct SnapshotArgs {
    /// Name or GUID of the VM; an ambiguous name is refused
    pub(super) vm: String,
    /// Name, path (base/before-upgrade) or id of the snapshot; an ambiguous name is refused
    pub(super) snapshot: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct TreeBody {
    /// URL of the endpoint that was asked.
    endpoint: String,
    #[serde(flatten)]
    tree: TreeView,
    /// What the files take; left out if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<SizesView>,
}

/// The head of a list of the snapshots of one VM.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListHead {
    /// URL of the endpoint that was asked.
    endpoint: String,
    #[serde(flatten)]
    tree: TreeHead,
    /// What the files take; left out if it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<SizesView>,
}

/// The VM and its snapshots now.
async fn read(session: &mut Session<'_>, vm: &str) -> Result<(Vm, SnapshotTree), Failure> {
    let vm = session.vm(vm).await?;
    let tree = session.reading(vm.snapshots()).await?;
    session.recent.tree(&tree);
    Ok((vm, tree))
}

/// The answer of a command that shows a tree, with what its files take if that was read.
fn answer(
    session: &Session<'_>,
    tree: &SnapshotTree,
    shown: Shown,
    sizes: Option<SizesView>,
) -> Result<Answer, Failure> {
    let endpoint = session.host.endpoint().to_string();
    let body = TreeBody { endpoint, tree: TreeView::from(tree), sizes };
    let mut answer = Answer { remarks: Vec::from_iter(shown.remark), ..Answer::new(shown.lines, &body)? };
    if tree.is_empty() {
        answer.remarks.push(Line::plain(format_args!("{} has no snapshots.", tree.vm_name())));
    }
    Ok(answer)
}

/// A name that does not identify one snapshot of the tree.
fn not_found(tree: &SnapshotTree, wanted: &str, error: hvsnap::hyperv::FindError) -> Failure {
    Failure::find(format!("looking for the snapshot {wanted:?} of {:?} failed", tree.vm_name()), error)
}
