//! The snapshot, management and image services: singletons, with the methods that this crate or its simulator uses.
//!
//! After Microsoft's pages on the classes and methods.

use super::{
    BOTH, Class, HOST, RETURNED, STARTED_JOB, build, cim, in_out, input, method, names, object, output,
    reference, settings, string, uint32, values::requested_information,
};

/// Creates, destroys and applies snapshots.
pub(super) static SNAPSHOT_SERVICE: Class =
    Class::new(names::SNAPSHOT_SERVICE, Some(&cim::VIRTUAL_SYSTEM_SNAPSHOT_SERVICE), BOTH).methods(&[
        method(
            names::DESTROY_SNAPSHOT_TREE,
            RETURNED,
            &[settings(names::SNAPSHOT_SETTING_DATA), STARTED_JOB],
        ),
        method(names::CLEAR_SNAPSHOT_STATE, RETURNED, &[settings(names::SNAPSHOT_SETTING_DATA), STARTED_JOB]),
        method(
            "ConvertToReferencePoint",
            RETURNED,
            &[
                settings(names::AFFECTED_SNAPSHOT),
                input(
                    string("ReferencePointSettings").embedded("Msvm_VirtualSystemReferencePointSettingData"),
                )
                .optional(),
                in_out(reference("ResultingReferencePoint", "Msvm_VirtualSystemReferencePoint")).optional(),
                STARTED_JOB,
            ],
        )
        .since(build::SERVER_2016),
    ]);

/// Creates and changes virtual machines.
pub(super) static MANAGEMENT_SERVICE: Class =
    Class::new(names::MANAGEMENT_SERVICE, Some(&cim::VIRTUAL_SYSTEM_MANAGEMENT_SERVICE), BOTH).methods(&[
        method(
            "GetSummaryInformation",
            RETURNED,
            &[
                input(reference("SettingData", "CIM_VirtualSystemSettingData").array()).optional(),
                input(uint32("RequestedInformation").array().values(requested_information::VALUES)),
                output(object("SummaryInformation", "Msvm_SummaryInformationBase").array()),
            ],
        ),
        method(
            names::MODIFY_DISK_MERGE,
            RETURNED,
            &[input(string(names::SETTING_DATA_TEXT).embedded(names::DISK_MERGE)), STARTED_JOB],
        ),
    ]);

/// Reads and changes virtual disk files. Not in the cluster namespace.
pub(super) static IMAGE_SERVICE: Class =
    Class::new(names::IMAGE_SERVICE, Some(&cim::SERVICE), HOST).methods(&[
        method(
            names::GET_VIRTUAL_DISK,
            RETURNED,
            &[
                input(string(names::PATH)),
                output(string(names::SETTING_DATA_TEXT).embedded(names::VIRTUAL_DISK)),
                STARTED_JOB,
            ],
        ),
        method(
            names::GET_VIRTUAL_DISK_STATE,
            RETURNED,
            &[
                input(string(names::PATH)),
                output(string(names::STATE_TEXT).embedded(names::VIRTUAL_DISK_STATE)),
                STARTED_JOB,
            ],
        ),
    ]);
