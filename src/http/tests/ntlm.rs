//! A minimal host side of NTLM over HTTP: one user, one password, and every check.
//!
//! It shares only the algorithms below with the client side. Follows [MS-NLMP], sections 2.2.1, 3.2.5 and 3.4; [MS-WSMV], section
//! 2.2.9.1, for the frame of sealed messages.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md4::Md4;
use md5::{Digest as _, Md5};
use rc4::{Rc4, StreamCipher as _};
use tokio::io::{AsyncRead, AsyncWrite};

use super::peer::Connection;
use crate::{auth::Credentials, secret::Secret};

pub(super) const USER: &str = r"LAB\operator";
pub(super) const PASSWORD: &str = "correct-horse";
pub(super) const PROTOCOL: &str = "application/HTTP-SPNEGO-session-encrypted";

const SERVER_CHALLENGE: [u8; 8] = *b"\x01\x23\x45\x67\x89\xab\xcd\xef";
/// Unicode, target, sign, seal, NTLM, always sign, domain, extended security, target info, version, 128, exchange, 56.
const FLAGS: u32 = 0xe289_8235;

pub(super) fn credentials() -> Credentials {
    Credentials::ntlm(USER, Secret::new(PASSWORD))
}

/// The same challenge for every caller.
pub(super) fn challenge() -> Vec<u8> {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let pair = |id: u8, value: &[u8]| [&[id, 0, u8::try_from(value.len()).unwrap(), 0], value].concat();
    let name = utf16("LAB");
    let info = [
        pair(2, &name),
        pair(1, &utf16("HV01")),
        pair(7, &0x01dc_5c00_0000_0000_u64.to_le_bytes()),
        pair(0, &[]),
    ]
    .concat();
    let field = |length: usize, offset: usize| {
        let length = u16::try_from(length).unwrap().to_le_bytes();
        [&length[..], &length, &u32::try_from(offset).unwrap().to_le_bytes()].concat()
    };
    [
        b"NTLMSSP\0\x02\0\0\0",
        &field(name.len(), 56)[..],
        &FLAGS.to_le_bytes(),
        &SERVER_CHALLENGE,
        &[0; 8],
        &field(info.len(), 56 + name.len()),
        b"\x0a\0\x61\x4a\0\0\0\x0f",
        &name,
        &info,
    ]
    .concat()
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut mac = Hmac::<Md5>::new_from_slice(key).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn rc4(key: &[u8]) -> Rc4 {
    Rc4::new_from_slice(key).unwrap()
}

/// The keys negotiated with one caller.
pub(super) struct Keys {
    to_server: (Rc4, [u8; 16], u32),
    to_client: (Rc4, [u8; 16], u32),
}

impl Keys {
    /// Checks the caller's response to the challenge: proof, integrity code, and the binding if one is required.
    pub(super) fn agree(
        negotiate: &[u8],
        authenticate: &[u8],
        binding: Option<&[u8]>,
    ) -> Result<Self, &'static str> {
        let field = |at: usize| {
            let length = u16::from_le_bytes(authenticate[at..at + 2].try_into().unwrap());
            let offset = u32::from_le_bytes(authenticate[at + 4..at + 8].try_into().unwrap());
            let (length, offset) = (usize::from(length), usize::try_from(offset).unwrap());
            &authenticate[offset..offset + length]
        };
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        if field(28) != utf16("LAB") || field(36) != utf16("operator") {
            return Err("another user");
        }
        let (proof, rest) = field(20).split_at(16);
        let key = mac(&Md4::digest(utf16(PASSWORD)), &[&utf16("OPERATOR"), &utf16("LAB")]);
        if mac(&key, &[&SERVER_CHALLENGE, rest]) != proof {
            return Err("another password");
        }
        let mut session = field(52).to_vec();
        rc4(&mac(&key, &[proof])).apply_keystream(&mut session);
        let mut without_code = authenticate.to_vec();
        without_code[72..88].fill(0);
        if mac(&session, &[negotiate, &challenge(), &without_code]) != authenticate[72..88] {
            return Err("another integrity code");
        }
        if let Some(binding) = binding {
            let length = u32::try_from(binding.len()).unwrap().to_le_bytes();
            let expected = Md5::digest([&[0; 16], &length[..], binding].concat());
            let bound = [&[0x0a, 0, 16, 0], expected.as_slice()].concat();
            if !rest[28..].windows(bound.len()).any(|window| window == bound) {
                return Err("another binding");
            }
        }
        let derive = |direction: &str, purpose: &str| -> [u8; 16] {
            let magic = format!("session key to {direction} {purpose} key magic constant\0");
            Md5::digest([&session, magic.as_bytes()].concat()).into()
        };
        let side = |direction| (rc4(&derive(direction, "sealing")), derive(direction, "signing"), 0);
        Ok(Self { to_server: side("client-to-server"), to_client: side("server-to-client") })
    }

    fn signature((cipher, key, number): &mut (Rc4, [u8; 16], u32), plain: &[u8]) -> [u8; 16] {
        let code = mac(key, &[&number.to_le_bytes(), plain]);
        let mut code: [u8; 8] = code[..8].try_into().unwrap();
        cipher.apply_keystream(&mut code);
        let signature = [&[1, 0, 0, 0], &code[..], &number.to_le_bytes()].concat();
        *number += 1;
        signature.try_into().unwrap()
    }

    pub(super) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Vec<u8> {
        let mut plain = data.to_vec();
        self.to_server.0.apply_keystream(&mut plain);
        assert_eq!(Self::signature(&mut self.to_server, &plain), signature);
        plain
    }

    pub(super) fn seal(&mut self, plain: &[u8]) -> ([u8; 16], Vec<u8>) {
        let mut data = plain.to_vec();
        self.to_client.0.apply_keystream(&mut data);
        (Self::signature(&mut self.to_client, plain), data)
    }

    /// The plain text of a sealed request, whose frame must be exact.
    pub(super) fn open(&mut self, head: &str, body: &[u8]) -> String {
        let head = head.to_lowercase();
        assert!(!head.contains("\r\nauthorization:"), "{head}");
        let content_type = format!(
            "\r\ncontent-type: multipart/encrypted;protocol=\"{PROTOCOL}\";boundary=\"encrypted boundary\"\r\n"
        );
        assert!(head.contains(&content_type.to_lowercase()), "{head}");
        let end = b"--Encrypted Boundary--\r\n";
        let octets = b"\tContent-Type: application/octet-stream\r\n";
        let at = body.windows(octets.len()).position(|window| window == octets).unwrap() + octets.len();
        let sealed = body[at..].strip_suffix(end).unwrap();
        assert_eq!(sealed[..4], [16, 0, 0, 0]);
        let plain = self.unseal(&sealed[4..20], &sealed[20..]);
        let expected = format!(
            "--Encrypted Boundary\r\n\tContent-Type: {PROTOCOL}\r\n\
             \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={}\r\n\
             --Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n",
            plain.len()
        );
        assert_eq!(String::from_utf8_lossy(&body[..at]), expected);
        String::from_utf8(plain).unwrap()
    }

    /// A sealed answer in the form of Windows.
    pub(super) fn answer(&mut self, status: &str, plain: &str) -> Vec<u8> {
        let (signature, data) = self.seal(plain.as_bytes());
        framed(status, plain.len(), &signature, &data)
    }
}

/// A whole answer with a sealed body.
pub(super) fn framed(status: &str, length: usize, signature: &[u8], data: &[u8]) -> Vec<u8> {
    let announced = u32::try_from(signature.len()).unwrap().to_le_bytes();
    let lines = format!(
        "--Encrypted Boundary\r\n\tContent-Type: {PROTOCOL}\r\n\
         \tOriginalContent: type=application/soap+xml;charset=UTF-16;Length={length}\r\n\
         --Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
    );
    let body = [lines.as_bytes(), &announced, signature, data, b"--Encrypted Boundary--\r\n"].concat();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: multipart/encrypted;protocol=\"{PROTOCOL}\";\
         boundary=\"Encrypted Boundary\"\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// A status with a challenge and no body; with a trailing space as Windows sends it.
pub(super) fn unauthorized(challenge: &str) -> String {
    format!(
        "HTTP/1.1 401 \r\nWWW-Authenticate: {challenge}\r\nWWW-Authenticate: Kerberos\r\nContent-Length: 0\r\n\r\n"
    )
}

pub(super) fn challenged() -> String {
    unauthorized(&format!("Negotiate {}", STANDARD.encode(challenge())))
}

pub(super) const WELCOME: &str = "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n";

/// The token of a leg, which has no body.
pub(super) fn token_of(head: &str, body: &[u8]) -> Vec<u8> {
    assert!(body.is_empty());
    assert!(head.to_lowercase().contains("\r\ncontent-length: 0\r\n"), "{head}");
    let line = head.lines().find_map(|line| line.strip_prefix("authorization: Negotiate ")).unwrap();
    STANDARD.decode(line).unwrap()
}

/// Both legs, up to the acceptance; `None` if the caller closes or is refused.
pub(super) async fn welcome<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    binding: Option<&[u8]>,
) -> Option<Keys> {
    let (head, body) = connection.whole_request().await?;
    let negotiate = token_of(&head, &body);
    connection.send(challenged()).await;
    let (head, body) = connection.whole_request().await?;
    match Keys::agree(&negotiate, &token_of(&head, &body), binding) {
        Ok(keys) => {
            connection.send(WELCOME).await;
            Some(keys)
        }
        Err(_) => {
            connection.send(unauthorized("Negotiate")).await;
            None
        }
    }
}

/// Serves one caller until it closes: answers each request with its own text and a mark.
pub(super) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut connection: Connection<S>) {
    let Some(mut keys) = welcome(&mut connection, None).await else { return };
    while let Some((head, body)) = connection.whole_request().await {
        let plain = keys.open(&head, &body);
        connection.send(keys.answer("200 OK", &format!("{plain}!"))).await;
    }
}
