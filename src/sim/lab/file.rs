//! The lab file as written: the fields and their defaults; other fields are errors.
//!
//! Fields that validation may reject keep their position in the text.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::{Spanned, value::Datetime};

use super::{
    Cbt, Checkpoints, Guest, JobEnd, MergeSpec, Rights, SchemeName, SnapshotKind, StateRequest, VmState,
    disks::Disks,
    nodes::{ClusterTable, NodeTable},
    sizes::VolumeTable,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LabFile {
    pub(super) schema: Spanned<String>,
    pub(super) host: HostTable,
    pub(super) cluster: Option<ClusterTable>,
    #[serde(default)]
    pub(super) node: Vec<NodeTable>,
    pub(super) service: Option<ServiceTable>,
    #[serde(default)]
    pub(super) timing: TimingTable,
    #[serde(default)]
    pub(super) user: Vec<UserTable>,
    #[serde(default)]
    pub(super) volume: Vec<VolumeTable>,
    #[serde(default)]
    pub(super) vm: Vec<VmTable>,
    #[serde(default)]
    pub(super) fault: Vec<FaultTable>,
}

/// The keys depend on the kind, so they are checked with the rule.
pub(super) type FaultTable = Spanned<BTreeMap<Spanned<String>, Spanned<FaultValue>>>;

/// A value of a rule.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum FaultValue {
    Text(String),
    Whole(i64),
    Number(f64),
    Boolean(bool),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostTable {
    pub(super) name: Spanned<String>,
    pub(super) fqdn: Option<String>,
    pub(super) product_version: Option<Spanned<String>>,
    #[serde(default = "yes")]
    pub(super) hyper_v: bool,
    #[serde(default = "yes")]
    pub(super) cluster: bool,
    #[serde(default)]
    pub(super) requires_snapshot_settings: bool,
    #[serde(default)]
    pub(super) relative_parents: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceTable {
    #[serde(default)]
    pub(super) allow_unencrypted: bool,
    pub(super) auth: Option<Spanned<Vec<SchemeName>>>,
    #[serde(default)]
    pub(super) cbt: Cbt,
    pub(super) keytab: Option<Spanned<String>>,
    pub(super) max_envelope_kb: Option<Spanned<u32>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimingTable {
    pub(super) job_seconds: Option<Spanned<f64>>,
    pub(super) state_seconds: Option<Spanned<f64>>,
    pub(super) shutdown_seconds: Option<Spanned<f64>>,
    pub(super) merge_seconds: Option<Spanned<f64>>,
    pub(super) object_delay_seconds: Option<Spanned<f64>>,
    pub(super) link_delay_seconds: Option<Spanned<f64>>,
    pub(super) merge_delay_seconds: Option<Spanned<f64>>,
    pub(super) disk_delay_seconds: Option<Spanned<f64>>,
    pub(super) retention_seconds: Option<Spanned<f64>>,
    pub(super) cancel_seconds: Option<Spanned<f64>>,
    pub(super) enumeration_seconds: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserTable {
    pub(super) name: Spanned<String>,
    /// Of any type: a message about a wrong one would quote it.
    pub(super) password: Spanned<toml::Value>,
    #[serde(default = "administrator")]
    pub(super) rights: Rights,
    pub(super) certificate_sha256: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VmTable {
    pub(super) name: Spanned<String>,
    pub(super) id: Option<Spanned<String>>,
    pub(super) node: Option<Spanned<String>>,
    #[serde(default = "running")]
    pub(super) state: VmState,
    pub(super) generation: Option<Spanned<u8>>,
    pub(super) created: Option<Spanned<Datetime>>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    pub(super) disks: Option<Spanned<Disks>>,
    pub(super) disk_folder: Option<Spanned<String>>,
    pub(super) disk_gib: Option<Spanned<u64>>,
    pub(super) base_mib: Option<Spanned<u64>>,
    pub(super) written_mib: Option<Spanned<u64>>,
    pub(super) writes_mib_per_minute: Option<Spanned<u64>>,
    #[serde(default = "yes")]
    pub(super) merging: bool,
    pub(super) current: Option<Spanned<String>>,
    pub(super) applied: Option<Spanned<String>>,
    #[serde(default = "production")]
    pub(super) checkpoints: Checkpoints,
    #[serde(default = "yes")]
    pub(super) guest_vss: bool,
    pub(super) create: Option<CallTable>,
    pub(super) modify: Option<CallTable>,
    #[serde(default)]
    pub(super) guest: Guest,
    #[serde(default)]
    pub(super) request: BTreeMap<StateRequest, CallTable>,
    #[serde(default)]
    pub(super) snapshot: Vec<SnapshotTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnapshotTable {
    pub(super) name: Spanned<String>,
    pub(super) id: Option<Spanned<String>>,
    pub(super) parent: Option<Spanned<String>>,
    pub(super) created: Option<Spanned<Datetime>>,
    #[serde(rename = "type", default = "realized")]
    pub(super) kind: SnapshotKind,
    #[serde(default)]
    pub(super) automatic: bool,
    #[serde(default)]
    pub(super) saved_state: bool,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    pub(super) written_mib: Option<Spanned<u64>>,
    pub(super) destroy: Option<CallTable>,
    pub(super) apply: Option<CallTable>,
    pub(super) clear: Option<CallTable>,
}

/// The result of a call of any method; `calls` refuses the keys of other methods.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallTable {
    pub(super) return_value: Option<Spanned<u32>>,
    pub(super) job: Option<Spanned<JobEnd>>,
    pub(super) takes_effect: Option<Spanned<bool>>,
    pub(super) error_code: Option<Spanned<u16>>,
    pub(super) error_description: Option<String>,
    pub(super) job_seconds: Option<Spanned<f64>>,
    pub(super) cancellable: Option<bool>,
    pub(super) object_delay_seconds: Option<Spanned<f64>>,
    pub(super) link_delay_seconds: Option<Spanned<f64>>,
    pub(super) merge: Option<Spanned<MergeSpec>>,
    pub(super) merge_delay_seconds: Option<Spanned<f64>>,
    pub(super) merge_seconds: Option<Spanned<f64>>,
    pub(super) merge_error_code: Option<Spanned<u16>>,
    pub(super) merge_error_description: Option<Spanned<String>>,
    pub(super) disk_delay_seconds: Option<Spanned<f64>>,
}

fn yes() -> bool {
    true
}

fn administrator() -> Rights {
    Rights::Administrator
}

fn running() -> VmState {
    VmState::Running
}

fn production() -> Checkpoints {
    Checkpoints::Production
}

fn realized() -> SnapshotKind {
    SnapshotKind::Realized
}
