//! The rules of a host at work: how often each was met and struck, and what strikes the request at hand.
//!
//! Of the rules that strike one request, all delays and all job faults count, and the first of those that decide about the answer.
//! Chance comes from a rule's own seed, so that two runs are alike.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Fault, JobFault, Seen, Spoil,
    kind::{Kind, Level},
};
use crate::sim::{journal::Operation, random::Random};

/// A rule, and how often it was met.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FaultUse {
    /// The rule.
    pub fault: Fault,
    /// How many requests, or connections, it was about.
    pub matched: u64,
    /// How many of those it struck. A rule of which this is 0 did nothing at all.
    pub fired: u64,
}

/// What strikes a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fired {
    /// The rules, for the journal.
    pub(crate) rules: Vec<String>,
    /// From its arrival until it is carried out.
    pub(crate) before: Duration,
    /// From then until it is answered.
    pub(crate) after: Duration,
    pub(crate) jobs: Vec<JobFault>,
    pub(crate) spoil: Option<Spoil>,
    /// A connection that is reset when it is accepted.
    pub(crate) refused: bool,
}

/// All rules.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    /// How many there have been, so that the seeds of later ones differ.
    given: u64,
    seed: u64,
    /// The last envelope of each operation, and which came last of all.
    sent: BTreeMap<String, String>,
    last: String,
}

#[derive(Clone, Debug)]
struct Rule {
    number: u64,
    random: Random,
    used: FaultUse,
}

impl Faults {
    pub(crate) fn new(seed: u64, rules: &[Fault]) -> Self {
        let mut faults =
            Self { rules: Vec::new(), given: 0, seed, sent: BTreeMap::new(), last: String::new() };
        rules.iter().for_each(|rule| faults.add(rule.clone()));
        faults
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.given += 1;
        // Apart from the generators of identifiers: those do not depend on what goes wrong.
        let seed = fault.seed.unwrap_or(self.seed.rotate_left(16) ^ self.given);
        let used = FaultUse { fault, matched: 0, fired: 0 };
        self.rules.push(Rule { number: self.given, random: Random::seeded(seed), used });
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn uses(&self) -> Vec<FaultUse> {
        self.rules.iter().map(|rule| rule.used.clone()).collect()
    }

    /// Counts the request, and says what strikes it.
    pub(crate) fn fire(&mut self, seen: &Seen<'_>) -> Fired {
        let mut fired = Fired::default();
        for Rule { number, random, used } in &mut self.rules {
            if !used.fault.is_about(seen) {
                continue;
            }
            used.matched += 1;
            if !used.fault.strikes(used.matched, used.fired) || !random.chance(used.fault.probability) {
                continue;
            }
            used.fired += 1;
            fired.rules.push(format!("fault {number} ({})", used.fault));
            match &used.fault.kind {
                Kind::Refuse(None) => fired.refused = true,
                Kind::Refuse(Some(time)) => fired.spoil = fired.spoil.or(Some(Spoil::Down(*time))),
                Kind::DelayBefore(time) => fired.before = fired.before.saturating_add(*time),
                Kind::DelayAfter(time) => fired.after = fired.after.saturating_add(*time),
                Kind::Job(job) => fired.jobs.push(job.clone()),
                Kind::Spoil(spoil) => fired.spoil = fired.spoil.or_else(|| Some(spoil.clone())),
            }
        }
        fired
    }

    /// Keeps an answer for [`Spoil::Replay`].
    pub(crate) fn remember(&mut self, operation: Operation, method: Option<&str>, envelope: String) {
        self.last = key(operation, method);
        self.sent.insert(self.last.clone(), envelope);
    }

    /// The last answer to the same operation, or else the last of all.
    pub(crate) fn earlier(&self, operation: Operation, method: Option<&str>) -> Option<&str> {
        let same = self.sent.get(&key(operation, method));
        same.or_else(|| self.sent.get(&self.last)).map(String::as_str)
    }
}

fn key(operation: Operation, method: Option<&str>) -> String {
    format!("{operation:?} {}", method.unwrap_or_default())
}

impl Spoil {
    /// Whether the envelope is another than the host would send.
    pub(crate) fn is_of_the_message(&self) -> bool {
        match self {
            Self::Truncate { level, .. } | Self::Garbage { level, .. } | Self::Replay(level) => {
                *level == Level::Message
            }
            Self::Soap { .. } | Self::Quota | Self::WrongRelatesTo | Self::Oversize(_) => true,
            Self::Reset { .. } | Self::Down(_) | Self::Status { .. } | Self::Drip { .. } => false,
        }
    }
}
