//! Invariants for all input from outside, one oracle for each kind.
//!
//! An oracle takes any bytes, reads them as the client or the simulated host does, and panics if an invariant is broken: a
//! violation has a name, its error is short, no limit is exceeded, data that was read and written again reads the same, two
//! readers of one format agree, and an invented token never authenticates. The package in `fuzz`, whose targets these are, also
//! watches time and memory; as tests the oracles run on the files in `fixtures/hostile`. They are not part of a shipped build.

mod answers;
mod auth;
mod http;
#[cfg(feature = "journal")]
mod journal;
mod kerberos;
#[cfg(feature = "sim")]
mod sim;
#[cfg(feature = "sim")]
mod sim_auth;
mod spnego;
mod tree;
mod values;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    Limits,
    violation::{ProtocolError, Violation},
    wsman::AnswerError,
};

pub use answers::{destroy, envelope, fault, identify, job, job_errors, page, references, snapshots, vms};
pub use auth::{ntlm_challenge, spnego};
pub use http::{sealed, www_authenticate};
#[cfg(feature = "journal")]
pub use journal::journal;
pub use kerberos::kerberos_token;
#[cfg(feature = "sim")]
pub use sim::{fault_rule, lab, ntlm_host, query, request};
pub use values::{datetime, embedded, object_path, reference, values};

/// The result of an oracle whose invariants hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They were read.
    Taken,
    /// They are a fault of the service, and were read as one.
    Fault,
    /// They break the protocol.
    Violation(Violation),
    /// They were refused, for a reason other than a violation of a peer.
    Refused(String),
}

/// An oracle.
pub type Oracle = fn(&[u8]) -> Verdict;

/// All oracles of this build, by the names of their targets.
pub const TARGETS: &[(&str, Oracle)] = &[
    ("datetime", datetime),
    ("destroy", destroy),
    ("embedded", embedded),
    ("envelope", envelope),
    ("fault", fault),
    #[cfg(feature = "sim")]
    ("fault_rule", fault_rule),
    ("identify", identify),
    ("job", job),
    ("job_errors", job_errors),
    #[cfg(feature = "journal")]
    ("journal", journal),
    ("kerberos_token", kerberos_token),
    #[cfg(feature = "sim")]
    ("lab", lab),
    ("vms", vms),
    ("ntlm_challenge", ntlm_challenge),
    #[cfg(feature = "sim")]
    ("ntlm_host", ntlm_host),
    ("object_path", object_path),
    ("page", page),
    #[cfg(feature = "sim")]
    ("query", query),
    ("reference", reference),
    ("references", references),
    #[cfg(feature = "sim")]
    ("request", request),
    ("sealed", sealed),
    ("snapshots", snapshots),
    ("spnego", spnego),
    ("values", values),
    ("www_authenticate", www_authenticate),
];

/// The limits for oracles: those of the client if a small input can reach them, else smaller ones.
pub(crate) fn limits() -> Limits {
    Limits { xml_text_bytes: 8 * 1024, page_items: 100, instance_properties: 256, ..Limits::default() }
}

/// The longest acceptable error text; longer ones could fill a log or a terminal.
const LONGEST_ERROR: usize = 2048;

/// The text of an error, which must be short.
fn short(error: impl fmt::Display) -> String {
    let text = error.to_string();
    assert!(text.len() <= LONGEST_ERROR, "an error of {} bytes: {text}", text.len());
    text
}

/// The value, if the invariant holds; otherwise panics.
#[track_caller]
#[expect(clippy::panic, reason = "a promise that is not kept is what oracles are there to tell")]
fn kept<T, E: fmt::Debug>(outcome: Result<T, E>, promise: &str) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => panic!("{promise}: {error:?}"),
    }
}

impl Verdict {
    /// The name of the violation, or of the other results, in a word.
    pub fn word(&self) -> String {
        match self {
            Self::Violation(violation) => format!("{violation:?}"),
            Self::Taken => "taken".to_owned(),
            Self::Fault => "fault".to_owned(),
            Self::Refused(_) => "refused".to_owned(),
        }
    }

    fn of<T, E: Into<Self>>(outcome: Result<T, E>) -> Self {
        outcome.map_or_else(Into::into, |_| Self::Taken)
    }
}

impl From<ProtocolError> for Verdict {
    fn from(error: ProtocolError) -> Self {
        short(&error);
        Self::Violation(error.violation())
    }
}

impl From<AnswerError> for Verdict {
    fn from(error: AnswerError) -> Self {
        match error {
            // Its texts are the complete texts of the service.
            AnswerError::Fault(_) => Self::Fault,
            AnswerError::Protocol(error) => error.into(),
        }
    }
}

impl From<Violation> for Verdict {
    fn from(violation: Violation) -> Self {
        Self::Violation(violation)
    }
}
