//! The error of the generic client: what failed, during what, why, and its effect on the host.
//!
//! Programs should use [`ErrorKind`] and [`Effect`], not the text. If it is not certain that nothing was changed, the effect is
//! unknown.

use std::{fmt, time::Duration};

use crate::{
    cim::{NameError, UriForm},
    client::{
        connection_error::ConnectionError,
        fault::{classify, of_status},
        retry::passes_in_time,
    },
    clock::shown,
    codes::Category,
    http::{EndpointError, NotSoap},
    violation::{ProtocolError, cut},
    wsman::Fault,
    xml::UnwritableText,
};

/// The effect of a request on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// The host was changed, at least in part.
    Applied,
    /// Not known; read the state of the host before repeating anything.
    Unknown,
}

impl Effect {
    /// The name, for programs.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Applied => "applied",
            Self::Unknown => "unknown",
        }
    }
}

crate::keyed::keyed! {
    Effect { None, Applied, Unknown }
}

/// A failed request.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    during: String,
    effect: Effect,
    /// The host's answer, truncated if long.
    raw: Option<Box<str>>,
    addressed: Option<Addressed>,
}

/// The target of the request; the meaning of some faults depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addressed {
    /// The form of its resource URI.
    pub(super) form: UriForm,
    /// True for a class or all classes; false for one instance.
    pub(super) is_class: bool,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address is invalid.
    #[error("invalid address: {0}")]
    Endpoint(EndpointError),
    /// A given name is invalid.
    #[error("{0}")]
    Name(NameError),
    /// A given setting is not usable.
    #[error("{0}")]
    Setting(String),
    /// A given text cannot be sent.
    #[error("{0}")]
    Unwritable(UnwritableText),
    /// The host was not reached, the connection failed, or the user was not accepted.
    #[error(transparent)]
    Connection(ConnectionError),
    /// The host, or an intermediary, answered with an HTTP status and without a readable message.
    #[error("the host answered with HTTP status {0} and no message")]
    Status(u16),
    /// The answer came from something other than a WS-Management service, or was changed on its way.
    #[error("the host answered with {0}, not with SOAP")]
    NotSoap(NotSoap),
    /// The host answered with a fault.
    #[error("the host refused: {0}")]
    Fault(Box<Fault>),
    /// The host's answer violates the protocol.
    #[error("the host sent {0}")]
    Protocol(ProtocolError),
    /// The deadline of the client's handle has passed ([`Client::with_deadline`](crate::Client::with_deadline)).
    #[error(
        "timed out after {}{}",
        shown(*.after),
        if *.is_sent { "; the host had not answered" } else { "; the host had not answered, and the request was not sent" }
    )]
    TimedOut {
        /// The whole duration.
        after: Duration,
        /// True if the host can have received the request, whose answer was awaited. Otherwise nothing of the request was sent,
        /// except perhaps the authentication before it.
        is_sent: bool,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, during: impl Into<String>, effect: Effect) -> Self {
        // The text may contain a name that the host gave.
        Self {
            kind: Box::new(kind),
            during: cut(&during.into()).into_owned(),
            effect,
            raw: None,
            addressed: None,
        }
    }

    /// An error before anything was sent.
    pub(crate) fn before(kind: ErrorKind, during: impl Into<String>) -> Self {
        Self::new(kind, during, Effect::None)
    }

    /// The same error with another effect; a failed read, for example, has no effect.
    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same error, with the text of the answer.
    pub(super) fn with_raw(mut self, text: &str) -> Self {
        self.raw = (!text.is_empty()).then(|| cut(text).into());
        self
    }

    /// The same error, with the target of the request.
    pub(super) fn with_addressed(mut self, addressed: Addressed) -> Self {
        self.addressed = Some(addressed);
        self
    }

    /// The form of the request's resource URI, if known.
    pub(super) fn uri_form(&self) -> Option<UriForm> {
        self.addressed.map(|addressed| addressed.form)
    }

    /// The host's answer, if there was one; truncated if long.
    pub(crate) fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }

    /// The reason.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The operation that failed.
    pub fn during(&self) -> &str {
        &self.during
    }

    /// The effect on the host.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// True if the user was not authenticated or lacks the permission: by HTTP, WinRM or WMI.
    pub fn is_access(&self) -> bool {
        match self.kind() {
            ErrorKind::Connection(error) => error.is_authentication(),
            ErrorKind::Status(status) => of_status(*status) == Category::AccessDenied,
            ErrorKind::Fault(_) => self.fault_category() == Some(Category::AccessDenied),
            _ => false,
        }
    }

    /// True if the deadline of the client's handle has passed.
    pub(crate) fn is_past_deadline(&self) -> bool {
        matches!(self.kind(), ErrorKind::TimedOut { .. })
    }

    /// True after a time-out: the deadline of the client's handle, the time to connect or to answer, or the operation timeout,
    /// which the host reports as a fault.
    pub fn is_timeout(&self) -> bool {
        match self.kind() {
            ErrorKind::TimedOut { .. } => true,
            ErrorKind::Connection(error) => error.is_timeout(),
            ErrorKind::Fault(_) => self.fault_category() == Some(Category::TimedOut),
            _ => false,
        }
    }

    /// The category of the fault, if the error is one. For a query, "not found" means an unknown class.
    pub(crate) fn fault_category(&self) -> Option<Category> {
        let ErrorKind::Fault(fault) = self.kind() else { return None };
        let says_more = fault.number().is_some() || fault.cim_status().is_some();
        Some(match classify(fault) {
            Category::NotFound if self.addressed.is_some_and(|addressed| addressed.is_class) => {
                if says_more {
                    Category::UnknownClass
                } else {
                    Category::UnknownUri
                }
            }
            class => class,
        })
    }

    /// True if the host reports, in any form, that it does not know the class or its URI.
    pub fn is_unknown_class(&self) -> bool {
        matches!(self.fault_category(), Some(Category::UnknownClass | Category::UnknownUri))
    }

    /// True if the host reports, in any form, that the instance does not exist.
    pub fn is_not_found(&self) -> bool {
        self.fault_category() == Some(Category::NotFound)
    }

    /// True if the host refused the request because it is overloaded or a quota is used up.
    pub fn is_busy(&self) -> bool {
        match self.kind() {
            ErrorKind::Status(status) => of_status(*status) == Category::Overloaded,
            ErrorKind::Fault(_) => self.fault_category() == Some(Category::Overloaded),
            _ => false,
        }
    }

    /// True if the same request may be sent again and may then succeed: nothing was changed, and the reason may be temporary
    /// (the host is busy, restarting or unreachable, the connection was lost, a time-out).
    ///
    /// The client has already retried reads, so such an error of a read is final for the moment. A user that was not accepted
    /// is never retryable: further attempts might lock the account.
    pub fn is_retryable(&self) -> bool {
        self.effect == Effect::None && (self.is_timeout() || passes_in_time(self))
    }
}

impl fmt::Display for Error {
    /// The operation that failed, and the reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.during.is_empty() {
            self.kind.fmt(f)
        } else {
            write!(f, "{} failed: {}", self.during, self.kind)
        }
    }
}

impl std::error::Error for Error {
    /// The cause of the [`kind`](Self::kind); the error's text already contains it.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}
