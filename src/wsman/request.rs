//! The head of every request: envelope, addressing and WS-Management headers, in the order of Windows' own client.
//!
//! Exact where a Windows host is strict (MS-WSMV 3.1.4.1): `mustUnderstand` as documented, the anonymous reply address, no
//! `OperationID` (it would switch on robust connections).

use std::{fmt::Write as _, time::Duration};

use crate::{
    soap::{ADDRESSING, ANONYMOUS, MessageId, SOAP},
    wsman::{
        OptionSet, ResourceUri, SelectorSet,
        names::{MICROSOFT, WSMAN},
    },
    xml::{UnwritableText, Writer},
};

/// The values that are the same in all requests of a client.
#[derive(Clone, Debug)]
pub(crate) struct RequestOptions<'o> {
    /// The URL of the service.
    pub(crate) to: &'o str,
    /// The language of texts; a host honours it if the language is installed.
    pub(crate) locale: &'o str,
    /// `w:MaxEnvelopeSize`, in bytes; Windows' own client sends 512000.
    pub(crate) max_envelope_size: u32,
    /// `w:OperationTimeout`: the time for the service to answer; Windows limits it to its `MaxTimeoutms`.
    pub(crate) operation_timeout: Duration,
}

/// The options in wire form, written once and copied into every request.
#[derive(Clone, Debug)]
pub(crate) struct RequestSettings {
    to: String,
    reply_to: String,
    max_envelope_size: String,
    locale: String,
    operation_timeout: String,
    /// `w:OptionSet`, or empty.
    options: String,
}

/// The values that differ from request to request.
pub(crate) struct RequestHead<'a> {
    pub(crate) resource_uri: &'a ResourceUri,
    pub(crate) action: &'a str,
    pub(crate) selectors: &'a SelectorSet,
}

const TRUE: (&str, &str) = ("s:mustUnderstand", "true");
const FALSE: (&str, &str) = ("s:mustUnderstand", "false");

/// The namespaces of every envelope; an exchange appends the ones that it needs.
const DECLARATIONS: [(&str, &str); 4] =
    [("xmlns:s", SOAP), ("xmlns:a", ADDRESSING), ("xmlns:w", WSMAN), ("xmlns:m", MICROSOFT)];

impl RequestSettings {
    pub(crate) fn new(options: &RequestOptions<'_>) -> Result<Self, UnwritableText> {
        let (size, timeout) = (options.max_envelope_size.to_string(), duration(options.operation_timeout));
        let language = ("xml:lang", options.locale);
        Ok(Self {
            to: part(|writer| writer.leaf("a:To", &[], options.to))?,
            reply_to: part(|writer| {
                writer.start("a:ReplyTo", &[]).leaf("a:Address", &[TRUE], ANONYMOUS).end()
            })?,
            max_envelope_size: part(|writer| writer.leaf("w:MaxEnvelopeSize", &[TRUE], &size))?,
            locale: part(|writer| {
                writer.empty("w:Locale", &[language, FALSE]).empty("m:DataLocale", &[language, FALSE])
            })?,
            operation_timeout: part(|writer| writer.leaf("w:OperationTimeout", &[], &timeout))?,
            options: String::new(),
        })
    }

    /// The same, with these options in every request in place of the earlier ones.
    pub(crate) fn with_options(&self, options: &OptionSet) -> Result<Self, UnwritableText> {
        let mut writer = Writer::new();
        options.write(&mut writer);
        Ok(Self { options: writer.finish()?, ..self.clone() })
    }

    /// The same for the service at another URL.
    pub(crate) fn with_to(&self, to: &str) -> Result<Self, UnwritableText> {
        Ok(Self { to: part(|writer| writer.leaf("a:To", &[], to))?, ..self.clone() })
    }

    /// Writes the envelope, the headers and the start of the body; the caller writes the body and finishes.
    pub(crate) fn start(&self, head: &RequestHead<'_>, id: &MessageId, extra: &[(&str, &str)]) -> Writer {
        self.start_part(head, None, id, extra)
    }

    /// The same for a Get or Put of one property of the instance (`w:FragmentTransfer`; DSP0226, section 7.7). The property
    /// name is an expression in XPath Level 1.
    pub(crate) fn start_part(
        &self,
        head: &RequestHead<'_>,
        property: Option<&str>,
        id: &MessageId,
        extra: &[(&str, &str)],
    ) -> Writer {
        let mut writer = Writer::new();
        writer.start_declaring("s:Envelope", &DECLARATIONS, extra).start("s:Header", &[]);
        writer.written(&self.to).leaf("w:ResourceURI", &[TRUE], head.resource_uri.as_str());
        writer.written(&self.reply_to).leaf("a:Action", &[TRUE], head.action);
        writer.written(&self.max_envelope_size).leaf("a:MessageID", &[], id.as_str());
        writer.written(&self.locale);
        if !head.selectors.is_empty() {
            head.selectors.write(&mut writer);
        }
        if let Some(property) = property {
            writer.leaf("w:FragmentTransfer", &[TRUE], property);
        }
        writer.written(&self.options);
        writer.written(&self.operation_timeout).end().start("s:Body", &[]);
        writer
    }
}

/// Writes headers that are the same in every request.
fn part(write: impl FnOnce(&mut Writer) -> &mut Writer) -> Result<String, UnwritableText> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish()
}

/// An xs:duration in the form of Windows: seconds with three decimals.
pub(crate) fn duration(duration: Duration) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(text, "PT{}.{:03}S", duration.as_secs(), duration.subsec_millis());
    text
}
