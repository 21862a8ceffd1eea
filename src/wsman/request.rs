//! The head of every request: envelope, addressing and WS-Management headers, in the order of Windows' own client.
//!
//! Strict where a Windows host is strict (MS-WSMV 3.1.4.1): `mustUnderstand` as documented, the anonymous reply
//! address, no `OperationID` (it would switch on robust connections). It never makes an identifier or reads a clock.

use std::{fmt::Write as _, time::Duration};

use crate::{
    soap::{ADDRESSING, ANONYMOUS, MessageId, SOAP},
    wsman::{
        ResourceUri, SelectorSet,
        names::{MICROSOFT, WSMAN},
    },
    xml::Writer,
};

/// What is the same in all requests of a client.
#[derive(Clone, Debug)]
pub(crate) struct RequestSettings {
    /// The URL posted to.
    pub(crate) to: String,
    /// Language of the texts asked for; a host honours it if it has that language installed.
    pub(crate) locale: String,
    /// `w:MaxEnvelopeSize`, in bytes; 512000 is what Windows' own client sends.
    pub(crate) max_envelope_size: u32,
    /// `w:OperationTimeout`: how long the service may take; Windows lowers it to its `MaxTimeoutms`.
    pub(crate) operation_timeout: Duration,
}

/// What differs from request to request.
pub(crate) struct RequestHead<'a> {
    pub(crate) resource_uri: &'a ResourceUri,
    pub(crate) action: &'a str,
    pub(crate) selectors: &'a SelectorSet,
}

const TRUE: (&str, &str) = ("s:mustUnderstand", "true");
const FALSE: (&str, &str) = ("s:mustUnderstand", "false");

impl RequestSettings {
    /// Writes envelope, headers and the opening of the body; the caller writes the body and finishes.
    pub(crate) fn start(&self, head: &RequestHead<'_>, id: &MessageId, extra: &[(&str, &str)]) -> Writer {
        let mut writer = Writer::new();
        let mut declarations =
            vec![("xmlns:s", SOAP), ("xmlns:a", ADDRESSING), ("xmlns:w", WSMAN), ("xmlns:m", MICROSOFT)];
        declarations.extend_from_slice(extra);
        writer.start("s:Envelope", &declarations);
        writer.start("s:Header", &[]);
        writer.leaf("a:To", &[], &self.to);
        writer.leaf("w:ResourceURI", &[TRUE], head.resource_uri.as_str());
        writer.start("a:ReplyTo", &[]).leaf("a:Address", &[TRUE], ANONYMOUS).end();
        writer.leaf("a:Action", &[TRUE], head.action);
        writer.leaf("w:MaxEnvelopeSize", &[TRUE], &self.max_envelope_size.to_string());
        writer.leaf("a:MessageID", &[], id.as_str());
        writer.empty("w:Locale", &[("xml:lang", &self.locale), FALSE]);
        writer.empty("m:DataLocale", &[("xml:lang", &self.locale), FALSE]);
        if !head.selectors.is_empty() {
            head.selectors.write(&mut writer);
        }
        writer.leaf("w:OperationTimeout", &[], &duration(self.operation_timeout));
        writer.end();
        writer.start("s:Body", &[]);
        writer
    }
}

/// The form of an xs:duration that Windows writes: seconds with three digits.
pub(crate) fn duration(duration: Duration) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "PT{}.{:03}S", duration.as_secs(), duration.subsec_millis());
    text
}
