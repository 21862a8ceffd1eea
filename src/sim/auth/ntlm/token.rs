//! The parts of NTLM messages: flags, fields, text, attribute-value pairs.
//!
//! Lengths and offsets are checked before anything is read or copied. Follows MS-NLMP, section 2.2.

use super::SIGNATURE;

/// `NegotiateFlags`, MS-NLMP 2.2.2.5.
pub(super) mod flags {
    pub(crate) const UNICODE: u32 = 0x0000_0001;
    pub(crate) const REQUEST_TARGET: u32 = 0x0000_0004;
    pub(crate) const SIGN: u32 = 0x0000_0010;
    pub(crate) const SEAL: u32 = 0x0000_0020;
    pub(crate) const NTLM: u32 = 0x0000_0200;
    pub(crate) const ALWAYS_SIGN: u32 = 0x0000_8000;
    pub(crate) const TARGET_TYPE_DOMAIN: u32 = 0x0001_0000;
    pub(crate) const TARGET_TYPE_SERVER: u32 = 0x0002_0000;
    pub(crate) const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
    pub(crate) const TARGET_INFO: u32 = 0x0080_0000;
    pub(crate) const VERSION: u32 = 0x0200_0000;
    pub(crate) const KEY_128: u32 = 0x2000_0000;
    pub(crate) const KEY_EXCHANGE: u32 = 0x4000_0000;
    pub(crate) const KEY_56: u32 = 0x8000_0000;

    /// The flags that determine the protection of messages: the answer must not contain more of them than were offered.
    pub(crate) const SECURITY: u32 = SIGN | SEAL | EXTENDED_SESSION_SECURITY | KEY_128 | KEY_EXCHANGE;
}

/// `AvId`, MS-NLMP 2.2.2.1.
pub(super) mod av {
    pub(crate) const EOL: u16 = 0;
    pub(crate) const NB_COMPUTER_NAME: u16 = 1;
    pub(crate) const NB_DOMAIN_NAME: u16 = 2;
    pub(crate) const DNS_COMPUTER_NAME: u16 = 3;
    pub(crate) const DNS_DOMAIN_NAME: u16 = 4;
    pub(crate) const DNS_TREE_NAME: u16 = 5;
    pub(crate) const FLAGS: u16 = 6;
    pub(crate) const TIMESTAMP: u16 = 7;
    pub(crate) const CHANNEL_BINDINGS: u16 = 10;
}

const MIC: std::ops::Range<usize> = 72..88;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// True for a message of this type.
pub(super) fn is_message(token: &[u8], kind: u32) -> bool {
    token.starts_with(SIGNATURE) && u32_at(token, 8) == Some(kind)
}

/// The flags of a NEGOTIATE; its names, if any, must lie within it.
pub(super) fn negotiate_flags(token: &[u8]) -> Option<u32> {
    if !is_message(token, 1) {
        return None;
    }
    for at in [16, 24] {
        // Old clients omit the fields.
        if token.len() > at {
            field(token, at, 16)?;
        }
    }
    u32_at(token, 12)
}

/// The bytes that the fields at `at` refer to, after the fixed part of the message.
pub(super) fn field(token: &[u8], at: usize, fixed: usize) -> Option<&[u8]> {
    let length = usize::from(u16_at(token, at)?);
    let offset = usize::try_from(u32_at(token, at.checked_add(4)?)?).ok()?;
    if length == 0 {
        return Some(&[]);
    }
    if offset < fixed {
        return None;
    }
    token.get(offset..offset.checked_add(length)?)
}

/// Decodes UTF-16, little-endian.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().copied().map(u16::from_le_bytes);
    rest.is_empty().then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok())?
}

/// Encodes UTF-16, little-endian.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The first pair with that identifier; the outer `None` if the list is truncated or a pair is longer than the rest.
pub(super) fn av_pair(mut list: &[u8], wanted: u16) -> Option<Option<&[u8]>> {
    let mut found = None;
    loop {
        let (id, length) = (u16_at(list, 0)?, usize::from(u16_at(list, 2)?));
        let rest = list.get(4..)?;
        let (value, after) = rest.split_at_checked(length)?;
        match id {
            av::EOL => return Some(found),
            _ if id == wanted && found.is_none() => found = Some(value),
            _ => {}
        }
        list = after;
    }
}

/// The MIC of an AUTHENTICATE, and the message with zeros in its place.
pub(super) fn split_mic(token: &[u8]) -> Option<([u8; 16], Vec<u8>)> {
    let mut zeroed = token.to_vec();
    let place = zeroed.get_mut(MIC)?;
    let mic = place.first_chunk().copied()?;
    place.fill(0);
    Some((mic, zeroed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_lie_are_refused() {
        let token = |length: u16, offset: u32| {
            let mut token = vec![0; 20];
            token[0..2].copy_from_slice(&length.to_le_bytes());
            token[4..8].copy_from_slice(&offset.to_le_bytes());
            token
        };
        assert_eq!(field(&token(4, 16), 0, 8), Some([0; 4].as_slice()));
        assert_eq!(field(&token(0, 9_999), 0, 8), Some([].as_slice()));
        for (length, offset) in [(5, 16), (1, 20), (1, u32::MAX), (u16::MAX, u32::MAX), (4, 4)] {
            assert_eq!(field(&token(length, offset), 0, 8), None, "{length} at {offset}");
        }
        assert_eq!(field(&[0; 7], 0, 0), None);
    }

    #[test]
    fn a_list_of_pairs_must_end_as_a_list_ends() {
        let list = [2, 0, 2, 0, b'A', 0, 6, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(av_pair(&list, av::FLAGS), Some(Some([2, 0, 0, 0].as_slice())));
        assert_eq!(av_pair(&list, av::TIMESTAMP), Some(None));
        for cut in 0..list.len() {
            assert_eq!(av_pair(&list[..cut], av::FLAGS), None, "{cut}");
        }
        let many = [9, 0, 0, 0].repeat(16_000);
        assert_eq!(av_pair(&[many.as_slice(), &[0; 4]].concat(), av::FLAGS), Some(None));
    }

    #[test]
    fn text_is_whole_utf_16() {
        assert_eq!(text(&utf16("Jürgen 😀")).as_deref(), Some("Jürgen 😀"));
        assert_eq!(text(b"A\0B"), None);
        assert_eq!(text(&[0x00, 0xD8]), None);
    }
}
