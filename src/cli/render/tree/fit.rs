//! Text that fits a box, without the font: widths are estimates for a wide and bold sans-serif font.

use unicode_width::UnicodeWidthChar;

/// A character without a width of its own.
const MARK: i64 = 40;

/// The width of a character in thousandths of the size of the font.
fn width_of(c: char) -> i64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '/' | '\\' | ' ' => 390,
        'f' | 'r' | 't' | '-' | '(' | ')' | '[' | ']' | '!' | '"' | '·' => 490,
        'm' | 'M' | 'W' | '@' | '%' | '…' => 1080,
        'A'..='Z' | 'w' | '+' | '=' | '<' | '>' | '~' | '&' | '#' => 840,
        c => match c.width() {
            // So that a heap of marks does not fit everywhere.
            None | Some(0) => MARK,
            Some(1) => 700,
            // Emoji are wider than ideographs.
            Some(_) if c >= '\u{1f000}' => 1400,
            Some(_) => 1050,
        },
    }
}

/// The width of a text in pixels, in a font of `size`.
pub(super) fn width(text: &str, size: i64) -> i64 {
    text.chars().map(width_of).sum::<i64>() * size / 1000
}

/// The text, with `…` in place of its middle if it is wider than `most` pixels: names often differ at their ends.
pub(super) fn fitted(text: &str, size: i64, most: i64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let room = (most * 1000 / size.max(1) - width_of('…')).max(0);
    let tail = bytes_within(text.char_indices().rev(), room * 4 / 10).and_then(|tail| text.get(tail..));
    // A mark that combines with what is left out would sit on the dots.
    let tail = tail.unwrap_or_default().trim_start_matches(is_mark);
    format!("{}…{}", head(text, room * 6 / 10).trim_end(), tail.trim_start())
}

/// What fits of the beginning, without a last character that has lost its marks.
fn head(text: &str, room: i64) -> &str {
    let end = bytes_within(text.char_indices().map(|(at, c)| (at + c.len_utf8(), c)), room).unwrap_or(0);
    let (head, rest) = text.split_at_checked(end).unwrap_or_default();
    if !rest.starts_with(is_mark) {
        return head;
    }
    let mut chars = head.trim_end_matches(is_mark).chars();
    chars.next_back();
    chars.as_str()
}

fn is_mark(c: char) -> bool {
    width_of(c) == MARK
}

/// The last place of those whose characters fit together.
fn bytes_within(places: impl Iterator<Item = (usize, char)>, room: i64) -> Option<usize> {
    let mut used = 0;
    let within = places.take_while(|(_, c)| {
        used += width_of(*c);
        used <= room
    });
    within.last().map(|(place, _)| place)
}

/// The text on one line, or on two, which are cut if need be.
pub(super) fn two_lines(text: &str, size: i64, most: i64) -> Vec<String> {
    if width(text, size) <= most {
        return vec![text.to_owned()];
    }
    let room = most * 1000 / size.max(1);
    let all = head(text, room);
    let end = all.len();
    // At a blank, if one is in the second half.
    let blank = all.rfind(' ').filter(|blank| *blank > end / 2).unwrap_or(end);
    let (first, second) = (text.get(..blank).unwrap_or_default(), text.get(blank..).unwrap_or_default());
    vec![first.trim_end().to_owned(), fitted(second.trim_start(), size, most)]
}

/// The text, with `…` in place of its middle if it has more than `most` columns.
pub(super) fn shortened(text: &str, most: i64) -> String {
    // An ordinary character as wide as the font is large: columns, roughly.
    fitted(text, 1000, most * 700)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_stays_and_another_keeps_its_ends() {
        assert_eq!(fitted("base", 14, 200), "base");
        let long = "Backup of web-01 before the upgrade of the shop to version 12 (3/9/2026 - 2:00:00 AM)";
        let short = fitted(long, 14, 200);
        assert!(short.starts_with("Backup of") && short.ends_with("00 AM)"), "{short}");
        assert!(width(&short, 14) <= 200);
        assert_eq!(fitted("x", 14, 0), "…");
        assert_eq!(fitted("", 14, 0), "");
    }

    #[test]
    fn wide_characters_count_and_marks_stay_with_their_letter() {
        let wide = "检查点".repeat(20);
        let short = fitted(&wide, 14, 200);
        assert!((8..=13).contains(&short.chars().count()), "{short}");
        let marks = "e\u{301}".repeat(200);
        for most in 20..60 {
            let short = fitted(&marks, 14, most);
            assert!(short.starts_with("e\u{301}") || short.starts_with('…'), "{short:?}");
            assert!(short.ends_with(['\u{301}', '…']) && !short.contains("…\u{301}"), "{short:?}");
        }
    }

    #[test]
    fn a_longer_text_takes_two_lines_broken_at_a_blank() {
        let lines = two_lines("web-01 - (10/5/2026 - 4:23:50 AM)", 14, 180);
        assert_eq!(lines, ["web-01 - (10/5/2026 -", "4:23:50 AM)"]);
        let lines = two_lines(&"x".repeat(60), 14, 200);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].contains('…'), "{lines:?}");
        assert_eq!(two_lines("", 14, 200), [""]);
    }
}
