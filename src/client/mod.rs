//! The client: from a question about a host to bytes and back.
//!
//! The only layer that knows both columns, messages and connections. It never writes XML and never repeats an Invoke: reads
//! may be tried again, a call whose answer was lost is reported as [`Effect::Unknown`].

mod activity;
#[cfg(feature = "bench")]
pub(crate) mod benching;
mod builder;
mod busy;
mod connection_error;
mod dangerous;
mod deadline;
mod destroy;
pub mod doctor;
mod engine;
mod enumeration;
mod error;
mod evidence;
mod fault;
mod given;
mod job;
pub mod journal;
mod merging;
mod outcome;
mod readings;
mod reads;
mod reconcile;
mod report;
mod resume;
mod retry;
mod stream;
mod system_clock;
mod tally;
mod vm;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::OnceCell;

pub use builder::ClientBuilder;
pub use busy::OnBusy;
pub use connection_error::ConnectionError;
pub use dangerous::DangerousBuilder;
pub use deadline::Deadline;
pub use destroy::DestroyJob;
pub use enumeration::Enumeration;
pub use error::{Effect, Error, ErrorKind};
pub use evidence::{Fact, JobSeen};
#[cfg(test)]
pub(crate) use fault::is_not_found;
pub use job::{CancelAnswer, Job, JobEnd};
use journal::{Journal, JournalTrouble, trouble::Troubles};
pub use outcome::{JobConclusion, Merge, Open, Outcome, Phase, Progress, Until};
pub use report::Report;
pub use resume::Resumption;
pub use stream::InstanceStream;
pub use system_clock::SystemClock;
pub use vm::Vm;

use self::{readings::Readings, retry::Retry, wire::Messages};
use crate::{
    Limits,
    cim::{ClassName, ClassPath, Namespace, Timestamp, UriForm},
    clock::Clock,
    http::{Authentication, Endpoint, Pool},
    wsman::{RequestSettings, SelectorSet},
};

/// A client of one host; cheap to clone, usable from many tasks at once.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

/// One handle of a client. All handles of one client share what stands behind an `Arc`; they differ in their deadline.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) pool: Arc<Pool>,
    pub(crate) settings: Arc<RequestSettings>,
    pub(crate) limits: Limits,
    /// No pause on it outlasts the deadline.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) namespace: Namespace,
    pub(crate) form: UriForm,
    pub(crate) service_class: ClassName,
    pub(crate) page_size: u32,
    pub(crate) answer_timeout: Duration,
    pub(crate) retry: Arc<Retry>,
    pub(crate) messages: Arc<Messages>,
    pub(crate) readings: Arc<Readings>,
    /// The keys of the snapshot service, as the host gave them.
    pub(crate) service_keys: Arc<OnceCell<SelectorSet>>,
    /// Who asks, where that has a name.
    pub(crate) user: Option<String>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
    pub(crate) trouble: Arc<Troubles>,
    pub(crate) on_busy: OnBusy,
}

impl Client {
    /// Starts describing a client of the host at `address`: a URL, or `HOST[:PORT]` for plain HTTP.
    pub fn builder(address: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(address.into())
    }

    /// Where the host listens.
    pub fn endpoint(&self) -> &Endpoint {
        self.0.pool.endpoint()
    }

    /// How the host was convinced of who is calling, on the connection that was opened last; `None` before the first.
    ///
    /// With `Negotiate` this tells which mechanism it came to, and why not the better one.
    pub fn authentication(&self) -> Option<Authentication> {
        self.0.pool.authentication()
    }

    /// Where operations are written down, if anywhere.
    pub fn journal(&self) -> Option<&Arc<dyn Journal>> {
        self.0.journal.as_ref()
    }

    /// What went wrong with the journal without stopping what was done, in the order in which it happened.
    ///
    /// It is kept whatever became of an operation: whether it failed, was refused, or its future was dropped.
    pub fn journal_trouble(&self) -> Vec<JournalTrouble> {
        self.0.trouble.all()
    }

    /// The CIM namespace that is worked in.
    pub fn namespace(&self) -> &Namespace {
        &self.0.namespace
    }
}

impl Inner {
    /// The time that it is for the system, to the microsecond.
    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from_unix_micros(i64::try_from(self.clock.wall().as_micros()).unwrap_or(i64::MAX))
    }

    /// When, on the clock that waiting is measured with, something was written down that bears the system's time `written`.
    ///
    /// What was written in the future (the system's clock was set back since) was written now: whoever waits for something
    /// to grow old waits for that long once, from his own first look, and not until the clock comes to that time again.
    pub(crate) fn moment_of(&self, written: Duration) -> Duration {
        self.clock.now().saturating_sub(self.clock.wall().saturating_sub(written))
    }

    /// The path of `class`, or of all classes, in the namespace and form chosen.
    pub(crate) fn class_path(&self, class: Option<ClassName>) -> ClassPath {
        ClassPath { namespace: self.namespace.clone(), class, form: self.form }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", self.0.pool.endpoint())
            .field("namespace", &self.0.namespace)
            .finish_non_exhaustive()
    }
}
