//! One operation with a fault at one step, and what the simulated host itself knows about it.
//!
//! The host's journal and model are the only oracle for the client's status.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use hvsnap::{
    Credentials, Effect, Error, Host, Limits, Outcome, Until,
    clock::Clock,
    journal::{Journal, MemoryJournal, Status},
    sim::{RequestKind as Request, RequestOutcome as Became, RunningSimulator, Simulator},
};

use super::{kinds::Kind, operations::Operation};
use crate::{
    campaigns::model::{Model, Oracle},
    host::IntoHost,
};

const VM: &str = "web-01";

/// A VM with a snapshot whose disk merges, and another VM of the same kind that must stay untouched. The state of the first is
/// the operation's.
const LAB: &str = r#"
schema = "hvsnap-lab/1"
[host]
name = "HV01"
[[user]]
name = 'LAB\operator'
password = "correct-horse"
[[vm]]
name = "web-01"
state = "STATE"
[[vm.snapshot]]
name = "base"
[[vm.snapshot]]
name = "before-upgrade"
parent = "base"
[[vm.snapshot]]
name = "after-upgrade"
parent = "before-upgrade"
[[vm]]
name = "web-02"
[[vm.snapshot]]
name = "other"
"#;

/// A host, and the settings of its clients.
pub(crate) struct Bench {
    pub(crate) sim: RunningSimulator,
    operation: &'static Operation,
    oracle: Oracle,
    /// The model once the operation is done.
    done: Model,
    sealed: bool,
    journal: MemoryJournal,
}

/// The client's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// Exit code 0.
    Done,
    /// Exit code 6: done, but the merge may not be finished.
    MergeOpen,
    /// Exit codes 1 to 4: nothing was changed.
    None,
    /// Exit code 1: failed, but the host was changed.
    Applied,
    /// Exit code 5.
    Unknown,
}

/// The moment when a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// When the host has received the message with this number, before its answer is read.
    Heard(usize),
    /// When it waits for this many times, for anything.
    Instant(usize),
}

impl Moment {
    /// The message at which the process ends.
    pub(crate) fn message(self) -> Option<usize> {
        match self {
            Self::Heard(number) => Some(number),
            Self::Instant(_) => None,
        }
    }
}

/// The report of a later process about an operation in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Later {
    /// There is no operation.
    NothingBegun,
    /// The status of `resume`.
    Said(Status),
    /// The status is unknown, and stays so: a person must find it out on the host.
    Undecided,
    /// The host could not be reached, repeatedly.
    Silent(String),
}

impl Later {
    /// True if the report is right. The host answers again, so an unknown outcome is accepted only where `may_be_undecided`: what
    /// would tie what is new on the host to the operation is lost.
    pub(crate) fn is_true(&self, truth: &Truth, may_be_undecided: bool) -> bool {
        let is_over = !truth.is_at_work && truth.is_done == truth.will_be_done;
        match self {
            // What is not in the journal was not sent.
            Self::NothingBegun => truth.runs == 0 && !truth.is_done,
            Self::Said(Status::Done) => truth.is_done && truth.runs == 1,
            Self::Said(Status::NotDone) => !truth.is_done && is_over,
            // The job is still alive when the wait ends.
            Self::Said(Status::Running) => truth.is_at_work,
            Self::Undecided => may_be_undecided && truth.is_done,
            // None of the operations does a part.
            Self::Said(_) | Self::Silent(_) => false,
        }
    }
}

/// The actual state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth {
    /// The number of executions of the operation's method.
    pub(crate) runs: usize,
    /// True if the host is now what the operation makes of it, to the letter.
    pub(crate) is_done: bool,
    /// True if it will be so in the end.
    pub(crate) will_be_done: bool,
    /// True if the host is at work on it.
    pub(crate) is_at_work: bool,
    /// True if disks of the VM merge, or will in a moment, where the operation has them merge.
    pub(crate) is_merging: bool,
    /// True if the host is neither as before nor as the operation makes it.
    pub(crate) is_otherwise: bool,
}

impl Bench {
    pub(crate) async fn new(operation: &'static Operation, sealed: bool) -> Self {
        let lab = LAB.replace("STATE", operation.state);
        let sim = Simulator::from_lab_text(&lab).unwrap().seed(7).start().await.unwrap();
        let oracle = Oracle::of(&sim);
        let done = oracle.before.after(VM, operation.effect);
        Self { sim, operation, oracle, done, sealed, journal: MemoryJournal::new() }
    }

    pub(crate) fn inject(&self, kind: &Kind, number: usize, for_good: bool) {
        for rule in kind.at(number, for_good) {
            self.sim.inject(rule.parse().unwrap());
        }
    }

    /// A client of a new process: of earlier processes only the journal is left.
    pub(crate) fn client(&self) -> Host {
        let mut limits = Limits::default();
        limits.answer_bytes = 200_000;
        let mut builder = self.sim.client_builder().limits(limits).page_size(2);
        if !self.sealed {
            let (user, password) = self.sim.administrator().unwrap();
            builder = builder.credentials(Credentials::basic(user, password)).dangerous().allow_plaintext();
        }
        // Without the cache, so that every request is made and can fail.
        builder.host().journal(Arc::new(self.journal.clone())).fresh_for(Duration::ZERO)
    }

    /// The number of messages that the host has received; legs of authentications do not count.
    fn messages(&self) -> usize {
        self.sim.journal().iter().filter(|entry| entry.kind != Request::Http).count()
    }

    /// The operation by name, from the lookup of the VM to the end of the merge.
    pub(crate) async fn run(&self, client: &Host) -> Result<Outcome, Error> {
        let vm = client.vm(VM).await?;
        let tree = vm.snapshots().await?;
        let plan = (self.operation.plan)(&tree, vm.record().state);
        let begun = vm.begin(plan).await?;
        begun.wait(hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(120)), |_| {}).await
    }

    /// Runs it and drops it at a moment; only its journal is left. `true` if it had ended before.
    pub(crate) async fn run_and_die(&self, moment: Moment) -> bool {
        let ended = {
            let client = self.client();
            let mut running = pin!(self.run(&client));
            let mut waits = 0;
            poll_fn(|context| {
                if moment.message().is_some_and(|number| self.messages() >= number) {
                    return Poll::Ready(false);
                }
                if running.as_mut().poll(context).is_ready() {
                    return Poll::Ready(true);
                }
                waits += 1;
                if moment == Moment::Instant(waits) { Poll::Ready(false) } else { Poll::Pending }
            })
            .await
        };
        // Messages sent before the end still arrive.
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        ended
    }

    /// The number of waits.
    pub(crate) async fn instants(&self) -> usize {
        let client = self.client();
        let mut running = pin!(self.run(&client));
        let mut waits = 0;
        poll_fn(|context| {
            waits += 1;
            running.as_mut().poll(context).map(|ended| assert_eq!(Said::of(&ended), Said::Done))
        })
        .await;
        waits
    }

    /// The report of `resume` for the journal, by new processes until one gets an answer.
    pub(crate) async fn resume(&self) -> Later {
        let Some(operation) = self.journal.list().unwrap().pop().map(Result::unwrap) else {
            return Later::NothingBegun;
        };
        let mut trouble = String::new();
        for _ in 0..3 {
            let client = self.client();
            let resumed = client
                .resume_waiting(
                    &operation,
                    hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(300)),
                    |_| {},
                )
                .await;
            match resumed {
                Ok(resumption)
                    if resumption.outcome.open.as_ref().is_some_and(hvsnap::Open::needs_a_person) =>
                {
                    return Later::Undecided;
                }
                // An unknown outcome may be known an hour later.
                Ok(resumption) if resumption.outcome.status == Status::Unknown => {
                    trouble = format!("{:?}", resumption.outcome.observations);
                    self.sim.clock().sleep(Duration::from_secs(3600)).await;
                    tokio::task::yield_now().await;
                }
                Ok(resumption) => return Later::Said(resumption.outcome.status),
                // After an error, try again an hour later.
                Err(error) => {
                    assert_eq!(error.effect(), Effect::Unknown);
                    trouble = format!("{error}");
                    self.sim.clock().sleep(Duration::from_secs(3600)).await;
                    tokio::task::yield_now().await;
                }
            }
        }
        Later::Silent(trouble)
    }

    /// True if the journal contains an operation.
    pub(crate) fn is_begun(&self) -> bool {
        !self.journal.list().unwrap().is_empty()
    }

    /// True if the journal knows the job of the operation.
    pub(crate) fn knows_its_job(&self) -> bool {
        self.journal.list().unwrap().pop().is_some_and(|operation| operation.unwrap().job().is_some())
    }

    /// The status in the journal, if there is one.
    pub(crate) fn written(&self) -> Option<Status> {
        let operation = self.journal.list().unwrap().pop().map(Result::unwrap)?;
        operation.conclusion.map(|conclusion| conclusion.outcome.status)
    }

    /// The current state; [`until_the_end`](Self::until_the_end) adds the final one.
    pub(crate) async fn truth(&self) -> Truth {
        let vm = || self.sim.vms().into_iter().find(|vm| vm.name == VM).unwrap();
        let now = self.oracle.now(&self.sim);
        let is_done = now == self.done;
        let is_at_work = vm().is_busy || vm().is_changing;
        let mut is_merging = self.operation.merges && vm().is_merging;
        if self.operation.merges && is_done && !is_merging {
            // A merge is visible half a second after the end of the job.
            self.sim.clock().sleep(Duration::from_millis(600)).await;
            is_merging = vm().is_merging;
        }
        let is_otherwise = !is_done && now != self.oracle.before;
        Truth { runs: self.runs(), is_done, will_be_done: is_done, is_at_work, is_merging, is_otherwise }
    }

    /// The number of calls that the host carried out, whatever happened to their answers.
    fn runs(&self) -> usize {
        let journal = self.sim.journal();
        let calls = journal.iter().filter(|entry| entry.method.as_deref() == Some(self.operation.method));
        calls.filter(|entry| matches!(entry.outcome, Became::Answered { .. })).count()
    }

    /// Advances time until nothing changes any more, and adds the final state.
    pub(crate) async fn until_the_end(&self, truth: Truth) -> Truth {
        self.sim.clock().sleep(Duration::from_secs(86_400)).await;
        let end = self.truth().await;
        Truth {
            runs: end.runs,
            will_be_done: end.is_done,
            is_otherwise: truth.is_otherwise || end.is_otherwise,
            ..truth
        }
    }
}

impl Said {
    pub(crate) fn of(ended: &Result<Outcome, Error>) -> Self {
        match ended {
            Ok(outcome) if outcome.is_complete() => Self::Done,
            Ok(_) => Self::MergeOpen,
            Err(error) => match error.effect() {
                Effect::None => Self::None,
                Effect::Applied => Self::Applied,
                _ => Self::Unknown,
            },
        }
    }

    /// True if the report is right. *Unknown* is never wrong; where it is allowed is checked elsewhere.
    pub(crate) fn is_true(self, truth: &Truth) -> bool {
        match self {
            // It is done, and no disk is waiting for a merge.
            Self::Done => truth.is_done && truth.runs == 1 && !truth.is_merging,
            Self::MergeOpen => truth.is_done && truth.runs == 1,
            // Nothing is done, no job is running, and nothing will be done.
            Self::None => !truth.is_done && !truth.is_at_work && !truth.will_be_done,
            Self::Applied => truth.is_done && truth.runs == 1,
            Self::Unknown => true,
        }
    }
}

/// A step of an operation: one request, by its position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) number: usize,
    pub(crate) name: &'static str,
    pub(crate) is_call: bool,
    /// True if the call has been answered before it.
    pub(crate) is_after: bool,
    /// True if it is the first of its name, apart from requests of the same read.
    pub(crate) is_first: bool,
    /// True if all that tells the outcome has been read by then.
    pub(crate) is_concluded: bool,
}

/// The steps of an operation without faults.
pub(crate) async fn steps(operation: &'static Operation, sealed: bool) -> Vec<Step> {
    let bench = Bench::new(operation, sealed).await;
    let ended = bench.run(&bench.client()).await;
    assert_eq!(Said::of(&ended), Said::Done, "{}: {ended:?}", operation.name);
    let mut steps: Vec<Step> = Vec::new();
    let (mut trees, mut is_after, mut is_read_back) = (0, false, false);
    // Rules count messages, not legs of authentications.
    let mut merge_watch = 0;
    let messages = bench.sim.journal().into_iter().filter(|entry| entry.kind != Request::Http);
    for (place, entry) in messages.enumerate() {
        let asks = |text: &str| entry.filter.as_ref().is_some_and(|filter| filter.contains(text));
        let is_call = entry.method.as_deref() == Some(operation.method);
        let name = match entry.kind {
            Request::Invoke if is_call => "invoke",
            Request::Get => "poll",
            // A page belongs to the request before it.
            Request::Pull | Request::Release => steps.last().map_or("page", |step| step.name),
            _ if asks("Msvm_AffectedJobElement") => "elements",
            _ if asks("Msvm_VirtualSystemSettingData") => {
                trees += 1;
                is_read_back |= is_after;
                ["read tree", "re-check"].get(trees - 1).copied().filter(|_| !is_after).unwrap_or("read back")
            }
            _ if asks("Service") => "find service",
            _ if asks("Msvm_ShutdownComponent") => "find component",
            _ if asks("Msvm_StorageAllocationSettingData") && !is_after => "read disks",
            _ if is_after && !is_read_back => "look at VM",
            _ if is_after && operation.merges => "merge watch",
            _ if is_after => "read new disks",
            _ if trees > 0 => "is it busy",
            _ => "resolve",
        };
        let is_concluded = is_after && matches!(name, "merge watch" | "read new disks");
        // The merge is polled repeatedly with the same requests: every third one is enough.
        merge_watch += usize::from(name == "merge watch");
        if name != "merge watch" || merge_watch % 3 == 1 {
            let is_first = !steps.iter().any(|step| step.name == name);
            steps.push(Step { number: place + 1, name, is_call, is_after, is_first, is_concluded });
        }
        is_after |= is_call;
    }
    steps
}
