//! Oracles for the layer between HTTP and messages: the frame of a sealed message, and the challenges of a 401.
//!
//! Follows [MS-WSMV], section 2.2.9.1, and RFC 9110, section 11.6.1.

use super::{Verdict, auth, kept};
use crate::{
    Limits,
    http::{challenge::Challenge, sealed as frames},
};

const PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";

/// A sealed answer in its frame.
pub fn sealed(bytes: &[u8]) -> Verdict {
    let header = frames::content_type(PROTOCOL);
    let read = |body| frames::Frame::read(PROTOCOL, &header, body);
    let frame = read(bytes);
    #[cfg(feature = "sim")]
    if let (Ok(frame), Some((length, signature, data))) = (&frame, super::sim::frame(&header, bytes)) {
        assert_eq!(
            (frame.length, frame.signature, frame.data),
            (length, signature, data),
            "both see one frame"
        );
    }
    let frame = match frame {
        Ok(frame) => frame,
        Err(violation) => return violation.into(),
    };
    let again = frames::write(PROTOCOL, frame.length, frame.signature, frame.data);
    let second = kept(read(&again), "what was written can be read");
    assert_eq!((second.length, second.signature, second.data), (frame.length, frame.signature, frame.data));
    #[cfg(feature = "sim")]
    assert!(super::sim::frame(&header, &again).is_some(), "a host reads what we write");
    let opened = auth::session().unseal(frame.signature, frame.data);
    assert!(opened.is_err(), "nobody but the host seals");
    Verdict::Taken
}

/// The lines of `WWW-Authenticate`.
pub fn www_authenticate(bytes: &[u8]) -> Verdict {
    let limits = Limits::default();
    // A header value contains visible ASCII, spaces and tabs.
    let is_value = |byte: &u8| matches!(byte, b'\t' | b'\n' | b' '..=b'~');
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| bytes.iter().all(is_value)) else {
        return Verdict::Refused("no value of a header".to_owned());
    };
    let challenges = Challenge::read_all(text.lines());
    assert!(challenges.len() <= 16, "a list without end is cut");
    let mut verdict = Verdict::Taken;
    for challenge in challenges {
        assert!(!challenge.scheme.is_empty(), "a challenge has a scheme");
        match challenge.token(&limits) {
            Ok(token) => assert!(token.len() <= limits.token_bytes, "a token beyond the bound"),
            Err(violation) => verdict = violation.into(),
        }
    }
    verdict
}
