//! Reads a request: mandatory, optional and forbidden headers.
//!
//! Refuses what a Windows service refuses, with the same codes; the order of headers and their prefixes do not matter. The body
//! is not checked here. Follows MS-WSMV 3.1.4.1.3 to 3.1.4.1.9 and DSP0226 section 5.4.

use super::{
    fault::Fault,
    kinds,
    names::{ANONYMOUS, action, ns},
    read_selectors,
    resource::Selector,
    tree::Node,
};

/// The smallest `w:MaxEnvelopeSize`.
const MIN_ENVELOPE: usize = 8192;
/// The longest `a:MessageID`, in characters.
const MAX_MESSAGE_ID: usize = 2048;

/// A request message.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    /// Identify.
    Identify,
    /// A request with headers.
    Request(Box<Request>),
}

/// A request with valid headers.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) to: String,
    pub(crate) action: String,
    pub(crate) message_id: String,
    pub(crate) resource_uri: Option<String>,
    pub(crate) selectors: Vec<Selector>,
    /// The part of the instance that the request concerns.
    pub(crate) fragment: Option<String>,
    /// The greatest size of the answer, in bytes.
    pub(crate) max_envelope: usize,
    /// The only child of the body.
    pub(crate) body: Option<Node>,
}

/// A refused request, with the parts that the fault contains.
#[derive(Clone, Debug)]
pub(crate) struct Rejected {
    pub(crate) fault: Fault,
    pub(crate) message_id: Option<String>,
    pub(crate) to: String,
    pub(crate) action: String,
}

/// Headers that a service knows; those of the last group are ignored.
const KNOWN: [(&str, &[&str]); 3] = [
    (ns::ADDRESSING, &["To", "Action", "MessageID", "ReplyTo", "FaultTo", "From", "RelatesTo"]),
    (
        ns::WSMAN,
        &[
            "ResourceURI",
            "SelectorSet",
            "MaxEnvelopeSize",
            "OperationTimeout",
            "Locale",
            "OptionSet",
            "RequestEPR",
            "RequestTotalItemsCountEstimate",
            "FragmentTransfer",
        ],
    ),
    (ns::MICROSOFT, &["DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId"]),
];

/// Reads the envelope in `text`, for a service that sends at most `most` bytes.
pub(crate) fn read(text: &str, most: usize) -> Result<Message, Box<Rejected>> {
    let envelope =
        Node::read(text).map_err(|error| reject(&[], Fault::new(&kinds::INVALID_XML, error.to_string())))?;
    if !envelope.is(ns::SOAP, "Envelope") {
        let about = format!("{{{}}}{}", envelope.namespace, envelope.local);
        return Err(reject(&[], Fault::new(&kinds::VERSION_MISMATCH, about)));
    }
    let headers = envelope.child(ns::SOAP, "Header").map_or(&[][..], |header| &header.children);
    let Some(body) = envelope.child(ns::SOAP, "Body") else {
        return Err(reject(headers, Fault::new(&kinds::SCHEMA_VALIDATION, "the envelope has no body")));
    };
    let asks = |node: &Node| [ns::IDENTITY, ns::IDENTIFY].iter().any(|space| node.is(space, "Identify"));
    if body.children.first().is_some_and(asks) {
        return Ok(Message::Identify);
    }
    let read = Headers(headers).read(most).map_err(|fault| reject(headers, fault))?;
    if body.children.len() > 1 {
        let fault = Fault::new(&kinds::SCHEMA_VALIDATION, "the body has more than one child");
        return Err(reject(headers, fault));
    }
    Ok(Message::Request(Box::new(Request { body: body.children.first().cloned(), ..read })))
}

fn reject(headers: &[Node], fault: Fault) -> Box<Rejected> {
    let headers = Headers(headers);
    let text = |local| headers.text(ns::ADDRESSING, local).unwrap_or_default().to_owned();
    let message_id = Some(text("MessageID")).filter(|id| !id.is_empty());
    Box::new(Rejected { fault, message_id, to: text("To"), action: text("Action") })
}

struct Headers<'a>(&'a [Node]);

impl Headers<'_> {
    fn block(&self, namespace: &str, local: &str) -> Option<&Node> {
        self.0.iter().find(|block| block.is(namespace, local))
    }

    fn text(&self, namespace: &str, local: &str) -> Option<&str> {
        self.block(namespace, local).map(Node::trimmed)
    }

    fn required(&self, local: &str) -> Result<&str, Fault> {
        match self.text(ns::ADDRESSING, local) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Fault::new(&kinds::HEADER_REQUIRED, local)),
        }
    }

    fn read(&self, most: usize) -> Result<Request, Fault> {
        for block in self.0.iter().filter(|block| block.must_understand()) {
            let known = KNOWN.iter().find(|(namespace, _)| *namespace == block.namespace);
            if !known.is_some_and(|(_, names)| names.contains(&block.local.as_str())) {
                return Err(Fault::not_understood(&block.namespace, &block.local));
            }
        }
        let action = self.required("Action")?.to_owned();
        let to = self.required("To")?.to_owned();
        // A missing or empty identifier is an invalid header, not a missing one.
        let message_id = self.text(ns::ADDRESSING, "MessageID").unwrap_or_default();
        if message_id.is_empty() || message_id.chars().count() > MAX_MESSAGE_ID {
            return Err(Fault::new(&kinds::INVALID_HEADER, "MessageID"));
        }
        self.addresses()?;
        self.locales()?;
        self.timeout()?;
        let fragment = self.fragment(&action)?;
        let selectors = match self.block(ns::WSMAN, "SelectorSet") {
            Some(set) => read_selectors(set)?,
            None => Vec::new(),
        };
        Ok(Request {
            to,
            action,
            message_id: message_id.to_owned(),
            resource_uri: self.text(ns::WSMAN, "ResourceURI").map(str::to_owned),
            selectors,
            fragment,
            max_envelope: self.max_envelope(most)?,
            body: None,
        })
    }

    fn addresses(&self) -> Result<(), Fault> {
        if self.block(ns::ADDRESSING, "ReplyTo").is_none() {
            return Err(Fault::new(&kinds::HEADER_REQUIRED, "ReplyTo"));
        }
        for local in ["ReplyTo", "FaultTo"] {
            let Some(block) = self.block(ns::ADDRESSING, local) else { continue };
            let address = block.child(ns::ADDRESSING, "Address").map(Node::trimmed).unwrap_or_default();
            if address != ANONYMOUS {
                return Err(Fault::new(&kinds::ADDRESSING_MODE, format!("{local} {address}")));
            }
        }
        Ok(())
    }

    fn locales(&self) -> Result<(), Fault> {
        for (namespace, local) in [(ns::WSMAN, "Locale"), (ns::MICROSOFT, "DataLocale")] {
            if self.block(namespace, local).is_some_and(Node::must_understand) {
                return Err(Fault::new(&kinds::LOCALE, local));
            }
        }
        Ok(())
    }

    /// The part of the instance that a Get or Put concerns (MS-WSMV 3.1.4.1.18).
    fn fragment(&self, of: &str) -> Result<Option<String>, Fault> {
        let Some(block) = self.block(ns::WSMAN, "FragmentTransfer") else { return Ok(None) };
        if !block.must_understand() {
            return Err(Fault::new(&kinds::INVALID_HEADER, "FragmentTransfer"));
        }
        if !matches!(of, action::GET | action::PUT) {
            return Err(Fault::new(&kinds::FRAGMENT_TRANSFER, of));
        }
        Ok(Some(block.trimmed().to_owned()))
    }

    fn timeout(&self) -> Result<(), Fault> {
        match self.text(ns::WSMAN, "OperationTimeout") {
            Some(text) if !is_duration(text) => {
                Err(Fault::new(&kinds::INVALID_HEADER, format!("OperationTimeout {text}")))
            }
            _ => Ok(()),
        }
    }

    fn max_envelope(&self, most: usize) -> Result<usize, Fault> {
        let Some(text) = self.text(ns::WSMAN, "MaxEnvelopeSize") else { return Ok(most) };
        match text.parse::<u64>().map(|size| usize::try_from(size).unwrap_or(most)) {
            Ok(size) if size < MIN_ENVELOPE => Err(Fault::new(&kinds::MIN_ENVELOPE_SIZE, text)),
            Ok(size) => Ok(size.min(most)),
            Err(_) => Err(Fault::new(&kinds::INVALID_HEADER, format!("MaxEnvelopeSize {text}"))),
        }
    }
}

/// True for an `xs:duration` that is not negative, in the forms used for timeouts.
fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else { return false };
    let (date, clock) = rest.split_once('T').unwrap_or((rest, ""));
    if rest.is_empty() || rest.ends_with('T') {
        return false;
    }
    parts(date, "YMD") && parts(clock, "HMS")
}

fn parts(text: &str, units: &str) -> bool {
    let mut units = units.chars();
    text.split_inclusive(|c: char| c.is_ascii_alphabetic()).all(|part| {
        let mut characters = part.chars();
        let unit = characters.next_back();
        let number = characters.as_str();
        let numeric = !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit() || (c == '.' && unit == Some('S')))
            && number.parse::<f64>().is_ok();
        numeric && unit.is_some_and(|unit| units.any(|known| known == unit))
    })
}
