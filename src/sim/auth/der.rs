//! The subset of DER for SPNEGO and for the outer structure of a certificate: definite lengths, one-byte tags.
//!
//! Written here because the client uses a library for its tokens: two independent implementations reveal each other's mistakes.
//! Nothing is allocated for a claimed length. Follows X.690, section 10.1.

/// A sequence of elements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Der<'a>(&'a [u8]);

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// The bytes including tag and length.
    pub(super) whole: &'a [u8],
}

pub(super) mod tag {
    pub(crate) const OCTETS: u8 = 0x04;
    pub(crate) const IDENTIFIER: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0A;
    pub(crate) const SEQUENCE: u8 = 0x30;
    /// The generic token of GSS-API, RFC 2743, section 3.1.
    pub(crate) const APPLICATION: u8 = 0x60;
    /// `[0]`; higher context tags follow.
    pub(crate) const CONTEXT: u8 = 0xA0;
}

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next element; `None` if there is none, or it does not end within the bytes.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (tag, rest) = self.0.split_first()?;
        let (first, mut rest) = rest.split_first()?;
        let length = match first {
            0..=0x7F => usize::from(*first),
            // No token or certificate needs more than three bytes of length.
            0x81..=0x83 => {
                let (bytes, after) = rest.split_at_checked(usize::from(first & 0x0F))?;
                rest = after;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
                let is_shortest = length > 0x7F && bytes.first() != Some(&0);
                is_shortest.then_some(length)?
            }
            _ => return None,
        };
        let (content, after) = rest.split_at_checked(length)?;
        let (whole, _) = self.0.split_at_checked(self.0.len() - after.len())?;
        self.0 = after;
        Some(Element { tag: *tag, content, whole })
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }

    /// The content of the next element, if it has this tag; otherwise nothing is read.
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.0.first() == Some(&tag) { self.expect(tag).map(Some) } else { Some(None) }
    }
}

/// The content of a single element with this tag that occupies all of `bytes`.
pub(super) fn only(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let mut der = Der::new(bytes);
    let content = der.expect(tag)?;
    der.is_empty().then_some(content)
}

/// An element.
pub(super) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    match significant.as_slice() {
        [] => element.push(0),
        [short] if *short < 0x80 => element.push(*short),
        long => {
            element.push(0x80 | u8::try_from(long.len()).unwrap_or_default());
            element.extend(long);
        }
    }
    element.extend(content);
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for length in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000] {
            let content = vec![7; length];
            let element = write(tag::OCTETS, &content);
            assert_eq!(only(&element, tag::OCTETS), Some(content.as_slice()), "{length}");
            for cut in [0, 1, element.len() / 2, element.len() - 1] {
                assert_eq!(only(&element[..cut], tag::OCTETS), None, "{length} cut at {cut}");
            }
        }
    }

    #[test]
    fn lengths_that_lie_or_are_not_the_shortest_are_refused() {
        let bad: [&[u8]; 8] = [
            &[4, 2, 0],
            &[4, 0x80, 0, 0],
            &[4, 0x81, 0x7F],
            &[4, 0x82, 0, 0x80],
            &[4, 0x84, 0, 0, 0, 1, 9],
            &[4, 0xFF],
            &[4, 0x83, 0xFF, 0xFF, 0xFF, 1],
            &[4, 0, 0],
        ];
        for bytes in bad {
            assert_eq!(only(bytes, tag::OCTETS), None, "{bytes:?}");
        }
    }
}
