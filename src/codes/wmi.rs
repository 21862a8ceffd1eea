//! WMI codes (facility 4 of an HRESULT), as in wbemcli.h.
//!
//! The scripting names (`wbemErr…`) are found too. The codes occur inside a `WSManFault`, an `__ExtendedStatus` or an
//! `MSFT_WmiError` (MS-WSMV, section 2.2.4.43). A host never shows WBEM_S_NO_ERROR and WBEM_S_FALSE (0 and 1).

use super::advice::{LOOK, NAMESPACE, OURS, QUOTA, WINMGMT, WMI_RIGHTS};

// Failures of an enumeration, a Get or a method.
codes! { FAILURES: Wmi u32, "wbemcli.h";
    0x8004_1001 WBEM_E_FAILED Provider AfterLooking:
        "WMI failed without a reason", "the provider gave up without a reason of its own", WINMGMT;
    0x8004_1002 WBEM_E_NOT_FOUND NotFound AfterLooking:
        "WMI does not find the object",
        "a job that was forgotten (five minutes after its end), a snapshot or VM that is gone, or a class that is not there",
        "for a job: {tree} shows what it has done; for a snapshot: it is gone, read the tree again";
    0x8004_1003 WBEM_E_ACCESS_DENIED AccessDenied Unsafe:
        "WMI does not let the user do this",
        "rights on the namespace or on the object are missing, or the token is filtered", WMI_RIGHTS;
    0x8004_1004 WBEM_E_PROVIDER_FAILURE Other AfterLooking:
        "the provider failed", "an error inside of Hyper-V's management service", WINMGMT;
    0x8004_1005 WBEM_E_TYPE_MISMATCH Other Unsafe:
        "a value has another type than the property or parameter", "the class differs from what was expected", OURS;
    0x8004_1006 WBEM_E_OUT_OF_MEMORY Overloaded AfterLooking:
        "WMI has no memory left", "the host, or the quota of a provider process, is exhausted", QUOTA;
    0x8004_1008 WBEM_E_INVALID_PARAMETER NotUnderstood Unsafe:
        "WMI does not take a parameter", "a snapshot or VM that it names may be gone",
        "read the tree again{ (tree)}";
    0x8004_1009 WBEM_E_NOT_AVAILABLE Other AfterLooking:
        "the resource is not available", "the provider is starting or stopping", WINMGMT;
    0x8004_100A WBEM_E_CRITICAL_ERROR Other AfterLooking:
        "WMI broke down", "its repository or a provider is damaged", "winmgmt /verifyrepository on the host";
    0x8004_100C WBEM_E_NOT_SUPPORTED Unsupported Unsafe:
        "WMI does not support this", "this version of Windows, or of the class, lacks it", NAMESPACE;
    0x8004_100E WBEM_E_INVALID_NAMESPACE UnknownClass Unsafe:
        "the namespace does not exist", "the Hyper-V role is missing, or the namespace's name is wrong", NAMESPACE;
    0x8004_100F WBEM_E_INVALID_OBJECT Other Unsafe:
        "the object is not valid", "it is incomplete, or was deleted in between", "read it again";
    0x8004_1010 WBEM_E_INVALID_CLASS UnknownClass Unsafe:
        "the class does not exist", "the namespace is another one, or this version of Windows lacks the class",
        NAMESPACE;
    0x8004_1011 WBEM_E_PROVIDER_NOT_FOUND Other Unsafe:
        "the provider of the class is not registered", "a damaged installation of Hyper-V's management",
        "mofcomp %SystemRoot%\\System32\\WindowsVirtualization.V2.mof on the host";
    0x8004_1012 WBEM_E_INVALID_PROVIDER_REGISTRATION Other Unsafe:
        "the provider is registered wrongly", "a damaged installation of Hyper-V's management",
        "mofcomp %SystemRoot%\\System32\\WindowsVirtualization.V2.mof on the host";
    0x8004_1013 WBEM_E_PROVIDER_LOAD_FAILURE Other AfterLooking:
        "the provider cannot be loaded", "Hyper-V's management service does not run, or a DLL is missing", WINMGMT;
    0x8004_1014 WBEM_E_INITIALIZATION_FAILURE Other AfterLooking:
        "a part of WMI could not start", "the host is short of resources, or WMI is damaged", WINMGMT;
    0x8004_1015 WBEM_E_TRANSPORT_FAILURE Other AfterLooking:
        "WMI lost its way to a provider or another host", "a provider process ended, or a node is away", LOOK;
    0x8004_1016 WBEM_E_INVALID_OPERATION Other Unsafe:
        "the operation does not fit the object", "it is another kind of object than expected", OURS;
    0x8004_1017 WBEM_E_INVALID_QUERY UnknownClass Unsafe:
        "the query is wrong", "WMI does not know a class or property in it, or cannot read it", NAMESPACE;
    0x8004_1018 WBEM_E_INVALID_QUERY_TYPE UnknownClass Unsafe:
        "WMI does not know the language of the query", "it is not WQL", OURS;
    0x8004_1019 WBEM_E_ALREADY_EXISTS Other Unsafe:
        "the object exists already", "it was made before", "look at the host";
    0x8004_101D WBEM_E_UNEXPECTED Other AfterLooking:
        "something that WMI did not expect", "an error inside of WMI", WINMGMT;
    0x8004_1021 WBEM_E_INVALID_SYNTAX Other Unsafe:
        "the query or path cannot be read", "a character in a name that was not escaped", OURS;
    0x8004_1023 WBEM_E_READ_ONLY Other Unsafe: "the property cannot be changed", "it is read-only", OURS;
    0x8004_1024 WBEM_E_PROVIDER_NOT_CAPABLE Unsupported Unsafe:
        "the provider cannot do this", "the class does not support this operation", NAMESPACE;
    0x8004_1027 WBEM_E_QUERY_NOT_IMPLEMENTED Unsupported Unsafe:
        "the provider cannot carry out the query", "it knows the class and not this kind of question", OURS;
    0x8004_102E WBEM_E_INVALID_METHOD Unsupported Unsafe:
        "the class has no such method", "another class, or an older host", "check {service-class}";
    0x8004_102F WBEM_E_INVALID_METHOD_PARAMETERS NotUnderstood Unsafe:
        "the parameters do not fit the method; it was not called",
        "a parameter is missing, too much, or of a wrong type", OURS;
    0x8004_1032 WBEM_E_CALL_CANCELLED Other AfterLooking:
        "the call was cancelled", "a user cancelled it, or the session ended", LOOK;
    0x8004_1033 WBEM_E_SHUTTING_DOWN Other AfterLooking:
        "WMI is shutting down", "the host or the service is being restarted", "wait for it, and look";
    0x8004_103A WBEM_E_INVALID_OBJECT_PATH NotUnderstood Unsafe:
        "the path of the object cannot be read", "an id that is not one", "check the id that was given";
    0x8004_103B WBEM_E_OUT_OF_DISK_SPACE Other Safe:
        "WMI has no room on the disk", "the system volume of the host is full",
        "make room on the host's system volume";
    0x8004_1045 WBEM_E_SERVER_TOO_BUSY Overloaded AfterLooking:
        "WMI is too busy", "too many operations at a time", QUOTA;
    0x8004_1055 WBEM_E_METHOD_NOT_IMPLEMENTED Unsupported Unsafe:
        "the provider does not implement the method", "this version of Windows lacks it",
        "use another host's version, or do it on the host itself";
    0x8004_1056 WBEM_E_METHOD_DISABLED Unsupported Unsafe:
        "the method is switched off", "by the provider, or for this object", WINMGMT;
    0x8004_1058 WBEM_E_UNPARSABLE_QUERY UnknownClass Unsafe:
        "the query cannot be read", "a character in a name that was not escaped", OURS;
    0x8004_1062 WBEM_E_PRIVILEGE_NOT_HELD AccessDenied Unsafe:
        "the user lacks a privilege", "WMI wants a privilege of the token that is not there, or not enabled",
        WMI_RIGHTS;
    0x8004_1069 WBEM_E_TIMED_OUT TimedOut AfterLooking:
        "WMI did not get an answer in time", "the provider is slow or hangs; a call may go on", LOOK;
    0x8004_106C WBEM_E_QUOTA_VIOLATION Overloaded AfterLooking:
        "a quota of WMI is used up", "memory, handles or threads of a provider process", QUOTA;
    0x8004_1071 WBEM_E_CONNECTION_FAILED Other AfterLooking:
        "WMI lost a connection", "to a provider or another host", LOOK;
    0x8004_1081 WBEM_E_PROVIDER_SUSPENDED Overloaded AfterLooking:
        "the provider is suspended", "WMI holds it back for a while", "wait and try again";
    0x8004_1087 WBEM_E_ENCRYPTED_CONNECTION_REQUIRED Other Unsafe:
        "the namespace wants an encrypted connection", "it has the RequiresEncryption qualifier",
        "use TLS, or a scheme that seals: negotiate, kerberos or ntlm";
    0x8004_1088 WBEM_E_PROVIDER_TIMED_OUT TimedOut AfterLooking:
        "the provider did not answer in time", "it is slow or hangs; a call may go on", LOOK;
    0x8004_108A WBEM_E_PROVIDER_DISABLED Other Unsafe:
        "the provider is switched off", "by the administrator of the host", WINMGMT;
    0x8004_3001 WBEM_E_RETRY_LATER Overloaded AfterLooking:
        "WMI asks to try again later", "it is overloaded", "wait and try again";
    0x8004_3002 WBEM_E_RESOURCE_CONTENTION Overloaded AfterLooking:
        "WMI is busy with the same", "two operations collided", "wait a moment and try again";
}

// Schemas, and WMI's internals; then codes that are not errors.
names! { SCHEMA: Wmi u32, Other Unsafe, "wbemcli.h":
    "WMI does not take a class, property, qualifier or query, as its name says",
    "it is about writing classes or objects, which this program does not do",
    OURS;
    0x8004_100D WBEM_E_INVALID_SUPERCLASS;
    0x8004_101A WBEM_E_OVERRIDE_NOT_ALLOWED;
    0x8004_101B WBEM_E_PROPAGATED_QUALIFIER;
    0x8004_101C WBEM_E_PROPAGATED_PROPERTY;
    0x8004_101E WBEM_E_ILLEGAL_OPERATION;
    0x8004_101F WBEM_E_CANNOT_BE_KEY;
    0x8004_1020 WBEM_E_INCOMPLETE_CLASS;
    0x8004_1022 WBEM_E_NONDECORATED_OBJECT;
    0x8004_1025 WBEM_E_CLASS_HAS_CHILDREN;
    0x8004_1026 WBEM_E_CLASS_HAS_INSTANCES;
    0x8004_1028 WBEM_E_ILLEGAL_NULL;
    0x8004_1029 WBEM_E_INVALID_QUALIFIER_TYPE;
    0x8004_102A WBEM_E_INVALID_PROPERTY_TYPE;
    0x8004_102B WBEM_E_VALUE_OUT_OF_RANGE;
    0x8004_102C WBEM_E_CANNOT_BE_SINGLETON;
    0x8004_102D WBEM_E_INVALID_CIM_TYPE;
    0x8004_1030 WBEM_E_SYSTEM_PROPERTY;
    0x8004_1031 WBEM_E_INVALID_PROPERTY;
    0x8004_1034 WBEM_E_PROPAGATED_METHOD;
    0x8004_1035 WBEM_E_UNSUPPORTED_PARAMETER;
    0x8004_1036 WBEM_E_MISSING_PARAMETER_ID;
    0x8004_1037 WBEM_E_INVALID_PARAMETER_ID;
    0x8004_1038 WBEM_E_NONCONSECUTIVE_PARAMETER_IDS;
    0x8004_1039 WBEM_E_PARAMETER_ID_ON_RETVAL;
    0x8004_103D WBEM_E_UNSUPPORTED_PUT_EXTENSION;
    0x8004_103E WBEM_E_UNKNOWN_OBJECT_TYPE;
    0x8004_1042 WBEM_E_INVALID_QUALIFIER;
    0x8004_1043 WBEM_E_INVALID_DUPLICATE_PARAMETER;
    0x8004_1046 WBEM_E_INVALID_FLAVOR;
    0x8004_1047 WBEM_E_CIRCULAR_REFERENCE;
    0x8004_1048 WBEM_E_UNSUPPORTED_CLASS_UPDATE;
    0x8004_1049 WBEM_E_CANNOT_CHANGE_KEY_INHERITANCE;
    0x8004_1050 WBEM_E_CANNOT_CHANGE_INDEX_INHERITANCE;
    0x8004_1051 WBEM_E_TOO_MANY_PROPERTIES;
    0x8004_1052 WBEM_E_UPDATE_TYPE_MISMATCH;
    0x8004_1053 WBEM_E_UPDATE_OVERRIDE_NOT_ALLOWED;
    0x8004_1054 WBEM_E_UPDATE_PROPAGATED_METHOD;
    0x8004_1059 WBEM_E_NOT_EVENT_CLASS;
    0x8004_105A WBEM_E_MISSING_GROUP_WITHIN;
    0x8004_105B WBEM_E_MISSING_AGGREGATION_LIST;
    0x8004_105C WBEM_E_PROPERTY_NOT_AN_OBJECT;
    0x8004_105D WBEM_E_AGGREGATING_BY_OBJECT;
    0x8004_105F WBEM_E_UNINTERPRETABLE_PROVIDER_QUERY;
    0x8004_1063 WBEM_E_INVALID_OPERATOR;
    0x8004_1065 WBEM_E_CANNOT_BE_ABSTRACT;
    0x8004_1066 WBEM_E_AMENDED_OBJECT;
    0x8004_106A WBEM_E_INVALID_ASSOCIATION;
    0x8004_106B WBEM_E_AMBIGUOUS_OPERATION;
    0x8004_1073 WBEM_E_PROPERTY_NAME_TOO_WIDE;
    0x8004_1074 WBEM_E_CLASS_NAME_TOO_WIDE;
    0x8004_1075 WBEM_E_METHOD_NAME_TOO_WIDE;
    0x8004_1076 WBEM_E_QUALIFIER_NAME_TOO_WIDE;
    0x8004_1079 WBEM_E_VETO_DELETE;
    0x8004_107A WBEM_E_VETO_PUT;
    0x8004_1083 WBEM_E_NO_SCHEMA;
    0x8004_1089 WBEM_E_NO_KEY;
}

names! { SERVICE: Wmi u32, Other AfterLooking, "wbemcli.h":
    "WMI failed inside, as its name says",
    "its service, repository, or a connection of its own",
    WINMGMT;
    0x8004_1007 WBEM_E_INVALID_CONTEXT;
    0x8004_100B WBEM_E_INVALID_STREAM;
    0x8004_103C WBEM_E_BUFFER_TOO_SMALL;
    0x8004_103F WBEM_E_UNKNOWN_PACKET_TYPE;
    0x8004_1040 WBEM_E_MARSHAL_VERSION_MISMATCH;
    0x8004_1041 WBEM_E_MARSHAL_INVALID_SIGNATURE;
    0x8004_1044 WBEM_E_TOO_MUCH_DATA;
    0x8004_1057 WBEM_E_REFRESHER_BUSY;
    0x8004_1060 WBEM_E_BACKUP_RESTORE_WINMGMT_RUNNING;
    0x8004_1061 WBEM_E_QUEUE_OVERFLOW;
    0x8004_1064 WBEM_E_LOCAL_CREDENTIALS;
    0x8004_1067 WBEM_E_CLIENT_TOO_SLOW;
    0x8004_1068 WBEM_E_NULL_SECURITY_DESCRIPTOR;
    0x8004_106D WBEM_E_TRANSACTION_CONFLICT;
    0x8004_106E WBEM_E_FORCED_ROLLBACK;
    0x8004_106F WBEM_E_UNSUPPORTED_LOCALE;
    0x8004_1070 WBEM_E_HANDLE_OUT_OF_DATE;
    0x8004_1072 WBEM_E_INVALID_HANDLE_REQUEST;
    0x8004_1077 WBEM_E_RERUN_COMMAND;
    0x8004_1078 WBEM_E_DATABASE_VER_MISMATCH;
    0x8004_1080 WBEM_E_INVALID_LOCALE;
    0x8004_1082 WBEM_E_SYNCHRONIZATION_REQUIRED;
    0x8004_1084 WBEM_E_PROVIDER_ALREADY_REGISTERED;
    0x8004_1085 WBEM_E_PROVIDER_NOT_REGISTERED;
    0x8004_1086 WBEM_E_FATAL_TRANSPORT_ERROR;
    0x8004_2001 WBEMESS_E_REGISTRATION_TOO_BROAD;
    0x8004_2002 WBEMESS_E_REGISTRATION_TOO_PRECISE;
    0x8004_2003 WBEMESS_E_AUTHZ_NOT_PRIVILEGED;
}

names! { SUCCESS: Wmi u32, NoError AfterLooking, "wbemcli.h":
    "this is no error: WMI says how it went",
    "such codes come with a result",
    "nothing";
    0x0004_0001 WBEM_S_ALREADY_EXISTS;
    0x0004_0002 WBEM_S_RESET_TO_DEFAULT;
    0x0004_0003 WBEM_S_DIFFERENT;
    0x0004_0004 WBEM_S_TIMEDOUT;
    0x0004_0005 WBEM_S_NO_MORE_DATA;
    0x0004_0006 WBEM_S_OPERATION_CANCELLED;
    0x0004_0007 WBEM_S_PENDING;
    0x0004_0008 WBEM_S_DUPLICATE_OBJECTS;
    0x0004_0009 WBEM_S_ACCESS_DENIED;
    0x0004_0010 WBEM_S_PARTIAL_RESULTS;
    0x0004_3001 WBEM_S_LIMITED_SERVICE;
    0x0004_3002 WBEM_S_INDIRECTLY_UPDATED;
}
