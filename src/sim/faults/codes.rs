//! The faults of WinRM by their numbers: who is to blame, subcode, detail.
//!
//! After the table that Microsoft published with its Open Management Infrastructure; a number that is not in it is an internal
//! error of the receiver, as there. It never decides when a fault is due.

/// What belongs to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) sender: bool,
    pub(super) subcode: &'static str,
    pub(super) detail: Option<&'static str>,
}

/// `w:TimedOut`.
pub(super) const TIMED_OUT: u32 = 2_150_858_793;

const fn sender(subcode: &'static str, detail: Option<&'static str>) -> Form {
    Form { sender: true, subcode, detail }
}

const fn receiver(subcode: &'static str) -> Form {
    Form { sender: false, subcode, detail: None }
}

const SELECTORS: &str = "w:InvalidSelectors";
const LIMIT: &str = "w:EncodingLimit";

const FORMS: [(u32, Form); 29] = [
    (5, sender("w:AccessDenied", None)),
    (87, sender("w:InvalidParameter", Some("InvalidValue"))),
    (2_150_858_752, sender("a:DestinationUnreachable", Some("InvalidResourceURI"))),
    (2_150_858_753, sender("a:ActionNotSupported", None)),
    (2_150_858_767, sender("a:InvalidMessageInformationHeader", None)),
    (2_150_858_769, sender("a:MessageInformationHeaderRequired", None)),
    (2_150_858_770, sender("a:DestinationUnreachable", None)),
    (2_150_858_771, sender("a:ActionNotSupported", None)),
    (2_150_858_772, receiver("a:EndpointUnavailable")),
    (2_150_858_778, sender("n:CannotProcessFilter", None)),
    (2_150_858_779, receiver("n:InvalidEnumerationContext")),
    (2_150_858_780, receiver("n:TimedOut")),
    (TIMED_OUT, receiver("w:TimedOut")),
    (2_150_858_802, sender("w:Concurrency", None)),
    (2_150_858_803, sender("w:AlreadyExists", None)),
    (2_150_858_805, sender(LIMIT, Some("MaxEnvelopeSize"))),
    (2_150_858_811, sender("a:DestinationUnreachable", Some("InvalidResourceURI"))),
    (2_150_858_813, sender(SELECTORS, None)),
    (2_150_858_815, sender("w:QuotaLimit", None)),
    (2_150_858_817, sender("w:SchemaValidationError", None)),
    (2_150_858_819, sender("w:InternalError", Some("Invalid"))),
    (2_150_858_824, sender(LIMIT, Some("MaxEnvelopeSizeExceeded"))),
    (2_150_858_829, sender(LIMIT, Some("UnreportableSuccess"))),
    (2_150_858_842, sender(SELECTORS, Some("InsufficientSelectors"))),
    (2_150_858_843, sender(SELECTORS, Some("UnexpectedSelectors"))),
    (2_150_859_002, sender(SELECTORS, Some("InsufficientSelectors"))),
    (2_150_859_012, sender("w:AccessDenied", None)),
    (2_150_859_173, sender("w:QuotaLimit", None)),
    (2_150_859_174, receiver("w:InternalError")),
];

/// The form of the fault with this number.
pub(super) fn form(code: u32) -> Form {
    FORMS.iter().find(|(known, _)| *known == code).map_or(receiver("w:InternalError"), |(_, form)| *form)
}
