//! The whole destroy against a host as Windows installs it: no Basic, and nothing unencrypted over plain HTTP.

use crate::cli::{Bench, Ran};

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
    bench.run(&["vm", "list", "--auth", "certificate"]).await.shows(2, &["--client-cert"]);
    bench.run(&["vm", "list", "--auth", "psychic"]).await.shows(2, &["psychic"]);
}

#[tokio::test]
async fn nothing_secret_is_logged_of_a_sealed_session() {
    let bench = Bench::of("default-host.toml").await;
    let ran = bench.run(&["snapshot", "tree", "web-01", "--auth", "ntlm", "-vv"]).await;
    ran.shows(0, &["before-upgrade"]);
    for secret in [crate::cli::PASSWORD, "TlRMTVNTUAAD", "Authorization"] {
        assert!(!ran.stderr.contains(secret), "{secret} in {}", ran.stderr);
    }
}
