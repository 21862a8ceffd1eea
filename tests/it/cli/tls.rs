//! The command over TLS, with an authority that only this test trusts.

use std::process::Stdio;

use rcgen::generate_simple_self_signed;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::cli::{Bench, PASSWORD, Ran};

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

#[tokio::test]
async fn a_host_is_trusted_by_the_authority_given_and_by_no_other_way() {
    let bench = Bench::new().await;
    let made = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = bench.file("host.pem", &made.cert.pem());
    let key = bench.file("host.key", &made.signing_key.serialize_pem());
    let mut serve = bench.bare(&["sim", "serve", "--lab", LAB, "--listen", "127.0.0.1:0"]);
    serve.args(["--tls-cert", &certificate, "--tls-key", &key]).stdout(Stdio::piped());
    let mut host = serve.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(host.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
    let url = line.trim_end().strip_prefix("listening on ").unwrap();
    let place = url.strip_prefix("https://").and_then(|rest| rest.strip_suffix("/wsman")).unwrap();

    let list = |more: &[&str]| {
        let mut command = bench
            .bare(&[&["vm", "list", "--host", place, "--tls", "--user", r"LAB\operator"], more].concat());
        command.env("HVSNAP_PASSWORD", PASSWORD);
        command
    };
    Ran::of(list(&["--ca-file", &certificate])).await.shows(0, &["web-01"]);
    let distrusted = Ran::of(list(&[])).await;
    distrusted.shows(1, &["--ca-file", "nothing was changed"]);
    assert!(!distrusted.stderr.contains("UnknownIssuer"), "no name of a type: {distrusted:#?}");
    Ran::of(list(&["--ca-file", &key])).await.shows(2, &["certificate"]);
    Ran::of(list(&["--ca-file", "missing.pem"])).await.shows(2, &["missing.pem", "cannot be read"]);
}
