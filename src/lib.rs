//! hvsnap: a WS-Management (WinRM) client for Hyper-V snapshots.
//!
//! Its main job: invoke `DestroySnapshot` of a Hyper-V host's snapshot service from any system, follow the job and the merge of
//! disks after it, and report the true outcome. A deleted snapshot cannot be restored. A destroy therefore needs a plan, which is
//! made from a tree read from the host, and is refused if the tree has changed since.
//!
//! A program that embeds the library should depend on it without the default features, which are the command and the simulator:
//! `hvsnap = { version = "0.1", default-features = false }`. With a lock file of its own, such a program got 139 crates on
//! 2026-11-30 (Linux); the README explains how to save 16 of them.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! use hvsnap::{hyperv::DestroyScope, Host, Until};
//!
//! # #[cfg(feature = "sim")] {
//! let lab = r#"
//!     schema = "hvsnap-lab/1"
//!     [host]
//!     name = "HV01"
//!     [[user]]
//!     name = 'LAB\operator'
//!     password = "correct-horse"
//!     rights = "administrator"
//!     [[vm]]
//!     name = "web-01"
//!     [[vm.snapshot]]
//!     name = "base"
//!     [[vm.snapshot]]
//!     name = "before-upgrade"
//!     parent = "base"
//! "#;
//! let sim = hvsnap::sim::Simulator::from_lab_text(lab)?.seed(7).start().await?;
//!
//! // On a real host: Client::builder("https://hv01.corp.example:5986").credentials(…).connect()
//! let host = Host::new(sim.client_builder().connect().await?);
//! let vm = host.vm("web-01").await?;               // name or GUID; two matches are an error that lists both
//! let tree = vm.snapshots().await?;                  // one read, then plain data
//! let target = tree.find("base/before-upgrade")?;    // name, path or InstanceID
//! let plan = tree.plan_destroy(target.id(), DestroyScope::Single)?; // pure: nothing is sent
//! for dependent in plan.dependents() {
//!     println!("depends on it: {}", dependent.element_name());
//! }
//!
//! let job = vm.begin(&plan).await?;                  // the only way to destroy; a stale plan is refused
//! let outcome = job.wait(Until::Merged, |p| eprintln!("{:>3}% {}", p.percent, p.state)).await?;
//! println!("gone from the host: {}", outcome.destroyed.len()); // read back, never assumed
//! # assert_eq!(outcome.destroyed.len(), 1);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # A real host
//!
//! All calls are async and run on Tokio, on any runtime with time and I/O enabled (`enable_all`). [`Client`] and [`Host`] are cheap
//! to clone and share their connections; one of each is enough for a host.
//!
//! ```no_run
//! use std::time::Duration;
//! use hvsnap::{Client, Credentials, Host, Secret, TlsConfig};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("https://hv01.corp.example:5986")
//!     .credentials(Credentials::negotiate(r"CORP\ops", Secret::from_env("HVSNAP_PASSWORD")?))
//!     .tls(TlsConfig::new().ca_certificates(std::fs::read("lab-ca.pem")?)?)  // only if the system does not trust the host's
//!     .connect().await?;                             // identifies the host; build() sends nothing
//! let host = Host::new(client);
//! // All that is done through this handle, and through the VMs that it returns, ends within a minute.
//! for vm in host.with_timeout(Duration::from_secs(60)).vms().await? {
//!     println!("{}: {} snapshots", vm.name(), vm.snapshots().await?.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Programs to begin with are in `examples/`: `list`, `destroy` (with a preview of what depends on the snapshot and what it costs),
//! `resume` (an operation whose answer was lost), `any_class`, and `test_against_simulator`. Each runs without a host:
//! `cargo run --example list`. For tests of your own, name the crate a second time, with the simulator:
//!
//! ```toml
//! [dependencies]
//! hvsnap = { version = "0.1", default-features = false }
//!
//! [dev-dependencies]
//! hvsnap = { version = "0.1", default-features = false, features = ["sim"] }
//! ```
//!
//! # What an operation ends with
//!
//! Every change goes the same way: a tree, a plan from it (`plan_destroy`, `plan_create`, `plan_apply` and others of
//! [`hyperv::SnapshotTree`]), [`Vm::begin`], [`OperationHandle::wait`]. `Ok` means that the host shows all that was planned;
//! [`Outcome`] holds what was read back, with the reasons. A merge that is not complete is no error: see [`Outcome::merge`]. `Err`
//! means that the host refused, that the job failed, or that the outcome is not known: ask [`Error::effect`], which is never
//! [`Effect::None`] unless that is proven, and [`Error::outcome`] for what was observed. After [`Effect::Unknown`] resume the
//! operation before anything else is done to the VM.
//!
//! # Any class
//!
//! [`Client`] reaches any CIM class of any WS-Management host and knows none by name. [`Host`] adds Hyper-V on top of it.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # #[cfg(feature = "sim")] {
//! # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
//! # let client = sim.client_builder().build()?;
//! use hvsnap::cim::Wql;
//!
//! let hyperv = client.namespace("root/virtualization/v2")?;
//! let mut systems = hyperv.query(&Wql::all("Msvm_ComputerSystem".parse()?)).await?;
//! while let Some(system) = systems.next().await? {
//!     println!("{:?}", system.read::<String>("ElementName")?);
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```
//!
//! # Errors
//!
//! Every [`Error`] names what failed, during what, why, and its [`Effect`] on the host: nothing was changed, it was changed, or
//! that is not known. An error of a single request is a [`ClientError`]. [`Error::report`] decodes it: a stable id
//! ([`explain::ErrorId`]), why, what to do next, whether it is safe to repeat, and the host's text.
//!
//! # Retry and deadlines
//!
//! A read with a temporary failure (a lost connection, a time-out, a busy host) is attempted up to four times within
//! [`RetryPolicy::budget`], with growing random pauses. A call is sent once, even if its answer was lost. After an overload
//! answer of the host all requests of the client pause, for as long as the host asks but at most a minute, and the client uses
//! one connection until the host has recovered. A wait for a job or a merge tolerates failed reads for a while.
//!
//! [`Client::with_deadline`] and [`Client::with_timeout`] return a handle of the same client with a deadline, which applies to
//! everything done through it.
//!
//! # Authentication
//!
//! [`Credentials`] contain the identity of the caller and the way to prove it: negotiated, NTLM, Kerberos, Basic, or a
//! certificate. Over plain HTTP, NTLM and Kerberos seal every message, as a Windows host requires by default. CredSSP is out of
//! scope.
//!
//! # The journal
//!
//! With a [`Journal`](journal::Journal), an operation that changes a host is recorded before its call is sent, and its outcome
//! once it is known. [`Host::resume`] determines, by reading alone, the outcome of operations that a crash or a lost answer has
//! left open. [`Vm::begin`] begins with that for its VM, and locks the VM among all users of the journal.
//!
//! # Clusters
//!
//! [`Cluster`] finds the VMs of a failover cluster on the nodes that own them. There they are VMs of a [`Host`] like any other, which
//! are looked up again if they move: an operation is then judged by what the new node shows.
//!
//! # Features
//!
//! Without any (`default-features = false`) only the client is built. `serde` converts instances to your own types and serializes
//! the models ([`hyperv::VmRecord`], [`hyperv::SnapshotTree`], [`Outcome`] and others; durations in seconds). `journal` adds the
//! journal in a folder, `sim` the simulated host ([`sim`]), and `cli` the command `hvsnap`, which includes `journal`. `cli` and
//! `sim` are on by default, so that `cargo install` and `cargo test` need no flags.
//!
//! # Logging
//!
//! Through [`tracing`](https://docs.rs/tracing). An operation is a span (`operation{host, vm, id}`); its calls, answers and
//! conclusions are logged at `info`, connections and retries at `debug`, message bodies at `trace`. Credentials are sent in
//! headers, which are never logged.
//!
//! # Architecture
//!
//! A client for any CIM class; Hyper-V on top of it. An operation is a value, run by one engine and judged by one function. Each
//! fact is stated once.
//!
//! ```text
//!              cli                  the binary: sees only the public API
//!               |
//!              host                 Hyper-V through a client: VMs, operations, journal, doctor
//!             /    \
//!        hyperv    client           the pure model of Hyper-V  |  any CIM class; no Msvm_ in it
//!             \    /   \
//!              cim      http        messages                   |  bytes
//!             wsman     auth
//!              soap
//!              xml
//!     schema, codes                 facts, as data
//!     limits, secret, clock, violation
//!
//!     sim: its own reading of all messages; it shares the facts, and never sees client, hyperv or host
//! ```
//!
//! | Layer | Role |
//! |---|---|
//! | `codes` | HTTP, WinRM, WMI, Windows and Hyper-V codes as data: symbol, meaning, category, the fault that carries it |
//! | [`schema`] | CIM classes as data: properties, methods with parameters and return codes, value maps |
//! | `limits`, `secret`, `violation`, [`clock`] | all limits on data from a peer; a secret that cannot be printed; the protocol violations of a peer; time as an argument |
//! | `xml` | namespace-aware pull reader and writer over quick-xml |
//! | [`soap`] | envelope, message ids, fault |
//! | [`wsman`] | resource URI, selectors, endpoint references, and the operations as exchanges without a socket |
//! | [`cim`] | values, datetimes, instances, names, WQL, and the WS-CIM codec |
//! | [`hyperv`] | VM, snapshot, tree, plan, disk chains and their cost, job, merge watch, return codes; `operation`: the plan, the call and the judgement of each kind |
//! | `auth` | credentials; Basic, NTLM, SPNEGO, Kerberos as exchanges without a socket; sealing; channel binding |
//! | `http` | one authenticated connection, a bounded pool of them, the frame of sealed messages, TLS, proxy |
//! | `client` | [`Client`], [`CimNamespace`]: identify, get, put, create, delete, invoke, enumerate, query; retry of reads |
//! | `host` | [`Host`], [`Cluster`], [`Vm`], [`Job`]; `operation`: the engine and the only verdict (`reconcile`); [`journal`]; [`doctor`] |
//! | `sim` | the simulated host: shares the facts with the client, but no code that reads or judges messages |
//! | [`explain`] | the meaning of our own ids and of codes, in any usual form |
//! | `bridge` | the only file that names both client and simulator |
//!
//! The permitted imports are a test (`tests/it/structure/layering.rs`). No layer below `client` retries, except that `http` opens
//! another connection if nothing was written to the one it had.
//!
//! Differences from the usual structure of such clients, and why. Endpoint references are in `wsman` and not in `soap`, because
//! their content here belongs to WS-Management. `a:Action` of an answer is not checked, because servers differ; `a:RelatesTo` and
//! the element of the body are. A Pull is never repeated, because the page in its lost answer would be missing silently.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The library examples of the README and of `docs/embedding.md`, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/embedding.md")]
mod readme {}

mod auth;
#[cfg(feature = "sim")]
mod bridge;
pub mod cim;
mod client;
pub mod clock;
mod codes;
pub mod explain;
mod host;
mod http;
pub mod hyperv;
mod keyed;
mod limits;
pub mod schema;
mod secret;
#[cfg(feature = "sim")]
pub mod sim;
pub mod soap;
mod violation;
pub mod wsman;
mod xml;

// For tests and measurements below the public API. No such code is inside the layers.
#[cfg(feature = "bench")]
#[doc(hidden)]
#[path = "../benches/doors/mod.rs"]
pub mod benching;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[path = "../tests/oracles/mod.rs"]
pub mod fuzzing;
#[cfg(test)]
#[path = "../tests/messages/mod.rs"]
mod messages;

pub use auth::{Credentials, ServicePrincipal, ServicePrincipalError};
pub use client::{
    CimNamespace, Client, ClientBuilder, ConnectionError, DangerousBuilder, Deadline, Effect, Enumeration,
    Error as ClientError, ErrorKind as ClientErrorKind, InstanceStream, Report, RetryPolicy, SystemClock,
    Timeouts,
};
pub use host::{
    CancelAnswer, Cluster, ClusterVm, Error, ErrorKind, Host, HostJob, HostJobs, HostMerges, Job,
    JobConclusion, JobEnd, Merge, NodeCheck, OnBusy, Open, OperationHandle, Outcome, Phase, Progress,
    Resumption, Until, Vm, Wait, doctor, journal,
};
pub use http::{
    Authentication, CertificateFingerprint, CertificateFingerprintError, Endpoint, EndpointError, NotSoap,
    ProxyConfig, ProxyConfigError, TlsConfig, TlsConfigError,
};
pub use hyperv::{JobSeen, Observation};
pub use limits::Limits;
pub use secret::Secret;
pub use violation::{ProtocolError, Violation};
pub use xml::UnwritableText;
