//! The active rules of a host: how often each was matched and applied, and which apply to the current request.
//!
//! Of the rules that apply to a request, all delays, all job faults and all changes of the cluster count, and the first one that determines the answer. Each
//! rule has its own random seed, so that two runs are alike.

use std::{collections::BTreeMap, time::Duration};

use super::{
    FaultRule, JobFault, Seen, Spoil, Turn,
    kind::{Kind, Level},
};
use crate::sim::{journal::RequestKind, random::Random};

/// A rule, and its use.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FaultUse {
    /// The rule.
    pub fault: FaultRule,
    /// The number of matching requests or connections.
    pub matched: u64,
    /// How many of those it was applied to. A rule with 0 had no effect.
    pub fired: u64,
}

/// The faults for a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fired {
    /// The applied rules, for the journal.
    pub(crate) rules: Vec<String>,
    /// The delay before execution.
    pub(crate) before: Duration,
    /// The delay between execution and answer.
    pub(crate) after: Duration,
    pub(crate) jobs: Vec<JobFault>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) spoil: Option<Spoil>,
    /// True to reset the connection when it is accepted.
    pub(crate) refused: bool,
}

/// All rules.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    /// The number of rules ever added, for different seeds.
    given: u64,
    seed: u64,
    /// The last envelope of each operation, and the last of all.
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
    pub(crate) fn new(seed: u64, rules: &[FaultRule]) -> Self {
        let mut faults =
            Self { rules: Vec::new(), given: 0, seed, sent: BTreeMap::new(), last: String::new() };
        rules.iter().for_each(|rule| faults.add(rule.clone()));
        faults
    }

    pub(crate) fn add(&mut self, fault: FaultRule) {
        self.given += 1;
        // Separate from the generators of identifiers, which do not depend on faults.
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

    /// Counts the request, and returns its faults.
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
                Kind::Turn(turn) => fired.turns.push(turn.clone()),
                Kind::Spoil(spoil) => fired.spoil = fired.spoil.or_else(|| Some(spoil.clone())),
            }
        }
        fired
    }

    /// Stores an answer for [`Spoil::Replay`].
    pub(crate) fn remember(&mut self, operation: RequestKind, method: Option<&str>, envelope: String) {
        self.last = key(operation, method);
        self.sent.insert(self.last.clone(), envelope);
    }

    /// The last answer to the same operation, else the last of all.
    pub(crate) fn earlier(&self, operation: RequestKind, method: Option<&str>) -> Option<&str> {
        let same = self.sent.get(&key(operation, method));
        same.or_else(|| self.sent.get(&self.last)).map(String::as_str)
    }
}

fn key(operation: RequestKind, method: Option<&str>) -> String {
    format!("{operation:?} {}", method.unwrap_or_default())
}

impl Spoil {
    /// True if the envelope differs from the host's own answer.
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
