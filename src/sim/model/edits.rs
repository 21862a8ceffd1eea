//! Changes by another administrator, behind a plan's back, and method calls with an immediate effect.
//!
//! They start no job of the service. A disk that becomes superfluous merges in the background, as after any removal. The tree
//! stays consistent.

use std::{fmt, time::Duration};

use super::{
    Host, Snapshot, Started,
    call::{Change, Work},
};
use crate::{codes::method, sim::lab::CallSpec};

/// An edit of the model that names nothing, or more than one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    what: String,
    found: usize,
}

impl EditError {
    pub(super) fn missing(what: String) -> Self {
        Self { what, found: 0 }
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found {
            0 => write!(f, "the simulated host has no {}", self.what),
            found => write!(f, "the simulated host has {found} times {}: use an id", self.what),
        }
    }
}

impl std::error::Error for EditError {}

impl Host {
    /// Index of the VM with that name or identifier.
    pub(crate) fn find_vm(&self, reference: &str) -> Result<usize, EditError> {
        let all = || self.vms.iter().enumerate();
        let by_id = all().find(|(_, vm)| vm.id.eq_ignore_ascii_case(reference));
        let found: Vec<usize> = match by_id {
            Some((index, _)) => vec![index],
            None => all().filter(|(_, vm)| vm.name == reference).map(|(index, _)| index).collect(),
        };
        match found.as_slice() {
            [index] => Ok(*index),
            found => Err(EditError { what: format!("VM \"{reference}\""), found: found.len() }),
        }
    }

    /// Identifier of a VM's snapshot with that identifier, name or path.
    pub(crate) fn find_snapshot(&self, vm: usize, reference: &str) -> Result<String, EditError> {
        let missing = |found| EditError { what: format!("snapshot \"{reference}\""), found };
        let vm = self.vms.get(vm).ok_or_else(|| missing(0))?;
        let bare = reference.strip_prefix("Microsoft:").unwrap_or(reference);
        if let Some(snapshot) = vm.snapshot(bare) {
            return Ok(snapshot.id.clone());
        }
        let found = vm.called(reference);
        match found.as_slice() {
            [snapshot] => Ok(snapshot.id.clone()),
            found => Err(missing(found.len())),
        }
    }

    /// Gives a snapshot another name.
    pub(crate) fn rename_snapshot(&mut self, vm: &str, snapshot: &str, name: &str) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        let id = self.find_snapshot(index, snapshot)?;
        if let Some(snapshot) = self.vms.get_mut(index).and_then(|vm| vm.snapshots.of_mut(&id)) {
            name.clone_into(&mut snapshot.name);
        }
        Ok(())
    }

    /// Answers a `ModifySystemSettings` of `owner`.
    pub(crate) fn modify_settings(&mut self, change: Change, owner: &str) -> Started {
        let Some(vm) = self.vms.iter().find(|vm| vm.has_settings(&change.id)) else {
            return Started::without_job(method::VENDOR_INVALID_PARAMETER);
        };
        let (vm, spec) = (vm.id.clone(), vm.modify.clone());
        self.begin(&vm, Work::Modify(change), spec, owner)
    }

    /// The effect of `ModifySystemSettings`.
    pub(super) fn change_settings(&mut self, vm: &str, change: Change, at: Duration) {
        let Change { id, name, notes, checkpoints } = change;
        let Some(vm) = self.vms.iter_mut().find(|known| known.id == vm && known.has_settings(&id)) else {
            return;
        };
        vm.configured = at;
        let (known_name, known_notes) = match vm.snapshots.of_mut(&id) {
            Some(snapshot) => (&mut snapshot.name, &mut snapshot.notes),
            None => {
                vm.checkpoints = checkpoints.unwrap_or(vm.checkpoints);
                (&mut vm.name, &mut vm.notes)
            }
        };
        *known_name = name.unwrap_or_else(|| std::mem::take(known_name));
        *known_notes = notes.unwrap_or_else(|| std::mem::take(known_notes));
    }

    /// Applies a snapshot at once, in any state of the VM.
    pub(crate) fn revert(&mut self, vm: &str, snapshot: &str) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        let id = self.find_snapshot(index, snapshot)?;
        if let Some(vm) = self.vms.get(index).map(|vm| vm.id.clone()) {
            self.go_back(&vm, &id, self.now);
        }
        Ok(())
    }

    /// Removes one snapshot; its children take its parent.
    pub(crate) fn remove_snapshot(&mut self, vm: &str, snapshot: &str) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        let id = self.find_snapshot(index, snapshot)?;
        let now = self.now;
        if let Some(vm) = self.vms.get_mut(index) {
            vm.layers.release(&id, true);
            vm.remove(&[id], now);
            let vm = vm.id.clone();
            self.start_merge(&vm, &CallSpec::default(), now);
        }
        Ok(())
    }

    /// Lets the disks of a VM merge, or not. What was left over meanwhile merges when it is on again.
    pub(crate) fn switch_merging(&mut self, vm: &str, on: bool) -> Result<(), EditError> {
        let index = self.find_vm(vm)?;
        let now = self.now;
        if let Some(vm) = self.vms.get_mut(index) {
            vm.merging = on;
            let vm = vm.id.clone();
            self.start_merge(&vm, &CallSpec::default(), now);
        }
        Ok(())
    }

    /// Adds a snapshot below `parent` and returns its identifier.
    ///
    /// Below the snapshot that the current state descends from (or without a parent where there is none) it is as if
    /// the VM had just been snapshotted: the current state then descends from the new one.
    pub(crate) fn add_snapshot(
        &mut self,
        vm: &str,
        parent: Option<&str>,
        name: &str,
    ) -> Result<String, EditError> {
        let index = self.find_vm(vm)?;
        let parent = parent.map(|parent| self.find_snapshot(index, parent)).transpose()?;
        let (id, suffix, now) = (self.guid(), self.guid(), self.now);
        if let Some(vm) = self.vms.get_mut(index) {
            let snapshot = Snapshot::new(id.clone(), name.to_owned(), now);
            if vm.current == parent {
                vm.freeze(snapshot, suffix);
            } else {
                vm.layers.branch(parent.as_deref(), &id, suffix);
                vm.snapshots.push(Snapshot { parent, ..snapshot });
                vm.configured = now;
            }
        }
        Ok(id)
    }
}
