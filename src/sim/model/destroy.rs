//! Destroying snapshots.
//!
//! A snapshot that is destroyed alone leaves its children to its parent; a tree goes as a whole. It never touches what
//! was not named. After Microsoft's documentation of `DestroySnapshot` and `DestroySnapshotTree`.

use std::time::Duration;

use super::{Host, Started, call::Work};
use crate::{
    codes::method,
    sim::lab::{CallSpec, MergeSpec},
};

/// How much a call destroys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The snapshot alone.
    Single,
    /// The snapshot and all that descends from it.
    Tree,
}

impl Host {
    /// Takes a call that destroys the snapshot `id`, made by `owner`.
    pub(crate) fn destroy(&mut self, id: &str, scope: Scope, owner: &str) -> Started {
        let Some((vm, snapshot)) = self.snapshot(id) else {
            // Which answer a real host gives here is not settled; the text of the reference reaches the provider.
            return Started::without_job(method::VENDOR_INVALID_PARAMETER);
        };
        let (vm, id, spec) = (vm.id.clone(), snapshot.id.clone(), snapshot.destroy.clone());
        match self.busy(&vm) {
            Some(refusal) => Started::without_job(refusal),
            None => self.begin(&vm, Work::Destroy(id, scope), spec, owner),
        }
    }

    /// Removes what the deletion names, and starts the merge of what it leaves over.
    pub(super) fn remove(&mut self, vm_id: &str, id: &str, scope: Scope, spec: &CallSpec, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        if vm.snapshot(id).is_none() {
            return;
        }
        let gone = match scope {
            Scope::Single => vec![id.to_owned()],
            Scope::Tree => vm.subtree(id),
        };
        for id in &gone {
            vm.layers.release(id, spec.merge != MergeSpec::None);
        }
        vm.remove(&gone, at);
        self.start_merge(vm_id, spec, at);
    }
}
