//! The steps of a command in order, shown, approved and run as a whole.

use hvsnap::hyperv::{DestroyCost, Fingerprint, Plan, VmState};

use crate::cli::{
    present,
    render::{Line, status::Row},
    view::PlanView,
};

/// One step of a command.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// It can be planned now.
    Plan(Box<Plan>),
    /// It cannot be planned yet, because it depends on the result of an earlier step; in words, such as `Rename it to "nightly"`.
    Later(String),
}

/// The steps of a command; the first one is a plan.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    first: Plan,
    then: Vec<Item>,
    /// What each plan costs, in their order; empty if that was not read. Shown, and no part of the fingerprint.
    costs: Vec<DestroyCost>,
}

impl Proposal {
    /// A proposal with one step.
    pub(crate) fn new(first: impl Into<Plan>) -> Self {
        Self { first: first.into(), then: Vec::new(), costs: Vec::new() }
    }

    /// `None` if there are no steps.
    pub(crate) fn of(plans: Vec<Plan>) -> Option<Self> {
        let mut plans = plans.into_iter();
        let first = plans.next()?;
        let then = plans.map(|plan| Item::Plan(Box::new(plan))).collect();
        Some(Self { first, then, costs: Vec::new() })
    }

    /// Adds a step.
    #[must_use]
    pub(crate) fn then(mut self, item: Item) -> Self {
        self.then.push(item);
        self
    }

    /// Adds a plan, if there is one.
    #[must_use]
    pub(crate) fn then_plan(self, plan: Option<impl Into<Plan>>) -> Self {
        match plan {
            Some(plan) => self.then(Item::Plan(Box::new(plan.into()))),
            None => self,
        }
    }

    /// With what each of its plans costs, in their order.
    #[must_use]
    pub(crate) fn with_costs(self, costs: Vec<DestroyCost>) -> Self {
        Self { costs, ..self }
    }

    /// What each of its plans costs, in their order; empty if that was not read.
    pub(crate) fn costs(&self) -> &[DestroyCost] {
        &self.costs
    }

    /// The plans as JSON, each with what it costs.
    pub(crate) fn views(&self) -> impl Iterator<Item = PlanView> {
        let costs = self.costs.iter().map(Some).chain(std::iter::repeat(None));
        self.plans().zip(costs).map(|(plan, cost)| PlanView::from(plan).with_cost(cost))
    }

    /// The first plan as JSON.
    pub(crate) fn view(&self) -> PlanView {
        PlanView::from(&self.first).with_cost(self.costs.first())
    }

    /// The first step.
    pub(crate) fn first(&self) -> &Plan {
        &self.first
    }

    /// The steps after the first one.
    pub(crate) fn others(&self) -> &[Item] {
        &self.then
    }

    /// All steps that can be planned now.
    pub(crate) fn plans(&self) -> impl Iterator<Item = &Plan> {
        let then = self.then.iter().filter_map(|item| match item {
            Item::Plan(plan) => Some(&**plan),
            Item::Later(_) => None,
        });
        std::iter::once(&self.first).chain(then)
    }

    /// The plans, each with the VM's state before it.
    pub(crate) fn with_states(&self, now: Option<VmState>) -> impl Iterator<Item = (&Plan, Option<VmState>)> {
        self.plans().scan(now, |state, plan| {
            let before = *state;
            *state = plan.state_after(before);
            Some((plan, before))
        })
    }

    /// The step that the command is about; the others prepare it or follow it.
    pub(crate) fn main(&self) -> &Plan {
        let is_apply = |plan: &&Plan| matches!(plan, Plan::Apply(_));
        let is_create = |plan: &&Plan| matches!(plan, Plan::Create(_));
        let found = self.plans().find(is_apply).or_else(|| self.plans().find(is_create));
        found.unwrap_or(&self.first)
    }

    /// True if one of the steps takes a snapshot.
    pub(crate) fn takes_snapshot(&self) -> bool {
        self.plans().any(|plan| matches!(plan, Plan::Create(_)))
    }

    /// The steps after the first `steps` ones, in words.
    pub(crate) fn after(&self, steps: usize) -> Vec<String> {
        std::iter::once(present::question(&self.first))
            .chain(self.then.iter().map(Item::words))
            .skip(steps)
            .collect()
    }

    /// The fingerprint of all steps: an approval holds for these steps only.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let then: Vec<String> = self.then.iter().map(Item::mark).collect();
        self.first.fingerprint_with(&then)
    }

    /// The steps, if there are several, and the fingerprint.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        if !self.then.is_empty() {
            let steps = self.after(0).into_iter().zip(1..);
            rows.extend(steps.map(|(step, number)| ("step", Line::plain(format_args!("{number}. {step}")))));
        }
        rows.push(("fingerprint", Line::plain(self.fingerprint())));
        rows
    }
}

impl Item {
    fn words(&self) -> String {
        match self {
            Self::Plan(plan) => present::question(plan),
            Self::Later(words) => words.clone(),
        }
    }

    fn mark(&self) -> String {
        match self {
            Self::Plan(plan) => plan.fingerprint().to_string(),
            Self::Later(words) => words.clone(),
        }
    }
}
