//! A chart as SVG 1.1: an image without script and external resources, for light and dark surroundings.
//!
//! Parents are above their children, or on their left where that is narrower. Kinds differ by outline and are named; what the
//! current state depends on is drawn heavier. Each snapshot is a group with a title: the whole name, times, size, id.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use super::{
    chart::{CURRENT_UNKNOWN, Chart, Current, Node, Shape},
    fit::{fitted, two_lines, width},
    layout::{Layout, Over, SLOT, layout},
};

/// A box.
const WIDE: i64 = 264;
const PADDING: i64 = 14;
const LINE: i64 = 18;
/// Between the boxes of siblings.
const BESIDE: i64 = 20;
/// Between parents and children, above each other and beside each other.
const ABOVE: i64 = 40;
const BEFORE: i64 = 60;
/// The length of an arrow's head, and half of its width.
const HEAD: i64 = 9;
const HALF: i64 = 5;
const MARGIN: i64 = 24;
/// Above the tree: the VM and the time.
const HEADING: i64 = 62;
/// The height of a line of the legend.
const LEGEND: i64 = 20;
const LEAST_WIDTH: i64 = 420;
/// A drawing of this width fits a page.
const PAGE: i64 = 1000;
/// The sizes of the fonts: the VM, a name, anything else.
const LARGE: i64 = 19;
const NAME: i64 = 14;
const SMALL: i64 = 12;
/// The description for screen readers names no more snapshots.
const DESCRIBED: usize = 50;

/// Names of classes hold only below the drawing's own, so that a page that embeds it keeps its style.
const STYLE: &str = "\
.hvsnap{color:#1f2328;font-family:system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,'Noto Sans',sans-serif}
.hvsnap text{fill:currentColor;font-size:12px}
.hvsnap .vm{font-size:19px;font-weight:600}
.hvsnap .name{font-size:14px;font-weight:600}
.hvsnap .minor{fill:#59636e}
.hvsnap .page{fill:#ffffff}
.hvsnap .box{fill:#f6f8fa;stroke:#6e7781;stroke-width:1.25}
.hvsnap .line{fill:none;stroke:#6e7781;stroke-width:1.5}
.hvsnap .head{fill:#6e7781}
.hvsnap .on.box{stroke:currentColor;stroke-width:2.5}
.hvsnap .on.line{stroke:currentColor;stroke-width:2.5}
.hvsnap .on.head{fill:currentColor}
.hvsnap .now.box{fill:#dafbe1;stroke:#116329;stroke-width:2.5}
.hvsnap .dot{fill:#116329}
@media (prefers-color-scheme:dark){
.hvsnap{color:#e6edf3}
.hvsnap .minor{fill:#a3adb8}
.hvsnap .page{fill:#0d1117}
.hvsnap .box{fill:#161b22;stroke:#8b949e}
.hvsnap .line{stroke:#8b949e}
.hvsnap .head{fill:#8b949e}
.hvsnap .now.box{fill:#12261e;stroke:#56d364}
.hvsnap .dot{fill:#56d364}
}";

/// The drawing, as a whole document.
pub(crate) fn document(chart: &Chart) -> String {
    let mut drawing = Drawing::new(chart);
    drawing.open();
    drawing.lines();
    drawing.boxes();
    drawing.legend();
    drawing.out.push_str("</svg>\n");
    drawing.out
}

struct Drawing<'c> {
    chart: &'c Chart,
    /// Of the snapshots, and of the current state at the end, where it is drawn.
    parents: Vec<Option<usize>>,
    /// The names of the snapshots, each on one or two lines.
    names: Vec<Vec<String>>,
    layout: Layout,
    is_downwards: bool,
    /// The size of the whole, and where the tree begins and ends.
    wide: i64,
    left: i64,
    bottom: i64,
    /// The height of a box.
    high: i64,
    out: String,
}

impl<'c> Drawing<'c> {
    fn new(chart: &'c Chart) -> Self {
        let mut parents: Vec<Option<usize>> = chart.nodes.iter().map(|node| node.parent).collect();
        match chart.current {
            Current::On(place) => parents.push(Some(place)),
            Current::Alone => parents.push(None),
            Current::Unknown => {}
        }
        let (layout, is_downwards) = arranged(&parents);
        let names: Vec<_> =
            chart.nodes.iter().map(|node| two_lines(&node.name, NAME, WIDE - 2 * PADDING)).collect();
        let high = if names.iter().any(|lines| lines.len() > 1) { 4 * LINE + 16 } else { 3 * LINE + 16 };
        let downwards = (WIDE + BESIDE) * layout.breadth / SLOT;
        let sideways = (WIDE + BEFORE) * layout.depth;
        let (tree_wide, tree_high) = match is_downwards {
            true => (downwards + WIDE, (high + ABOVE) * layout.depth + high),
            false => (sideways + WIDE, (high + BESIDE) * layout.breadth / SLOT + high),
        };
        let wide = tree_wide.max(LEAST_WIDTH);
        Self {
            chart,
            names,
            is_downwards,
            wide: wide + 2 * MARGIN,
            left: MARGIN + (wide - tree_wide) / 2,
            bottom: MARGIN + HEADING + if parents.is_empty() { 0 } else { tree_high },
            high,
            parents,
            layout,
            out: String::new(),
        }
    }

    /// The root element, what a screen reader says, and the heading.
    fn open(&mut self) {
        let (chart, wide) = (self.chart, self.wide);
        let legend = legend(chart);
        let high = legend.iter().fold(self.bottom + MARGIN, |high, _| high + LEGEND) + MARGIN / 2;
        let id = format!("hvsnap-{}", chart.fingerprint);
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"hvsnap\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" \
             height=\"{high}\" style=\"max-width:100%;height:auto\">"
        ));
        self.put(format_args!("<title id=\"{id}-title\">Snapshots of {}</title>", Escaped(&chart.vm)));
        self.put(format_args!("<desc id=\"{id}-desc\">{}</desc>", Escaped(&description(chart))));
        self.put(format_args!("<style>{STYLE}</style>"));
        self.put(format_args!("<rect class=\"page\" width=\"{wide}\" height=\"{high}\"/>"));
        let vm = fitted(&chart.vm, LARGE, wide - 2 * MARGIN);
        self.put(format_args!(
            "<text class=\"vm\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            MARGIN + LARGE,
            Escaped(&vm)
        ));
        self.put(format_args!(
            "<text class=\"minor\" x=\"{MARGIN}\" y=\"{}\">{}, as of {}</text>",
            MARGIN + LARGE + 20,
            chart.count(),
            chart.as_of
        ));
    }

    /// The lines from each to what it depends on, the heavy ones above the others.
    fn lines(&mut self) {
        let pairs: Vec<(usize, usize)> = (0..)
            .zip(&self.parents)
            .filter_map(|(place, parent)| parent.map(|parent| (place, parent)))
            .collect();
        let mut has_head = vec![false; self.parents.len()];
        for heavy in [false, true] {
            for (place, parent) in pairs.iter().copied() {
                if self.is_heavy(place) == heavy {
                    let path = self.path(place, parent);
                    let on = if heavy { "on " } else { "" };
                    self.put(format_args!("<path class=\"{on}line\" d=\"{path}\"/>"));
                }
            }
        }
        for (_, parent) in pairs {
            if let Some(has_head) = has_head.get_mut(parent).filter(|has_head| !**has_head) {
                *has_head = true;
                let path = self.head(parent);
                let on = if self.is_heavy(parent) { "on " } else { "" };
                self.put(format_args!("<path class=\"{on}head\" d=\"{path}\"/>"));
            }
        }
    }

    /// True for the current state and what it depends on.
    fn is_heavy(&self, place: usize) -> bool {
        self.chart.nodes.get(place).is_none_or(|node| node.carries_current)
    }

    /// From the parent's box to the children's: where the box ends, and the middle of it.
    fn out_of(&self, place: usize) -> (i64, i64) {
        let (x, y) = self.corner(place);
        if self.is_downwards { (y + self.high, x + WIDE / 2) } else { (x + WIDE, y + self.high / 2) }
    }

    /// The point of these coordinates, of which the first grows from parents to children.
    fn point(&self, along: i64, across: i64) -> String {
        if self.is_downwards { format!("{across} {along}") } else { format!("{along} {across}") }
    }

    fn path(&self, place: usize, parent: usize) -> String {
        let (end, beside) = self.out_of(parent);
        let (x, y) = self.corner(place);
        let (start, from) = if self.is_downwards { (y, x + WIDE / 2) } else { (x, y + self.high / 2) };
        let end = end + HEAD - 1;
        let point = |along, across| self.point(along, across);
        if (from - beside).abs() <= 1 {
            return format!("M{}L{}", point(start, beside), point(end, beside));
        }
        let (bend, round) = ((start + end) / 2, 8.min((from - beside).abs() / 2));
        let back = round * (beside - from).signum();
        format!(
            "M{}L{}Q{} {}L{}Q{} {}L{}",
            point(start, from),
            point(bend + round, from),
            point(bend, from),
            point(bend, from + back),
            point(bend, beside - back),
            point(bend, beside),
            point(bend - round, beside),
            point(end, beside)
        )
    }

    /// The arrow's head at a snapshot that others depend on.
    fn head(&self, parent: usize) -> String {
        let (end, middle) = self.out_of(parent);
        let end = end + 1;
        let point = |along, across| self.point(along, across);
        let foot = end + HEAD;
        format!("M{}L{}L{}Z", point(end, middle), point(foot, middle - HALF), point(foot, middle + HALF))
    }

    /// The upper left corner of a box.
    fn corner(&self, place: usize) -> (i64, i64) {
        let across = self.layout.across.get(place).copied().unwrap_or_default();
        let level = self.layout.level.get(place).copied().unwrap_or_default();
        let (left, top) = (self.left, MARGIN + HEADING);
        match self.is_downwards {
            true => (left + (WIDE + BESIDE) * across / SLOT, top + (self.high + ABOVE) * level),
            false => (left + (WIDE + BEFORE) * level, top + (self.high + BESIDE) * across / SLOT),
        }
    }

    fn boxes(&mut self) {
        let chart = self.chart;
        let names = std::mem::take(&mut self.names);
        for ((place, node), name) in (0..).zip(&chart.nodes).zip(&names) {
            self.begin(place, &told(chart, node));
            let on = if node.carries_current { "on " } else { "" };
            self.outline(node.shape, on);
            let when = node.age.clone().or_else(|| node.created.clone());
            let when = [when.unwrap_or_else(|| "time not known".to_owned())];
            let facts = when.into_iter().chain(node.size.clone()).collect::<Vec<_>>().join(" · ");
            let mut y = (self.high - LINE * (2 + if name.len() > 1 { 2 } else { 1 })) / 2 + LINE - 4;
            for line in name {
                self.put(format_args!(
                    "<text class=\"name\" x=\"{PADDING}\" y=\"{y}\">{}</text>",
                    Escaped(line)
                ));
                y += LINE;
            }
            for (class, line) in [("", facts), (" class=\"minor\"", node.description())] {
                let line = fitted(&line, SMALL, WIDE - 2 * PADDING);
                self.put(format_args!("<text{class} x=\"{PADDING}\" y=\"{y}\">{}</text>", Escaped(&line)));
                y += LINE;
            }
            self.out.push_str("</g>\n");
        }
        if self.parents.len() > chart.nodes.len() {
            self.current_state();
        }
    }

    fn begin(&mut self, place: usize, title: &str) {
        let (x, y) = self.corner(place);
        self.put(format_args!("<g transform=\"translate({x} {y})\"><title>{}</title>", Escaped(title)));
    }

    fn outline(&mut self, shape: Shape, on: &str) {
        let high = self.high;
        let (round, dashes) = match shape {
            Shape::Checkpoint | Shape::Replica => (7, ""),
            Shape::Automatic => (7, " stroke-dasharray=\"6 4\""),
            Shape::Other => (0, " stroke-dasharray=\"2 3\""),
            // A sheet with a folded corner.
            Shape::Backup => {
                let cut = WIDE - 16;
                return self.put(format_args!(
                    "<path class=\"{on}box\" d=\"M0 0H{cut}L{WIDE} 16V{high}H0Z\"/>\
                     <path class=\"line\" d=\"M{cut} 0V16H{WIDE}\"/>"
                ));
            }
        };
        if shape == Shape::Replica {
            // A second sheet behind it.
            self.put(format_args!(
                "<rect class=\"{on}box\" x=\"6\" y=\"-6\" width=\"{WIDE}\" height=\"{high}\" rx=\"7\"/>"
            ));
        }
        self.put(format_args!(
            "<rect class=\"{on}box\" width=\"{WIDE}\" height=\"{high}\" rx=\"{round}\"{dashes}/>"
        ));
    }

    /// The VM's current state, a capsule with a dot.
    fn current_state(&mut self) {
        let (chart, high) = (self.chart, self.high);
        self.begin(chart.nodes.len(), &current_told(chart));
        let (round, middle, dot) = (high / 2, WIDE / 2, WIDE / 2 - width("Now", NAME) / 2 - 12);
        self.put(format_args!("<rect class=\"now box\" width=\"{WIDE}\" height=\"{high}\" rx=\"{round}\"/>"));
        let written = chart.written_now.as_ref().map(|size| match size.as_str() {
            "size not known" => size.clone(),
            size => format!("{size} written"),
        });
        let alone = (chart.current == Current::Alone).then(|| "based on no snapshot".to_owned());
        let last = written.into_iter().chain(alone).collect::<Vec<_>>().join(" · ");
        let lines = [("name", "Now"), ("", "current state of the VM"), ("minor", &last)];
        let lines: Vec<_> = lines.into_iter().filter(|(_, line)| !line.is_empty()).collect();
        let mut y = (high - LINE * if last.is_empty() { 2 } else { 3 }) / 2 + LINE - 4;
        self.put(format_args!("<circle class=\"dot\" cx=\"{dot}\" cy=\"{}\" r=\"5\"/>", y - 5));
        for (class, line) in lines {
            self.put(format_args!(
                "<text class=\"{class}\" x=\"{middle}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
                Escaped(line)
            ));
            y += LINE;
        }
        self.out.push_str("</g>\n");
    }

    fn legend(&mut self) {
        let (mut y, x) = (self.bottom + MARGIN + 8, MARGIN);
        for (sample, text) in legend(self.chart) {
            let (arrow, middle, beside) = (y - 4, x + HEAD, x + 46);
            let beside = match sample {
                Sample::None => x,
                Sample::Line | Sample::Heavy => {
                    let on = if sample == Sample::Heavy { "on " } else { "" };
                    self.put(format_args!(
                        "<path class=\"{on}line\" d=\"M{middle} {arrow}H{}\"/>\
                         <path class=\"{on}head\" d=\"M{x} {arrow}l{HEAD} -{HALF}v{}z\"/>",
                        x + 36,
                        2 * HALF
                    ));
                    beside
                }
            };
            self.put(format_args!("<text class=\"minor\" x=\"{beside}\" y=\"{y}\">{text}</text>"));
            y += LEGEND;
        }
    }

    fn put(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.out, "{line}");
    }
}

/// The layout, and whether it goes downwards: the first that fits a page, or else the narrowest.
fn arranged(parents: &[Option<usize>]) -> (Layout, bool) {
    let all = [Over::Middle, Over::Deepest].into_iter().flat_map(|over| {
        [true, false].map(|is_downwards| {
            let layout = layout(parents, over);
            let wide = match is_downwards {
                true => (WIDE + BESIDE) * layout.breadth / SLOT,
                false => (WIDE + BEFORE) * layout.depth,
            };
            (wide + WIDE, layout, is_downwards)
        })
    });
    let first = all.min_by_key(|(wide, ..)| if *wide <= PAGE { 0 } else { *wide });
    first.map_or_else(
        || (layout(parents, Over::Middle), true),
        |(_, layout, is_downwards)| (layout, is_downwards),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sample {
    None,
    Line,
    Heavy,
}

/// What the lines mean, as far as there are any.
fn legend(chart: &Chart) -> Vec<(Sample, &'static str)> {
    let mut rows = Vec::new();
    let depends = chart.nodes.iter().any(|node| node.parent.is_some());
    if depends || matches!(chart.current, Current::On(_)) {
        rows.push((Sample::Line, "depends on; the arrow points at what is needed"));
    }
    if matches!(chart.current, Current::On(_)) {
        rows.push((Sample::Heavy, "the current state depends on it"));
    }
    if chart.current == Current::Unknown {
        rows.push((Sample::None, CURRENT_UNKNOWN));
    }
    rows
}

/// The title of a snapshot, in lines.
fn told(chart: &Chart, node: &Node) -> String {
    let mut lines = vec![node.name.clone(), node.description()];
    lines.push(match (&node.created, &node.age) {
        (Some(created), Some(age)) => format!("Created {created}, {age}"),
        (Some(created), None) => format!("Created {created}"),
        (None, _) => "Created at a time that is not known".to_owned(),
    });
    lines.extend(node.size.as_ref().map(|size| format!("Its disk files: {size}")));
    if let Some(parent) = node.parent.and_then(|parent| chart.nodes.get(parent)) {
        lines.push(format!("Depends on {}", fitted(&parent.name, NAME, WIDE * 4)));
    }
    if node.carries_current {
        lines.push("The current state depends on it".to_owned());
    }
    lines.push(node.id.clone());
    lines.join("\n")
}

fn current_told(chart: &Chart) -> String {
    let name = fitted(&chart.vm, NAME, WIDE * 4);
    let base = match chart.current {
        Current::On(place) => chart.nodes.get(place).map(|node| fitted(&node.name, NAME, WIDE * 4)),
        _ => None,
    };
    let base = base.map_or_else(|| "Based on no snapshot".to_owned(), |base| format!("Depends on {base}"));
    let written = chart.written_now.as_ref().map(|size| format!("Its disk files: {size}"));
    [format!("The current state of {name}"), base].into_iter().chain(written).collect::<Vec<_>>().join("\n")
}

/// The drawing in sentences.
fn description(chart: &Chart) -> String {
    let name = |node: &Node| format!("\"{}\"", fitted(&node.name, NAME, WIDE * 4));
    let mut text = format!("{} as of {}.", chart.count(), chart.as_of);
    for node in chart.nodes.iter().take(DESCRIBED) {
        let age = node.age.as_ref().map(|age| format!(", {age}")).unwrap_or_default();
        let parent = node.parent.and_then(|parent| chart.nodes.get(parent));
        let parent = parent.map(|parent| format!(", depends on {}", name(parent))).unwrap_or_default();
        let _ = write!(text, " {}: {}{age}{parent}.", name(node), node.description());
    }
    let more = chart.nodes.len().saturating_sub(DESCRIBED);
    if more > 0 {
        let _ = write!(text, " And {more} more.");
    }
    text.push(' ');
    let current = match chart.current {
        Current::On(place) => chart.nodes.get(place),
        _ => None,
    };
    match (current, chart.current) {
        (_, Current::Unknown) => text.push_str(CURRENT_UNKNOWN),
        (Some(node), _) => {
            let _ = write!(text, "The current state depends on {}.", name(node));
        }
        (None, _) => text.push_str("The current state is based on no snapshot."),
    }
    text
}

/// Text for an element's content or an attribute (XML 1.0, section 2.4).
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => f.write_char(c),
        })
    }
}
