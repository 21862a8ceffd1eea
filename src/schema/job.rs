//! `Msvm_ConcreteJob` and `Msvm_StorageJob`, which both derive from `CIM_ConcreteJob`.
//!
//! Members after Microsoft's documentation of the classes and the Windows Server 2019 schema.

use super::{
    BOTH, Class, HOST, RETURNED, boolean, cim, method, names, output, string, uint16, uint32,
    values::{JOB_TYPE, STORAGE_JOB_TYPE},
};

/// A job started by a method of a Hyper-V service.
pub(super) static CONCRETE_JOB: Class = Class::new(names::CONCRETE_JOB, Some(&cim::CONCRETE_JOB), BOTH)
    .properties(&[
        boolean("Cancellable"),
        string("ErrorSummaryDescription"),
        uint16("JobType").values(JOB_TYPE),
    ])
    .methods(&[method(
        names::GET_ERROR_EX,
        RETURNED,
        &[output(string(names::ERRORS).embedded(names::ERROR).array())],
    )]);

/// A job on a virtual disk, such as a merge. Not in the cluster namespace.
pub(super) static STORAGE_JOB: Class = Class::new(names::STORAGE_JOB, Some(&cim::CONCRETE_JOB), HOST)
    .properties(&[
        boolean("Cancellable"),
        string("Child"),
        string("ErrorSummaryDescription"),
        uint32("JobCompletionStatusCode"),
        uint16("JobType").values(STORAGE_JOB_TYPE),
        string("Parent"),
    ])
    .methods(&[method(
        names::GET_ERROR_EX,
        RETURNED,
        &[output(string(names::ERRORS).embedded(names::ERROR).array())],
    )]);
