//! The head of every request: envelope, addressing and WS-Management headers, in the order of Windows' own client.
//!
//! Strict where a Windows host is strict (MS-WSMV 3.1.4.1): `mustUnderstand` as documented, the anonymous reply
//! address, no `OperationID` (it would switch on robust connections). It never makes an identifier or reads a clock.

use std::{fmt::Write as _, time::Duration};

use crate::{
    soap::{ADDRESSING, ANONYMOUS, MessageId, SOAP},
    wsman::{
        OptionSet, ResourceUri, SelectorSet,
        names::{MICROSOFT, WSMAN},
    },
    xml::{UnwritableText, Writer},
};

/// What is the same in all requests of a client, in values.
#[derive(Clone, Debug)]
pub(crate) struct RequestOptions<'o> {
    /// The URL posted to.
    pub(crate) to: &'o str,
    /// Language of the texts asked for; a host honours it if it has that language installed.
    pub(crate) locale: &'o str,
    /// `w:MaxEnvelopeSize`, in bytes; 512000 is what Windows' own client sends.
    pub(crate) max_envelope_size: u32,
    /// `w:OperationTimeout`: how long the service may take; Windows lowers it to its `MaxTimeoutms`.
    pub(crate) operation_timeout: Duration,
}

/// The same, written once and copied into every request.
#[derive(Clone, Debug)]
pub(crate) struct RequestSettings {
    to: String,
    reply_to: String,
    max_envelope_size: String,
    locale: String,
    operation_timeout: String,
    /// `w:OptionSet`, or nothing.
    options: String,
}

/// What differs from request to request.
pub(crate) struct RequestHead<'a> {
    pub(crate) resource_uri: &'a ResourceUri,
    pub(crate) action: &'a str,
    pub(crate) selectors: &'a SelectorSet,
}

const TRUE: (&str, &str) = ("s:mustUnderstand", "true");
const FALSE: (&str, &str) = ("s:mustUnderstand", "false");

/// The namespaces of every envelope; what an exchange needs besides comes after them.
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

    /// The same with these options in every request, instead of those before.
    pub(crate) fn with_options(&self, options: &OptionSet) -> Result<Self, UnwritableText> {
        let mut writer = Writer::new();
        options.write(&mut writer);
        Ok(Self { options: writer.finish()?, ..self.clone() })
    }

    /// Writes envelope, headers and the opening of the body; the caller writes the body and finishes.
    pub(crate) fn start(&self, head: &RequestHead<'_>, id: &MessageId, extra: &[(&str, &str)]) -> Writer {
        self.start_part(head, None, id, extra)
    }

    /// The same for a Get or Put of one property of the instance (`w:FragmentTransfer`; DSP0226, section 7.7): its name is an
    /// expression in XPath Level 1.
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

/// A header or two that are always the same.
fn part(write: impl FnOnce(&mut Writer) -> &mut Writer) -> Result<String, UnwritableText> {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish()
}

/// The form of an xs:duration that Windows writes: seconds with three digits.
pub(crate) fn duration(duration: Duration) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "PT{}.{:03}S", duration.as_secs(), duration.subsec_millis());
    text
}
