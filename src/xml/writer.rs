//! The writer: prefixes as given, no XML declaration, no added white space, the same bytes for the same calls.
//!
//! Namespaces are not checked, because callers write fixed vocabularies. A text with a character that XML 1.0 cannot contain is
//! an error at the end. Follows XML 1.0, sections 2.2 and 2.4.

use std::ops::Range;

/// Writes one document into memory.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: String,
    /// The positions of the names of the open elements in the output, outermost first.
    open: Vec<Range<usize>>,
    /// The first text that XML cannot contain.
    unwritable: Option<UnwritableText>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { out: String::with_capacity(4096), open: Vec::with_capacity(8), ..Self::default() }
    }

    /// Opens `name` with attributes in the order given; namespace declarations are attributes too.
    pub(crate) fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start_declaring(name, attributes, &[])
    }

    /// The same, with shared namespace declarations before those of this element.
    pub(crate) fn start_declaring(
        &mut self,
        name: &str,
        common: &[(&str, &str)],
        own: &[(&str, &str)],
    ) -> &mut Self {
        let at = self.out.len() + 1;
        self.tag(name, common);
        self.attributes(own);
        self.out.push('>');
        self.open.push(at..at + name.len());
        self
    }

    /// Closes the innermost open element.
    pub(crate) fn end(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.extend_from_within(name);
            self.out.push('>');
        }
        self
    }

    /// Writes an element without content.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.tag(name, attributes);
        self.out.push_str("/>");
        self
    }

    /// Writes an element that contains text only.
    pub(crate) fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> &mut Self {
        self.start(name, attributes).text(text).end()
    }

    /// Writes a text, escaped.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.escape(text, false);
        self
    }

    /// Writes the markup of another writer unchanged.
    pub(crate) fn written(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Closes the open elements and returns the document.
    pub(crate) fn finish(mut self) -> Result<String, UnwritableText> {
        while !self.open.is_empty() {
            self.end();
        }
        match self.unwritable {
            None => Ok(self.out),
            Some(error) => Err(error),
        }
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(attributes);
    }

    fn attributes(&mut self, attributes: &[(&str, &str)]) {
        for (attribute, value) in attributes {
            self.out.push(' ');
            self.out.push_str(attribute);
            self.out.push_str("=\"");
            self.escape(value, true);
            self.out.push('"');
        }
    }

    fn escape(&mut self, text: &str, attribute: bool) {
        // Most texts need no escape.
        if !any(text.as_bytes(), may_need_escape) {
            self.out.push_str(text);
            return;
        }
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' if attribute => self.out.push_str("&quot;"),
                // Without the reference, a reader would normalise it away.
                '\r' => self.out.push_str("&#13;"),
                '\n' if attribute => self.out.push_str("&#10;"),
                '\t' if attribute => self.out.push_str("&#9;"),
                '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => {
                    self.out.push(character);
                }
                other => {
                    self.unwritable.get_or_insert(UnwritableText { character: other });
                }
            }
        }
    }
}

/// True if `is` holds for any byte.
#[inline]
fn any(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    // No early exit, so that the compiler can vectorise.
    let among = |some: &[u8]| some.iter().fold(false, |found, byte| found | is(*byte));
    match bytes.last_chunk::<16>() {
        // The last chunk overlaps the one before it, so no single bytes remain.
        Some(last) => [bytes.as_chunks::<16>().0.as_flattened(), last].into_iter().any(among),
        None => bytes.iter().any(|byte| is(*byte)),
    }
}

/// True if the byte may belong to a character that is escaped or that XML cannot contain (U+FFFE and U+FFFF begin with 0xEF).
fn may_need_escape(byte: u8) -> bool {
    // Branch-free, so that the compiler can vectorise.
    [b'&', b'<', b'>', b'"', 0xEF].into_iter().fold(byte < b' ', |found, special| found | (byte == special))
}

/// A text contains a character that XML 1.0 cannot contain, not even escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the character U+{:04X} cannot be sent in XML", u32::from(*.character))]
pub struct UnwritableText {
    character: char,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_calls_give_the_same_bytes_with_markup_escaped() {
        let mut writer = Writer::new();
        writer
            .start("s:a", &[("xmlns:s", "urn:x&y")])
            .leaf("s:b", &[("n", "1 < \"2\"\n")], "a<b>&\"c\"\r")
            .empty("s:c", &[]);
        assert_eq!(
            writer.finish().unwrap(),
            "<s:a xmlns:s=\"urn:x&amp;y\"><s:b n=\"1 &lt; &quot;2&quot;&#10;\">a&lt;b&gt;&amp;\"c\"&#13;</s:b><s:c/></s:a>"
        );
    }

    #[test]
    fn every_character_is_written_the_same_alone_and_among_others() {
        for character in ('\0'..='\u{2ff}').chain('\u{d7f0}'..='\u{ffff}').chain(['\u{10000}', '\u{10ffff}'])
        {
            let written = |text: &str| {
                let mut writer = Writer::new();
                writer.leaf("a", &[("b", text)], text);
                writer.finish().map(|text| text.len()).map_err(|error| error.character)
            };
            let (alone, among) = (written(&character.to_string()), written(&format!("{character}\"")));
            // A quotation mark is one byte in a text and six in an attribute.
            assert_eq!(alone.map(|length| length + 7), among, "{character:?}");
        }
    }

    #[test]
    fn a_character_that_xml_cannot_carry_is_refused_not_dropped() {
        let mut writer = Writer::new();
        writer.leaf("a", &[], "x\u{0}y");
        assert_eq!(writer.finish().unwrap_err().to_string(), "the character U+0000 cannot be sent in XML");
    }
}
