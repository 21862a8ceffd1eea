//! Subcodes and details of faults, and the category of a fault whose number does not determine it.
//!
//! Names from DSP0226, DSP0227, WS-Addressing, WS-Enumeration and WS-Transfer. Each name has one category.

use super::Category::{
    self, AccessDenied, AnswerTooLarge, EnumerationLost, NotFound, NotUnderstood, Overloaded,
    RequestTooLarge, TimedOut, UnknownClass, Unreportable, Unsupported,
};

/// Local names of subcodes.
pub(super) static SUBCODES: &[(&str, Category)] = &[
    ("AccessDenied", AccessDenied),
    ("TimedOut", TimedOut),
    ("QuotaLimit", Overloaded),
    ("EndpointUnavailable", Overloaded),
    // Seen without a detail.
    ("DestinationUnreachable", NotFound),
    ("CannotProcessFilter", UnknownClass),
    ("ActionNotSupported", Unsupported),
    ("FilteringNotSupported", Unsupported),
    ("FilterDialectRequestedUnavailable", Unsupported),
    ("UnsupportedFeature", Unsupported),
    ("PolymorphismModeNotSupported", Unsupported),
    // Without a detail this is an unspecified limit, perhaps that of the answer.
    ("EncodingLimit", AnswerTooLarge),
    ("InvalidEnumerationContext", EnumerationLost),
    ("InvalidMessageInformationHeader", NotUnderstood),
    ("MessageInformationHeaderRequired", NotUnderstood),
    ("InvalidRepresentation", NotUnderstood),
    ("InvalidOptions", NotUnderstood),
    ("InvalidParameter", NotUnderstood),
    ("InvalidSelectors", NotUnderstood),
    ("SchemaValidationError", NotUnderstood),
];

/// Last segments of `w:FaultDetail`.
pub(super) static DETAILS: &[(&str, Category)] = &[
    ("ServiceEnvelopeLimit", RequestTooLarge),
    ("MaxEnvelopeSize", AnswerTooLarge),
    ("MaxEnvelopeSizeExceeded", AnswerTooLarge),
    ("UnreportableSuccess", Unreportable),
    ("SelectorLimit", NotUnderstood),
    ("OptionLimit", NotUnderstood),
    ("CharacterSet", NotUnderstood),
    ("MinimumEnvelopeLimit", NotUnderstood),
    ("Whitespace", NotUnderstood),
];

/// The category of a fault with this subcode.
pub(crate) fn of_subcode(is: impl Fn(&str) -> bool) -> Option<Category> {
    find(SUBCODES, is)
}

/// The category of a fault with this detail.
pub(crate) fn of_detail(is: impl Fn(&str) -> bool) -> Option<Category> {
    find(DETAILS, is)
}

fn find(table: &[(&'static str, Category)], is: impl Fn(&str) -> bool) -> Option<Category> {
    table.iter().find(|(name, _)| is(name)).map(|(_, category)| *category)
}
