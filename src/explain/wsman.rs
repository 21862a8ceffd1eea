//! WinRM's own codes that a request of this program can meet: reaching a resource, reading it, calling it.
//!
//! Numbers and names as in wsmerror.h; which fault carries which code, as in DSP0226 and MS-WSMV, section 2.2.4.43.

use super::advice::{LOOK, NAMESPACE, OURS, RIGHTS, URI_FORM, WINMGMT};

codes! { WSMAN, WsMan;
    0x8033_8000 ERROR_WSMAN_RESOURCE_NOT_FOUND AfterLooking "wsmerror.h; s:Sender a:DestinationUnreachable InvalidResourceURI":
        "the host has no such instance",
        "a job that was forgotten (five minutes after its end), a snapshot that is gone, or a reference to another host's object",
        "for a job: {tree} shows what it has done; for a snapshot: it is gone, read the tree again";
    0x8033_8001 ERROR_WSMAN_INVALID_ACTIONURI Unsafe "wsmerror.h; s:Sender a:ActionNotSupported":
        "the class has no such method",
        "the action of the request names a method that this class does not have: an older host, or another class",
        "check {service-class}; DestroySnapshot belongs to Msvm_VirtualSystemSnapshotService";
    0x8033_8002 ERROR_WSMAN_INVALID_URI Unsafe "wsmerror.h":
        "the resource URI is not one that the host can read", "its form is wrong, or a part is missing", OURS;
    0x8033_8003 ERROR_WSMAN_PROVIDER_FAILURE AfterLooking "wsmerror.h; s:Receiver w:InternalError":
        "the provider behind WinRM failed",
        "WMI or the Hyper-V provider broke off; the provider's own fault, further inside, is nearer to the cause", WINMGMT;
    0x8033_8005 ERROR_WSMAN_CONFIG_CORRUPTED Unsafe "wsmerror.h":
        "the host's WinRM configuration cannot be read", "the registry below WSMAN is damaged",
        "winrm invoke Restore winrm/config @{}, then winrm quickconfig";
    0x8033_8006 ERROR_WSMAN_PULL_IN_PROGRESS Safe "wsmerror.h":
        "the same enumeration is being read already", "a second Pull came before the first was answered",
        "read it again from its beginning";
    0x8033_8007 ERROR_WSMAN_ENUMERATION_CLOSED Safe "wsmerror.h":
        "the enumeration was ended", "it was released, or the service was restarted", "read it again from its beginning";
    0x8033_800C ERROR_WSMAN_UNSUPPORTED_TIMEOUT Unsafe "wsmerror.h":
        "the host does not take this operation timeout", "it is shorter than half a second, or longer than MaxTimeoutms",
        "use {operation-timeout=60s}, or raise it: winrm set winrm/config @{MaxTimeoutms=\"60000\"}";
    0x8033_800D ERROR_WSMAN_SOAP_VERSION_MISMATCH Unsafe "SOAP 1.2 part 1, section 5.4.7; s:VersionMismatch":
        "the host does not take this version of SOAP", "it is no WS-Management service of today", OURS;
    0x8033_800F ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER Unsafe "WS-Addressing; s:Sender a:InvalidMessageInformationHeader":
        "an addressing header of the request is wrong", "To, Action, MessageID or ReplyTo cannot be used as they are", OURS;
    0x8033_8010 ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND Unsafe "SOAP 1.2 part 1, section 5.4.8; s:MustUnderstand":
        "the host does not know a header that it must understand", "an older service; the header NotUnderstood names it", OURS;
    0x8033_8011 ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED Unsafe "WS-Addressing; s:Sender a:MessageInformationHeaderRequired":
        "an addressing header is missing", "something on the way took it out, or the request was written wrongly", OURS;
    0x8033_8012 ERROR_WSMAN_DESTINATION_UNREACHABLE Unsafe "DSP0226; s:Sender a:DestinationUnreachable":
        "nothing on the host answers to this address and resource", "wrong resource URI, or a listener for another name", URI_FORM;
    0x8033_8013 ERROR_WSMAN_ACTION_NOT_SUPPORTED Unsafe "DSP0226; s:Sender a:ActionNotSupported":
        "the resource does not know this operation", "the class has no such method, or cannot be read in this way",
        "check {service-class} and {namespace}";
    0x8033_8014 ERROR_WSMAN_ENDPOINT_UNAVAILABLE AfterLooking "DSP0226; s:Receiver a:EndpointUnavailable":
        "the service cannot answer for now", "it is starting, stopping, or too busy",
        "wait and try again; Get-Service WinRM, Winmgmt, vmms on the host";
    0x8033_8015 ERROR_WSMAN_INVALID_REPRESENTATION Unsafe "DSP0226; s:Sender x:InvalidRepresentation":
        "the content sent is not one of this resource", "a value is wrong, missing, or in a wrong namespace", OURS;
    0x8033_8018 ERROR_WSMAN_ENUMERATE_FILTERING_NOT_SUPPORTED Unsafe "WS-Enumeration; s:Sender n:FilteringNotSupported":
        "the resource cannot be filtered", "it is no WMI resource", "check {namespace} and {uri-form}";
    0x8033_8019 ERROR_WSMAN_ENUMERATE_FILTER_DIALECT_REQUESTED_UNAVAILABLE Unsafe "DSP0226; s:Sender n:FilterDialectRequestedUnavailable":
        "the host does not know the language of the query", "it is no Windows host, or not one that takes WQL here",
        "use {uri-form=wmi}";
    0x8033_801A ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER Unsafe "DSP0226; s:Sender n:CannotProcessFilter":
        "the host cannot carry out the query",
        "namespace or class does not exist there (most often: the Hyper-V role is missing), or the WQL is wrong", NAMESPACE;
    0x8033_801B ERROR_WSMAN_ENUMERATE_INVALID_ENUMERATION_CONTEXT Safe "DSP0226; s:Receiver n:InvalidEnumerationContext":
        "the host no longer knows the enumeration", "it rested for longer than EnumerationTimeoutms, or the service was restarted",
        "read it again from its beginning";
    0x8033_801C ERROR_WSMAN_ENUMERATE_TIMED_OUT Safe "DSP0226; s:Receiver n:TimedOut":
        "no page was ready in time", "the host is slow; the enumeration itself goes on", "try again, or raise {operation-timeout}";
    0x8033_8029 ERROR_WSMAN_OPERATION_TIMEDOUT AfterLooking "DSP0226, w:OperationTimeout; s:Receiver w:TimedOut":
        "the host did not finish within the operation timeout",
        "a busy host or a slow provider; what was called is not undone by this and may go on. A read has done nothing", LOOK;
    0x8033_8031 ERROR_WSMAN_ACTION_MISMATCH Unsafe "DSP0226; s:Sender a:ActionNotSupported ActionMismatch":
        "header and body of the request ask for different things", "something on the way changed it", OURS;
    0x8033_8032 ERROR_WSMAN_CONCURRENCY Safe "DSP0226; s:Sender w:Concurrency":
        "somebody else is at the same resource", "two operations collided", "wait a moment and try again";
    0x8033_8033 ERROR_WSMAN_ALREADY_EXISTS Unsafe "DSP0226; s:Sender w:AlreadyExists":
        "what should be made is there already", "it was made before, perhaps by this very request", "look at the host";
    0x8033_803B ERROR_WSMAN_INVALID_RESOURCE_URI Unsafe "DSP0226; s:Sender a:DestinationUnreachable InvalidResourceURI":
        "the host does not know the resource", "the form of the URI is not known there, or namespace or class is missing", URI_FORM;
    0x8033_803D ERROR_WSMAN_INVALID_SELECTORS Unsafe "DSP0226; s:Sender w:InvalidSelectors":
        "the selectors do not name an instance", "a key is missing, is too much, or is not of the class", OURS;
    0x8033_8041 ERROR_WSMAN_SCHEMA_VALIDATION_ERROR Unsafe "DSP0226; s:Sender w:SchemaValidationError":
        "the request does not have the form that the method wants",
        "a parameter is missing, in a wrong namespace, or wrapped wrongly; the method was not called", OURS;
    0x8033_8042 ERROR_WSMAN_UNSUPPORTED_FEATURE Unsafe "DSP0226; s:Sender w:UnsupportedFeature":
        "the host does not support something that was asked for", "the fault detail says what", OURS;
    0x8033_8043 ERROR_WSMAN_INVALID_XML Unsafe "DSP0226; s:Sender w:InternalError Invalid":
        "the host cannot read the request as XML", "something on the way changed it, or the encryption went wrong", OURS;
    0x8033_805A ERROR_WSMAN_INSUFFCIENT_SELECTORS Unsafe "DSP0226; s:Sender w:InvalidSelectors InsufficientSelectors":
        "a key of the instance is missing", "the class has more keys than were given", OURS;
    0x8033_805B ERROR_WSMAN_UNEXPECTED_SELECTORS Unsafe "DSP0226; s:Sender w:InvalidSelectors UnexpectedSelectors":
        "a selector is no key of the class", "another class, or a namespace selector that this form of URI does not take", OURS;
    0x8033_805C ERROR_WSMAN_SELECTOR_TYPEMISMATCH Unsafe "DSP0226; s:Sender w:InvalidSelectors TypeMismatch":
        "a key has a value of another type", "the class differs from what was expected", OURS;
    0x8033_805D ERROR_WSMAN_INVALID_SELECTOR_VALUE Unsafe "DSP0226; s:Sender w:InvalidSelectors InvalidValue":
        "a key has a value that cannot be", "the id given is not one", "check the id; a job's id is a bare GUID";
    0x8033_805E ERROR_WSMAN_AMBIGUOUS_SELECTORS Unsafe "DSP0226; s:Sender w:InvalidSelectors AmbiguousSelectors":
        "the selectors name more than one instance", "a key is missing", OURS;
    0x8033_805F ERROR_WSMAN_DUPLICATE_SELECTORS Unsafe "DSP0226; s:Sender w:InvalidSelectors DuplicateSelectors":
        "a selector stands twice", "the request was written wrongly, or changed on its way", OURS;
    0x8033_80FA ERROR_WSMAN_INVALID_URI_WMI_SINGLETON Unsafe "wsmerror.h; s:Sender w:InvalidSelectors InsufficientSelectors":
        "the class was asked for one instance, and no key was given", "only a class with a single instance may be asked so", OURS;
    0x8033_80FB ERROR_WSMAN_INVALID_URI_WMI_ENUM_WQL Unsafe "wsmerror.h":
        "a query was sent to the URI of one class", "WQL goes to the URI that ends in `*`, without keys", OURS;
    0x8033_8108 ERROR_WSMAN_ENUMERATE_WMI_INVALID_KEY Unsafe "wsmerror.h":
        "an enumeration was asked for with keys", "keys name one instance, an enumeration is about all", OURS;
    0x8033_8100 ERROR_WSMAN_WMI_MAX_NESTED Unsafe "wsmerror.h":
        "an embedded object is nested too deep", "the parameter sent holds objects in objects", OURS;
    0x8033_8101 ERROR_WSMAN_REMOTE_CIMPATH_NOT_SUPPORTED Unsafe "wsmerror.h":
        "a reference leads to another machine", "the object belongs to another node of the cluster",
        "talk to the node that owns the machine: Get-ClusterGroup on the cluster shows it";
    0x8033_8102 ERROR_WSMAN_WMI_PROVIDER_NOT_CAPABLE Unsafe "wsmerror.h; s:Receiver w:InternalError":
        "the provider cannot do this", "the class does not support this operation on this version of Windows",
        "try {uri-form=wmi}; a cluster's namespace has fewer classes than a host's";
    0x8033_8103 ERROR_WSMAN_WMI_INVALID_VALUE Unsafe "wsmerror.h":
        "a value is not one of the property's or parameter's type", "a number is out of range, or a text is no reference", OURS;
    0x8033_8104 ERROR_WSMAN_WMI_SVC_ACCESS_DENIED Unsafe "wsmerror.h; s:Sender w:AccessDenied or s:Receiver w:InternalError":
        "WMI does not let the user in", "the user is no administrator, or has a filtered token, and lacks rights on the namespace", RIGHTS;
    0x8033_8105 ERROR_WSMAN_WMI_PROVIDER_ACCESS_DENIED Unsafe "wsmerror.h":
        "the provider does not let the user do this", "the user has rights in WMI and none on Hyper-V", RIGHTS;
    0x8033_8106 ERROR_WSMAN_WMI_CANNOT_CONNECT_ACCESS_DENIED Unsafe "wsmerror.h":
        "WMI's namespace does not let the user in", "the user lacks Remote Enable on the namespace", RIGHTS;
    0x8033_811E ERROR_WSMAN_WMI_PROVIDER_INVALID_PARAMETER Unsafe "wsmerror.h":
        "the provider does not take a parameter", "the snapshot or machine that it names may be gone",
        "read the tree again{ (tree)}";
    0x8033_8137 ERROR_WSMAN_POLYMORPHISM_MODE_UNSUPPORTED Unsafe "DSP0227; s:Receiver b:PolymorphismModeNotSupported":
        "the host does not know how derived classes were asked for", "it is an older service, or none of Windows", OURS;
    0x8033_8139 ERROR_WSMAN_URI_NON_DMTF_CLASS Unsafe "wsmerror.h; MS-WSMV 3.1.4.1.1":
        "the class cannot be named by DMTF's form of URI", "it is one of Microsoft's classes", "use {uri-form=wmi}";
    0x8033_813A ERROR_WSMAN_URI_WRONG_DMTF_VERSION Unsafe "wsmerror.h; MS-WSMV 3.1.4.1.1":
        "the class has another major version than DMTF's form of URI says", "the host's schema differs", "use {uri-form=wmi}";
    0x8033_813B ERROR_WSMAN_DIFFERENT_CIM_SELECTOR Unsafe "wsmerror.h; MS-WSMV 3.1.4.1.1":
        "URI and selectors name different namespaces", "both were given, and they contradict each other",
        "use {uri-form=wmi}, which needs no selector for the namespace";
}
