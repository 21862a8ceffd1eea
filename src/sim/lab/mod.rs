//! The lab: what a simulated host holds at first, read from a TOML file and checked before anything starts.
//!
//! `file` has the file as written, `check` turns it into the plain data below or says what is wrong and on which line. `calls` has
//! the results of calls, `nodes` the nodes of a cluster, `parents` the parent of each snapshot, `disks` the files of a VM, `sizes` those of disks and volumes,
//! `states` the state requests, `service` the settings of WinRM, `more_vms` the VMs that no file names. It never invents
//! identifiers (the model does, from the seed) and never puts a password into an error.

mod calls;
mod check;
mod disks;
mod error;
mod faults;
mod file;
mod more_vms;
mod nodes;
mod parents;
mod service;
mod sizes;
mod states;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path, time::Duration};

pub(crate) use calls::{CallSpec, JobEnd, MergeSpec};
pub use error::LabError;
pub(crate) use nodes::{ClusterSpec, NodeSpec};
pub(crate) use service::{Cbt, SchemeName, Schemes, ServiceSpec};
pub(crate) use sizes::{DiskSizes, VolumeSpec};
pub(crate) use states::{Guest, StateRequest};

use crate::{
    schema::values::user_snapshot_type,
    secret::Secret,
    sim::{FaultRule, per_node::PerNode},
};

/// A checked lab.
#[derive(Clone, Debug)]
pub(crate) struct Lab {
    pub(crate) host: HostSpec,
    pub(crate) cluster: Option<ClusterSpec>,
    /// The host, and the other nodes of the cluster.
    pub(crate) nodes: PerNode<NodeSpec>,
    pub(crate) service: ServiceSpec,
    pub(crate) timing: Timing,
    pub(crate) users: Vec<UserSpec>,
    pub(crate) vms: Vec<VmSpec>,
    /// The fault rules.
    pub(crate) faults: Vec<FaultRule>,
}

/// The `[host]` table.
#[derive(Clone, Debug)]
pub(crate) struct HostSpec {
    /// NetBIOS name.
    pub(crate) name: String,
    /// DNS name, for the inner part of faults.
    pub(crate) fqdn: String,
    /// `MAJOR.MINOR.BUILD` of Windows.
    pub(crate) version: String,
    /// The build; it determines the properties of instances.
    pub(crate) build: u32,
    /// True if the Hyper-V role is installed; otherwise only `root\cimv2` exists.
    pub(crate) hyper_v: bool,
    /// True if `root\HyperVCluster\v2` exists.
    pub(crate) cluster: bool,
    /// True if `CreateSnapshot` requires an instance in `SnapshotSettings`.
    pub(crate) requires_snapshot_settings: bool,
    /// True if `ParentPath` of a disk file is relative to its folder.
    pub(crate) relative_parents: bool,
    /// The volumes of the lab; the model adds those of the VMs' disks.
    pub(crate) volumes: Vec<VolumeSpec>,
}

/// The `[timing]` table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timing {
    /// How long a job runs.
    pub(crate) job: Duration,
    /// How long a state change runs.
    pub(crate) state: Duration,
    /// How long a guest takes to shut down.
    pub(crate) shutdown: Duration,
    /// How long a merge runs.
    pub(crate) merge: Duration,
    /// From the end of a job until its effect on a snapshot is visible.
    pub(crate) object_delay: Duration,
    /// From then until a new snapshot is linked to its job.
    pub(crate) link_delay: Duration,
    /// From the effect of a deletion until the merge can be seen.
    pub(crate) merge_delay: Duration,
    /// From the end of a merge until the disks point to the file that is left.
    pub(crate) disk_delay: Duration,
    /// From the end of a job until its object goes.
    pub(crate) retention: Duration,
    /// From a cancel until the job has ended.
    pub(crate) cancel: Duration,
    /// How long an enumeration context lives without a Pull.
    pub(crate) enumeration: Duration,
}

/// A `[[user]]` table.
#[derive(Clone, Debug)]
pub(crate) struct UserSpec {
    pub(crate) name: String,
    pub(crate) password: Secret,
    pub(crate) rights: Rights,
    /// The SHA-256 hash of the user's certificate, in DER.
    pub(crate) certificate: Option<[u8; 32]>,
}

/// The rights of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rights {
    /// Everything.
    Administrator,
    /// Read only; an Invoke is denied.
    Reader,
    /// Read only, and all results are empty, as with a token filtered by user account control.
    Filtered,
}

/// A `[[vm]]` table.
#[derive(Clone, Debug)]
pub(crate) struct VmSpec {
    pub(crate) name: String,
    /// The cluster node that owns it; `None` for the host itself.
    pub(crate) node: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) state: VmState,
    pub(crate) generation: u8,
    pub(crate) created: Duration,
    pub(crate) notes: Vec<String>,
    pub(crate) disks: Vec<String>,
    pub(crate) sizes: DiskSizes,
    /// True if its disks may merge: `Msvm_DiskMergeSettingData.EnabledState`.
    pub(crate) merging: bool,
    pub(crate) snapshots: Vec<SnapshotSpec>,
    /// Index of the snapshot that the current state descends from.
    pub(crate) current: Option<usize>,
    /// Index of the snapshot that was applied last.
    pub(crate) applied: Option<usize>,
    /// The kind of checkpoints that users take: `UserSnapshotType`.
    pub(crate) checkpoints: Checkpoints,
    /// True if the running guest takes part in a production checkpoint.
    pub(crate) guest_vss: bool,
    /// The result of `CreateSnapshot`.
    pub(crate) create: CallSpec,
    /// The result of `ModifySystemSettings`, for its own settings and for its snapshots.
    pub(crate) modify: CallSpec,
    /// How its guest responds to a shutdown request.
    pub(crate) guest: Guest,
    /// The outcomes of state requests that the lab specifies.
    pub(crate) requests: BTreeMap<StateRequest, CallSpec>,
}

/// The kind of checkpoints that users take of a VM: `UserSnapshotType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Checkpoints {
    /// None.
    Disabled,
    /// Production, or standard if the guest takes no part.
    Production,
    /// Production only.
    ProductionOnly,
    /// Standard: with memory, if the VM is not off.
    Standard,
}

impl Checkpoints {
    const ALL: [Self; 4] = [Self::Disabled, Self::Production, Self::ProductionOnly, Self::Standard];

    /// `UserSnapshotType`.
    pub(crate) fn number(self) -> u16 {
        match self {
            Self::Disabled => user_snapshot_type::DISABLED,
            Self::Production => user_snapshot_type::PRODUCTION_OR_STANDARD,
            Self::ProductionOnly => user_snapshot_type::PRODUCTION_ONLY,
            Self::Standard => user_snapshot_type::STANDARD,
        }
    }

    /// The one of that number.
    pub(crate) fn of(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.number() == number)
    }
}

/// State of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum VmState {
    /// Running.
    Running,
    /// Off.
    Off,
    /// Saved to disk.
    Saved,
    /// Paused.
    Paused,
}

impl VmState {
    /// True if the VM runs or is paused: its memory is not on disk.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// A `[[vm.snapshot]]` table.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotSpec {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    /// Index of the parent among the VM's snapshots.
    pub(crate) parent: Option<usize>,
    pub(crate) created: Duration,
    pub(crate) kind: SnapshotKind,
    pub(crate) automatic: bool,
    pub(crate) saved_state: bool,
    pub(crate) notes: Vec<String>,
    /// The size of its file of each disk, in bytes; not used for the first file.
    pub(crate) written: u64,
    pub(crate) destroy: CallSpec,
    pub(crate) apply: CallSpec,
    pub(crate) clear: CallSpec,
}

/// Kind of a snapshot: the last part of its `VirtualSystemType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SnapshotKind {
    /// A user's checkpoint.
    Realized,
    /// A backup's.
    Recovery,
    /// Of a planned VM.
    Planned,
    /// Its definition is lost.
    Missing,
    /// Of replication.
    Replica,
    /// Of replication, consistent for applications.
    ReplicaConsistent,
    /// Of replication, for a planned failover.
    ReplicaPlanned,
}

impl Lab {
    /// Reads and checks a file.
    pub(crate) fn read(path: &Path) -> Result<Self, LabError> {
        let text = std::fs::read_to_string(path).map_err(|source| LabError::unreadable(path, source))?;
        let mut lab = Self::parse(&text).map_err(|error| error.in_file(path))?;
        if let (Some(keytab), Some(directory)) = (&mut lab.service.keytab, path.parent()) {
            *keytab = directory.join(&keytab);
        }
        Ok(lab)
    }

    /// Reads and checks a text.
    pub(crate) fn parse(text: &str) -> Result<Self, LabError> {
        let file = toml::from_str::<file::LabFile>(text).map_err(|error| LabError::syntax(text, &error))?;
        check::check(text, file)
    }
}
