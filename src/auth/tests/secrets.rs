//! Secrets that must never be displayed: the password, the keys derived from it, and random keys.

use super::{
    recorded::{RAW, Recording, WRAPPED},
    *,
};

/// The password, in its given form and in UTF-16, the key derived from it, and the random key.
fn secrets(recording: &Recording) -> [Vec<u8>; 4] {
    let wide = PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let drawn = moment().random.take_key().unwrap().to_vec();
    [PASSWORD.as_bytes().to_vec(), wide, drawn, from_hex(recording.session_base_key)]
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[test]
fn debug_shows_no_secret() {
    for recording in [RAW, WRAPPED] {
        let credentials = (recording.credentials)();
        let mut exchange = exchange(&credentials, false);
        let mut shown = format!("{credentials:?} {:?} {exchange:?}", moment());
        say(&mut exchange, None);
        say(&mut exchange, Some(&from_hex(recording.challenge)));
        shown += &format!("{exchange:?}");
        let mut session = exchange.finish(Some(&from_hex(recording.last))).unwrap();
        shown += &format!("{session:?} {:?}", session.unseal(b"x", b"y").unwrap_err());
        assert!(shown.contains("NTLM") && shown.contains("operator"), "{shown}");
        for secret in secrets(&recording) {
            // As a list of numbers, in hexadecimal, or as is.
            let list = format!("{secret:?}");
            assert!(!shown.contains(list.trim_matches(['[', ']'])), "{shown}");
            assert!(!shown.contains(&to_hex(&secret)), "{shown}");
            assert!(!contains(shown.as_bytes(), &secret), "{shown}");
        }
    }
}

#[test]
fn no_secret_crosses_the_network() {
    for recording in [RAW, WRAPPED] {
        let mut exchange = exchange(&(recording.credentials)(), false);
        let mut wire = say(&mut exchange, None);
        wire.extend(say(&mut exchange, Some(&from_hex(recording.challenge))));
        for secret in secrets(&recording) {
            assert!(!contains(&wire, &secret));
        }
    }
}
