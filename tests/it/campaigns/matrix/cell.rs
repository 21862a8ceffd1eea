//! One destroy by name with a fault at one step, and what the simulated host itself knows about it.
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
    hyperv::DestroyScope,
    journal::{Journal, MemoryJournal, Status},
    sim::{Entry, RequestKind, RequestOutcome as Became, RunningSimulator, Simulator},
};

use super::kinds::Kind;
use crate::host::IntoHost;

pub(crate) const VM: &str = "web-01";
pub(crate) const TARGET: &str = "before-upgrade";
const OTHERS: [&str; 3] = ["after-upgrade", "base", "other"];

/// A VM with a snapshot whose disk merges, and another VM of the same kind that must stay untouched.
const LAB: &str = r#"
schema = "hvsnap-lab/1"
[host]
name = "HV01"
[[user]]
name = 'LAB\operator'
password = "correct-horse"
[[vm]]
name = "web-01"
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
    sealed: bool,
    journal: MemoryJournal,
}

/// The client's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// Exit code 0.
    Done,
    /// Exit code 6: destroyed, but the merge may not be finished.
    MergeOpen,
    /// Exit codes 1 to 4: nothing was changed.
    None,
    /// Exit code 1: failed, but the snapshot is gone.
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
    /// The host could not be reached, repeatedly.
    Silent(String),
}

impl Later {
    /// True if the report is right. The host answers again, so an unknown outcome is not accepted.
    pub(crate) fn is_true(&self, truth: &Truth) -> bool {
        let is_over = !truth.is_deleting && truth.is_gone == truth.will_be_gone;
        match self {
            // What is not in the journal was not sent.
            Self::NothingBegun => truth.runs == 0 && !truth.is_gone,
            Self::Said(Status::Done) => truth.is_gone && truth.runs == 1,
            Self::Said(Status::NotDone) => !truth.is_gone && is_over,
            // The job is still alive when the wait ends.
            Self::Said(Status::Running) => truth.is_deleting,
            // A single snapshot is either gone or not.
            Self::Said(_) | Self::Silent(_) => false,
        }
    }
}

/// The actual state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth {
    /// The number of executions of DestroySnapshot.
    pub(crate) runs: usize,
    /// True if the target is gone now.
    pub(crate) is_gone: bool,
    /// True if the target will be gone in the end.
    pub(crate) will_be_gone: bool,
    /// True if a job that destroys is alive.
    pub(crate) is_deleting: bool,
    /// True if disks of the VM merge, or will in a moment.
    pub(crate) is_merging: bool,
    /// True if all other snapshots still exist.
    pub(crate) others_stay: bool,
}

impl Bench {
    pub(crate) async fn new(sealed: bool) -> Self {
        let sim = Simulator::from_lab_text(LAB).unwrap().seed(7).start().await.unwrap();
        Self { sim, sealed, journal: MemoryJournal::new() }
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
        // Without the cache, so that every request of a destroy is made and can fail.
        builder.host().journal(Arc::new(self.journal.clone())).fresh_for(Duration::ZERO)
    }

    /// The number of messages that the host has received; legs of authentications do not count.
    fn messages(&self) -> usize {
        self.sim.journal().iter().filter(|entry| entry.kind != RequestKind::Http).count()
    }

    /// Runs the destroy and drops it at a moment; only its journal is left. `true` if it had ended before.
    pub(crate) async fn destroy_and_die(&self, moment: Moment) -> bool {
        let ended = {
            let client = self.client();
            let mut destroy = pin!(destroy(&client));
            let mut waits = 0;
            poll_fn(|context| {
                if moment.message().is_some_and(|number| self.messages() >= number) {
                    return Poll::Ready(false);
                }
                if destroy.as_mut().poll(context).is_ready() {
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

    /// The number of waits of a destroy.
    pub(crate) async fn instants(&self) -> usize {
        let client = self.client();
        let mut destroy = pin!(destroy(&client));
        let mut waits = 0;
        poll_fn(|context| {
            waits += 1;
            destroy.as_mut().poll(context).map(|ended| assert_eq!(Said::of(&ended), Said::Done))
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

    /// The status in the journal, if there is one.
    pub(crate) fn written(&self) -> Option<Status> {
        let operation = self.journal.list().unwrap().pop().map(Result::unwrap)?;
        operation.conclusion.map(|conclusion| conclusion.outcome.status)
    }

    /// The current state; [`until_the_end`](Self::until_the_end) adds the final one.
    pub(crate) async fn truth(&self) -> Truth {
        let vm = || self.sim.vms().into_iter().find(|vm| vm.name == VM).unwrap();
        let names = self.names();
        let is_deleting = vm().is_deleting;
        let is_gone = !names.iter().any(|name| name == TARGET);
        let mut is_merging = vm().is_merging;
        if is_gone && !is_merging {
            // A merge is visible half a second after the end of the job.
            self.sim.clock().sleep(Duration::from_millis(600)).await;
            is_merging = vm().is_merging;
        }
        let others_stay = names.iter().filter(|name| *name != TARGET).eq(OTHERS.iter());
        let runs = self.sim.journal().iter().filter(|entry| has_run(entry)).count();
        Truth { runs, is_gone, will_be_gone: is_gone, is_deleting, is_merging, others_stay }
    }

    /// Advances time until nothing changes any more, and adds the final state.
    pub(crate) async fn until_the_end(&self, truth: Truth) -> Truth {
        self.sim.clock().sleep(Duration::from_secs(86_400)).await;
        let end = self.truth().await;
        Truth {
            runs: end.runs,
            will_be_gone: end.is_gone,
            others_stay: truth.others_stay && end.others_stay,
            ..truth
        }
    }

    fn names(&self) -> Vec<String> {
        let of = |vm| self.sim.snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.name);
        let mut names: Vec<String> = of(VM).chain(of("web-02")).collect();
        names.sort();
        names
    }
}

/// True if the entry is a call that the host executed, whatever happened to its answer.
fn has_run(entry: &Entry) -> bool {
    let is_call = entry.method.as_deref().is_some_and(|method| method.starts_with("DestroySnapshot"));
    is_call && matches!(entry.outcome, Became::Answered { .. })
}

/// The destroy by name, from the lookup of the VM to the end of the merge.
pub(crate) async fn destroy(client: &Host) -> Result<Outcome, Error> {
    let vm = client.vm(VM).await?;
    let tree = vm.snapshots().await?;
    let plan = tree.plan_destroy(tree.find(TARGET).unwrap().id(), DestroyScope::Single).unwrap();
    let job = vm.begin(&plan).await?;
    job.wait(hvsnap::Wait::until(Until::Merged).timeout(Duration::from_secs(120)), |_| {}).await
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
            // The target is gone, and none of its disks is waiting for a merge.
            Self::Done => truth.is_gone && truth.runs == 1 && !truth.is_merging,
            Self::MergeOpen => truth.is_gone && truth.runs == 1,
            // Nothing is gone, no job is running, and nothing will go.
            Self::None => !truth.is_gone && !truth.is_deleting && !truth.will_be_gone,
            Self::Applied => truth.is_gone && truth.runs == 1,
            Self::Unknown => true,
        }
    }
}

/// A step of the destroy: one request, by its position.
#[derive(Clone, Debug, Default)]
pub(crate) struct Step {
    pub(crate) number: usize,
    pub(crate) name: &'static str,
    pub(crate) is_call: bool,
    /// True if the call has been answered before it.
    pub(crate) is_after: bool,
    /// True if it is the first of its name, apart from requests of the same read.
    pub(crate) is_first: bool,
    /// True if the fate of the snapshot has been read by then.
    pub(crate) is_concluded: bool,
}

/// The steps of a destroy without faults.
pub(crate) async fn steps(sealed: bool) -> Vec<Step> {
    let bench = Bench::new(sealed).await;
    let ended = destroy(&bench.client()).await;
    assert_eq!(Said::of(&ended), Said::Done, "{ended:?}");
    let mut steps: Vec<Step> = Vec::new();
    let (mut trees, mut is_after, mut is_read_back) = (0, false, false);
    // Rules count messages, not legs of authentications.
    let mut merge_watch = 0;
    let messages = bench.sim.journal().into_iter().filter(|entry| entry.kind != RequestKind::Http);
    for (place, entry) in messages.enumerate() {
        let asks = |text: &str| entry.filter.as_ref().is_some_and(|filter| filter.contains(text));
        let is_call = entry.method.as_deref() == Some("DestroySnapshot");
        let name = match entry.kind {
            RequestKind::Invoke if is_call => "invoke",
            RequestKind::Get => "poll",
            // A page belongs to the request before it.
            RequestKind::Pull | RequestKind::Release => steps.last().map_or("page", |step| step.name),
            _ if asks("Msvm_VirtualSystemSettingData") => {
                trees += 1;
                is_read_back |= is_after;
                ["read tree", "re-check"].get(trees - 1).copied().unwrap_or("read back")
            }
            _ if asks("SnapshotService") => "find service",
            _ if asks("Msvm_StorageAllocationSettingData") && !is_after => "read disks",
            _ if is_after && !is_read_back => "look at VM",
            _ if is_after => "merge watch",
            _ if trees > 0 => "is it busy",
            _ => "resolve",
        };
        let is_concluded = is_after && name == "merge watch";
        // The merge is polled repeatedly with the same requests: every third one is enough.
        merge_watch += usize::from(is_concluded);
        if !is_concluded || merge_watch % 3 == 1 {
            let is_first = !steps.iter().any(|step| step.name == name);
            steps.push(Step { number: place + 1, name, is_call, is_after, is_first, is_concluded });
        }
        is_after |= is_call;
    }
    steps
}
