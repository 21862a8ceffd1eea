//! Texts made harmless: characters that steer a terminal or hide the order of a text are shown as escapes.
//!
//! It never drops a character, so two texts that differ still look different. The controls are those of ISO/IEC 6429
//! (C0, DEL, C1) and the directional ones of Unicode's bidirectional algorithm (UAX #9, section 2).

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for a character that must not reach a terminal.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}'
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The text with every steering character as an escape: `\n`, `\x1b`, `\u{202e}`.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if steers(c) && c.is_ascii() => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if steers(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// A JSON document that says the same without any steering character: outside of its strings there is none but the line
/// ends, inside they have a JSON escape.
pub(crate) fn unsteering_json(document: &str) -> Cow<'_, str> {
    if !document.chars().any(|c| steers(c) && c != '\n') {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 8);
    for c in document.chars() {
        if steers(c) && c != '\n' {
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_and_every_directional_character_is_shown_and_not_obeyed() {
        let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
        let directional = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for c in controls.chain(directional).chain(['\u{200e}', '\u{200f}', '\u{61c}']) {
            let text = format!("a{c}b");
            let shown = clean(&text);
            assert!(shown.starts_with("a\\") && shown.ends_with('b'), "{shown:?}");
            assert!(!shown.chars().any(steers), "{shown:?}");
        }
    }

    #[test]
    fn escapes_are_those_a_programmer_knows() {
        assert_eq!(clean("\x1b[2J\r\n\t\u{9b}\u{202e}\u{7f}"), "\\x1b[2J\\r\\n\\t\\u{9b}\\u{202e}\\x7f");
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in ["web-01", "Größe", "检查点", "a\u{301}", "👩‍💻"] {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn json_keeps_its_meaning_and_loses_its_controls() {
        let data = serde_json::json!({ "name": "a\u{9b}2J\u{202e}\u{7f}\x1b\nb" });
        let document = serde_json::to_string_pretty(&data).unwrap();
        let shown = unsteering_json(&document);
        assert!(!shown.chars().any(|c| steers(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), data);
    }
}
