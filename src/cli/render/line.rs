//! A line of output: escaped text, some of it coloured.
//!
//! All text passes through [`clean`]. Escape sequences come only from styles; a stream that is not a terminal drops them.

use std::fmt;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

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
}
