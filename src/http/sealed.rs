//! The frame of a sealed message: `multipart/encrypted`, which resembles MIME but is not.
//!
//! Written exactly as [MS-WSMV], section 2.2.9.1, has it. The reader also accepts the variants of other services: header lines
//! with or without a leading tab, a space before the boundary, a line end after the last one, names in any case. The encrypted
//! part is never searched for boundaries.

use super::CONTENT_TYPE;
use crate::violation::Violation;

const MEDIA_TYPE: &str = "multipart/encrypted";
/// CredSSP's form for messages that exceed a TLS record.
const MEDIA_TYPE_OF_PIECES: &str = "multipart/x-multi-encrypted";
const BOUNDARY: &str = "Encrypted Boundary";
const BINARY: &str = "application/octet-stream";
/// A generous limit: header lines of a frame are about a tenth of this.
const MAX_LINE: usize = 1024;
/// A generous limit: a part has two header lines at most.
const MAX_LINES: usize = 8;
/// The longest signature. The header of a wrap token with confounder and checksum is much shorter.
const MAX_SIGNATURE: usize = 1024;

/// The Content-Type of a message sealed with `protocol`.
pub(crate) fn content_type(protocol: &str) -> String {
    [MEDIA_TYPE, ";protocol=\"", protocol, "\";boundary=\"", BOUNDARY, "\""].concat()
}

/// The frame around a sealed body; `length` is that of the plain text in bytes.
pub(crate) fn write(protocol: &str, length: usize, signature: &[u8], data: &[u8]) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\n\
         \tContent-Type: {protocol}\r\n\
         \tOriginalContent: type={CONTENT_TYPE};Length={length}\r\n\
         --{BOUNDARY}\r\n\
         \tContent-Type: {BINARY}\r\n"
    );
    let end = format!("--{BOUNDARY}--\r\n");
    // No mechanism has a signature of 4 GiB; a reader would refuse the frame.
    let announced = u32::try_from(signature.len()).unwrap_or(u32::MAX).to_le_bytes();
    [head.as_bytes(), &announced, signature, data, end.as_bytes()].concat()
}

/// True if this Content-Type announces a sealed message.
pub(crate) fn is_sealed(content_type: &str) -> bool {
    let media_type = media_type(content_type);
    media_type.eq_ignore_ascii_case(MEDIA_TYPE) || media_type.eq_ignore_ascii_case(MEDIA_TYPE_OF_PIECES)
}

/// The content of a frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// The Content-Type of the plain text.
    pub(crate) content_type: String,
    /// The announced length of the plain text; the reader must compare it with the plain text itself.
    pub(crate) length: usize,
    pub(crate) signature: &'a [u8],
    pub(crate) data: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a whole body that has this Content-Type.
    pub(crate) fn read(protocol: &str, content_type: &str, body: &'a [u8]) -> Result<Self, Violation> {
        if media_type(content_type).eq_ignore_ascii_case(MEDIA_TYPE_OF_PIECES) {
            return Err(Violation::SealedInPieces);
        }
        let mut announced = parameters(content_type, "protocol");
        if !announced.any(|value| value.eq_ignore_ascii_case(protocol)) {
            return Err(Violation::WrongSealing);
        }
        let mut rest = body;
        boundary(&mut rest)?;
        let (mut sealing, mut original) = (None, None);
        for (name, value) in std::iter::from_fn(|| header(&mut rest)).take(MAX_LINES) {
            let place = if name.eq_ignore_ascii_case("Content-Type") {
                &mut sealing
            } else if name.eq_ignore_ascii_case("OriginalContent") {
                &mut original
            } else {
                continue;
            };
            if place.replace(value).is_some() {
                return Err(Violation::BadSealedFrame);
            }
        }
        if !sealing.ok_or(Violation::BadSealedFrame)?.eq_ignore_ascii_case(protocol) {
            return Err(Violation::WrongSealing);
        }
        let (content_type, length) = original_content(original.ok_or(Violation::BadSealedFrame)?)?;
        boundary(&mut rest)?;
        // Binary data follows this line, so it must be the only one.
        match header(&mut rest) {
            Some((name, value))
                if name.eq_ignore_ascii_case("Content-Type") && value.eq_ignore_ascii_case(BINARY) => {}
            _ => return Err(Violation::BadSealedFrame),
        }
        let sealed = without_end(rest).ok_or(Violation::BadSealedFrame)?;
        let (announced, sealed) = sealed.split_first_chunk().ok_or(Violation::BadSealedFrame)?;
        let announced = usize::try_from(u32::from_le_bytes(*announced)).unwrap_or(usize::MAX);
        if announced > MAX_SIGNATURE {
            return Err(Violation::BadSealedFrame);
        }
        let (signature, data) = sealed.split_at_checked(announced).ok_or(Violation::BadSealedFrame)?;
        if let Some(mut behind) = data.get(length..)
            && boundary(&mut behind).is_ok()
        {
            return Err(Violation::SealedInPieces);
        }
        Ok(Self { content_type, length, signature, data })
    }
}

/// Splits `type=…;charset=…;Length=…` into the type with its parameters, and the length.
fn original_content(value: &str) -> Result<(String, usize), Violation> {
    let lengths: Vec<_> = parameters(value, "Length").collect();
    let &[length] = lengths.as_slice() else { return Err(Violation::BadSealedFrame) };
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Violation::BadSealedFrame);
    }
    let length = length.parse().map_err(|_| Violation::SealedLength)?;
    let others = value.split(';').map(str::trim).filter(|part| parameter(part, "Length").is_none());
    let content_type = others.collect::<Vec<_>>().join(";");
    match parameter(&content_type, "type") {
        Some(content_type) => Ok((content_type.to_owned(), length)),
        None => Err(Violation::BadSealedFrame),
    }
}

fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn parameters<'t>(value: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    value.split(';').filter_map(move |part| parameter(part.trim(), name)).map(|value| value.trim_matches('"'))
}

/// The value of `name=value`; it may contain further parameters.
fn parameter<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (found, value) = text.split_once('=')?;
    found.trim_end().eq_ignore_ascii_case(name).then(|| value.trim_start())
}

/// Consumes a boundary line, but not a closing one.
fn boundary(rest: &mut &[u8]) -> Result<(), Violation> {
    let mut after = *rest;
    let line = line(&mut after).and_then(|line| line.strip_prefix("--")).ok_or(Violation::BadSealedFrame)?;
    if !line.trim().eq_ignore_ascii_case(BOUNDARY) {
        return Err(Violation::BadSealedFrame);
    }
    *rest = after;
    Ok(())
}

/// Consumes a header line; leaves anything else untouched.
fn header<'a>(rest: &mut &'a [u8]) -> Option<(&'a str, &'a str)> {
    let mut after = *rest;
    let line = line(&mut after)?;
    if line.starts_with("--") {
        return None;
    }
    let (name, value) = line.split_once(':')?;
    *rest = after;
    Some((name.trim(), value.trim()))
}

/// Consumes a line of text with its end, and returns it without the end.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = memchr::memchr(b'\n', rest.get(..MAX_LINE).unwrap_or(rest))?;
    let (line, after) = rest.split_at_checked(end)?;
    *rest = after.get(1..)?;
    std::str::from_utf8(line).ok()?.strip_suffix('\r')
}

/// The binary part without the closing boundary. Only the very end is compared, because the rest is cipher text.
fn without_end(binary: &[u8]) -> Option<&[u8]> {
    let binary = binary.strip_suffix(b"\r\n").unwrap_or(binary);
    let binary = binary.strip_suffix(b"\r\n").unwrap_or(binary).strip_suffix(b"--")?;
    let (before, end) = binary.split_at_checked(binary.len().checked_sub(BOUNDARY.len())?)?;
    if !end.eq_ignore_ascii_case(BOUNDARY.as_bytes()) {
        return None;
    }
    before.strip_suffix(b"--").or_else(|| before.strip_suffix(b"-- "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";
    const HEADER: &str = "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";\
                          boundary=\"Encrypted Boundary\"";
    /// Cipher text that contains the end of a frame, a new part, and a line.
    const DATA: &[u8] = b"\r\n--Encrypted Boundary--\r\n--Encrypted Boundary\r\n\tContent-Type: x\r\n-- ";

    fn sample() -> Vec<u8> {
        write(PROTOCOL, DATA.len(), b"0123456789abcdef", DATA)
    }

    fn read(body: &[u8]) -> Result<Frame<'_>, Violation> {
        Frame::read(PROTOCOL, HEADER, body)
    }

    /// A frame with these lines, a signature of two bytes and data of three.
    fn of(lines: &str) -> Vec<u8> {
        [lines.as_bytes(), b"\x02\0\0\0SSddd--Encrypted Boundary--\r\n"].concat()
    }

    #[test]
    fn a_frame_is_written_as_specified_to_the_byte() {
        assert_eq!(content_type(PROTOCOL), HEADER);
        assert!(is_sealed(HEADER) && !is_sealed(CONTENT_TYPE));
        let expected = b"--Encrypted Boundary\r\n\
            \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
            \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=3\r\n\
            --Encrypted Boundary\r\n\
            \tContent-Type: application/octet-stream\r\n\
            \x02\0\0\0SSddd--Encrypted Boundary--\r\n";
        assert_eq!(write(PROTOCOL, 3, b"SS", b"ddd"), expected);
    }

    #[test]
    fn a_frame_is_read_back_whatever_the_cipher_text_looks_like() {
        let body = sample();
        let frame = read(&body).unwrap();
        assert_eq!((frame.signature, frame.data), (&b"0123456789abcdef"[..], DATA));
        assert_eq!((frame.content_type.as_str(), frame.length), (CONTENT_TYPE, DATA.len()));
    }

    #[test]
    fn frames_of_other_services_are_read() {
        let bodies = [
            // No tabs, a space before the boundary, other cases, an extra line end.
            "-- Encrypted Boundary\r\ncontent-type: application/http-spnego-session-encrypted\r\n\
             originalcontent: TYPE=application/soap+xml; charset=UTF-16;length=3\r\n\
             -- Encrypted Boundary\r\nContent-type:Application/Octet-Stream\r\n\
             \x02\0\0\0SSddd-- Encrypted Boundary--\r\n\r\n",
            "--encrypted boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
             \tX: y\r\n\tOriginalContent: type=application/soap+xml;Length=3;charset=UTF-16\r\n\
             --Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n\
             \x02\0\0\0SSddd--Encrypted Boundary--",
        ];
        for body in bodies {
            let frame = read(body.as_bytes()).unwrap();
            assert_eq!(frame.content_type, "application/soap+xml;charset=UTF-16");
            assert_eq!((frame.length, frame.signature, frame.data), (3, &b"SS"[..], &b"ddd"[..]));
        }
        let header = "Multipart/Encrypted; Protocol=application/http-spnego-session-encrypted; boundary=x";
        assert!(Frame::read(PROTOCOL, header, &sample()).is_ok());
    }

    #[test]
    fn a_frame_cut_at_any_byte_is_an_offence() {
        let body = sample();
        // Only the end of the last line may be missing.
        for end in 0..body.len() - 2 {
            let cut = read(&body[..end]);
            // The cipher text contains a closing boundary itself; then the plain text is too short.
            let short = cut.as_ref().is_ok_and(|frame| frame.data.len() < frame.length);
            assert!(short || cut == Err(Violation::BadSealedFrame), "{end}: {cut:?}");
        }
        for end in 1..body.len() {
            assert!(read(&body[end..]).is_err(), "{end}");
        }
    }

    #[test]
    fn lengths_that_lie_are_offences() {
        let frame = |announced: u32| {
            let body = write(PROTOCOL, 3, b"SS", b"ddd");
            let at = body.windows(4).position(|bytes| bytes == [2, 0, 0, 0]).unwrap();
            [&body[..at], &announced.to_le_bytes(), &body[at + 4..]].concat()
        };
        for announced in [6, 7, 1025, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            assert_eq!(read(&frame(announced)), Err(Violation::BadSealedFrame), "{announced}");
        }
        assert_eq!(read(&frame(5)).unwrap().data, b"");
        let announcing = |length: &str| {
            of(&format!(
                "--Encrypted Boundary\r\n\tContent-Type: {PROTOCOL}\r\n\
                 \tOriginalContent: type=application/soap+xml;Length={length}\r\n\
                 --Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
            ))
        };
        assert_eq!(read(&announcing("18446744073709551615")).unwrap().length, usize::MAX);
        let too_long = "9".repeat(30);
        assert_eq!(read(&announcing(&too_long)), Err(Violation::SealedLength));
        for length in ["", "-3", "+3", "0x3", "3 3", "3;Length=3"] {
            assert_eq!(read(&announcing(length)).err().map(|_| ()), Some(()), "{length}");
        }
    }

    #[test]
    fn several_pieces_are_an_offence() {
        let body = sample();
        let pieces = HEADER.replace("multipart/encrypted", "multipart/x-multi-encrypted");
        assert!(is_sealed(&pieces));
        assert_eq!(Frame::read(PROTOCOL, &pieces, &body), Err(Violation::SealedInPieces));
        let one = write(PROTOCOL, 3, b"SS", b"ddd");
        let one = one.strip_suffix(b"--Encrypted Boundary--\r\n").unwrap();
        assert_eq!(read(&[one, &body].concat()), Err(Violation::SealedInPieces));
    }

    #[test]
    fn another_protocol_than_the_negotiated_one_is_an_offence() {
        let other = "application/HTTP-Kerberos-session-encrypted";
        let body = sample();
        assert_eq!(Frame::read(other, HEADER, &body), Err(Violation::WrongSealing));
        assert_eq!(Frame::read(other, &content_type(other), &body), Err(Violation::WrongSealing));
        assert_eq!(Frame::read(PROTOCOL, MEDIA_TYPE, &body), Err(Violation::WrongSealing));
    }

    #[test]
    fn a_frame_with_lines_missing_doubled_or_without_end_is_an_offence() {
        let (open, first, original, second) = (
            "--Encrypted Boundary\r\n",
            "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n",
            "\tOriginalContent: type=application/soap+xml;Length=3\r\n",
            "\tContent-Type: application/octet-stream\r\n",
        );
        assert!(read(&of(&[open, first, original, open, second].concat())).is_ok());
        let long = format!("\tX: {}\r\n", "y".repeat(MAX_LINE));
        for lines in [
            vec![first, original, open, second],
            vec![open, original, open, second],
            vec![open, first, open, second],
            vec![open, first, first, original, open, second],
            vec![open, first, original, original, open, second],
            vec![open, first, original, second],
            vec![open, first, original, open],
            vec![open, first, original, open, "\tX: y\r\n", second],
            vec![open, first, original, "\r\n", open, second],
            vec![open, &long, first, original, open, second],
            vec![open, &"\tX: y\r\n".repeat(MAX_LINES), first, original, open, second],
            vec![&original.repeat(100_000)],
            vec!["--Encrypted Boundary--\r\n"],
            vec![],
        ] {
            assert_eq!(read(&of(&lines.concat())), Err(Violation::BadSealedFrame), "{lines:?}");
        }
    }
}
