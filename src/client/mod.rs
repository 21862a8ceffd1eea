//! The client: any CIM class on any WS-Management host, from a question to bytes and back.
//!
//! It knows messages and connections, and no class by name. It never writes XML and never repeats an Invoke: reads may be
//! tried again, a call whose answer was lost is reported as [`Effect::Unknown`].

mod builder;
mod config;
mod connection_error;
mod dangerous;
mod deadline;
mod enumeration;
mod error;
pub(crate) mod fault;
mod given;
mod namespace;
mod operations;
mod report;
mod retry;
mod stream;
mod system_clock;
mod tally;
#[cfg(feature = "serde")]
mod typed;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

pub use builder::ClientBuilder;
pub use config::{RetryPolicy, Timeouts};
pub use connection_error::ConnectionError;
pub use dangerous::DangerousBuilder;
pub use deadline::Deadline;
pub use enumeration::Enumeration;
pub(crate) use enumeration::{Take, objects_of};
pub use error::{Effect, Error, ErrorKind};
pub(crate) use error::{Error as ClientError, ErrorKind as ClientErrorKind};
pub(crate) use fault::FaultClass;
pub use namespace::CimNamespace;
pub use report::Report;
pub(crate) use report::Said;
pub(crate) use retry::{Failed, patiently};
pub use stream::InstanceStream;
pub use system_clock::SystemClock;

use self::{retry::Retry, wire::Messages};
use crate::{
    Limits,
    cim::{Timestamp, UriForm},
    clock::Clock,
    http::{Authentication, Endpoint, Pool},
    wsman::RequestSettings,
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
    pub(crate) form: UriForm,
    pub(crate) page_size: u32,
    pub(crate) answer_timeout: Duration,
    pub(crate) retry: Arc<Retry>,
    pub(crate) messages: Arc<Messages>,
    /// Who asks, where that has a name.
    pub(crate) user: Option<String>,
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
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", self.0.pool.endpoint()).finish_non_exhaustive()
    }
}
