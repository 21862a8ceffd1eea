//! Aligned tables that fit the terminal, with two spaces between columns.
//!
//! A [`Column`] says what may happen to its cells. On a terminal that is too narrow, names are shortened in the middle; if that
//! is not enough, the last columns continue on a second line. An id is never shortened. Where there is no terminal, all cells are
//! whole. A cell much wider than the others of its column does not widen it; the rest of its row is not aligned.

use super::{Line, style};

/// The room for a table, and how much it shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The columns of the terminal; `None` without one.
    pub(crate) width: Option<usize>,
    /// True to show ids, and all cells whole.
    pub(crate) wide: bool,
}

impl Layout {
    /// All cells, whole, on one line.
    pub(crate) const WIDE: Self = Self { width: None, wide: true };

    /// The room, if cells must fit.
    fn room(self) -> Option<usize> {
        self.width.filter(|_| !self.wide)
    }
}

/// A column: its heading, and what may happen to its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    heading: &'static str,
    role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Name,
    Branch,
    Text,
    Id,
}

impl Column {
    /// A name or a path; shortened in the middle if there is not enough room.
    pub(crate) const fn name(heading: &'static str) -> Self {
        Self { heading, role: Role::Name }
    }

    /// A name behind the branches of a tree, which are its first piece and are never shortened.
    pub(crate) const fn branch(heading: &'static str) -> Self {
        Self { heading, role: Role::Branch }
    }

    /// A state, a time, a number, or an id that is always shown; never shortened.
    pub(crate) const fn text(heading: &'static str) -> Self {
        Self { heading, role: Role::Text }
    }

    /// An id: shown with `--wide` only, never shortened.
    pub(crate) const fn id(heading: &'static str) -> Self {
        Self { heading, role: Role::Id }
    }

    fn can_be_shortened(self) -> bool {
        matches!(self.role, Role::Name | Role::Branch)
    }
}

/// Rows of cells, with headings.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Line>>,
}

/// A table as it is printed.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) lines: Vec<Line>,
    /// How to see what was shortened; `None` if nothing was.
    pub(crate) remark: Option<Line>,
}

impl From<Vec<Line>> for Shown {
    fn from(lines: Vec<Line>) -> Self {
        Self { lines, remark: None }
    }
}

const GAP: &str = "  ";
/// The greatest width of an aligned column.
const WIDEST: usize = 320;
/// A name this short is not shortened further.
const SHORTEST: usize = 12;
/// So much of a long name is shown where there is room, whatever the width of the others.
const LONG: usize = 32;
/// Up to this width a name widens its column, however short the others are.
const USUAL: usize = 56;

impl Table {
    /// A table with these columns; without a line of headings if they are all empty.
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Line>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines of the table, all cells whole.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.shown(Layout::WIDE).lines
    }

    /// The lines of the table in a layout; none without rows.
    pub(crate) fn shown(&self, layout: Layout) -> Shown {
        if self.rows.is_empty() {
            return Shown { lines: Vec::new(), remark: None };
        }
        let is_shown = |column: &Column| layout.wide || column.role != Role::Id;
        let count = self.rows.iter().map(Vec::len).chain([self.columns.len()]).max().unwrap_or(0);
        let all = (0..count).map(|at| (at, self.columns.get(at).copied().unwrap_or(Column::text(""))));
        let columns: Vec<Sized<'_>> = all
            .filter(|(_, column)| is_shown(column))
            .map(|(at, column)| Sized::new(column, self.rows.iter().map(|row| row.get(at)).collect()))
            .filter(|column| column.width > 0)
            .collect();
        let groups = grouped(columns, layout.room());
        let (mut lines, mut is_shortened) = (Vec::new(), false);
        let has_headings = self.columns.iter().any(|column| !column.heading.is_empty());
        let headings = std::iter::once(None).filter(|_| has_headings);
        for row in headings.chain((0..self.rows.len()).map(Some)) {
            for (at, group) in groups.iter().enumerate() {
                let indent = if at == 0 { 0 } else { GAP.len() };
                let room = layout.room().map(|room| room.saturating_sub(indent));
                let (line, shortened) = group_line(group, row, room);
                is_shortened |= shortened;
                if at == 0 || !line.is_empty() {
                    lines.push(Line::plain(" ".repeat(indent)).join(line));
                }
            }
        }
        let remark = "Names with … are shortened; --wide shows them whole, with ids.";
        Shown { lines, remark: is_shortened.then(|| Line::plain(remark)) }
    }
}

/// A column with its cells and its width.
struct Sized<'t> {
    column: Column,
    cells: Vec<Option<&'t Line>>,
    width: usize,
    /// The width that it needs at least.
    least: usize,
    /// The width up to which it shows more of a long name, where there is room.
    most: usize,
}

impl<'t> Sized<'t> {
    fn new(column: Column, cells: Vec<Option<&'t Line>>) -> Self {
        let mut widths: Vec<usize> = cells.iter().flatten().map(|cell| cell.width()).collect();
        widths.sort_unstable();
        let heading = Line::plain(column.heading).width();
        let (longest, middle) =
            (widths.last().copied().unwrap_or(0), widths.get(widths.len().saturating_sub(1) / 2));
        let limit = match column.can_be_shortened() {
            true => middle.copied().unwrap_or(0).saturating_mul(2).clamp(USUAL, WIDEST),
            false => WIDEST,
        };
        let usual = widths.into_iter().filter(|width| *width <= limit).max().unwrap_or(0).max(heading);
        let width = if longest == 0 { heading } else { usual.max(1) };
        let branches = match column.role {
            Role::Branch => cells.iter().flatten().map(|cell| cell.first_width()).max().unwrap_or(0),
            _ => 0,
        };
        let of_name = |length: usize| if column.can_be_shortened() { branches + length } else { width };
        let (least, most) = (width.min(of_name(SHORTEST)), longest.min(of_name(LONG)));
        Self { column, cells, width, least, most }
    }

    fn cell(&self, row: Option<usize>) -> Line {
        match row {
            None => Line::new().styled(style::FAINT, self.column.heading),
            Some(row) => self.cells.get(row).copied().flatten().cloned().unwrap_or_default(),
        }
    }
}

/// The columns of each line of a row: as few lines as names can be shortened to, and then with as many whole cells as possible.
fn grouped(columns: Vec<Sized<'_>>, room: Option<usize>) -> Vec<Vec<Sized<'_>>> {
    let Some(room) = room else { return vec![columns] };
    let (shortest, whole) =
        (breaks(&columns, room, |column| column.least), breaks(&columns, room, |column| column.width));
    let breaks = if whole.len() == shortest.len() { whole } else { shortest };
    let mut groups: Vec<Vec<Sized<'_>>> = Vec::new();
    for (at, column) in columns.into_iter().enumerate() {
        match groups.last_mut() {
            Some(group) if !breaks.contains(&at) => group.push(column),
            _ => groups.push(vec![column]),
        }
    }
    for (at, group) in groups.iter_mut().enumerate() {
        let room = if at == 0 { room } else { room.saturating_sub(GAP.len()) };
        while total(group, |column| column.width) > room {
            let shrinks = |column: &&mut Sized<'_>| column.width > column.least;
            let Some(widest) = group.iter_mut().filter(shrinks).max_by_key(|column| column.width) else {
                break;
            };
            widest.width -= 1;
        }
        let rows = group.iter().map(|column| column.cells.len()).max().unwrap_or(0);
        let is_cut = |row| joined(group, &cells(group, Some(row))).width() > room;
        if (0..rows).any(is_cut) {
            let grows = |column: &&mut Sized<'_>| column.width < column.most;
            while total(group, |column| column.width) < room {
                let Some(column) = group.iter_mut().find(grows) else { break };
                column.width += 1;
            }
        }
    }
    groups
}

/// The columns that begin another line, if each has this width.
fn breaks<'t>(columns: &[Sized<'t>], room: usize, width: impl Fn(&Sized<'t>) -> usize) -> Vec<usize> {
    let (mut breaks, mut used) = (Vec::new(), 0);
    for (at, column) in columns.iter().enumerate() {
        let next = used + if at == 0 { 0 } else { GAP.len() } + width(column);
        if at > 0 && next > room {
            breaks.push(at);
            used = GAP.len() + width(column);
        } else {
            used = next;
        }
    }
    breaks
}

fn total<'t>(group: &[Sized<'t>], width: impl Fn(&Sized<'t>) -> usize) -> usize {
    group.iter().map(width).sum::<usize>() + GAP.len() * group.len().saturating_sub(1)
}

/// The cells of a row in these columns, and whether one was shortened. An empty column takes no space.
fn group_line(group: &[Sized<'_>], row: Option<usize>, room: Option<usize>) -> (Line, bool) {
    let cells = cells(group, row);
    let whole = joined(group, &cells);
    if room.is_none_or(|room| whole.width() <= room) {
        return (whole, false);
    }
    let shortened: Vec<Line> = group
        .iter()
        .zip(&cells)
        .map(|(column, cell)| match column.column.role {
            Role::Name => cell.shortened(column.width, false),
            Role::Branch => cell.shortened(column.width, true),
            Role::Text | Role::Id => cell.clone(),
        })
        .collect();
    (joined(group, &shortened), shortened != cells)
}

fn cells(group: &[Sized<'_>], row: Option<usize>) -> Vec<Line> {
    group.iter().map(|column| column.cell(row)).collect()
}

fn joined(group: &[Sized<'_>], cells: &[Line]) -> Line {
    let (mut line, mut blanks) = (Line::new(), 0);
    for (at, (column, cell)) in group.iter().zip(cells).enumerate() {
        if at > 0 {
            blanks += GAP.len();
        }
        if !cell.is_empty() {
            line = line.text(" ".repeat(blanks)).join(cell.clone());
            blanks = 0;
        }
        blanks += column.width.saturating_sub(cell.width());
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

/// The value of a fact that must fit.
pub(crate) enum Value {
    /// Broken at spaces.
    Text(Line),
    /// Never broken, so that it can be copied.
    Command(String),
}

/// The same facts in a layout: a long text continues below its beginning.
pub(crate) fn facts_in(facts: impl IntoIterator<Item = (&'static str, Value)>, layout: Layout) -> Vec<Line> {
    let facts = Vec::from_iter(facts);
    let names = facts.iter().map(|(name, _)| Line::plain(name).width()).max().unwrap_or(0);
    let room = layout.room().map(|room| room.saturating_sub(names + 2 * GAP.len()).max(SHORTEST));
    let mut lines = Vec::new();
    for (name, value) in facts {
        let values = match (value, room) {
            (Value::Text(text), Some(room)) => text.wrapped(room),
            (Value::Text(text), None) => vec![text],
            (Value::Command(command), _) => vec![Line::plain(command)],
        };
        for (at, value) in values.into_iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            let name = Line::plain(GAP).styled(style::FAINT, name).pad(GAP.len() + names + GAP.len());
            lines.push(name.join(value));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| anstream::adapter::strip_str(&line.to_string()).to_string()).collect()
    }

    fn within(table: &Table, width: usize) -> Vec<String> {
        texts(&table.shown(Layout { width: Some(width), wide: false }).lines)
    }

    #[test]
    fn columns_are_aligned_by_the_width_that_is_seen() {
        let mut table = Table::new(&[Column::name("NAME"), Column::id("ID")]);
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
        assert_eq!(lines[1], "web     2");
        let mut table = Table::new(&[Column::name("NAME"), Column::text("STATE")]);
        let long = "y".repeat(60);
        for name in ["web", &long, "database"] {
            table.row([Line::plain(name), Line::plain("off")]);
        }
        let whole = ["NAME      STATE", "web       off", &format!("{long}  off"), "database  off"];
        assert_eq!(texts(&table.shown(Layout::default()).lines), whole);
        // Where it does not fit, the room that is left shows more of it.
        let rows = within(&table, 40);
        assert_eq!(rows[2], format!("{}…{}  off", "y".repeat(16), "y".repeat(15)));
        assert_eq!(rows[1], format!("web{}off", " ".repeat(31)));
    }

    #[test]
    fn ids_are_shown_with_wide_only_and_are_never_shortened() {
        let id = "0A1B2C3D-0001-4000-8000-00000000A001";
        let mut table = Table::new(&[Column::name("NAME"), Column::id("ID"), Column::text("OPERATION")]);
        table.row([Line::plain("web"), Line::plain(id), Line::plain(id)]);
        let wide = Layout { width: Some(20), wide: true };
        assert_eq!(texts(&table.shown(wide).lines)[1], format!("web   {id}  {id}"));
        assert_eq!(within(&table, 20), ["NAME", "  OPERATION", "web", &format!("  {id}")]);
    }

    #[test]
    fn a_table_fits_any_width_that_its_whole_cells_fit() {
        let mut table = Table::new(&[
            Column::name("NAME"),
            Column::text("CREATED"),
            Column::text("KIND"),
            Column::name("PATH"),
        ]);
        for (name, kind, path) in [
            ("base", "checkpoint", "base"),
            (
                "vor dem Umzug — 检查点检查点检查点检查点检查点",
                "with memory",
                "base/检查点检查点检查点检查点检查点检查点检查点检查点检查点检查点",
            ),
            ("e\u{301}te\u{301}", "checkpoint", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z"),
            ("", "", ""),
        ] {
            table.row([
                Line::plain(name),
                Line::plain("2026-03-02 18:30"),
                Line::plain(kind),
                Line::plain(path),
            ]);
        }
        for width in 18..300 {
            let shown = table.shown(Layout { width: Some(width), wide: false });
            let is_shortened = texts(&shown.lines).iter().any(|line| line.contains('…'));
            assert_eq!(shown.remark.is_some(), is_shortened, "{width}");
            for line in shown.lines {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn facts_without_a_value_are_left_out() {
        let lines = facts([("id", Line::plain("1")), ("name", Line::new()), ("state", Line::plain("off"))]);
        assert_eq!(texts(&lines), ["  id     1", "  state  off"]);
    }
}
