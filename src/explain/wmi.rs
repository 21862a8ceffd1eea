//! WMI's own codes (facility 4 of an HRESULT) that an enumeration, a Get or a method of this program can end in.
//!
//! Numbers and names as in wbemcli.h; the scripting names (`wbemErr…`) are found by the same words. They come inside a
//! `WSManFault`, an `__ExtendedStatus` or an `MSFT_WmiError` (MS-WSMV, section 2.2.4.43).

use super::advice::{LOOK, NAMESPACE, OURS, QUOTA, WINMGMT, WMI_RIGHTS};

codes! { WMI, Wmi;
    0x8004_1001 WBEM_E_FAILED AfterLooking "wbemcli.h":
        "WMI failed, and says nothing of why", "the provider gave up without a reason of its own", WINMGMT;
    0x8004_1002 WBEM_E_NOT_FOUND AfterLooking "wbemcli.h":
        "WMI does not find the object",
        "a job that was forgotten (five minutes after its end), a snapshot or machine that is gone, or a class that is not there",
        "for a job: {tree} shows what it has done; for a snapshot: it is gone, read the tree again";
    0x8004_1003 WBEM_E_ACCESS_DENIED Unsafe "wbemcli.h":
        "WMI does not let the user do this", "rights on the namespace or on the object are missing, or the token is filtered",
        WMI_RIGHTS;
    0x8004_1004 WBEM_E_PROVIDER_FAILURE AfterLooking "wbemcli.h":
        "the provider failed", "an error inside of Hyper-V's management service", WINMGMT;
    0x8004_1005 WBEM_E_TYPE_MISMATCH Unsafe "wbemcli.h":
        "a value has another type than the property or parameter", "the class differs from what was expected", OURS;
    0x8004_1006 WBEM_E_OUT_OF_MEMORY AfterLooking "wbemcli.h":
        "WMI has no memory left", "the host, or the quota of a provider process, is exhausted", QUOTA;
    0x8004_1008 WBEM_E_INVALID_PARAMETER Unsafe "wbemcli.h":
        "WMI does not take a parameter", "a snapshot or machine that it names may be gone",
        "read the tree again{ (tree)}";
    0x8004_1009 WBEM_E_NOT_AVAILABLE AfterLooking "wbemcli.h":
        "the resource is not available", "the provider is starting or stopping", WINMGMT;
    0x8004_100A WBEM_E_CRITICAL_ERROR AfterLooking "wbemcli.h":
        "WMI broke down", "its repository or a provider is damaged", "winmgmt /verifyrepository on the host";
    0x8004_100C WBEM_E_NOT_SUPPORTED Unsafe "wbemcli.h":
        "WMI does not support this", "this version of Windows, or of the class, lacks it", NAMESPACE;
    0x8004_100E WBEM_E_INVALID_NAMESPACE Unsafe "wbemcli.h":
        "the namespace does not exist", "the Hyper-V role is missing, or the namespace's name is wrong", NAMESPACE;
    0x8004_100F WBEM_E_INVALID_OBJECT Unsafe "wbemcli.h":
        "the object is not valid", "it is incomplete, or was deleted in between", "read it again";
    0x8004_1010 WBEM_E_INVALID_CLASS Unsafe "wbemcli.h":
        "the class does not exist", "the namespace is another one, or this version of Windows lacks the class", NAMESPACE;
    0x8004_1011 WBEM_E_PROVIDER_NOT_FOUND Unsafe "wbemcli.h":
        "the provider of the class is not registered", "a damaged installation of Hyper-V's management",
        "mofcomp %SystemRoot%\\System32\\WindowsVirtualization.V2.mof on the host";
    0x8004_1012 WBEM_E_INVALID_PROVIDER_REGISTRATION Unsafe "wbemcli.h":
        "the provider is registered wrongly", "a damaged installation of Hyper-V's management",
        "mofcomp %SystemRoot%\\System32\\WindowsVirtualization.V2.mof on the host";
    0x8004_1013 WBEM_E_PROVIDER_LOAD_FAILURE AfterLooking "wbemcli.h":
        "the provider cannot be loaded", "Hyper-V's management service does not run, or a DLL is missing", WINMGMT;
    0x8004_1014 WBEM_E_INITIALIZATION_FAILURE AfterLooking "wbemcli.h":
        "a part of WMI could not start", "the host is short of resources, or WMI is damaged", WINMGMT;
    0x8004_1015 WBEM_E_TRANSPORT_FAILURE AfterLooking "wbemcli.h":
        "WMI lost its way to a provider or another host", "a provider process ended, or a node is away", LOOK;
    0x8004_1016 WBEM_E_INVALID_OPERATION Unsafe "wbemcli.h":
        "the operation does not fit the object", "it is another kind of object than expected", OURS;
    0x8004_1017 WBEM_E_INVALID_QUERY Unsafe "wbemcli.h":
        "the query is wrong", "WMI does not know a class or property in it, or cannot read it", NAMESPACE;
    0x8004_1018 WBEM_E_INVALID_QUERY_TYPE Unsafe "wbemcli.h":
        "WMI does not know the language of the query", "it is not WQL", OURS;
    0x8004_1019 WBEM_E_ALREADY_EXISTS Unsafe "wbemcli.h":
        "the object exists already", "it was made before", "look at the host";
    0x8004_101D WBEM_E_UNEXPECTED AfterLooking "wbemcli.h":
        "something that WMI did not expect", "an error inside of WMI", WINMGMT;
    0x8004_1021 WBEM_E_INVALID_SYNTAX Unsafe "wbemcli.h":
        "the query or path cannot be read", "a character in a name that was not escaped", OURS;
    0x8004_1023 WBEM_E_READ_ONLY Unsafe "wbemcli.h":
        "the property cannot be changed", "it is read-only", OURS;
    0x8004_1024 WBEM_E_PROVIDER_NOT_CAPABLE Unsafe "wbemcli.h":
        "the provider cannot do this", "the class does not support this operation", NAMESPACE;
    0x8004_1027 WBEM_E_QUERY_NOT_IMPLEMENTED Unsafe "wbemcli.h":
        "the provider cannot carry out the query", "it knows the class and not this kind of question", OURS;
    0x8004_102E WBEM_E_INVALID_METHOD Unsafe "wbemcli.h":
        "the class has no such method", "another class, or an older host", "check {service-class}";
    0x8004_102F WBEM_E_INVALID_METHOD_PARAMETERS Unsafe "wbemcli.h":
        "the parameters do not fit the method; it was not called", "a parameter is missing, too much, or of a wrong type", OURS;
    0x8004_1032 WBEM_E_CALL_CANCELLED AfterLooking "wbemcli.h":
        "the call was cancelled", "somebody cancelled it, or the session ended", LOOK;
    0x8004_1033 WBEM_E_SHUTTING_DOWN AfterLooking "wbemcli.h":
        "WMI is shutting down", "the host or the service is being restarted", "wait for it, and look";
    0x8004_103A WBEM_E_INVALID_OBJECT_PATH Unsafe "wbemcli.h":
        "the path of the object cannot be read", "an id that is not one", "check the id that was given";
    0x8004_103B WBEM_E_OUT_OF_DISK_SPACE Safe "wbemcli.h":
        "WMI has no room on the disk", "the system volume of the host is full", "make room on the host's system volume";
    0x8004_1045 WBEM_E_SERVER_TOO_BUSY AfterLooking "wbemcli.h":
        "WMI has too much to do", "too many operations at a time", QUOTA;
    0x8004_1055 WBEM_E_METHOD_NOT_IMPLEMENTED Unsafe "wbemcli.h":
        "the provider does not implement the method", "this version of Windows lacks it",
        "use another host's version, or do it on the host itself";
    0x8004_1056 WBEM_E_METHOD_DISABLED Unsafe "wbemcli.h":
        "the method is switched off", "by the provider, or for this object", WINMGMT;
    0x8004_1058 WBEM_E_UNPARSABLE_QUERY Unsafe "wbemcli.h":
        "the query cannot be read", "a character in a name that was not escaped", OURS;
    0x8004_1062 WBEM_E_PRIVILEGE_NOT_HELD Unsafe "wbemcli.h":
        "the user lacks a privilege", "WMI wants a privilege of the token that is not there, or not enabled", WMI_RIGHTS;
    0x8004_1069 WBEM_E_TIMED_OUT AfterLooking "wbemcli.h":
        "WMI did not get an answer in time", "the provider is slow or hangs; a call may go on", LOOK;
    0x8004_106C WBEM_E_QUOTA_VIOLATION AfterLooking "wbemcli.h":
        "a quota of WMI is used up", "memory, handles or threads of a provider process", QUOTA;
    0x8004_1071 WBEM_E_CONNECTION_FAILED AfterLooking "wbemcli.h":
        "WMI lost a connection", "to a provider or another host", LOOK;
    0x8004_1081 WBEM_E_PROVIDER_SUSPENDED AfterLooking "wbemcli.h":
        "the provider is suspended", "WMI holds it back for a while", "wait and try again";
    0x8004_1087 WBEM_E_ENCRYPTED_CONNECTION_REQUIRED Unsafe "wbemcli.h":
        "the namespace wants an encrypted connection", "it has the RequiresEncryption qualifier",
        "use TLS, or a scheme that seals: negotiate, kerberos or ntlm";
    0x8004_1088 WBEM_E_PROVIDER_TIMED_OUT AfterLooking "wbemcli.h":
        "the provider did not answer in time", "it is slow or hangs; a call may go on", LOOK;
    0x8004_108A WBEM_E_PROVIDER_DISABLED Unsafe "wbemcli.h":
        "the provider is switched off", "by the administrator of the host", WINMGMT;
    0x8004_3001 WBEM_E_RETRY_LATER AfterLooking "wbemcli.h":
        "WMI asks to try again later", "it has too much to do", "wait and try again";
    0x8004_3002 WBEM_E_RESOURCE_CONTENTION AfterLooking "wbemcli.h":
        "WMI is busy with the same", "two operations collided", "wait a moment and try again";
}
