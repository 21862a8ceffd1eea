//! One persistent connection to a simulated host: legs of an authentication, then plain or sealed requests.

use base64::{Engine, engine::general_purpose::STANDARD};
use hvsnap::sim::{RunningSimulator, Simulator};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

use crate::sim::{
    ntlm_client::{self, Initiator, SPNEGO_PROTOCOL, Session},
    raw::{Raw, WMI, envelope, post, read},
};

pub(crate) const DEFAULT_HOST: &str = include_str!("../../../fixtures/lab/default-host.toml");

/// The published lab of a host with default settings, with parts of it replaced.
pub(crate) async fn host(replaced: &[(&str, &str)]) -> RunningSimulator {
    let mut lab = DEFAULT_HOST.to_owned();
    for (from, to) in replaced {
        assert!(lab.contains(from), "{from}");
        lab = lab.replace(from, to);
    }
    Simulator::from_lab_text(&lab).unwrap().seed(7).start().await.unwrap()
}

/// A connection.
pub(crate) struct Wire<S>(pub(crate) S);

/// A new connection without TLS.
pub(crate) async fn connect(sim: &RunningSimulator) -> Wire<TcpStream> {
    Wire(TcpStream::connect(sim.address()).await.unwrap())
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) async fn post(&mut self, headers: &str, body: &[u8]) -> Raw {
        self.0.write_all(&post(headers, body)).await.unwrap();
        read(&mut self.0).await
    }

    /// A leg: an empty body, a token.
    pub(crate) async fn leg(&mut self, scheme: &str, token: &[u8]) -> Raw {
        self.post(&authorization(scheme, token), b"").await
    }

    /// A leg that must be answered by a challenge; returns its token.
    pub(crate) async fn challenged(&mut self, token: &[u8]) -> Vec<u8> {
        let raw = self.leg("Negotiate", token).await;
        assert_eq!((raw.status.as_str(), raw.header("connection")), ("HTTP/1.1 401 ", None));
        token_of(&raw).expect("a token to go on with")
    }

    /// NTLM without SPNEGO, and the last answer.
    pub(crate) async fn ntlm(&mut self, initiator: &Initiator) -> (Raw, Session) {
        let challenge = self.challenged(&initiator.negotiate()).await;
        let (token, session) = initiator.authenticate(&challenge);
        (self.leg("Negotiate", &token).await, session)
    }

    /// NTLM without SPNEGO that must succeed.
    pub(crate) async fn authenticated(&mut self, initiator: &Initiator) -> Session {
        let (raw, session) = self.ntlm(initiator).await;
        assert_eq!((raw.status.as_str(), raw.body.len()), ("HTTP/1.1 200 ", 0));
        assert_eq!(raw.header("www-authenticate"), None);
        session
    }

    /// Sends a sealed body unchanged.
    pub(crate) async fn send_sealed(&mut self, body: &[u8]) -> Raw {
        self.post(&sealed_type(SPNEGO_PROTOCOL), body).await
    }

    /// Seals, sends, unseals.
    pub(crate) async fn sealed(&mut self, session: &mut Session, plain: &str) -> Raw {
        let body = session.seal(plain.as_bytes(), "UTF-8");
        let mut raw = self.send_sealed(&body).await;
        assert_eq!(
            raw.header("content-type").map(|value| format!("Content-Type: {value}\r\n")),
            Some(sealed_type(SPNEGO_PROTOCOL))
        );
        raw.body = session.unseal(&raw.body, "UTF-8");
        raw
    }
}

pub(crate) fn sealed_type(protocol: &str) -> String {
    format!("Content-Type: multipart/encrypted;protocol=\"{protocol}\";boundary=\"Encrypted Boundary\"\r\n")
}

pub(crate) fn authorization(scheme: &str, token: &[u8]) -> String {
    format!("Authorization: {scheme} {}\r\n", STANDARD.encode(token))
}

/// The token of `WWW-Authenticate: Negotiate`, if there is one.
pub(crate) fn token_of(raw: &Raw) -> Option<Vec<u8>> {
    raw.header("www-authenticate")?.strip_prefix("Negotiate ").map(|token| STANDARD.decode(token).unwrap())
}

/// The schemes of a 401, each with its line.
pub(crate) fn offers(raw: &Raw) -> Vec<&str> {
    let lines = raw.headers.iter().filter_map(|line| line.split_once(": "));
    lines.filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate")).map(|(_, offer)| offer).collect()
}

/// A Get that ends in the fault "not found".
pub(crate) fn question() -> String {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    envelope(action, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", "none")], "")
}

/// The fault of [`question`].
pub(crate) const NOT_FOUND: u32 = 2_150_858_752;

/// The reason of the last refusal.
pub(crate) fn denied(sim: &RunningSimulator) -> String {
    sim.journal().last().unwrap().denied.clone().unwrap_or_default()
}

/// SPNEGO with these mechanisms up to NTLM's CHALLENGE, which is returned.
pub(crate) async fn spnego_challenge(
    wire: &mut Wire<TcpStream>,
    initiator: &Initiator,
    mechanisms: &[&[u8]],
) -> Vec<u8> {
    let first = if mechanisms[0] == ntlm_client::NTLM {
        initiator.negotiate()
    } else {
        b"another mechanism's".to_vec()
    };
    let mut answer = wire.challenged(&ntlm_client::init(mechanisms, &first)).await;
    if mechanisms[0] != ntlm_client::NTLM {
        answer = wire.challenged(&ntlm_client::response(&initiator.negotiate(), None)).await;
    }
    let at = answer.windows(8).position(|window| window == b"NTLMSSP\0").expect("a CHALLENGE");
    answer.split_off(at)
}
