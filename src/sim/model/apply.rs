//! Applying a snapshot, and dropping the saved memory of one.
//!
//! After Microsoft's documentation of `ApplySnapshot` and `ClearSnapshotState`; its refusals are assumed.

use std::time::Duration;

use super::{Host, Started, call::Work};
use crate::{
    codes::method,
    sim::lab::{CallSpec, VmState},
};

impl Host {
    /// Answers an `ApplySnapshot` of `owner` for the snapshot `id`.
    pub(crate) fn apply_snapshot(&mut self, id: &str, owner: &str) -> Started {
        let Some((vm, snapshot)) = self.snapshot(id) else {
            return Started::without_job(method::VENDOR_INVALID_PARAMETER);
        };
        let rests = matches!(vm.state, VmState::Off | VmState::Saved);
        let (vm, id, spec) = (vm.id.clone(), snapshot.id.clone(), snapshot.apply.clone());
        let refusal = self.busy(&vm).or((!rests).then_some(method::VENDOR_INVALID_STATE));
        match refusal {
            Some(refusal) => Started::without_job(refusal),
            None => self.begin(&vm, Work::Apply(id), spec, owner),
        }
    }

    /// Answers a `ClearSnapshotState` of `owner` for the snapshot `id`.
    pub(crate) fn clear_snapshot(&mut self, id: &str, owner: &str) -> Started {
        let Some((vm, snapshot)) = self.snapshot(id) else {
            return Started::without_job(method::VENDOR_INVALID_PARAMETER);
        };
        let (vm, id, spec) = (vm.id.clone(), snapshot.id.clone(), snapshot.clear.clone());
        match self.busy(&vm) {
            Some(refusal) => Started::without_job(refusal),
            None => self.begin(&vm, Work::Clear(id), spec, owner),
        }
    }

    /// The effect of `ApplySnapshot`: later writes are lost, and every disk has a new file.
    pub(super) fn go_back(&mut self, vm_id: &str, id: &str, at: Duration) {
        let suffix = self.guid();
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let Some(saved_state) = vm.snapshot(id).map(|snapshot| snapshot.saved_state) else { return };
        vm.enter(if saved_state { VmState::Saved } else { VmState::Off }, at);
        vm.layers.go_back(id, suffix);
        vm.current = Some(id.to_owned());
        vm.applied = Some(id.to_owned());
        vm.configured = at;
        // The lost state may have been the second dependent of a layer, which now merges.
        self.start_merge(vm_id, &CallSpec::default(), at);
    }

    /// The effect of `ClearSnapshotState`.
    pub(super) fn forget_memory(&mut self, vm_id: &str, id: &str, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        if let Some(snapshot) = vm.snapshots.of_mut(id) {
            snapshot.saved_state = false;
            vm.configured = at;
        }
    }
}
