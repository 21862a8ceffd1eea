//! What must hold whatever is sent to us: one oracle for each thing that is read from outside.
//!
//! An oracle takes any bytes, reads them as the client or the simulated host does, and panics where a promise of this
//! crate is broken: an offence has a name, its error is short, no bound is exceeded, what was read and is written again
//! reads the same, two readers of one format do not contradict each other, and nobody gets in by a token that he made up.
//! Time and memory are watched by the package in `fuzz`, whose targets these are; as tests they run over the files in
//! `fixtures/hostile`. Never part of a build that is shipped.

mod answers;
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

pub use answers::{
    destroy, envelope, fault, identify, job, job_errors, machines, page, references, snapshots,
};
pub use values::{datetime, embedded, object_path, reference, values};

/// What an oracle found the bytes to be, all promises kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They were read.
    Taken,
    /// They are a fault of the service, and were read as one.
    Fault,
    /// They break the protocol.
    Violation(Violation),
    /// They were refused, for a reason that is no offence of a peer.
    Refused(String),
}

/// An oracle.
pub type Oracle = fn(&[u8]) -> Verdict;

/// All oracles that this build has, by the names of their targets.
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
    ("machines", machines),
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

/// A challenge of NTLM, by itself.
pub fn ntlm_challenge(bytes: &[u8]) -> Verdict {
    crate::auth::oracles::ntlm_challenge(bytes)
}

/// An answer in SPNEGO.
pub fn spnego(bytes: &[u8]) -> Verdict {
    crate::auth::oracles::spnego(bytes)
}

/// A wrap token of Kerberos that is to be split in two, or was.
pub fn kerberos_token(bytes: &[u8]) -> Verdict {
    crate::auth::oracles::kerberos_token(bytes)
}

/// A sealed answer in its frame.
pub fn sealed(bytes: &[u8]) -> Verdict {
    crate::http::oracles::sealed(bytes)
}

/// The lines of `WWW-Authenticate`.
pub fn www_authenticate(bytes: &[u8]) -> Verdict {
    crate::http::oracles::www_authenticate(bytes)
}

/// The file of an operation in the journal.
#[cfg(feature = "journal")]
pub fn journal(bytes: &[u8]) -> Verdict {
    crate::host::journal::oracles::journal(bytes)
}

/// A rule by which the simulated host goes wrong.
#[cfg(feature = "sim")]
pub fn fault_rule(bytes: &[u8]) -> Verdict {
    crate::sim::oracles::fault_rule(bytes)
}

/// A lab file.
#[cfg(feature = "sim")]
pub fn lab(bytes: &[u8]) -> Verdict {
    crate::sim::oracles::lab(bytes)
}

/// A token of somebody who wants to be let in by the simulated host.
#[cfg(feature = "sim")]
pub fn ntlm_host(bytes: &[u8]) -> Verdict {
    crate::sim::oracles::ntlm_host(bytes)
}

/// A query in a request to the simulated host.
#[cfg(feature = "sim")]
pub fn query(bytes: &[u8]) -> Verdict {
    crate::sim::oracles::query(bytes)
}

/// A request to the simulated host.
#[cfg(feature = "sim")]
pub fn request(bytes: &[u8]) -> Verdict {
    crate::sim::oracles::request(bytes)
}

/// The bounds that oracles read within: those of the client where a small input can reach them, else smaller ones.
pub(crate) fn limits() -> Limits {
    Limits { xml_text_bytes: 8 * 1024, page_items: 100, instance_properties: 256, ..Limits::default() }
}

/// Longer than this is no error text: whoever sends it could fill a log or a terminal.
const LONGEST_ERROR: usize = 2048;

/// The text of an error, which must be short.
pub(crate) fn short(error: impl fmt::Display) -> String {
    let text = error.to_string();
    assert!(text.len() <= LONGEST_ERROR, "an error of {} bytes: {text}", text.len());
    text
}

/// What came of a promise; without it the run ends here.
#[track_caller]
#[expect(clippy::panic, reason = "a promise that is not kept is what oracles are there to tell")]
pub(crate) fn kept<T, E: fmt::Debug>(outcome: Result<T, E>, promise: &str) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => panic!("{promise}: {error:?}"),
    }
}

impl Verdict {
    /// The name of the offence, or what else it is, in a word.
    pub fn word(&self) -> String {
        match self {
            Self::Violation(violation) => format!("{violation:?}"),
            Self::Taken => "taken".to_owned(),
            Self::Fault => "fault".to_owned(),
            Self::Refused(_) => "refused".to_owned(),
        }
    }

    pub(crate) fn of<T, E: Into<Self>>(outcome: Result<T, E>) -> Self {
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
            // Its texts are the service's own, and whole.
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
