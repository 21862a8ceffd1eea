//! A chart as a Mermaid flowchart, as Markdown pages show it.
//!
//! Nodes have numbers as ids. In labels every character that Mermaid, its Markdown or HTML could read as anything but itself is
//! a numeric entity (`#35;`).

use std::fmt::Write as _;

use super::{
    chart::{CURRENT_UNKNOWN, Chart, Current, Shape},
    fit::shortened,
};

/// The most columns of a name.
const NAME: i64 = 100;

/// The chart: children point at what they depend on, parents are on the left.
pub(crate) fn document(chart: &Chart) -> String {
    let mut out = String::from("flowchart RL\n");
    // Writing to a `String` cannot fail.
    let mut put = |line: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{line}");
    };
    put(format_args!("  subgraph vm[\"Snapshots of {}\"]", Escaped(&shortened(&chart.vm, NAME))));
    put(format_args!("    direction RL"));
    for (place, node) in chart.nodes.iter().enumerate() {
        let (open, close) = match node.shape {
            Shape::Checkpoint | Shape::Automatic => ("(", ")"),
            Shape::Backup => ("[[", "]]"),
            Shape::Replica => ("[(", ")]"),
            Shape::Other => ("{{", "}}"),
        };
        let name = shortened(&node.name, NAME);
        let created = node.created.as_deref().unwrap_or("time not known");
        let size = node.size.as_ref().map(|size| format!("<br/>{size}")).unwrap_or_default();
        let kind = shortened(&node.description(), NAME);
        put(format_args!(
            "    n{place}{open}\"{}<br/>{created}{size}<br/>{}\"{close}",
            Escaped(&name),
            Escaped(&kind)
        ));
    }
    let written = chart.written_now.as_ref().map(|size| format!("<br/>{size}")).unwrap_or_default();
    match chart.current {
        Current::On(place) => {
            put(format_args!("    now([\"● now{written}\"])"));
            edges(chart, &mut put);
            put(format_args!("    now ==> n{place}"));
        }
        Current::Alone => {
            put(format_args!("    now([\"● now<br/>based on no snapshot{written}\"])"));
            edges(chart, &mut put);
        }
        Current::Unknown => {
            put(format_args!("    unknown[\"{CURRENT_UNKNOWN}\"]"));
            edges(chart, &mut put);
        }
    }
    put(format_args!("  end"));
    let automatic = (0..).zip(&chart.nodes).filter(|(_, node)| node.shape == Shape::Automatic);
    for (place, _) in automatic {
        let place: usize = place;
        put(format_args!("  style n{place} stroke-dasharray:6 4"));
    }
    if chart.current != Current::Unknown {
        put(format_args!("  style now stroke-width:3px"));
    }
    out
}

fn edges(chart: &Chart, put: &mut impl FnMut(std::fmt::Arguments<'_>)) {
    for (place, node) in chart.nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            // What the current state depends on is heavier.
            let arrow = if node.carries_current { "==>" } else { "-->" };
            put(format_args!("    n{place} {arrow} n{parent}"));
        }
    }
}

/// Text in a quoted label.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A label that begins as a list or as code is Markdown to some versions; that an empty one is left out to others.
        let mut is_beginning = true;
        let mut before = ' ';
        if self.0.is_empty() {
            return f.write_str("#32;");
        }
        self.0.chars().try_for_each(|c| {
            let is_plain = match c {
                ' ' => before != ' ',
                '.' | '-' | ',' | '/' => !is_beginning,
                c => c.is_alphanumeric() || (!c.is_ascii() && c != 'ﬂ' && c != '¶'),
            };
            is_beginning &= c.is_numeric();
            if c == '$' && before == '$' {
                // Two are a formula even as entities, so they are kept apart by a joiner that is not seen.
                f.write_str("#8288;")?;
            }
            before = c;
            if is_plain { f.write_char(c) } else { write!(f, "#{};", u32::from(c)) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::chart::samples::{NASTY, chart, nasty, node};
    use super::*;

    #[test]
    fn no_name_gets_out_of_its_label() {
        let chart = nasty();
        let text = document(&chart);
        let lines: Vec<&str> = text.lines().collect();
        // The frame, a node and a line for each, what is drawn for the current state, and nothing else.
        assert_eq!(lines.len(), 3 + NASTY.len() + 1 + NASTY.len() + 2, "{text}");
        for (place, line) in lines[3..3 + NASTY.len()].iter().enumerate() {
            let inner =
                line.strip_prefix(&format!("    n{place}(\"")).and_then(|line| line.strip_suffix("\")"));
            let label = inner.unwrap().strip_suffix("<br/>2026-03-02 18:30:00 UTC<br/>checkpoint").unwrap();
            let is_plain = |c: char| c.is_alphanumeric() || " .-,/#;".contains(c) || !c.is_ascii();
            assert!(label.chars().all(is_plain), "{label}");
            assert!(!label.is_empty() && !label.starts_with([' ', '-', '.']), "{label:?}");
            // Each `;` ends an entity that a `#` began.
            let entities =
                label.split(';').rev().skip(1).all(|part| {
                    part.rsplit_once('#').is_some_and(|(_, number)| number.parse::<u32>().is_ok())
                });
            assert!(entities && label.matches('#').count() == label.matches(';').count(), "{label}");
        }
    }

    #[test]
    fn names_are_readable_in_the_source() {
        let nodes = ["before-upgrade v1.2", "10.0.17763", "1. list", "检查点 (x)"];
        let nodes = nodes.into_iter().map(|name| node(name, None)).collect();
        let text = document(&chart(nodes, Current::Alone));
        assert_eq!(Escaped("$$").to_string(), "#36;#8288;#36;");
        for label in [
            "\"before-upgrade v1.2<br/>",
            "\"10#46;0.17763<br/>",
            "\"1#46; list<br/>",
            "\"检查点 #40;x#41;<br/>",
        ] {
            assert!(text.contains(label), "{text}");
        }
        assert!(text.contains("based on no snapshot"), "{text}");
        assert!(document(&chart(Vec::new(), Current::Unknown)).contains("does not report"));
    }
}
