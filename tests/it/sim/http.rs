//! The simulated host below SOAP: statuses, header lines, authentication, encodings, TLS.

use std::sync::Arc;

use hvsnap::sim::{RequestKind, RequestOutcome, Simulator};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::sim::raw::{OPERATOR, Raw, WMI, basic, envelope, get, lab, post, read, send, soap};

const IDENTIFY: &str = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body>\
    <i:Identify xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"/></s:Body></s:Envelope>";
const SOAP_TYPE: &str = "Content-Type: application/soap+xml;charset=UTF-8\r\n";

fn names(raw: &Raw) -> Vec<String> {
    raw.headers.iter().map(|line| line.split(':').next().unwrap().to_lowercase()).collect()
}

#[tokio::test]
async fn a_request_without_credentials_is_answered_as_recorded() {
    let sim = lab().await;
    let raw = send(&sim, &post(SOAP_TYPE, b"<a/>")).await;
    assert_eq!(raw.status, "HTTP/1.1 401 ", "the reason phrase is empty");
    assert!(raw.body.is_empty());
    let schemes: Vec<_> =
        raw.headers.iter().filter(|line| line.to_lowercase().starts_with("www-authenticate")).collect();
    assert!(schemes[0].ends_with(": Negotiate") && schemes[1].ends_with(": Basic realm=\"WSMAN\""));
    assert_eq!(raw.header("server"), Some("Microsoft-HTTPAPI/2.0"));
    assert_eq!(raw.header("date"), Some("Mon, 23 Nov 2026 09:00:00 GMT"));
    assert_eq!(raw.header("connection"), None, "a handshake could go on");
}

#[tokio::test]
async fn a_scheme_that_winrm_does_not_have_ends_the_connection() {
    let sim = lab().await;
    let raw = send(&sim, &post("Authorization: NTLM TlRMTVNTUAAB\r\n", b"")).await;
    assert_eq!((raw.status.as_str(), raw.header("connection")), ("HTTP/1.1 401 ", Some("close")));
    assert_eq!(
        names(&raw).iter().filter(|name| *name == "www-authenticate").count(),
        2,
        "one line for each scheme"
    );
}

#[tokio::test]
async fn a_wrong_password_is_a_401_and_in_the_journal() {
    let sim = lab().await;
    let raw = soap(&sim, ("LAB\\operator", "wrong"), IDENTIFY).await;
    assert_eq!(raw.status, "HTTP/1.1 401 ");
    let journal = sim.journal();
    assert_eq!(journal.len(), 1);
    assert_eq!(
        (journal[0].kind, &journal[0].outcome),
        (RequestKind::Http, &RequestOutcome::Refused { status: 401 })
    );
}

#[tokio::test]
async fn other_methods_paths_types_and_lengths_are_refused_as_http_does() {
    let sim = lab().await;
    let raw = send(&sim, b"GET /wsman HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(raw.status, "HTTP/1.1 405 ");
    assert_eq!((raw.header("allow"), raw.header("connection")), (Some("POST"), Some("close")));
    assert!(raw.body.is_empty());
    let raw = send(&sim, b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(raw.status, "HTTP/1.1 404 ");
    let raw = send(&sim, &post(&format!("Content-Type: text/xml\r\n{}", basic(OPERATOR)), b"<a/>")).await;
    assert_eq!((raw.status.as_str(), raw.body.len()), ("HTTP/1.1 415 ", 0));
    let chunked = format!(
        "POST /wsman HTTP/1.1\r\nHost: x\r\n{SOAP_TYPE}{}Transfer-Encoding: chunked\r\n\r\n4\r\n<a/>\r\n0\r\n\r\n",
        basic(OPERATOR)
    );
    assert_eq!(send(&sim, chunked.as_bytes()).await.status, "HTTP/1.1 411 ");
    let large = format!(
        "POST /wsman HTTP/1.1\r\nHost: x\r\n{SOAP_TYPE}{}Content-Length: 512001\r\n\r\n",
        basic(OPERATOR)
    );
    assert_eq!(send(&sim, large.as_bytes()).await.status, "HTTP/1.1 413 ");
}

#[tokio::test]
async fn an_empty_body_with_good_credentials_is_an_empty_200() {
    let sim = lab().await;
    let raw = send(&sim, &post(&basic(OPERATOR), b"")).await;
    assert_eq!((raw.status.as_str(), raw.body.len()), ("HTTP/1.1 200 ", 0));
}

#[tokio::test]
async fn identify_tells_its_version_only_to_those_who_authenticate() {
    let sim = lab().await;
    let anonymous = format!("{SOAP_TYPE}WSMANIDENTIFY: unauthenticated\r\n");
    let raw = send(&sim, &post(&anonymous, IDENTIFY.as_bytes())).await;
    assert_eq!(raw.status, "HTTP/1.1 200 ");
    assert_eq!(raw.element("wsmid:ProductVersion"), Some("OS: 0.0.0 SP: 0.0 Stack: 3.0"));
    assert!(!raw.text().contains("SecurityProfile"));
    let raw = soap(&sim, OPERATOR, IDENTIFY).await;
    assert_eq!(raw.element("wsmid:ProductVersion"), Some("OS: 10.0.17763 SP: 0.0 Stack: 3.0"));
    assert_eq!(raw.element("wsmid:ProductVendor"), Some("Microsoft Corporation"));
    assert!(raw.text().contains("<wsmid:SecurityProfileName>"));
    let other = envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", "x", &[], "");
    assert_eq!(send(&sim, &post(&anonymous, other.as_bytes())).await.status, "HTTP/1.1 401 ");
    // A comment with the word does not authenticate either.
    let sly = other.replace("<s:Body>", "<!-- Identify --><s:Body>");
    assert_eq!(send(&sim, &post(&anonymous, sly.as_bytes())).await.status, "HTTP/1.1 401 ");
}

#[tokio::test]
async fn unencrypted_requests_get_an_empty_500_where_they_are_not_allowed() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"A\"\n[service]\nauth = [\"basic\"]\n\
               [[user]]\nname = \"u\"\npassword = \"p\"\n";
    let sim = Simulator::from_lab_text(lab).unwrap().start().await.unwrap();
    let raw = soap(&sim, ("u", "p"), IDENTIFY).await;
    assert_eq!((raw.status.as_str(), raw.body.len()), ("HTTP/1.1 500 ", 0));
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let sim = lab().await;
    let mut stream = TcpStream::connect(sim.address()).await.unwrap();
    for _ in 0..3 {
        let request = post(&format!("{SOAP_TYPE}{}", basic(OPERATOR)), IDENTIFY.as_bytes());
        stream.write_all(&request).await.unwrap();
        assert_eq!(read(&mut stream).await.status, "HTTP/1.1 200 ");
    }
    assert_eq!(sim.requests(), 3);
}

#[tokio::test]
async fn utf16_is_answered_in_utf16() {
    let sim = lab().await;
    let uri = format!("{WMI}Msvm_ConcreteJob");
    let text =
        envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get", &uri, &[("InstanceID", "é")], "");
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let headers = format!("Content-Type: application/soap+xml;charset=UTF-16\r\n{}", basic(OPERATOR));
    let raw = send(&sim, &post(&headers, &bytes)).await;
    assert_eq!(raw.header("content-type"), Some("application/soap+xml;charset=UTF-16"));
    let units: Vec<u16> = raw.body.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let answer = String::from_utf16(&units).unwrap();
    assert!(answer.starts_with("\u{feff}<s:Envelope"));
    assert!(answer.contains("Msvm_ConcreteJob.InstanceID=\"é\""), "{answer}");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_an_encoding_fault() {
    let sim = lab().await;
    let raw = send(&sim, &post(&format!("{SOAP_TYPE}{}", basic(OPERATOR)), b"<a>\xff</a>")).await;
    assert_eq!(raw.fault(), 2150858828);
}

#[tokio::test]
async fn a_simulated_host_is_not_for_the_network() {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"A\"\n";
    let start =
        |address: &str| Simulator::from_lab_text(lab).unwrap().listen(address.parse().unwrap()).start();
    let error = start("0.0.0.0:0").await.unwrap_err();
    assert!(error.to_string().starts_with("0.0.0.0:0 is no loopback address"), "{error}");
    let first = start("127.0.0.1:0").await.unwrap();
    let taken = start(&first.address().to_string()).await.unwrap_err();
    assert!(std::error::Error::source(&taken).is_some());
}

#[tokio::test]
async fn shutting_down_frees_the_address() {
    let sim = lab().await;
    let address = sim.address();
    sim.shutdown().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn over_tls_the_same_service_answers() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let text = include_str!("../../../fixtures/lab/two-branches.toml");
    let simulator = Simulator::from_lab_text(text).unwrap();
    let bad = simulator.clone().tls("no certificate", "no key").start().await.unwrap_err();
    assert!(bad.to_string().contains("cannot be used"), "{bad}");
    let sim = simulator.tls(made.cert.pem(), made.signing_key.serialize_pem()).start().await.unwrap();
    assert!(sim.endpoint().starts_with("https://127.0.0.1:"));
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(sim.address()).await.unwrap();
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let request = post(&format!("{SOAP_TYPE}{}Connection: close\r\n", basic(OPERATOR)), IDENTIFY.as_bytes());
    stream.write_all(&request).await.unwrap();
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await.ok();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("IdentifyResponse"), "{answer}");
}

#[tokio::test]
async fn one_seed_gives_the_same_bytes_again() {
    let ask = || async {
        let sim = lab().await;
        get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", "none")]).await.body
    };
    assert_eq!(ask().await, ask().await);
}
