//! The frame of a sealed message: `multipart/encrypted`, in the one form that Windows writes and reads.
//!
//! There is no blank line after the headers of a part, each of which begins with a tab; case matters; nothing is between the
//! sealed bytes and the last boundary. Lengths are checked against the body. Follows MS-WSMV, section 2.2.9.1.

/// The boundary, the same in both directions.
const BOUNDARY: &str = "Encrypted Boundary";

const ENCRYPTED: &str = "multipart/encrypted";

/// A sealed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// The media type of the plain message.
    pub(crate) content_type: &'a str,
    /// The length of the plain message.
    pub(crate) length: usize,
    pub(crate) signature: &'a [u8],
    pub(crate) data: &'a [u8],
}

/// The parameters of the `Content-Type` of a sealed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) protocol: String,
    pub(crate) boundary: String,
}

impl Envelope {
    /// The outer `None` for another type, the inner one for a missing parameter.
    pub(crate) fn of(content_type: &str) -> Option<Option<Self>> {
        let mut parts = content_type.split(';');
        if !parts.next()?.trim().eq_ignore_ascii_case(ENCRYPTED) {
            return None;
        }
        let (mut protocol, mut boundary) = (None, None);
        for part in parts {
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim().trim_matches('"').to_owned();
            match name.trim() {
                name if name.eq_ignore_ascii_case("protocol") => protocol = Some(value),
                name if name.eq_ignore_ascii_case("boundary") => boundary = Some(value),
                _ => {}
            }
        }
        Some(protocol.zip(boundary).map(|(protocol, boundary)| Self { protocol, boundary }))
    }

    /// Splits the body; `None` if it does not have exactly this frame.
    pub(crate) fn open<'a>(&self, body: &'a [u8]) -> Option<Frame<'a>> {
        let Self { protocol, boundary } = self;
        let boundary = format!("--{boundary}");
        let mut rest = body;
        let mut line = || {
            let at = rest.windows(2).position(|pair| pair == b"\r\n")?;
            let (line, after) = rest.split_at_checked(at)?;
            rest = after.get(2..)?;
            Some(line)
        };
        let is = |line: Option<&[u8]>, text: &str| line.is_some_and(|line| line == text.as_bytes());
        let opens = is(line(), &boundary) && is(line(), &format!("\tContent-Type: {protocol}"));
        let original = std::str::from_utf8(line()?).ok()?.strip_prefix("\tOriginalContent: type=")?;
        let goes_on = is(line(), &boundary) && is(line(), "\tContent-Type: application/octet-stream");
        let (content_type, length) = original.rsplit_once(";Length=")?;
        let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let length = length.parse().ok().filter(|_| is_number && opens && goes_on)?;
        let sealed = rest.strip_suffix(format!("{boundary}--\r\n").as_bytes())?;
        let (size, sealed) = sealed.split_first_chunk()?;
        let size = usize::try_from(u32::from_le_bytes(*size)).ok()?;
        let (signature, data) = sealed.split_at_checked(size)?;
        Some(Frame { content_type, length, signature, data })
    }
}

/// The `Content-Type` of a message sealed with this protocol.
pub(super) fn content_type(protocol: &str) -> String {
    format!("{ENCRYPTED};protocol=\"{protocol}\";boundary=\"{BOUNDARY}\"")
}

/// The body of such a message.
pub(super) fn close(protocol: &str, frame: &Frame<'_>) -> Vec<u8> {
    let Frame { content_type, length, signature, data } = frame;
    let head = format!(
        "--{BOUNDARY}\r\n\tContent-Type: {protocol}\r\n\tOriginalContent: type={content_type};Length={length}\r\n\
         --{BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n"
    );
    let size = u32::try_from(signature.len()).unwrap_or(u32::MAX).to_le_bytes();
    let tail = format!("--{BOUNDARY}--\r\n");
    [head.as_bytes(), size.as_slice(), signature, data, tail.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";

    fn frame() -> Frame<'static> {
        let data = b"--Encrypted Boundary\r\n--Encrypted Boundary--\r\n";
        let content_type = "application/soap+xml;charset=UTF-8";
        Frame { content_type, length: 1534, signature: b"0123456789ABCDEF", data }
    }

    fn envelope() -> Envelope {
        Envelope::of(&content_type(PROTOCOL)).unwrap().unwrap()
    }

    #[test]
    fn the_frame_is_byte_for_byte_that_of_the_specification() {
        let body = close(PROTOCOL, &Frame { data: b"xyz", ..frame() });
        let wanted = "--Encrypted Boundary\r\n\
            \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
            \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=1534\r\n\
            --Encrypted Boundary\r\n\
            \tContent-Type: application/octet-stream\r\n\
            \x10\0\0\x000123456789ABCDEFxyz--Encrypted Boundary--\r\n";
        assert_eq!(String::from_utf8(body).unwrap(), wanted);
        assert_eq!(
            content_type(PROTOCOL),
            "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\""
        );
    }

    #[test]
    fn boundaries_inside_the_sealed_bytes_are_no_boundaries() {
        let body = close(PROTOCOL, &frame());
        assert_eq!(envelope().open(&body), Some(frame()));
    }

    #[test]
    fn every_cut_and_every_other_form_is_refused() {
        let body = close(PROTOCOL, &Frame { data: b"xyz", ..frame() });
        for cut in 0..body.len() {
            assert_eq!(envelope().open(&body[..cut]), None, "{cut}");
        }
        let text = String::from_utf8(body).unwrap();
        for (from, to) in [
            ("\tContent-Type: app", "Content-Type: app"),
            ("\tOriginalContent", "\toriginalcontent"),
            (
                "\r\n--Encrypted Boundary\r\n\tContent-Type: application/oct",
                "\r\n\r\n--Encrypted Boundary\r\n",
            ),
            ("Length=1534", "Length=+1534"),
            ("Length=1534", "Length=99999999999999999999999"),
            ("\x10\0\0\0", "\x7f\x7f\x7f\x7f"),
            ("HTTP-SPNEGO", "HTTP-Kerberos"),
        ] {
            assert!(text.contains(from), "{from}");
            assert_eq!(envelope().open(text.replace(from, to).as_bytes()), None, "{to}");
        }
    }

    #[test]
    fn only_a_complete_content_type_is_one() {
        assert_eq!(Envelope::of("application/soap+xml"), None);
        assert_eq!(Envelope::of("multipart/x-multi-encrypted;protocol=\"a\";boundary=\"b\""), None);
        assert_eq!(Envelope::of("multipart/encrypted;protocol=\"a\""), Some(None));
        let wanted = Envelope { protocol: "a".to_owned(), boundary: "b c".to_owned() };
        assert_eq!(Envelope::of("Multipart/Encrypted; boundary=\"b c\"; Protocol=a"), Some(Some(wanted)));
    }
}
