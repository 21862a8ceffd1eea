//! The command ends by signal and at its time limit, in any state, even if it cannot wait by itself.
//!
//! The state is chosen, not guessed: it has written the first byte to a pipe that is not read, it handles signals and waits for a
//! password that never comes, or a gate holds its request. Durations decide nothing.
#![cfg(target_os = "linux")]

use std::process::Stdio;

use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
};

use crate::{
    cli::{
        Bench, Ran,
        cut_off::{Then, destroy, ended, gate, signalled},
    },
    host::effects::VM_QUERY,
    scripted::{
        Reply, ScriptedHost,
        envelopes::{computer_system, items},
    },
};

const HUP: u64 = 1;
const INT: u64 = 1 << 1;
const TERM: u64 = 1 << 14;

/// The signals that a process handles, or ignores (`SigCgt`, `SigIgn`); none if it does not exist yet.
fn signals(pid: u32, which: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix(which)).unwrap_or_default();
    u64::from_str_radix(mask.trim_start_matches(':').trim(), 16).unwrap_or(0)
}

/// The signals that end a command. A command started with SIGHUP ignored, as by nohup, ignores it as well.
pub(crate) fn ends() -> Vec<&'static str> {
    let ignores_hup = signals(std::process::id(), "SigIgn") & HUP != 0;
    let all = ["-INT", "-TERM", "-HUP"];
    all.into_iter().filter(|signal| *signal != "-HUP" || !ignores_hup).collect()
}

/// Returns once the command handles these signals and has begun its work.
async fn takes(child: &mut Child, signal: &str) {
    let wanted = match signal {
        "-HUP" => HUP,
        "-INT" => INT,
        _ => TERM,
    };
    let pid = child.id().unwrap();
    while signals(pid, "SigCgt") & wanted != wanted {
        assert_eq!(child.try_wait().unwrap(), None, "it has ended before it took signals");
        tokio::task::yield_now().await;
    }
}

fn piped(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[tokio::test]
async fn a_pipe_that_nobody_reads_keeps_no_command() {
    let bench = Bench::crowded().await;
    for signal in ends() {
        let mut child = piped(bench.command(&["vm", "list", "--output", "json"]));
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0]).await.unwrap();
        signalled(child, signal).await.shows(130, &["interrupted", "its result was not written to the end"]);
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).await.unwrap();
        assert!(!rest.contains("interrupted"), "a part of a result, and nothing after it");
    }
}

#[tokio::test]
async fn a_password_that_never_comes_keeps_no_command() {
    let bench = Bench::new().await;
    let waiting = |more: &[&str]| {
        let arguments = [&["vm", "list", "--password-stdin", "--output", "json"], more].concat();
        let mut command = bench.command(&arguments);
        command.env_remove("HVSNAP_PASSWORD").stdin(Stdio::piped());
        piped(command)
    };
    for signal in ends() {
        let mut child = waiting(&[]);
        let _open = child.stdin.take().unwrap();
        takes(&mut child, signal).await;
        let ran = signalled(child, signal).await;
        ran.shows(130, &["nothing was changed"]);
        assert_eq!(ran.json()["error"]["kind"], "interrupted");
    }
    let mut child = waiting(&["--timeout", "1s"]);
    let _open = child.stdin.take().unwrap();
    let ran = ended(child).await;
    ran.shows(1, &["timed out after 1s", "nothing was changed"]);
    assert_eq!(ran.json()["error"]["kind"], "timeout");
    assert_eq!(bench.sim.http_requests(), 0);
}

#[tokio::test]
async fn a_question_for_a_password_gives_the_terminal_back_as_it_was() {
    const ASKED: &str = r#"
        stty -g
        "$HVSNAP" vm list --endpoint http://127.0.0.1:1 --user ops </dev/tty & asking=$!
        until stty -a </dev/tty | grep -q -e -icanon; do :; done
        kill "$SIGNAL" "$asking"
        wait "$asking"
        echo "code $?"
        stty -g
    "#;
    if std::process::Command::new("script").arg("--version").output().is_err() {
        return;
    }
    let bench = Bench::new().await;
    for signal in ends().into_iter().filter(|signal| *signal != "-INT") {
        let mut command = Command::new("script");
        command.args(["-qec", "exec sh -c \"$ASKED\"", "/dev/null"]).kill_on_drop(true);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", bench.home()).env("ASKED", ASKED);
        command.env("SIGNAL", signal).env("HVSNAP", env!("CARGO_BIN_EXE_hvsnap"));
        let mut child = piped({
            command.stdin(Stdio::piped());
            command
        });
        // Closing it would end the input.
        let _open = child.stdin.take().unwrap();
        let ran = ended(child).await;
        let lines: Vec<_> = ran.stdout.lines().map(str::trim).collect();
        assert_eq!((lines.first(), lines.contains(&"code 130")), (lines.last(), true), "{ran:#?}");
        assert!(ran.stdout.contains("nothing was changed"), "{ran:#?}");
    }
}

#[tokio::test]
async fn who_was_told_to_outlive_its_terminal_does() {
    let bench = Bench::new().await;
    let (url, come) = gate(bench.sim.endpoint(), "Msvm_ComputerSystem", Then::Hold).await;
    let started = bench.command(&["vm", "list"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' HUP; exec \"$0\" vm list", env!("CARGO_BIN_EXE_hvsnap")]).kill_on_drop(true);
    shell.env_clear().envs(started.as_std().get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = piped({
        shell.env("HVSNAP_ENDPOINT", url).env("HVSNAP_AUTH", "basic");
        shell
    });
    come.notified().await;
    let pid = child.id().unwrap();
    assert_eq!((signals(pid, "SigCgt") & HUP, signals(pid, "SigIgn") & HUP), (0, HUP));
    signalled(child, "-TERM").await.shows(130, &["nothing was changed"]);
}

#[tokio::test]
async fn a_time_limit_ends_the_command_wherever_the_host_is_silent() {
    let silent_at = |word, code, texts: [&'static str; 2]| async move {
        let bench = Bench::new().await;
        let (url, _) = gate(bench.sim.endpoint(), word, Then::Hold).await;
        let mut command = destroy(&bench, &url);
        command.args(["--timeout", "6s"]).env("HVSNAP_CLOCK_SPEED", "1");
        ended(piped(command)).await.shows(code, &texts);
    };
    let cut = "timed out after 6s; the host had not answered";
    // The authentication precedes the request; the host is silent there too.
    let silent_at_once = async {
        let bench = Bench::new().await;
        let (url, _) = gate(bench.sim.endpoint(), "POST", Then::Hold).await;
        let mut command = bench.command(&["vm", "list", "--timeout", "3s"]);
        command.env("HVSNAP_ENDPOINT", url).env("HVSNAP_CLOCK_SPEED", "1");
        let cut = "timed out after 3s; the host had not answered";
        Ran::of(command).await.shows(1, &[cut, "nothing was changed"]);
    };
    tokio::join!(
        silent_at_once,
        silent_at("Msvm_ComputerSystem", 1, [cut, "nothing was changed"]),
        silent_at("DestroySnapshot", 5, [cut, "effect: not known"]),
        silent_at("Msvm_ConcreteJob", 5, ["timed out before the job ended", "re-attach: hvsnap job wait"]),
    );
}

#[tokio::test]
async fn a_pause_that_the_host_asks_for_is_said() {
    let bench = Bench::new().await;
    let host = ScriptedHost::start().await;
    host.on(VM_QUERY, [Reply::Later(503, 20), items(&[computer_system(&["2"])])]);
    let url = host.url();
    let listed = |more: &[&str]| {
        let mut command = bench.command(&[&["vm", "list", "--auth", "basic"], more].concat());
        command.env("HVSNAP_ENDPOINT", &url);
        piped(command)
    };
    let ran = ended(listed(&[])).await;
    ran.shows(0, &["warning: host overloaded: it asked to wait 20 s; waiting ", "web-01"]);
    // A wait that would be too long is reported as well.
    host.on(VM_QUERY, [Reply::Later(503, 100_000)]);
    let ran = ended(listed(&[])).await;
    ran.shows(1, &["warning: host overloaded: it asked to wait 100000 s; waiting "]);
    let ran = ended(listed(&["--timeout", "50s", "--clock-speed", "1"])).await;
    ran.shows(1, &["warning: host overloaded: it asked to wait 100000 s, which is longer than is waited"]);
}

#[tokio::test]
async fn a_length_of_time_without_a_unit_is_refused() {
    let bench = Bench::new().await;
    for flags in [["--timeout", "5"], ["--operation-timeout", "90"], ["--connect-timeout", "0"]] {
        let ran = bench.run(&[&["vm", "list"], flags.as_slice()].concat()).await;
        ran.shows(2, &["give a unit: 90d, 12h, 30m, 5s"]);
    }
    let ran = bench.run(&["journal", "prune", "--older-than", "90"]).await;
    ran.shows(2, &["give a unit: 90d, 12h, 30m, 5s"]);
}
