//! `snapshot show`: one snapshot.

use clap::Args;
use serde::Serialize;

use super::{SnapshotArgs, not_found, read};
use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    failure::Failure,
    render::{Line, style, table::facts, time, tree},
    session::Session,
    view::{SnapshotView, VmRef},
};

/// Show one snapshot
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap snapshot show web-01 base/before-upgrade")]
pub(crate) struct Show {
    #[command(flatten)]
    which: SnapshotArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The VM.
    vm: VmRef,
    /// The snapshot.
    snapshot: SnapshotView,
}

impl HostCommand for Show {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (_, tree) = read(session, &self.which.vm).await?;
        let snapshot =
            tree.find(&self.which.snapshot).map_err(|error| not_found(&tree, &self.which.snapshot, error))?;
        let now = session.clock.now();
        let created = snapshot.created.map(|created| match time::ago(created, now) {
            Some(ago) => format!("{} ({ago})", time::full(created)),
            None => time::full(created),
        });
        let text = |text: Option<&str>| text.map(Line::plain).unwrap_or_default();
        let names = |mut names: Vec<&str>| {
            names.sort_unstable();
            Line::plain(names.join(", "))
        };
        let current = tree.current().is_some_and(|current| current.id() == snapshot.id());
        let mut rows = vec![
            ("VM", Line::plain(tree.vm_name())),
            ("path", Line::plain(tree.label(snapshot))),
            ("id", Line::plain(snapshot.id())),
            ("kind", Line::plain(&snapshot.kind)),
            ("marks", Line::plain(tree::traits(snapshot).join(", "))),
            ("created", text(created.as_deref())),
            ("now", if current { Line::new().styled(style::GOOD, "descends from it") } else { Line::new() }),
            ("children", names(tree.children(snapshot.id()).map(|child| child.element_name()).collect())),
            ("descendants", Line::plain(tree.descendants(snapshot.id()).len())),
            ("version", text(snapshot.version.as_deref())),
            ("data root", text(snapshot.data_root.as_deref())),
        ];
        rows.extend(
            snapshot.notes.iter().flat_map(|note| note.lines()).map(|note| ("note", Line::plain(note))),
        );
        rows.extend(
            snapshot.unreadable.iter().map(|error| ("unreadable", Line::new().styled(style::CAUTION, error))),
        );
        let mut lines = vec![Line::new().styled(style::STRONG, snapshot.element_name())];
        lines.extend(facts(rows));
        let body = Body {
            endpoint: session.host.endpoint().to_string(),
            vm: VmRef::of(&tree),
            snapshot: SnapshotView::new(&tree, snapshot),
        };
        Answer::new(lines, &body)
    }
}
