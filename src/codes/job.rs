//! States and types of jobs, which are not errors; and the return values of a job's `RequestStateChange`.
//!
//! Sources: Microsoft, "Msvm_ConcreteJob class" and "Msvm_StorageJob class"; observations of other clients.

use super::advice::RIGHTS;

const WAIT: &str = "wait for it{ (wait)}";
const SEE: &str = "look at the job{ (job)} and at the tree{ (tree)}";

/// Return values of `RequestStateChange`.
pub(crate) mod state_change {
    use super::{RIGHTS, SEE, WAIT};

    codes! { RETURNED: StateChange u32, "Msvm_ConcreteJob, RequestStateChange";
        0 COMPLETED "completed with no error" NoError AfterLooking: "the job has ended as asked", "this is no error", SEE;
        1 NOT_SUPPORTED "not supported" Unsupported Unsafe:
            "the job cannot be ended in this way", "not every job can", WAIT;
        2 UNKNOWN "unknown or unspecified error" Provider AfterLooking:
            "it failed, without a reason", "no more is said", SEE;
        3 TIMEOUT "timeout" TimedOut AfterLooking: "the job did not react in time", "it may end later", SEE;
        4 FAILED "failed" Provider AfterLooking: "the job could not be ended", "no details are given", SEE;
        5 INVALID_PARAMETER "invalid parameter" InvalidParameter Unsafe:
            "the requested state does not exist", "the job has no such request", WAIT;
        6 IN_USE "in use" Busy Safe: "the job is in use", "another client is using it", SEE;
        4096 TRANSITION_STARTED "transition started" NoError AfterLooking: "the job will end", "this is no error", WAIT;
        4097 INVALID_TRANSITION "invalid state transition" Other Safe:
            "the job cannot go from its state to that", "it has ended, or is about to", SEE;
        4098 TIMEOUT_NOT_SUPPORTED "a timeout is not supported" Unsupported Unsafe:
            "the job takes no time limit", "one was given", SEE;
        4099 BUSY "busy" Busy Safe: "the job is busy", "it is changing its state already", WAIT;
        32769 VENDOR_ACCESS_DENIED "access denied by Hyper-V" AccessDenied Unsafe:
            "the user may not end this job", "it is another user's", RIGHTS;
    }
}

/// `JobState`.
pub(crate) mod job_state {
    use super::{SEE, WAIT};

    codes! { STATES: JobState u16, "Msvm_ConcreteJob";
        2 NEW "new" NoError AfterLooking: "not started yet", "this is a state, not an error", WAIT;
        3 STARTING "starting" NoError AfterLooking: "about to run", "this is a state, not an error", WAIT;
        4 RUNNING "running" NoError AfterLooking: "running", "this is a state, not an error", WAIT;
        5 SUSPENDED "suspended" NoError AfterLooking: "suspended; it may continue", "a user or a program suspended it", WAIT;
        6 SHUTTING_DOWN "shutting down" NoError AfterLooking: "about to end", "this is a state, not an error", WAIT;
        7 COMPLETED "completed" NoError AfterLooking: "ended; well if its ErrorCode is 0", "this is a state, not an error", SEE;
        8 TERMINATED "terminated" NoError AfterLooking: "ended on request", "a user or a program cancelled it", SEE;
        9 KILLED "killed" NoError AfterLooking: "ended on request, at once", "a user or a program killed it", SEE;
        10 EXCEPTION "exception" Provider AfterLooking: "failed", "ErrorCode and ErrorDescription say why", SEE;
        11 SERVICE "service" NoError AfterLooking: "in a vendor-specific state", "no details are given", WAIT;
        12 QUERY_PENDING "query pending" NoError AfterLooking "Msvm_ConcreteJob, schema of 2019":
            "waiting for an answer", "a question on the host must be answered", WAIT;
        32768 COMPLETED_WITH_WARNINGS "completed with warnings" NoError AfterLooking "Microsoft's samples":
            "ended well, with warnings", "the job's text says which", SEE;
    }
}

/// `RequestedState` of `RequestStateChange`.
pub(crate) mod requested_state {
    use super::SEE;

    codes! { STATES: RequestedState u16, "Msvm_ConcreteJob, RequestStateChange";
        2 START NoError AfterLooking: "asks the job to go on", "a request, not an error", SEE;
        3 SUSPEND NoError AfterLooking: "asks the job to halt", "a request, not an error", SEE;
        4 TERMINATE NoError AfterLooking: "asks the job to end in an orderly way", "a request, not an error", SEE;
        5 KILL NoError AfterLooking: "asks the job to end at once", "a request, not an error", SEE;
        6 SERVICE NoError AfterLooking: "asks the job to go into a state of the vendor's", "a request, not an error", SEE;
    }
}

/// `JobType` of `Msvm_ConcreteJob`.
pub(crate) mod job_type {
    use super::SEE;

    names! { KINDS: JobType u16, NoError AfterLooking, "Msvm_ConcreteJob":
        "the job does what the name says",
        "a kind of job, not an error",
        SEE;
        0 UNKNOWN;
        1 DEFINE_VIRTUAL_MACHINE;
        2 MODIFY_VIRTUAL_MACHINE;
        3 DESTROY_VIRTUAL_MACHINE;
        4 MODIFY_MANAGEMENT_SERVICE_SETTINGS;
        10 INITIALIZE_VIRTUAL_MACHINE;
        11 WAITING_TO_START_VIRTUAL_MACHINE;
        12 START_VIRTUAL_MACHINE;
        13 POWER_OFF_VIRTUAL_MACHINE;
        14 SAVE_VIRTUAL_MACHINE;
        15 RESTORE_VIRTUAL_MACHINE;
        16 SHUT_DOWN_VIRTUAL_MACHINE;
        26 PAUSE_VIRTUAL_MACHINE;
        27 RESUME_VIRTUAL_MACHINE;
        28 RESET_VIRTUAL_MACHINE;
        29 REBOOT_VIRTUAL_MACHINE;
        30 ADD_VIRTUAL_MACHINE_RESOURCES;
        31 MODIFY_VIRTUAL_MACHINE_RESOURCES;
        32 REMOVE_VIRTUAL_MACHINE_RESOURCES;
        40 REQUEST_INITIAL_VIRTUAL_MACHINE_MEMORY;
        41 ADD_MEMORY_TO_VIRTUAL_MACHINE;
        42 REMOVE_MEMORY_FROM_VIRTUAL_MACHINE;
        50 MERGING_VHD_DISKS;
        51 CREATE_VSS_SNAPSHOT_INSIDE_VIRTUAL_MACHINE;
        60 GET_IMPORT_SETTING_DATA;
        61 IMPORT_VIRTUAL_MACHINE;
        62 EXPORT_VIRTUAL_MACHINE;
        63 REGISTER_CONFIGURATION;
        64 UNREGISTER_CONFIGURATION;
        70 SNAPSHOT_VIRTUAL_MACHINE;
        71 APPLY_VIRTUAL_MACHINE_SNAPSHOT;
        72 DELETE_VIRTUAL_MACHINE_SNAPSHOT;
        73 CLEAR_VIRTUAL_MACHINE_SNAPSHOT_STATE;
        80 ADD_RESOURCES_TO_RESOURCE_POOL;
        81 REMOVE_RESOURCES_FROM_RESOURCE_POOL;
        90 MODIFY_REPLICATION_SERVER_SETTINGS;
        91 CREATE_REPLICATION_RELATIONSHIP;
        92 MODIFY_REPLICATION_RELATIONSHIP_SETTINGS;
        93 REMOVE_REPLICATION_RELATIONSHIP;
        94 START_INBAND_INITIAL_REPLICATION;
        95 IMPORT_REPLICATION;
        96 REPLICATE_STATE_CHANGE;
        97 INITIATE_FAILOVER;
        98 REVERT_FAILOVER;
        99 COMMIT_FAILOVER;
        100 INITITATE_SYNCED_REPLICATION;
        101 CANCEL_SYNCED_REPLICATION;
        102 INITIATE_TEST_REPLICA;
        103 REMOVE_TEST_REPLICA;
        104 REVERSE_REPLICATION;
        105 REPLICATION_SENDING_DELTA;
        106 REPLICATION_RECEIVING_DELTA;
        107 RESYNCHRONIZING;
        108 APPLY_CHANGE_LOG;
        109 STOP_INITIAL_REPLICATION;
        110 STOP_RESYNCHRONIZING;
        111 GET_REPLICA_STATISTICS;
        112 PREPARE_FOR_CONSISTENCY_CHECKER;
        113 CONSISTENCY_CHECKER;
        114 STOP_CONSISTENCY_CHECKER;
        115 TEST_REPLICATION_CONNECTION;
        116 SENDING_INITIAL_REPLICA;
        117 START_RESYNC_INITIAL_REPLICATION;
        118 START_EXPORT_INITIAL_REPLICATION;
        119 RESET_REPLICA_STATISTICS;
        120 APPLY_REGISTERED_DELTAS;
        121 RESYNCHRONIZING_EXTENDED_REPLICATION;
        122 READING_TEST_REPLICA_CONFIGURATION;
        123 CHANGE_THE_REPLICATION_MODE_TO_PRIMARY;
        124 INITIATE_FAILBACK;
        125 UPDATE_DISK_SET;
        130 DEFINE_ETHERNET_SWITCH;
        131 MODIFY_ETHERNET_SWITCH_SETTINGS;
        132 DESTROY_ETHERNET_SWITCH;
        133 ADD_ETHERNET_SWITCH_RESOURCES;
        134 MODIFY_ETHERNET_SWITCH_RESOURCES;
        135 REMOVE_ETHERNET_SWITCH_RESOURCES;
        140 VALIDATE_PLANNED_VIRTUAL_MACHINE;
        141 REALIZING_VIRTUAL_MACHINE;
        150 CREATING_A_RESOURCE_POOL;
        151 CHANGING_THE_PARENT_RESOURCES_OF_A_RESOURCE_POOL;
        152 CHANGING_THE_NON_ALLOCTION_SETTINGS_OF_A_RESOURCE_POOL;
        153 DELETING_A_RESOURCE_POOL;
        160 ENABLE_REMOTEFX_GPU;
        161 DISABLE_REMOTEFX_GPU;
        162 MODIFY_3D_SERVICE_SETTINGS;
        170 BACKUP_VIRTUAL_MACHINE;
        180 GUEST_SERVICE_INTERFACE;
        181 QUERY_GUEST_CLUSTER_INFORMATION;
        190 DEFINE_COLLECTION;
        191 DESTROY_COLLECTION;
        192 RENAME_COLLECTION;
        193 ADD_MEMBER_TO_COLLECTION;
        194 REMOVE_MEMBER_FROM_COLLECTION;
        195 ADD_SETTING_TO_COLLECTION;
        196 REMOVE_SETTING_FROM_COLLECTION;
        197 MODIFY_SETTING_ON_COLLECTION;
        198 SNAPSHOT_COLLECTION;
        200 CONVERT_SNAPSHOT_TO_REFERENCE_POINT;
        201 CREATE_REFERENCE_POINT;
        202 DELETE_REFERENCE_POINT;
        203 EXPORT_REFERENCE_POINT;
        204 REMOVE_ASSOCIATED_DATA_FROM_REFERENCE_POINT;
        205 CREATE_REFERENCE_POINT_ON_COLLECTION;
        206 EXPORT_REFERENCE_POINT_ON_COLLECTION;
        207 REMOVE_ASSOCIATED_DATA_FROM_REFERENCE_POINT_ON_COLLECTION;
        208 DELETE_REFERENCE_POINT_ON_COLLECTION;
        209 IMPORT_REFERENCE_POINT_METADATA;
        260 MOUNT_OR_DISMOUNT_ASSIGNABLE_DEVICE;
    }
}

/// `JobType` of `Msvm_StorageJob`, whose numbers have other meanings.
pub(crate) mod storage_job_type {
    use super::SEE;

    names! { KINDS: StorageJobType u16, NoError AfterLooking, "Msvm_StorageJob":
        "the job does with disks what the name says",
        "a kind of job, not an error",
        SEE;
        0 UNKNOWN;
        1 VHD_CREATION;
        2 FLOPPY_CREATION;
        3 COMPACTION;
        4 EXPANSION;
        5 MERGING;
        6 CONVERSION;
        7 LOOPBACK_MOUNT;
        8 GET_VHD_INFO;
        9 VALIDATE_VHD_IMAGE;
    }
}
