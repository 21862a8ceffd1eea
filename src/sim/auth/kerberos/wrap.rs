//! Wrap tokens in the form of Windows: a signature, and separate data of the length of the message.
//!
//! Only the layout changes here. After a header of 16 bytes a token contains confounder (16) and message, then the encrypted copy
//! of the header and a checksum. The part after the header is rotated to the right by the count in the header. Follows RFC 4121,
//! section 4.2; MS-KILE, section 3.4.5.4.

use crate::sim::auth::Denied;

const CONFOUNDER: usize = 16;
/// The copy of the header and the checksum: 28 bytes with AES-SHA1, 32 or 40 with AES-SHA2.
const TAILS: std::ops::RangeInclusive<usize> = 28..=64;
const BY_ACCEPTOR: u8 = 1;
const SEALED: u8 = 2;
/// No cipher adds more filler than a block.
const MOST_FILLING: u16 = 16;

/// Signature and data of the library's token for a message of `plain` bytes; `None` if the token has another form.
pub(super) fn split(token: &[u8], plain: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let (header, body) = token.split_first_chunk::<16>()?;
    let [5, 4, flags, 0xff, 0, 0, high, low, sequence @ ..] = header else { return None };
    let tail = body.len().checked_sub(CONFOUNDER + plain).filter(|tail| TAILS.contains(tail))?;
    if flags & SEALED == 0 {
        return None;
    }
    let mut body = body.to_vec();
    let rotated = usize::from(u16::from_be_bytes([*high, *low])) % body.len();
    body.rotate_left(rotated);
    let data = body.drain(CONFOUNDER..CONFOUNDER + plain).collect();
    // The rest is the confounder and the tail, which must precede it.
    body.rotate_right(tail);
    let [high, low] = u16::try_from(tail).ok()?.to_be_bytes();
    let signature = [&[5, 4, *flags, 0xff, 0, 0, high, low], sequence.as_slice(), &body].concat();
    Some((signature, data))
}

/// The token that a client has split at any place.
pub(super) fn joined(signature: &[u8], data: &[u8]) -> Result<Vec<u8>, Denied> {
    let token = [signature, data].concat();
    match token.first_chunk::<16>() {
        Some([5, 4, flags, 0xff, high, low, ..])
            if flags & BY_ACCEPTOR == 0 && u16::from_be_bytes([*high, *low]) <= MOST_FILLING =>
        {
            if flags & SEALED == 0 { Err(Denied::Weak("a message that is not encrypted")) } else { Ok(token) }
        }
        _ => Err(Denied::Malformed("a wrap token of Kerberos")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token of AES-SHA1 for `message`, with recognisable parts.
    fn token(flags: u8, rotation: u8) -> Vec<u8> {
        let mut body = [b"cccccccccccccccc", b"message".as_slice(), &[b'h'; 16], &[b's'; 12]].concat();
        body.rotate_right(usize::from(rotation));
        [&[5, 4, flags, 0xff, 0, 0, 0, rotation, 0, 0, 0, 0, 0, 0, 0, 9], body.as_slice()].concat()
    }

    #[test]
    fn the_message_stands_apart_however_the_library_has_rotated_the_token() {
        for rotation in [0, 1, 28, 44] {
            let (signature, data) = split(&token(SEALED | BY_ACCEPTOR, rotation), 7).unwrap();
            assert_eq!(data, b"message", "{rotation}");
            assert_eq!(signature[..16], [5, 4, 3, 0xff, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 9]);
            assert_eq!(&signature[16..], b"hhhhhhhhhhhhhhhhsssssssssssscccccccccccccccc");
        }
    }

    #[test]
    fn a_token_of_another_form_is_not_split() {
        for (token, plain) in [
            (vec![0x60; 80], 7),
            (token(SEALED, 0), 30),
            (token(SEALED, 0), 8000),
            (token(BY_ACCEPTOR, 0), 7),
            (token(SEALED, 0)[..15].to_vec(), 0),
        ] {
            assert_eq!(split(&token, plain), None, "{plain} of {token:?}");
        }
    }

    #[test]
    fn a_token_may_come_split_anywhere_but_must_be_the_clients_and_sealed() {
        let whole = token(SEALED, 28);
        for cut in 0..whole.len() {
            let (signature, data) = whole.split_at(cut);
            assert_eq!(joined(signature, data), Ok(whole.clone()));
        }
        let malformed = Err(Denied::Malformed("a wrap token of Kerberos"));
        assert_eq!(joined(&token(SEALED | BY_ACCEPTOR, 0), b""), malformed);
        assert_eq!(joined(&whole[..15], b""), malformed);
        let mut filled = whole;
        filled[4] = 1;
        assert_eq!(joined(&filled, b""), malformed);
        assert_eq!(joined(&token(0, 0), b""), Err(Denied::Weak("a message that is not encrypted")));
    }
}
