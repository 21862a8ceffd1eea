//! Numbers that a Hyper-V host answers with: return values, states, statuses, kinds of jobs.
//!
//! Values of Microsoft's documentation of `root\virtualization\v2`, and of the DMTF classes behind it. What a number
//! means depends on the method; the modules say for which. Never turns a number into a text.

/// Return values of the snapshot service's methods, and `ErrorCode` of their jobs.
pub(crate) mod returned {
    /// Completed with no error.
    pub(crate) const COMPLETED: u32 = 0;
    /// Invalid parameter, of the DMTF range.
    pub(crate) const INVALID_PARAMETER_CIM: u32 = 4;
    /// Parameters checked, job started.
    pub(crate) const JOB_STARTED: u32 = 4096;
    /// Failed.
    pub(crate) const FAILED: u32 = 32768;
    /// Access denied.
    pub(crate) const ACCESS_DENIED: u32 = 32769;
    /// Not supported.
    pub(crate) const NOT_SUPPORTED: u32 = 32770;
    /// Invalid parameter.
    pub(crate) const INVALID_PARAMETER: u32 = 32773;
    /// System is in use.
    pub(crate) const IN_USE: u32 = 32774;
    /// Invalid state for this operation.
    pub(crate) const INVALID_STATE: u32 = 32775;
    /// File not found; of the image service.
    pub(crate) const FILE_NOT_FOUND: u32 = 32779;
}

/// Return values of a job's `RequestStateChange`.
pub(crate) mod state_change {
    /// Completed with no error.
    pub(crate) const COMPLETED: u32 = 0;
    /// Not supported.
    pub(crate) const NOT_SUPPORTED: u32 = 1;
    /// Invalid parameter.
    pub(crate) const INVALID_PARAMETER: u32 = 5;
    /// Parameters checked, transition started.
    pub(crate) const STARTED: u32 = 4096;
    /// Invalid state transition.
    pub(crate) const INVALID_TRANSITION: u32 = 4097;
    /// Use of the timeout parameter is not supported.
    pub(crate) const TIMEOUT_NOT_SUPPORTED: u32 = 4098;
}

/// `RequestedState` of a job's `RequestStateChange`.
pub(crate) mod requested {
    /// Start.
    pub(crate) const START: u16 = 2;
    /// Suspend.
    pub(crate) const SUSPEND: u16 = 3;
    /// Terminate in an orderly way.
    pub(crate) const TERMINATE: u16 = 4;
    /// Kill at once.
    pub(crate) const KILL: u16 = 5;
    /// Enter a vendor's state.
    pub(crate) const SERVICE: u16 = 6;
}

/// `JobState`.
pub(crate) mod job_state {
    /// Not yet started.
    pub(crate) const NEW: u16 = 2;
    /// On its way to running.
    pub(crate) const STARTING: u16 = 3;
    /// Running.
    pub(crate) const RUNNING: u16 = 4;
    /// Halted; may go on.
    pub(crate) const SUSPENDED: u16 = 5;
    /// On its way to an end.
    pub(crate) const SHUTTING_DOWN: u16 = 6;
    /// Ended well, if `ErrorCode` is 0.
    pub(crate) const COMPLETED: u16 = 7;
    /// Ended by request.
    pub(crate) const TERMINATED: u16 = 8;
    /// Ended at once by request.
    pub(crate) const KILLED: u16 = 9;
    /// Failed.
    pub(crate) const EXCEPTION: u16 = 10;
    /// In a vendor's state.
    pub(crate) const SERVICE: u16 = 11;
    /// Waiting for an answer of a person.
    pub(crate) const QUERY_PENDING: u16 = 12;
    /// Ended well, with a warning.
    pub(crate) const COMPLETED_WITH_WARNINGS: u16 = 32768;
}

/// `JobType` of `Msvm_ConcreteJob`.
pub(crate) mod job_type {
    /// Merging virtual disks.
    pub(crate) const MERGE: u16 = 50;
    /// Deleting a snapshot.
    pub(crate) const DELETE_SNAPSHOT: u16 = 72;
}

/// `JobType` of `Msvm_StorageJob`: another list of numbers.
pub(crate) mod storage_job_type {
    /// Merging virtual disks.
    pub(crate) const MERGE: u16 = 5;
}

/// `OperationalStatus`.
pub(crate) mod operational_status {
    /// All is well.
    pub(crate) const OK: u16 = 2;
    /// Failed.
    pub(crate) const ERROR: u16 = 6;
    /// At work: the second member says at what.
    pub(crate) const IN_SERVICE: u16 = 11;
    /// Ended; of a job.
    pub(crate) const COMPLETED: u16 = 17;
    /// Second member: deleting a snapshot.
    pub(crate) const DELETING_SNAPSHOT: u16 = 32770;
    /// Second member: merging disks in the background.
    pub(crate) const MERGING_DISKS: u16 = 32772;
}

/// `EnabledState` of `Msvm_DiskMergeSettingData`.
pub(crate) mod merge_state {
    /// Temporarily disabled.
    pub(crate) const DISABLED: u32 = 0;
    /// Enabled.
    pub(crate) const ENABLED: u32 = 1;
}

/// `ResourceType` of a resource.
pub(crate) mod resource_type {
    /// A logical disk: a virtual hard disk, for one.
    pub(crate) const LOGICAL_DISK: u16 = 31;
}

/// `Type` of a virtual disk file.
pub(crate) mod disk_type {
    /// Grows as it is written to.
    pub(crate) const DYNAMIC: u16 = 3;
    /// Holds what differs from its parent.
    pub(crate) const DIFFERENCING: u16 = 4;
}

/// `Format` of a virtual disk file.
pub(crate) mod disk_format {
    /// VHD.
    pub(crate) const VHD: u16 = 2;
    /// VHDX.
    pub(crate) const VHDX: u16 = 3;
}

/// `EnabledState` of a machine.
pub(crate) mod enabled_state {
    /// Running.
    pub(crate) const ENABLED: u16 = 2;
    /// Off.
    pub(crate) const DISABLED: u16 = 3;
    /// Saved, as hosts with the `v2` namespace really answer.
    pub(crate) const SAVED: u16 = 6;
    /// Paused, as hosts with the `v2` namespace really answer.
    pub(crate) const PAUSED: u16 = 9;
    /// Paused, as the documentation has it.
    pub(crate) const PAUSED_DOCUMENTED: u16 = 32768;
    /// Saved, as the documentation has it.
    pub(crate) const SAVED_DOCUMENTED: u16 = 32769;
}

/// `ElementEffects` of a job on an element.
pub(crate) mod effect {
    /// Unknown.
    pub(crate) const UNKNOWN: u16 = 0;
    /// The job alone uses the element.
    pub(crate) const EXCLUSIVE_USE: u16 = 2;
    /// The job creates the element.
    pub(crate) const CREATE: u16 = 5;
}
