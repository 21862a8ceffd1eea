//! Reads an envelope: its headers one by one, then its body.
//!
//! The caller interprets the headers. Follows SOAP 1.2 part 1, sections 5.1 to 5.3.

use crate::{
    soap::SOAP,
    violation::{ProtocolError, Violation, excerpt},
    xml::{Element, Reader},
};

/// Opens the envelope of the document, passes each header block to `header`, and returns the open body.
pub(crate) fn open<'a>(
    reader: &mut Reader<'a>,
    mut header: impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<(), ProtocolError>,
) -> Result<Element<'a>, ProtocolError> {
    let envelope = reader.root()?;
    if !envelope.name.is(SOAP, "Envelope") {
        let found = format!("{{{}}}{}", excerpt(&envelope.name.namespace), excerpt(envelope.name.local));
        return Err(ProtocolError::new(Violation::NotAnEnvelope, found));
    }
    while let Some(part) = reader.child(&envelope)? {
        if part.name.is(SOAP, "Header") {
            while let Some(block) = reader.child(&part)? {
                header(reader, &block)?;
            }
        } else if part.name.is(SOAP, "Body") {
            return Ok(part);
        }
    }
    Err(ProtocolError::new(Violation::NoBody, ""))
}
