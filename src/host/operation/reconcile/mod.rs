//! The verdict: observations compared with the intent in the journal.
//!
//! The only place that decides what a reading proves: for waiting, a refusal, a failed or vanished job, a lost answer, an
//! interruption, `resume`, and the recovery before the next operation. Pure: readings and times are passed in. An absence counts
//! only if the reading is shown to be complete. A final status never changes.

mod reading;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub(crate) use self::reading::{History, Look, OwnJob, Reading};
use crate::{
    host::{
        Open,
        journal::{Answer, Intent, Reply, Status},
    },
    hyperv::{ActionReading, Observation, ReturnCode, Shown, SnapshotName, Unclear},
};

/// A refusal or a failure is final once two readings this far apart show the same.
pub(crate) const GRACE: Duration = Duration::from_secs(5);
/// How long the object of a snapshot may outlive the job that deletes it, and how long a host may show nothing, or only a part,
/// before that counts as its answer.
pub(crate) const LAG: Duration = Duration::from_secs(15);
/// The pause between two readings within [`LAG`].
pub(crate) const BETWEEN_READINGS: Duration = Duration::from_secs(1);
/// How long after the answer a host's report of success outweighs the tree: hosts keep jobs for five minutes.
const CLAIM_HOLDS: Duration = Duration::from_secs(300);

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Nothing: the status is final.
    Final,
    /// Nothing: reading again now would show no more.
    Open,
    /// Read again after this long, which is short and ends by itself.
    Pause(Duration),
    /// Read again as long as the host is working.
    Follow,
    /// Read again within this long: until then the call may take effect.
    UnderWay(Duration),
}

/// The verdict.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) status: Status,
    pub(crate) is_verified: bool,
    pub(crate) created: Option<SnapshotName>,
    pub(crate) gone: Vec<SnapshotName>,
    pub(crate) remaining: Vec<SnapshotName>,
    pub(crate) unexpected: Vec<SnapshotName>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) open: Option<Open>,
    pub(crate) next: Next,
}

/// What the answer says about the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// Not a byte of it was written.
    NotSent,
    /// The host has started a job.
    Accepted,
    /// The host reports that it is done.
    Claimed,
    /// The host reports that it did nothing.
    Refused,
    /// There is no answer, or one without information.
    Lost,
}

impl Call {
    fn of(answer: Option<&Answer>) -> Self {
        match answer.map(|answer| &answer.reply) {
            Some(Reply::Returned { code: ReturnCode::JOB_STARTED, .. }) => Self::Accepted,
            Some(Reply::Returned { code: ReturnCode::COMPLETED, .. }) => Self::Claimed,
            Some(Reply::Returned { .. } | Reply::Refused { .. }) => Self::Refused,
            Some(Reply::NotSent { .. }) => Self::NotSent,
            Some(Reply::Lost { .. }) | None => Self::Lost,
        }
    }
}

/// True if the host reported that it did nothing.
pub(crate) fn is_refused(answer: Option<&Answer>) -> bool {
    Call::of(answer) == Call::Refused
}

/// One operation under judgement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'c> {
    pub(crate) intent: &'c Intent,
    pub(crate) answer: Option<&'c Answer>,
    /// The minimum time to wait for the answer, whatever the intent says.
    pub(crate) answer_timeout: Duration,
    /// When the intent was written, and the answer below, by the clock of the readings.
    pub(crate) begun_at: Duration,
    pub(crate) answered_at: Option<Duration>,
}

impl Case<'_> {
    /// True if not a byte of the call was written, so no reading is needed.
    pub(crate) fn is_not_sent(&self) -> bool {
        Call::of(self.answer) == Call::NotSent
    }

    /// What the history proves, at this time.
    pub(crate) fn judge(&self, history: &History, now: Duration) -> Verdict {
        let verdict = self.judge_last(history, now);
        match verdict.next {
            // A host whose answers contradict each other for ever is not read for ever.
            Next::Pause(_) if history.is_restless() => Verdict { next: Next::Open, ..verdict },
            _ => verdict,
        }
    }

    /// The same, however often what is shown has changed.
    fn judge_last(&self, history: &History, now: Duration) -> Verdict {
        let call = Call::of(self.answer);
        let mut observations = vec![of_answer(self.answer)];
        observations.extend(job_fact(&history.job));
        if call == Call::NotSent {
            let remaining = self.intent.action.judged().to_do().to_vec();
            return Verdict { remaining, ..Verdict::done(Status::NotDone, observations) };
        }
        let is_running = matches!(history.job, OwnJob::Running(_));
        let Some(look) = &history.last else {
            return if is_running {
                Verdict::running(observations)
            } else {
                Verdict::open(Open::NotReadBack, Next::Open, observations)
            };
        };
        observations.extend(look.facts());
        if is_running {
            return Verdict::running(observations).showing(look.whole());
        }
        let Some(tree) = look.whole() else {
            if look.is_at_work() {
                return Verdict::running(observations);
            }
            return Verdict::open(unclear_reason(look), unclear(history, now), observations);
        };
        if history.same > 1 {
            observations.push(Observation::Repeated(history.same, history.same_for()));
        }
        // What is missing may come back: a service that starts shows only part of its objects for some seconds.
        let grace = match tree.is_strange() {
            true => LAG,
            // An absence that contradicts the answer, or that no answer claims, needs a second reading.
            false if tree.is_by_absence() && call == Call::Refused => LAG,
            false if tree.is_by_absence() && !self.is_claimed(call, &history.job) => GRACE,
            false => Duration::ZERO,
        };
        if history.same_for() < grace {
            let left = grace.saturating_sub(history.same_for());
            let status = if look.is_at_work() { Status::Running } else { Status::Unknown };
            let verdict = Verdict::open(Open::SecondReading(left), Next::Pause(left), observations);
            return Verdict { status, ..verdict }.showing(Some(tree));
        }
        if tree.is_done() {
            return Verdict::done(Status::Done, observations).showing(Some(tree));
        }
        if look.is_at_work() {
            // A guest may hang during its shutdown for ever: a command does not wait for ever.
            let since = history.first_at.unwrap_or(now);
            let is_over =
                self.intent.action.judged().lag().is_some_and(|lag| now.saturating_sub(since) >= lag);
            let next = if is_over { Next::Open } else { Next::Follow };
            return Verdict { next, ..Verdict::running(observations) }.showing(Some(tree));
        }
        if let Shown::Unclear(unclear) = tree.shown() {
            return self.unclear(unclear, history, now, observations).showing(Some(tree));
        }
        if !look.is_quiet() {
            return Verdict::open(unclear_reason(look), unclear(history, now), observations)
                .showing(Some(tree));
        }
        observations.push(Observation::NothingRunning);
        self.left(call, history, tree, now, observations).showing(Some(tree))
    }

    /// True if the answer and the job report that it is done or being done.
    fn is_claimed(&self, call: Call, job: &OwnJob) -> bool {
        match job {
            OwnJob::Succeeded(_) => true,
            OwnJob::None | OwnJob::Running(_) => matches!(call, Call::Accepted | Call::Claimed),
            // A service that has just started, or a node that the VM has moved to, knows no job and may show a part of the tree.
            OwnJob::Gone(_) | OwnJob::Failed(_) | OwnJob::Unreadable(_) => false,
        }
    }

    /// It is not done, or not completely, and nothing is working on it.
    fn left(
        &self,
        call: Call,
        history: &History,
        tree: &ActionReading,
        now: Duration,
        mut observations: Vec<Observation>,
    ) -> Verdict {
        let claim_holds = self.intent.action.judged().claim_holds().unwrap_or(CLAIM_HOLDS);
        let is_claimed = match &history.job {
            OwnJob::Succeeded(_) => true,
            OwnJob::None => call == Call::Claimed && self.age_of_answer(now) < claim_holds,
            _ => false,
        };
        if is_claimed {
            let since = history.job_ended_at.or(history.first_at).unwrap_or(now);
            let lag = self.intent.action.judged().lag();
            let is_lag = now.saturating_sub(since) < lag.unwrap_or(LAG);
            return match (is_lag, lag) {
                (true, Some(_)) => Verdict::running(observations),
                (true, None) => {
                    Verdict::open(Open::Contradiction, Next::Pause(BETWEEN_READINGS), observations)
                }
                (false, _) => Verdict::open(Open::Contradiction, Next::Open, observations),
            };
        }
        if let OwnJob::Unreadable(_) = history.job {
            let since = history.first_at.unwrap_or(now);
            let is_lag = now.saturating_sub(since) < LAG;
            let next = if is_lag { Next::Pause(BETWEEN_READINGS) } else { Next::Open };
            return Verdict::open(Open::JobNotReadable, next, observations);
        }
        if call == Call::Lost
            && let Some(left) = self.under_way(history, now)
        {
            observations.push(Observation::MayBeUnderWay(left));
            return Verdict::open(Open::CallUnderWay(left), Next::UnderWay(left), observations);
        }
        // If the end of a job was not seen, its snapshot may outlive it.
        let is_end_unseen = matches!(history.job, OwnJob::Gone(_)) || call == Call::Accepted;
        let grace = if is_end_unseen && !matches!(history.job, OwnJob::Failed(_)) { LAG } else { GRACE };
        if history.same_for() < grace {
            let left = grace.saturating_sub(history.same_for());
            return Verdict::open(Open::SecondReading(left), Next::Pause(left), observations);
        }
        let status = match tree.shown() {
            Shown::Missing | Shown::Present => Status::Done,
            Shown::Part => Status::Partly,
            Shown::Nothing | Shown::Unclear(_) => Status::NotDone,
        };
        Verdict::done(status, observations)
    }

    /// The reading does not show whether it was done. The operation's own job does, if it succeeded; it does not show which of
    /// several new snapshots is the operation's.
    fn unclear(
        &self,
        unclear: &Unclear,
        history: &History,
        now: Duration,
        observations: Vec<Observation>,
    ) -> Verdict {
        let (open, proof, created) = match unclear {
            Unclear::AsBefore => (Open::AsBefore, Some(Duration::ZERO), None),
            // Another client's snapshot may appear before ours.
            Unclear::NewSnapshots { new, ours } => match ours.as_slice() {
                [one] => (Open::WhoseSnapshot(new.clone()), Some(LAG), Some(one.clone())),
                _ => (Open::WhoseSnapshot(new.clone()), None, None),
            },
        };
        let has_succeeded = matches!(history.job, OwnJob::Succeeded(_));
        match proof.filter(|_| has_succeeded) {
            Some(proof) if history.same_for() >= proof => {
                Verdict { created, ..Verdict::done(Status::Done, observations) }
            }
            Some(proof) => {
                let left = proof.saturating_sub(history.same_for());
                Verdict::open(
                    Open::SecondReading(left),
                    Next::Pause(left.min(BETWEEN_READINGS)),
                    observations,
                )
            }
            None => {
                let since = history.job_ended_at.or(history.first_at).unwrap_or(now);
                let is_lag = now.saturating_sub(since) < LAG;
                let next = if is_lag { Next::Pause(BETWEEN_READINGS) } else { Next::Open };
                Verdict::open(open, next, observations)
            }
        }
    }

    /// How long the call may still be in transit, or queued at the host: as long as its answer is waited for, counted
    /// from the intent, and never longer than from the first reading, so that a clock set back does not extend it.
    fn under_way(&self, history: &History, now: Duration) -> Option<Duration> {
        let timeout = self.intent.answer_timeout.max(self.answer_timeout);
        let seen = history.first_at.map_or(Duration::ZERO, |first| now.saturating_sub(first));
        let age = now.saturating_sub(self.begun_at).max(seen);
        timeout.checked_sub(age).filter(|left| !left.is_zero())
    }

    fn age_of_answer(&self, now: Duration) -> Duration {
        self.answered_at.map_or(Duration::ZERO, |answered| now.saturating_sub(answered))
    }
}

/// The recorded answer as an observation.
pub(crate) fn of_answer(answer: Option<&Answer>) -> Observation {
    match answer.map(|answer| &answer.reply) {
        Some(Reply::Returned { code, .. }) => Observation::Returned(*code),
        Some(Reply::Lost { error }) => Observation::Unanswered(error.clone()),
        Some(Reply::Refused { error }) => Observation::Refused(error.clone()),
        Some(Reply::NotSent { error }) => Observation::NotSent(error.clone()),
        None => Observation::NoAnswerWritten,
    }
}

fn job_fact(job: &OwnJob) -> Option<Observation> {
    match job {
        OwnJob::None => None,
        OwnJob::Running(seen) | OwnJob::Succeeded(seen) | OwnJob::Failed(seen) => {
            Some(Observation::Job(seen.clone()))
        }
        OwnJob::Gone(id) => Some(Observation::JobForgotten(id.clone())),
        OwnJob::Unreadable(why) => Some(Observation::JobUnreadable(why.clone())),
    }
}

/// Why a look is inconclusive.
fn unclear_reason(look: &Look) -> Open {
    match (&look.vm, &look.tree) {
        (Reading::Absent, _) => Open::VmNotSeen,
        (Reading::Seen(_), Reading::Seen(tree)) if !tree.is_whole() => Open::TreeIncomplete,
        (Reading::Seen(_), Reading::Seen(_)) => Open::JobsNotReadable,
        _ => Open::HostNotReadable,
    }
}

/// An inconclusive look is repeated for a while: a service that starts shows nothing for some seconds.
fn unclear(history: &History, now: Duration) -> Next {
    let since = history.unclear_since.unwrap_or(now);
    if now.saturating_sub(since) < LAG { Next::Pause(BETWEEN_READINGS) } else { Next::Open }
}

impl Verdict {
    fn open(open: Open, next: Next, observations: Vec<Observation>) -> Self {
        Self {
            status: Status::Unknown,
            is_verified: false,
            created: None,
            gone: Vec::new(),
            remaining: Vec::new(),
            unexpected: Vec::new(),
            observations,
            open: Some(open),
            next,
        }
    }

    fn running(observations: Vec<Observation>) -> Self {
        Self { status: Status::Running, ..Self::open(Open::Running, Next::Follow, observations) }
    }

    fn done(status: Status, observations: Vec<Observation>) -> Self {
        Self { status, is_verified: true, open: None, ..Self::open(Open::Running, Next::Final, observations) }
    }

    /// The same for the readings of a node that does not own the VM: they prove nothing.
    pub(crate) fn of_another_node(self, again: bool) -> Self {
        let next = if again { Next::Pause(BETWEEN_READINGS) } else { Next::Open };
        Self::open(Open::VmNotSeen, next, self.observations)
    }

    /// Adds what the tree shows, which is no verdict by itself.
    fn showing(mut self, tree: Option<&ActionReading>) -> Self {
        if let Some(tree) = tree {
            if tree.created.is_some() {
                self.created.clone_from(&tree.created);
            }
            self.gone.clone_from(&tree.gone);
            self.remaining.clone_from(&tree.remaining);
            self.unexpected.clone_from(&tree.unexpected);
        }
        self
    }
}
