//! Which snapshot is whose parent: a lab file may say it by id, by name or by the path from the root.
//!
//! It refuses what is unknown, ambiguous or circular, and never guesses between two candidates.

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
    // A path can be followed only once the parents along it are known: go on as long as there is progress.
    let mut open: Vec<usize> = (0..snapshots.len()).collect();
    loop {
        let before = open.len();
        let mut left = Vec::new();
        for index in open {
            let Some(reference) = snapshots.get(index).and_then(|snapshot| snapshot.parent.as_ref()) else {
                continue;
            };
            match find(snapshots, &parents, reference.get_ref()).as_slice() {
                [found] => set(&mut parents, index, *found),
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
        return Err(unresolved(text, reference, field, find(snapshots, &parents, reference.get_ref()).len()));
    }
    for (index, snapshot) in snapshots.iter().enumerate() {
        let mut ancestor = Some(index);
        for _ in 0..=snapshots.len() {
            ancestor = ancestor.and_then(|at| parents.get(at).copied().flatten());
        }
        if let (Some(_), Some(reference)) = (ancestor, &snapshot.parent) {
            let field = format!("{vm}: snapshot \"{}\": parent", snapshot.name.get_ref());
            return Err(LabError::at(text, &reference.span(), field, "the snapshot descends from itself"));
        }
    }
    Ok(parents)
}

/// The snapshot that the present state descends from: the one named, or the only leaf.
pub(super) fn current(
    text: &str,
    vm: &str,
    table: &VmTable,
    parents: &[Option<usize>],
) -> Result<Option<usize>, LabError> {
    if let Some(reference) = &table.current {
        return named(text, format!("{vm}: current"), table, parents, reference).map(Some);
    }
    let mut leaves = (0..parents.len()).filter(|index| !parents.contains(&Some(*index)));
    match (leaves.next(), leaves.next()) {
        (leaf, None) => Ok(leaf),
        _ => {
            let problem = "there are several branches: say which snapshot the present state descends from";
            Err(LabError::at(text, &table.name.span(), format!("{vm}: current"), problem))
        }
    }
}

/// The snapshot that was applied last, if the machine's table names one.
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
    match find(&table.snapshot, parents, reference.get_ref()).as_slice() {
        [found] => Ok(*found),
        found => Err(unresolved(text, reference, field, found.len())),
    }
}

fn set(parents: &mut [Option<usize>], index: usize, parent: usize) {
    if let Some(slot) = parents.get_mut(index) {
        *slot = Some(parent);
    }
}

fn unresolved(text: &str, reference: &Spanned<String>, field: String, found: usize) -> LabError {
    let name = reference.get_ref();
    let problem = if found == 0 {
        format!("\"{name}\" names no snapshot of this machine")
    } else {
        format!("\"{name}\" names {found} snapshots: use a path or an id")
    };
    LabError::at(text, &reference.span(), field, problem)
}

fn find(snapshots: &[SnapshotTable], parents: &[Option<usize>], reference: &str) -> Vec<usize> {
    let all = || snapshots.iter().enumerate();
    let by_id: Vec<_> = all()
        .filter(|(_, s)| s.id.as_ref().is_some_and(|id| id.get_ref().eq_ignore_ascii_case(reference)))
        .map(|(index, _)| index)
        .collect();
    if !by_id.is_empty() {
        return by_id;
    }
    let by_name: Vec<_> =
        all().filter(|(_, s)| s.name.get_ref() == reference).map(|(index, _)| index).collect();
    if !by_name.is_empty() {
        return by_name;
    }
    all()
        .filter(|(index, _)| path(snapshots, parents, *index).as_deref() == Some(reference))
        .map(|(index, _)| index)
        .collect()
}

/// The path of a snapshot whose ancestors are all known.
fn path(snapshots: &[SnapshotTable], parents: &[Option<usize>], index: usize) -> Option<String> {
    let mut names = Vec::new();
    let mut at = index;
    for _ in 0..=snapshots.len() {
        let snapshot = snapshots.get(at)?;
        names.push(snapshot.name.get_ref().as_str());
        match parents.get(at).copied().flatten() {
            Some(parent) => at = parent,
            None if snapshot.parent.is_some() => return None,
            None => {
                names.reverse();
                return Some(names.join("/"));
            }
        }
    }
    None
}
