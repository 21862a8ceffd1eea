//! Taking snapshots: production or standard, failures, the name, the disk layers.
//!
//! Whether a snapshot has the memory of its VM follows from the VM's `UserSnapshotType` and state; nothing else tells the two
//! kinds apart. After Microsoft's documentation of `CreateSnapshot`, and reports of administrators; the texts are our own.

use std::time::Duration;

use super::{
    Host, Snapshot, Started, Vm,
    call::{NewSnapshot, Work},
};
use crate::{
    codes::method,
    sim::lab::{CallSpec, Checkpoints, SnapshotKind, VmState},
};

/// The most snapshots of a VM.
const MOST: usize = 50;

/// The kind of snapshot that a `CreateSnapshot` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SnapshotRequest {
    /// A user's checkpoint; `settings` is true if the call has `SnapshotSettings`.
    User { settings: bool },
    /// An automatic checkpoint, taken when a VM starts.
    Automatic,
    /// A backup's; `consistent` is true if applications are to write out their data.
    Recovery { consistent: bool },
    /// Disks only: documented, but no host takes such a snapshot.
    Disk,
}

impl Host {
    /// Answers a `CreateSnapshot` of `owner` for the VM `id`; the second value is the snapshot, if it exists at once.
    pub(crate) fn create_snapshot(
        &mut self,
        id: &str,
        request: SnapshotRequest,
        owner: &str,
    ) -> (Started, Option<String>) {
        let Some(vm) = self.vm(id) else {
            return (Started::without_job(method::VENDOR_INVALID_PARAMETER), None);
        };
        let (id, mut spec) = (vm.id.clone(), vm.create.clone());
        if let Some(refusal) = self.busy(&id) {
            return (Started::without_job(refusal), None);
        }
        let memory = memory(vm, request, self.spec.requires_snapshot_settings);
        let is_accepted = matches!(spec.return_value, method::JOB_STARTED | method::COMPLETED);
        let saved_state = match memory {
            Ok(memory) => memory,
            Err(why) if is_accepted => {
                // Without a job only the return value can report it.
                if spec.return_value == method::COMPLETED {
                    spec.return_value = method::VENDOR_FAILED;
                }
                spec.fail(why);
                false
            }
            Err(_) => false,
        };
        let kind = match request {
            SnapshotRequest::Recovery { .. } => SnapshotKind::Recovery,
            _ => SnapshotKind::Realized,
        };
        let automatic = request == SnapshotRequest::Automatic;
        let snapshot = self.guid();
        let new = NewSnapshot { id: snapshot.clone(), kind, automatic, saved_state, linked: None };
        let started = self.begin(&id, Work::Create(new), spec, owner);
        let is_there = self.snapshot(&snapshot).is_some();
        (started, is_there.then_some(snapshot))
    }

    /// The effect of `CreateSnapshot`.
    pub(super) fn take_snapshot(&mut self, vm_id: &str, new: NewSnapshot, spec: &CallSpec, at: Duration) {
        let suffix = self.guid();
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let NewSnapshot { id, kind, automatic, saved_state, .. } = new;
        let name = default_name(&vm.name, at);
        vm.freeze(Snapshot { kind, automatic, saved_state, ..Snapshot::new(id.clone(), name, at) }, suffix);
        let linked = at.saturating_add(spec.link_delay.unwrap_or(self.timing.link_delay));
        for job in &mut self.jobs {
            job.link(&id, linked);
        }
    }
}

impl Vm {
    /// Makes the current state a snapshot, from which the new current state descends.
    pub(super) fn freeze(&mut self, mut snapshot: Snapshot, suffix: String) {
        self.write(snapshot.created);
        self.layers.split(&snapshot.id, suffix);
        self.configured = snapshot.created;
        snapshot.parent = self.current.replace(snapshot.id.clone());
        self.snapshots.push(snapshot);
    }
}

/// True if the snapshot has the memory of the VM; an error is the reason why the job fails.
fn memory(vm: &Vm, request: SnapshotRequest, requires_settings: bool) -> Result<bool, String> {
    let failed = |why: &str| {
        Err(format!("'{}' cannot create a checkpoint: {why} (Virtual machine ID {})", vm.name, vm.id))
    };
    let no_guest = "production checkpoints cannot be created, the guest operating system does not take part.";
    let runs = vm.state == VmState::Running;
    if vm.snapshots.len() >= MOST {
        return failed(&format!("it has {MOST} of them already, and cannot have more."));
    }
    match request {
        SnapshotRequest::Disk => return failed("invalid checkpoint type."),
        SnapshotRequest::User { settings: false } if requires_settings => {
            return failed("invalid checkpoint type.");
        }
        SnapshotRequest::Recovery { consistent: true } if runs && !vm.guest_vss => return failed(no_guest),
        SnapshotRequest::Recovery { .. } => return Ok(false),
        SnapshotRequest::User { .. } | SnapshotRequest::Automatic => {}
    }
    match (vm.checkpoints, vm.state) {
        (Checkpoints::Disabled, _) => failed(&format!("checkpoints have been disabled for '{}'.", vm.name)),
        (_, VmState::Off) => Ok(false),
        (Checkpoints::Standard, _) => Ok(true),
        (_, VmState::Running) if vm.guest_vss => Ok(false),
        (Checkpoints::ProductionOnly, _) => failed(no_guest),
        (Checkpoints::Production, _) => Ok(true),
    }
}

/// The default name: the VM's name and the local time in US English form.
fn default_name(vm: &str, at: Duration) -> String {
    let seconds = i64::try_from(at.as_secs()).unwrap_or_default();
    let time = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (hour, half) = (time.hour(), if time.hour() < 12 { "AM" } else { "PM" });
    let hour = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    let (month, day, year) = (u8::from(time.month()), time.day(), time.year());
    format!("{vm} - ({month}/{day}/{year} - {hour}:{:02}:{:02} {half})", time.minute(), time.second())
}
