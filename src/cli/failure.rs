//! The error of a command: message, causes, effect on the host, hint and exit code.
//!
//! All errors have this form, from a wrong flag to a lost answer. Causes are not repeated, and secrets not included.

use std::{error::Error as StdError, fmt, time::Duration};

use hvsnap::{
    ClientError, Effect, Error, ErrorKind, Outcome,
    clock::shown,
    explain::{ErrorId, Repeat},
    hyperv::{Candidate, FindError},
};

use crate::cli::{
    commands::steps::Step,
    exit::Exit,
    kind::{self, Kind},
    render::{remedy, without_userinfo},
    view::{JobLink, OperationLink, PlanView, SnapshotRef, StatusView, references},
};

/// A command that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure(Box<Parts>);

/// The parts of a [`Failure`].
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    /// The id, for programs and people; listed in every table of errors.
    pub(crate) id: ErrorId,
    pub(crate) kind: Kind,
    /// What failed.
    pub(crate) message: String,
    /// The causes, the nearest one first.
    pub(crate) causes: Vec<String>,
    /// The effect on the host; `None` if this command does not know it.
    pub(crate) effect: Option<Effect>,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// The usual reason for such a failure.
    pub(crate) why: String,
    /// Whether the command may be repeated.
    pub(crate) repeat: Repeat,
    /// The text of the host or the system, unchanged.
    pub(crate) raw: Option<String>,
    pub(crate) exit: Exit,
    /// Similar names, or all matches of an ambiguous name.
    pub(crate) candidates: Vec<Candidate>,
    /// Snapshots that are gone in spite of the failure.
    pub(crate) destroyed: Vec<SnapshotRef>,
    /// What earlier steps of the command have done, in sentences.
    pub(crate) done: Vec<String>,
    /// The steps that were not begun.
    pub(crate) undone: Vec<String>,
    /// The steps that were taken.
    pub(crate) steps: Vec<Step>,
    /// The snapshot that was taken in spite of the failure.
    pub(crate) created: Option<SnapshotRef>,
    /// The observed status of the operation.
    pub(crate) outcome: Option<StatusView>,
    /// What would determine an unknown outcome.
    pub(crate) settles: Option<String>,
    /// The job that may continue.
    pub(crate) job: Option<JobLink>,
    /// The operation that is open.
    pub(crate) operation: Option<OperationLink>,
    /// The job that the failure is about, which may be over; for programs.
    pub(crate) known_job: Option<JobLink>,
    /// The operation that the failure is about, which may be over; for programs.
    pub(crate) known_operation: Option<OperationLink>,
    /// The plan that was about to be executed.
    pub(crate) plan: Option<PlanView>,
    /// The cluster node of the VM that it is about.
    pub(crate) node: Option<String>,
}

impl Failure {
    /// A failure found by this program, with nothing changed.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        let id = kind.id();
        let entry = id.entry();
        Self(Box::new(Parts {
            id,
            kind,
            message: without_userinfo(&message.into()).into_owned(),
            causes: Vec::new(),
            effect: Some(Effect::None),
            hint: Some(remedy::text(&entry.next())),
            why: entry.why.to_owned(),
            repeat: entry.repeat,
            raw: None,
            exit: kind.exit(),
            candidates: Vec::new(),
            destroyed: Vec::new(),
            created: None,
            done: Vec::new(),
            undone: Vec::new(),
            steps: Vec::new(),
            outcome: None,
            settles: None,
            job: None,
            operation: None,
            known_job: None,
            known_operation: None,
            plan: None,
            node: None,
        }))
    }

    /// A command line that is not usable.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// An interruption by the user or the system.
    pub(crate) fn interrupted(message: impl Into<String>, effect: Effect) -> Self {
        let mut failure = Self::new(Kind::Interrupted, message);
        failure.0.effect = Some(effect);
        if effect == Effect::None {
            // Nothing continues on the host.
            failure.0.hint = None;
        }
        failure
    }

    /// The same, ended by a time limit instead of an interruption.
    #[must_use]
    pub(crate) fn time_over(mut self, limit: Duration) -> Self {
        let exit = if self.0.effect == Some(Effect::None) { Exit::Failed } else { Exit::Unknown };
        let message = std::mem::replace(&mut self.0.message, format!("timed out after {}", shown(limit)));
        self.0.causes.insert(0, message);
        (self.0.id, self.0.kind, self.0.exit) = (Kind::Timeout.id(), Kind::Timeout, exit);
        let entry = self.0.id.entry();
        self.0.why = entry.why.to_owned();
        if self.0.effect == Some(Effect::None) {
            self.0.hint = Some(remedy::text(&entry.next()));
        }
        self
    }

    /// A name that does not identify exactly one thing.
    pub(crate) fn find(message: impl Into<String>, error: FindError) -> Self {
        let mut failure = Self::new(Kind::NotFound, message).cause(&error);
        match error {
            FindError::Ambiguous { candidates, .. } => {
                failure = Self::new(Kind::Ambiguous, failure.0.message).cause(failure.0.causes.concat());
                failure.0.candidates = candidates;
            }
            FindError::NotFound { similar, .. } => failure.0.candidates = similar,
            _ => {}
        }
        failure
    }

    #[must_use]
    pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.0.causes.push(without_userinfo(&cause.to_string()).into_owned());
        self
    }

    /// Adds a cause, unless it was told already.
    #[must_use]
    pub(crate) fn cause_once(self, cause: &impl fmt::Display) -> Self {
        let text = cause.to_string();
        if self.0.causes.contains(&text) { self } else { self.cause(text) }
    }

    /// Adds the results of earlier steps of the same command, and the steps that were not begun.
    #[must_use]
    pub(crate) fn between(mut self, done: Vec<String>, undone: Vec<String>, steps: Vec<Step>) -> Self {
        if !done.is_empty() && self.0.effect == Some(Effect::None) {
            self.0.effect = Some(Effect::Applied);
            self.0.exit = match self.0.exit {
                Exit::NotReached | Exit::NotBegun | Exit::Access => Exit::Failed,
                exit => exit,
            };
            if self.0.kind == Kind::Interrupted {
                "stopped between two steps".clone_into(&mut self.0.message);
            }
        }
        (self.0.done, self.0.undone, self.0.steps) = (done, undone, steps);
        self
    }

    /// Adds one more result.
    #[must_use]
    pub(crate) fn and_done(mut self, done: impl Into<String>) -> Self {
        self.0.done.push(done.into());
        self
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Sets the effect on the host.
    #[must_use]
    pub(crate) fn effect(mut self, effect: Option<Effect>) -> Self {
        self.0.effect = effect;
        self
    }

    /// Sets the exit code.
    #[must_use]
    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.0.exit = exit;
        self
    }

    /// Adds the observed status of the operation.
    #[must_use]
    pub(crate) fn outcome(mut self, outcome: &Outcome) -> Self {
        self.0.destroyed = references(&outcome.destroyed);
        self.0.created = outcome.created.as_ref().map(SnapshotRef::named);
        let open = outcome.open.as_ref().map(ToString::to_string);
        // Omitted if it is already a cause.
        self.0.settles = open.filter(|open| !self.0.causes.contains(open));
        self.0.outcome = Some(StatusView::from(outcome));
        self
    }

    /// Adds the plan.
    #[must_use]
    pub(crate) fn plan(mut self, plan: PlanView) -> Self {
        self.0.plan = Some(plan);
        self
    }

    /// Adds the cluster node of the VM.
    #[must_use]
    pub(crate) fn on_node(mut self, node: String) -> Self {
        self.0.node = Some(node);
        self
    }

    /// Adds the job that may continue.
    #[must_use]
    pub(crate) fn job(mut self, job: Option<JobLink>) -> Self {
        self.0.job = job;
        self
    }

    /// Adds the open operation.
    #[must_use]
    pub(crate) fn operation(mut self, operation: Option<OperationLink>) -> Self {
        self.0.operation = operation;
        self
    }

    /// Adds the job and the operation that it is about, as far as they are known: only the document has them, because there may
    /// be nothing to follow.
    #[must_use]
    pub(crate) fn about(mut self, job: Option<JobLink>, operation: Option<OperationLink>) -> Self {
        self.0.known_job = job.or(self.0.known_job);
        self.0.known_operation = operation.or(self.0.known_operation);
        self
    }

    /// The job that it is about.
    pub(crate) fn job_link(&self) -> Option<&JobLink> {
        self.0.job.as_ref().or(self.0.known_job.as_ref())
    }

    /// The operation that it is about.
    pub(crate) fn operation_link(&self) -> Option<&OperationLink> {
        self.0.operation.as_ref().or(self.0.known_operation.as_ref())
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let report = error.report();
        let reason = error.kind().to_string();
        let (message, reason) = match error.during() {
            "" => (reason, None),
            during => (format!("{during} failed"), Some(reason)),
        };
        let mut failure = Self::new(Kind::of(&error), message).exit(kind::exit_of(&error));
        failure.0.effect = Some(error.effect());
        failure.0.causes = reason.into_iter().collect();
        add_causes(&mut failure.0.causes, &error);
        for cause in &mut failure.0.causes {
            *cause = without_userinfo(cause).into_owned();
        }
        (failure.0.id, failure.0.repeat) = (report.id, report.repeat);
        (failure.0.why, failure.0.hint, failure.0.raw) =
            (report.why, Some(remedy::text(&report.next)), report.raw);
        match error.kind() {
            ErrorKind::Find(FindError::Ambiguous { candidates, .. }) => {
                failure.0.candidates.clone_from(candidates);
            }
            ErrorKind::Find(FindError::NotFound { similar, .. }) => failure.0.candidates.clone_from(similar),
            _ => {}
        }
        failure.0.node = error.node().map(str::to_owned);
        if let Some(outcome) = error.outcome() {
            failure = failure.outcome(outcome);
        }
        failure
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Error::from(error).into()
    }
}

/// Adds the causes of an error, without those that repeat earlier text.
fn add_causes(causes: &mut Vec<String>, error: &dyn StdError) {
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !text.is_empty() && !causes.last().is_some_and(|last| last.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
}
