//! Opening an envelope: its headers are handed out one by one, then its body stands open.
//!
//! It never judges a header; that is the caller's. Follows SOAP 1.2 part 1, sections 5.1 to 5.3.

use crate::{
    Limits,
    soap::SOAP,
    violation::{ProtocolError, Violation, excerpt},
    xml::{Element, Reader},
};

/// An envelope whose headers have been read and whose body is open.
pub(crate) struct Opened<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) body: Element<'a>,
}

/// Opens the envelope in `text` and gives each header block to `header`.
pub(crate) fn open<'a>(
    text: &'a str,
    limits: &'a Limits,
    mut header: impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<(), ProtocolError>,
) -> Result<Opened<'a>, ProtocolError> {
    let mut reader = Reader::new(text, limits);
    let envelope = reader.root()?;
    if !envelope.name.is(SOAP, "Envelope") {
        let found = format!("{{{}}}{}", excerpt(&envelope.name.namespace), excerpt(envelope.name.local));
        return Err(ProtocolError::new(Violation::NotAnEnvelope, found));
    }
    while let Some(part) = reader.child(&envelope)? {
        if part.name.is(SOAP, "Header") {
            while let Some(block) = reader.child(&part)? {
                header(&mut reader, &block)?;
            }
        } else if part.name.is(SOAP, "Body") {
            return Ok(Opened { reader, body: part });
        }
    }
    Err(ProtocolError::new(Violation::NoBody, ""))
}
