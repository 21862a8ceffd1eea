//! The whole destroy on a host with default settings: no Basic, and nothing unencrypted over plain HTTP.

use base64::Engine as _;

use crate::{
    cli::{Bench, PASSWORD, Ran},
    sim::auth_wire::DEFAULT_HOST,
};

#[tokio::test]
async fn ntlm_and_negotiate_do_the_main_job_sealed_on_one_connection() {
    for scheme in ["ntlm", "negotiate"] {
        let bench = Bench::of("default-host.toml").await;
        let arguments =
            ["snapshot", "destroy", "app-01", "middle", "--yes", "--wait", "merged", "--auth", scheme];
        bench.run(&arguments).await.shows(0, &["Destroyed oldest/middle", "disks  merged"]);
        assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
        assert_eq!((bench.sim.connections(), bench.sim.handshakes()), (1, 1), "{scheme}");
        let journal = bench.sim.journal();
        assert!(!journal.is_empty() && journal.iter().all(|entry| entry.sealed), "{journal:?}");
    }
}

#[tokio::test]
async fn what_the_host_does_not_offer_or_accept_is_told_and_changes_nothing() {
    let bench = Bench::of("default-host.toml").await;
    bench.run(&["vm", "list", "--auth", "basic"]).await.shows(4, &["does not offer Basic", "only Negotiate"]);
    let mut wrong = bench.command(&["vm", "list", "--auth", "ntlm"]);
    wrong.env("HVSNAP_PASSWORD", "wrong");
    Ran::of(wrong).await.shows(4, &["did not accept the user or the password (NTLM in Negotiate"]);
    let before = bench.sim.http_requests();
    let mut wrong = bench.command(&["doctor", "--auth", "ntlm"]);
    wrong.env("HVSNAP_PASSWORD", "wrong");
    Ran::of(wrong).await.shows(4, &["HVS0308"]);
    assert_eq!(
        bench.sim.http_requests() - before,
        3,
        "one request without a name, and the legs of one logon"
    );
    bench.run(&["vm", "list", "--auth", "certificate"]).await.shows(2, &["--client-cert"]);
    bench.run(&["vm", "list", "--auth", "psychic"]).await.shows(2, &["psychic"]);
}

#[tokio::test]
async fn the_same_over_tls_to_a_host_that_demands_the_channel_binding() {
    let lab = DEFAULT_HOST.replace("cbt = \"relaxed\"", "cbt = \"strict\"");
    assert_ne!(lab, DEFAULT_HOST);
    for scheme in ["ntlm", "negotiate"] {
        let (bench, authority) = Bench::over_tls(&lab).await;
        let trust = ["--auth", scheme, "--ca-file", &authority];
        bench
            .run(&[&["identify"], &trust[..]].concat())
            .await
            .shows(0, &["NTLM in Negotiate, bound to the TLS connection"]);
        bench
            .destroy("app-01", "middle", &trust)
            .await
            .shows(0, &["Destroyed oldest/middle", "disks  merged"]);
        assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
        // One connection for each of the two commands.
        assert_eq!((bench.sim.connections(), bench.sim.handshakes()), (2, 2), "{scheme}");
    }
}

#[tokio::test]
async fn the_mechanism_that_was_chosen_is_shown_and_why_not_the_better_one() {
    let bench = Bench::of("default-host.toml").await;
    bench.run(&["identify", "--auth", "ntlm"]).await.shows(0, &["authenticated  NTLM in Negotiate, sealed"]);
    let ran = bench.run(&["identify", "--auth", "negotiate", "--user", "operator@LAB.EXAMPLE"]).await;
    ran.shows(0, &["authenticated  NTLM in Negotiate, sealed", "Kerberos could not begin: "]);
    let ran = bench
        .run(&["identify", "--auth", "negotiate", "--user", "operator@LAB.EXAMPLE", "--output", "json"])
        .await;
    let by = &ran.json()["authentication"];
    assert_eq!((by["scheme"].as_str(), by["mechanism"].as_str()), (Some("Negotiate"), Some("NTLM")), "{by}");
    assert_eq!((by["sealed"].as_bool(), by["channel_bound"].as_bool()), (Some(true), Some(false)), "{by}");
    assert!(by["passed_over"].as_str().is_some_and(|reason| reason.starts_with("Kerberos")), "{by}");

    let bench = Bench::new().await;
    bench.run(&["identify", "--auth", "basic"]).await.shows(0, &["authenticated  Basic\n"]);
}

#[tokio::test]
async fn nothing_secret_is_logged_whoever_asks_and_whatever_comes_of_it() {
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    for (lab, scheme) in
        [("two-branches.toml", "basic"), ("default-host.toml", "ntlm"), ("default-host.toml", "negotiate")]
    {
        for password in [PASSWORD, "not-the-one"] {
            let bench = Bench::of(lab).await;
            let mut command = bench.command(&["snapshot", "tree", "web-01", "--auth", scheme, "-vvv"]);
            command.env("HVSNAP_PASSWORD", password);
            let ran = Ran::of(command).await;
            let (code, seen) = if password == PASSWORD { (0, "before-upgrade") } else { (4, "password") };
            ran.shows(code, &[seen]);
            assert!(ran.stderr.contains("TRACE"), "{}", ran.stderr);
            let utf16: String = password.chars().flat_map(|letter| [letter, '\0']).collect();
            let secrets = [
                base64(&format!("LAB\\operator:{password}")),
                base64(password),
                base64(&utf16),
                // The last NTLM message, which is sufficient to try passwords offline.
                "TlRMTVNTUAAD".to_owned(),
                "authorization".to_owned(),
            ];
            let told = ran.stderr.to_lowercase();
            for secret in secrets.iter().map(String::as_str).chain((password == PASSWORD).then_some(PASSWORD))
            {
                assert!(!told.contains(&secret.to_lowercase()), "{secret} in {}", ran.stderr);
            }
        }
    }
}
