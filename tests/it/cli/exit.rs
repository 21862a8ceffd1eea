//! The exit code of an error, the same for all commands: an unreachable host, a call that was not begun.

use std::net::TcpListener;

use crate::cli::{Bench, PASSWORD, Ran};

/// A port of the local computer without a listener.
fn closed_port() -> u16 {
    // Dropped at once, so that nothing listens on the port.
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn elsewhere(bench: &Bench, url: &str, arguments: &[&str]) -> Ran {
    let mut command = bench.bare(arguments);
    command
        .env("HVSNAP_ENDPOINT", url)
        .env("HVSNAP_USER", r"LAB\operator")
        .env("HVSNAP_PASSWORD", PASSWORD)
        .env("HVSNAP_OUTPUT", "json");
    Ran::of(command).await
}

#[tokio::test]
async fn a_host_that_is_not_reached_is_7_for_every_command_and_scheme() {
    let bench = Bench::new().await;
    let url = format!("http://127.0.0.1:{}/wsman", closed_port());
    let proxy = format!("http://127.0.0.1:{}", closed_port());
    for (arguments, id) in [
        (vec!["identify"], "HVS0202"),
        (vec!["identify", "--auth", "basic"], "HVS0202"),
        (vec!["vm", "list", "--auth", "ntlm"], "HVS0202"),
        (vec!["job", "show", "no-such-job"], "HVS0202"),
        (vec!["snapshot", "destroy", "app-01", "middle", "--yes"], "HVS0202"),
        (vec!["identify", "--auth", "basic", "--proxy", &proxy], "HVS0207"),
    ] {
        // Through a proxy the password needs TLS.
        let url = if id == "HVS0207" { url.replace("http:", "https:") } else { url.clone() };
        let ran = elsewhere(&bench, &url, &arguments).await;
        ran.shows(7, &["nothing was changed"]);
        let error = &ran.json()["error"];
        let told = (error["id"].as_str(), error["exit_code"].as_i64(), error["effect"].as_str());
        assert_eq!(told, (Some(id), Some(7), Some("none")), "{arguments:?}: {error:#}");
    }
    let ran = elsewhere(&bench, &url, &["doctor"]).await;
    ran.shows(7, &[]);
    assert_eq!(ran.json()["exit_code"], 7);
}

#[tokio::test]
async fn a_call_that_is_not_begun_is_8() {
    let bench = Bench::new().await;
    let stale = ["--fingerprint", "0123456789abcdef", "--output", "json"];
    let ran = bench.destroy("app-01", "middle", &stale).await;
    ran.shows(8, &["nothing was changed"]);
    let error = &ran.json()["error"];
    let told = (error["id"].as_str(), error["exit_code"].as_i64(), error["effect"].as_str());
    assert_eq!(told, (Some("HVS0511"), Some(8), Some("none")), "{error:#}");
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}

#[tokio::test]
async fn where_the_outcome_of_a_call_is_not_known_the_code_is_5_though_the_host_is_not_reached_any_more() {
    let bench = Bench::new().await;
    // The call is answered with a job; when the job is read, the host is down.
    bench.sim.inject("class=Msvm_ConcreteJob,do=refuse,seconds=100000".parse().unwrap());
    let ran = bench.destroy("app-01", "middle", &["--timeout", "10h", "--output", "json"]).await;
    ran.shows(5, &["refused the connection"]);
    assert_eq!(ran.json()["error"]["effect"], "unknown");
}

#[tokio::test]
async fn what_is_given_and_cannot_be_used_is_2_and_nothing_is_sent() {
    let bench = Bench::new().await;
    let missing = bench.home().join("missing.pem").display().to_string();
    let broken = bench.file("broken.pem", "no certificate");
    for (arguments, id) in [
        (vec!["--auth", "certificate", "--client-cert", &missing], "HVS0105"),
        (vec!["--auth", "certificate", "--client-cert", &broken], "HVS0210"),
        (vec!["--ca-file", &missing], "HVS0105"),
        (vec!["--auth", "kerberos"], "HVS0301"),
        (vec!["--auth", "ntlm", "--proxy", "http://127.0.0.1:1"], "HVS0304"),
    ] {
        let ran = elsewhere(&bench, bench.sim.endpoint(), &[&["vm", "list"], &arguments[..]].concat()).await;
        ran.shows(2, &["nothing was changed"]);
        let error = &ran.json()["error"];
        assert_eq!((error["id"].as_str(), error["exit_code"].as_i64()), (Some(id), Some(2)), "{error:#}");
    }
    for (flag, value) in [("--host", "a b"), ("--endpoint", "ftp://hv01")] {
        let ran = bench.bare_run(&["vm", "list", flag, value, "--user", "ops"]).await;
        ran.shows(2, &["error[HVS0101]"]);
    }
    assert_eq!(bench.sim.http_requests(), 0);
}

#[tokio::test]
async fn a_simulator_that_cannot_serve_has_an_id_of_its_own() {
    let bench = Bench::new().await;
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");
    let bad = bench.file("bad.toml", "schema = 7");
    let taken = bench.sim.endpoint().trim_start_matches("http://").trim_end_matches("/wsman");
    for (lab, listen) in [(bad.as_str(), "127.0.0.1:0"), (lab, taken)] {
        let ran = bench.bare_run(&["sim", "serve", "--lab", lab, "--listen", listen]).await;
        ran.shows(2, &["error[HVS0111]"]);
    }
}
