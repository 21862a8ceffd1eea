//! Classes of `root/MSCluster`, which describe a failover cluster: its resources and its nodes.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema. Any node answers for the whole
//! cluster; a host outside a cluster has no instances.

use super::{
    Class, MSCLUSTER, boolean, build, cimv2, names, object, string, uint32, uint64,
    values::{cluster_node_state, cluster_resource_state},
};

/// `MSCluster_LogicalElement`.
static LOGICAL_ELEMENT: Class =
    Class::new("MSCluster_LogicalElement", Some(&cimv2::LOGICAL_ELEMENT), MSCLUSTER)
        .properties(&[uint32("Characteristics"), uint32("Flags")]);

/// A resource of the cluster, such as a VM: its `OwnerNode` is the node that has it, or would run it.
pub(super) static RESOURCE: Class = Class::new(names::CLUSTER_RESOURCE, Some(&LOGICAL_ELEMENT), MSCLUSTER)
    .properties(&[
        boolean("CoreResource"),
        string("CryptoCheckpoints").array(),
        uint32("DeadlockTimeout"),
        boolean("DeleteRequiresAllNodes"),
        uint32("EmbeddedFailureAction"),
        string("Id"),
        string("InternalState"),
        uint32("IsAlivePollInterval"),
        boolean("IsClusterSharedVolume"),
        uint64("LastOperationStatusCode"),
        boolean("LocalQuorumCapable"),
        uint32("LooksAlivePollInterval"),
        uint32("MonitorProcessId"),
        string("Name").key(),
        string("OwnerGroup"),
        string(names::OWNER_NODE),
        uint32("PendingTimeout"),
        boolean("PersistentState"),
        object(names::PRIVATE_PROPERTIES, "MSCluster_Property"),
        boolean("QuorumCapable"),
        string("RegistryCheckpoints").array(),
        uint32("RequiredDependencyClasses").array(),
        string("RequiredDependencyTypes").array(),
        uint32("ResourceClass"),
        uint64("ResourceSpecificData1"),
        uint64("ResourceSpecificData2"),
        string("ResourceSpecificStatus"),
        uint32("RestartAction"),
        uint32("RestartDelay"),
        uint32("RestartPeriod"),
        uint32("RestartThreshold"),
        uint32("RetryPeriodOnFailure"),
        boolean("SeparateMonitor"),
        uint32("State").values(cluster_resource_state::VALUES),
        uint64("StatusInformation"),
        uint32("Subclass"),
        string("Type"),
    ]);

/// A node of the cluster.
pub(super) static NODE: Class =
    Class::new(names::CLUSTER_NODE, Some(&cimv2::UNITARY_COMPUTER_SYSTEM), MSCLUSTER).properties(&[
        uint32("BuildNumber"),
        uint32("Characteristics"),
        string("CSDVersion"),
        uint32("DynamicWeight"),
        string("FaultDomain").array().since(build::SERVER_2016),
        string("FaultDomainId").since(build::SERVER_2016),
        uint32("Flags"),
        string("Id"),
        uint32("MajorVersion"),
        uint32("MinorVersion"),
        uint32("NeedsPreventQuorum"),
        uint32("NodeDrainStatus"),
        string("NodeDrainTarget"),
        uint32("NodeHighestVersion"),
        string("NodeInstanceID"),
        uint32("NodeLowestVersion"),
        uint32("NodeWeight"),
        object(names::PRIVATE_PROPERTIES, "MSCluster_Property"),
        uint32("State").values(cluster_node_state::VALUES),
        uint32("StatusInformation").since(build::SERVER_2016),
    ]);
