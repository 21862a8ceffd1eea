//! Resuming an operation whose end was not seen: by its job, by the VM, by the tree.
//!
//! It only reads, and waits where the host is at work; it never invokes a method. A final status goes into the journal, and
//! what is written there is said again without asking the host.

use std::{sync::Arc, time::Duration};

use crate::client::{
    Client, Effect, Error, ErrorKind, Outcome, Progress, Until, Vm,
    busy::{OnBusy, Turn},
    engine::{Following, Waits},
    journal::{JournalError, Operation, Settler, recorder::Recorder},
};

/// An operation, and what came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resumption {
    /// The operation as it is written down now.
    pub operation: Operation,
    /// Its outcome.
    pub outcome: Outcome,
    /// What could not be written to the journal.
    pub journal_trouble: Vec<Arc<JournalError>>,
}

impl Resumption {
    /// What is written down of an operation, if nothing more is to be learned by waiting as deep as `until` says.
    pub fn written(operation: &Operation, until: Until) -> Option<Self> {
        let outcome = operation.final_outcome()?;
        (!is_merge_open(outcome, until)).then(|| Self {
            operation: operation.clone(),
            outcome: outcome.clone(),
            journal_trouble: Vec::new(),
        })
    }
}

/// Whether there is still something to be learned of the merge.
fn is_merge_open(outcome: &Outcome, until: Until) -> bool {
    Outcome { until: until.max(outcome.until), ..outcome.clone() }.is_merge_open() && until == Until::Merged
}

impl Client {
    /// Says what became of an operation, waiting for the end of its job; as [`resume_waiting`](Self::resume_waiting).
    ///
    /// # Errors
    /// As [`resume_waiting`](Self::resume_waiting).
    pub async fn resume(&self, operation: &Operation) -> Result<Resumption, Error> {
        self.resume_waiting(operation, Until::JobEnded, None, |_| {}).await
    }

    /// Says what became of an operation: waits as deep as `until` says, for `timeout` at most, and never invokes a method.
    ///
    /// A word that is final goes into the journal; what is there already is said again. A call of which no answer is known
    /// may still be on its way, so that its snapshot counts as kept only after as long as the answer would have been waited
    /// for. Until then, and while the host is at it, the word is not final if nothing is to be waited for.
    ///
    /// # Errors
    /// [`ErrorKind::OtherHost`] if it was not done by this client's address and namespace; [`ErrorKind::Taken`] if a process
    /// is still at it; any other if the host cannot be read. In each case it stays unknown what became of the operation.
    pub async fn resume_waiting(
        &self,
        operation: &Operation,
        until: Until,
        timeout: Option<Duration>,
        progress: impl FnMut(&Progress),
    ) -> Result<Resumption, Error> {
        let now = self.0.clock.now();
        let deadline = self.0.wait_until(timeout.map(|timeout| now.saturating_add(timeout)));
        let resumed = self.resume_until(operation, until, deadline, progress).await;
        resumed.map_err(|error| error.with_effect(Effect::Unknown))
    }

    async fn resume_until(
        &self,
        operation: &Operation,
        until: Until,
        deadline: Option<Duration>,
        mut progress: impl FnMut(&Progress),
    ) -> Result<Resumption, Error> {
        let intent = &operation.intent;
        let during = format!("settling the operation {}", intent.id);
        let refuse = |kind| Error::before(kind, during.as_str());
        if !self.is_of(&intent.endpoint) || intent.namespace != self.0.namespace {
            return Err(refuse(ErrorKind::OtherHost(intent.endpoint.clone())));
        }
        // Whoever carries it out might send the call between our look at the host and our word.
        let mut turn = Turn::new(self.0.on_busy, &self.0);
        let lock = self.take(&intent.vm_id, intent.id, &mut turn, &during).await?;
        let record = Recorder::new(intent.id, self.0.journal.clone(), lock);
        let operation = match &self.0.journal {
            Some(journal) => {
                let written = journal.read(intent.id).map_err(|error| refuse(ErrorKind::Journal(error)))?;
                written.unwrap_or_else(|| operation.clone())
            }
            None => operation.clone(),
        };
        let waits = if until == Until::Accepted { Waits::ForReadings } else { Waits::ForTheHost };
        let following = Following { client: self, operation: &operation, until, waits, deadline };
        Ok(following.resume(&record, &mut progress).await)
    }

    /// Whether an operation's endpoint is this client's.
    fn is_of(&self, endpoint: &str) -> bool {
        self.endpoint().to_string().eq_ignore_ascii_case(endpoint)
    }
}

impl Following<'_> {
    /// Follows it, and keeps what is final; of what was final before, only the merge.
    async fn resume(&self, record: &Recorder, progress: &mut impl FnMut(&Progress)) -> Resumption {
        let keep = |outcome: &Outcome| record.settled(self.client, Settler::Resume, outcome);
        let outcome = match self.operation.final_outcome() {
            Some(written) => {
                let mut outcome = written.clone();
                if is_merge_open(written, self.until) {
                    outcome.until = self.until;
                    outcome.merge = self.merge(None, written, progress).await;
                    keep(&outcome);
                }
                outcome
            }
            None => {
                let followed = self.follow(|_| {}, progress).await;
                self.finish(followed, keep, progress).await.outcome
            }
        };
        let operation = record.operation().unwrap_or_else(|| self.operation.clone());
        Resumption { operation, outcome, journal_trouble: record.trouble() }
    }
}

impl Vm {
    /// Settles what earlier operations on this machine, from this journal and by this address, have left open.
    ///
    /// It reads and never waits; a [`destroy`](Self::destroy) does the same before it looks at the tree. Records
    /// that cannot be read are passed over: whether they are of this machine, nobody can say.
    ///
    /// # Errors
    /// As of [`Client::resume_waiting`].
    pub async fn settle_earlier(&self) -> Result<Vec<Resumption>, Error> {
        let during = format!("settling what was begun on {:?}", self.name());
        // Nothing is open, or nothing that could be judged now: whoever has taken the machine is at it.
        let is_open = |operation: &&Operation| !operation.is_settled();
        let Some(first) = self.written(&during)?.iter().find(is_open).map(Operation::id) else {
            return Ok(Vec::new());
        };
        let mut turn = Turn::new(OnBusy::Fail, &self.client.0);
        let _lock = self.client.take(self.id(), first, &mut turn, &during).await?;
        self.settle_open(&turn, &during).await
    }

    /// The same for whoever has taken the machine; waits where `turn` allows it.
    pub(super) async fn settle_open(&self, turn: &Turn, during: &str) -> Result<Vec<Resumption>, Error> {
        let mut settled = Vec::new();
        let inner = &self.client.0;
        for operation in self.written(during)? {
            // Whoever was at the machine, what was read before is not what is there now.
            inner.readings.outdated(self.id(), inner.moment_of(operation.last_written()));
            if operation.is_settled() {
                continue;
            }
            inner.readings.changed(self.id());
            let waits = if turn.waits() { Waits::ForTheHost } else { Waits::ForReadings };
            let following = Following {
                client: &self.client,
                operation: &operation,
                until: Until::JobEnded,
                waits,
                deadline: inner.wait_until(turn.deadline()),
            };
            let record = Recorder::new(operation.id(), inner.journal.clone(), None);
            settled.push(following.resume(&record, &mut |_| {}).await);
        }
        Ok(settled)
    }

    /// What the journal holds of this machine.
    fn written(&self, during: &str) -> Result<Vec<Operation>, Error> {
        let Some(journal) = &self.client.0.journal else { return Ok(Vec::new()) };
        let listed = journal.list().map_err(|error| Error::before(ErrorKind::Journal(error), during))?;
        let mut written = Vec::new();
        for operation in listed {
            match operation {
                Ok(operation) => written.push(operation),
                Err(error) => tracing::warn!(cause = %error, "a record of the journal cannot be read"),
            }
        }
        written.retain(|operation| {
            let intent = &operation.intent;
            intent.vm_id.eq_ignore_ascii_case(self.id()) && self.client.is_of(&intent.endpoint)
        });
        Ok(written)
    }
}
