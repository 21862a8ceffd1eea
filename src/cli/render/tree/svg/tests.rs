//! What holds of every drawing, read back as XML.

use quick_xml::{Reader, events::Event};

use super::*;
use crate::cli::render::tree::chart::samples::{NASTY, chart, nasty, node};

/// The elements of a document with their attributes, and all its text.
#[track_caller]
fn read(document: &str) -> (Vec<(String, String)>, Vec<String>) {
    let (mut elements, mut texts) = (Vec::new(), vec![String::new()]);
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    format!("{}={}\n", attribute.key.as_ref(), attribute.value)
                });
                elements.push((name, attributes.collect()));
                texts.push(String::new());
            }
            Event::Text(text) => texts.last_mut().unwrap().push_str(&text),
            Event::GeneralRef(name) => {
                let told = match &*name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "#39" => '\'',
                    other => panic!("{other:?}"),
                };
                texts.last_mut().unwrap().push(told);
            }
            Event::End(_) => texts.push(String::new()),
            Event::Eof => return (elements, texts),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn names_stay_texts_whatever_they_are() {
    let document = document(&nasty());
    let (elements, texts) = read(&document);
    let count = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).count();
    assert_eq!((count("svg"), count("desc"), count("style")), (1, 1, 1));
    // Each has its group with a title, and so has the current state.
    assert_eq!((count("g"), count("title")), (NASTY.len() + 1, NASTY.len() + 2));
    let known = ["svg", "desc", "style", "g", "title", "rect", "path", "circle", "text"];
    assert!(elements.iter().all(|(name, _)| known.contains(&name.as_str())), "{elements:?}");
    let outside = ["href", "url(", "on", "src"];
    for (name, attributes) in &elements {
        let names = attributes.lines().filter_map(|line| line.split_once('='));
        assert!(
            names.clone().all(|(name, _)| !outside.iter().any(|word| name.starts_with(word))),
            "{name} {attributes}"
        );
        assert!(!attributes.contains("url("), "{attributes}");
    }
    let last = &nasty().nodes[NASTY.len() - 1].name;
    assert!(texts.iter().any(|text| text.starts_with(&format!("{last}\ncheckpoint"))), "{texts:?}");
    // XML 1.0, section 2.2.
    let may_be = |c: char| c == '\n' || (c >= ' ' && !('\u{7f}'..='\u{9f}').contains(&c) && c != '\u{ffff}');
    assert!(document.chars().all(may_be));
}

#[test]
fn a_long_name_is_shortened_and_whole_in_its_title() {
    let long = "Backup of web-01 before the upgrade of the shop ".repeat(5);
    let (_, texts) = read(&document(&chart(vec![node(&long, None)], Current::On(0))));
    assert!(texts.iter().any(|text| text.starts_with(&long)), "{texts:?}");
    let most = WIDE - 2 * PADDING;
    let drawn: Vec<_> = texts.iter().filter(|text| text.contains("Backup of") && text.len() < 40).collect();
    assert!(drawn.len() == 1 && width(drawn[0], NAME) <= most, "{drawn:?}");
}

#[test]
fn the_names_that_hyper_v_gives_fit() {
    for name in
        ["web-01 - (10/25/2026 - 11:23:50 AM)", "file-server-01 - Backup - (11/23/2026 - 12:00:00 AM)"]
    {
        let drawing = document(&chart(vec![node(name, None)], Current::Alone));
        assert!(!drawing.contains('…'), "{drawing}");
    }
}

#[test]
fn a_wide_tree_is_drawn_sideways_and_a_chain_downwards() {
    let star = (0..31).map(|place| node("x", (place > 0).then_some(0))).collect();
    let star = Drawing::new(&chart(star, Current::Alone)).wide;
    let chain = (0..50_usize).map(|place| node("x", place.checked_sub(1))).collect();
    let chain = Drawing::new(&chart(chain, Current::On(49))).wide;
    let comb = (0..100_usize).map(|place| node("x", place.checked_sub(2 - place % 2))).collect();
    let comb = Drawing::new(&chart(comb, Current::On(98))).wide;
    assert!(star < PAGE && chain < PAGE && comb < PAGE, "{star} {chain} {comb}");
}

#[test]
fn a_thousand_snapshots_take_as_much_each_as_ten() {
    let of = |count: usize, width: usize| {
        let nodes = (0..count).map(|place| node("before-upgrade", place.checked_sub(width)));
        document(&chart(nodes.collect(), Current::On(count - 1))).len() / count
    };
    for width in [1, 3, 900] {
        assert!(of(1000, width) < of(10, 1), "{width}");
    }
}

#[test]
fn a_host_that_does_not_tell_the_current_state_is_not_drawn_as_if_it_did() {
    let text = document(&chart(vec![node("base", None)], Current::Unknown));
    assert!(text.contains(CURRENT_UNKNOWN) && !text.contains(">Now<"), "{text}");
    let empty = document(&chart(Vec::new(), Current::Unknown));
    assert_eq!(read(&empty).0[0].0, "svg");
    let alone = document(&chart(Vec::new(), Current::Alone));
    assert!(alone.contains("based on no snapshot") && alone.contains("0 snapshots"), "{alone}");
}
