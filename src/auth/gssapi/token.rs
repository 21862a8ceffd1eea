//! Wrap tokens in the form of WinRM: a signature, and separate data of the length of the message.
//!
//! Only the layout changes here; the library encrypts and verifies. A token of RFC 4121 is a header of 16 bytes, then the
//! encryption of a confounder (16), the message and a copy of the header (16), then a checksum. The part after the header is
//! rotated to the right by RRC bytes. Rotated by the length of the copy and the checksum, the token ends with the message. RRC is
//! not protected, so the sender may change the rotation. Follows RFC 4121, sections 4.2.4 to 4.2.6; [MS-KILE], section 3.4.5.4.

use super::error::Reason;
use crate::auth::Sealed;

const HEADER: usize = 16;
const CONFOUNDER: usize = 16;
/// Checksums of 12 bytes (AES-SHA1), 16 and 24 (AES-SHA2); room for one of 48.
const TRAILERS: std::ops::RangeInclusive<usize> = HEADER + 12..=HEADER + 48;
/// A block of the cipher: more extra bytes have no use, and would make old libraries truncate a message.
const MAX_EXTRA: u16 = 16;

/// The side of a context that has sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    Initiator,
    Acceptor,
}

/// The fields of a header, without its sequence number.
struct Header {
    sender: Sender,
    is_sealed: bool,
    extra: u16,
    rotation: u16,
}

impl Header {
    fn read(token: &[u8]) -> Option<Self> {
        match token {
            // Token identifier, flags, filler, extra count, right rotation count; 8 bytes of sequence number follow.
            [0x05, 0x04, flags, 0xff, e1, e2, r1, r2, rest @ ..] if rest.len() >= 8 => Some(Self {
                sender: if flags & 1 == 0 { Sender::Initiator } else { Sender::Acceptor },
                is_sealed: flags & 2 != 0,
                extra: u16::from_be_bytes([*e1, *e2]),
                rotation: u16::from_be_bytes([*r1, *r2]),
            }),
            _ => None,
        }
    }
}

/// Splits the library's token for a message of `plain` bytes.
pub(crate) fn split(mut token: Vec<u8>, plain: usize) -> Result<Sealed, Reason> {
    // Older encryption types (RC4, DES) have another form of token, which begins with 0x60.
    let header = Header::read(&token).ok_or(Reason::EncryptionType)?;
    let length = token.len().checked_sub(HEADER + CONFOUNDER).and_then(|rest| rest.checked_sub(plain));
    let trailer = length.filter(|length| TRAILERS.contains(length)).ok_or(Reason::EncryptionType)?;
    if !header.is_sealed || header.extra != 0 {
        return Err(Reason::EncryptionType);
    }
    let (head, body) = token.split_at_mut_checked(HEADER).ok_or(Reason::EncryptionType)?;
    // The library may have rotated it already.
    body.rotate_left(usize::from(header.rotation) % body.len());
    body.rotate_right(trailer);
    let rotation = u16::try_from(trailer).map_err(|_| Reason::EncryptionType)?;
    if let Some(field) = head.get_mut(6..8) {
        field.copy_from_slice(&rotation.to_be_bytes());
    }
    let data = token.split_off(HEADER + trailer + CONFOUNDER);
    Ok(Sealed { signature: token, data })
}

/// Joins a token that the other side has split at any place; refuses tokens that the library need not see.
pub(crate) fn join(signature: &[u8], data: &[u8], sender: Sender) -> Result<Vec<u8>, Reason> {
    let token = [signature, data].concat();
    let header = Header::read(&token).ok_or(Reason::BadToken)?;
    if header.sender != sender || header.extra > MAX_EXTRA {
        return Err(Reason::BadToken);
    }
    if !header.is_sealed {
        return Err(Reason::NotSealed);
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token of AES-SHA1 for the message `plain`, with recognisable parts.
    fn token(rotation: u16, plain: &[u8], checksum: usize) -> Vec<u8> {
        let mut token = vec![5, 4, 2, 0xff, 0, 0];
        token.extend(rotation.to_be_bytes());
        token.extend([0, 0, 0, 0, 0, 0, 0, 9]);
        let mut body = [&[b'c'; 16], plain, &[b'h'; 16], vec![b's'; checksum].as_slice()].concat();
        let by = usize::from(rotation) % body.len();
        body.rotate_right(by);
        [token, body].concat()
    }

    #[test]
    fn the_message_stands_apart_from_60_bytes_of_signature_with_aes_sha1() {
        let sealed = split(token(0, b"message", 12), 7).unwrap();
        assert_eq!(sealed.data, b"message");
        assert_eq!(sealed.signature.len(), 60);
        assert_eq!(sealed.signature[..16], [5, 4, 2, 0xff, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(&sealed.signature[16..], b"hhhhhhhhhhhhhhhhsssssssssssscccccccccccccccc");
    }

    #[test]
    fn a_longer_checksum_makes_a_longer_signature() {
        for (checksum, signature) in [(16, 64), (24, 72)] {
            let sealed = split(token(0, b"", checksum), 0).unwrap();
            assert_eq!((sealed.signature.len(), sealed.data.len()), (signature, 0));
            assert_eq!(usize::from(sealed.signature[7]), 16 + checksum);
        }
    }

    #[test]
    fn a_token_that_is_rotated_already_is_rotated_by_the_rest() {
        for rotation in [1, 28, 29, 500] {
            let sealed = split(token(rotation, b"message", 12), 7).unwrap();
            assert_eq!(sealed.data, b"message", "{rotation}");
        }
    }

    #[test]
    fn a_token_of_another_form_is_not_split() {
        assert_eq!(split(vec![0x60; 80], 7).err(), Some(Reason::EncryptionType));
        assert_eq!(split(token(0, b"message", 12), 8).err(), Some(Reason::EncryptionType));
        let mut signed = token(0, b"message", 12);
        signed[2] = 0;
        assert_eq!(split(signed, 7).err(), Some(Reason::EncryptionType));
    }

    #[test]
    fn a_token_may_come_split_anywhere_but_must_be_the_other_sides_and_sealed() {
        let whole = token(28, b"message", 12);
        for cut in 0..whole.len() {
            let (signature, data) = whole.split_at(cut);
            assert_eq!(join(signature, data, Sender::Initiator).unwrap(), whole);
        }
        assert_eq!(join(&whole, b"", Sender::Acceptor).err(), Some(Reason::BadToken));
        let mut signed = whole.clone();
        signed[2] = 0;
        assert_eq!(join(&signed, b"", Sender::Initiator).err(), Some(Reason::NotSealed));
        let mut extra = whole;
        extra[4] = 1;
        assert_eq!(join(&extra, b"", Sender::Initiator).err(), Some(Reason::BadToken));
    }

    #[test]
    fn what_is_too_short_for_a_header_is_refused() {
        let whole = token(28, b"", 12);
        for length in 0..16 {
            assert_eq!(join(&whole[..length], b"", Sender::Initiator).err(), Some(Reason::BadToken));
        }
    }
}
