//! The connection settings of the command: flags, environment, profiles, files, stdin; and what it keeps secret.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;

use crate::cli::{Bench, PASSWORD, Ran, words};

#[tokio::test]
async fn a_wrong_password_is_told_apart_from_a_missing_right() {
    let bench = Bench::new().await;
    let mut wrong = bench.command(&["vm", "list"]);
    wrong.env("HVSNAP_PASSWORD", "wrong");
    Ran::of(wrong).await.shows(4, &["did not accept the user or the password"]);
    let mut reader = bench.command(&["snapshot", "destroy", "app-01", "middle", "--yes"]);
    reader.env("HVSNAP_USER", r"LAB\reader").env("HVSNAP_PASSWORD", "look-dont-touch");
    Ran::of(reader).await.shows(4, &["AccessDenied", "nothing was changed", "Hyper-V Administrators"]);
    let mut filtered = bench.command(&["vm", "show", "app-01"]);
    filtered.env("HVSNAP_USER", r"LAB\filtered").env("HVSNAP_PASSWORD", "half-a-token");
    Ran::of(filtered).await.shows(4, &["filtered token"]);
}

#[tokio::test]
async fn the_password_comes_from_a_file_or_stdin_but_never_from_an_argument() {
    let bench = Bench::new().await;
    let file = bench.file("password", &format!("{PASSWORD}\n"));
    let base = ["vm", "list", "--endpoint", bench.sim.endpoint(), "--user", r"LAB\operator"];
    let from_file = [&base[..], &["--password-file", &file]].concat();
    Ran::of(bench.bare(&from_file)).await.shows(0, &["web-01"]);
    let mut command = bench.bare(&[&base[..], &["--password-stdin"]].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("web-01"));
    Ran::of(bench.bare(&base)).await.shows(2, &["password"]);
    Ran::of(bench.bare(&[&base[..], &["--password", PASSWORD]].concat())).await.shows(2, &["--password"]);
}

#[tokio::test]
async fn a_byte_order_mark_is_not_part_of_the_password() {
    let bench = Bench::new().await;
    let little: Vec<u8> =
        format!("\u{feff}{PASSWORD}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [format!("\u{feff}{PASSWORD}\r\n").into_bytes(), little] {
        let file = bench.home().join("password");
        std::fs::write(&file, bytes).unwrap();
        let mut command = bench.command(&["vm", "list", "--password-file", file.to_str().unwrap()]);
        command.env_remove("HVSNAP_PASSWORD");
        Ran::of(command).await.shows(0, &["web-01"]);
    }
}

#[tokio::test]
async fn an_empty_password_is_refused_and_nothing_is_sent() {
    let bench = Bench::new().await;
    for (content, wanted) in
        [("", "it is empty"), ("\r\n", "it is empty"), ("\u{feff}", "it is empty"), ("a\0b", "NUL")]
    {
        let file = bench.file("password", content);
        let ran = bench.run(&["vm", "list", "--password-file", &file]).await;
        ran.shows(2, &[&file, wanted]);
    }
    let mut empty = bench.command(&["vm", "list"]);
    // The program that should have set the variable has failed; another source is not intended.
    empty.env("HVSNAP_PASSWORD", "").env("HVSNAP_PASSWORD_FILE", bench.file("other", PASSWORD));
    Ran::of(empty).await.shows(2, &["HVSNAP_PASSWORD is empty", "unset it"]);
    let nothing = bench.run(&["vm", "list", "--password-stdin"]).await;
    nothing.shows(2, &["the password from stdin", "it is empty"]);
    assert_eq!(bench.sim.http_requests(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_with_a_secret_that_others_can_read_is_named_with_the_remedy() {
    use std::os::unix::fs::PermissionsExt as _;

    let bench = Bench::new().await;
    let file = bench.file("the password", PASSWORD);
    for (mode, is_open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o644, true)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let ran = bench.run(&["vm", "list", "--password-file", &file]).await;
        ran.shows(0, &["web-01"]);
        let warning = format!(
            "warning: the password file {file} can be read by others (mode {mode:04o}): chmod 600 '{file}'"
        );
        assert_eq!(ran.stderr.contains(&warning), is_open, "{mode:o}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains("warning"), is_open, "{mode:o}: {}", ran.stderr);
    }
    let key = bench.file("key.pem", "");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = bench.run(&["vm", "list", "--auth", "certificate", "--client-cert", &key]).await;
    ran.shows(2, &[&format!("chmod 600 {key}")]);
    let ran = bench.run(&["vm", "list", "--auth", "kerberos", "--keytab", &key]).await;
    assert!(ran.stderr.contains(&format!("the keytab {key} can be read by others")), "{}", ran.stderr);
}

#[tokio::test]
async fn a_profile_gives_what_flags_and_environment_leave_open() {
    let bench = Bench::new().await;
    let password = bench.file("password", PASSWORD);
    let config = format!(
        "default_profile = \"lab\"\n\n[profiles.lab]\nendpoint = \"{}\"\nuser = 'LAB\\operator'\npassword_file = \"{password}\"\n\n\
         [profiles.stranger]\nendpoint = \"{}\"\nuser = \"nobody\"\npassword_file = \"{password}\"\n",
        bench.sim.endpoint(),
        bench.sim.endpoint()
    );
    bench.file("config/hvsnap/config.toml", &config);
    Ran::of(bench.bare(&["vm", "list"])).await.shows(0, &["web-01"]);
    Ran::of(bench.bare(&["vm", "list", "--profile", "stranger"])).await.shows(4, &[]);
    let flag_wins = ["vm", "list", "--profile", "stranger", "--user", r"LAB\operator"];
    Ran::of(bench.bare(&flag_wins)).await.shows(0, &["web-01"]);
    Ran::of(bench.bare(&["vm", "list", "--profile", "unknown"])).await.shows(2, &["unknown", "stranger"]);
}

#[tokio::test]
async fn a_bad_configuration_names_file_and_line_and_nothing_is_sent() {
    let bench = Bench::new().await;
    for (text, wanted) in [
        ("default_profile = \"lab\"\n[profiles.lab]\nhosst = \"x\"\n", "hosst"),
        ("[profiles.lab\n", "config.toml"),
        ("default_profile = \"x\"\n", "\"x\""),
    ] {
        bench.file("config/hvsnap/config.toml", text);
        Ran::of(bench.bare(&["vm", "list"])).await.shows(2, &[wanted]);
    }
    assert_eq!(bench.sim.requests(), 0);
}

#[tokio::test]
async fn a_url_with_a_password_is_refused_and_the_password_not_repeated() {
    const URL: &str = "http://ops:hush@hv01.invalid";
    let bench = Bench::new().await;
    let config =
        bench.file("config.toml", &format!("[profiles.lab]\nendpoint = \"{URL}\"\nproxy = \"{URL}\"\n"));
    let misplaced = bench.file("misplaced.toml", "[profiles.lab]\ntls = \"hush\"\n");
    let as_namespace = bench.file("namespace.toml", "[profiles.lab]\nnamespace = \"hu sh hush\"\n");
    let no_toml = bench.file("none.toml", "[profiles.lab]\nendpoint http://ops:hush=@hv01\n");
    let base = ["-vv", "--output", "json"];
    for arguments in [
        words(&["vm", "list", "--endpoint", URL]),
        &["vm", "list", "--endpoint", "http://ops:hush/@hv01.invalid"],
        &["vm", "list", "--endpoint", "http://ops:hush@hv01.invalid?x y"],
        &["vm", "list", "--host", "ops:hush@hv01.invalid"],
        &["vm", "list", "--host", "http://hush@hv01.invalid"],
        &["vm", "list", "--host", "127.0.0.1:1", "--proxy", URL],
        &["vm", "list", "--endpoint", "ops:hush@hv01.invalid"],
        &["vm", "list", URL],
        &["vm", "list", "ops:hush@hv01.invalid"],
        &["vm", URL],
        &[URL],
        &["--hush=http://ops:hush@hv01.invalid"],
        &["vm", "list", "--connect-timeout", URL],
        &["vm", "list", "--connect-timeout=ops:hush hush@hv01.invalid"],
        &["vm", "list", "--config", URL],
        &["vm", "list", "--profile", URL],
        &["vm", "list", "--config", &config, "--profile", "lab"],
        &["vm", "list", "--config", &misplaced, "--profile", "lab"],
        &["vm", "list", "--config", &as_namespace, "--profile", "lab"],
        &["vm", "list", "--config", &no_toml, "--profile", "lab"],
        &["resume", "5F0C2A7E", "--endpoint", URL],
        &["journal", "show", URL],
        &["explain", URL],
        &["sim", "serve", "--lab", URL, "--listen", URL],
    ] {
        let mut command = bench.bare(&[arguments, &base].concat());
        command.env("HVSNAP_PASSWORD", "x").env("HVSNAP_USER", "ops");
        let ran = Ran::of(command).await;
        assert!(matches!(ran.code, Some(2 | 3)), "{arguments:?}: {ran:#?}");
        let said = format!("{} {}", ran.stdout, ran.stderr);
        // The flag's own name is not the password.
        assert!(!said.replace("--hush", "").contains("hush"), "{arguments:?}: {said}");
    }
    for variable in
        ["HVSNAP_ENDPOINT", "HVSNAP_HOST", "HVSNAP_PROXY", "HVSNAP_TLS", "HVSNAP_CONFIG", "HVSNAP_PIN"]
    {
        let mut command = bench.command(&["vm", "list", "-vv"]);
        if variable == "HVSNAP_HOST" {
            command.env_remove("HVSNAP_ENDPOINT");
        }
        let ran = Ran::of({
            command.env(variable, URL);
            command
        })
        .await;
        ran.shows(2, &[]);
        assert!(!format!("{} {}", ran.stdout, ran.stderr).contains("hush"), "{variable}: {ran:#?}");
    }
    assert_eq!(bench.sim.http_requests(), 0);
}

#[tokio::test]
async fn the_bound_on_the_hosts_messages_can_be_raised_by_flag_variable_and_profile() {
    let notes = "M".repeat(700_000);
    let lab = format!(
        "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[service]\nallow_unencrypted = true\nauth = [\"basic\"]\nmax_envelope_kb = 4096\n\
         [[user]]\nname = 'LAB\\operator'\npassword = \"{PASSWORD}\"\nrights = \"administrator\"\n\
         [[vm]]\nname = \"huge\"\n[[vm.snapshot]]\nname = \"only\"\nnotes = [\"{notes}\"]\n"
    );
    let bench = Bench::of_text(&lab).await;
    let tree = ["snapshot", "tree", "huge", "--auth", "basic"];
    bench.run(&tree).await.shows(1, &["MaxEnvelopeSize"]);
    for size in ["800000", "1000k", "2M"] {
        bench.run(&[&tree[..], &["--max-envelope-size", size]].concat()).await.shows(0, &["only"]);
    }
    let mut by_variable = bench.command(&tree);
    by_variable.env("HVSNAP_MAX_ENVELOPE_SIZE", "1M");
    Ran::of(by_variable).await.shows(0, &["only"]);
    for value in ["\"1M\"", "1048576"] {
        bench.file("config/hvsnap/config.toml", &format!("[profiles.lab]\nmax_envelope_size = {value}\n"));
        bench.run(&[&tree[..], &["--profile", "lab"]].concat()).await.shows(0, &["only"]);
    }
    for (size, wanted) in [("8k", "MaxEnvelopeSize"), ("8191", "8192"), ("17M", "16777216"), ("5G", "500k")] {
        let ran = bench.run(&[&tree[..], &["--max-envelope-size", size]].concat()).await;
        ran.shows(if size == "8k" { 1 } else { 2 }, &[wanted]);
    }
    bench.file("config/hvsnap/config.toml", "[profiles.lab]\nmax_envelope_size = \"big\"\n");
    let ran = bench.run(&[&tree[..], &["--profile", "lab"]].concat()).await;
    ran.shows(2, &["line 2, key max_envelope_size", "not a size"]);
}

#[tokio::test]
async fn a_service_may_be_named_in_the_form_of_gssapi_and_nonsense_is_refused() {
    let bench = Bench::of("default-host.toml").await;
    for name in ["HTTP@hv01.lab.example", "HTTP/hv01.lab.example", "HTTP/hv01.lab.example@LAB.EXAMPLE"] {
        bench.run(&["identify", "--spn", name]).await.shows(0, &["NTLM in Negotiate"]);
    }
    for name in ["hv01.lab.example", "HTTP/", "HTTP@", "@hv01", "HTTP@hv01@LAB"] {
        bench.run(&["identify", "--spn", name]).await.shows(2, &["HTTP/host, HTTP/host@REALM or HTTP@host"]);
    }
}

#[tokio::test]
async fn what_contradicts_itself_or_is_missing_is_a_usage_error() {
    let bench = Bench::new().await;
    for arguments in [
        words(&["vm", "list", "--host", "a", "--endpoint", "http://b"]),
        &["vm", "list"],
        &["vm", "list", "--endpoint", "ftp://x", "--user", "u"],
        &["vm", "frobnicate"],
        &["snapshot", "destroy", "vm"],
        &["vm", "list", "--namespace", "no good"],
    ] {
        let mut command = bench.bare(arguments);
        command.env("HVSNAP_PASSWORD", "x");
        Ran::of(command).await.shows(2, &[]);
    }
}

#[tokio::test]
async fn an_option_is_shown_and_taken_only_where_it_acts() {
    let bench = Bench::new().await;
    for (arguments, takes_host, takes_journal) in [
        (words(&["vm", "list"]), true, true),
        (&["resume"], true, true),
        (&["journal", "list"], false, true),
        (&["profile", "list"], false, true),
        (&["explain", "5"], false, false),
        (&["sim", "serve", "--lab", "x"], false, false),
        (&["demo"], false, false),
        (&["completions", "bash"], false, false),
        (&["man", "x"], false, false),
    ] {
        for help in ["-h", "--help"] {
            let shown = bench.bare_run(&[arguments, &[help]].concat()).await;
            shown.shows(0, &["--output", "--verbose"]);
            let is_shown = |flags: &[&str]| flags.iter().map(|flag| shown.stdout.contains(flag)).collect();
            let (host, journal): (Vec<_>, Vec<_>) =
                (is_shown(&["--host", "--user", "--profile"]), is_shown(&["--timeout"]));
            assert_eq!((host, journal), (vec![takes_host; 3], vec![takes_journal]), "{arguments:?}");
        }
        let mut refused = vec![];
        if !takes_host {
            refused.extend([
                words(&["--tls"]),
                &["--ca-file", "x"],
                &["--password-stdin"],
                &["--profile", "x"],
            ]);
        }
        if !takes_journal {
            refused.extend([words(&["--timeout", "5s"]), &["--state-dir", "x"]]);
        }
        for option in refused {
            // Before the command as well as after it.
            for both in [[arguments, option].concat(), [option, arguments].concat()] {
                let text = format!("{} does not apply to `hvsnap {}`, which", option[0], arguments[0]);
                bench.bare_run(&both).await.shows(2, &[&text]);
            }
        }
    }
    let json = bench.bare_run(&["explain", "5", "--host", "x", "--output", "json"]).await;
    assert_eq!(json.json()["error"]["kind"], "usage");
    // Variables may be set for other commands.
    bench.run(&["explain", "5"]).await.shows(0, &[]);
}

#[tokio::test]
async fn basic_over_plain_http_leaves_this_machine_only_on_demand() {
    let bench = Bench::new().await;
    let mut command =
        bench.bare(&["vm", "list", "--host", "hv01.invalid", "--user", "ops", "--auth", "basic"]);
    command.env("HVSNAP_PASSWORD", PASSWORD);
    Ran::of(command).await.shows(4, &["without TLS would show the password", "--tls"]);
}

#[tokio::test]
async fn nothing_that_is_printed_or_logged_holds_the_password() {
    let bench = Bench::new().await;
    let token = "TEFCXG9wZXJhdG9yOmNvcnJlY3QtaG9yc2U="; // the Basic token of user and password
    for arguments in [
        words(&["vm", "list", "-vv"]),
        &["snapshot", "destroy", "broken-01", "fails", "--yes", "-vv"],
        &["snapshot", "destroy", "app-01", "middle", "--yes", "-vv", "--output", "json"],
    ] {
        let ran = bench.run(arguments).await;
        assert!(ran.stderr.contains("Envelope"), "the wire is logged: {}", ran.stderr);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(PASSWORD) && !text.contains(token), "{text}");
        }
    }
}

#[tokio::test]
async fn a_name_of_a_hostile_host_does_not_reach_the_terminal_as_it_is() {
    let bench = Bench::new().await;
    let name = "x\u{1b}[2J\u{202e}\u{200b}\u{ad}\u{e0041}\u{fe0f}y";
    bench.sim.rename_snapshot("app-01", "newest", name).unwrap();
    let is_hidden = |c: char| "\u{1b}\u{9b}\u{202e}\u{200b}\u{ad}\u{e0041}\u{fe0f}".contains(c);
    let text = bench.run(&["snapshot", "list", "app-01"]).await;
    text.shows(0, &["middle", r"[2J\u{202e}\u{200b}\u{ad}\u{e0041}\u{fe0f}y"]);
    let json = bench.run(&["snapshot", "list", "app-01", "--output", "json", "-vv"]).await;
    json.shows(0, &[r"\udb40\udc41"]);
    assert!(json.json().to_string().contains(name.split_at(5).1), "the value is the same: {}", json.stdout);
    for shown in [&text.stdout, &json.stdout, &json.stderr] {
        assert!(shown.contains("middle") && !shown.contains(is_hidden), "{shown}");
    }
}
