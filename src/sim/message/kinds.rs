//! The faults that a WinRM service answers with: code, who is to blame, subcode, detail, text.
//!
//! After the table that Microsoft published with its Open Management Infrastructure and the recorded faults; texts are
//! our own. Never decides when a fault is due.

/// One kind of fault.
#[derive(Debug)]
pub(crate) struct FaultKind {
    /// `WSManFault/@Code`.
    pub(crate) code: u32,
    /// `s:Code/s:Value`.
    pub(crate) blames: &'static str,
    /// `s:Subcode/s:Value`; the prefix is one of the envelope's.
    pub(crate) subcode: Option<&'static str>,
    /// Last part of the `w:FaultDetail` URI.
    pub(crate) detail: Option<&'static str>,
    /// What is said about it.
    pub(crate) reason: &'static str,
}

const SENDER: &str = "s:Sender";
const RECEIVER: &str = "s:Receiver";

macro_rules! kinds {
    ($($name:ident = $code:literal, $blames:expr, $subcode:expr, $detail:expr, $reason:literal;)+) => {
        $(pub(crate) static $name: FaultKind = FaultKind {
            code: $code, blames: $blames, subcode: $subcode, detail: $detail, reason: $reason,
        };)+
        /// All of them.
        #[cfg(test)]
        pub(crate) static ALL: &[&FaultKind] = &[$(&$name),+];
    };
}

kinds! {
    ACCESS_DENIED = 5, SENDER, Some("w:AccessDenied"), None,
        "Access is denied. ";
    SERVICE_ACCESS_DENIED = 2150859012, SENDER, Some("w:AccessDenied"), None,
        "The WMI service denied access to the caller. ";
    RESOURCE_NOT_FOUND = 2150858752, SENDER, Some("a:DestinationUnreachable"), Some("InvalidResourceURI"),
        "The service cannot find the resource that the resource URI and the selectors identify. ";
    NO_SUCH_METHOD = 2150858753, SENDER, Some("a:ActionNotSupported"), None,
        "The resource does not have the method that the action names. ";
    VERSION_MISMATCH = 2150858765, "s:VersionMismatch", None, None,
        "The envelope is not one of SOAP 1.2. ";
    INVALID_HEADER = 2150858767, SENDER, Some("a:InvalidMessageInformationHeader"), None,
        "A header holds a value that is not valid. ";
    MUST_UNDERSTAND = 2150858768, "s:MustUnderstand", None, None,
        "A header that must be understood is not understood. ";
    HEADER_REQUIRED = 2150858769, SENDER, Some("a:MessageInformationHeaderRequired"), None,
        "A header that is required is missing. ";
    ACTION_NOT_SUPPORTED = 2150858771, SENDER, Some("a:ActionNotSupported"), None,
        "The service does not support the action. ";
    DIALECT_UNAVAILABLE = 2150858777, SENDER, Some("n:FilterDialectRequestedUnavailable"), None,
        "The dialect of the filter is not supported for this resource. ";
    CANNOT_PROCESS_FILTER = 2150858778, SENDER, Some("n:CannotProcessFilter"), None,
        "The filter is not valid, or the namespace or class that it names does not exist. ";
    INVALID_CONTEXT = 2150858779, RECEIVER, Some("n:InvalidEnumerationContext"), None,
        "The enumeration context is not valid; it may have been closed or have expired. ";
    ACTION_MISMATCH = 2150858801, SENDER, Some("a:ActionNotSupported"), Some("ActionMismatch"),
        "The action does not fit the resource URI or the body. ";
    INVALID_RESOURCE_URI = 2150858811, SENDER, Some("a:DestinationUnreachable"), Some("InvalidResourceURI"),
        "The resource URI is missing or has a form that the service does not know. ";
    SCHEMA_VALIDATION = 2150858817, SENDER, Some("w:SchemaValidationError"), None,
        "The body does not conform to the schema of the request. ";
    INVALID_XML = 2150858819, SENDER, Some("w:InternalError"), Some("Invalid"),
        "The request is not well-formed XML. ";
    ENVELOPE_TOO_LARGE = 2150858824, SENDER, Some("w:EncodingLimit"), Some("MaxEnvelopeSizeExceeded"),
        "The answer is larger than the maximum envelope size of the request. ";
    CHARACTER_SET = 2150858828, SENDER, Some("w:EncodingLimit"), Some("CharacterSet"),
        "The characters of the request are encoded neither in UTF-8 nor in UTF-16. ";
    MIN_ENVELOPE_SIZE = 2150858878, SENDER, Some("w:EncodingLimit"), Some("MinimumEnvelopeLimit"),
        "The maximum envelope size of the request is less than 8192. ";
    INSUFFICIENT_SELECTORS = 2150858842, SENDER, Some("w:InvalidSelectors"), Some("InsufficientSelectors"),
        "The selectors do not identify one instance: a key is missing. ";
    UNEXPECTED_SELECTORS = 2150858843, SENDER, Some("w:InvalidSelectors"), Some("UnexpectedSelectors"),
        "A selector is no key of the class. ";
    SELECTOR_TYPE = 2150858844, SENDER, Some("w:InvalidSelectors"), Some("TypeMismatch"),
        "A selector holds a value of the wrong type. ";
    DUPLICATE_SELECTORS = 2150858847, SENDER, Some("w:InvalidSelectors"), Some("DuplicateSelectors"),
        "A selector is given twice. ";
    NO_KEYS = 2150859002, SENDER, Some("w:InvalidSelectors"), Some("InsufficientSelectors"),
        "The class is no singleton, and the request has no selectors. ";
    QUERY_NEEDS_ALL_CLASSES = 2150859003, RECEIVER, Some("w:InternalError"), None,
        "For a query the resource URI must end in '*' and have no keys. ";
    ENUMERATE_WITH_KEYS = 2150859016, SENDER, Some("w:InvalidSelectors"), Some("UnexpectedSelectors"),
        "An enumeration cannot have selectors. ";
    DIFFERENT_NAMESPACES = 2150859067, RECEIVER, Some("w:InternalError"), None,
        "The namespace of the resource URI and that of the selectors differ. ";
    NO_METHOD_PARAMETERS = 2147749935, RECEIVER, Some("w:InternalError"), None,
        "The service of which the method is called is not identified. ";
    TOO_MANY_OPERATIONS = 2150859174, RECEIVER, Some("w:InternalError"), None,
        "The user has more operations open than the quota of the service allows. ";
    LOCALE = 2150858887, SENDER, Some("w:UnsupportedFeature"), Some("Locale"),
        "A locale cannot be one that must be understood. ";
    ADDRESSING_MODE = 2150858870, SENDER, Some("w:UnsupportedFeature"), Some("AddressingMode"),
        "Answers are sent on the connection of the request only. ";
    ENUMERATION_MODE = 2150858886, SENDER, Some("w:UnsupportedFeature"), Some("EnumerationMode"),
        "The enumeration mode is not supported. ";
    MAX_TIME = 2150858861, SENDER, Some("w:UnsupportedFeature"), Some("MaxTime"),
        "A maximum time of a pull is not supported. ";
    FRAGMENT_TRANSFER = 2150858871, SENDER, Some("w:UnsupportedFeature"), Some("FragmentLevelAccess"),
        "Access to a part of an instance is not supported. ";
}
