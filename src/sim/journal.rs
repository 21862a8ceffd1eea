//! The journal: what was asked of the simulated host, and what became of it.
//!
//! For assertions ("exactly one DestroySnapshot was sent") and for people. It never holds a password, an envelope or more than its
//! last entries; the counts go on.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use super::endpoint::Caller;

/// How many entries are kept.
const KEPT: usize = 10_000;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// When it was answered, since 1970 on the simulator's clock.
    pub time: Duration,
    /// What it was.
    pub operation: Operation,
    /// `a:Action`, as sent.
    pub action: String,
    /// `w:ResourceURI`, as sent.
    pub resource: String,
    /// Names and values of the selectors; a reference is its resource URI.
    pub selectors: Vec<(String, String)>,
    /// The text of an Enumerate's filter.
    pub filter: Option<String>,
    /// The method of an Invoke.
    pub method: Option<String>,
    /// `a:MessageID`, as sent.
    pub message_id: String,
    /// Who asked, as the lab writes the name; `None` without authentication.
    pub user: Option<String>,
    /// By what the user was known.
    pub mechanism: Option<Mechanism>,
    /// Whether the message was encrypted by the mechanism, TLS aside.
    pub sealed: bool,
    /// Why HTTP alone answered, where that is a matter of authentication or encryption.
    pub denied: Option<String>,
    /// What became of it: what the host did, whatever a fault rule then made of its answer.
    pub outcome: Outcome,
    /// The [fault rules](super::Fault) that struck it, by their number and text.
    pub faults: Vec<String>,
}

/// By what somebody was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mechanism {
    /// User and password with the request.
    Basic,
    /// NTLM, as it is.
    Ntlm,
    /// NTLM inside SPNEGO.
    NtlmInSpnego,
    /// Kerberos, as it is.
    Kerberos,
    /// Kerberos inside SPNEGO.
    KerberosInSpnego,
    /// A client certificate.
    Certificate,
}

/// Kinds of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Identify.
    Identify,
    /// Get.
    Get,
    /// Put.
    Put,
    /// Create.
    Create,
    /// Delete.
    Delete,
    /// Enumerate.
    Enumerate,
    /// Pull.
    Pull,
    /// Release.
    Release,
    /// A method, or any other action.
    Invoke,
    /// An envelope whose headers were not accepted.
    Rejected,
    /// A request that HTTP alone answered.
    Http,
    /// No request, but a connection that a fault rule refused.
    Connect,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was answered.
    Answered {
        /// The return value of a method.
        return_value: Option<u32>,
    },
    /// It was answered by a fault.
    Faulted {
        /// `WSManFault/@Code`.
        code: u32,
        /// What exactly was wrong.
        about: String,
    },
    /// HTTP alone answered.
    Refused {
        /// The status.
        status: u16,
    },
    /// A fault rule kept it from being carried out; it does not count as a call.
    NotCarriedOut,
}

impl Entry {
    pub(crate) fn new(time: Duration, operation: Operation, caller: Option<&Caller>) -> Self {
        Self {
            time,
            operation,
            action: String::new(),
            resource: String::new(),
            selectors: Vec::new(),
            filter: None,
            method: None,
            message_id: String::new(),
            user: caller.and_then(|caller| caller.name.clone()),
            mechanism: caller.and_then(|caller| caller.mechanism),
            sealed: caller.is_some_and(|caller| caller.sealed),
            denied: None,
            outcome: Outcome::Answered { return_value: None },
            faults: Vec::new(),
        }
    }
}

/// All entries, and how often each method was called.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    calls: BTreeMap<String, usize>,
    requests: usize,
}

impl Journal {
    pub(crate) fn add(&mut self, entry: Entry) {
        if let Some(method) = &entry.method
            && entry.outcome != Outcome::NotCarriedOut
        {
            *self.calls.entry(method.clone()).or_default() += 1;
        }
        self.requests += 1;
        self.note(entry);
    }

    /// Keeps an entry of something that is no request.
    pub(crate) fn note(&mut self, entry: Entry) {
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }

    /// How often the method was called, faults and refusals included.
    pub(crate) fn calls(&self, method: &str) -> usize {
        self.calls.get(method).copied().unwrap_or_default()
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> usize {
        self.requests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_on_when_old_entries_are_dropped() {
        let mut journal = Journal::default();
        for second in 0..KEPT + 5 {
            let time = Duration::from_secs(u64::try_from(second).unwrap());
            let mut entry = Entry::new(time, Operation::Invoke, None);
            entry.method = Some("DestroySnapshot".to_owned());
            journal.add(entry);
        }
        assert_eq!(journal.entries().len(), KEPT);
        assert_eq!(journal.entries()[0].time, Duration::from_secs(5));
        assert_eq!((journal.calls("DestroySnapshot"), journal.requests()), (KEPT + 5, KEPT + 5));
        assert_eq!(journal.calls("GetErrorEx"), 0);
    }
}
