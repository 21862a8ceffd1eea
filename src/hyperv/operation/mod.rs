//! Operations as values: what one is planned to do, its call, and what a look at the host shows of it.
//!
//! A [`Plan`] is made on a tree, shown and approved. An [`Action`] is what the journal stores before the call leaves, so that the
//! same judgement is made now, after an interruption, and by another process later. One module for each kind: it implements
//! [`Planned`] for its plan and [`Judged`] for its action; the engine (`host/operation`) runs them all. Pure.

mod destroy;
mod reading;

use std::fmt;

pub use destroy::DestroyAction;
pub(crate) use reading::{ActionReading, Shown};

use crate::{
    hyperv::{
        DestroyPlan, Disk, Fingerprint, JobRecord, MergingDisks, Snapshot, SnapshotTree, TreeDifference,
        VmRecord, VmWork,
    },
    violation::cut,
};

/// A snapshot by id and name, as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SnapshotName {
    /// `InstanceID`.
    pub id: String,
    /// `ElementName`.
    pub name: String,
}

impl From<&Snapshot> for SnapshotName {
    /// The name is for people alone, and cut where it is long: a record must not grow until it cannot be written.
    fn from(snapshot: &Snapshot) -> Self {
        Self { id: snapshot.id().to_string(), name: cut(snapshot.element_name()).into_owned() }
    }
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.name, self.id)
    }
}

/// A method call: the instance that has the method, its name, and its parameters in the order of the schema.
#[derive(Clone, Debug)]
pub(crate) struct MethodCall {
    pub(crate) on: Callee,
    pub(crate) method: &'static str,
    pub(crate) parameters: Vec<(&'static str, Argument)>,
}

/// The instance that has the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callee {
    /// The snapshot service of the host.
    SnapshotService,
}

/// What is passed for a parameter.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    /// A reference to settings, a snapshot's or a VM's, by `InstanceID`.
    Settings(String),
}

/// A plan, as the engine carries it out.
pub(crate) trait Planned: Send + Sync {
    /// The tree that it was made on.
    fn tree(&self) -> &SnapshotTree;

    /// The fingerprint of the plan: whoever approves it approves no other.
    fn fingerprint(&self) -> Fingerprint;

    /// What is being done, for errors: `destroying "base" of "web-01"`.
    fn during(&self) -> String;

    /// False if the host's answers do not say what depends on it.
    fn is_certain(&self) -> bool {
        true
    }

    /// False if the tree is read right before the call even where it was read a moment ago.
    fn may_use_recent_tree(&self) -> bool {
        true
    }

    /// The settings whose disks are read before the call.
    fn disks_of(&self) -> Vec<String> {
        Vec::new()
    }

    /// What the journal is to hold; with the disks before the call, `None` if they could not be read.
    fn action(&self, disks: Option<&[Disk]>) -> Action;
}

/// What one look at the host shows.
pub(crate) struct Seen<'s> {
    pub(crate) tree: &'s SnapshotTree,
    /// The fingerprint of the tree that was planned on.
    pub(crate) planned_on: Fingerprint,
}

/// An action, as it is called and judged.
pub(crate) trait Judged: Send + Sync {
    /// The kind, for programs.
    fn kind(&self) -> &'static str;

    /// The snapshot that the call names.
    fn target(&self) -> Option<&SnapshotName>;

    /// Whether what a record holds can be carried out and judged.
    #[cfg(feature = "journal")]
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// The call.
    fn call(&self) -> MethodCall;

    /// What a look shows of it.
    fn reading(&self, seen: &Seen<'_>) -> ActionReading;

    /// What there is to be done while nothing is done: the snapshots that are to go.
    fn to_do(&self) -> &[SnapshotName] {
        &[]
    }

    /// What the VM is doing, if that may be this operation.
    fn work(&self, vm: &VmRecord) -> Option<VmWork>;

    /// True if a job may be this operation's, and has not ended.
    fn may_be_job(&self, job: &JobRecord) -> bool;

    /// The disks that are to be merged afterwards, as they were before the call.
    fn merging(&self) -> Option<&MergingDisks> {
        None
    }

    /// True if no disk is to be merged while things are as they were planned on.
    fn expects_no_merge(&self) -> bool {
        true
    }
}

/// Says once which kinds of operations there are.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident($plan:ty, $action:ty),)+) => {
        /// What is planned for a VM: pure, made on its tree, to be shown and approved.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum Plan {
            $($(#[$about])* $kind($plan),)+
        }

        impl Plan {
            pub(crate) fn planned(&self) -> &dyn Planned {
                match self { $(Self::$kind(plan) => plan,)+ }
            }
        }

        $(impl From<$plan> for Plan {
            fn from(plan: $plan) -> Self {
                Self::$kind(plan)
            }
        }

        impl From<&$plan> for Plan {
            fn from(plan: &$plan) -> Self {
                Self::$kind(plan.clone())
            }
        })+

        /// What an operation is to do.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "kind", rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum Action {
            $($(#[$about])* $kind($action),)+
        }

        impl Action {
            pub(crate) fn judged(&self) -> &dyn Judged {
                match self { $(Self::$kind(action) => action,)+ }
            }
        }
    };
}

kinds! {
    /// `DestroySnapshot` or `DestroySnapshotTree`.
    Destroy(DestroyPlan, DestroyAction),
}

impl Plan {
    /// The VM's GUID.
    pub fn vm_id(&self) -> &str {
        self.tree().vm_id()
    }

    /// The VM's name for people.
    pub fn vm_name(&self) -> &str {
        self.tree().vm_name()
    }

    /// The tree that it was made on.
    pub fn tree(&self) -> &SnapshotTree {
        self.planned().tree()
    }

    /// The fingerprint of the plan: whoever approves it approves no other.
    pub fn fingerprint(&self) -> Fingerprint {
        self.planned().fingerprint()
    }

    /// What has changed since in the tree, if anything that matters has.
    pub fn difference(&self, now: &SnapshotTree) -> Option<TreeDifference> {
        TreeDifference::between(self.tree(), now)
    }
}

impl From<&Plan> for Plan {
    fn from(plan: &Plan) -> Self {
        plan.clone()
    }
}

impl Action {
    /// The kind, for programs: `destroy`.
    pub fn kind(&self) -> &'static str {
        self.judged().kind()
    }

    /// The snapshot that the call names.
    pub fn target(&self) -> Option<&SnapshotName> {
        self.judged().target()
    }

    /// The method that is called.
    pub fn method(&self) -> &'static str {
        self.judged().call().method
    }

    /// The destroy, if it is one.
    pub fn as_destroy(&self) -> Option<&DestroyAction> {
        match self {
            Self::Destroy(action) => Some(action),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hyperv::{DestroyScope, MergeExpectation},
        schema::{self, names::SNAPSHOT_SERVICE},
    };

    /// One action of each kind and form of call.
    fn all() -> Vec<Action> {
        let name = SnapshotName { id: "Microsoft:1".to_owned(), name: "base".to_owned() };
        let destroy = |scope| {
            Action::Destroy(DestroyAction {
                scope,
                destroyed: vec![name.clone()],
                kept: Vec::new(),
                merge: MergeExpectation::None,
                merging: None,
            })
        };
        vec![destroy(DestroyScope::Single), destroy(DestroyScope::Tree)]
    }

    #[test]
    fn a_call_has_the_parameters_of_its_method_in_their_order() {
        for action in all() {
            let call = action.judged().call();
            let class = match call.on {
                Callee::SnapshotService => SNAPSHOT_SERVICE,
            };
            let method = schema::class(class).unwrap().method(call.method).unwrap();
            let wanted: Vec<_> = method.inputs().map(|parameter| parameter.property.name).collect();
            let given: Vec<_> = call.parameters.iter().map(|(name, _)| *name).collect();
            assert_eq!(given, wanted, "{}", call.method);
        }
    }
}
