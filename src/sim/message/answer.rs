//! The envelope of an answer: declarations and headers as recorded, then the body.
//!
//! `p` is bound to Microsoft's namespace here and to the class on the body's element: a reader that compares prefixes instead of
//! namespaces fails on it, as on a real host. Headers never have `mustUnderstand`. One line, no XML declaration.

use super::names::{ANONYMOUS, ns};
use crate::xml::{UnwritableText, Writer};

/// The set of prefixes that the envelope declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// Get and Invoke.
    Transfer,
    /// Enumerate, Pull and Release.
    Enumeration,
    /// Faults.
    Fault,
}

/// An answer whose body is being written.
pub(crate) struct Answer(Writer);

impl Answer {
    /// Writes the headers and opens the body.
    pub(crate) fn begin(
        vocabulary: Vocabulary,
        action: &str,
        message_id: &str,
        relates_to: Option<&str>,
        not_understood: Option<(&str, &str)>,
    ) -> Self {
        let mut attributes = vec![("xml:lang", "en-US"), ("xmlns:s", ns::SOAP), ("xmlns:a", ns::ADDRESSING)];
        attributes.extend(match vocabulary {
            Vocabulary::Transfer => {
                vec![("xmlns:x", ns::TRANSFER), ("xmlns:w", ns::WSMAN), ("xmlns:p", ns::MICROSOFT)]
            }
            Vocabulary::Enumeration => vec![("xmlns:n", ns::ENUMERATION), ("xmlns:w", ns::WSMAN)],
            Vocabulary::Fault => vec![
                ("xmlns:x", ns::TRANSFER),
                ("xmlns:e", ns::EVENTING),
                ("xmlns:n", ns::ENUMERATION),
                ("xmlns:w", ns::WSMAN),
                ("xmlns:p", ns::MICROSOFT),
            ],
        });
        let mut writer = Writer::new();
        writer.start("s:Envelope", &attributes).start("s:Header", &[]);
        match not_understood {
            // A prefix cannot be bound to an empty namespace.
            Some(("", local)) => {
                writer.empty("s:NotUnderstood", &[("qname", local)]);
            }
            Some((namespace, local)) => {
                let name = format!("h:{local}");
                writer.empty("s:NotUnderstood", &[("qname", &name), ("xmlns:h", namespace)]);
            }
            None => {}
        }
        writer.leaf("a:Action", &[], action).leaf("a:MessageID", &[], message_id);
        writer.leaf("a:To", &[], ANONYMOUS);
        if let Some(id) = relates_to {
            writer.leaf("a:RelatesTo", &[], id);
        }
        writer.end().start("s:Body", &[]);
        Self(writer)
    }

    /// The writer of the body.
    pub(crate) fn body(&mut self) -> &mut Writer {
        &mut self.0
    }

    /// The document.
    pub(crate) fn finish(self) -> Result<String, UnwritableText> {
        self.0.finish()
    }
}
