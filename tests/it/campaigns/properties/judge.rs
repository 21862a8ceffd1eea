//! Checks the client's report against the model and the record of the simulated host.
//!
//! If another administrator, or another operation of ours, has changed the same snapshots, the cause of their removal cannot be
//! determined; then either status is accepted. In all other cases exactly one is right.

use std::collections::BTreeMap;

use hvsnap::{
    Effect, Error, Outcome, Until,
    hyperv::MergeState,
    journal::{Operation, OperationId, SnapshotName, Status},
};

use super::{
    bench::{Attempt, Bench, Ids},
    given::Step,
};

/// What is wrong.
pub(crate) type Wrong = String;

/// Says what is wrong unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(format!($($text)+));
        }
    };
}

pub(crate) use ensure;

/// Of what operations there are, and what each of them is about.
#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) planned: BTreeMap<OperationId, Ids>,
}

impl Judge {
    /// What may be gone by other operations than this one, or by somebody else's doing.
    fn by_others(&self, bench: &Bench<'_>, id: OperationId) -> Ids {
        let mut gone = bench.edited();
        for (other, planned) in &self.planned {
            if *other != id && bench.has_run(*other) {
                gone.extend(planned.iter().cloned());
            }
        }
        gone
    }

    /// Nothing outside what was planned and called for is gone by us, and no operation was called for twice.
    pub(crate) fn nothing_more(&self, bench: &Bench<'_>) -> Result<(), Wrong> {
        let mut may_be_gone = bench.edited();
        for (id, planned) in &self.planned {
            if bench.has_run(*id) {
                may_be_gone.extend(planned.iter().cloned());
            }
        }
        let gone = bench.gone();
        let more: Vec<_> = gone.difference(&may_be_gone).collect();
        ensure!(more.is_empty(), "gone, and not planned: {more:?}");
        let mut calls: BTreeMap<String, usize> = BTreeMap::new();
        for call in bench.calls() {
            *calls.entry(call.message_id).or_default() += 1;
        }
        for (message, count) in calls {
            let is_ours = self.planned.keys().any(|id| id.message_id().as_str() == message);
            ensure!(is_ours, "a call that is not in the journal: {message}");
            // Not even one that the host did not carry out may be sent again.
            ensure!(count == 1, "{count} calls of {message}");
        }
        Ok(())
    }

    /// What the process of the destroy said, right after it.
    pub(crate) async fn said(&self, bench: &Bench<'_>, step: &Step, attempt: &Attempt) -> Result<(), Wrong> {
        if attempt.is_stale {
            ensure!(attempt.operation.is_none(), "begun on a tree that was not the one planned on");
        }
        let Some(said) = &attempt.said else { return Ok(()) };
        let status = match said {
            Ok(outcome) => self.outcome(bench, step, attempt, outcome).await,
            Err(error) => self.error(bench, attempt, error),
        };
        status.map_err(|wrong| format!("{wrong}; said {said:?}"))
    }

    async fn outcome(
        &self,
        bench: &Bench<'_>,
        step: &Step,
        attempt: &Attempt,
        outcome: &Outcome,
    ) -> Result<(), Wrong> {
        let Some(id) = attempt.operation else { return Err("done, and never begun".to_owned()) };
        ensure!(bench.has_run(id), "done, and the host has not carried it out");
        let ids = |snapshots: &[SnapshotName]| -> Ids {
            snapshots.iter().map(|snapshot| snapshot.id.clone()).collect()
        };
        if outcome.until == Until::Accepted {
            ensure!(outcome.destroyed.is_empty() && outcome.tree.is_none(), "more than was waited for");
            return Ok(());
        }
        let gone = bench.gone();
        ensure!(ids(&outcome.destroyed) == attempt.planned, "it is not said that all planned is gone");
        ensure!(attempt.planned.is_subset(&gone), "not all that was planned is gone");
        let unexpected = ids(&outcome.unexpected);
        let others = self.by_others(bench, id);
        ensure!(unexpected.is_subset(&gone) && unexpected.is_subset(&others), "{unexpected:?} is not gone");
        let there: Ids =
            bench.model().into_iter().filter(|(_, at)| at.0 == attempt.vm).map(|(id, _)| id).collect();
        let kept: Ids = outcome.kept().iter().map(|snapshot| snapshot.id().to_string()).collect();
        ensure!(kept == there, "what is said to be kept is not what is there");
        let is_undisturbed = step.is_undisturbed();
        if is_undisturbed && step.until == Until::Merged && outcome.is_complete() {
            let is_merging = || bench.sim.vms().iter().any(|vm| vm.name == attempt.vm && vm.is_merging);
            let before = is_merging();
            // A merge shows half a second after the end of its job.
            bench.pass(1).await;
            ensure!(!before && !is_merging(), "complete, and disks merge: {:?}", outcome.merge.state);
        }
        if outcome.merge.state == MergeState::Finished {
            ensure!(step.until == Until::Merged, "nobody waited for the merge");
        }
        let written = bench.operation(id).conclusion.map(|conclusion| conclusion.outcome.status);
        ensure!(written == Some(Status::Done), "done, and the journal holds {written:?}");
        Ok(())
    }

    fn error(&self, bench: &Bench<'_>, attempt: &Attempt, error: &Error) -> Result<(), Wrong> {
        let gone = bench.gone();
        if let Some(outcome) = error.outcome() {
            let all = outcome.destroyed.iter().all(|snapshot| gone.contains(&snapshot.id));
            ensure!(all, "said to be gone, and is there");
        }
        let written = attempt
            .operation
            .and_then(|id| bench.operation(id).conclusion)
            .map(|conclusion| conclusion.outcome.status);
        let is_final = written.is_some_and(Status::is_final);
        match (error.effect(), attempt.operation) {
            (Effect::None, None) => Ok(()),
            (Effect::None, Some(id)) => {
                self.none(bench, id)?;
                ensure!(is_final, "nothing was done, and the journal holds {written:?}");
                self.status(bench, id, written.unwrap())
            }
            (Effect::Applied, Some(id)) => {
                ensure!(!attempt.planned.is_disjoint(&gone), "nothing is gone");
                ensure!(is_final, "something was done, and the journal holds {written:?}");
                self.status(bench, id, written.unwrap())
            }
            (_, Some(_)) => {
                ensure!(!is_final, "unknown, and the journal holds {written:?}");
                Ok(())
            }
            (_, None) => Err("an effect before anything was begun".to_owned()),
        }
    }

    /// Nothing is gone by this operation.
    fn none(&self, bench: &Bench<'_>, id: OperationId) -> Result<(), Wrong> {
        let (gone, others) = (bench.gone(), self.by_others(bench, id));
        let ours: Vec<_> = self.planned[&id].intersection(&gone).filter(|id| !others.contains(*id)).collect();
        ensure!(ours.is_empty(), "nothing was done, and {ours:?} is gone");
        Ok(())
    }

    /// Whether the status about the operation is the right one.
    pub(crate) fn status(&self, bench: &Bench<'_>, id: OperationId, status: Status) -> Result<(), Wrong> {
        let (planned, gone) = (&self.planned[&id], bench.gone());
        let others = self.by_others(bench, id);
        let is_ours_alone = planned.is_disjoint(&others);
        match status {
            Status::Done => ensure!(planned.is_subset(&gone), "done, and not all is gone"),
            Status::NotDone => self.none(bench, id)?,
            Status::Partly => {
                let is_mixed = !planned.is_disjoint(&gone) && !planned.is_subset(&gone);
                ensure!(is_mixed || !is_ours_alone, "partly, and all or nothing is gone");
            }
            Status::Running => {
                let vm = bench.operation(id).intent.vm_name;
                let is_deleting = bench.sim.vms().iter().any(|known| known.name == vm && known.is_deleting);
                ensure!(is_deleting, "running, and nobody is at it");
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a conclusion that the journal holds is true in the end.
    pub(crate) fn written(&self, bench: &Bench<'_>, operation: &Operation) -> Result<(), Wrong> {
        let Some(conclusion) = &operation.conclusion else { return Ok(()) };
        let gone = bench.gone();
        let all = conclusion.outcome.destroyed.iter().all(|snapshot| gone.contains(&snapshot.id));
        ensure!(all, "written down as gone, and is there: {conclusion:?}");
        self.status(bench, operation.id(), conclusion.outcome.status)
    }
}
