//! Resolves the parents of snapshots: a lab file refers to them by id, by name or by path from the root.
//!
//! Unknown, ambiguous and circular references are errors.

use std::collections::HashMap;

use toml::Spanned;

use super::{
    LabError,
    file::{SnapshotTable, VmTable},
};

/// The index of each snapshot's parent.
pub(super) fn resolve(
    text: &str,
    vm: &str,
    snapshots: &[SnapshotTable],
) -> Result<Vec<Option<usize>>, LabError> {
    let mut parents = vec![None; snapshots.len()];
    let mut known = Known::of(snapshots);
    // A path can be followed only when the parents along it are known: repeat as long as there is progress.
    let mut open: Vec<usize> = (0..snapshots.len()).collect();
    loop {
        let before = open.len();
        let mut left = Vec::new();
        for index in open {
            let Some(reference) = snapshots.get(index).and_then(|snapshot| snapshot.parent.as_ref()) else {
                continue;
            };
            match known.find(reference.get_ref()).as_slice() {
                [found] => {
                    set(&mut parents, index, *found);
                    known.hang(snapshots, index, Some(*found));
                }
                _ => left.push(index),
            }
        }
        open = left;
        if open.is_empty() || open.len() == before {
            break;
        }
    }
    if let Some(snapshot) = open.first().and_then(|index| snapshots.get(*index))
        && let Some(reference) = &snapshot.parent
    {
        let field = format!("{vm}: snapshot \"{}\": parent", snapshot.name.get_ref());
        return Err(unresolved(text, reference, field, known.find(reference.get_ref()).len()));
    }
    if let Some(snapshot) = in_a_circle(&parents).and_then(|index| snapshots.get(index))
        && let Some(reference) = &snapshot.parent
    {
        let field = format!("{vm}: snapshot \"{}\": parent", snapshot.name.get_ref());
        return Err(LabError::at(text, &reference.span(), field, "the snapshot descends from itself"));
    }
    Ok(parents)
}

/// The snapshot that the current state descends from: the one named, or the only leaf.
pub(super) fn current(
    text: &str,
    vm: &str,
    table: &VmTable,
    parents: &[Option<usize>],
) -> Result<Option<usize>, LabError> {
    if let Some(reference) = &table.current {
        return named(text, format!("{vm}: current"), table, parents, reference).map(Some);
    }
    let mut has_children = vec![false; parents.len()];
    for parent in parents.iter().flatten() {
        set(&mut has_children, *parent, true);
    }
    let mut leaves = (0..parents.len()).filter(|index| has_children.get(*index) == Some(&false));
    match (leaves.next(), leaves.next()) {
        (leaf, None) => Ok(leaf),
        _ => {
            let problem = "there are several branches: say which snapshot the current state descends from";
            Err(LabError::at(text, &table.name.span(), format!("{vm}: current"), problem))
        }
    }
}

/// The snapshot that was applied last, if the VM's table names one.
pub(super) fn applied(
    text: &str,
    vm: &str,
    table: &VmTable,
    parents: &[Option<usize>],
) -> Result<Option<usize>, LabError> {
    let named = |reference| named(text, format!("{vm}: applied"), table, parents, reference);
    table.applied.as_ref().map(named).transpose()
}

fn named(
    text: &str,
    field: String,
    table: &VmTable,
    parents: &[Option<usize>],
    reference: &Spanned<String>,
) -> Result<usize, LabError> {
    let mut known = Known::of(&table.snapshot);
    for (index, parent) in parents.iter().enumerate().filter(|(_, parent)| parent.is_some()) {
        known.hang(&table.snapshot, index, *parent);
    }
    match known.find(reference.get_ref()).as_slice() {
        [found] => Ok(*found),
        found => Err(unresolved(text, reference, field, found.len())),
    }
}

/// The first snapshot that cannot be reached from a root.
fn in_a_circle(parents: &[Option<usize>]) -> Option<usize> {
    let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut found: Vec<usize> = Vec::new();
    for (index, parent) in parents.iter().enumerate() {
        parent.map_or(&mut found, |parent| children.entry(parent).or_default()).push(index);
    }
    let mut at = 0;
    while let Some(index) = found.get(at) {
        found.extend(children.remove(index).into_iter().flatten());
        at += 1;
    }
    // An unreached snapshot is still a child of another one.
    children.into_values().flatten().min()
}

fn set<T>(list: &mut [T], index: usize, value: impl Into<T>) {
    if let Some(slot) = list.get_mut(index) {
        *slot = value.into();
    }
}

fn unresolved(text: &str, reference: &Spanned<String>, field: String, found: usize) -> LabError {
    let name = reference.get_ref();
    let problem = if found == 0 {
        format!("\"{name}\" names no snapshot of this VM")
    } else {
        format!("\"{name}\" names {found} snapshots: use a path or an id")
    };
    LabError::at(text, &reference.span(), field, problem)
}

/// Snapshots by the ways to refer to them.
struct Known<'t> {
    by_id: HashMap<String, Vec<usize>>,
    by_name: HashMap<&'t str, Vec<usize>>,
    /// By parent and name, as far as parents are known.
    hung: HashMap<(Option<usize>, &'t str), Vec<usize>>,
}

impl<'t> Known<'t> {
    /// At first only the parents of roots are known.
    fn of(snapshots: &'t [SnapshotTable]) -> Self {
        let mut known = Self { by_id: HashMap::new(), by_name: HashMap::new(), hung: HashMap::new() };
        for (index, snapshot) in snapshots.iter().enumerate() {
            if let Some(id) = &snapshot.id {
                known.by_id.entry(id.get_ref().to_ascii_lowercase()).or_default().push(index);
            }
            known.by_name.entry(snapshot.name.get_ref()).or_default().push(index);
            if snapshot.parent.is_none() {
                known.hang(snapshots, index, None);
            }
        }
        known
    }

    fn hang(&mut self, snapshots: &'t [SnapshotTable], index: usize, parent: Option<usize>) {
        if let Some(snapshot) = snapshots.get(index) {
            self.hung.entry((parent, snapshot.name.get_ref())).or_default().push(index);
        }
    }

    /// All matches of the reference: by id, else by name, else by path.
    fn find(&self, reference: &str) -> Vec<usize> {
        let by_id = self.by_id.get(&reference.to_ascii_lowercase());
        match by_id.or_else(|| self.by_name.get(reference)) {
            Some(found) => found.clone(),
            None => self.by_path(reference),
        }
    }

    /// A name may contain slashes, so each slash may be the end of a name.
    fn by_path(&self, reference: &str) -> Vec<usize> {
        let (mut found, mut waiting) = (Vec::new(), vec![(None, reference)]);
        while let Some((parent, rest)) = waiting.pop() {
            found.extend(self.hung.get(&(parent, rest)).into_iter().flatten());
            for (end, _) in rest.match_indices('/') {
                let Some((name, rest)) = rest.split_at_checked(end) else { continue };
                let rest = rest.get(1..).unwrap_or_default();
                let named = self.hung.get(&(parent, name)).into_iter().flatten();
                waiting.extend(named.map(|index| (Some(*index), rest)));
            }
        }
        found
    }
}
