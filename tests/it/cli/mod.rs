//! Runs the real command with a simulated host in this process, in accelerated real time.
//!
//! The command has its own home, none of the developer's variables, and no terminal.

mod auth;
mod cim;
mod cluster;
mod complete;
mod connect;
pub(crate) mod cut_off;
mod destroy;
mod doctor;
mod ended;
mod entries;
mod exit;
mod explain;
mod golden;
mod hints;
mod ids;
mod journal;
mod json;
mod kerberos;
mod large;
mod life;
mod lines;
mod man;
mod many;
mod merge;
mod names;
mod pages;
mod profile;
mod resume;
pub(crate) mod schema;
mod sim;
mod sizes;
mod state;
mod tls;
mod tree;
mod walk;
mod widths;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
};

use hvsnap::sim::{RunningSimulator, SimClock, Simulator};
use tokio::process::Command;

pub(crate) const PASSWORD: &str = "correct-horse";
/// The speed of the clock of host and command in ordinary tests.
const SPEED: &str = "40";
/// The speed for a test that must catch a job of a minute while it runs, on a slow system too.
const SLOW: &str = "4";
/// The speed for a test in which no time should pass: one of its seconds takes more than a minute.
const STILL: &str = "0.01";

/// A host and a home for the command.
pub(crate) struct Bench {
    pub(crate) sim: RunningSimulator,
    home: PathBuf,
    speed: &'static str,
}

/// The result of a run of the command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::at("two-branches.toml", SPEED).await
    }

    /// With another lab of `fixtures/lab`.
    pub(crate) async fn of(lab: &str) -> Self {
        Self::at(lab, SPEED).await
    }

    /// With a lab in text.
    pub(crate) async fn text(lab: &str) -> Self {
        Self::with(Simulator::from_lab_text(lab).unwrap(), SPEED).await
    }

    /// The same, while no time passes.
    pub(crate) async fn text_still(lab: &str) -> Self {
        Self::with(Simulator::from_lab_text(lab).unwrap(), STILL).await
    }

    pub(crate) async fn slow() -> Self {
        Self::at("two-branches.toml", SLOW).await
    }

    pub(crate) async fn still() -> Self {
        Self::at("two-branches.toml", STILL).await
    }

    /// With enough VMs that their list in JSON exceeds the size of a pipe.
    pub(crate) async fn crowded() -> Self {
        let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lab/two-branches.toml");
        Self::with(Simulator::from_lab(lab).unwrap().add_vms(400), SPEED).await
    }

    async fn at(lab: &str, speed: &'static str) -> Self {
        let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lab").join(lab);
        Self::with(Simulator::from_lab(lab).unwrap(), speed).await
    }

    /// With a lab in text.
    pub(crate) async fn of_text(lab: &str) -> Self {
        Self::with(Simulator::from_lab_text(lab).unwrap(), SPEED).await
    }

    /// Over TLS, with a lab in text; also returns the file of the host's authority.
    pub(crate) async fn over_tls(lab: &str) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let simulator = Simulator::from_lab_text(lab).unwrap().tls(certificate.as_str(), key);
        let bench = Self::with(simulator, SPEED).await;
        let authority = bench.file("authority.pem", &certificate);
        (bench, authority)
    }

    async fn with(simulator: Simulator, speed: &'static str) -> Self {
        let clock = SimClock::real(speed.parse().unwrap());
        Self::at_speed(simulator.seed(7).clock(clock).start().await.unwrap(), speed)
    }

    /// Beside a host with a clock of its own.
    pub(crate) fn beside(sim: RunningSimulator) -> Self {
        Self::at_speed(sim, SPEED)
    }

    fn at_speed(sim: RunningSimulator, speed: &'static str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("home-{}-{number}", std::process::id());
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&home).unwrap();
        Self { sim, home, speed }
    }

    /// The command with the host's address, a user with all rights, and the password in the environment.
    /// The command with only a home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(arguments);
        command
            .env("HVSNAP_ENDPOINT", self.sim.endpoint())
            .env("HVSNAP_USER", r"LAB\operator")
            .env("HVSNAP_PASSWORD", PASSWORD);
        command
    }

    /// The command with nothing but a home.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hvsnap"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("HVSNAP_CLOCK_SPEED", self.speed)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// The home of the command.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Runs the command without host, user and password.
    pub(crate) async fn bare_run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.bare(arguments)).await
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments)).await
    }

    /// Runs a destroy with `--yes`, always with a fresh tree of the VM.
    pub(crate) async fn destroy(&self, vm: &str, snapshot: &str, more: &[&str]) -> Ran {
        self.run(&[&["snapshot", "destroy", vm, snapshot, "--yes"], more].concat()).await
    }

    /// A file in the command's home.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.home.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // A home that cannot be removed stays in the target folder, which is harmless.
        let _ = fs::remove_dir_all(&self.home);
    }
}

impl Ran {
    pub(crate) async fn of(mut command: Command) -> Self {
        let output = command.output().await.unwrap();
        let ran = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        schema::holds(command.as_std().get_args(), &ran.stdout);
        ran
    }

    /// Fails unless the exit code is `code` and the output contains each text.
    #[track_caller]
    pub(crate) fn shows(&self, code: i32, texts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for text in texts {
            assert!(self.stdout.contains(text) || self.stderr.contains(text), "no {text:?} in {self:#?}");
        }
    }

    /// The JSON document on stdout; its warnings must also be on stderr.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        // Also where a test has started the command by itself.
        schema::holds_any(&self.stdout);
        let value: serde_json::Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(value["schema"], "hvsnap/1", "{value:#}");
        for warning in value["warnings"].as_array().unwrap() {
            let line = format!("warning: {}", warning.as_str().unwrap());
            assert!(self.stderr.contains(&line), "no {line:?} in {}", self.stderr);
        }
        value
    }
}

/// A slice of words; otherwise the compiler would infer an array of this length.
pub(crate) const fn words<'w>(words: &'w [&'w str]) -> &'w [&'w str] {
    words
}
