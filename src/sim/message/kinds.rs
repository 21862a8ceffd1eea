//! The faults of a WinRM service, with their texts.
//!
//! Code, subcode and detail come from [`codes`](crate::codes); the texts are our own. The operations decide when to send a fault.

use crate::codes::{self, FaultForm, win32, wmi, wsman};

/// One kind of fault.
#[derive(Debug)]
pub(crate) struct FaultKind {
    /// `WSManFault/@Code`.
    pub(crate) code: u32,
    /// The text.
    pub(crate) reason: &'static str,
}

impl FaultKind {
    /// Code, subcode and detail.
    pub(crate) fn form(&self) -> FaultForm {
        codes::form(self.code)
    }
}

macro_rules! kinds {
    ($($name:ident = $code:path, $reason:literal;)+) => {
        $(pub(crate) static $name: FaultKind = FaultKind { code: $code, reason: $reason };)+
        /// All kinds.
        #[cfg(test)]
        pub(crate) static ALL: &[&FaultKind] = &[$(&$name),+];
    };
}

kinds! {
    ACCESS_DENIED = win32::ERROR_ACCESS_DENIED,
        "Access is denied. ";
    SERVICE_ACCESS_DENIED = wsman::ERROR_WSMAN_WMI_SVC_ACCESS_DENIED,
        "The WMI service denied access to the caller. ";
    RESOURCE_NOT_FOUND = wsman::ERROR_WSMAN_RESOURCE_NOT_FOUND,
        "The service cannot find the resource that the resource URI and the selectors identify. ";
    INVALID_REPRESENTATION = wsman::ERROR_WSMAN_INVALID_REPRESENTATION,
        "The body is no instance of the class in the resource URI. ";
    INVALID_FRAGMENT = wsman::ERROR_WSMAN_INVALID_XML_FRAGMENT,
        "The body is no fragment of the instance. ";
    PROVIDER_NOT_CAPABLE = wsman::ERROR_WSMAN_WMI_PROVIDER_NOT_CAPABLE,
        "The provider of the class is not capable of the operation. ";
    NO_SUCH_METHOD = wsman::ERROR_WSMAN_INVALID_ACTIONURI,
        "The resource does not have the method that the action names. ";
    VERSION_MISMATCH = wsman::ERROR_WSMAN_SOAP_VERSION_MISMATCH,
        "The envelope is not one of SOAP 1.2. ";
    INVALID_HEADER = wsman::ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER,
        "A header holds a value that is not valid. ";
    MUST_UNDERSTAND = wsman::ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND,
        "A header that must be understood is not understood. ";
    HEADER_REQUIRED = wsman::ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED,
        "A header that is required is missing. ";
    ACTION_NOT_SUPPORTED = wsman::ERROR_WSMAN_ACTION_NOT_SUPPORTED,
        "The service does not support the action. ";
    DIALECT_UNAVAILABLE = wsman::ERROR_WSMAN_ENUMERATE_FILTER_DIALECT_REQUESTED_UNAVAILABLE,
        "The dialect of the filter is not supported for this resource. ";
    CANNOT_PROCESS_FILTER = wsman::ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER,
        "The filter is not valid, or the namespace or class that it names does not exist. ";
    INVALID_CONTEXT = wsman::ERROR_WSMAN_ENUMERATE_INVALID_ENUMERATION_CONTEXT,
        "The enumeration context is not valid; it may have been closed or have expired. ";
    ACTION_MISMATCH = wsman::ERROR_WSMAN_ACTION_MISMATCH,
        "The action does not fit the resource URI or the body. ";
    INVALID_RESOURCE_URI = wsman::ERROR_WSMAN_INVALID_RESOURCE_URI,
        "The resource URI is missing or has a form that the service does not know. ";
    SCHEMA_VALIDATION = wsman::ERROR_WSMAN_SCHEMA_VALIDATION_ERROR,
        "The body does not conform to the schema of the request. ";
    INVALID_XML = wsman::ERROR_WSMAN_INVALID_XML,
        "The request is not well-formed XML. ";
    ENVELOPE_TOO_LARGE = wsman::ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED,
        "The answer is larger than the maximum envelope size of the request. ";
    CHARACTER_SET = wsman::ERROR_WSMAN_CHARACTER_SET,
        "The characters of the request are encoded neither in UTF-8 nor in UTF-16. ";
    MIN_ENVELOPE_SIZE = wsman::ERROR_WSMAN_MIN_ENVELOPE_SIZE,
        "The maximum envelope size of the request is less than 8192. ";
    INSUFFICIENT_SELECTORS = wsman::ERROR_WSMAN_INSUFFCIENT_SELECTORS,
        "The selectors do not identify one instance: a key is missing. ";
    UNEXPECTED_SELECTORS = wsman::ERROR_WSMAN_UNEXPECTED_SELECTORS,
        "A selector is no key of the class. ";
    SELECTOR_TYPE = wsman::ERROR_WSMAN_SELECTOR_TYPEMISMATCH,
        "A selector holds a value of the wrong type. ";
    DUPLICATE_SELECTORS = wsman::ERROR_WSMAN_DUPLICATE_SELECTORS,
        "A selector is given twice. ";
    NO_KEYS = wsman::ERROR_WSMAN_INVALID_URI_WMI_SINGLETON,
        "The class is no singleton, and the request has no selectors. ";
    QUERY_NEEDS_ALL_CLASSES = wsman::ERROR_WSMAN_INVALID_URI_WMI_ENUM_WQL,
        "For a query the resource URI must end in '*' and have no keys. ";
    ENUMERATE_WITH_KEYS = wsman::ERROR_WSMAN_ENUMERATE_WMI_INVALID_KEY,
        "An enumeration cannot have selectors. ";
    DIFFERENT_NAMESPACES = wsman::ERROR_WSMAN_DIFFERENT_CIM_SELECTOR,
        "The namespace of the resource URI and that of the selectors differ. ";
    NO_METHOD_PARAMETERS = wmi::WBEM_E_INVALID_METHOD_PARAMETERS,
        "The service of which the method is called is not identified. ";
    TOO_MANY_OPERATIONS = wsman::ERROR_WSMAN_QUOTA_MAX_OPERATIONS,
        "The user has more operations open than the quota of the service allows. ";
    LOCALE = wsman::ERROR_WSMAN_MUSTUNDERSTAND_ON_LOCALE_UNSUPPORTED,
        "A locale cannot be one that must be understood. ";
    ADDRESSING_MODE = wsman::ERROR_WSMAN_UNSUPPORTED_ADDRESSING_MODE,
        "Answers are sent on the connection of the request only. ";
    ENUMERATION_MODE = wsman::ERROR_WSMAN_ENUMERATION_MODE_UNSUPPORTED,
        "The enumeration mode is not supported. ";
    MAX_TIME = wsman::ERROR_WSMAN_MAXTIME_NOT_SUPPORTED,
        "A maximum time of a pull is not supported. ";
    FRAGMENT_TRANSFER = wsman::ERROR_WSMAN_FRAGMENT_TRANSFER_NOT_SUPPORTED,
        "Access to a part of an instance is not supported. ";
}
