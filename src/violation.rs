//! The protocol violations of a peer, each with a name.
//!
//! The layers report violations and `client` decides what to do. The sections of the specifications are named at the readers
//! that check them.

use std::{borrow::Cow, fmt};

macro_rules! violations {
    ($($(#[$doc:meta])+ $name:ident => $text:literal,)+) => {
        /// A protocol violation of a peer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Violation {
            $($(#[$doc])+ $name,)+
        }

        impl fmt::Display for Violation {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)+ })
            }
        }
    };
}

violations! {
    /// The bytes are not valid in the encoding that the answer declares.
    BadEncoding => "bytes that are not valid in the declared encoding",
    /// The declared encoding is neither UTF-8 nor UTF-16.
    UnknownEncoding => "an encoding other than UTF-8 and UTF-16",
    /// The answer is not well-formed XML.
    NotWellFormed => "XML that is not well-formed",
    /// The answer ends in the middle of an element.
    Truncated => "an answer that ends too early",
    /// Content follows the document element.
    TrailingContent => "content after the end of the document",
    /// A document type declaration (SOAP 1.2 part 1, section 5 forbids it).
    DocumentType => "a document type declaration",
    /// An entity other than the five predefined ones and character references.
    UnknownEntity => "an unknown entity reference",
    /// A prefix that no namespace declaration in scope binds.
    UndeclaredPrefix => "an undeclared namespace prefix",
    /// Elements nested deeper than [`Limits::xml_depth`](crate::Limits::xml_depth).
    TooDeep => "elements nested too deep",
    /// More attributes, or more namespaces in scope, than [`Limits::xml_attributes`](crate::Limits::xml_attributes).
    TooManyAttributes => "an element with too many attributes",
    /// A text longer than [`Limits::xml_text_bytes`](crate::Limits::xml_text_bytes), or a name longer than
    /// [`Limits::xml_name_bytes`](crate::Limits::xml_name_bytes).
    TextTooLong => "a text that is too long",
    /// An answer longer than [`Limits::answer_bytes`](crate::Limits::answer_bytes).
    AnswerTooLong => "an answer that is too long",
    /// The answer is not HTTP/1.1, or its head is too large.
    BadHttp => "an answer that is not valid HTTP",
    /// An authentication token that is not base64.
    BadToken => "an authentication token that cannot be decoded",
    /// An authentication token longer than [`Limits::token_bytes`](crate::Limits::token_bytes).
    TokenTooLong => "an authentication token that is too long",
    /// An authentication token that is not expected at this point of the exchange.
    UnexpectedToken => "an authentication token out of turn",
    /// An NTLM message that is truncated or has invalid lengths.
    BadNtlmMessage => "an NTLM message that cannot be read",
    /// NTLM target information without terminator, with a duplicate attribute, or with one of a wrong size.
    BadTargetInfo => "NTLM target information that cannot be read",
    /// NTLM target information larger than a host can have.
    TooMuchTargetInfo => "too much NTLM target information",
    /// An SPNEGO token that is not the DER of RFC 4178, section 4.2.
    BadNegotiationToken => "an SPNEGO token that cannot be read",
    /// SPNEGO chose a mechanism that was not offered, or changed its choice.
    UnofferedMechanism => "the choice of an authentication mechanism that was not offered",
    /// A Kerberos token or message that is truncated, has an invalid header, or is not encrypted where it must be.
    BadKerberosToken => "a Kerberos token that cannot be read",
    /// The signature of the mechanism list is wrong or misplaced: the list may have been changed in transit.
    BadMechanismListSignature => "a wrong signature under the list of authentication mechanisms",
    /// The signature of a sealed message is wrong: the message was tampered with.
    BadSignature => "a sealed message with a wrong signature",
    /// A sealed message was repeated, omitted or sent out of order.
    OutOfSequence => "a sealed message out of sequence",
    /// A plain-text answer to a sealed request.
    NotSealed => "an answer in plain text to a sealed request",
    /// A sealed answer that names a protocol other than the negotiated one.
    WrongSealing => "an answer sealed in another way than negotiated",
    /// A sealed answer with a truncated or invalid frame.
    BadSealedFrame => "a sealed answer with a broken frame",
    /// A sealed answer in several pieces; only CredSSP uses them.
    SealedInPieces => "a sealed answer of several pieces",
    /// A sealed answer whose plain text does not have the announced length.
    SealedLength => "a sealed answer whose length is not the announced one",
    /// Several tokens of the same scheme in one answer.
    SeveralTokens => "several authentication tokens at a time",
    /// An authentication that does not end within the allowed number of legs.
    EndlessAuthentication => "an authentication that does not end",
    /// The connection ends during an authentication that is bound to it.
    IdentityDropped => "the end of the connection in the middle of its authentication",
    /// The document element is not a SOAP 1.2 envelope.
    NotAnEnvelope => "a document that is not a SOAP 1.2 envelope",
    /// The envelope has no body.
    NoBody => "an envelope without a body",
    /// The body is empty, or its element is not the one that answers the request.
    UnexpectedBody => "a body that does not answer the request",
    /// A fault without a code.
    FaultWithoutCode => "a fault without a code",
    /// `a:RelatesTo` names another message, or is missing where it is required.
    WrongRelatesTo => "an answer to another message",
    /// An answer with neither the end of the enumeration nor a context to continue.
    NoEnumerationContext => "an enumeration that neither ends nor goes on",
    /// More items in a page than requested, or than [`Limits::page_items`](crate::Limits::page_items); or more in total than
    /// [`Limits::enumeration_items`](crate::Limits::enumeration_items) or, if all are kept,
    /// [`Limits::collected_items`](crate::Limits::collected_items).
    TooManyItems => "too many items",
    /// More pages than [`Limits::pages`](crate::Limits::pages).
    TooManyPages => "an enumeration with too many pages",
    /// More bytes in all pages than [`Limits::enumeration_bytes`](crate::Limits::enumeration_bytes); or more to keep of the items
    /// than [`Limits::collected_bytes`](crate::Limits::collected_bytes).
    TooManyBytes => "an enumeration of too many bytes",
    /// More consecutive pages without items than [`Limits::empty_pages`](crate::Limits::empty_pages).
    NoProgress => "an enumeration that goes on without items",
    /// An item, or a whole answer, of a class that was not requested.
    UnexpectedClass => "an instance of an unexpected class",
    /// An endpoint reference without address, resource URI or selectors.
    BadReference => "an endpoint reference that refers to nothing",
    /// More selectors than [`Limits::selectors`](crate::Limits::selectors).
    TooManySelectors => "an endpoint reference with too many selectors",
    /// More properties than [`Limits::instance_properties`](crate::Limits::instance_properties).
    TooManyProperties => "an instance with too many properties",
    /// A method answer without `ReturnValue`.
    NoReturnValue => "a method answer without a return value",
    /// A `ReturnValue` that is not an unsigned 32-bit number.
    BadReturnValue => "a return value that is not a number",
    /// `ReturnValue` 4096 (job started) without a reference to the job.
    NoJobReference => "a started job without a reference to it",
    /// A property that the class requires is missing, null or unreadable.
    BadProperty => "a property that is missing or unreadable",
    /// A selector, key or reference names another object than the requested one.
    WrongInstance => "another instance than the one asked for",
}

/// A [`Violation`] with its context and, where known, its position in the answer.
///
/// Quoted text of the peer is shortened but not sanitised; the code that prints it must do that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    violation: Violation,
    detail: String,
    offset: Option<usize>,
}

impl ProtocolError {
    /// Makes an error for a violation and its context.
    pub(crate) fn new(violation: Violation, detail: impl Into<String>) -> Self {
        Self { violation, detail: shortened(&detail.into(), 400), offset: None }
    }

    /// Adds the byte offset in the decoded answer.
    pub(crate) fn at(mut self, offset: usize) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The violation.
    pub fn violation(&self) -> Violation {
        self.violation
    }

    /// The byte offset in the decoded answer, if known.
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.violation)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if let Some(offset) = self.offset {
            write!(f, " (at byte {offset})")?;
        }
        Ok(())
    }
}

impl std::error::Error for ProtocolError {}

/// The greatest number of characters shown or kept of one text of a peer.
pub(crate) const MOST_TEXT: usize = 4096;

/// Shortens a text of a peer for display, and marks the cut: a reason may be as long as the whole answer.
pub(crate) fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MOST_TEXT).and_then(|(end, _)| text.get(..end)) {
        Some(beginning) => Cow::Owned(format!("{beginning}… (cut, {} bytes in all)", text.len())),
        None => Cow::Borrowed(text),
    }
}

/// The same for an owned text; most are short and stay where they are.
pub(crate) fn short(text: String) -> String {
    if text.len() <= MOST_TEXT { text } else { cut(&text).into_owned() }
}

/// The first 80 characters of a peer's text, for use in an error.
pub(crate) fn excerpt(text: &str) -> String {
    shortened(text, 80)
}

/// Shortens to this number of characters: a name can be as long as the whole answer.
fn shortened(text: &str, characters: usize) -> String {
    let end = text.char_indices().nth(characters).map(|(end, _)| end);
    match end.and_then(|end| text.get(..end)) {
        Some(beginning) => format!("{beginning}…"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character_and_says_so() {
        let longest = "ä".repeat(MOST_TEXT);
        assert!(matches!(cut(&longest), Cow::Borrowed(same) if same == longest));
        assert_eq!(cut(&format!("{longest}b")), format!("{longest}… (cut, 8193 bytes in all)"));
    }
}
