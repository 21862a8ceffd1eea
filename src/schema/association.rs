//! The associations: classes whose keys are references to the linked instances.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema.

use super::{BOTH, Class, HOST, cim, names, reference};

/// VM and each of its snapshots.
pub(super) static SNAPSHOT_OF_VIRTUAL_SYSTEM: Class =
    Class::new(names::SNAPSHOT_OF_VIRTUAL_SYSTEM, Some(&cim::SNAPSHOT_OF_VIRTUAL_SYSTEM), BOTH).properties(
        &[
            reference("Antecedent", "CIM_ComputerSystem").key(),
            reference("Dependent", "CIM_VirtualSystemSettingData").key(),
        ],
    );

/// VM and the snapshot that its current state descends from.
pub(super) static MOST_CURRENT_SNAPSHOT: Class =
    Class::new(names::MOST_CURRENT_SNAPSHOT, Some(&cim::MOST_CURRENT_SNAPSHOT_IN_BRANCH), BOTH).properties(
        &[
            reference("Antecedent", "CIM_ComputerSystem").key(),
            reference("Dependent", names::SETTING_DATA).key(),
        ],
    );

/// Snapshot and VM: the roles are the reverse of the others. Not in the cluster namespace.
pub(super) static LAST_APPLIED_SNAPSHOT: Class =
    Class::new(names::LAST_APPLIED_SNAPSHOT, Some(&cim::LAST_APPLIED_SNAPSHOT), HOST).properties(&[
        reference("Antecedent", "CIM_VirtualSystemSettingData").key(),
        reference("Dependent", "CIM_ComputerSystem").key(),
    ]);

/// VM and its current settings.
pub(super) static SETTINGS_DEFINE_STATE: Class =
    Class::new(names::SETTINGS_DEFINE_STATE, Some(&cim::SETTINGS_DEFINE_STATE), BOTH).properties(&[
        reference("ManagedElement", "CIM_ManagedElement").key(),
        reference("SettingData", "CIM_SettingData").key(),
    ]);

/// Job and the elements that it affects; the declared class of the reference does not limit their class.
pub(super) static AFFECTED_JOB_ELEMENT: Class =
    Class::new(names::AFFECTED_JOB_ELEMENT, Some(&cim::AFFECTED_JOB_ELEMENT), BOTH).properties(&[
        reference("AffectedElement", "CIM_ManagedElement").key(),
        reference("AffectingElement", "CIM_Job").key(),
    ]);

/// Storage job and the elements that it affects. Not in the cluster namespace.
pub(super) static AFFECTED_STORAGE_JOB_ELEMENT: Class =
    Class::new(names::AFFECTED_STORAGE_JOB_ELEMENT, Some(&cim::AFFECTED_JOB_ELEMENT), HOST).properties(&[
        reference("AffectedElement", "CIM_ManagedElement").key(),
        reference("AffectingElement", names::STORAGE_JOB).key(),
    ]);

/// Settings and their device-level parts. Not in the cluster namespace.
pub(super) static SETTING_DATA_COMPONENT: Class =
    Class::new(names::SETTING_DATA_COMPONENT, Some(&cim::VIRTUAL_SYSTEM_SETTING_DATA_COMPONENT), HOST)
        .properties(&[
            reference("GroupComponent", "CIM_VirtualSystemSettingData").key(),
            reference("PartComponent", "CIM_ResourceAllocationSettingData").key(),
        ]);
