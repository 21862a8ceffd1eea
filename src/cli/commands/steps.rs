//! The steps of a command that changes a VM: their results, and the text of a failure between them.

use hvsnap::{
    Outcome, Vm,
    hyperv::{DestroyCost, Plan, Snapshot, SnapshotTree},
};
use serde::Serialize;

use super::operation::{OperationArgs, take};
use crate::cli::{
    answer::Answer,
    exit::Exit,
    failure::Failure,
    kind::Kind,
    proposal::{Item, Proposal},
    render::{Line, style},
    session::Session,
    view::{CostView, JobLink, OperationLink, OutcomeView, PlanView},
};

/// One operation of a command, as JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Step {
    /// The plan.
    pub(super) plan: PlanView,
    /// The job that the host gave; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<JobLink>,
    /// The operation in the journal; left out in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operation: Option<OperationLink>,
    /// The outcome; left out in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<OutcomeView>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body<'b> {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// True if nothing was sent.
    dry_run: bool,
    /// The approved fingerprint of all steps.
    fingerprint: String,
    #[serde(flatten)]
    step: &'b Step,
    /// The operations after the first one.
    #[serde(skip_serializing_if = "<[Step]>::is_empty")]
    then: &'b [Step],
    /// What several destroys of a dry run cost in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<&'b CostView>,
    /// The remaining steps, in words: in a dry run those that cannot be planned yet.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    later: &'b [String],
    /// The exit code of the command.
    exit_code: u8,
}

/// The result of a step.
pub(super) struct Taken {
    pub(super) lines: Vec<Line>,
    pub(super) remarks: Vec<Line>,
    pub(super) step: Step,
    pub(super) exit: Exit,
    /// A sentence that says what was done.
    pub(super) done: String,
    pub(super) outcome: Outcome,
}

/// The steps of a proposal that one run of a command has completed so far.
pub(crate) struct Steps<'p> {
    proposal: &'p Proposal,
    taken: Vec<Taken>,
    /// How many steps are completed or skipped.
    over: usize,
}

impl<'p> Steps<'p> {
    /// No step is completed yet.
    pub(crate) fn of(proposal: &'p Proposal) -> Self {
        Self { proposal, taken: Vec::new(), over: 0 }
    }

    /// Runs the next step, with the plan that fits the tree after the earlier steps; returns its result.
    ///
    /// A failure lists the steps that are done and those that are not.
    pub(crate) async fn take(
        &mut self,
        session: &mut Session<'_>,
        args: &OperationArgs,
        vm: &Vm,
        plan: &Plan,
    ) -> Result<Outcome, Failure> {
        let all = self.proposal.after(0);
        session.console.note(&Line::new());
        if let Some(step) = all.get(self.over).filter(|_| all.len() > 1) {
            let number = format!("Step {} of {}: ", self.over + 1, all.len());
            session.console.note(&Line::plain(number).styled(style::STRONG, step));
        }
        let then = self.proposal.after(self.over + 1);
        match take(session, args, vm, plan, &then).await {
            Ok(taken) => {
                let outcome = taken.outcome.clone();
                self.taken.push(taken);
                self.over += 1;
                Ok(outcome)
            }
            Err(failure) => Err(self.failed(failure)),
        }
    }

    /// Skips the next step, which is not needed.
    pub(crate) fn skip(&mut self) {
        self.over += 1;
    }

    /// A failure of the next step.
    pub(crate) fn failed(&self, failure: Failure) -> Failure {
        let done: Vec<String> = self.taken.iter().map(|taken| taken.done.clone()).collect();
        let steps = self.taken.iter().map(|taken| taken.step.clone()).collect();
        failure.between(done, self.proposal.after(self.over + 1), steps)
    }

    /// The tree after the last step, which must differ from `before` only by the snapshot that the step took.
    pub(crate) fn tree_with_created(
        &self,
        before: &SnapshotTree,
        outcome: &Outcome,
    ) -> Result<SnapshotTree, Failure> {
        let stale = |why: String| {
            let failure = Failure::new(Kind::Stale, "the next step was not begun").cause(why);
            self.failed(failure.hint("look at the tree, and begin anew from there"))
        };
        let (Some(tree), Some(created)) = (&outcome.tree, &outcome.created) else {
            return Err(stale("the snapshot that was taken is not known".to_owned()));
        };
        let expected = self.proposal.main().difference(tree).filter(|found| {
            let is_ours = |snapshot: &Snapshot| snapshot.id().as_str().eq_ignore_ascii_case(&created.id);
            let only_ours = found.appeared.iter().all(is_ours);
            !(only_ours && found.vanished.is_empty() && found.moved.is_empty() && found.altered.is_empty())
        });
        match expected {
            None if before.vm_id() == tree.vm_id() => Ok(tree.clone()),
            None => Err(stale("the tree is that of another VM".to_owned())),
            Some(difference) => Err(stale(format!("the tree has changed meanwhile ({difference})"))),
        }
    }

    /// The results of the steps that were completed.
    pub(super) fn into_taken(self) -> Vec<Taken> {
        self.taken
    }

    /// The answer of the command: the worst exit code of all steps.
    pub(crate) fn answer(self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let exits = self.taken.iter().map(|taken| taken.exit);
        let exit = exits.clone().find(|exit| *exit != Exit::Done).unwrap_or(Exit::Done);
        let (mut lines, mut remarks, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        for taken in self.taken {
            if !lines.is_empty() {
                lines.push(Line::new());
            }
            lines.extend(taken.lines);
            remarks.extend(taken.remarks);
            steps.push(taken.step);
        }
        let Some((step, then)) = steps.split_first() else { return Ok(Answer::nothing()) };
        // Between the progress and the result.
        session.console.note(&Line::new());
        let body = Body {
            endpoint: session.host.endpoint().to_string(),
            dry_run: false,
            fingerprint: self.proposal.fingerprint().to_string(),
            step,
            then,
            cost: None,
            later: &[],
            exit_code: exit.code(),
        };
        let mut answer = Answer::new(lines, &body)?;
        (answer.exit, answer.remarks) = (exit, remarks);
        Ok(answer)
    }
}

/// The answer of a dry run.
pub(super) fn dry(session: &Session<'_>, proposal: &Proposal, lines: Vec<Line>) -> Result<Answer, Failure> {
    let planned = |plan| Step { plan, job: None, operation: None, outcome: None };
    let then: Vec<Step> = proposal.views().skip(1).map(planned).collect();
    let words = |item: &Item| match item {
        Item::Later(words) => Some(words.clone()),
        Item::Plan(_) => None,
    };
    let later: Vec<String> = proposal.others().iter().filter_map(words).collect();
    let in_all = || CostView::from(&DestroyCost::in_all(proposal.costs()));
    let cost = (proposal.costs().len() > 1).then(in_all);
    let body = Body {
        endpoint: session.host.endpoint().to_string(),
        dry_run: true,
        fingerprint: proposal.fingerprint().to_string(),
        step: &planned(proposal.view()),
        then: &then,
        cost: cost.as_ref(),
        later: &later,
        exit_code: Exit::Done.code(),
    };
    Answer::new(lines, &body)
}
