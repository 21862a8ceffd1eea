//! A password that the KDC refuses is tried there once, and nowhere else.
//!
//! The test KDC has two answers: it requires a proof of the password (an encrypted time stamp), and then refuses it. Follows RFC
//! 4120, sections 5.2.7.2, 5.2.7.5, 5.9.1 and 7.2.2. Skipped without the system's GSSAPI library.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::cli::{Bench, Ran};

const REALM: &str = "LAB.TEST";
/// `KDC_ERR_PREAUTH_FAILED` and `KDC_ERR_PREAUTH_REQUIRED`
const FAILED: u8 = 24;
const REQUIRED: u8 = 25;

/// One element in DER.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap();
    let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [head, content.to_vec()].concat()
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    der(0xa0 + number, content)
}

fn integer(value: u8) -> Vec<u8> {
    der(2, &[value])
}

fn text(value: &str) -> Vec<u8> {
    der(0x1b, value.as_bytes())
}

/// The required proof: an encrypted time stamp, in AES-256.
fn wanted() -> Vec<u8> {
    let entry = der(0x30, &[field(0, &integer(18)), field(1, &text("LAB.TESToperator"))].concat());
    let data =
        |kind: u8, value: &[u8]| der(0x30, &[field(1, &integer(kind)), field(2, &der(4, value))].concat());
    der(0x30, &[data(19, &der(0x30, &entry)), data(2, b"")].concat())
}

/// `KRB-ERROR`
fn error(code: u8) -> Vec<u8> {
    let service = [field(0, &integer(2)), field(1, &der(0x30, &[text("krbtgt"), text(REALM)].concat()))];
    let fields = [
        field(0, &integer(5)),
        field(1, &integer(30)),
        field(4, &der(0x18, b"20260101000000Z")),
        field(5, &integer(0)),
        field(6, &integer(code)),
        field(9, &text(REALM)),
        field(10, &der(0x30, &service.concat())),
        if code == REQUIRED { field(12, &der(4, &wanted())) } else { Vec::new() },
    ];
    der(0x7e, &der(0x30, &fields.concat()))
}

/// Requires a proof of the password, and refuses it.
async fn refuse(mut stream: TcpStream, proofs: Arc<AtomicUsize>) {
    while let Ok(length) = stream.read_u32().await {
        let mut request = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut request).await.unwrap();
        // `PA-ENC-TIMESTAMP`
        let proves = request.windows(5).any(|window| window == [0xa1, 3, 2, 1, 2]);
        proofs.fetch_add(usize::from(proves), Ordering::Relaxed);
        let answer = error(if proves { FAILED } else { REQUIRED });
        stream.write_u32(u32::try_from(answer.len()).unwrap()).await.unwrap();
        stream.write_all(&answer).await.unwrap();
    }
}

struct Kdc {
    config: String,
    /// The number of attempts with a password.
    proofs: Arc<AtomicUsize>,
}

impl Kdc {
    async fn start(bench: &Bench) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = format!(
            "[libdefaults]\ndns_lookup_kdc = false\ndns_lookup_realm = false\nudp_preference_limit = 1\n\
             dns_canonicalize_hostname = false\n[realms]\n{REALM} = {{\nkdc = 127.0.0.1:{port}\n}}\n"
        );
        let proofs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&proofs);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(refuse(stream, Arc::clone(&counted)));
            }
        });
        Self { config: bench.file("krb5.conf", &config), proofs }
    }

    async fn run(&self, bench: &Bench, arguments: &[&str]) -> Ran {
        let mut command = bench.command(arguments);
        command.env("KRB5_CONFIG", &self.config).env("HVSNAP_USER", format!("operator@{REALM}"));
        Ran::of(command).await
    }
}

#[tokio::test]
async fn a_password_that_the_kdc_refuses_is_tried_once_and_not_by_ntlm() {
    let bench = Bench::of("default-host.toml").await;
    let kdc = Kdc::start(&bench).await;
    for (tried, (command, scheme)) in
        [(["vm", "list"], "negotiate"), (["vm", "list"], "kerberos")].into_iter().enumerate()
    {
        let ran = kdc.run(&bench, &[&command[..], &["--auth", scheme]].concat()).await;
        if ran.stderr.contains("GSSAPI library") {
            return;
        }
        ran.shows(4, &["the KDC refuses the password"]);
        assert_eq!(kdc.proofs.load(Ordering::Relaxed), tried + 1, "{scheme}");
        assert_eq!(bench.sim.http_requests(), 0, "the host has seen nothing of it: {scheme}");
    }
    let ran = kdc.run(&bench, &["doctor", "--auth", "negotiate"]).await;
    ran.shows(4, &["HVS0317"]);
    assert!(!ran.stdout.contains("--auth ntlm"), "{}", ran.stdout);
    assert_eq!(kdc.proofs.load(Ordering::Relaxed), 3, "the doctor, too, tries it once");
    assert_eq!(bench.sim.handshakes(), 0);
}
