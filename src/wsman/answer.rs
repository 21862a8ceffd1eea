//! Reads an answer: checks that it relates to the request, detects a fault, and opens the body.
//!
//! The HTTP status is not used. `a:RelatesTo` and the element of the body are checked; `a:Action` is not, because servers
//! differ (some leave out `Response`).

use crate::{
    soap::{ADDRESSING, MessageId, SOAP, envelope},
    violation::{ProtocolError, Violation, excerpt},
    wsman::Fault,
    xml::{Element, Reader},
};

/// Why an exchange has no result: the service answered with a fault, or its answer violates the protocol.
#[derive(Clone, Debug)]
pub(crate) enum AnswerError {
    /// The service answered with a fault.
    Fault(Box<Fault>),
    /// The answer violates the protocol.
    Protocol(ProtocolError),
}

impl From<ProtocolError> for AnswerError {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

/// Opens the answer to the message `id`, checks that it is no fault and relates to the request, and returns the first element
/// of its body. `None` is for the answer to Identify, which has no addressing.
///
/// A fault may lack `a:RelatesTo` (some servers refuse before they dispatch); any other answer must have it.
pub(crate) fn open<'a>(reader: &mut Reader<'a>, id: Option<&MessageId>) -> Result<Element<'a>, AnswerError> {
    let element = first(reader, id)?;
    element.ok_or_else(|| ProtocolError::new(Violation::UnexpectedBody, "an empty body").into())
}

/// The same for an answer without a result: its body may be empty, and is skipped.
pub(crate) fn open_any(reader: &mut Reader<'_>, id: &MessageId) -> Result<(), AnswerError> {
    first(reader, Some(id))?;
    reader.finish()?;
    Ok(())
}

fn first<'a>(reader: &mut Reader<'a>, id: Option<&MessageId>) -> Result<Option<Element<'a>>, AnswerError> {
    let mut relates_to = None;
    let body = envelope::open(reader, |reader, block| {
        if block.name.is(ADDRESSING, "RelatesTo") {
            relates_to = Some(reader.text(block)?);
        }
        Ok(())
    })?;
    let element = reader.child(&body)?;
    let is_fault = element.as_ref().is_some_and(|element| element.name.is(SOAP, "Fault"));
    match (id, relates_to) {
        (Some(id), Some(found)) if !id.matches(&found) => {
            let detail = format!("it relates to {}, the request was {id}", excerpt(found.trim()));
            return Err(ProtocolError::new(Violation::WrongRelatesTo, detail).into());
        }
        (Some(_), None) if !is_fault => {
            return Err(ProtocolError::new(Violation::WrongRelatesTo, "it has no a:RelatesTo").into());
        }
        _ => {}
    }
    if let Some(element) = element.as_ref().filter(|_| is_fault) {
        let fault = Fault::read(reader, element)?;
        reader.finish()?;
        return Err(AnswerError::Fault(Box::new(fault)));
    }
    Ok(element)
}

/// The error for a body with this element, which does not answer the request.
pub(crate) fn unexpected(element: &Element<'_>, expected: &str) -> ProtocolError {
    let found = excerpt(element.name.local);
    ProtocolError::new(Violation::UnexpectedBody, format!("{found} instead of {expected}")).at(element.offset)
}
