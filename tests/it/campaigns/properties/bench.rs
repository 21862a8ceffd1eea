//! A simulated host for one scenario: our actions, those of others, and its model and record.
//!
//! Only the reports of clients are stored here; [`judge`](super::judge) checks them.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex},
    task::Poll,
    time::Duration,
};

use hvsnap::{
    Credentials, Error, Host, Limits, OnBusy, Outcome, Resumption, Until,
    clock::Clock,
    hyperv::DestroyScope,
    journal::{Journal, MemoryJournal, Operation, OperationId},
    sim::{Entry, RequestOutcome as Became, RunningSimulator, Simulator},
};

use super::given::{Death, Edit, Scenario, Step, vm_name};
use crate::host::IntoHost;

/// Identifiers of snapshots.
pub(crate) type Ids = BTreeSet<String>;

/// A snapshot in the model: its VM, name, parent, and whether the current state hangs there.
type Place = (String, String, Option<String>, bool);

pub(crate) struct Bench<'s> {
    pub(crate) sim: RunningSimulator,
    pub(crate) journal: MemoryJournal,
    scenario: &'s Scenario,
    state: Mutex<State>,
}

/// What the bench itself has seen and done.
#[derive(Default)]
struct State {
    /// All snapshots that there ever were.
    known: Ids,
    /// Gone by another administrator's doing.
    edited: Ids,
    renamed: usize,
    /// What a tree operation has been called for: what is added below would go with it, as the host means it to.
    trees: Ids,
}

/// What became of one destroy.
#[derive(Default)]
pub(crate) struct Attempt {
    pub(crate) vm: String,
    /// By the model: what the call is about.
    pub(crate) planned: Ids,
    /// Whether the tree was another when the destroy began than when it was planned, and the destroy was to look.
    pub(crate) is_stale: bool,
    /// What the client said; `None` if its process did not live to say anything.
    pub(crate) said: Option<Result<Outcome, Error>>,
    /// The operation in the journal.
    pub(crate) operation: Option<OperationId>,
    /// Whether any rule struck on the way.
    pub(crate) is_struck: bool,
}

impl<'s> Bench<'s> {
    pub(crate) async fn new(scenario: &'s Scenario) -> Self {
        let mut simulator = Simulator::from_lab_text(&scenario.lab()).unwrap().seed(scenario.seed);
        for rule in &scenario.rules {
            simulator = simulator.fault(rule.parse().unwrap());
        }
        let sim = simulator.start().await.unwrap();
        let bench = Self { sim, journal: MemoryJournal::new(), scenario, state: Mutex::default() };
        bench.state().known = bench.model().into_keys().collect();
        bench
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A client as a new process would make it.
    pub(crate) fn client(&self) -> Host {
        let mut limits = Limits::default();
        limits.answer_bytes = 200_000;
        let at_most = Some(Duration::from_secs(600));
        let on_busy = if self.scenario.patient { OnBusy::Wait { at_most } } else { OnBusy::Fail };
        let journal = Arc::new(self.journal.clone());
        let mut builder = self.sim.client_builder().limits(limits).page_size(4);
        if !self.scenario.sealed {
            let (user, password) = self.sim.administrator().unwrap();
            builder = builder.credentials(Credentials::basic(user, password)).dangerous().allow_plaintext();
        }
        let host = builder.host().on_busy(on_busy).journal(journal);
        if self.scenario.reads_again { host.fresh_for(Duration::ZERO) } else { host }
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.sim.clock().sleep(Duration::from_secs(seconds)).await;
        // What was sent arrives, and what waited for this moment goes on.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    /// All snapshots, as they are.
    pub(crate) fn model(&self) -> BTreeMap<String, Place> {
        let mut model = BTreeMap::new();
        for place in 0..self.scenario.vms.len() {
            let vm = vm_name(place);
            for snapshot in self.sim.snapshots_of(&vm).unwrap() {
                let at = (vm.clone(), snapshot.name, snapshot.parent, snapshot.is_current);
                model.insert(snapshot.instance_id, at);
            }
        }
        model
    }

    fn on(&self, vm: &str) -> BTreeMap<String, Place> {
        self.model().into_iter().filter(|(_, place)| place.0 == vm).collect()
    }

    /// All that is gone, whoever did it.
    pub(crate) fn gone(&self) -> Ids {
        let model = self.model();
        self.state().known.iter().filter(|id| !model.contains_key(*id)).cloned().collect()
    }

    /// What another administrator has removed.
    pub(crate) fn edited(&self) -> Ids {
        self.state().edited.clone()
    }

    pub(crate) fn operations(&self) -> Vec<Operation> {
        self.journal.list().unwrap().into_iter().map(Result::unwrap).collect()
    }

    pub(crate) fn operation(&self, id: OperationId) -> Operation {
        self.journal.read(id).unwrap().unwrap()
    }

    /// The calls that destroy, of whatever operation and whatever became of them.
    pub(crate) fn calls(&self) -> Vec<Entry> {
        let is_call =
            |entry: &Entry| entry.method.as_ref().is_some_and(|method| method.starts_with("Destroy"));
        self.sim.journal().into_iter().filter(is_call).collect()
    }

    /// Whether the host has carried the operation out, or begun to.
    pub(crate) fn has_run(&self, id: OperationId) -> bool {
        let took = |entry: &Entry| {
            matches!(entry.outcome, Became::Answered { return_value: Some(0 | 4096) })
                && entry.message_id == id.message_id().as_str()
        };
        self.calls().iter().any(took)
    }

    fn edit(&self, vm: &str, edit: &Edit) {
        let ids: Vec<String> = self.on(vm).into_keys().collect();
        let pick = |index: &proptest::sample::Index| (!ids.is_empty()).then(|| index.get(&ids).clone());
        match edit {
            Edit::Add(under) => {
                let under = under.as_ref().and_then(pick);
                if under.as_ref().is_some_and(|under| self.state().trees.contains(under)) {
                    return;
                }
                let id = self.sim.add_snapshot(vm, under.as_deref(), "somebody's").unwrap();
                self.state().known.insert(id);
            }
            Edit::Remove(which) => {
                let Some(id) = pick(which) else { return };
                self.sim.remove_snapshot(vm, &id).unwrap();
                self.state().edited.insert(id);
            }
            Edit::Rename(which) => {
                let Some(id) = pick(which) else { return };
                let number = {
                    let mut state = self.state();
                    state.renamed += 1;
                    state.renamed
                };
                self.sim.rename_snapshot(vm, &id, &format!("renamed {number}")).unwrap();
            }
        }
    }

    /// One destroy with all that happens around it.
    pub(crate) async fn attempt(&self, step: &Step) -> Attempt {
        let mut attempt =
            Attempt { vm: vm_name(step.vm.index(self.scenario.vms.len())), ..Attempt::default() };
        let before = self.operations().len();
        let fired = || self.sim.faults().iter().map(|used| used.fired).sum::<u64>();
        let fired_before = fired();
        let said = {
            let mut destroy = pin!(self.destroy(step, &mut attempt));
            let (mut waits, mut waits_after) = (0, 0);
            poll_fn(|context| {
                if let Poll::Ready(said) = destroy.as_mut().poll(context) {
                    return Poll::Ready(said);
                }
                waits += 1;
                waits_after += usize::from(self.operations().len() > before);
                let is_over = match step.dies {
                    Some(Death::Any(count)) => waits >= count,
                    Some(Death::AfterIntent(count)) => waits_after >= count,
                    None => false,
                };
                if is_over { Poll::Ready(None) } else { Poll::Pending }
            })
            .await
        };
        attempt.said = said;
        if attempt.said.is_none() {
            self.pass(0).await;
        }
        let operations = self.operations();
        assert!(operations.len() <= before + 1, "one destroy is one operation");
        attempt.operation = operations.get(before).map(Operation::id);
        attempt.is_struck = fired() > fired_before;
        attempt
    }

    /// `None` if there was nothing to destroy.
    async fn destroy(&self, step: &Step, attempt: &mut Attempt) -> Option<Result<Outcome, Error>> {
        let name = attempt.vm.clone();
        let client = self.client();
        let ended = async {
            let vm = client.vm(&name).await?;
            let model = self.on(&name);
            let tree = vm.snapshots().await?;
            if tree.is_empty() {
                return Ok(None);
            }
            let target = step.target.get(tree.snapshots()).id();
            let plan = tree.plan_destroy(target, step.scope).unwrap();
            let planned = self.on(&name);
            attempt.planned = covered(&planned, target.as_str(), step.scope);
            let shown: Ids = plan.destroyed().iter().map(|snapshot| snapshot.id().to_string()).collect();
            // While an earlier operation still goes on, the tree may have changed since it was read.
            if model == planned {
                assert_eq!(shown, attempt.planned, "the plan shows what the call is about");
            }
            attempt.planned.extend(shown);
            step.before.iter().for_each(|edit| self.edit(&name, edit));
            self.pass(step.pause).await;
            // Of a single snapshot a tree that was read in this very second is believed.
            let is_believed =
                !self.scenario.reads_again && step.pause == 0 && step.scope == DestroyScope::Single;
            attempt.is_stale = !is_believed && self.on(&name) != planned;
            let calling = |_| {
                if step.scope == DestroyScope::Tree {
                    self.state().trees.extend(attempt.planned.iter().cloned());
                }
                step.at_call.iter().for_each(|edit| self.edit(&name, edit));
            };
            let job = vm.begin_announced(&plan, &[], calling).await?;
            step.meanwhile.iter().for_each(|edit| self.edit(&name, edit));
            let timeout = Duration::from_secs(step.timeout);
            job.wait(hvsnap::Wait::until(step.until).timeout(timeout), |_| {}).await.map(Some)
        };
        ended.await.transpose()
    }

    /// What a new process says of an operation: while things go wrong, or where a job never ends, it does not wait for good.
    pub(crate) async fn resume(&self, id: OperationId, is_bounded: bool) -> Result<Resumption, Error> {
        let (client, operation) = (self.client(), self.operation(id));
        if is_bounded {
            let wait = hvsnap::Wait::until(Until::JobEnded).timeout(Duration::from_secs(600));
            return client.resume_waiting(&operation, wait, |_| {}).await;
        }
        client.resume(&operation).await
    }
}

/// What a call is about, by the model alone.
fn covered(model: &BTreeMap<String, Place>, target: &str, scope: DestroyScope) -> Ids {
    let mut covered: Ids = model.keys().filter(|id| *id == target).cloned().collect();
    if scope == DestroyScope::Single {
        return covered;
    }
    loop {
        let is_below = |(id, place): &(&String, &Place)| {
            !covered.contains(*id) && place.2.as_ref().is_some_and(|parent| covered.contains(parent))
        };
        let below: Vec<String> = model.iter().filter(is_below).map(|(id, _)| id.clone()).collect();
        if below.is_empty() {
            return covered;
        }
        covered.extend(below);
    }
}
