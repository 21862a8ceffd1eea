//! The error of the generic client: what failed, during what, why, and its effect on the host.
//!
//! Texts are for people; programs look at [`ErrorKind`] and [`Effect`]. An error never claims less than what may have
//! happened: when in doubt the effect is unknown.

use std::{fmt, time::Duration};

use crate::{
    cim::{NameError, UriForm},
    client::{
        connection_error::ConnectionError,
        fault::{FaultClass, classify, of_status},
        retry::passes_in_time,
    },
    clock::shown,
    http::{EndpointError, NotSoap},
    violation::{ProtocolError, cut},
    wsman::Fault,
    xml::UnwritableText,
};

/// What a request may have done to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing was changed.
    None,
    /// It was changed, at least in part.
    Applied,
    /// Not known: look before doing anything again.
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

/// A request that failed.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    during: String,
    effect: Effect,
    /// What the host answered, cut at a bound.
    raw: Option<Box<str>>,
    addressed: Option<Addressed>,
}

/// What the request was addressed to, where a fault means one thing or another by it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addressed {
    /// The form of its resource URI.
    pub(super) form: UriForm,
    /// A class or all of them, not one instance.
    pub(super) is_class: bool,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address is not one.
    #[error("invalid address: {0}")]
    Endpoint(EndpointError),
    /// A name given cannot be one.
    #[error("{0}")]
    Name(NameError),
    /// A setting given cannot be used.
    #[error("{0}")]
    Setting(String),
    /// A text given cannot be sent.
    #[error("{0}")]
    Unwritable(UnwritableText),
    /// The host could not be reached, or not be talked to, or did not accept the user.
    #[error(transparent)]
    Connection(ConnectionError),
    /// The host, or something on the way to it, answered with an HTTP status and without a message that can be read.
    #[error("the host answered with HTTP status {0} and no message")]
    Status(u16),
    /// What answered is no WS-Management service, or something on the way changed its answer.
    #[error("the host answered with {0}, not with SOAP")]
    NotSoap(NotSoap),
    /// The host answered with a fault.
    #[error("the host refused: {0}")]
    Fault(Box<Fault>),
    /// The host's answer breaks the protocol.
    #[error("the host sent {0}")]
    Protocol(ProtocolError),
    /// The deadline of the client's handle has passed ([`Client::with_deadline`](crate::Client::with_deadline)).
    #[error(
        "timed out after {}{}",
        shown(*.after),
        if *.is_sent { "; the host had not answered" } else { "; the host had not answered, and the request was not sent" }
    )]
    TimedOut {
        /// How long there was in all.
        after: Duration,
        /// Whether the host can have seen the request: its answer was waited for, or else nothing of it was sent, though perhaps
        /// the authentication before it.
        is_sent: bool,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, during: impl Into<String>, effect: Effect) -> Self {
        // It may hold a name that the host gave.
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

    /// The same error with another effect: a read changes nothing, however it ends.
    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    /// The same error, with the answer that it was read from.
    pub(super) fn with_raw(mut self, text: &str) -> Self {
        self.raw = (!text.is_empty()).then(|| cut(text).into());
        self
    }

    /// The same error, of a request that was addressed so.
    pub(super) fn with_addressed(mut self, addressed: Addressed) -> Self {
        self.addressed = Some(addressed);
        self
    }

    /// The form of the resource URI that the request had, if it is known.
    pub(super) fn uri_form(&self) -> Option<UriForm> {
        self.addressed.map(|addressed| addressed.form)
    }

    /// The host's answer, if there was one; cut where it is long.
    pub(crate) fn raw(&self) -> Option<&str> {
        self.raw.as_deref()
    }

    /// Why.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// During what.
    pub fn during(&self) -> &str {
        &self.during
    }

    /// What the request may have done to the host.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// True if the user was not authenticated, or is not allowed to do this: by HTTP, WinRM or WMI.
    pub fn is_access(&self) -> bool {
        match self.kind() {
            ErrorKind::Connection(error) => error.is_authentication(),
            ErrorKind::Status(status) => of_status(*status) == FaultClass::AccessDenied,
            ErrorKind::Fault(_) => self.fault_class() == Some(FaultClass::AccessDenied),
            _ => false,
        }
    }

    /// True if the deadline of the client's handle has passed.
    pub(crate) fn is_past_deadline(&self) -> bool {
        matches!(self.kind(), ErrorKind::TimedOut { .. })
    }

    /// True if time ran out: the deadline of the client's handle, the time to connect or to answer, or the operation timeout,
    /// which the host reports as a fault.
    pub fn is_timeout(&self) -> bool {
        match self.kind() {
            ErrorKind::TimedOut { .. } => true,
            ErrorKind::Connection(error) => error.is_timeout(),
            ErrorKind::Fault(_) => self.fault_class() == Some(FaultClass::TimedOut),
            _ => false,
        }
    }

    /// What the fault is about, if the error is one; a query that is answered by "not found" asked for an unknown class.
    pub(crate) fn fault_class(&self) -> Option<FaultClass> {
        let ErrorKind::Fault(fault) = self.kind() else { return None };
        let says_more = fault.number().is_some() || fault.cim_status().is_some();
        Some(match classify(fault) {
            FaultClass::NotFound if self.addressed.is_some_and(|addressed| addressed.is_class) => {
                if says_more { FaultClass::UnknownClass } else { FaultClass::UnknownUri }
            }
            class => class,
        })
    }

    /// True if the host says, in any form, that it does not know the class or its URI.
    pub fn is_unknown_class(&self) -> bool {
        matches!(self.fault_class(), Some(FaultClass::UnknownClass | FaultClass::UnknownUri))
    }

    /// True if the host says, in any form, that the instance asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.fault_class() == Some(FaultClass::NotFound)
    }

    /// True if the host refused the request because it is overloaded or a quota is used up.
    pub fn is_busy(&self) -> bool {
        match self.kind() {
            ErrorKind::Status(status) => of_status(*status) == FaultClass::Overloaded,
            ErrorKind::Fault(_) => self.fault_class() == Some(FaultClass::Overloaded),
            _ => false,
        }
    }

    /// True if the same request may be sent again, and may succeed then: nothing was changed, and the reason may pass by itself
    /// (the host is busy, restarts or cannot be reached, the connection was lost, time ran out).
    ///
    /// Reads are retried by the client already, so that such an error of a read is final for the moment. A user that was not
    /// accepted is never retryable: further attempts might lock the account.
    pub fn is_retryable(&self) -> bool {
        self.effect == Effect::None && (self.is_timeout() || passes_in_time(self))
    }
}

impl fmt::Display for Error {
    /// During what, and why.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.during.is_empty() {
            self.kind.fmt(f)
        } else {
            write!(f, "{} failed: {}", self.during, self.kind)
        }
    }
}

impl std::error::Error for Error {
    /// The cause of the [`kind`](Self::kind), which the text of the error includes.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.kind.source()
    }
}
