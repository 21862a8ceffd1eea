//! A test client of NTLM, SPNEGO and sealed messages, written from MS-NLMP. It shares no code with either side, and can make each
//! kind of mistake.

use hmac::{Hmac, KeyInit, Mac};
use md4::Md4;
use md5::{Digest, Md5};
use rc4::{Rc4, StreamCipher};

/// The offer of a modern client: Unicode, sign, seal, extended session security, 128 bits, key exchange and so on.
pub(crate) const FLAGS: u32 = 0xE208_8235;
pub(crate) const SPNEGO_PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";
pub(crate) const NTLM: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 0x0A];
pub(crate) const KERBEROS: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 1, 2, 2];

type Key = [u8; 16];

/// The user, and the mistakes to make.
#[derive(Clone, Debug)]
pub(crate) struct Initiator {
    pub(crate) domain: &'static str,
    pub(crate) user: &'static str,
    pub(crate) password: &'static str,
    pub(crate) flags: u32,
    /// The hash of the channel binding.
    pub(crate) binding: Option<Key>,
    pub(crate) promises_mic: bool,
    /// The NEGOTIATE is changed after the MIC was made, as an attacker would do.
    pub(crate) other_negotiate: bool,
}

/// The operator of the published labs.
pub(crate) const OPERATOR: Initiator = Initiator {
    domain: "LAB",
    user: "operator",
    password: "correct-horse",
    flags: FLAGS,
    binding: None,
    promises_mic: true,
    other_negotiate: false,
};

/// Keys and numbers of one direction.
pub(crate) struct Direction {
    sign_key: Key,
    seal_key: Key,
    cipher: Rc4,
    pub(crate) sequence: u32,
}

/// Both directions, from the client's side.
pub(crate) struct Session {
    pub(crate) outbound: Direction,
    pub(crate) inbound: Direction,
}

impl Initiator {
    pub(crate) fn negotiate(&self) -> Vec<u8> {
        [
            b"NTLMSSP\0".as_slice(),
            &[1, 0, 0, 0],
            &self.flags.to_le_bytes(),
            &[0; 16],
            &[10, 0, 0x63, 0x45, 0, 0, 0, 15],
        ]
        .concat()
    }

    pub(crate) fn authenticate(&self, challenge: &[u8]) -> (Vec<u8>, Session) {
        assert!(challenge.starts_with(b"NTLMSSP\0\x02\0\0\0"), "no CHALLENGE: {challenge:?}");
        let owf = hmac(
            &Md4::digest(utf16(self.password)).into(),
            &[&utf16(&self.user.to_uppercase()), &utf16(self.domain)],
        );
        let mut pairs = pairs(challenge);
        let time = pairs.iter().find(|(id, _)| *id == 7).unwrap().1.clone();
        if self.promises_mic {
            pairs.push((6, vec![2, 0, 0, 0]));
        }
        pairs.push((9, utf16("HTTP/hv01")));
        pairs.extend(self.binding.map(|hash| (10, hash.to_vec())));
        pairs.push((0, Vec::new()));
        let mut temp = [&[1, 1, 0, 0, 0, 0, 0, 0], time.as_slice(), &[0xAA; 8], &[0; 4]].concat();
        for (id, value) in pairs {
            temp.extend(id.to_le_bytes());
            temp.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
            temp.extend(value);
        }
        temp.extend([0; 4]);
        let proof = hmac(&owf, &[&challenge[24..32], &temp]);
        let base = hmac(&owf, &[&proof]);
        let key = [0x42; 16];
        let mut encrypted = key;
        rc4(&base).apply_keystream(&mut encrypted);
        let parts = [
            vec![0; 24],
            [proof.as_slice(), &temp].concat(),
            utf16(self.domain),
            utf16(self.user),
            utf16("CLIENT"),
            encrypted.to_vec(),
        ];
        let mut token = b"NTLMSSP\0\x03\0\0\0".to_vec();
        let mut offset = 88_u32;
        for part in &parts {
            let length = u16::try_from(part.len()).unwrap().to_le_bytes();
            token.extend([length, length].concat());
            token.extend(offset.to_le_bytes());
            offset += u32::try_from(part.len()).unwrap();
        }
        token.extend(self.flags.to_le_bytes());
        token.extend([10, 0, 0x63, 0x45, 0, 0, 0, 15]);
        token.extend([0; 16]);
        token.extend(parts.concat());
        let mut negotiate = self.negotiate();
        if self.other_negotiate {
            negotiate[12] ^= 0x20;
        }
        let mic = hmac(&key, &[&negotiate, challenge, &token]);
        token[72..88].copy_from_slice(&mic);
        (token, Session::new(&key))
    }
}

impl Session {
    fn new(key: &Key) -> Self {
        let direction = |way: &str| {
            let derived = |kind: &str| -> Key {
                let magic = format!("session key to {way} {kind} key magic constant\0");
                Md5::new().chain_update(key).chain_update(magic).finalize().into()
            };
            let seal_key = derived("sealing");
            Direction { sign_key: derived("signing"), cipher: rc4(&seal_key), seal_key, sequence: 0 }
        };
        Self { outbound: direction("client-to-server"), inbound: direction("server-to-client") }
    }

    /// The body of a request.
    pub(crate) fn seal(&mut self, plain: &[u8], charset: &str) -> Vec<u8> {
        let mut data = plain.to_vec();
        self.outbound.cipher.apply_keystream(&mut data);
        let signature = self.outbound.signature(plain);
        frame(charset, plain.len(), &signature, &data)
    }

    /// The plain text of an answer's body, whose frame must be exactly that of Windows.
    pub(crate) fn unseal(&mut self, body: &[u8], charset: &str) -> Vec<u8> {
        let head_end = body.windows(14).position(|window| window == b"octet-stream\r\n").unwrap() + 14;
        let sealed = body[head_end..].strip_suffix(b"--Encrypted Boundary--\r\n").unwrap();
        assert_eq!(sealed[..4], [16, 0, 0, 0]);
        let (signature, data) = sealed[4..].split_at(16);
        assert_eq!(body, frame(charset, data.len(), signature, data));
        let mut plain = data.to_vec();
        self.inbound.cipher.apply_keystream(&mut plain);
        assert_eq!(self.inbound.signature(&plain), signature, "the host's signature");
        plain
    }
}

impl Direction {
    pub(crate) fn signature(&mut self, plain: &[u8]) -> Vec<u8> {
        let sequence = self.sequence.to_le_bytes();
        self.sequence += 1;
        let mut checksum = hmac(&self.sign_key, &[&sequence, plain])[..8].to_vec();
        self.cipher.apply_keystream(&mut checksum);
        [&[1, 0, 0, 0], checksum.as_slice(), &sequence].concat()
    }

    /// The signature below the list of mechanisms, MS-SPNG 3.3.5.1.
    pub(crate) fn list_signature(&mut self, list: &[u8]) -> Vec<u8> {
        let signature = self.signature(list);
        self.cipher = rc4(&self.seal_key);
        signature
    }
}

/// The body of a sealed message.
pub(crate) fn frame(charset: &str, length: usize, signature: &[u8], data: &[u8]) -> Vec<u8> {
    let head = format!(
        "--Encrypted Boundary\r\n\tContent-Type: {SPNEGO_PROTOCOL}\r\n\tOriginalContent: \
         type=application/soap+xml;charset={charset};Length={length}\r\n--Encrypted Boundary\r\n\
         \tContent-Type: application/octet-stream\r\n"
    );
    let size = u32::try_from(signature.len()).unwrap().to_le_bytes();
    [head.as_bytes(), &size, signature, data, b"--Encrypted Boundary--\r\n"].concat()
}

/// The hash of the channel binding to this certificate, MS-NLMP 2.2.2.1.
pub(crate) fn binding(certificate: &[u8]) -> Key {
    let data =
        [b"tls-server-end-point:".as_slice(), &<sha2::Sha256 as sha2::Digest>::digest(certificate)].concat();
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    Md5::new().chain_update([0; 16]).chain_update(length).chain_update(data).finalize().into()
}

/// An element of DER.
pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..0x80 => vec![u8::try_from(short).unwrap()],
        long => [&[0x82], u16::try_from(long).unwrap().to_be_bytes().as_slice()].concat(),
    };
    let length = match length.as_slice() {
        [0x82, 0, low] => vec![0x81, *low],
        _ => length,
    };
    [&[tag], length.as_slice(), content].concat()
}

/// `MechTypeList`.
pub(crate) fn list(identifiers: &[&[u8]]) -> Vec<u8> {
    der(0x30, &identifiers.iter().flat_map(|identifier| der(6, identifier)).collect::<Vec<_>>())
}

/// `NegTokenInit` with a token for the first mechanism.
pub(crate) fn init(identifiers: &[&[u8]], token: &[u8]) -> Vec<u8> {
    let content = [der(0xA0, &list(identifiers)), der(0xA2, &der(4, token))].concat();
    der(0x60, &[der(6, &[0x2B, 6, 1, 5, 5, 2]), der(0xA0, &der(0x30, &content))].concat())
}

/// `NegTokenResp` with a token and perhaps the signature of the list.
pub(crate) fn response(token: &[u8], list_mic: Option<&[u8]>) -> Vec<u8> {
    let mic = list_mic.map(|mic| der(0xA3, &der(4, mic))).unwrap_or_default();
    der(0xA1, &der(0x30, &[der(0xA2, &der(4, token)), mic].concat()))
}

fn rc4(key: &Key) -> Rc4 {
    Rc4::new_from_slice(key).unwrap()
}

fn hmac(key: &Key, parts: &[&[u8]]) -> Key {
    let mut mac = <Hmac<Md5> as KeyInit>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The pairs of a CHALLENGE, without the last.
pub(crate) fn pairs(challenge: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let number = |at: usize| usize::from(u16::from_le_bytes([challenge[at], challenge[at + 1]]));
    let (mut at, mut pairs) = (number(44), Vec::new());
    assert_eq!(at + number(40), challenge.len(), "the pairs end the message");
    while number(at) != 0 {
        let (id, length) = (number(at), number(at + 2));
        pairs.push((u16::try_from(id).unwrap(), challenge[at + 4..at + 4 + length].to_vec()));
        at += 4 + length;
    }
    pairs
}
