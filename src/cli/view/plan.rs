//! Plans, as JSON: the same content as the text.

use hvsnap::hyperv::{Caution, DestroyCost, DestroyPlan, DestroyScope, Plan};
use serde::Serialize;

use super::{CostView, SnapshotRef, VmRef};
use crate::cli::commands::{
    merge::enable,
    snapshot::{apply, clear_state, create, modify},
    vm::state,
};

/// A plan of any kind.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum PlanView {
    Destroy(Box<DestroyView>),
    Create(create::View),
    Apply(apply::View),
    Modify(modify::View),
    Clear(clear_state::View),
    State(state::View),
    EnableMerging(enable::View),
    /// A kind that a later version of the library may add.
    Other {
        /// Fingerprint of the plan: an approval holds for it alone.
        fingerprint: String,
    },
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        let fingerprint = plan.fingerprint().to_string();
        match plan {
            Plan::Destroy(plan) => Self::Destroy(Box::new(plan.into())),
            Plan::Create(plan) => Self::Create(create::View::new(plan, fingerprint)),
            Plan::Apply(plan) => Self::Apply(apply::View::new(plan, fingerprint)),
            Plan::Modify(plan) => Self::Modify(modify::View::new(plan, fingerprint)),
            Plan::Clear(plan) => Self::Clear(clear_state::View::new(plan, fingerprint)),
            Plan::State(plan) => Self::State(state::View::new(plan, fingerprint)),
            Plan::EnableMerging(plan) => Self::EnableMerging(enable::View::new(plan, fingerprint)),
            _ => Self::Other { fingerprint },
        }
    }
}

impl PlanView {
    /// The plan with what it costs.
    pub(crate) fn with_cost(self, cost: Option<&DestroyCost>) -> Self {
        match self {
            Self::Destroy(view) => {
                Self::Destroy(Box::new(DestroyView { cost: cost.map(CostView::from), ..*view }))
            }
            other => other,
        }
    }
}

/// What would be destroyed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DestroyView {
    /// The VM.
    vm: VmRef,
    /// Whether what is under the snapshot goes too.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::hyperv::DestroyScope>"))]
    scope: &'static str,
    /// The snapshot that the call names.
    target: SnapshotRef,
    /// The names from the root to the target; null if longer than 64 names or 4096 bytes.
    path: Option<String>,
    /// Fingerprint of the plan: an approval holds for it alone.
    fingerprint: String,
    /// The snapshots that go.
    destroyed: Vec<SnapshotRef>,
    /// What becomes of the snapshots under it.
    dependents: Vec<DependentView>,
    /// True if the VM's current state descends from a destroyed snapshot.
    takes_current: bool,
    /// Whether disks are to be merged afterwards.
    #[cfg_attr(test, schemars(with = "crate::cli::schema::keys::Keys<hvsnap::hyperv::MergeExpectation>"))]
    merge_expected: &'static str,
    /// What is merged and freed; left out if it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostView>,
    /// What to think of before agreeing.
    cautions: Vec<CautionView>,
    /// False if a parent cannot be read; such a plan cannot begin.
    certain: bool,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct DependentView {
    #[serde(flatten)]
    snapshot: SnapshotRef,
    /// What becomes of it.
    becomes: Becomes,
    /// The id of the new parent, if re-parented; null if it becomes a root.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("nullable" = true)))]
    new_parent: Option<Option<String>>,
}

/// What becomes of a snapshot.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum Becomes {
    Destroyed,
    Reparented,
    Kept,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CautionView {
    /// The reason.
    kind: Reason,
    /// Id of the snapshot.
    snapshot: String,
}

/// The reason of a caution.
#[derive(Clone, Copy, Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CautionReason"))]
#[serde(rename_all = "snake_case")]
enum Reason {
    Backup,
    Replica,
    Automatic,
    SavedState,
    Unusual,
    UnreadableParent,
}

impl From<&DestroyPlan> for DestroyView {
    fn from(plan: &DestroyPlan) -> Self {
        let dependents = plan.dependents().iter().map(|snapshot| {
            let (becomes, new_parent) = match plan.scope() {
                DestroyScope::Tree => (Becomes::Destroyed, None),
                DestroyScope::Single if plan.reparents(snapshot) => {
                    (Becomes::Reparented, Some(plan.new_parent().map(|parent| parent.id().to_string())))
                }
                DestroyScope::Single => (Becomes::Kept, None),
            };
            DependentView { snapshot: snapshot.into(), becomes, new_parent }
        });
        Self {
            vm: VmRef::of(plan.tree()),
            scope: plan.scope().key(),
            target: plan.target().into(),
            path: plan.tree().short_path(plan.target()),
            fingerprint: plan.fingerprint().to_string(),
            destroyed: plan.destroyed().iter().map(SnapshotRef::from).collect(),
            dependents: dependents.collect(),
            takes_current: plan.takes_current(),
            merge_expected: plan.merge_expectation().key(),
            cost: None,
            cautions: plan.cautions().iter().filter_map(caution).collect(),
            certain: plan.is_certain(),
        }
    }
}

fn caution(caution: &Caution) -> Option<CautionView> {
    let (kind, id) = match caution {
        Caution::Backup(id) => (Reason::Backup, id),
        Caution::Replica(id) => (Reason::Replica, id),
        Caution::Automatic(id) => (Reason::Automatic, id),
        Caution::SavedState(id) => (Reason::SavedState, id),
        Caution::Unusual(id) => (Reason::Unusual, id),
        Caution::UnreadableParent(id) => (Reason::UnreadableParent, id),
        _ => return None,
    };
    Some(CautionView { kind, snapshot: id.to_string() })
}
