//! A snapshot tree as a drawing shows it: texts, kinds, and what depends on what.
//!
//! All texts are cleaned, so that no format has to think of control characters; each escapes what has a meaning in it.

use std::{collections::HashMap, time::Duration};

use hvsnap::{
    cim::Timestamp,
    hyperv::{Bytes, DiskUsage, Parent, Snapshot, SnapshotId, SnapshotKind, SnapshotTree},
};

use crate::cli::render::{bytes, clean, time};

/// All that a drawing shows.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(super) vm: String,
    /// Distinguishes the drawings on one page.
    pub(super) fingerprint: String,
    /// Parents before children, siblings by time.
    pub(super) nodes: Vec<Node>,
    pub(super) current: Current,
    /// When the tree was read.
    pub(super) as_of: String,
    /// What the files take that the current state writes to.
    pub(super) written_now: Option<String>,
}

/// What the VM's current state depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Current {
    /// The snapshot at this place of the list.
    On(usize),
    /// None that is in the tree.
    Alone,
    /// The host does not say.
    Unknown,
}

/// A snapshot.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) id: String,
    /// The place of its parent, which is before its own.
    pub(super) parent: Option<usize>,
    /// True if it has a parent that is not in the tree.
    pub(super) lacks_parent: bool,
    pub(super) shape: Shape,
    /// The kind in words.
    pub(super) kind: String,
    /// In UTC.
    pub(super) created: Option<String>,
    /// `8 months ago`.
    pub(super) age: Option<String>,
    pub(super) size: Option<String>,
    /// True if the current state depends on it, directly or not.
    pub(super) carries_current: bool,
}

/// How a kind is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Checkpoint,
    Automatic,
    Backup,
    Replica,
    Other,
}

/// The text in place of the current state's parent.
pub(super) const CURRENT_UNKNOWN: &str =
    "The host does not report which snapshot the current state is based on.";

impl Chart {
    /// The tree as it is at `now` (since 1970), with sizes if they were read.
    pub(crate) fn new(tree: &SnapshotTree, usage: Option<&DiskUsage>, now: Duration) -> Self {
        let snapshots = tree.snapshots();
        let places: HashMap<&SnapshotId, usize> =
            snapshots.iter().enumerate().map(|(place, snapshot)| (snapshot.id(), place)).collect();
        let place = |snapshot: &Snapshot| places.get(snapshot.id()).copied();
        let node = |snapshot: &Snapshot| {
            let parent = tree.parent_of(snapshot).and_then(place);
            Node {
                name: cleaned(snapshot.element_name()),
                id: cleaned(snapshot.id().as_str()),
                parent,
                lacks_parent: parent.is_none() && snapshot.parent != Parent::Root,
                shape: shape(snapshot),
                kind: cleaned(&kind(snapshot)),
                created: snapshot.created.filter(|created| !created.is_never()).map(time::full),
                age: snapshot.created.and_then(|created| time::ago(created, now)),
                size: usage.map(|usage| size(&usage.frozen(snapshot.id()))),
                carries_current: false,
            }
        };
        let mut nodes: Vec<Node> = snapshots.iter().map(node).collect();
        let current = match tree.current().and_then(place) {
            Some(place) => Current::On(place),
            None if tree.knows_current() => Current::Alone,
            None => Current::Unknown,
        };
        let mut above = if let Current::On(place) = current { Some(place) } else { None };
        while let Some(node) = above.and_then(|place| nodes.get_mut(place)) {
            node.carries_current = true;
            above = node.parent;
        }
        let micros = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        Self {
            vm: cleaned(tree.vm_name()),
            fingerprint: tree.fingerprint().to_string(),
            nodes,
            current,
            as_of: format!("{} UTC", time::short(Timestamp::from_unix_micros(micros))),
            written_now: usage.map(|usage| size(&usage.written_now())),
        }
    }

    /// `1 snapshot`, `5 snapshots`.
    pub(super) fn count(&self) -> String {
        match self.nodes.len() {
            1 => "1 snapshot".to_owned(),
            count => format!("{count} snapshots"),
        }
    }
}

impl Node {
    /// The words for a snapshot whose parent the host names but does not show.
    pub(super) fn remark(&self) -> Option<&'static str> {
        self.lacks_parent.then_some("its parent is not known")
    }

    /// The kind, and what is odd about it.
    pub(super) fn description(&self) -> String {
        match self.remark() {
            Some(remark) => format!("{}, {remark}", self.kind),
            None => self.kind.clone(),
        }
    }
}

fn cleaned(text: &str) -> String {
    clean(text).into_owned()
}

fn size(bytes: &Bytes) -> String {
    match bytes.exact() {
        None if bytes.at_least() == 0 => "size not known".to_owned(),
        _ => bytes::sum(bytes),
    }
}

fn shape(snapshot: &Snapshot) -> Shape {
    match snapshot.kind {
        SnapshotKind::Realized if snapshot.is_automatic => Shape::Automatic,
        SnapshotKind::Realized => Shape::Checkpoint,
        SnapshotKind::Recovery => Shape::Backup,
        SnapshotKind::Replica => Shape::Replica,
        _ => Shape::Other,
    }
}

fn kind(snapshot: &Snapshot) -> String {
    let automatic = if snapshot.is_automatic { "automatic " } else { "" };
    let memory = if snapshot.is_saved == Some(true) { ", with memory" } else { "" };
    format!("{automatic}{}{memory}", snapshot.kind)
}

/// Trees to draw in tests.
#[cfg(test)]
pub(super) mod samples {
    use super::*;

    /// Names that have a meaning in some format, if they are not escaped.
    pub(in super::super) const NASTY: [&str; 24] = [
        "\"]; click n0 href \"javascript:alert(1)",
        "a\"b'c`d",
        "</title></desc><script>alert(1)</script>",
        "<!-- --> <![CDATA[ ]]>",
        "&lt;b&gt; &amp; &#60; #lt; #35; #quot;",
        "%% comment",
        "%%{init: {\"theme\": \"dark\"}}%%",
        "end",
        "subgraph x\nend\ngraph TD",
        "back\\slash\\N\\G\\\"",
        "trailing\\",
        "{record|<port>}",
        "fa:fa-car $$x^2$$ **bold** __b__ `code`",
        "1. list",
        "- list",
        "style a:#b;c",
        "\u{1b}[31mred\u{7}\r\n\t\u{0}",
        "\u{202e}txt.exe\u{2066}\u{200b}\u{feff}\u{ffff}",
        "检查点：升级之前的状态",
        "👩‍💻 مرحبا e\u{301}",
        "",
        "    ",
        "->x --> y -- z; w",
        "];\nn0 -> n1",
    ];

    /// A node without anything special.
    pub(in super::super) fn node(name: &str, parent: Option<usize>) -> Node {
        Node {
            name: cleaned(name),
            id: "Microsoft:5D1B2C3D-0001-4000-8000-00000000B001".to_owned(),
            parent,
            lacks_parent: false,
            shape: Shape::Checkpoint,
            kind: "checkpoint".to_owned(),
            created: Some("2026-03-02 18:30:00 UTC".to_owned()),
            age: Some("8 months ago".to_owned()),
            size: None,
            carries_current: false,
        }
    }

    pub(in super::super) fn chart(nodes: Vec<Node>, current: Current) -> Chart {
        Chart {
            vm: "web-01".to_owned(),
            fingerprint: "0123456789abcdef".to_owned(),
            nodes,
            current,
            as_of: "2026-11-23 09:00 UTC".to_owned(),
            written_now: None,
        }
    }

    /// A chain of the nasty names, in a VM with one.
    pub(in super::super) fn nasty() -> Chart {
        let nodes = NASTY.iter().enumerate().map(|(place, name)| node(name, place.checked_sub(1)));
        let mut chart = chart(nodes.collect(), Current::On(NASTY.len() - 1));
        chart.vm = cleaned(&NASTY.concat());
        chart
    }
}
