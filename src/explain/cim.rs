//! `CIMStatusCode` in an `MSFT_WmiError`, an `OMI_Error` or an `Msvm_Error`: DMTF's status codes.
//!
//! As in DSP0200 (CIM status codes). They are small numbers, which other families use as well.

use super::advice::{LOOK, NAMESPACE, OURS, QUOTA, WMI_RIGHTS};

codes! { STATUS, CimStatus;
    1 CIM_ERR_FAILED AfterLooking "DSP0200": "it failed", "no more is said; the message beside it tells", LOOK;
    2 CIM_ERR_ACCESS_DENIED Unsafe "DSP0200": "the user may not do this", "rights are missing", WMI_RIGHTS;
    3 CIM_ERR_INVALID_NAMESPACE Unsafe "DSP0200": "the namespace does not exist", "no Hyper-V, or a wrong name", NAMESPACE;
    4 CIM_ERR_INVALID_PARAMETER Unsafe "DSP0200": "a parameter is wrong", "the object that it names may be gone",
        "read the tree again{ (tree)}";
    5 CIM_ERR_INVALID_CLASS Unsafe "DSP0200": "the class does not exist", "another namespace or version", NAMESPACE;
    6 CIM_ERR_NOT_FOUND AfterLooking "DSP0200": "the object is not there", "it is gone, or was never there",
        "look at what is there{ (tree)}";
    7 CIM_ERR_NOT_SUPPORTED Unsafe "DSP0200": "this is not supported", "this class or version lacks it", NAMESPACE;
    8 CIM_ERR_CLASS_HAS_CHILDREN Unsafe "DSP0200": "other classes derive from it", "a change of the schema", OURS;
    9 CIM_ERR_CLASS_HAS_INSTANCES Unsafe "DSP0200": "there are instances of it", "a change of the schema", OURS;
    10 CIM_ERR_INVALID_SUPERCLASS Unsafe "DSP0200": "the class above is wrong", "a change of the schema", OURS;
    11 CIM_ERR_ALREADY_EXISTS Unsafe "DSP0200": "it exists already", "it was made before", "look at the host";
    12 CIM_ERR_NO_SUCH_PROPERTY Unsafe "DSP0200": "the class has no such property", "another version of the class", OURS;
    13 CIM_ERR_TYPE_MISMATCH Unsafe "DSP0200": "a value is of another type", "another version of the class", OURS;
    14 CIM_ERR_QUERY_LANGUAGE_NOT_SUPPORTED Unsafe "DSP0200": "the query's language is not known", "not WQL", OURS;
    15 CIM_ERR_INVALID_QUERY Unsafe "DSP0200": "the query is wrong", "a class or property in it is not known", NAMESPACE;
    16 CIM_ERR_METHOD_NOT_AVAILABLE Unsafe "DSP0200": "the method cannot be called", "the provider lacks it", NAMESPACE;
    17 CIM_ERR_METHOD_NOT_FOUND Unsafe "DSP0200": "there is no such method", "another class or version", "check {service-class}";
    18 CIM_ERR_UNEXPECTED_RESPONSE AfterLooking "DSP0200": "an answer that was not expected", "an error of the service", LOOK;
    19 CIM_ERR_INVALID_RESPONSE_DESTINATION Unsafe "DSP0200": "the answer cannot be sent there", "a request for events", OURS;
    20 CIM_ERR_NAMESPACE_NOT_EMPTY Unsafe "DSP0200": "the namespace is not empty", "a change of the schema", OURS;
    21 CIM_ERR_INVALID_ENUMERATION_CONTEXT Safe "DSP0200": "the enumeration is not known", "it ended by its timer",
        "read it again from its beginning";
    22 CIM_ERR_INVALID_OPERATION_TIMEOUT Unsafe "DSP0200": "the timeout is not taken", "too short or too long",
        "use {operation-timeout=60s}";
    23 CIM_ERR_PULL_HAS_BEEN_ABANDONED Safe "DSP0200": "the page was given up", "the enumeration was released", "read it again";
    24 CIM_ERR_PULL_CANNOT_BE_ABANDONED Safe "DSP0200": "the page cannot be given up", "it is being made", "wait for it";
    25 CIM_ERR_FILTERED_ENUMERATION_NOT_SUPPORTED Unsafe "DSP0200": "it cannot be filtered", "the provider lacks it", OURS;
    26 CIM_ERR_CONTINUATION_ON_ERROR_NOT_SUPPORTED Unsafe "DSP0200": "it cannot go on after an error", "the service lacks it", OURS;
    27 CIM_ERR_SERVER_LIMITS_EXCEEDED AfterLooking "DSP0200": "a bound of the service", "too much at a time", QUOTA;
    28 CIM_ERR_SERVER_IS_SHUTTING_DOWN AfterLooking "DSP0200": "the service is shutting down", "a restart", "wait for it, and look";
    29 CIM_ERR_QUERY_FEATURE_NOT_SUPPORTED Unsafe "DSP0200": "a part of the query is not supported", "the provider lacks it", OURS;
}
