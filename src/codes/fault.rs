//! Subcodes and details of faults, and what a fault is about that carries no number which says more.
//!
//! Names of DSP0226 and DSP0227, WS-Addressing, WS-Enumeration and WS-Transfer. A name is of one category alone.

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
    // Seen without any detail.
    ("DestinationUnreachable", NotFound),
    ("CannotProcessFilter", UnknownClass),
    ("ActionNotSupported", Unsupported),
    ("FilteringNotSupported", Unsupported),
    ("FilterDialectRequestedUnavailable", Unsupported),
    ("UnsupportedFeature", Unsupported),
    ("PolymorphismModeNotSupported", Unsupported),
    // By itself it is some bound, perhaps the answer's.
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

/// What a fault with this subcode is about.
pub(crate) fn of_subcode(is: impl Fn(&str) -> bool) -> Option<Category> {
    find(SUBCODES, is)
}

/// What a fault with this detail is about.
pub(crate) fn of_detail(is: impl Fn(&str) -> bool) -> Option<Category> {
    find(DETAILS, is)
}

fn find(table: &[(&'static str, Category)], is: impl Fn(&str) -> bool) -> Option<Category> {
    table.iter().find(|(name, _)| is(name)).map(|(_, category)| *category)
}
