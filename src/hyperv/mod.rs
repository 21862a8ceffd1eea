//! Hyper-V: VMs, snapshots, plans, operations as values, jobs, and the merge of disks.
//!
//! Plain data and decisions. It never performs I/O, reads a clock or handles XML; CIM instances and the time are
//! arguments. Follows Microsoft's documentation of `root\virtualization\v2`.

mod chain;
mod cost;
mod difference;
mod disks;
mod find;
mod held;
pub(crate) mod inventory;
mod job;
mod merge;
mod merge_findings;
mod merge_setting;
mod method;
mod near;
mod observation;
mod operation;
mod plan;
mod poller;
mod return_code;
mod selection;
#[cfg(feature = "serde")]
mod serialize;
mod snapshot;
mod tree;
mod vm;
mod volume;

pub(crate) use chain::LONGEST_CHAIN;
pub use chain::{Bytes, ChainEnd, DiskChain, DiskFile, DiskUsage, ParentFile, UnmergedFile};
pub use cost::{DestroyCost, FileMerge, SpaceNeed};
pub use difference::TreeDifference;
pub use disks::MergingDisks;
pub(crate) use disks::{Disk, DiskReading, LONGEST_PATH, MOST_SETTINGS, MergeScope, bounded, parent_file};
pub(crate) use find::find_vm;
pub use find::{Candidate, FindError, Noun};
pub use inventory::{SnapshotInventory, UnreadableTree};
pub use job::{JobRecord, JobState, JobType};
pub(crate) use merge::{MergeEnd, MergeStep, MergeWatch};
pub use merge::{MergeEvidence, MergeState};
pub(crate) use merge_findings::Merging;
pub use merge_findings::{MergeFinding, VmMerges};
pub use merge_setting::MergeSetting;
pub(crate) use method::return_value;
pub use method::{JobError, MethodResult};
pub use observation::{JobSeen, Observation, VmWork};
pub use operation::{
    Action, ApplyAction, ApplyPlan, Change, ChangeError, CheckpointType, ClearAction, ClearPlan, Consistency,
    CreateAction, CreatePlan, DestroyAction, EnableMergingAction, EnableMergingPlan, ModifyAction,
    ModifyPlan, Obstacle, Plan, SnapshotName, StateAction, StateChange, StatePlan,
};
pub(crate) use operation::{ActionReading, Argument, Callee, MethodCall, Seen, Shown, Unclear};
pub use plan::{Caution, DestroyPlan, DestroyScope, MergeExpectation, UnknownSnapshot};
pub(crate) use poller::{Pace, Poller};
pub use return_code::{ReturnCode, ReturnRange, StateChangeCode};
pub use selection::{
    Kept, KeptSnapshot, NamePattern, Origin, PatternError, PrunePolicy, Pruning, SelectedVm, Selection,
    SnapshotFilter,
};
pub(crate) use snapshot::SettingData;
pub use snapshot::{Parent, Snapshot, SnapshotId, SnapshotKind};
pub use tree::{Fingerprint, FingerprintError, SnapshotTree};
pub(crate) use vm::is_guid;
pub use vm::{VmActivity, VmRecord, VmState};
pub use volume::Volume;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_large;
