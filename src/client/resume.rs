//! Settling an operation whose end nobody saw: by its job, by the machine, by the tree.
//!
//! It only reads, and waits where somebody is at it; it never invokes a method. The word goes into the journal once it is
//! final, and what is written there is said again without asking the host.

use std::{sync::Arc, time::Duration};

use crate::{
    client::{
        Client, Effect, Error, ErrorKind, Progress, Until, Vm,
        busy::{OnBusy, Turn},
        evidence::Fact,
        journal::{Conclusion, JournalError, Operation, Settler, SnapshotName, Word, recorder::Recorder},
        settling::{Settlement, Settling},
    },
    hyperv::MergeState,
};

/// What became of an operation, and by what that is known.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resumption {
    /// The operation as it is written down now.
    pub operation: Operation,
    /// What became of it.
    pub word: Word,
    /// Planned, and gone.
    pub gone: Vec<SnapshotName>,
    /// Planned, and still there.
    pub remaining: Vec<SnapshotName>,
    /// Gone, and not planned.
    pub unexpected: Vec<SnapshotName>,
    /// How the merge of disks stands.
    pub merge: MergeState,
    /// Why the merge could not be followed, if that was tried in vain.
    pub merge_problem: Option<Arc<Error>>,
    /// By what it is known.
    pub evidence: Vec<Fact>,
    /// What could not be written to the journal.
    pub journal_trouble: Vec<Arc<JournalError>>,
}

impl Resumption {
    /// True unless disks were to be merged and are not known to be.
    pub fn is_complete(&self) -> bool {
        !matches!(self.merge, MergeState::Running | MergeState::Failed | MergeState::Unknown)
    }

    /// What is written down of an operation, if nothing more is to be learned by waiting as deep as `until` says.
    pub fn written(operation: &Operation, until: Until) -> Option<Self> {
        let conclusion = operation.conclusion.as_ref().filter(|conclusion| conclusion.word.is_final())?;
        (!is_merge_open(conclusion, until)).then(|| Self::of(operation.clone(), conclusion.clone()))
    }

    fn of(operation: Operation, conclusion: Conclusion) -> Self {
        Self {
            operation,
            word: conclusion.word,
            gone: conclusion.gone,
            remaining: conclusion.remaining,
            unexpected: conclusion.unexpected,
            merge: conclusion.merge,
            merge_problem: None,
            evidence: conclusion.evidence.into_iter().map(Fact::Written).collect(),
            journal_trouble: Vec::new(),
        }
    }

    fn new(operation: Operation, settled: Settlement) -> Self {
        Self {
            operation,
            word: settled.word,
            gone: settled.gone,
            remaining: settled.remaining,
            unexpected: settled.unexpected,
            merge: settled.merge,
            merge_problem: settled.merge_problem,
            evidence: settled.evidence,
            journal_trouble: Vec::new(),
        }
    }

    /// Keeps the word, if it is final.
    fn write_down(&mut self, client: &Client, record: &Recorder) {
        if self.word.is_final() {
            let conclusion = Conclusion {
                time: client.0.timestamp(),
                by: Settler::Resume,
                word: self.word,
                gone: self.gone.clone(),
                remaining: self.remaining.clone(),
                unexpected: self.unexpected.clone(),
                merge: self.merge,
                evidence: self.evidence.iter().map(ToString::to_string).collect(),
            };
            record.concluded(&conclusion);
            self.operation.conclusion = Some(conclusion);
        }
        self.journal_trouble = record.trouble();
    }
}

/// Whether there is still something to be learned of the merge.
fn is_merge_open(conclusion: &Conclusion, until: Until) -> bool {
    let is_open =
        matches!(conclusion.merge, MergeState::NotWatched | MergeState::Running | MergeState::Unknown);
    conclusion.word == Word::Done && until == Until::Merged && is_open
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
        let deadline = timeout.map(|timeout| now.saturating_add(timeout));
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
        let mut turn = Turn::new(self.0.on_busy, self.0.clock.now());
        let lock = self.take(&intent.vm_id, intent.id, &mut turn, &during).await?;
        let record = Recorder::new(intent.id, self.0.journal.clone(), lock);
        let operation = match &self.0.journal {
            Some(journal) => {
                let written = journal.read(intent.id).map_err(|error| refuse(ErrorKind::Journal(error)))?;
                written.unwrap_or_else(|| operation.clone())
            }
            None => operation.clone(),
        };
        let settling = Settling { client: self, operation: &operation, until, deadline };
        if let Some(conclusion) = operation.conclusion.clone().filter(|_| operation.is_settled()) {
            let is_merge_open = is_merge_open(&conclusion, until);
            let mut resumption = Resumption::of(operation.clone(), conclusion);
            if is_merge_open {
                (resumption.merge, resumption.merge_problem) = settling.merge_alone(&mut progress).await;
                resumption.write_down(self, &record);
            }
            return Ok(resumption);
        }
        let settled = settling.settle(&mut progress).await?;
        let mut resumption = Resumption::new(operation.clone(), settled);
        resumption.write_down(self, &record);
        Ok(resumption)
    }

    /// Whether an operation's endpoint is this client's.
    fn is_of(&self, endpoint: &str) -> bool {
        self.endpoint().to_string().eq_ignore_ascii_case(endpoint)
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
        let mut turn = Turn::new(OnBusy::Fail, self.client.0.clock.now());
        let _lock = self.client.take(self.id(), first, &mut turn, &during).await?;
        self.settle_open(&turn, &during).await
    }

    /// The same for whoever has taken the machine; waits where `turn` allows it.
    pub(super) async fn settle_open(&self, turn: &Turn, during: &str) -> Result<Vec<Resumption>, Error> {
        let mut settled = Vec::new();
        let inner = &self.client.0;
        for operation in self.written(during)? {
            // Whoever was at the machine, what was read before is not what is there now.
            inner.readings.outdated(self.id(), operation.last_written());
            if operation.is_settled() {
                continue;
            }
            inner.readings.changed(self.id());
            let until = if turn.waits() { Until::JobEnded } else { Until::Accepted };
            let settling =
                Settling { client: &self.client, operation: &operation, until, deadline: turn.deadline() };
            let settlement = settling.settle(&mut |_| {}).await?;
            let record = Recorder::new(operation.id(), inner.journal.clone(), None);
            let mut resumption = Resumption::new(operation.clone(), settlement);
            resumption.write_down(&self.client, &record);
            settled.push(resumption);
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
