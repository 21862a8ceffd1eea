//! Opening an answer: is it about our request, is it a fault, and what stands in its body.
//!
//! It never looks at an HTTP status and never branches on a text. `a:Action` is not checked, because servers differ
//! there (some leave out `Response`); `a:RelatesTo` and the body's element are.

use crate::{
    Limits,
    soap::{ADDRESSING, MessageId, SOAP, envelope},
    violation::{ProtocolError, Violation, excerpt},
    wsman::Fault,
    xml::{Element, Reader},
};

/// Why an exchange has no result: the service refused, or its answer breaks the protocol.
#[derive(Clone, Debug)]
pub(crate) enum AnswerError {
    /// The service answered with a fault.
    Fault(Box<Fault>),
    /// The answer cannot be believed.
    Protocol(ProtocolError),
}

impl From<ProtocolError> for AnswerError {
    fn from(error: ProtocolError) -> Self {
        Self::Protocol(error)
    }
}

/// An answer that is about the request and no fault: the first element of its body is open.
pub(crate) struct Answer<'a> {
    pub(crate) reader: Reader<'a>,
    pub(crate) element: Element<'a>,
}

impl<'a> Answer<'a> {
    /// Opens the answer to the message `id`; `None` is the answer to Identify, which has no addressing.
    ///
    /// A fault may lack `a:RelatesTo` (servers that refuse before they dispatch); anything else must carry it.
    pub(crate) fn open(
        text: &'a str,
        limits: &'a Limits,
        id: Option<&MessageId>,
    ) -> Result<Self, AnswerError> {
        let mut relates_to = None;
        let envelope::Opened { mut reader, body } = envelope::open(text, limits, |reader, block| {
            if block.name.is(ADDRESSING, "RelatesTo") {
                relates_to = Some(reader.text(block)?.into_owned());
            }
            Ok(())
        })?;
        let element = reader
            .child(&body)?
            .ok_or_else(|| ProtocolError::new(Violation::UnexpectedBody, "an empty body"))?;
        let is_fault = element.name.is(SOAP, "Fault");
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
        if is_fault {
            let fault = Fault::read(&mut reader, &element)?;
            reader.finish()?;
            return Err(AnswerError::Fault(Box::new(fault)));
        }
        Ok(Self { reader, element })
    }

    /// The error of a body that does not answer the request.
    pub(crate) fn unexpected(&self, expected: &str) -> ProtocolError {
        let found = excerpt(self.element.name.local);
        ProtocolError::new(Violation::UnexpectedBody, format!("{found} instead of {expected}"))
            .at(self.element.offset)
    }
}
