//! Every answer, cut at every byte and with every byte removed: no wrong result and no panic.

use super::{fixtures, understand};

#[test]
fn an_answer_cut_at_any_byte_is_never_understood() {
    for (name, text) in fixtures() {
        let whole = text.trim_end();
        for end in 0..whole.len() {
            let Some(cut) = whole.get(..end) else { continue };
            // A truncated fault is not a fault: its content is not known.
            if let Ok(understood) = understand(&name, cut) {
                panic!("{name} cut at {end} was understood as {understood}");
            }
        }
    }
}

#[test]
fn an_answer_without_any_one_byte_is_understood_or_refused_but_never_panics() {
    for (name, text) in fixtures() {
        for gone in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes.remove(gone);
            if let Ok(text) = String::from_utf8(bytes) {
                let _ = understand(&name, &text);
            }
        }
    }
}

#[test]
fn every_fixture_is_read_by_some_reader() {
    for (name, text) in fixtures() {
        let outcome = understand(&name, &text);
        assert_eq!(outcome.is_ok(), !name.starts_with("fault-"), "{name}: {outcome:?}");
    }
}
