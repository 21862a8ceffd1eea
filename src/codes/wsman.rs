//! WinRM codes, as in wsmerror.h: errors of requests, limits and quotas, and errors of Windows' own client.
//!
//! The fault for each code follows DSP0226 and MS-WSMV, section 2.2.4.43.

use super::advice::{ENVELOPE, LOOK, NAMESPACE, OURS, PASSWORD, QUOTA, RIGHTS, URI_FORM, WAY, WINMGMT};

// Access to a resource: reach, read, call.
codes! { REQUESTS: WsMan u32, "DSP0226";
    0x8033_8000 ERROR_WSMAN_RESOURCE_NOT_FOUND NotFound AfterLooking "wsmerror.h" ["s:Sender" "a:DestinationUnreachable" "InvalidResourceURI"]:
        "the host has no such instance",
        "a job that was forgotten (five minutes after its end), a snapshot that is gone, or a reference to another host's object",
        "for a job: {tree} shows what it has done; for a snapshot: it is gone, read the tree again";
    0x8033_8001 ERROR_WSMAN_INVALID_ACTIONURI Unsupported Unsafe "wsmerror.h" ["s:Sender" "a:ActionNotSupported"]:
        "the class has no such method",
        "the action of the request names a method that this class does not have: an older host, or another class",
        "check {service-class}; DestroySnapshot belongs to Msvm_VirtualSystemSnapshotService";
    0x8033_8002 ERROR_WSMAN_INVALID_URI UnknownUri Unsafe "wsmerror.h":
        "the resource URI is not one that the host can read", "its form is wrong, or a part is missing", OURS;
    0x8033_8003 ERROR_WSMAN_PROVIDER_FAILURE Other AfterLooking "wsmerror.h" ["s:Receiver" "w:InternalError"]:
        "the provider behind WinRM failed",
        "WMI or the Hyper-V provider broke off; the provider's own fault, further inside, is nearer to the cause",
        WINMGMT;
    0x8033_8005 ERROR_WSMAN_CONFIG_CORRUPTED Other Unsafe "wsmerror.h":
        "the host's WinRM configuration cannot be read", "the registry below WSMAN is damaged",
        "winrm invoke Restore winrm/config @{}, then winrm quickconfig";
    0x8033_8006 ERROR_WSMAN_PULL_IN_PROGRESS EnumerationLost Safe "wsmerror.h":
        "the same enumeration is being read already", "a second Pull came before the first was answered",
        "read it again from its beginning";
    0x8033_8007 ERROR_WSMAN_ENUMERATION_CLOSED EnumerationLost Safe "wsmerror.h":
        "the enumeration was ended", "it was released, or the service was restarted",
        "read it again from its beginning";
    0x8033_800C ERROR_WSMAN_UNSUPPORTED_TIMEOUT NotUnderstood Unsafe "wsmerror.h":
        "the host does not take this operation timeout",
        "it is shorter than half a second, or longer than MaxTimeoutms",
        "use {operation-timeout=60s}, or raise it: winrm set winrm/config @{MaxTimeoutms=\"60000\"}";
    0x8033_800D ERROR_WSMAN_SOAP_VERSION_MISMATCH NotUnderstood Unsafe "SOAP 1.2 part 1, section 5.4.7" ["s:VersionMismatch"]:
        "the host does not take this version of SOAP", "it is no WS-Management service of today", OURS;
    0x8033_800F ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER NotUnderstood Unsafe "WS-Addressing" ["s:Sender" "a:InvalidMessageInformationHeader"]:
        "an addressing header of the request is wrong", "To, Action, MessageID or ReplyTo cannot be used as they are",
        OURS;
    0x8033_8010 ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND NotUnderstood Unsafe "SOAP 1.2 part 1, section 5.4.8" ["s:MustUnderstand"]:
        "the host does not know a header that it must understand",
        "an older service; the header NotUnderstood names it", OURS;
    0x8033_8011 ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED NotUnderstood Unsafe "WS-Addressing" ["s:Sender" "a:MessageInformationHeaderRequired"]:
        "an addressing header is missing", "a proxy or firewall in between took it out, or the request was written wrongly",
        OURS;
    0x8033_8012 ERROR_WSMAN_DESTINATION_UNREACHABLE UnknownUri Unsafe ["s:Sender" "a:DestinationUnreachable"]:
        "nothing on the host answers to this address and resource",
        "wrong resource URI, or a listener for another name", URI_FORM;
    0x8033_8013 ERROR_WSMAN_ACTION_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "a:ActionNotSupported"]:
        "the resource does not know this operation", "the class has no such method, or cannot be read in this way",
        "check {service-class} and {namespace}";
    0x8033_8014 ERROR_WSMAN_ENDPOINT_UNAVAILABLE Overloaded AfterLooking ["s:Receiver" "a:EndpointUnavailable"]:
        "the service cannot answer for now", "it is starting, stopping, or too busy",
        "wait and try again; Get-Service WinRM, Winmgmt, vmms on the host";
    0x8033_8015 ERROR_WSMAN_INVALID_REPRESENTATION NotUnderstood Unsafe ["s:Sender" "x:InvalidRepresentation"]:
        "the content sent is not one of this resource", "a value is wrong, missing, or in a wrong namespace", OURS;
    0x8033_8018 ERROR_WSMAN_ENUMERATE_FILTERING_NOT_SUPPORTED Unsupported Unsafe "WS-Enumeration" ["s:Sender" "n:FilteringNotSupported"]:
        "the resource cannot be filtered", "it is no WMI resource", "check {namespace} and {uri-form}";
    0x8033_8019 ERROR_WSMAN_ENUMERATE_FILTER_DIALECT_REQUESTED_UNAVAILABLE Unsupported Unsafe ["s:Sender" "n:FilterDialectRequestedUnavailable"]:
        "the host does not know the language of the query", "it is no Windows host, or not one that takes WQL here",
        "use {uri-form=wmi}";
    0x8033_801A ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER UnknownClass Unsafe ["s:Sender" "n:CannotProcessFilter"]:
        "the host cannot carry out the query",
        "namespace or class does not exist there (most often: the Hyper-V role is missing), or the WQL is wrong",
        NAMESPACE;
    0x8033_801B ERROR_WSMAN_ENUMERATE_INVALID_ENUMERATION_CONTEXT EnumerationLost Safe ["s:Receiver" "n:InvalidEnumerationContext"]:
        "the host no longer knows the enumeration",
        "it rested for longer than EnumerationTimeoutms, or the service was restarted",
        "read it again from its beginning";
    0x8033_801C ERROR_WSMAN_ENUMERATE_TIMED_OUT TimedOut Safe ["s:Receiver" "n:TimedOut"]:
        "no page was ready in time", "the host is slow; the enumeration itself goes on",
        "try again, or raise {operation-timeout}";
    0x8033_8029 ERROR_WSMAN_OPERATION_TIMEDOUT TimedOut AfterLooking "DSP0226, w:OperationTimeout" ["s:Receiver" "w:TimedOut"]:
        "the host did not finish within the operation timeout",
        "a busy host or a slow provider; what was called is not undone by this and may go on. A read has done nothing",
        LOOK;
    0x8033_8031 ERROR_WSMAN_ACTION_MISMATCH NotUnderstood Unsafe ["s:Sender" "a:ActionNotSupported" "ActionMismatch"]:
        "header and body of the request ask for different things", "a proxy or firewall in between changed it", OURS;
    0x8033_8032 ERROR_WSMAN_CONCURRENCY Other Safe ["s:Sender" "w:Concurrency"]:
        "another client is using the same resource", "two operations collided", "wait a moment and try again";
    0x8033_8033 ERROR_WSMAN_ALREADY_EXISTS Other Unsafe ["s:Sender" "w:AlreadyExists"]:
        "what should be made is there already", "it was made before, perhaps by this very request",
        "look at the host";
    0x8033_803B ERROR_WSMAN_INVALID_RESOURCE_URI UnknownUri Unsafe ["s:Sender" "a:DestinationUnreachable" "InvalidResourceURI"]:
        "the host does not know the resource",
        "the form of the URI is not known there, or namespace or class is missing", URI_FORM;
    0x8033_803D ERROR_WSMAN_INVALID_SELECTORS NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors"]:
        "the selectors do not name an instance", "a key is missing, is too much, or is not of the class", OURS;
    0x8033_8041 ERROR_WSMAN_SCHEMA_VALIDATION_ERROR NotUnderstood Unsafe ["s:Sender" "w:SchemaValidationError"]:
        "the request does not have the form that the method wants",
        "a parameter is missing, in a wrong namespace, or wrapped wrongly; the method was not called", OURS;
    0x8033_8042 ERROR_WSMAN_UNSUPPORTED_FEATURE Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature"]:
        "the host does not support something that was asked for", "the fault detail says what", OURS;
    0x8033_8043 ERROR_WSMAN_INVALID_XML NotUnderstood Unsafe ["s:Sender" "w:InternalError" "Invalid"]:
        "the host cannot read the request as XML", "a proxy or firewall in between changed it, or the encryption went wrong",
        OURS;
    0x8033_805A ERROR_WSMAN_INSUFFCIENT_SELECTORS NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors" "InsufficientSelectors"]:
        "a key of the instance is missing", "the class has more keys than were given", OURS;
    0x8033_805B ERROR_WSMAN_UNEXPECTED_SELECTORS NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors" "UnexpectedSelectors"]:
        "a selector is no key of the class",
        "another class, or a namespace selector that this form of URI does not take", OURS;
    0x8033_805C ERROR_WSMAN_SELECTOR_TYPEMISMATCH NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors" "TypeMismatch"]:
        "a key has a value of another type", "the class differs from what was expected", OURS;
    0x8033_805D ERROR_WSMAN_INVALID_SELECTOR_VALUE NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors" "InvalidValue"]:
        "a key has a value that cannot be", "the id given is not one", "check the id; a job's id is a bare GUID";
    0x8033_805E ERROR_WSMAN_AMBIGUOUS_SELECTORS NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors" "AmbiguousSelectors"]:
        "the selectors name more than one instance", "a key is missing", OURS;
    0x8033_805F ERROR_WSMAN_DUPLICATE_SELECTORS NotUnderstood Unsafe ["s:Sender" "w:InvalidSelectors" "DuplicateSelectors"]:
        "a selector is given twice", "the request was written wrongly, or changed on its way", OURS;
    0x8033_80FA ERROR_WSMAN_INVALID_URI_WMI_SINGLETON NotUnderstood Unsafe "wsmerror.h" ["s:Sender" "w:InvalidSelectors" "InsufficientSelectors"]:
        "the class was asked for one instance, and no key was given",
        "only a class with a single instance may be asked so", OURS;
    0x8033_80FB ERROR_WSMAN_INVALID_URI_WMI_ENUM_WQL NotUnderstood Unsafe "wsmerror.h":
        "a query was sent to the URI of one class", "WQL goes to the URI that ends in `*`, without keys", OURS;
    0x8033_8108 ERROR_WSMAN_ENUMERATE_WMI_INVALID_KEY NotUnderstood Unsafe "wsmerror.h" ["s:Sender" "w:InvalidSelectors" "UnexpectedSelectors"]:
        "an enumeration was asked for with keys", "keys name one instance, an enumeration is about all", OURS;
    0x8033_8100 ERROR_WSMAN_WMI_MAX_NESTED NotUnderstood Unsafe "wsmerror.h":
        "an embedded object is nested too deep", "the parameter sent holds objects in objects", OURS;
    0x8033_8101 ERROR_WSMAN_REMOTE_CIMPATH_NOT_SUPPORTED Other Unsafe "wsmerror.h":
        "a reference points to another computer", "the object belongs to another node of the cluster",
        "talk to the node that owns the VM: Get-ClusterGroup on the cluster shows it";
    0x8033_8102 ERROR_WSMAN_WMI_PROVIDER_NOT_CAPABLE Unsupported Unsafe "wsmerror.h" ["s:Receiver" "w:InternalError"]:
        "the provider cannot do this", "the class does not support this operation on this version of Windows",
        "try {uri-form=wmi}; a cluster's namespace has fewer classes than a host's";
    0x8033_8103 ERROR_WSMAN_WMI_INVALID_VALUE NotUnderstood Unsafe "wsmerror.h":
        "a value is not one of the property's or parameter's type",
        "a number is out of range, or a text is no reference", OURS;
    0x8033_8104 ERROR_WSMAN_WMI_SVC_ACCESS_DENIED AccessDenied Unsafe "wsmerror.h (from a provider: s:Receiver w:InternalError)" ["s:Sender" "w:AccessDenied"]:
        "WMI does not let the user in",
        "the user is no administrator, or has a filtered token, and lacks rights on the namespace", RIGHTS;
    0x8033_8105 ERROR_WSMAN_WMI_PROVIDER_ACCESS_DENIED AccessDenied Unsafe "wsmerror.h":
        "the provider does not let the user do this", "the user has rights in WMI and none on Hyper-V", RIGHTS;
    0x8033_8106 ERROR_WSMAN_WMI_CANNOT_CONNECT_ACCESS_DENIED AccessDenied Unsafe "wsmerror.h":
        "WMI's namespace does not let the user in", "the user lacks Remote Enable on the namespace", RIGHTS;
    0x8033_811E ERROR_WSMAN_WMI_PROVIDER_INVALID_PARAMETER NotUnderstood Unsafe "wsmerror.h":
        "the provider does not take a parameter", "the snapshot or VM that it names may be gone",
        "read the tree again{ (tree)}";
    0x8033_8137 ERROR_WSMAN_POLYMORPHISM_MODE_UNSUPPORTED Unsupported Unsafe "DSP0227" ["s:Receiver" "b:PolymorphismModeNotSupported"]:
        "the host does not know how derived classes were asked for", "it is an older service, or none of Windows",
        OURS;
    0x8033_8139 ERROR_WSMAN_URI_NON_DMTF_CLASS UnknownUri Unsafe "wsmerror.h; MS-WSMV 3.1.4.1.1":
        "the class cannot be named by DMTF's form of URI", "it is one of Microsoft's classes", "use {uri-form=wmi}";
    0x8033_813A ERROR_WSMAN_URI_WRONG_DMTF_VERSION UnknownUri Unsafe "wsmerror.h; MS-WSMV 3.1.4.1.1":
        "the class has another major version than DMTF's form of URI says", "the host's schema differs",
        "use {uri-form=wmi}";
    0x8033_813B ERROR_WSMAN_DIFFERENT_CIM_SELECTOR UnknownUri Unsafe "wsmerror.h; MS-WSMV 3.1.4.1.1":
        "URI and selectors name different namespaces", "both were given, and they contradict each other",
        "use {uri-form=wmi}, which needs no selector for the namespace";
    0x8033_8077 ERROR_WSMAN_FRAGMENT_TRANSFER_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "FragmentLevelAccess"]:
        "the host does not support access to a part of an instance", "fragment transfer is optional for a service", OURS;
}

// Limits, quotas and time-outs.
codes! { LIMITS: WsMan u32, "DSP0226";
    0x8033_8026 ERROR_WSMAN_ENVELOPE_TOO_LARGE RequestTooLarge Unsafe "wsmerror.h":
        "the message is longer than the service takes", "MaxEnvelopeSizekb is smaller than the request",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    0x8033_8027 ERROR_WSMAN_INVALID_SOAP_BODY NotUnderstood Unsafe "wsmerror.h":
        "the body does not go with the action", "a proxy or firewall in between changed the request", OURS;
    0x8033_802C ERROR_WSMAN_UNSUPPORTED_ENCODING NotUnderstood Unsafe "wsmerror.h":
        "the host does not take the character encoding", "it is an unusual service: requests are in UTF-8", OURS;
    0x8033_802D ERROR_WSMAN_URI_LIMIT NotUnderstood Unsafe "wsmerror.h":
        "the resource URI is too long", "namespace or class have names of unusual length",
        "check {namespace} and {service-class}";
    0x8033_8035 ERROR_WSMAN_ENCODING_LIMIT Other Unsafe ["s:Sender" "w:EncodingLimit" "MaxEnvelopeSize"]:
        "a bound on the message's form was exceeded", "the fault detail says which", OURS;
    0x8033_8039 ERROR_WSMAN_INVALID_OPTIONS NotUnderstood Unsafe ["s:Sender" "w:InvalidOptions"]:
        "the host does not take an option", "the fault detail says why", OURS;
    0x8033_803A ERROR_WSMAN_INVALID_PARAMETER NotUnderstood Unsafe ["s:Sender" "w:InvalidParameter"]:
        "an operation's parameter is wrong", "the fault detail says why", OURS;
    0x8033_803F ERROR_WSMAN_QUOTA_LIMIT Overloaded AfterLooking ["s:Sender" "w:QuotaLimit"]:
        "a quota of the service is used up", "too many operations, enumerations or shells at a time", QUOTA;
    0x8033_8047 ERROR_WSMAN_MAX_ENVELOPE_SIZE AnswerTooLarge AfterLooking ["s:Sender" "w:EncodingLimit" "MaxEnvelopeSize"]:
        "the answer would be longer than was asked for; a call may have been done",
        "one object alone is larger than MaxEnvelopeSize", ENVELOPE;
    0x8033_8048 ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED AnswerTooLarge AfterLooking ["s:Sender" "w:EncodingLimit" "MaxEnvelopeSizeExceeded"]:
        "the answer is longer than was asked for; a call may have been done",
        "one object alone is larger than MaxEnvelopeSize", ENVELOPE;
    0x8033_8049 ERROR_WSMAN_SERVER_ENVELOPE_LIMIT RequestTooLarge Unsafe ["s:Sender" "w:EncodingLimit" "ServiceEnvelopeLimit"]:
        "the request is longer than the service takes", "MaxEnvelopeSizekb of the host",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    0x8033_804A ERROR_WSMAN_SELECTOR_LIMIT NotUnderstood Unsafe ["s:Sender" "w:EncodingLimit" "SelectorLimit"]:
        "too many selectors", "a reference came with more keys than the service takes back", OURS;
    0x8033_804B ERROR_WSMAN_OPTION_LIMIT NotUnderstood Unsafe ["s:Sender" "w:EncodingLimit" "OptionLimit"]:
        "too many options", "the request was changed on its way", OURS;
    0x8033_804C ERROR_WSMAN_CHARACTER_SET NotUnderstood Unsafe ["s:Sender" "w:EncodingLimit" "CharacterSet"]:
        "the host does not take the character set", "it is an unusual service: requests are in UTF-8", OURS;
    0x8033_804D ERROR_WSMAN_UNREPORTABLE_SUCCESS Unreportable AfterLooking ["s:Sender" "w:EncodingLimit" "UnreportableSuccess"]:
        "it was done, and the answer does not fit",
        "the operation succeeded; its answer is longer than was asked for", LOOK;
    0x8033_804E ERROR_WSMAN_WHITESPACE NotUnderstood Unsafe ["s:Sender" "w:EncodingLimit" "Whitespace"]:
        "white space where none may be", "a proxy or firewall in between changed the request", OURS;
    0x8033_8051 ERROR_WSMAN_OPTIONS_NOT_SUPPORTED NotUnderstood Unsafe ["s:Sender" "w:InvalidOptions" "NotSupported"]:
        "the resource takes no options", "it is no resource of the WMI plug-in", OURS;
    0x8033_8052 ERROR_WSMAN_OPTIONS_INVALID_NAME NotUnderstood Unsafe ["s:Sender" "w:InvalidOptions" "InvalidName"]:
        "the host does not know an option", "it is an older service", OURS;
    0x8033_8053 ERROR_WSMAN_OPTIONS_INVALID_VALUE NotUnderstood Unsafe ["s:Sender" "w:InvalidOptions" "InvalidValue"]:
        "an option has a value that cannot be", "it is an older service", OURS;
    0x8033_8054 ERROR_WSMAN_PARAMETER_TYPE_MISMATCH NotUnderstood Unsafe ["s:Sender" "w:InvalidParameter" "TypeMismatch"]:
        "a parameter has another type", "the method differs from what was expected", OURS;
    0x8033_8055 ERROR_WSMAN_INVALID_PARAMETER_NAME NotUnderstood Unsafe ["s:Sender" "w:InvalidParameter" "InvalidName"]:
        "the method has no such parameter", "another version of the class", OURS;
    0x8033_8056 ERROR_WSMAN_INVALID_XML_VALUES NotUnderstood Unsafe ["s:Sender" "x:InvalidRepresentation" "InvalidValues"]:
        "the content has a value that cannot be", "another version of the class", OURS;
    0x8033_8057 ERROR_WSMAN_INVALID_XML_MISSING_VALUES NotUnderstood Unsafe ["s:Sender" "x:InvalidRepresentation" "MissingValues"]:
        "the content lacks a value", "another version of the class", OURS;
    0x8033_8058 ERROR_WSMAN_INVALID_XML_NAMESPACE NotUnderstood Unsafe ["s:Sender" "x:InvalidRepresentation" "InvalidNamespace"]:
        "the content stands in another namespace than the resource's", "another version of the class", OURS;
    0x8033_8059 ERROR_WSMAN_INVALID_XML_FRAGMENT NotUnderstood Unsafe ["s:Sender" "x:InvalidRepresentation" "InvalidFragment"]:
        "the part asked for does not exist", "another version of the class", OURS;
    0x8033_8064 ERROR_WSMAN_AUTHORIZATION_MODE_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "AuthorizationMode"]:
        "the way of authorisation is not supported", "a subscription asked for it", OURS;
    0x8033_8066 ERROR_WSMAN_OPERATION_TIMEOUT_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "OperationTimeout"]:
        "the host takes no operation timeout", "it is no Windows host", OURS;
    0x8033_8067 ERROR_WSMAN_LOCALE_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "Locale"]:
        "the host lacks the language asked for", "it was demanded, not wished", OURS;
    0x8033_806C ERROR_WSMAN_MAXITEMS_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "MaxElements"]:
        "the host takes no bound on the items of a page", "it is no Windows host", OURS;
    0x8033_806D ERROR_WSMAN_MAXTIME_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "MaxTime"]:
        "the host takes no bound on the time of a page", "it is no Windows host", OURS;
    0x8033_806E ERROR_WSMAN_MAXENVELOPE_SIZE_NOT_SUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "MaxEnvelopeSize"]:
        "the host takes no bound on the answer", "it is no Windows host", OURS;
    0x8033_8074 ERROR_WSMAN_BAD_METHOD Other Unsafe "wsmerror.h; HTTP 405":
        "the request was no POST", "a proxy or firewall in between changed it", OURS;
    0x8033_8075 ERROR_WSMAN_UNSUPPORTED_MEDIA Other Unsafe "wsmerror.h; HTTP 415":
        "the host does not take the media type", "a proxy or firewall in between changed the request", OURS;
    0x8033_8076 ERROR_WSMAN_UNSUPPORTED_ADDRESSING_MODE Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "AddressingMode"]:
        "the answer should go where the host does not send it", "ReplyTo is not the anonymous address", OURS;
    0x8033_807E ERROR_WSMAN_MIN_ENVELOPE_SIZE NotUnderstood Unsafe ["s:Sender" "w:EncodingLimit" "MinimumEnvelopeLimit"]:
        "the bound asked for is too small for any answer", "MaxEnvelopeSize below 8 KiB", OURS;
    0x8033_807F ERROR_WSMAN_EPR_NESTING_EXCEEDED NotUnderstood Unsafe "wsmerror.h":
        "a reference holds a reference holds a reference", "keys that are references, nested too deep", OURS;
    0x8033_8081 ERROR_WSMAN_INVALID_TIMEOUT_HEADER NotUnderstood Unsafe "wsmerror.h":
        "the operation timeout cannot be read", "its form is wrong", "use {operation-timeout=60s}";
    0x8033_8086 ERROR_WSMAN_ENUMERATION_MODE_UNSUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "EnumerationMode"]:
        "the host cannot send references in the way asked for", "it is no Windows host", OURS;
    0x8033_8087 ERROR_WSMAN_MUSTUNDERSTAND_ON_LOCALE_UNSUPPORTED Unsupported Unsafe ["s:Sender" "w:UnsupportedFeature" "Locale"]:
        "a language cannot be demanded", "the request was changed on its way", OURS;
    0x8033_8111 ERROR_WSMAN_HTTP_REQUEST_TOO_LARGE_STATUS RequestTooLarge Unsafe "wsmerror.h; HTTP 413":
        "the request is longer than the host takes", "MaxEnvelopeSizekb of the host",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    0x8033_81A5 ERROR_WSMAN_QUOTA_MAX_SHELLS Overloaded AfterLooking "wsmerror.h" ["s:Sender" "w:QuotaLimit"]:
        "the user has too many shells open", "remote PowerShell sessions of the same user", QUOTA;
    0x8033_81A6 ERROR_WSMAN_QUOTA_MAX_OPERATIONS Overloaded AfterLooking "wsmerror.h; MS-WSMV 3.1.4.1.34.3.1":
        "the user has too many operations under way",
        "MaxConcurrentOperationsPerUser of the WMI plug-in (15), with other tools of the same user counted in", QUOTA;
    0x8033_81A7 ERROR_WSMAN_QUOTA_USER Overloaded AfterLooking "wsmerror.h":
        "the user has caused too much load for now", "too many requests in a short time", QUOTA;
    0x8033_81A8 ERROR_WSMAN_QUOTA_SYSTEM Overloaded AfterLooking "wsmerror.h":
        "all users together have caused too much load for now", "the host is overloaded", QUOTA;
    0x8033_81AB ERROR_WSMAN_QUOTA_MAX_SHELLUSERS Overloaded AfterLooking "wsmerror.h":
        "too many users have shells open", "MaxConcurrentUsers of winrm/config/winrs", QUOTA;
    0x8033_81AD ERROR_WSMAN_PULL_PARAMS_NOT_SAME_AS_ENUM Other Unsafe "wsmerror.h":
        "a page was asked for in another way than the enumeration was begun", "the request was changed on its way",
        OURS;
    0x8033_81E4 ERROR_WSMAN_QUOTA_MAX_SHELLS_PPQ Overloaded AfterLooking "wsmerror.h":
        "the plug-in's quota of shells of the user is used up", "remote sessions of the same user", QUOTA;
    0x8033_81E5 ERROR_WSMAN_QUOTA_MAX_USERS_PPQ Overloaded AfterLooking "wsmerror.h":
        "the plug-in's quota of users is used up", "MaxConcurrentUsers of the plug-in (100)", QUOTA;
    0x8033_81E6 ERROR_WSMAN_QUOTA_MAX_PLUGINSHELLS_PPQ Overloaded AfterLooking "wsmerror.h":
        "the plug-in's quota of shells is used up", "remote sessions of all users", QUOTA;
    0x8033_81E7 ERROR_WSMAN_QUOTA_MAX_PLUGINOPERATIONS_PPQ Overloaded AfterLooking "wsmerror.h":
        "the plug-in's quota of operations is used up", "MaxConcurrentOperations of the WMI plug-in (1500)", QUOTA;
    0x8033_81E8 ERROR_WSMAN_QUOTA_MAX_OPERATIONS_USER_PPQ Overloaded AfterLooking "wsmerror.h":
        "the user's quota of operations in the plug-in is used up",
        "MaxConcurrentOperationsPerUser of the WMI plug-in (15)", QUOTA;
    0x8033_81E9 ERROR_WSMAN_QUOTA_MAX_COMMANDS_PER_SHELL_PPQ Overloaded AfterLooking "wsmerror.h":
        "a shell has too many commands", "remote PowerShell, not hvsnap", QUOTA;
    0x8033_81EA ERROR_WSMAN_QUOTA_MIN_REQUIREMENT_NOT_AVAILABLE_PPQ Overloaded AfterLooking "wsmerror.h":
        "the plug-in has not enough resources left", "the host is overloaded", QUOTA;
    0x8033_81F9 ERROR_WSMAN_UNSUPPORTED_FEATURE_IDENTIFY Other Unsafe "wsmerror.h":
        "the host does not answer Identify in this way", "it is an unusual service", OURS;
}

const THEIR_SIDE: &str =
    "a setting of the Windows machine that asks, not of the host; hvsnap does not need it";

// Errors of Windows' own client (winrm.cmd, PowerShell remoting), and their meaning for another client. hvsnap has ids of its own
// for these situations; the codes are listed for users who see them in a Windows console.
codes! { WINDOWS: WsMan u32, "wsmerror.h";
    0x8033_8036 ERROR_WSMAN_FAILED_AUTHENTICATION Other Unsafe "DSP0226; wsmerror.h":
        "the host did not accept the user", "wrong user or password, or a scheme that is off", PASSWORD;
    0x8033_809D ERROR_WSMAN_SECURITY_UNMAPPED Other Unsafe:
        "the security context of the connection maps to no account", "a certificate without an account", PASSWORD;
    0x8033_80DE ERROR_WSMAN_CLIENT_UNENCRYPTED_DISABLED Other Unsafe:
        "Windows' client refuses to talk unencrypted", THEIR_SIDE,
        "use TLS, or a scheme that seals: hvsnap does so with negotiate, kerberos and ntlm";
    0x8033_80DF ERROR_WSMAN_CLIENT_BASIC_AUTHENTICATION_DISABLED Other Unsafe:
        "Basic is off in Windows' client", THEIR_SIDE, "hvsnap: {auth=basic} needs it on at the host, and TLS";
    0x8033_80E1 ERROR_WSMAN_CLIENT_NEGOTIATE_AUTHENTICATION_DISABLED Other Unsafe:
        "Negotiate is off in Windows' client", THEIR_SIDE,
        "winrm set winrm/config/client/auth @{Negotiate=\"true\"} there";
    0x8033_80E2 ERROR_WSMAN_CLIENT_KERBEROS_AUTHENTICATION_DISABLED Other Unsafe:
        "Kerberos is off in Windows' client", THEIR_SIDE,
        "winrm set winrm/config/client/auth @{Kerberos=\"true\"} there";
    0x8033_80E4 ERROR_WSMAN_SERVER_NOT_TRUSTED Other Unsafe:
        "Windows' client does not trust the host outside of a domain", THEIR_SIDE,
        "there: TrustedHosts or TLS; with hvsnap: {tls}, or {auth=ntlm} over plain HTTP, which seals";
    0x8033_80E5 ERROR_WSMAN_EXPLICIT_CREDENTIALS_REQUIRED Other Unsafe:
        "Windows' client wants a user and a password", THEIR_SIDE, "give user{ (user)} and password";
    0x8033_80F8 ERROR_WSMAN_HTTP_CONTENT_TYPE_MISSMATCH_RESPONSE_DATA Other Unsafe:
        "content type and content of the answer differ",
        "something else than WinRM answers, or a proxy changed the answer", WAY;
    0x8033_80F9 ERROR_WSMAN_CANNOT_DECRYPT Other AfterLooking:
        "a sealed message cannot be opened", "the security session was lost on one side",
        "try again on a new connection";
    0x8033_810B ERROR_WSMAN_KERBEROS_IPADDRESS Other Unsafe:
        "Kerberos was asked for by an address instead of a name", "tickets are for names",
        "use the host's name, or give the name of the service: {spn=HTTP/NAME}";
    0x8033_810C ERROR_WSMAN_CLIENT_WORKGROUP_NO_KERBEROS Other Unsafe:
        "no Kerberos outside of a domain", THEIR_SIDE, "use {auth=ntlm}, or TLS";
    0x8033_810F ERROR_WSMAN_UNKNOWN_HTTP_STATUS_RETURNED Other Unsafe:
        "an unexpected HTTP status", "something else than WinRM answers", WAY;
    0x8033_8110 ERROR_WSMAN_UNSUPPORTED_HTTP_STATUS_REDIRECT Other Unsafe "wsmerror.h; HTTP 3xx":
        "something sends the request elsewhere", "a portal or a balancer answers instead of WinRM", WAY;
    0x8033_8112 ERROR_WSMAN_HTTP_SERVICE_UNAVAILABLE_STATUS Other AfterLooking "wsmerror.h; HTTP 503":
        "the service is stopped or overloaded", "WinRM or its listener does not run",
        "wait and try again; Get-Service WinRM";
    0x8033_8113 ERROR_WSMAN_HTTP_NOT_FOUND_STATUS Other Unsafe "wsmerror.h; HTTP 404":
        "nothing of WinRM answers at this address", "the path is not /wsman", WAY;
    0x8033_8126 ERROR_WSMAN_NETWORK_TIMEDOUT Other AfterLooking:
        "the host did not answer in time", "a firewall drops what is sent, or the host is down", WAY;
    0x8033_8169 ERROR_WSMAN_PUBLIC_FIREWALL_PROFILE_ACTIVE Other Unsafe:
        "the host's network counts as public, where WinRM's firewall rule is not set up", "quickconfig refuses so",
        "Set-NetConnectionProfile -NetworkCategory Private, or winrm quickconfig -SkipNetworkProfileCheck";
    0x8033_8170 ERROR_WSMAN_HTTP_STATUS_SERVER_ERROR Other AfterLooking "wsmerror.h; HTTP 500":
        "the host failed without a reason", "most often an unencrypted message while AllowUnencrypted is false",
        "use a scheme that seals (negotiate, kerberos, ntlm), or TLS";
    0x8033_8171 ERROR_WSMAN_HTTP_STATUS_BAD_REQUEST Other Safe "wsmerror.h; HTTP 400":
        "the host could not read the request",
        "a broken security session, or headers too long (a large Kerberos ticket)",
        "try again; for large tickets raise MaxFieldLength and MaxRequestBytes of HTTP.sys on the host";
    0x8033_81B9 ERROR_WSMAN_NAME_NOT_RESOLVED Other Unsafe:
        "the host's name has no address", "the name is wrong, or the name service lacks it",
        "check the name: nslookup NAME";
    0x8033_81BA ERROR_WSMAN_SSL_CONNECTION_ABORTED Other Unsafe:
        "TLS was broken off", "port without TLS, or a certificate that one side does not accept",
        "winrm enumerate winrm/config/listener shows port and CertificateThumbprint";
    0x8033_81BB ERROR_WSMAN_DEFAULTAUTH_IPADDRESS Other Unsafe:
        "Windows' client wants TLS or TrustedHosts for an address", THEIR_SIDE,
        "hvsnap takes addresses; Kerberos needs {spn}";
    0x8033_81DD ERROR_WSMAN_SERVICE_REMOTE_ACCESS_DISABLED Other Unsafe:
        "remote access through WinRM is off on the host", "Disable-PSRemoting or a policy",
        "Enable-PSRemoting -Force";
    0x8033_81DE ERROR_WSMAN_SERVICE_STREAM_DISCONNECTED Other AfterLooking:
        "the host's side of the connection is gone", "the service was restarted", "look before doing it again";
    0x8033_81E3 ERROR_WSMAN_REMOTE_CONNECTION_NOT_ALLOWED Other Unsafe:
        "the host does not take connections from elsewhere", "no listener, or a policy", "winrm quickconfig";
    0x8033_81F0 ERROR_WSMAN_MUTUAL_AUTH_FAILED Other Unsafe:
        "the host could not prove its identity", "wrong service principal, or another computer answers",
        "check {spn} and the name";
}
