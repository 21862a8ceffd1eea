//! Authentication over TLS: channel bindings by the lab's setting, sealed messages as without TLS, client certificates.

use std::sync::Arc;

use hvsnap::sim::{Mechanism, RunningSimulator, Simulator};
use rcgen::{CertifiedKey, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::sim::{
    auth_wire::{DEFAULT_HOST, NOT_FOUND, Wire, denied, question},
    ntlm_client::{Initiator, OPERATOR, binding},
};

const SOAP: &str = "Content-Type: application/soap+xml;charset=UTF-8\r\n";
const MUTUAL: &str = "Authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual\r\n";

pub(crate) type Certified = CertifiedKey<KeyPair>;

pub(crate) fn certified() -> Certified {
    rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

pub(crate) async fn host(own: &Certified, from: &str, to: &str) -> RunningSimulator {
    assert!(DEFAULT_HOST.contains(from), "{from}");
    let simulator = Simulator::from_lab_text(&DEFAULT_HOST.replace(from, to)).unwrap();
    simulator.tls(own.cert.pem(), own.signing_key.serialize_pem()).start().await.unwrap()
}

pub(crate) async fn connect(
    sim: &RunningSimulator,
    own: &Certified,
    client: Option<&Certified>,
) -> Wire<TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let builder =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
    let config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(client.signing_key.serialize_der()));
            builder.with_client_auth_cert(vec![client.cert.der().clone()], key).unwrap()
        }
    };
    let stream = TcpStream::connect(sim.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    Wire(TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap())
}

#[tokio::test]
async fn channel_bindings_are_checked_as_the_lab_says() {
    let own = certified();
    let right = Some(binding(own.cert.der()));
    let wrong = Some(binding(b"a certificate in between"));
    for (level, accepted) in [
        ("none", [(right, true), (wrong, true), (Some([0; 16]), true), (None, true)]),
        ("relaxed", [(right, true), (wrong, false), (Some([0; 16]), true), (None, true)]),
        ("strict", [(right, true), (wrong, false), (Some([0; 16]), false), (None, false)]),
    ] {
        let sim = host(&own, "cbt = \"relaxed\"", &format!("cbt = \"{level}\"")).await;
        for (binding, comes_in) in accepted {
            let (raw, _) = connect(&sim, &own, None).await.ntlm(&Initiator { binding, ..OPERATOR }).await;
            let status = if comes_in { "HTTP/1.1 200 " } else { "HTTP/1.1 401 " };
            assert_eq!(raw.status, status, "{level} {binding:?}");
            if !comes_in {
                let is_none = binding.is_none_or(|hash| hash == [0; 16]);
                let reason =
                    if is_none { "no channel binding" } else { "the channel binding of another channel" };
                assert_eq!(denied(&sim), reason);
            }
        }
    }
}

#[tokio::test]
async fn over_tls_messages_may_be_plain_or_sealed() {
    let own = certified();
    let sim = host(&own, "cbt = \"relaxed\"", "cbt = \"strict\"").await;
    let mut wire = connect(&sim, &own, None).await;
    let bound = Initiator { binding: Some(binding(own.cert.der())), ..OPERATOR };
    let mut session = wire.authenticated(&bound).await;
    assert_eq!(wire.post(SOAP, question().as_bytes()).await.fault(), NOT_FOUND);
    assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND);
    let sealed: Vec<_> = sim.journal().iter().map(|entry| entry.sealed).collect();
    assert_eq!(sealed, [false, true]);
}

#[tokio::test]
async fn a_client_certificate_stands_for_the_user_that_the_lab_says() {
    let (own, known, unknown) = (certified(), certified(), certified());
    let digits: Vec<_> = Sha256::digest(known.cert.der()).iter().map(|byte| format!("{byte:02X}")).collect();
    let lab = format!(
        "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[service]\nauth = [\"certificate\"]\n[[user]]\n\
         name = 'LAB\\operator'\npassword = \"x\"\ncertificate_sha256 = \"{}\"\n",
        digits.join(":")
    );
    let start = |lab: &str| {
        let simulator = Simulator::from_lab_text(lab).unwrap();
        simulator.tls(own.cert.pem(), own.signing_key.serialize_pem()).start()
    };
    let sim = start(&lab).await.unwrap();
    let headers = format!("{SOAP}{MUTUAL}");
    let mut wire = connect(&sim, &own, Some(&known)).await;
    assert_eq!(wire.post(&headers, question().as_bytes()).await.fault(), NOT_FOUND);
    let entry = sim.journal().pop().unwrap();
    assert_eq!(
        (entry.user.as_deref(), entry.mechanism),
        (Some("LAB\\operator"), Some(Mechanism::Certificate))
    );
    assert_eq!(wire.post(SOAP, question().as_bytes()).await.status, "HTTP/1.1 401 ", "with each request");
    for client in [Some(&unknown), None] {
        let raw = connect(&sim, &own, client).await.post(&headers, question().as_bytes()).await;
        assert_eq!((raw.status.as_str(), raw.header("www-authenticate")), ("HTTP/1.1 401 ", None));
        assert_eq!(denied(&sim), "no client certificate that stands for a user");
    }
    // If it is off, no certificate is requested, and the header has a scheme that is not offered.
    let sim = start(&lab.replace("\"certificate\"", "\"basic\"")).await.unwrap();
    let raw = connect(&sim, &own, Some(&known)).await.post(&headers, question().as_bytes()).await;
    assert_eq!((raw.status.as_str(), raw.header("connection")), ("HTTP/1.1 401 ", Some("close")));
}
