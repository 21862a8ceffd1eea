//! hvsnap: a WS-Management (WinRM) client for Hyper-V snapshots.
//!
//! Its main job: invoke `DestroySnapshot` of a Hyper-V host's snapshot service from any system, follow the job and the
//! merge of disks that comes after, and tell the truth about what became of the host. A snapshot that was deleted cannot
//! be brought back, so a destroy takes a plan that was made on a tree that was read, and is refused if the tree moved since.
//!
//! A program that embeds the library depends on it without the default features, which are the command and the simulator:
//! `hvsnap = { version = "0.1", default-features = false }`. With a lock file of its own it got 139 crates by that on
//! 2026-11-30 (Linux); the README says what takes 16 of them back.
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
//! # Any class
//!
//! [`Client`] reaches any CIM class of any WS-Management host, and knows none by name; [`Host`] is Hyper-V on top of it.
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
//! # What an error says
//!
//! Every [`Error`] names what failed, during what, why, and its [`Effect`] on the host: nothing was changed, it was changed,
//! or that is not known. An error of a request alone is a [`ClientError`]. [`Error::report`] decodes it: a stable id ([`explain::ErrorId`]), why, what to do next, whether
//! it is safe to repeat, and what the host said.
//!
//! # Trying again, and waiting
//!
//! A read whose failure may pass by itself (a lost connection, a time-out, a busy host) is tried again up to four times within
//! [`RetryPolicy::budget`], after pauses that grow and differ. A call is sent once: one whose answer was lost is never sent
//! again. A host that says it has too much to do is left alone by the whole client, as long as it asks for but a minute at most,
//! and gets one connection instead of several until it is calm. While a job or a merge is waited for, readings that fail for a
//! while do not end the waiting.
//!
//! [`Client::with_deadline`] and [`Client::with_timeout`] give a handle of the same client through which nothing outlasts a
//! deadline, wherever the host falls silent.
//!
//! # Authentication
//!
//! [`Credentials`] say who asks and how that is proven: negotiated, NTLM, Kerberos, Basic, or a certificate. Over plain HTTP
//! NTLM and Kerberos seal every message, which is what a Windows host in its default state wants. CredSSP is out of scope.
//!
//! # The journal
//!
//! With a [`Journal`](journal::Journal) an operation that changes a host is written before its call leaves, and its outcome once
//! it is known. [`Host::resume`] recovers by reading alone what a crash or a lost answer has left open, and [`Vm::begin`] begins
//! with that for its VM, which it locks among all who share the journal.
//!
//! # Features
//!
//! Without any (`default-features = false`) the client alone is built. `serde` reads instances into types of your own and writes
//! the models ([`hyperv::VmRecord`], [`hyperv::SnapshotTree`], [`Outcome`] and their kin; lengths of time in seconds). `journal` adds the journal in a folder, `sim` the
//! simulated host ([`sim`]), and `cli` the command `hvsnap`, which brings `journal` along. `cli` and `sim` are on by default, so
//! that `cargo install` and `cargo test` need no flags.
//!
//! # Logging
//!
//! Through [`tracing`](https://docs.rs/tracing): an operation is a span
//! (`operation{host, vm, id}`) with what is called, answered and concluded at `info`; connections and repeated reads come at
//! `debug`, message bodies at `trace`.
//! Credentials travel in headers, which are never logged.
//!
//! # Architecture
//!
//! A client for any CIM class; Hyper-V on top of it; an operation is a value, run by one engine and judged by one function; each
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
//! | `schema` | CIM classes as data: properties, methods with parameters and return codes, value maps |
//! | `limits`, `secret`, `violation`, [`clock`] | every bound in one place; a secret that cannot be printed; a name for every offence of a peer; time as an argument |
//! | `xml` | namespace-aware pull reader and writer over quick-xml |
//! | [`soap`] | envelope, message ids, fault |
//! | [`wsman`] | resource URI, selectors, endpoint references, and the operations as exchanges without a socket |
//! | [`cim`] | values, datetimes, instances, names, WQL, and the WS-CIM codec |
//! | [`hyperv`] | VM, snapshot, tree, plan, job, merge watch, return codes; `operation`: what each kind is to do, its call, its judgement |
//! | `auth` | credentials; Basic, NTLM, SPNEGO, Kerberos as exchanges without a socket; sealing; channel binding |
//! | `http` | one authenticated connection, a bounded pool of them, the frame of sealed messages, TLS, proxy |
//! | `client` | [`Client`], [`CimNamespace`]: identify, get, put, create, delete, invoke, enumerate, query; retry of reads |
//! | `host` | [`Host`], [`Vm`], [`Job`]; `operation`: the engine and the only verdict (`reconcile`); [`journal`]; [`doctor`] |
//! | `sim` | the simulated host: it shares the facts with the client, and no code that reads or judges |
//! | [`explain`] | what an id of our own or a code means, found in any form that people copy |
//! | `bridge` | the one file that names client and simulator both |
//!
//! The table of who may import whom is a test (`tests/it/structure/layering.rs`). No layer below `client` tries anything twice,
//! except that `http` opens another connection when nothing at all was written to the one that it had.
//!
//! Where this differs from the usual shape of such clients, and why: endpoint references live in `wsman` and not in `soap`,
//! because all that ours carry is WS-Management's; `a:Action` of an answer is not checked, because servers differ there,
//! while `a:RelatesTo` and the body's element are; a Pull is never repeated, because the page that its lost answer held
//! would be missing without a word.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The README's library examples, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
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
mod schema;
mod secret;
#[cfg(feature = "sim")]
pub mod sim;
pub mod soap;
mod violation;
pub mod wsman;
mod xml;

// Doors for what is tested and measured below the public API. Nothing of it lies in the layers: it reaches them as they are.
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
    CancelAnswer, Error, ErrorKind, Host, Job, JobConclusion, JobEnd, Merge, OnBusy, Open, OperationHandle,
    Outcome, Phase, Progress, Resumption, Until, Vm, Wait, doctor, journal,
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
