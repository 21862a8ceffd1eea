//! The snapshots of a VM: in the order of their creation, and by identifier.

use std::{
    collections::{HashMap, HashSet},
    ops::Deref,
};

use super::Snapshot;

/// All snapshots of a VM.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshots {
    list: Vec<Snapshot>,
    places: HashMap<String, usize>,
}

impl Snapshots {
    pub(super) fn push(&mut self, snapshot: Snapshot) {
        self.places.insert(snapshot.id.clone(), self.list.len());
        self.list.push(snapshot);
    }

    /// The snapshot with that identifier, in any case.
    pub(super) fn of(&self, id: &str) -> Option<&Snapshot> {
        self.list.get(self.place(id)?)
    }

    pub(super) fn of_mut(&mut self, id: &str) -> Option<&mut Snapshot> {
        let place = self.place(id)?;
        self.list.get_mut(place)
    }

    fn place(&self, id: &str) -> Option<usize> {
        // Most VMs of a large lab have none.
        if self.list.is_empty() {
            return None;
        }
        self.places.get(id).or_else(|| self.places.get(&id.to_ascii_uppercase())).copied()
    }

    /// The children of each snapshot by its identifier; the roots under `None`.
    pub(super) fn children(&self) -> HashMap<Option<&str>, Vec<&Snapshot>> {
        let mut children: HashMap<Option<&str>, Vec<&Snapshot>> = HashMap::new();
        for snapshot in &self.list {
            children.entry(snapshot.parent.as_deref()).or_default().push(snapshot);
        }
        children
    }

    /// Removes the snapshots with these identifiers. Remaining children go to the nearest remaining ancestor. Returns the parents
    /// of the removed snapshots.
    pub(super) fn remove(&mut self, ids: &[String]) -> Removed {
        let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let (gone, left) =
            std::mem::take(&mut self.list).into_iter().partition(|known| ids.contains(&*known.id));
        let gone: Vec<Snapshot> = gone;
        let removed = Removed(gone.into_iter().map(|snapshot| (snapshot.id, snapshot.parent)).collect());
        *self = Self::default();
        for mut snapshot in left {
            removed.lift(&mut snapshot.parent);
            self.push(snapshot);
        }
        removed
    }
}

impl Deref for Snapshots {
    type Target = [Snapshot];

    fn deref(&self) -> &[Snapshot] {
        &self.list
    }
}

impl<'a> IntoIterator for &'a Snapshots {
    type Item = &'a Snapshot;
    type IntoIter = std::slice::Iter<'a, Snapshot>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// Removed snapshots, with the former parent of each.
pub(super) struct Removed(HashMap<String, Option<String>>);

impl Removed {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Replaces a removed snapshot by its nearest remaining ancestor.
    pub(super) fn lift(&self, place: &mut Option<String>) {
        let mut above = place.as_ref();
        while let Some(parent) = above.and_then(|id| self.0.get(id)) {
            above = parent.as_ref();
        }
        if above != place.as_ref() {
            *place = above.cloned();
        }
    }
}
