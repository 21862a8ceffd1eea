//! SOAP 1.2 envelopes, WS-Addressing message headers, and faults.
//!
//! Headers of WS-Management are elsewhere. Endpoint references are in [`wsman`](crate::wsman), because their content here
//! (resource URI and selectors) belongs to WS-Management. Follows SOAP 1.2 part 1, section 5, and the WS-Addressing member
//! submission of August 2004.

pub(crate) mod envelope;
mod fault;

use std::fmt;

pub(crate) use fault::read as read_fault;
pub use fault::{FaultCode, QualifiedName};

/// SOAP 1.2 (SOAP 1.2 part 1, section 5.1).
pub(crate) const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
/// WS-Addressing, the member submission that WS-Management uses (DSP0226, Annex A).
pub(crate) const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
/// The anonymous address: the reply returns on the same connection (WS-Addressing, section 2.1).
pub(crate) const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

/// The `a:MessageID` of a request: `uuid:` and a GUID, the form of Windows' own client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// From 128 random bits, supplied by the caller.
    pub fn from_random(random: u128) -> Self {
        let id = uuid::Builder::from_u128(random).into_uuid().hyphenated();
        Self(["uuid:", id.encode_lower(&mut [0; uuid::fmt::Hyphenated::LENGTH])].concat())
    }

    /// The identifier as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if `text` (of `a:RelatesTo`) is this message's id; GUIDs compare without regard to case.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text.trim_ascii())
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
