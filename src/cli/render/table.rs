//! Aligned tables: each column is as wide as its widest cell, with two spaces between columns.
//!
//! Cells are never truncated, because part of a name or an id is useless. A cell wider than a terminal does not widen its
//! column; the rest of its row is not aligned.

use super::{Line, style};

/// Rows of cells, with headings.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<Line>>,
}

const GAP: &str = "  ";
/// The greatest width of an aligned column.
const WIDEST: usize = 320;

impl Table {
    /// A table with these headings; without a heading line if there are none.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Line>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines of the table.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let heading: Vec<Line> =
            self.headings.iter().map(|text| Line::new().styled(style::FAINT, text)).collect();
        let all: Vec<&Vec<Line>> =
            std::iter::once(&heading).filter(|row| !row.is_empty()).chain(&self.rows).collect();
        let columns = all.iter().map(|row| row.len()).max().unwrap_or(0);
        let width = |column| {
            let cells = all.iter().filter_map(|row| row.get(column));
            cells.map(Line::width).max().unwrap_or(0).min(WIDEST)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        all.iter().map(|row| line(row, &widths)).collect()
    }
}

/// One row. An empty column takes no space.
fn line(row: &[Line], widths: &[usize]) -> Line {
    let (mut line, mut blanks) = (Line::new(), 0);
    for (column, (cell, width)) in row.iter().zip(widths).filter(|(_, width)| **width > 0).enumerate() {
        if column > 0 {
            blanks += GAP.len();
        }
        if !cell.is_empty() {
            line = line.text(" ".repeat(blanks)).join(cell.clone());
            blanks = 0;
        }
        blanks += width.saturating_sub(cell.width());
    }
    line
}

/// Names and values in two columns, to describe one object.
pub(crate) fn facts(facts: impl IntoIterator<Item = (&'static str, Line)>) -> Vec<Line> {
    let mut table = Table::new(&[]);
    for (name, value) in facts {
        if !value.is_empty() {
            table.row([Line::plain(GAP).styled(style::FAINT, name), value]);
        }
    }
    table.lines()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| anstream::adapter::strip_str(&line.to_string()).to_string()).collect()
    }

    #[test]
    fn columns_are_aligned_by_the_width_that_is_seen() {
        let mut table = Table::new(&["NAME", "ID"]);
        table.row([Line::plain("检查点"), Line::plain("1")]);
        table.row([Line::plain("web"), Line::plain("2")]);
        assert_eq!(texts(&table.lines()), ["NAME    ID", "检查点  1", "web     2"]);
    }

    #[test]
    fn one_very_wide_cell_is_shown_whole_and_widens_no_other() {
        let wide = "x".repeat(10_000);
        let mut table = Table::new(&[]);
        table.row([Line::plain(&wide), Line::plain("1")]);
        table.row([Line::plain("web"), Line::new(), Line::plain("2")]);
        let lines = texts(&table.lines());
        assert_eq!(lines[0], format!("{wide}  1"));
        assert_eq!(lines[1], format!("web{}2", " ".repeat(WIDEST - 3 + 2 + 1 + 2)));
    }

    #[test]
    fn facts_without_a_value_are_left_out() {
        let lines = facts([("id", Line::plain("1")), ("name", Line::new()), ("state", Line::plain("off"))]);
        assert_eq!(texts(&lines), ["  id     1", "  state  off"]);
    }
}
