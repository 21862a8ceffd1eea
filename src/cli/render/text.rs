//! Escapes characters that control a terminal, change the direction of text, or are invisible.
//!
//! No character is dropped, so that different texts stay different. Sources: ISO/IEC 6429 (C0, DEL, C1); UAX #9, section 2
//! (directional characters); UAX #44, `Default_Ignorable_Code_Point` (invisible characters).

use std::borrow::Cow;
use std::fmt::Write as _;

/// True for a character that must be escaped. Joiners and variation selectors are included although some scripts and emoji need
/// them: one of these alone can distinguish two names that look the same.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, grapheme joiner, Arabic letter mark, fillers, inherent vowels, Mongolian selectors.
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            // Zero width, directional marks; line and paragraph separators, embeddings and overrides; joiners, invisible
            // operators, isolates.
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            // Fillers, variation selectors, the byte-order mark, annotations.
            | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            // Formats of hieroglyphs, shorthand and music; tags, and more variation selectors.
            | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
        // The last two code points of each plane are noncharacters.
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// The text with every hidden character as an escape: `\n`, `\x1b`, `\u{202e}`.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_hidden(c) && c.is_ascii() => {
                // Writing to a `String` cannot fail.
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if is_hidden(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// An equivalent JSON document without hidden characters: outside strings the only ones are line ends, inside strings they become
/// JSON escapes (RFC 8259, section 7).
pub(crate) fn unsteering_json(document: &str) -> Cow<'_, str> {
    if !document.chars().any(|c| is_hidden(c) && c != '\n') {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 8);
    for c in document.chars() {
        if is_hidden(c) && c != '\n' {
            // Beyond the first plane an escape is a surrogate pair.
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// The text without the user, and perhaps a password, before the host in a URL.
pub(crate) fn without_userinfo(text: &str) -> Cow<'_, str> {
    const AUTHORITY: &str = "://";
    if !text.contains(AUTHORITY) || !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(AUTHORITY) {
        let end = after.find(char::is_whitespace).unwrap_or(after.len());
        let url = after.get(..end).unwrap_or_default();
        // The last `@`: a password may contain an `@`, and also a slash.
        let hidden = url.rfind('@').map_or(0, |at| at + 1);
        shown.extend([before, AUTHORITY, if hidden == 0 { "" } else { HIDDEN }]);
        rest = after.get(hidden..).unwrap_or_default();
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// The text without the passwords in these arguments, which it may quote: `http://USER:PASSWORD@HOST`,
/// `--host=USER:PASSWORD@HOST`.
pub(crate) fn without_secrets_of(arguments: &[String], text: &str) -> String {
    let mut shown = text.to_owned();
    for argument in arguments {
        let given = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => value,
            _ => argument,
        };
        if let Some((user_info, host)) =
            given.rsplit_once('@').filter(|(user_info, _)| user_info.contains(':'))
        {
            let scheme = user_info.split_once("://").map_or("", |(scheme, _)| scheme);
            let authority = if scheme.is_empty() { "" } else { "://" };
            shown = shown.replace(given, &format!("{scheme}{authority}{HIDDEN}{host}"));
        }
    }
    without_userinfo(&shown).into_owned()
}

/// The replacement for user and password.
const HIDDEN: &str = "***@";

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters of each hidden kind, including the first and last of each range.
    fn hidden() -> impl Iterator<Item = char> {
        let controls = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
        let directional = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        let zero_width = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{34f}'];
        let separators = ['\u{2028}', '\u{2029}', '\u{200e}', '\u{200f}', '\u{61c}'];
        let variations = ('\u{fe00}'..='\u{fe0f}').chain(['\u{e0100}', '\u{e01ef}', '\u{180b}', '\u{180f}']);
        let tags = ('\u{e0020}'..='\u{e007f}').chain(['\u{e0001}', '\u{e0fff}']);
        let others = [
            '\u{115f}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{2063}',
            '\u{206f}',
            '\u{fff9}',
            '\u{1d173}',
            '\u{10ffff}',
        ];
        controls
            .chain(directional)
            .chain(zero_width)
            .chain(separators)
            .chain(variations)
            .chain(tags)
            .chain(others)
    }

    #[test]
    fn every_character_that_steers_or_is_not_seen_is_shown_and_not_obeyed() {
        for c in hidden() {
            let text = format!("a{c}b");
            let shown = clean(&text);
            assert!(shown.starts_with("a\\") && shown.ends_with('b'), "{shown:?}");
            assert!(!shown.chars().any(is_hidden), "{shown:?}");
        }
    }

    #[test]
    fn names_that_differ_by_what_is_not_seen_look_different() {
        assert_eq!(clean("web\u{200b}-01"), "web\\u{200b}-01");
        assert_eq!(clean("web-01\u{ad}\u{e0041}"), "web-01\\u{ad}\\u{e0041}");
    }

    #[test]
    fn escapes_are_those_a_programmer_knows() {
        assert_eq!(clean("\x1b[2J\r\n\t\u{9b}\u{202e}\u{7f}"), "\\x1b[2J\\r\\n\\t\\u{9b}\\u{202e}\\x7f");
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        // Visible, although Unicode classes some as format characters: U+0600 and U+110BD precede numbers.
        for text in [
            "web-01",
            "Größe",
            "检查点",
            "a\u{301}",
            "👩💻",
            "\u{600}1",
            "\u{110bd}1",
            "\u{fffd}\u{fffc}",
            "a\u{a0}b",
        ] {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        for (text, shown) in [
            ("http://ops:hush@hv01:5985/wsman", "http://***@hv01:5985/wsman"),
            ("'https://ops:hu/sh@hu?sh@hv01' and http://hush@x", "'https://***@hv01' and http://***@x"),
            ("it is http://hv01 as ops@corp", "it is http://hv01 as ops@corp"),
            ("ops@corp at http://hv01", "ops@corp at http://hv01"),
            ("no url: a@b", "no url: a@b"),
            ("://@", "://***@"),
        ] {
            assert_eq!(without_userinfo(text), shown);
        }
    }

    #[test]
    fn a_password_in_an_argument_is_not_repeated() {
        for (argument, text, shown) in [
            ("http://ops:hu sh@hv01", "found 'http://ops:hu sh@hv01'", "found 'http://***@hv01'"),
            ("--host=ops:hush@hv01", "value 'ops:hush@hv01' for", "value '***@hv01' for"),
            ("ops:hu@sh@hv01", "'ops:hu@sh@hv01'", "'***@hv01'"),
            ("ops@corp", "'ops@corp'", "'ops@corp'"),
            ("--user=CORP:x", "CORP:x", "CORP:x"),
        ] {
            assert_eq!(without_secrets_of(&[argument.to_owned()], text), shown);
        }
    }

    #[test]
    fn json_keeps_its_meaning_and_loses_its_controls() {
        let data = serde_json::json!({ "name": "a\u{9b}2J\u{202e}\u{7f}\x1b\nb", "all": hidden().collect::<String>() });
        let document = serde_json::to_string_pretty(&data).unwrap();
        let shown = unsteering_json(&document);
        assert!(!shown.chars().any(|c| is_hidden(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), data);
        assert_eq!(unsteering_json("\"\u{e0041}\u{200b}\""), r#""\udb40\udc41\u200b""#);
    }
}
