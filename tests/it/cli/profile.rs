//! `profile list` and `profile test`; a profile with a mistake disables itself only.

use serde_json::Value;

use crate::cli::{Bench, PASSWORD, Ran};

const FILE: &str = "config/hvsnap/config.toml";

/// Four profiles that work or fail each in their own way, and two with mistakes.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    let (endpoint, password) = (bench.sim.endpoint().to_owned(), bench.file("password", PASSWORD));
    let text = format!(
        "default_profile = \"lab\"\n\
         [profiles.lab]\nendpoint = \"{endpoint}\"\nuser = 'LAB\\operator'\npassword_file = \"{password}\"\n\
         [profiles.stranger]\nendpoint = \"{endpoint}\"\nuser = \"nobody\"\npassword_file = \"{password}\"\n\
         [profiles.asks]\nendpoint = \"{endpoint}\"\nuser = 'LAB\\operator'\nauth = \"ntlm\"\n\
         [profiles.typo]\nhosst = \"hush\"\n\
         [profiles.wrong]\nhost = \"hv01\"\ntls = \"hush\"\n\
         [profiles.both]\nhost = \"hv01\"\nendpoint = \"http://hv01\"\n"
    );
    bench.file(FILE, &text);
    bench
}

#[tokio::test]
async fn a_profile_with_a_mistake_disables_itself_only() {
    let bench = bench().await;
    bench.bare_run(&["vm", "list"]).await.shows(0, &["web-01"]);
    for (name, texts) in [
        ("typo", &["config.toml, line 15, key hosst", "unknown field"][..]),
        ("wrong", &["config.toml, line 18, key tls", "expected a boolean"]),
        ("both", &["host (profile \"both\"", "exclude each other"]),
        ("labb", &["did you mean \"lab\"?", "stranger"]),
    ] {
        let ran = bench.bare_run(&["vm", "list", "--profile", name]).await;
        ran.shows(2, texts);
        assert!(!ran.stderr.contains("hush"), "{ran:#?}");
    }
    // What is no TOML, or no configuration, disables all.
    for (text, wanted) in [
        ("[profiles.lab]\nhost = \"a\"\nendpoint http://hush\n", "config.toml, line 3"),
        ("[profile.lab]\nhost = \"a\"\n", "config.toml, line 1"),
        ("default_profile = 7\n", "config.toml, line 1, key default_profile"),
        ("[profiles]\nlab = 7\n", "config.toml, line 2, key lab"),
    ] {
        bench.file(FILE, text);
        let ran = bench.bare_run(&["vm", "list", "--profile", "lab"]).await;
        ran.shows(2, &[wanted]);
        assert!(!ran.stderr.contains("hush"), "{ran:#?}");
    }
}

#[tokio::test]
async fn profiles_are_listed_with_their_problems_and_without_secrets() {
    let bench = bench().await;
    let requests = bench.sim.http_requests();
    let ran = bench.bare_run(&["profile", "list"]).await;
    ran.shows(
        0,
        &["lab", "default", "cannot be used", "warning: profile \"typo\": the configuration file", "line 15"],
    );
    let ran = bench.bare_run(&["profile", "list", "--output", "json"]).await;
    ran.shows(0, &[]);
    let document = ran.json();
    let profiles = document["profiles"].as_array().unwrap();
    let names: Vec<_> = profiles.iter().map(|profile| profile["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["asks", "both", "lab", "stranger", "typo", "wrong"]);
    let lab = &profiles[2];
    assert_eq!(
        (&lab["is_default"], &lab["endpoint"], &lab["user"], &lab["auth"], &lab["tls"], &lab["problem"]),
        (
            &true.into(),
            &Value::from(bench.sim.endpoint()),
            &r"LAB\operator".into(),
            &"negotiate".into(),
            &false.into(),
            &Value::Null
        )
    );
    assert!(profiles[5]["problem"].as_str().unwrap().contains("key tls"), "{document:#}");
    for secret in ["hush", PASSWORD] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:#?}");
    }
    assert_eq!(bench.sim.http_requests(), requests);
    bench.bare_run(&["profile", "list", "--host", "hv01"]).await.shows(2, &["--host does not apply"]);
    bench.file(FILE, "default_profile = \"gone\"\n");
    bench.bare_run(&["profile", "list"]).await.shows(0, &["no profile \"gone\"", "There are no profiles in"]);
    std::fs::remove_file(bench.home().join(FILE)).unwrap();
    bench.bare_run(&["profile", "list"]).await.shows(0, &["There is no configuration file"]);
    bench.bare_run(&["profile", "test"]).await.shows(2, &["no configuration file"]);
}

#[tokio::test]
async fn a_profile_is_tested_at_its_own_host_and_tells_why_it_does_not_work() {
    let bench = bench().await;
    bench.bare_run(&["profile", "test"]).await.shows(0, &["lab  works", "authenticated", "VMs"]);
    bench.bare_run(&["profile", "test", "stranger"]).await.shows(4, &["error[HVS"]);
    bench.bare_run(&["profile", "test", "typo"]).await.shows(2, &["key hosst"]);
    bench.bare_run(&["profile", "test", "labb"]).await.shows(2, &["did you mean \"lab\"?"]);
    bench.bare_run(&["profile", "test", "asks"]).await.shows(2, &["no password was given"]);
    // Neither another host nor other settings of the environment are taken.
    let mut command = bench.bare(&["profile", "test", "asks", "--output", "json"]);
    command.env("HVSNAP_PASSWORD", PASSWORD).env("HVSNAP_HOST", "hv01.invalid").env("HVSNAP_AUTH", "basic");
    let ran = Ran::of(command).await;
    ran.shows(0, &["NTLM"]);
    let one = &ran.json()["profiles"][0];
    assert_eq!((&one["name"], &one["works"], &one["exit_code"]), (&"asks".into(), &true.into(), &0.into()));
}

#[tokio::test]
async fn all_profiles_are_tested_each_for_itself_and_without_a_question() {
    let bench = bench().await;
    let mut command = bench.bare(&["profile", "test", "--all", "--output", "json"]);
    // The password of one host is not for all.
    command.env("HVSNAP_PASSWORD", PASSWORD);
    let ran = Ran::of(command).await;
    let document = ran.json();
    let outcome =
        |one: &Value| (one["name"].as_str().unwrap().to_owned(), one["exit_code"].as_i64().unwrap());
    let outcomes: Vec<_> = document["profiles"].as_array().unwrap().iter().map(outcome).collect();
    let wanted = [("asks", 2), ("both", 2), ("lab", 0), ("stranger", 4), ("typo", 2), ("wrong", 2)];
    assert_eq!(outcomes, wanted.map(|(name, code)| (name.to_owned(), code)), "{document:#}");
    assert_eq!(document["exit_code"].as_i64(), ran.code.map(i64::from));
    assert!(
        document["profiles"][0]["problem"].as_str().unwrap().contains("no password_file"),
        "{document:#}"
    );
}
