//! A line of output: escaped text, some of it coloured.
//!
//! All text passes through [`clean`]. Escape sequences come only from styles; a stream that is not a terminal drops them.

use std::fmt;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::clean;

/// The styles in use.
pub(crate) mod style {
    use anstyle::{AnsiColor, Style};

    /// Without style.
    pub(crate) const PLAIN: Style = Style::new();
    /// Names and headings.
    pub(crate) const STRONG: Style = Style::new().bold();
    /// Minor details.
    pub(crate) const FAINT: Style = Style::new().dimmed();
    /// Success.
    pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
    /// Loss and errors.
    pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
    /// Needs attention.
    pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default();
}

/// One line of text, without its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line(Vec<(Style, String)>);

impl Line {
    /// An empty line.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A line of plain text.
    pub(crate) fn plain(text: impl fmt::Display) -> Self {
        Self::new().text(text)
    }

    /// Adds plain text.
    #[must_use]
    pub(crate) fn text(self, text: impl fmt::Display) -> Self {
        self.styled(style::PLAIN, text)
    }

    /// Adds text in a style.
    #[must_use]
    pub(crate) fn styled(mut self, style: Style, text: impl fmt::Display) -> Self {
        let text = clean(&text.to_string()).into_owned();
        if !text.is_empty() {
            self.0.push((style, text));
        }
        self
    }

    /// Adds the pieces of another line.
    #[must_use]
    pub(crate) fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Adds spaces up to a width.
    #[must_use]
    pub(crate) fn pad(self, width: usize) -> Self {
        let blanks = width.saturating_sub(self.width());
        self.text(" ".repeat(blanks))
    }

    /// The width in terminal columns.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// The line in at most `width` columns: `…` stands for what is left out of the middle, never within the first piece if
    /// `keeps_first`.
    #[must_use]
    pub(crate) fn shortened(&self, width: usize, keeps_first: bool) -> Self {
        if self.width() <= width {
            return self.clone();
        }
        let (first, rest) = match self.0.split_first() {
            Some((first, rest)) if keeps_first && !rest.is_empty() => (Some(first.clone()), rest),
            _ => (None, self.0.as_slice()),
        };
        let room = width.saturating_sub(first.as_ref().map_or(0, |(_, text)| text.width()) + 1);
        let characters: Vec<(Style, &str)> =
            rest.iter().flat_map(|(style, text)| characters(text).map(|text| (*style, text))).collect();
        // The beginning tells names apart more often than the end.
        let mut head = fitting(characters.iter(), room.div_ceil(2));
        let tail = fitting(characters.iter().skip(head).rev(), room - columns(characters.iter().take(head)));
        head += fitting(
            characters.iter().skip(head),
            room - columns(characters.iter().take(head)) - columns(characters.iter().rev().take(tail)),
        );
        let mut line = Self(Vec::from_iter(first));
        let pieces = |line: &mut Self, from: usize, to: usize| {
            for (style, text) in characters.iter().take(to).skip(from) {
                match line.0.last_mut() {
                    Some((last, known)) if last == style => known.push_str(text),
                    _ => line.0.push((*style, (*text).to_owned())),
                }
            }
        };
        pieces(&mut line, 0, head);
        line.0.push((style::CAUTION, "…".to_owned()));
        pieces(&mut line, characters.len() - tail, characters.len());
        line
    }

    /// The line in lines of at most `width` columns, broken at spaces; a longer word is not broken.
    pub(crate) fn wrapped(&self, width: usize) -> Vec<Self> {
        let mut lines = vec![Self::new()];
        for (style, text) in &self.0 {
            for word in text.split_inclusive(' ') {
                let is_full =
                    |line: &Self| !line.is_empty() && line.width() + word.trim_end().width() > width;
                match lines.last_mut() {
                    Some(line) if !is_full(line) => line.0.push((*style, word.to_owned())),
                    _ => lines.push(Self(vec![(*style, word.to_owned())])),
                }
            }
        }
        lines
    }

    /// The first piece's width, if others follow.
    pub(crate) fn first_width(&self) -> usize {
        match self.0.as_slice() {
            [(_, first), _, ..] => first.width(),
            _ => 0,
        }
    }

    /// True for a line without text.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The line without trailing spaces, with its styles.
    fn pieces(&self) -> impl Iterator<Item = (Style, &str)> {
        let blank = |(_, text): &(Style, String)| text.trim_end().is_empty();
        let last = self.0.iter().rposition(|piece| !blank(piece));
        self.0.iter().enumerate().take(last.map_or(0, |last| last + 1)).map(move |(index, (style, text))| {
            (*style, if Some(index) == last { text.trim_end() } else { text.as_str() })
        })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (style, text) in self.pieces() {
            write!(f, "{style}{text}{style:#}")?;
        }
        Ok(())
    }
}

/// The characters of a text, each with the marks that combine with it.
fn characters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let starts = |(at, c): &(usize, char)| *at > 0 && c.width() != Some(0);
        let end = rest.char_indices().find(starts).map_or(rest.len(), |(at, _)| at);
        let (character, after) = rest.split_at_checked(end).filter(|(character, _)| !character.is_empty())?;
        rest = after;
        Some(character)
    })
}

fn columns<'c>(characters: impl Iterator<Item = &'c (Style, &'c str)>) -> usize {
    characters.map(|(_, text)| text.width()).sum()
}

/// The number of characters from the start that fit into a width.
fn fitting<'c>(characters: impl Iterator<Item = &'c (Style, &'c str)>, width: usize) -> usize {
    let mut left = width;
    let fits = |(_, text): &&(Style, &str)| match left.checked_sub(text.width()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    characters.take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_bring_its_own_escape_sequence() {
        let line = Line::new().styled(style::BAD, "\x1b[2Jx").text("\r\n");
        assert_eq!(line.to_string(), "\x1b[1m\x1b[31m\\x1b[2Jx\x1b[0m\\r\\n");
    }

    #[test]
    fn widths_are_columns_and_not_bytes() {
        assert_eq!(Line::plain("检查点").width(), 6);
        assert_eq!(Line::plain("é\u{1b}").width(), 5);
        assert_eq!(Line::plain("检查").pad(6).text("|").to_string(), "检查  |");
    }

    #[test]
    fn blanks_at_the_end_are_not_written() {
        assert_eq!(Line::plain("a").pad(9).to_string(), "a");
        assert_eq!(Line::new().pad(9).to_string(), "");
    }

    #[test]
    fn a_shortened_line_shows_both_ends_and_breaks_no_character() {
        let plain = |line: Line| anstream::adapter::strip_str(&line.to_string()).to_string();
        let short = |text: &str, width| plain(Line::plain(text).shortened(width, false));
        assert_eq!(short("production-database", 19), "production-database");
        assert_eq!(short("production-database", 9), "prod…base");
        assert_eq!(short("检查点检查点", 7), "检…查点");
        assert_eq!(short("检查点检查点", 6), "检…点");
        // The mark stays with its letter.
        assert_eq!(short("e\u{301}e\u{301}e\u{301}e\u{301}", 3), "e\u{301}…e\u{301}");
        for text in ["production-database", "检查点检查点", "a检b查c点", "👩👩👩👩"] {
            for width in 1..20 {
                let line = Line::plain(text).shortened(width, false);
                assert!(line.width() <= width, "{text} in {width}: {line}");
                assert_eq!(plain(line).contains('…'), Line::plain(text).width() > width, "{text} in {width}");
            }
        }
        let branch = Line::new().styled(style::FAINT, "│   └── ").text("production");
        assert_eq!(plain(branch.shortened(13, true)), "│   └── pr…on");
        assert_eq!(plain(branch.shortened(4, true)), "│   └── …", "branches are never broken");
    }

    #[test]
    fn a_wrapped_line_is_broken_at_spaces_only() {
        let texts = |line: Line, width| -> Vec<String> {
            line.wrapped(width)
                .iter()
                .map(|line| anstream::adapter::strip_str(&line.to_string()).to_string())
                .collect()
        };
        let line = || Line::plain("a merge job of").styled(style::BAD, " C:\\VMs\\web-01.vhdx has failed");
        assert_eq!(texts(line(), 80), ["a merge job of C:\\VMs\\web-01.vhdx has failed"]);
        assert_eq!(texts(line(), 12), ["a merge job", "of", "C:\\VMs\\web-01.vhdx", "has failed"]);
        assert_eq!(texts(Line::new(), 12), [""]);
    }
}
