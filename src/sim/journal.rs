//! The simulator's journal: the requests to the simulated host and their outcomes.
//!
//! For assertions ("exactly one DestroySnapshot was sent") and for people. It contains no passwords or envelopes and keeps only
//! the latest entries; the counters include all.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use super::endpoint::Caller;

/// The number of entries kept.
const KEPT: usize = 10_000;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The time of the answer, since 1970 on the simulator's clock.
    pub time: Duration,
    /// The host or cluster node that it reached.
    pub node: String,
    /// The kind of request.
    pub kind: RequestKind,
    /// `a:Action`, as sent.
    pub action: String,
    /// `w:ResourceURI`, as sent.
    pub resource: String,
    /// Names and values of the selectors; a reference is given by its resource URI.
    pub selectors: Vec<(String, String)>,
    /// The filter text of an Enumerate.
    pub filter: Option<String>,
    /// The method of an Invoke.
    pub method: Option<String>,
    /// `a:MessageID`, as sent.
    pub message_id: String,
    /// The user, as named in the lab; `None` without authentication.
    pub user: Option<String>,
    /// How the user was authenticated.
    pub mechanism: Option<Mechanism>,
    /// True if the mechanism encrypted the message; TLS does not count.
    pub sealed: bool,
    /// The reason if HTTP alone answered because of authentication or encryption.
    pub denied: Option<String>,
    /// What the host did; a fault rule may have changed its answer.
    pub outcome: RequestOutcome,
    /// The [fault rules](super::FaultRule) that were applied, by number and text.
    pub faults: Vec<String>,
}

/// How a user was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mechanism {
    /// User and password in the request.
    Basic,
    /// NTLM without SPNEGO.
    Ntlm,
    /// NTLM inside SPNEGO.
    NtlmInSpnego,
    /// Kerberos without SPNEGO.
    Kerberos,
    /// Kerberos inside SPNEGO.
    KerberosInSpnego,
    /// A client certificate.
    Certificate,
}

/// The kinds of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestKind {
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
    /// An envelope with invalid headers.
    Rejected,
    /// A request that HTTP alone answered.
    Http,
    /// Not a request, but a connection that a fault rule refused.
    Connect,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestOutcome {
    /// It was answered.
    Answered {
        /// The return value of a method.
        return_value: Option<u32>,
    },
    /// It was answered with a fault.
    Faulted {
        /// `WSManFault/@Code`.
        code: u32,
        /// The cause in detail.
        about: String,
    },
    /// HTTP alone answered.
    Refused {
        /// The status.
        status: u16,
    },
    /// A fault rule prevented its execution; it does not count as a call.
    NotCarriedOut,
}

impl Entry {
    pub(crate) fn new(time: Duration, kind: RequestKind, caller: Option<&Caller>) -> Self {
        Self {
            time,
            node: String::new(),
            kind,
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
            outcome: RequestOutcome::Answered { return_value: None },
            faults: Vec::new(),
        }
    }
}

/// All entries, and the number of calls of each method.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    calls: BTreeMap<String, usize>,
    requests: usize,
}

impl Journal {
    pub(crate) fn add(&mut self, entry: Entry) {
        if let Some(method) = &entry.method
            && entry.outcome != RequestOutcome::NotCarriedOut
        {
            *self.calls.entry(method.clone()).or_default() += 1;
        }
        self.requests += 1;
        self.note(entry);
    }

    /// Adds an entry that is not a request.
    pub(crate) fn note(&mut self, entry: Entry) {
        if self.entries.len() >= KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }

    /// The number of calls of a method, including faults and refusals.
    pub(crate) fn calls(&self, method: &str) -> usize {
        self.calls.get(method).copied().unwrap_or_default()
    }

    /// The number of requests.
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
            let mut entry = Entry::new(time, RequestKind::Invoke, None);
            entry.method = Some("DestroySnapshot".to_owned());
            journal.add(entry);
        }
        assert_eq!(journal.entries().len(), KEPT);
        assert_eq!(journal.entries()[0].time, Duration::from_secs(5));
        assert_eq!((journal.calls("DestroySnapshot"), journal.requests()), (KEPT + 5, KEPT + 5));
        assert_eq!(journal.calls("GetErrorEx"), 0);
    }
}
