//! What the simulated host holds of its VMs, and what an operation changes of it: the oracle of the campaigns.
//!
//! The client and its words have no part in it. What a word says is right if the model is the one that the operations make of the
//! model before them, to the letter: so it also shows what was changed besides.

use std::collections::BTreeMap;

use hvsnap::sim::{RunningSimulator, VmState};

/// The label of a snapshot that was not there before.
const NEW: &str = "(new)";
/// The name of a snapshot that the host named.
const NAMED_BY_HOST: &str = "(named by the host)";

/// What one operation changes of a VM. A snapshot is given by its path before the first operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// The snapshot is gone, and its children hang higher.
    Gone(&'static str),
    /// The snapshot is gone with all under it.
    GoneWithAllUnderIt(&'static str),
    /// There is a new snapshot, and the current state is based on it.
    Taken,
    /// The VM is as in the snapshot.
    Applied(&'static str),
    /// The snapshot has this name; the new one if none is given.
    Named(Option<&'static str>, &'static str),
    /// The snapshot has these notes; the new one if none is given.
    Noted(Option<&'static str>, &'static str),
    /// The VM is in this state.
    State(VmState),
}

/// The host at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model(BTreeMap<String, Vm>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Vm {
    name: String,
    state: VmState,
    notes: Vec<String>,
    /// The snapshot that was applied last.
    applied: Option<String>,
    /// The snapshot that the current state is based on.
    current: Option<String>,
    snapshots: BTreeMap<String, Snapshot>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Snapshot {
    name: String,
    notes: Vec<String>,
    parent: Option<String>,
    /// `None` of a new one: the host decides.
    is_saved: Option<bool>,
}

/// What a host was before, by which its snapshots are recognised later.
#[derive(Debug)]
pub(crate) struct Oracle {
    labels: BTreeMap<String, String>,
    pub(crate) before: Model,
}

impl Oracle {
    pub(crate) fn of(sim: &RunningSimulator) -> Self {
        let vms = sim.vms();
        let snapshots = vms.iter().flat_map(|vm| sim.snapshots_of(&vm.id).unwrap());
        let labels = snapshots.map(|snapshot| (snapshot.instance_id, snapshot.path)).collect();
        let oracle = Self { labels, before: Model(BTreeMap::new()) };
        Self { before: oracle.now(sim), ..oracle }
    }

    /// The host now.
    pub(crate) fn now(&self, sim: &RunningSimulator) -> Model {
        Model(sim.vms().into_iter().map(|vm| (vm.id.clone(), self.vm(sim, vm))).collect())
    }

    /// The path of a snapshot before the first operation.
    fn label(&self, id: &str) -> String {
        self.labels.get(id).cloned().unwrap_or_else(|| NEW.to_owned())
    }

    fn vm(&self, sim: &RunningSimulator, vm: hvsnap::sim::VmView) -> Vm {
        let mut snapshots = BTreeMap::new();
        let mut current = None;
        for found in sim.snapshots_of(&vm.id).unwrap() {
            let mut label = self.label(&found.instance_id);
            let is_new = label == NEW;
            // A second new one is what no operation makes.
            while snapshots.contains_key(&label) {
                label.push_str(" again");
            }
            if found.is_current {
                current = Some(label.clone());
            }
            let by_host = is_new && found.name.starts_with(&format!("{} - (", vm.name));
            let snapshot = Snapshot {
                name: if by_host { NAMED_BY_HOST.to_owned() } else { found.name },
                notes: found.notes,
                parent: found.parent.map(|id| self.label(&id)),
                is_saved: (!is_new).then_some(found.is_saved),
            };
            snapshots.insert(label, snapshot);
        }
        let applied = vm.applied.map(|id| self.label(&id));
        Vm { name: vm.name, state: vm.state, notes: vm.notes, applied, current, snapshots }
    }
}

impl Model {
    /// This model after one more operation on the VM.
    pub(crate) fn after(&self, vm: &str, effect: Effect) -> Self {
        let mut model = self.clone();
        let mut vms = model.0.values_mut().filter(|known| known.name == vm);
        let changed = vms.next().unwrap();
        assert!(vms.next().is_none(), "two VMs are named {vm}");
        changed.change(effect);
        model
    }

    /// What is different from another one, for people.
    pub(crate) fn difference(&self, other: &Self) -> String {
        let differ = self.0.iter().filter(|(id, vm)| other.0.get(*id) != Some(*vm));
        format!("{:?}", differ.map(|(_, vm)| vm).collect::<Vec<_>>())
    }
}

impl Vm {
    fn change(&mut self, effect: Effect) {
        match effect {
            Effect::Gone(path) => self.remove(path),
            Effect::GoneWithAllUnderIt(path) => {
                let is_under =
                    |label: &&String| label.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
                let under: Vec<String> = self.snapshots.keys().filter(is_under).cloned().collect();
                // Leaves first, so that nothing is lifted to what goes next.
                under.iter().rev().for_each(|label| self.remove(label));
                self.remove(path);
            }
            Effect::Taken => {
                let parent = self.current.replace(NEW.to_owned());
                let taken =
                    Snapshot { name: NAMED_BY_HOST.to_owned(), notes: Vec::new(), parent, is_saved: None };
                assert!(self.snapshots.insert(NEW.to_owned(), taken).is_none());
            }
            Effect::Applied(path) => {
                let is_saved = self.snapshot(Some(path)).is_saved.unwrap();
                self.state = if is_saved { VmState::Saved } else { VmState::Off };
                (self.applied, self.current) = (Some(path.to_owned()), Some(path.to_owned()));
            }
            Effect::Named(path, name) => name.clone_into(&mut self.snapshot(path).name),
            Effect::Noted(path, notes) => self.snapshot(path).notes = vec![notes.to_owned()],
            Effect::State(state) => self.state = state,
        }
    }

    fn snapshot(&mut self, path: Option<&str>) -> &mut Snapshot {
        self.snapshots.get_mut(path.unwrap_or(NEW)).unwrap()
    }

    fn remove(&mut self, path: &str) {
        let parent = self.snapshots.remove(path).unwrap().parent;
        let lift = |place: &mut Option<String>| {
            if place.as_deref() == Some(path) {
                place.clone_from(&parent);
            }
        };
        self.snapshots.values_mut().for_each(|snapshot| lift(&mut snapshot.parent));
        lift(&mut self.current);
        self.applied.take_if(|applied| applied == path);
    }
}
