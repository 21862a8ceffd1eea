//! `CIMStatusCode` in an `MSFT_WmiError`, an `OMI_Error` or an `Msvm_Error`: DMTF's status codes.
//!
//! Source: DSP0200 (CIM status codes). The numbers are small, and other families use them too.

use super::advice::{LOOK, NAMESPACE, OURS, QUOTA, WMI_RIGHTS};

codes! { STATUSES: CimStatus u32, "DSP0200";
    1 CIM_ERR_FAILED Provider AfterLooking: "it failed", "no more is said; the message beside it tells", LOOK;
    2 CIM_ERR_ACCESS_DENIED AccessDenied Unsafe: "the user may not do this", "rights are missing", WMI_RIGHTS;
    3 CIM_ERR_INVALID_NAMESPACE UnknownClass Unsafe:
        "the namespace does not exist", "no Hyper-V, or a wrong name", NAMESPACE;
    4 CIM_ERR_INVALID_PARAMETER NotUnderstood Unsafe:
        "a parameter is wrong", "the object that it names may be gone",
        "read the tree again{ (tree)}";
    5 CIM_ERR_INVALID_CLASS UnknownClass Unsafe:
        "the class does not exist", "another namespace or version", NAMESPACE;
    6 CIM_ERR_NOT_FOUND NotFound AfterLooking:
        "the object is not there", "it is gone, or was never there",
        "look at what is there{ (tree)}";
    7 CIM_ERR_NOT_SUPPORTED Unsupported Unsafe: "this is not supported", "this class or version lacks it", NAMESPACE;
    8 CIM_ERR_CLASS_HAS_CHILDREN Other Unsafe: "other classes derive from it", "a change of the schema", OURS;
    9 CIM_ERR_CLASS_HAS_INSTANCES Other Unsafe: "there are instances of it", "a change of the schema", OURS;
    10 CIM_ERR_INVALID_SUPERCLASS Other Unsafe: "the class above is wrong", "a change of the schema", OURS;
    11 CIM_ERR_ALREADY_EXISTS Other Unsafe: "it exists already", "it was made before", "look at the host";
    12 CIM_ERR_NO_SUCH_PROPERTY NotUnderstood Unsafe:
        "the class has no such property", "another version of the class", OURS;
    13 CIM_ERR_TYPE_MISMATCH NotUnderstood Unsafe: "a value is of another type", "another version of the class", OURS;
    14 CIM_ERR_QUERY_LANGUAGE_NOT_SUPPORTED Unsupported Unsafe: "the query's language is not known", "not WQL", OURS;
    15 CIM_ERR_INVALID_QUERY UnknownClass Unsafe:
        "the query is wrong", "a class or property in it is not known", NAMESPACE;
    16 CIM_ERR_METHOD_NOT_AVAILABLE Unsupported Unsafe:
        "the method cannot be called", "the provider lacks it", NAMESPACE;
    17 CIM_ERR_METHOD_NOT_FOUND Unsupported Unsafe:
        "there is no such method", "another class or version", "check {service-class}";
    18 CIM_ERR_UNEXPECTED_RESPONSE Other AfterLooking:
        "an answer that was not expected", "an error of the service", LOOK;
    19 CIM_ERR_INVALID_RESPONSE_DESTINATION Other Unsafe:
        "the answer cannot be sent there", "a request for events", OURS;
    20 CIM_ERR_NAMESPACE_NOT_EMPTY Other Unsafe: "the namespace is not empty", "a change of the schema", OURS;
    21 CIM_ERR_INVALID_ENUMERATION_CONTEXT EnumerationLost Safe:
        "the enumeration is not known", "it ended by its timer", "read it again from its beginning";
    22 CIM_ERR_INVALID_OPERATION_TIMEOUT NotUnderstood Unsafe:
        "the timeout is not taken", "too short or too long", "use {operation-timeout=60s}";
    23 CIM_ERR_PULL_HAS_BEEN_ABANDONED Other Safe:
        "the page was given up", "the enumeration was released", "read it again";
    24 CIM_ERR_PULL_CANNOT_BE_ABANDONED Other Safe: "the page cannot be given up", "it is being made", "wait for it";
    25 CIM_ERR_FILTERED_ENUMERATION_NOT_SUPPORTED Unsupported Unsafe:
        "it cannot be filtered", "the provider lacks it", OURS;
    26 CIM_ERR_CONTINUATION_ON_ERROR_NOT_SUPPORTED Unsupported Unsafe:
        "it cannot go on after an error", "the service lacks it", OURS;
    27 CIM_ERR_SERVER_LIMITS_EXCEEDED Overloaded AfterLooking: "a bound of the service", "too much at a time", QUOTA;
    28 CIM_ERR_SERVER_IS_SHUTTING_DOWN Other AfterLooking:
        "the service is shutting down", "a restart", "wait for it, and look";
    29 CIM_ERR_QUERY_FEATURE_NOT_SUPPORTED Unsupported Unsafe:
        "a part of the query is not supported", "the provider lacks it", OURS;
}
