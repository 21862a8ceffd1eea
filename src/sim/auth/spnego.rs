//! The two tokens of SPNEGO, and the mechanism list that both sides sign.
//!
//! `conversation` chooses the mechanism. Follows RFC 4178, section 4.2, and MS-SPNG, section 2.2.

use super::der::{self, Der, Element, only, tag};

/// 1.3.6.1.5.5.2
const SPNEGO: &[u8] = &[0x2B, 6, 1, 5, 5, 2];
/// 1.3.6.1.4.1.311.2.2.10
const NTLM: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A];
/// 1.2.840.113554.1.2.2
const KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2];
/// 1.2.840.48018.1.2.2, which Windows sends first.
const MS_KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 1, 2, 2];

/// A mechanism that this host supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mechanism {
    Ntlm,
    Kerberos,
}

/// True for a plain Kerberos token in the frame of GSS-API.
pub(super) fn is_kerberos(token: &[u8]) -> bool {
    let mechanism =
        only(token, tag::APPLICATION).and_then(|content| Der::new(content).expect(tag::IDENTIFIER));
    mechanism == Some(KERBEROS)
}

/// `NegTokenInit`.
#[derive(Debug)]
pub(super) struct Init<'a> {
    /// `mechTypes` in DER, the signed part.
    pub(super) list: &'a [u8],
    /// The identifiers, in the client's order.
    identifiers: Der<'a>,
    pub(super) token: Option<&'a [u8]>,
}

/// `NegTokenResp`, as a client sends it.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    pub(crate) token: Option<&'a [u8]>,
    pub(crate) list_mic: Option<&'a [u8]>,
}

/// `negState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Completed,
    Incomplete,
    RequestMic,
}

impl<'a> Init<'a> {
    /// True if the token may be a `NegTokenInit`.
    pub(super) fn is_like(token: &[u8]) -> bool {
        token.first() == Some(&tag::APPLICATION)
    }

    pub(super) fn read(token: &'a [u8]) -> Option<Self> {
        let mut outer = Der::new(only(token, tag::APPLICATION)?);
        if outer.expect(tag::IDENTIFIER)? != SPNEGO {
            return None;
        }
        let init = only(outer.expect(tag::CONTEXT)?, tag::SEQUENCE)?;
        if !outer.is_empty() {
            return None;
        }
        let mut init = Der::new(init);
        let list = init.expect(tag::CONTEXT)?;
        let identifiers = Der::new(only(list, tag::SEQUENCE)?);
        // reqFlags
        init.optional(tag::CONTEXT + 1)?;
        let token = octets(&mut init, 2)?;
        let _early_mic = octets(&mut init, 3)?;
        init.is_empty().then_some(Self { list, identifiers, token })
    }

    /// The client's mechanisms that this host supports, with their position and identifier.
    pub(super) fn mechanisms(&self) -> impl Iterator<Item = (usize, Mechanism, &'a [u8])> {
        let mut rest = self.identifiers;
        let elements = std::iter::from_fn(move || rest.next());
        elements.enumerate().filter_map(|(place, Element { tag, content, .. })| match (tag, content) {
            (tag::IDENTIFIER, NTLM) => Some((place, Mechanism::Ntlm, content)),
            (tag::IDENTIFIER, KERBEROS | MS_KERBEROS) => Some((place, Mechanism::Kerberos, content)),
            _ => None,
        })
    }
}

impl<'a> Response<'a> {
    /// True if the token may be a `NegTokenResp`.
    pub(super) fn is_like(token: &[u8]) -> bool {
        token.first() == Some(&(tag::CONTEXT + 1))
    }

    pub(crate) fn read(token: &'a [u8]) -> Option<Self> {
        let mut response = Der::new(only(only(token, tag::CONTEXT + 1)?, tag::SEQUENCE)?);
        if let Some(state) = response.optional(tag::CONTEXT)? {
            only(state, tag::ENUMERATED)?;
        }
        if let Some(mechanism) = response.optional(tag::CONTEXT + 1)? {
            only(mechanism, tag::IDENTIFIER)?;
        }
        let (token, list_mic) = (octets(&mut response, 2)?, octets(&mut response, 3)?);
        response.is_empty().then_some(Self { token, list_mic })
    }

    /// The answer of this host; `supported` is the identifier of the chosen mechanism.
    pub(super) fn write(
        state: State,
        supported: Option<&[u8]>,
        token: Option<&[u8]>,
        list_mic: Option<&[u8]>,
    ) -> Vec<u8> {
        let state = match state {
            State::Completed => 0,
            State::Incomplete => 1,
            State::RequestMic => 3,
        };
        let mut content = der::write(tag::CONTEXT, &der::write(tag::ENUMERATED, &[state]));
        if let Some(supported) = supported {
            content.extend(der::write(tag::CONTEXT + 1, &der::write(tag::IDENTIFIER, supported)));
        }
        for (octets, place) in [(token, 2), (list_mic, 3)] {
            if let Some(octets) = octets {
                content.extend(der::write(tag::CONTEXT + place, &der::write(tag::OCTETS, octets)));
            }
        }
        der::write(tag::CONTEXT + 1, &der::write(tag::SEQUENCE, &content))
    }
}

/// The octet string at `[place]`, if present.
fn octets<'a>(der: &mut Der<'a>, place: u8) -> Option<Option<&'a [u8]>> {
    match der.optional(tag::CONTEXT + place)? {
        None => Some(None),
        Some(content) => only(content, tag::OCTETS).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::auth::der::write;

    fn init(identifiers: &[&[u8]], token: &[u8]) -> Vec<u8> {
        let list: Vec<u8> = identifiers.iter().flat_map(|id| write(tag::IDENTIFIER, id)).collect();
        let list = write(tag::CONTEXT, &write(tag::SEQUENCE, &list));
        let token = write(tag::CONTEXT + 2, &write(tag::OCTETS, token));
        let body = write(tag::CONTEXT, &write(tag::SEQUENCE, &[list, token].concat()));
        write(tag::APPLICATION, &[write(tag::IDENTIFIER, SPNEGO), body].concat())
    }

    #[test]
    fn an_init_is_read_and_every_cut_of_it_is_refused() {
        let token = init(&[&[0x2B, 1], MS_KERBEROS, NTLM], b"hello");
        let read = Init::read(&token).unwrap();
        assert_eq!(read.token, Some(b"hello".as_slice()));
        let mechanisms: Vec<_> = read.mechanisms().collect();
        assert_eq!(mechanisms, [(1, Mechanism::Kerberos, MS_KERBEROS), (2, Mechanism::Ntlm, NTLM)]);
        assert!(read.list.starts_with(&[tag::SEQUENCE]) && read.list.ends_with(NTLM));
        for cut in 0..token.len() {
            assert!(Init::read(&token[..cut]).is_none(), "{cut}");
        }
        for at in 0..token.len() {
            for bit in 0..8 {
                let mut broken = token.clone();
                broken[at] ^= 1 << bit;
                let _ = Init::read(&broken).map(|init| init.mechanisms().count());
            }
        }
    }

    #[test]
    fn a_token_of_kerberos_is_known_by_its_identifier() {
        let framed =
            |identifier| write(tag::APPLICATION, &[write(tag::IDENTIFIER, identifier), vec![1, 0]].concat());
        assert!(is_kerberos(&framed(KERBEROS)));
        assert!(!is_kerberos(&framed(SPNEGO)) && !is_kerberos(b"") && !is_kerberos(&framed(KERBEROS)[1..]));
    }

    #[test]
    fn a_response_is_read_as_it_was_written() {
        let token = Response::write(State::RequestMic, Some(NTLM), Some(b"token"), Some(b"mic"));
        let read = Response::read(&token).unwrap();
        assert_eq!((read.token, read.list_mic), (Some(b"token".as_slice()), Some(b"mic".as_slice())));
        for cut in 0..token.len() {
            assert!(Response::read(&token[..cut]).is_none(), "{cut}");
        }
        // RFC 4178, section 4.2.2, in DER by hand.
        let short = Response::write(State::Completed, None, None, None);
        assert_eq!(short, [0xA1, 7, 0x30, 5, 0xA0, 3, 0x0A, 1, 0]);
    }
}
