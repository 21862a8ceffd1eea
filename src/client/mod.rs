//! The client: any CIM class on any WS-Management host.
//!
//! No class is known by name. Failed reads may be retried. An Invoke is never repeated: a call whose answer was lost is reported
//! as [`Effect::Unknown`].

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
pub use namespace::CimNamespace;
pub use report::Report;
pub(crate) use report::Said;
pub(crate) use retry::{Failed, retry_until};
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

/// One handle of a client. All handles of a client share the state behind `Arc`s and differ in their deadline.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) pool: Arc<Pool>,
    pub(crate) settings: Arc<RequestSettings>,
    pub(crate) limits: Limits,
    /// The clock; with a deadline, no pause exceeds it.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) form: UriForm,
    pub(crate) page_size: u32,
    pub(crate) answer_timeout: Duration,
    pub(crate) retry: Arc<Retry>,
    pub(crate) messages: Arc<Messages>,
    /// The name of the user, if there is one.
    pub(crate) user: Option<String>,
}

impl Client {
    /// Begins to build a client of the host at `address`: a URL, or `HOST[:PORT]` for plain HTTP.
    pub fn builder(address: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(address.into())
    }

    /// The address of the host.
    pub fn endpoint(&self) -> &Endpoint {
        self.0.pool.endpoint()
    }

    /// The host's time now, since 1970, by the `Date` of the first answer on its latest connection (RFC 9110, section 6.6.1); to the
    /// second. `None` before the first answer, and if the host does not tell. It ages with real time, whatever the client's clock.
    pub fn host_time(&self) -> Option<Duration> {
        self.0.pool.host_time()
    }

    /// A client of another host with the settings of this handle: credentials, TLS, proxy, time limits, retry, clock and deadline.
    ///
    /// A service principal and a server name that were given are those of this host, and are not taken over: the other host is
    /// expected to have its own name in its certificate and in its domain. Nothing is sent.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn at(&self, endpoint: Endpoint) -> Result<Self, Error> {
        const DURING: &str = "setting up the client of another host";
        let fail = |kind| Error::before(kind, DURING);
        if endpoint.zone().is_some() && self.0.pool.is_proxied() {
            return Err(fail(ErrorKind::Setting(builder::ZONE_AND_PROXY.to_owned())));
        }
        let pool = self.0.pool.another(endpoint);
        let pool = pool.map_err(|error| fail(ErrorKind::Connection(ConnectionError(error))))?;
        let settings = self.0.settings.with_to(&pool.endpoint().without_zone().to_string());
        let settings = settings.map_err(|error| fail(ErrorKind::Unwritable(error)))?;
        Ok(Self(Arc::new(Inner {
            pool: Arc::new(pool),
            settings: Arc::new(settings),
            retry: Arc::new(self.0.retry.another()),
            ..Inner::clone(&self.0)
        })))
    }

    /// How the caller was authenticated on the connection opened last; `None` before the first connection.
    ///
    /// With `Negotiate` this includes the mechanism that was chosen, and why a better one was not.
    pub fn authentication(&self) -> Option<Authentication> {
        self.0.pool.authentication()
    }
}

impl Inner {
    /// The current system time, to the microsecond.
    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from_unix_micros(i64::try_from(self.clock.wall().as_micros()).unwrap_or(i64::MAX))
    }

    /// The moment, on the clock used for waiting, that corresponds to the system time `written` in a record.
    ///
    /// A time in the future (the system's clock was set back) counts as now. Waiting for a record to reach an age then takes that
    /// long once, from the first read, and not until the system's clock reaches the recorded time again.
    pub(crate) fn moment_of(&self, written: Duration) -> Duration {
        self.clock.now().saturating_sub(self.clock.wall().saturating_sub(written))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", self.0.pool.endpoint()).finish_non_exhaustive()
    }
}
