//! A failed call, with the library's own text.
//!
//! The codes are interpreted elsewhere. Follows RFC 2744, sections 3.9 and 5.11.

use std::fmt;

use super::{buffer::Buffer, library::Library, types::KERBEROS};

/// `GSS_S_UNAVAILABLE`
const UNAVAILABLE: u32 = 16 << 16;
/// `GSS_C_GSS_CODE` and `GSS_C_MECH_CODE`
const MAJOR: i32 = 1;
const MINOR: i32 = 2;
/// The longest text that is kept; names in it may come from the network.
const TEXT: usize = 300;

/// The error status of a call to the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    call: &'static str,
    major: u32,
    minor: u32,
    text: String,
}

impl Failure {
    /// Reads the texts. This must happen in the thread of the call and before any other call.
    pub(super) fn new(library: &'static Library, call: &'static str, major: u32, minor: u32) -> Self {
        let mut text = describe(library, minor, MINOR);
        if minor == 0 || text.is_empty() {
            text = describe(library, major, MAJOR);
        }
        Self { call, major, minor, text }
    }

    /// With a text that the library returned together with the failure.
    #[cfg(target_os = "macos")]
    pub(super) fn told(call: &'static str, major: u32, text: &str) -> Self {
        Self { call, major, minor: 0, text: printable(text.as_bytes()) }
    }

    /// The library has no such function.
    pub(super) fn absent(call: &'static str) -> Self {
        Self { call, major: UNAVAILABLE, minor: 0, text: "the system's library does not have it".to_owned() }
    }

    pub(crate) fn major(&self) -> u32 {
        self.major
    }

    /// The Kerberos code, unless the library had to map it to another number.
    pub(crate) fn minor(&self) -> u32 {
        self.minor
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({:#x}/{:#x})", self.call, self.text, self.major, self.minor)
    }
}

impl std::error::Error for Failure {}

fn describe(library: &'static Library, code: u32, kind: i32) -> String {
    let mut words = String::new();
    let (mut minor, mut more) = (0, 0);
    // A code can have several texts: one for the error, one for each flag.
    for _ in 0..4 {
        let mut text = Buffer::new(library);
        // SAFETY: all pointers are to live variables; the identifier is static.
        let major = unsafe {
            (library.gss_display_status)(
                &raw mut minor,
                code,
                kind,
                &raw const KERBEROS,
                &raw mut more,
                text.slot(),
            )
        };
        if major != 0 {
            break;
        }
        if !words.is_empty() {
            words.push_str("; ");
        }
        words.push_str(&printable(text.as_slice()));
        if more == 0 {
            break;
        }
    }
    words
}

/// One line without control characters, of limited length.
fn printable(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_printable_line_of_bounded_length() {
        assert_eq!(printable(b"no \x1b[31mticket\n"), "no  [31mticket ");
        assert_eq!(printable(&[b'x'; 5000]).len(), TEXT);
        assert_eq!(printable(b"\xff"), "\u{fffd}");
    }
}
