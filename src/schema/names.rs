//! Names of namespaces, classes, systems, services and methods of a Hyper-V host.
//!
//! Spelled as in Microsoft's documentation; a host compares them without regard to case.

/// The namespace of a single host, in the form of resource URIs.
pub(crate) const NAMESPACE: &str = "root/virtualization/v2";
/// The namespace of a cluster, with some of the classes.
pub(crate) const CLUSTER_NAMESPACE: &str = "root/HyperVCluster/v2";

/// The namespace of Windows.
pub(crate) const CIMV2_NAMESPACE: &str = "root/cimv2";

/// The namespace of failover clusters.
pub(crate) const MSCLUSTER_NAMESPACE: &str = "root/MSCluster";
/// A resource of a cluster, such as a VM.
pub(crate) const CLUSTER_RESOURCE: &str = "MSCluster_Resource";
/// The node that has a [`CLUSTER_RESOURCE`].
pub(crate) const OWNER_NODE: &str = "OwnerNode";
/// A node of a cluster.
pub(crate) const CLUSTER_NODE: &str = "MSCluster_Node";
/// Properties of a kind of resource alone: of a VM, its GUID as `VmID`.
pub(crate) const PRIVATE_PROPERTIES: &str = "PrivateProperties";
/// `Type` of the resource of a VM; the first part of its default name.
pub(crate) const TYPE_VM_RESOURCE: &str = "Virtual Machine";
/// `Type` of the resource of the configuration of a VM, which has the same `VmID`.
pub(crate) const TYPE_VM_CONFIGURATION: &str = "Virtual Machine Configuration";
/// `Type` of the resource of the cluster's name.
pub(crate) const TYPE_NETWORK_NAME: &str = "Network Name";

/// The operating system; a singleton.
pub(crate) const WIN32_OPERATING_SYSTEM: &str = "Win32_OperatingSystem";
/// The host as a computer.
pub(crate) const WIN32_COMPUTER_SYSTEM: &str = "Win32_ComputerSystem";
/// A processor socket.
pub(crate) const WIN32_PROCESSOR: &str = "Win32_Processor";

/// A volume of the host: with a drive letter, or mounted in a folder.
pub(crate) const WIN32_VOLUME: &str = "Win32_Volume";

/// A virtual machine, or the host.
pub(crate) const COMPUTER_SYSTEM: &str = "Msvm_ComputerSystem";
/// Whether a VM is replicated, or a replica: a property of [`COMPUTER_SYSTEM`].
pub(crate) const REPLICATION_MODE: &str = "ReplicationMode";
/// Settings of a VM, or a snapshot.
pub(crate) const SETTING_DATA: &str = "Msvm_VirtualSystemSettingData";
/// How a snapshot is to be taken; embedded.
pub(crate) const SNAPSHOT_SETTING: &str = "Msvm_VirtualSystemSnapshotSettingData";
/// How consistent the data in a snapshot is to be: a property of [`SNAPSHOT_SETTING`].
pub(crate) const CONSISTENCY_LEVEL: &str = "ConsistencyLevel";
/// A job of a service.
pub(crate) const CONCRETE_JOB: &str = "Msvm_ConcreteJob";
/// A job on a virtual disk.
pub(crate) const STORAGE_JOB: &str = "Msvm_StorageJob";
/// The service that destroys snapshots.
pub(crate) const SNAPSHOT_SERVICE: &str = "Msvm_VirtualSystemSnapshotService";
/// The service that changes VMs.
pub(crate) const MANAGEMENT_SERVICE: &str = "Msvm_VirtualSystemManagementService";
/// The service that reads and changes virtual disk files.
pub(crate) const IMAGE_SERVICE: &str = "Msvm_ImageManagementService";
/// A disk of a VM or of a snapshot.
pub(crate) const STORAGE_ALLOCATION: &str = "Msvm_StorageAllocationSettingData";
/// Whether the disks of a VM may merge.
pub(crate) const DISK_MERGE: &str = "Msvm_DiskMergeSettingData";
/// A mark of a backup, from which the next one counts; Windows Server 2016 and later.
pub(crate) const REFERENCE_POINT: &str = "Msvm_VirtualSystemReferencePoint";
/// The embedded record of a virtual disk file.
pub(crate) const VIRTUAL_DISK: &str = "Msvm_VirtualHardDiskSettingData";
/// The embedded record of the size of a virtual disk file.
pub(crate) const VIRTUAL_DISK_STATE: &str = "Msvm_VirtualHardDiskState";
/// The summary of a VM.
pub(crate) const SUMMARY: &str = "Msvm_SummaryInformation";
/// The node of a VM, in its [`SUMMARY`].
pub(crate) const SUMMARY_HOST: &str = "HostComputerSystemName";
/// The integration component that shuts a guest down.
pub(crate) const SHUTDOWN_COMPONENT: &str = "Msvm_ShutdownComponent";
/// VM and its snapshots.
pub(crate) const SNAPSHOT_OF_VIRTUAL_SYSTEM: &str = "Msvm_SnapshotOfVirtualSystem";
/// VM and the parent of its current state.
pub(crate) const MOST_CURRENT_SNAPSHOT: &str = "Msvm_MostCurrentSnapshotInBranch";
/// Snapshot and VM.
pub(crate) const LAST_APPLIED_SNAPSHOT: &str = "Msvm_LastAppliedSnapshot";
/// VM and its current settings.
pub(crate) const SETTINGS_DEFINE_STATE: &str = "Msvm_SettingsDefineState";
/// Job and the elements that it affects.
pub(crate) const AFFECTED_JOB_ELEMENT: &str = "Msvm_AffectedJobElement";
/// Storage job and the elements that it affects.
pub(crate) const AFFECTED_STORAGE_JOB_ELEMENT: &str = "Msvm_AffectedStorageJobElement";
/// Settings and their components.
pub(crate) const SETTING_DATA_COMPONENT: &str = "Msvm_VirtualSystemSettingDataComponent";
/// The embedded error record.
pub(crate) const ERROR: &str = "Msvm_Error";
/// The base class of every job.
pub(crate) const ANY_JOB: &str = "CIM_ConcreteJob";

/// `Name` of the snapshot service.
pub(crate) const SNAPSHOT_SERVICE_NAME: &str = "vssnapsvc";
/// The key of a service that holds the host's name.
pub(crate) const SYSTEM_NAME: &str = "SystemName";
/// `Name` of the management service.
pub(crate) const MANAGEMENT_SERVICE_NAME: &str = "vmms";
/// `Name` of the image service.
pub(crate) const IMAGE_SERVICE_NAME: &str = "vhdsvc";

/// Takes a snapshot of a VM.
pub(crate) const CREATE_SNAPSHOT: &str = "CreateSnapshot";
/// The VM of a [`CREATE_SNAPSHOT`].
pub(crate) const AFFECTED_SYSTEM: &str = "AffectedSystem";
/// The settings of a [`CREATE_SNAPSHOT`]: an embedded [`SNAPSHOT_SETTING`].
pub(crate) const SNAPSHOT_SETTINGS: &str = "SnapshotSettings";
/// The kind of snapshot of a [`CREATE_SNAPSHOT`].
pub(crate) const SNAPSHOT_TYPE: &str = "SnapshotType";
/// The out parameter of [`CREATE_SNAPSHOT`]; empty while its job runs.
pub(crate) const RESULTING_SNAPSHOT: &str = "ResultingSnapshot";
/// Applies a snapshot to a VM.
pub(crate) const APPLY_SNAPSHOT: &str = "ApplySnapshot";
/// The parameter of [`APPLY_SNAPSHOT`].
pub(crate) const SNAPSHOT: &str = "Snapshot";
/// Removes the saved memory of a snapshot; its parameter is [`SNAPSHOT_SETTING_DATA`].
pub(crate) const CLEAR_SNAPSHOT_STATE: &str = "ClearSnapshotState";
/// Destroys one snapshot; its children survive.
pub(crate) const DESTROY_SNAPSHOT: &str = "DestroySnapshot";
/// The parameter of [`DESTROY_SNAPSHOT`].
pub(crate) const AFFECTED_SNAPSHOT: &str = "AffectedSnapshot";
/// Destroys a snapshot and its descendants.
pub(crate) const DESTROY_SNAPSHOT_TREE: &str = "DestroySnapshotTree";
/// The parameter of [`DESTROY_SNAPSHOT_TREE`].
pub(crate) const SNAPSHOT_SETTING_DATA: &str = "SnapshotSettingData";
/// Requests a state change of a job or a VM.
pub(crate) const REQUEST_STATE_CHANGE: &str = "RequestStateChange";
/// The first parameter of [`REQUEST_STATE_CHANGE`].
pub(crate) const REQUESTED_STATE: &str = "RequestedState";
/// The second parameter of [`REQUEST_STATE_CHANGE`].
pub(crate) const TIMEOUT_PERIOD: &str = "TimeoutPeriod";
/// Returns the errors of a failed job.
pub(crate) const GET_ERROR_EX: &str = "GetErrorEx";
/// The out parameter of [`GET_ERROR_EX`].
pub(crate) const ERRORS: &str = "Errors";
/// Changes settings of a VM or of a snapshot.
pub(crate) const MODIFY_SYSTEM_SETTINGS: &str = "ModifySystemSettings";
/// The parameter of [`MODIFY_SYSTEM_SETTINGS`].
pub(crate) const SYSTEM_SETTINGS: &str = "SystemSettings";
/// Describes a virtual disk file.
pub(crate) const GET_VIRTUAL_DISK: &str = "GetVirtualHardDiskSettingData";
/// The parameter of [`GET_VIRTUAL_DISK`].
pub(crate) const PATH: &str = "Path";
/// The out parameter of [`GET_VIRTUAL_DISK`].
pub(crate) const SETTING_DATA_TEXT: &str = "SettingData";

/// Returns the size of a virtual disk file.
pub(crate) const GET_VIRTUAL_DISK_STATE: &str = "GetVirtualHardDiskState";
/// The out parameter of [`GET_VIRTUAL_DISK_STATE`].
pub(crate) const STATE_TEXT: &str = "State";
/// Allows or forbids the merge of a VM's disks; the parameter is [`SETTING_DATA_TEXT`].
pub(crate) const MODIFY_DISK_MERGE: &str = "ModifyDiskMergeSettings";
/// Asks a guest to shut down.
pub(crate) const INITIATE_SHUTDOWN: &str = "InitiateShutdown";
/// The first parameter of [`INITIATE_SHUTDOWN`]: whether a locked guest shuts down too.
pub(crate) const FORCE: &str = "Force";
/// The second parameter of [`INITIATE_SHUTDOWN`]: a text for the guest's event log.
pub(crate) const REASON: &str = "Reason";

/// `ResourceSubType` of a virtual hard disk with a file.
pub(crate) const VIRTUAL_HARD_DISK: &str = "Microsoft:Hyper-V:Virtual Hard Disk";

/// The prefix of the `InstanceID` of settings; a GUID follows.
pub(crate) const SETTING_ID_PREFIX: &str = "Microsoft:";

/// `VirtualSystemType` of a VM's current settings.
pub(crate) const TYPE_REALIZED_SYSTEM: &str = "Microsoft:Hyper-V:System:Realized";
/// The prefix of `VirtualSystemType` for all snapshots.
pub(crate) const TYPE_SNAPSHOT_PREFIX: &str = "Microsoft:Hyper-V:Snapshot:";
/// A checkpoint taken by a user or automatically by the host.
pub(crate) const TYPE_REALIZED: &str = "Microsoft:Hyper-V:Snapshot:Realized";
/// A checkpoint of a backup.
pub(crate) const TYPE_RECOVERY: &str = "Microsoft:Hyper-V:Snapshot:Recovery";
/// A checkpoint of a planned VM.
pub(crate) const TYPE_PLANNED: &str = "Microsoft:Hyper-V:Snapshot:Planned";
/// A checkpoint whose definition is lost.
pub(crate) const TYPE_MISSING: &str = "Microsoft:Hyper-V:Snapshot:Missing";
/// A recovery point of replication.
pub(crate) const TYPE_REPLICA: &str = "Microsoft:Hyper-V:Snapshot:Replica:Standard";
/// An application-consistent recovery point of replication.
pub(crate) const TYPE_REPLICA_CONSISTENT: &str = "Microsoft:Hyper-V:Snapshot:Replica:ApplicationConsistent";
/// A recovery point of replication for a planned failover.
pub(crate) const TYPE_REPLICA_PLANNED: &str = "Microsoft:Hyper-V:Snapshot:Replica:PlannedFailover";
