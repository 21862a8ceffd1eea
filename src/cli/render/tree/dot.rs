//! A chart in the DOT language of Graphviz.
//!
//! Nodes have numbers as ids. A label is a quoted string, in which Graphviz replaces escapes and HTML entities: backslashes,
//! quotes and ampersands are escaped (Graphviz, "The DOT Language", "escString").

use std::fmt::Write as _;

use super::{
    chart::{CURRENT_UNKNOWN, Chart, Current, Shape},
    fit::shortened,
};

/// The most columns of a name; a string of more than 16 KiB is an error to some versions.
const NAME: i64 = 100;

/// The graph: arrows point at what is depended on, parents are on the left.
pub(crate) fn document(chart: &Chart) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let mut put = |line: std::fmt::Arguments<'_>| {
        let _ = writeln!(out, "{line}");
    };
    put(format_args!("digraph snapshots {{"));
    put(format_args!(
        "  graph [rankdir=LR, ordering=out, labelloc=t, labeljust=l, fontname=\"sans-serif\", label=\"Snapshots of {}\"];",
        Escaped(&shortened(&chart.vm, NAME))
    ));
    put(format_args!("  node [shape=box, style=rounded, fontname=\"sans-serif\"];"));
    put(format_args!("  edge [dir=back];"));
    for (place, node) in chart.nodes.iter().enumerate() {
        let shape = match node.shape {
            Shape::Checkpoint => "",
            Shape::Automatic => ", style=\"rounded,dashed\"",
            Shape::Backup => ", shape=note, style=solid",
            Shape::Replica => ", shape=box3d, style=solid",
            Shape::Other => ", shape=octagon, style=dashed",
        };
        let heavy = if node.carries_current { ", penwidth=2" } else { "" };
        let created = node.created.as_deref().unwrap_or("time not known");
        let size = node.size.as_ref().map(|size| format!("\\n{size}")).unwrap_or_default();
        put(format_args!(
            "  n{place} [label=\"{}\\n{created}{size}\\n{}\", tooltip=\"{}\"{shape}{heavy}];",
            Escaped(&shortened(&node.name, NAME)),
            Escaped(&shortened(&node.description(), NAME)),
            Escaped(&shortened(&node.id, NAME))
        ));
    }
    let written = chart.written_now.as_ref().map(|size| format!("\\n{size}")).unwrap_or_default();
    let base = if chart.current == Current::Alone { "\\nbased on no snapshot" } else { "" };
    match chart.current {
        Current::Unknown => put(format_args!("  unknown [shape=plaintext, label=\"{CURRENT_UNKNOWN}\"];")),
        _ => {
            put(format_args!("  now [shape=oval, style=solid, penwidth=3, label=\"● now{base}{written}\"];"))
        }
    }
    for (place, node) in chart.nodes.iter().enumerate() {
        if let Some(parent) = node.parent {
            let heavy = if node.carries_current { " [penwidth=2]" } else { "" };
            put(format_args!("  n{parent} -> n{place}{heavy};"));
        }
    }
    if let Current::On(place) = chart.current {
        put(format_args!("  n{place} -> now [penwidth=2];"));
    }
    put(format_args!("}}"));
    out
}

/// Text in a quoted string.
struct Escaped<'t>(&'t str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            '&' => f.write_str("&amp;"),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::chart::samples::{NASTY, chart, nasty, node};
    use super::*;

    /// The contents of the quoted strings of a line, and the rest of it.
    fn parts(line: &str) -> (Vec<String>, String) {
        let (mut strings, mut rest, mut chars) = (Vec::new(), String::new(), line.chars());
        while let Some(c) = chars.next() {
            if c != '"' {
                rest.push(c);
                continue;
            }
            let mut string = String::new();
            loop {
                match chars.next().expect("a string ends on its line") {
                    '"' => break,
                    '\\' => string.extend(['\\', chars.next().expect("an escape has a character")]),
                    c => string.push(c),
                }
            }
            strings.push(string);
        }
        (strings, rest)
    }

    #[test]
    fn no_name_gets_out_of_its_string() {
        let text = document(&nasty());
        assert_eq!(text.lines().count(), 4 + NASTY.len() + 1 + NASTY.len() + 1, "{text}");
        for (place, line) in text.lines().skip(4).take(NASTY.len()).enumerate() {
            let (strings, rest) = parts(line);
            assert_eq!(
                rest,
                format!("  n{place} [label=, tooltip=, penwidth=2];").replace(", penwidth=2", "")
            );
            let label = &strings[0];
            let name = label.strip_suffix("\\n2026-03-02 18:30:00 UTC\\ncheckpoint").unwrap();
            let told = name.replace("\\\"", "\"").replace("\\\\", "\\").replace("&amp;", "&");
            assert_eq!(told, shortened(&nasty().nodes[place].name, NAME));
            let entity = name.split('&').skip(1).all(|after| after.starts_with("amp;"));
            assert!(entity, "{name}");
        }
    }

    #[test]
    fn the_current_state_is_marked_or_said_to_be_unknown() {
        let two = || vec![node("a", None), node("b", Some(0))];
        assert!(document(&chart(two(), Current::On(1))).contains("n1 -> now"));
        assert!(document(&chart(two(), Current::Alone)).contains("● now\\nbased on no snapshot"));
        let unknown = document(&chart(two(), Current::Unknown));
        assert!(unknown.contains("does not report") && !unknown.contains("now ["), "{unknown}");
    }
}
