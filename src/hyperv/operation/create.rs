//! Taking a snapshot (`CreateSnapshot`, type 2): its plan, its call, and how the new snapshot is recognized.
//!
//! The VM's `UserSnapshotType` decides whether the snapshot is a production or a standard one; the call is the same. The host
//! names the snapshot; a second operation ([`ModifyPlan`](super::ModifyPlan)) sets a name and notes.

use super::{
    Action, ActionReading, Argument, Callee, Judged, MethodCall, Needs, Obstacle, Planned, Seen, Shown,
    SnapshotName, Unclear,
};
use crate::{
    cim::{EmbeddedError, EmbeddedInstance, Timestamp, Value},
    hyperv::{Disk, Fingerprint, JobRecord, JobType, SnapshotTree, VmActivity, VmRecord, VmState, VmWork},
    schema::{
        names::{
            AFFECTED_SYSTEM, CONSISTENCY_LEVEL, CREATE_SNAPSHOT, SNAPSHOT_SETTING, SNAPSHOT_SETTINGS,
            SNAPSHOT_TYPE,
        },
        values::{consistency_level, snapshot_type, user_snapshot_type},
    },
};

/// How consistent the data in a snapshot is: `ConsistencyLevel` of `Msvm_VirtualSystemSnapshotSettingData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Consistency {
    /// Applications in the guest flush their data.
    Application,
    /// As after a power cut.
    Crash,
}

impl Consistency {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Crash => "crash",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Application => consistency_level::APPLICATION,
            Self::Crash => consistency_level::CRASH,
        }
    }
}

crate::keyed::keyed! {
    Consistency { Application, Crash }
}

/// The type of a user's snapshot of a VM: `UserSnapshotType` of its settings (Windows Server 2016 and later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CheckpointType(pub u16);

impl CheckpointType {
    /// No snapshot is allowed.
    pub const DISABLED: Self = Self(user_snapshot_type::DISABLED);
    /// Production, or standard if production is not possible.
    pub const PRODUCTION: Self = Self(user_snapshot_type::PRODUCTION_OR_STANDARD);
    /// Production only.
    pub const PRODUCTION_ONLY: Self = Self(user_snapshot_type::PRODUCTION_ONLY);
    /// Standard: disks and memory.
    pub const STANDARD: Self = Self(user_snapshot_type::STANDARD);
}

impl std::fmt::Display for CheckpointType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match user_snapshot_type::VALUES.label(self.0.into()) {
            Some(name) => f.write_str(name),
            None => write!(f, "type {}", self.0),
        }
    }
}

/// The plan to take a snapshot.
#[derive(Clone, Debug)]
pub struct CreatePlan {
    tree: SnapshotTree,
    consistency: Option<Consistency>,
}

impl SnapshotTree {
    /// Plans a snapshot of the VM as it is when the call arrives; nothing is sent.
    ///
    /// With a `consistency` the call carries an instance of `Msvm_VirtualSystemSnapshotSettingData`, otherwise an empty text:
    /// hosts differ in which of them they accept.
    pub fn plan_create(&self, consistency: Option<Consistency>) -> CreatePlan {
        CreatePlan { tree: self.clone(), consistency }
    }
}

impl CreatePlan {
    /// The tree that this was planned on.
    pub fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    /// How consistent the data is to be, if requested.
    pub fn consistency(&self) -> Option<Consistency> {
        self.consistency
    }

    /// The parent of the new snapshot; `None` for a root, or if the host does not say.
    pub fn parent(&self) -> Option<&crate::hyperv::Snapshot> {
        self.tree.current()
    }
}

/// What a `CreateSnapshot` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CreateAction {
    /// All snapshots from before, to be kept.
    pub kept: Vec<SnapshotName>,
    /// How consistent the data is to be, if requested.
    #[cfg_attr(
        feature = "serde",
        serde(default, with = "crate::keyed::optional", skip_serializing_if = "Option::is_none")
    )]
    pub consistency: Option<Consistency>,
}

/// The most by which the times of a snapshot and of its job may be apart; both are of the host's clock.
const MOST_APART: i64 = 2_000_000;

/// False for a snapshot that was created before the job was submitted or after it has ended (assumed: no source shows
/// `CreationTime` beside the times of a job). A job without times excludes nothing.
fn is_of(job: &JobRecord, created: Timestamp) -> bool {
    let micros = |time: Option<Timestamp>| time.filter(|time| !time.is_never()).map(Timestamp::unix_micros);
    let created = created.unix_micros();
    let is_before = micros(job.submitted).is_some_and(|begun| created < begun.saturating_sub(MOST_APART));
    let is_after = micros(job.state_changed).is_some_and(|ended| created > ended.saturating_add(MOST_APART));
    !is_before && !is_after
}

impl Planned for CreatePlan {
    fn tree(&self) -> &SnapshotTree {
        &self.tree
    }

    fn fingerprint(&self) -> Fingerprint {
        let checkpoints =
            self.tree.checkpoint_type().map(|checkpoints| checkpoints.0.to_string()).unwrap_or_default();
        let consistency = self.consistency.map_or("", Consistency::key);
        self.tree.fingerprint().with(&["create", consistency, &checkpoints])
    }

    fn during(&self) -> String {
        format!("taking a snapshot of {:?}", self.tree.vm_name())
    }

    /// The snapshots from before show which one is new.
    fn may_use_recent_tree(&self) -> bool {
        false
    }

    fn obstacle(&self, _: Option<VmState>) -> Option<Obstacle> {
        (self.tree.checkpoint_type() == Some(CheckpointType::DISABLED))
            .then_some(Obstacle::CheckpointsDisabled)
    }

    fn action(&self, _: Option<&[Disk]>) -> Action {
        let kept = self.tree.snapshots().iter().map(SnapshotName::from).collect();
        Action::Create(CreateAction { kept, consistency: self.consistency })
    }
}

impl CreateAction {
    fn settings(&self) -> Result<String, EmbeddedError> {
        let Some(consistency) = self.consistency else { return Ok(String::new()) };
        let class = SNAPSHOT_SETTING.parse().map_err(EmbeddedError::Name)?;
        Ok(EmbeddedInstance::new(class).with(CONSISTENCY_LEVEL, consistency.number())?.to_string())
    }
}

impl Judged for CreateAction {
    fn kind(&self) -> &'static str {
        "create"
    }

    fn target(&self) -> Option<&SnapshotName> {
        None
    }

    fn call(&self) -> MethodCall {
        MethodCall {
            on: Callee::SnapshotService,
            method: CREATE_SNAPSHOT,
            parameters: vec![
                (AFFECTED_SYSTEM, Argument::Vm),
                // The names are constants, so there is always a text.
                (SNAPSHOT_SETTINGS, Value::String(self.settings().unwrap_or_default()).into()),
                (SNAPSHOT_TYPE, Value::Uint16(snapshot_type::FULL).into()),
            ],
        }
    }

    fn needs(&self) -> Needs {
        Needs { affected: true, ..Needs::default() }
    }

    /// A snapshot is new if it did not exist before. It is this operation's if the host ties it to the job.
    fn reading(&self, seen: &Seen<'_>) -> ActionReading {
        let mut reading = ActionReading::of_tree(seen, &[], &self.kept);
        let is_tied = |name: &&SnapshotName| {
            seen.affected.is_some_and(|ids| ids.iter().any(|id| id.eq_ignore_ascii_case(&name.id)))
        };
        reading.created = reading.appeared.iter().find(is_tied).cloned();
        reading.shown = match (&reading.created, reading.appeared.as_slice()) {
            (Some(_), _) => Shown::Present,
            (None, []) => Shown::Nothing,
            (None, new) => {
                let may_be_ours = |name: &&SnapshotName| {
                    let found = seen
                        .tree
                        .snapshots()
                        .iter()
                        .find(|snapshot| snapshot.id().as_str().eq_ignore_ascii_case(&name.id));
                    let created = found.and_then(|snapshot| snapshot.created);
                    seen.job.zip(created).is_none_or(|(job, created)| is_of(job, created))
                };
                let ours = new.iter().filter(may_be_ours).cloned().collect();
                Shown::Unclear(Unclear::NewSnapshots { new: new.to_vec(), ours })
            }
        };
        reading
    }

    fn work(&self, vm: &VmRecord) -> Option<VmWork> {
        super::work(vm, VmActivity::CREATING_SNAPSHOT)
    }

    fn may_be_job(&self, job: &JobRecord) -> bool {
        super::is_live(job, JobType::CREATE_SNAPSHOT)
    }
}
