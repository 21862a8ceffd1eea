//! WinRM's own codes about bounds: sizes, options, quotas, and features that a service may lack.
//!
//! Numbers and names as in wsmerror.h; faults as in DSP0226. Never repeated at once: a host that says it has too much to do gets
//! less to do.

use super::advice::{ENVELOPE, LOOK, OURS, QUOTA};

codes! { LIMITS, WsMan;
    0x8033_8026 ERROR_WSMAN_ENVELOPE_TOO_LARGE Unsafe "wsmerror.h":
        "the message is longer than the service takes", "MaxEnvelopeSizekb is smaller than the request",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    0x8033_8027 ERROR_WSMAN_INVALID_SOAP_BODY Unsafe "wsmerror.h":
        "the body does not go with the action", "something on the way changed the request", OURS;
    0x8033_802C ERROR_WSMAN_UNSUPPORTED_ENCODING Unsafe "wsmerror.h":
        "the host does not take the character encoding", "it is an unusual service: requests are in UTF-8", OURS;
    0x8033_802D ERROR_WSMAN_URI_LIMIT Unsafe "wsmerror.h":
        "the resource URI is too long", "namespace or class have names of unusual length", "check {namespace} and {service-class}";
    0x8033_8035 ERROR_WSMAN_ENCODING_LIMIT Unsafe "DSP0226; s:Sender w:EncodingLimit":
        "a bound on the message's form was exceeded", "the fault detail says which", OURS;
    0x8033_8039 ERROR_WSMAN_INVALID_OPTIONS Unsafe "DSP0226; s:Sender w:InvalidOptions":
        "the host does not take an option", "the fault detail says why", OURS;
    0x8033_803A ERROR_WSMAN_INVALID_PARAMETER Unsafe "DSP0226; s:Sender w:InvalidParameter":
        "an operation's parameter is wrong", "the fault detail says why", OURS;
    0x8033_803F ERROR_WSMAN_QUOTA_LIMIT AfterLooking "DSP0226; s:Sender w:QuotaLimit":
        "a quota of the service is used up", "too many operations, enumerations or shells at a time", QUOTA;
    0x8033_8047 ERROR_WSMAN_MAX_ENVELOPE_SIZE AfterLooking "DSP0226; s:Sender w:EncodingLimit MaxEnvelopeSize":
        "the answer would be longer than was asked for; a call may have been done", "one object alone is larger than MaxEnvelopeSize", ENVELOPE;
    0x8033_8048 ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED AfterLooking "DSP0226; s:Sender w:EncodingLimit MaxEnvelopeSizeExceeded":
        "the answer is longer than was asked for; a call may have been done", "one object alone is larger than MaxEnvelopeSize", ENVELOPE;
    0x8033_8049 ERROR_WSMAN_SERVER_ENVELOPE_LIMIT Unsafe "DSP0226; s:Sender w:EncodingLimit ServiceEnvelopeLimit":
        "the request is longer than the service takes", "MaxEnvelopeSizekb of the host",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    0x8033_804A ERROR_WSMAN_SELECTOR_LIMIT Unsafe "DSP0226; s:Sender w:EncodingLimit SelectorLimit":
        "too many selectors", "a reference came with more keys than the service takes back", OURS;
    0x8033_804B ERROR_WSMAN_OPTION_LIMIT Unsafe "DSP0226; s:Sender w:EncodingLimit OptionLimit":
        "too many options", "the request was changed on its way", OURS;
    0x8033_804C ERROR_WSMAN_CHARACTER_SET Unsafe "DSP0226; s:Sender w:EncodingLimit CharacterSet":
        "the host does not take the character set", "it is an unusual service: requests are in UTF-8", OURS;
    0x8033_804D ERROR_WSMAN_UNREPORTABLE_SUCCESS AfterLooking "DSP0226; s:Sender w:EncodingLimit UnreportableSuccess":
        "it was done, and the answer does not fit", "the operation succeeded; its answer is longer than was asked for", LOOK;
    0x8033_804E ERROR_WSMAN_WHITESPACE Unsafe "DSP0226; s:Sender w:EncodingLimit Whitespace":
        "white space where none may be", "something on the way changed the request", OURS;
    0x8033_8051 ERROR_WSMAN_OPTIONS_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:InvalidOptions NotSupported":
        "the resource takes no options", "it is no resource of the WMI plug-in", OURS;
    0x8033_8052 ERROR_WSMAN_OPTIONS_INVALID_NAME Unsafe "DSP0226; s:Sender w:InvalidOptions InvalidName":
        "the host does not know an option", "it is an older service", OURS;
    0x8033_8053 ERROR_WSMAN_OPTIONS_INVALID_VALUE Unsafe "DSP0226; s:Sender w:InvalidOptions InvalidValue":
        "an option has a value that cannot be", "it is an older service", OURS;
    0x8033_8054 ERROR_WSMAN_PARAMETER_TYPE_MISMATCH Unsafe "DSP0226; s:Sender w:InvalidParameter TypeMismatch":
        "a parameter has another type", "the method differs from what was expected", OURS;
    0x8033_8055 ERROR_WSMAN_INVALID_PARAMETER_NAME Unsafe "DSP0226; s:Sender w:InvalidParameter InvalidName":
        "the method has no such parameter", "another version of the class", OURS;
    0x8033_8056 ERROR_WSMAN_INVALID_XML_VALUES Unsafe "DSP0226; s:Sender x:InvalidRepresentation InvalidValues":
        "the content has a value that cannot be", "another version of the class", OURS;
    0x8033_8057 ERROR_WSMAN_INVALID_XML_MISSING_VALUES Unsafe "DSP0226; s:Sender x:InvalidRepresentation MissingValues":
        "the content lacks a value", "another version of the class", OURS;
    0x8033_8058 ERROR_WSMAN_INVALID_XML_NAMESPACE Unsafe "DSP0226; s:Sender x:InvalidRepresentation InvalidNamespace":
        "the content stands in another namespace than the resource's", "another version of the class", OURS;
    0x8033_8059 ERROR_WSMAN_INVALID_XML_FRAGMENT Unsafe "DSP0226; s:Sender x:InvalidRepresentation InvalidFragment":
        "the part asked for does not exist", "another version of the class", OURS;
    0x8033_8064 ERROR_WSMAN_AUTHORIZATION_MODE_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature AuthorizationMode":
        "the way of authorisation is not supported", "a subscription asked for it", OURS;
    0x8033_8066 ERROR_WSMAN_OPERATION_TIMEOUT_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature OperationTimeout":
        "the host takes no operation timeout", "it is no Windows host", OURS;
    0x8033_8067 ERROR_WSMAN_LOCALE_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature Locale":
        "the host lacks the language asked for", "it was demanded, not wished", OURS;
    0x8033_806C ERROR_WSMAN_MAXITEMS_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature MaxElements":
        "the host takes no bound on the items of a page", "it is no Windows host", OURS;
    0x8033_806D ERROR_WSMAN_MAXTIME_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature MaxTime":
        "the host takes no bound on the time of a page", "it is no Windows host", OURS;
    0x8033_806E ERROR_WSMAN_MAXENVELOPE_SIZE_NOT_SUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature MaxEnvelopeSize":
        "the host takes no bound on the answer", "it is no Windows host", OURS;
    0x8033_8074 ERROR_WSMAN_BAD_METHOD Unsafe "wsmerror.h; HTTP 405":
        "the request was no POST", "something on the way changed it", OURS;
    0x8033_8075 ERROR_WSMAN_UNSUPPORTED_MEDIA Unsafe "wsmerror.h; HTTP 415":
        "the host does not take the media type", "something on the way changed the request", OURS;
    0x8033_8076 ERROR_WSMAN_UNSUPPORTED_ADDRESSING_MODE Unsafe "DSP0226; s:Sender w:UnsupportedFeature AddressingMode":
        "the answer should go where the host does not send it", "ReplyTo is not the anonymous address", OURS;
    0x8033_807E ERROR_WSMAN_MIN_ENVELOPE_SIZE Unsafe "DSP0226; s:Sender w:EncodingLimit MinimumEnvelopeLimit":
        "the bound asked for is too small for any answer", "MaxEnvelopeSize below 8 KiB", OURS;
    0x8033_807F ERROR_WSMAN_EPR_NESTING_EXCEEDED Unsafe "wsmerror.h":
        "a reference holds a reference holds a reference", "keys that are references, nested too deep", OURS;
    0x8033_8081 ERROR_WSMAN_INVALID_TIMEOUT_HEADER Unsafe "wsmerror.h":
        "the operation timeout cannot be read", "its form is wrong", "use {operation-timeout=60s}";
    0x8033_8086 ERROR_WSMAN_ENUMERATION_MODE_UNSUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature EnumerationMode":
        "the host cannot send references in the way asked for", "it is no Windows host", OURS;
    0x8033_8087 ERROR_WSMAN_MUSTUNDERSTAND_ON_LOCALE_UNSUPPORTED Unsafe "DSP0226; s:Sender w:UnsupportedFeature Locale":
        "a language cannot be demanded", "the request was changed on its way", OURS;
    0x8033_8111 ERROR_WSMAN_HTTP_REQUEST_TOO_LARGE_STATUS Unsafe "wsmerror.h; HTTP 413":
        "the request is longer than the host takes", "MaxEnvelopeSizekb of the host",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    0x8033_81A5 ERROR_WSMAN_QUOTA_MAX_SHELLS AfterLooking "wsmerror.h; s:Sender w:QuotaLimit":
        "the user has too many shells open", "remote PowerShell sessions of the same user", QUOTA;
    0x8033_81A6 ERROR_WSMAN_QUOTA_MAX_OPERATIONS AfterLooking "wsmerror.h; MS-WSMV 3.1.4.1.34.3.1":
        "the user has too many operations under way",
        "MaxConcurrentOperationsPerUser of the WMI plug-in (15), with other tools of the same user counted in", QUOTA;
    0x8033_81A7 ERROR_WSMAN_QUOTA_USER AfterLooking "wsmerror.h":
        "the user has caused too much load for now", "too many requests in a short time", QUOTA;
    0x8033_81A8 ERROR_WSMAN_QUOTA_SYSTEM AfterLooking "wsmerror.h":
        "all users together have caused too much load for now", "the host is overloaded", QUOTA;
    0x8033_81AB ERROR_WSMAN_QUOTA_MAX_SHELLUSERS AfterLooking "wsmerror.h":
        "too many users have shells open", "MaxConcurrentUsers of winrm/config/winrs", QUOTA;
    0x8033_81AD ERROR_WSMAN_PULL_PARAMS_NOT_SAME_AS_ENUM Unsafe "wsmerror.h":
        "a page was asked for in another way than the enumeration was begun", "the request was changed on its way", OURS;
    0x8033_81E4 ERROR_WSMAN_QUOTA_MAX_SHELLS_PPQ AfterLooking "wsmerror.h":
        "the plug-in's quota of shells of the user is used up", "remote sessions of the same user", QUOTA;
    0x8033_81E5 ERROR_WSMAN_QUOTA_MAX_USERS_PPQ AfterLooking "wsmerror.h":
        "the plug-in's quota of users is used up", "MaxConcurrentUsers of the plug-in (100)", QUOTA;
    0x8033_81E6 ERROR_WSMAN_QUOTA_MAX_PLUGINSHELLS_PPQ AfterLooking "wsmerror.h":
        "the plug-in's quota of shells is used up", "remote sessions of all users", QUOTA;
    0x8033_81E7 ERROR_WSMAN_QUOTA_MAX_PLUGINOPERATIONS_PPQ AfterLooking "wsmerror.h":
        "the plug-in's quota of operations is used up", "MaxConcurrentOperations of the WMI plug-in (1500)", QUOTA;
    0x8033_81E8 ERROR_WSMAN_QUOTA_MAX_OPERATIONS_USER_PPQ AfterLooking "wsmerror.h":
        "the user's quota of operations in the plug-in is used up",
        "MaxConcurrentOperationsPerUser of the WMI plug-in (15)", QUOTA;
    0x8033_81E9 ERROR_WSMAN_QUOTA_MAX_COMMANDS_PER_SHELL_PPQ AfterLooking "wsmerror.h":
        "a shell has too many commands", "remote PowerShell, not hvsnap", QUOTA;
    0x8033_81EA ERROR_WSMAN_QUOTA_MIN_REQUIREMENT_NOT_AVAILABLE_PPQ AfterLooking "wsmerror.h":
        "the plug-in has not enough resources left", "the host is overloaded", QUOTA;
    0x8033_81F9 ERROR_WSMAN_UNSUPPORTED_FEATURE_IDENTIFY Unsafe "wsmerror.h":
        "the host does not answer Identify in this way", "it is an unusual service", OURS;
}
