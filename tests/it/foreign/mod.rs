//! A foreign host: pyspnego behind a small HTTP/1.1 server, used by the client through its public API. The results are recorded
//! row by row.
//!
//! These tests are marked as ignored without the peer. `tests/interop/run.py` provides it: `HVSNAP_PYSPNEGO` names a Python
//! interpreter with pyspnego and gssapi, `HVSNAP_KRB5` the directory of a running realm, `HVSNAP_INTEROP_ROWS` the file for the
//! rows. Requested without them, the tests fail.

mod effects;
mod friendly;
mod hostile;
mod kerberos;

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use hvsnap::{
    Client, ClientBuilder, ClientError, ClientErrorKind, Credentials, Effect, Error, Secret,
    clock::VirtualClock,
};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct-horse";
/// A server that has not ended after this time is killed.
const PATIENCE: Duration = Duration::from_secs(10);

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set; run tests/interop/run.py"))
}

/// A way to authenticate, and the settings of the foreign host for it.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// For the table.
    pub(crate) scheme: String,
    pub(crate) protocol: &'static str,
    /// pyspnego's name of the mechanism.
    pub(crate) mechanism: &'static str,
    pub(crate) credentials: Credentials,
    /// The name of the host in its realm.
    pub(crate) host: String,
}

impl Way {
    pub(crate) fn of(&self, credentials: Credentials) -> Self {
        Self { credentials, ..self.clone() }
    }

    /// The same without an earlier refusal: a password that was refused once is not tried again.
    pub(crate) fn untried(&self) -> Credentials {
        let (user, password) = (r"LAB\operator", Secret::new(PASSWORD));
        match (self.mechanism, self.protocol) {
            ("ntlm", "ntlm") => Credentials::ntlm(user, password),
            ("ntlm", _) => Credentials::negotiate(user, password),
            _ => self.credentials.clone(),
        }
    }

    /// NTLM with and without SPNEGO.
    pub(crate) fn ntlm() -> [Self; 2] {
        let way = |scheme: &str, protocol, credentials| Self {
            scheme: scheme.to_owned(),
            protocol,
            mechanism: "ntlm",
            credentials,
            host: "hv01".to_owned(),
        };
        let user = r"LAB\operator";
        [
            way("Negotiate, raw NTLM", "ntlm", Credentials::ntlm(user, Secret::new(PASSWORD))),
            way("Negotiate, SPNEGO(NTLM)", "negotiate", Credentials::negotiate(user, Secret::new(PASSWORD))),
        ]
    }

    /// Kerberos in the scheme of this name and within SPNEGO, with the ticket in the realm's cache.
    pub(crate) fn kerberos() -> [Self; 2] {
        let realm = Realm::started();
        let way = |scheme: &str, protocol, credentials| Self {
            scheme: format!("{scheme}, {}", realm.aes),
            protocol,
            mechanism: "kerberos",
            credentials,
            host: realm.host.to_owned(),
        };
        [
            way("Kerberos", "kerberos", Credentials::kerberos_cache(realm.cache("ops"))),
            // `negotiate_ticket` uses only the default cache, which the realm's environment names.
            way("Negotiate, SPNEGO(Kerberos)", "negotiate", Credentials::negotiate_ticket()),
        ]
    }
}

/// The running realm of `tests/interop/krb5/realm`.
pub(crate) struct Realm {
    directory: String,
    suffix: &'static str,
    pub(crate) aes: &'static str,
    pub(crate) host: &'static str,
}

impl Realm {
    pub(crate) fn started() -> Self {
        let directory = variable("HVSNAP_KRB5");
        match variable("HVSNAP_KRB5_AES").as_str() {
            "sha1" => Self { directory, suffix: "", aes: "AES-SHA1", host: "sha1.hvsnap.test" },
            "sha2" => Self { directory, suffix: "-sha2", aes: "AES-SHA2", host: "sha2.hvsnap.test" },
            other => panic!("HVSNAP_KRB5_AES is {other:?}"),
        }
    }

    pub(crate) fn path(&self, file: &str) -> String {
        format!("{}/{file}", self.directory)
    }

    pub(crate) fn cache(&self, name: &str) -> String {
        self.path(&format!("{name}{}.ccache", self.suffix))
    }
}

/// The foreign host, a separate process.
pub(crate) struct Host {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    folder: PathBuf,
    authorities: Option<String>,
    port: u64,
    relay: u64,
    principal: Option<String>,
}

impl Host {
    /// Over plain HTTP.
    pub(crate) fn start(way: &Way, options: Value) -> Self {
        Self::start_with(way, options, None)
    }

    /// Over TLS, with a man in the middle next to it.
    pub(crate) fn start_tls(way: &Way, mut options: Value) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("foreign-{}-{number}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
        fs::create_dir_all(&folder).unwrap();
        let mut authorities = String::new();
        for (key, name) in [("tls", "host"), ("relay", "relay")] {
            let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
            let (cert, secret) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
            fs::write(&cert, made.cert.pem()).unwrap();
            fs::write(&secret, made.signing_key.serialize_pem()).unwrap();
            options[key] = json!({ "cert": cert, "key": secret });
            authorities.push_str(&made.cert.pem());
        }
        Self::start_with(way, options, Some((folder, authorities)))
    }

    fn start_with(way: &Way, mut options: Value, tls: Option<(PathBuf, String)>) -> Self {
        options["protocol"] = way.protocol.into();
        options["host"] = way.host.as_str().into();
        let users =
            ["LAB:operator:correct-horse", ":ops@HVSNAP.TEST:correct-horse", ":ops@DOWN.TEST:correct-horse"];
        options["users"] = users.as_slice().into();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/acceptor/serve.py");
        let mut child = Command::new(variable("HVSNAP_PYSPNEGO"))
            .arg(script)
            .arg(options.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python that HVSNAP_PYSPNEGO names cannot be started");
        let to = child.stdin.take();
        let from = BufReader::new(child.stdout.take().unwrap());
        let (folder, authorities) = match tls {
            Some((folder, authorities)) => (folder, Some(authorities)),
            None => (PathBuf::new(), None),
        };
        let principal = (way.mechanism == "kerberos").then(|| format!("HTTP/{}", way.host));
        let mut host = Self { child, to, from, folder, authorities, port: 0, relay: 0, principal };
        let line = host.line();
        let ports: Vec<u64> = line.split_whitespace().map(|port| port.parse().unwrap()).collect();
        (host.port, host.relay) = (ports[0], ports[1]);
        host
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the foreign host ended: {:?}", self.child.wait());
        line
    }

    /// What it has recorded so far.
    pub(crate) fn report(&mut self) -> Report {
        writeln!(self.to.as_mut().unwrap()).unwrap();
        Report(serde_json::from_str(&self.line()).unwrap())
    }

    /// A client of it, whose pauses take no time.
    pub(crate) fn client(&self, credentials: &Credentials) -> Client {
        self.builder(self.port, credentials).build().unwrap()
    }

    /// A client that connects to the man in the middle.
    pub(crate) fn relayed_client(&self, credentials: &Credentials) -> Client {
        self.builder(self.relay, credentials).build().unwrap()
    }

    pub(crate) fn builder(&self, port: u64, credentials: &Credentials) -> ClientBuilder {
        let scheme = if self.authorities.is_some() { "https" } else { "http" };
        let mut builder = Client::builder(format!("{scheme}://127.0.0.1:{port}"))
            .credentials(credentials.clone())
            .clock(Arc::new(VirtualClock::starting_at(Duration::ZERO)));
        if let Some(pem) = &self.authorities {
            builder = builder.tls(hvsnap::TlsConfig::new().only_ca(pem).unwrap());
        }
        match &self.principal {
            Some(principal) => builder.service_principal(principal.parse().unwrap()),
            None => builder,
        }
    }

    pub(crate) fn port(&self) -> u64 {
        self.port
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.to.take());
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && begun.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if self.authorities.is_some() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The record of the foreign host.
#[derive(Debug)]
pub(crate) struct Report(Value);

impl Report {
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap()
    }

    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        let words = self.0[name].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap_or("nobody").to_owned()).collect()
    }

    /// What pyspnego refused, in short: the subject and the class of the error.
    pub(crate) fn refused(&self) -> Vec<String> {
        let refused = self.words("refused");
        let cut = refused.iter().map(|text| text.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": "));
        cut.collect()
    }

    /// Connections and authentications, and the user of the last one.
    pub(crate) fn summary(&self) -> String {
        let last = self.words("mechanisms").pop().unwrap_or_else(|| "nobody".to_owned());
        let (connections, handshakes) = (self.number("connections"), self.number("handshakes"));
        format!("{last}, connections {connections}, handshakes {handshakes}")
    }
}

/// The client's report of an outcome: the effect, then the reason, without the address.
pub(crate) fn told<T>(outcome: Result<T, impl Into<Error>>) -> String {
    let error = match outcome {
        Ok(_) => return "answered".to_owned(),
        Err(error) => error.into(),
    };
    let effect = match error.effect() {
        Effect::None => "nothing changed",
        Effect::Applied => "changed",
        _ => "effect unknown",
    };
    let mut text = format!("{effect}: {}", error.kind());
    if let Some(ClientErrorKind::Connection(connection)) = error.client().map(ClientError::kind)
        && let Some(cause) = std::error::Error::source(connection)
    {
        text = format!("{text}: {cause}");
    }
    without_address(text)
}

/// The text without the port, which differs each time.
pub(crate) fn without_address(text: String) -> String {
    let address = |word: &&str| word.starts_with("127.0.0.1:");
    match text.split(' ').find(address).map(|word| word.trim_end_matches(':')) {
        Some(address) => text.replace(address, "the host"),
        None => text,
    }
}

/// The rows of one test: all are recorded before it fails.
#[derive(Default)]
pub(crate) struct Rows {
    failed: Vec<String>,
}

impl Rows {
    /// Records a row; the result must begin with the expected text.
    pub(crate) fn row(&mut self, scheme: &str, case: &str, expected: &str, seen: &str) {
        let passed = seen.starts_with(expected);
        let seen = seen.replace(['\t', '\n'], " ");
        let word = if passed { "ok" } else { "FAILED" };
        let row = format!("hvsnap with pyspnego\t{scheme}\t{case}\t{expected}\t{seen}\t{word}\n");
        if let Some(path) = env::var_os("HVSNAP_INTEROP_ROWS") {
            let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
            file.write_all(row.as_bytes()).unwrap();
        }
        if !passed {
            self.failed.push(row);
        }
    }

    pub(crate) fn end(self) {
        assert!(self.failed.is_empty(), "not as expected:\n{}", self.failed.concat());
    }
}
