//! The snapshots of all VMs of a host: one tree for each VM, from one answer about all settings.
//!
//! A VM's settings name it, and its snapshots name its GUID, so no VM is read for this. A VM whose settings contradict each
//! other, or cannot be read, is named with the reason and takes no other VM with it.

use std::collections::{HashMap, hash_map::Entry};

use crate::{
    hyperv::{SettingData, Snapshot, SnapshotTree, snapshot},
    violation::{ProtocolError, Violation},
};

/// The snapshots of all VMs that a user sees, at one moment.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SnapshotInventory {
    /// One tree for each VM, also for those without a snapshot; by name, then GUID.
    pub trees: Vec<SnapshotTree>,
    /// The VMs whose snapshots are left out.
    pub unreadable: Vec<UnreadableTree>,
}

/// A VM whose snapshots cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableTree {
    /// The VM's GUID; `None` if an instance does not tell which VM it belongs to.
    pub vm_id: Option<String>,
    /// The VM's name, if it was sent.
    pub vm_name: Option<String>,
    /// The reason.
    pub reason: String,
}

impl std::fmt::Display for UnreadableTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.vm_name, &self.vm_id) {
            (Some(name), _) => write!(f, "the snapshots of {name:?} are left out: {}", self.reason),
            (None, Some(id)) => write!(f, "the snapshots of the VM {id} are left out: {}", self.reason),
            (None, None) => write!(f, "a snapshot is left out: {}", self.reason),
        }
    }
}

pub(crate) use snapshot::OwnedSettings;

/// What an instance was read as.
pub(crate) type Read = Result<OwnedSettings, ProtocolError>;

/// The settings of one VM, as they arrive.
#[derive(Default)]
struct Vm {
    id: String,
    name: Option<String>,
    settings: Vec<SettingData>,
    problem: Option<ProtocolError>,
}

impl SnapshotInventory {
    /// Builds the trees from all settings of a host.
    pub(crate) fn build(instances: impl IntoIterator<Item = Read>) -> Self {
        let (mut vms, mut places) = (Vec::<Vm>::new(), HashMap::new());
        let mut inventory = Self::default();
        for instance in instances {
            let owned = match instance {
                Ok(owned) => owned,
                Err(error) => {
                    let reason = error.to_string();
                    inventory.unreadable.push(UnreadableTree { vm_id: None, vm_name: None, reason });
                    continue;
                }
            };
            let place = match places.entry(owned.vm_id.to_ascii_lowercase()) {
                Entry::Occupied(entry) => *entry.get(),
                Entry::Vacant(entry) => {
                    vms.push(Vm { id: owned.vm_id, ..Vm::default() });
                    *entry.insert(vms.len() - 1)
                }
            };
            let Some(vm) = vms.get_mut(place) else { continue };
            match owned.data {
                // The VM's own settings name it; other settings of it only where it has none.
                Ok(SettingData::System(own)) => {
                    vm.name = owned.vm_name.or(vm.name.take());
                    vm.settings.push(SettingData::System(own));
                }
                Ok(data) => {
                    vm.name = vm.name.take().or(owned.vm_name);
                    vm.settings.push(data);
                }
                Err(error) => vm.problem = Some(error),
            }
        }
        for vm in vms {
            inventory.add(vm);
        }
        let key = |id: &str, name: &str| (name.to_lowercase(), id.to_lowercase());
        inventory.trees.sort_by_cached_key(|tree| key(tree.vm_id(), tree.vm_name()));
        inventory
    }

    fn add(&mut self, vm: Vm) {
        let Vm { id, name, settings, problem } = vm;
        let is_system = |setting: &SettingData| matches!(setting, SettingData::System(_));
        let is_snapshot = |setting: &SettingData| matches!(setting, SettingData::Snapshot(_));
        // Neither a VM nor a snapshot: the VM that is being imported, for example.
        if problem.is_none() && !settings.iter().any(|setting| is_system(setting) || is_snapshot(setting)) {
            return;
        }
        let shown = name.clone().unwrap_or_else(|| id.clone());
        let built = match problem {
            Some(error) => Err(error),
            None => SnapshotTree::build(&id, &shown, settings),
        };
        match built {
            Ok(tree) => self.trees.push(tree),
            Err(error) => {
                let reason = error.to_string();
                self.unreadable.push(UnreadableTree { vm_id: Some(id), vm_name: name, reason });
            }
        }
    }

    /// Adds what another node of the same cluster shows. A VM that both show is taken once: with its own settings, if only one of
    /// them has these.
    pub fn merge(&mut self, other: Self) {
        let places = self.trees.iter().enumerate();
        let mut places: HashMap<String, usize> =
            places.map(|(place, tree)| (tree.vm_id().to_ascii_lowercase(), place)).collect();
        for tree in other.trees {
            match places.entry(tree.vm_id().to_ascii_lowercase()) {
                Entry::Vacant(entry) => {
                    entry.insert(self.trees.len());
                    self.trees.push(tree);
                }
                Entry::Occupied(entry) => {
                    let known = self.trees.get_mut(*entry.get());
                    if let Some(known) = known.filter(|known| !known.knows_current() && tree.knows_current())
                    {
                        *known = tree;
                    }
                }
            }
        }
        self.unreadable.extend(other.unreadable);
        self.trees.sort_by_cached_key(|tree| (tree.vm_name().to_lowercase(), tree.vm_id().to_lowercase()));
    }

    /// All snapshots, each with its tree.
    pub fn snapshots(&self) -> impl Iterator<Item = (&SnapshotTree, &Snapshot)> {
        self.trees.iter().flat_map(|tree| tree.snapshots().iter().map(move |snapshot| (tree, snapshot)))
    }

    /// The number of VMs.
    pub fn vms(&self) -> usize {
        self.trees.len()
    }
}

/// An answer without any settings although VMs are visible: every VM has settings of its own.
pub(crate) fn no_settings(vms: usize) -> ProtocolError {
    ProtocolError::new(Violation::WrongInstance, format!("{vms} VMs, and the settings of none of them"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hyperv::{
        SnapshotId,
        snapshot::{Parent, SnapshotKind},
    };

    fn own(vm: &str, name: &str, parent: Parent) -> Read {
        let id = Some(SnapshotId::new(format!("Microsoft:{vm}")));
        let data = Ok(SettingData::own(id, parent, None));
        Ok(OwnedSettings { vm_id: vm.to_owned(), vm_name: Some(name.to_owned()), data })
    }

    fn snapshot(vm: &str, id: &str, parent: Parent) -> Read {
        let snapshot = Snapshot {
            id: SnapshotId::new(id),
            element_name: format!("name of {id}"),
            kind: SnapshotKind::Realized,
            parent,
            created: None,
            notes: Vec::new(),
            is_automatic: false,
            is_saved: None,
            version: None,
            data_root: None,
            unreadable: Vec::new(),
        };
        let data = Ok(SettingData::Snapshot(Box::new(snapshot)));
        Ok(OwnedSettings { vm_id: vm.to_owned(), vm_name: None, data })
    }

    fn of(id: &str) -> Parent {
        Parent::Of(SnapshotId::new(id))
    }

    #[test]
    fn settings_in_any_order_become_one_tree_a_vm() {
        let inventory = SnapshotInventory::build([
            snapshot("B", "b1", Parent::Root),
            own("A", "zeta", Parent::Root),
            snapshot("b", "b2", of("b1")),
            own("B", "alpha", of("b2")),
        ]);
        let names: Vec<_> = inventory.trees.iter().map(|tree| (tree.vm_name(), tree.len())).collect();
        assert_eq!(names, [("alpha", 2), ("zeta", 0)]);
        assert_eq!(inventory.trees[0].current().map(|current| current.id().as_str()), Some("b2"));
        assert_eq!(inventory.snapshots().count(), 2);
        assert!(inventory.unreadable.is_empty());
    }

    #[test]
    fn a_vm_that_contradicts_itself_takes_no_other_with_it() {
        let inventory = SnapshotInventory::build([
            own("A", "good", Parent::Root),
            own("B", "circle", Parent::Root),
            snapshot("B", "b1", of("b2")),
            snapshot("B", "b2", of("b1")),
            Err(ProtocolError::new(Violation::BadProperty, "VirtualSystemIdentifier is missing")),
        ]);
        assert_eq!(inventory.trees.len(), 1);
        let told: Vec<String> = inventory.unreadable.iter().map(ToString::to_string).collect();
        assert!(told[0].starts_with("a snapshot is left out: "), "{told:?}");
        assert!(told[1].starts_with("the snapshots of \"circle\" are left out: "), "{told:?}");
    }

    #[test]
    fn a_vm_without_its_own_settings_is_named_by_its_guid_and_its_place_is_unknown() {
        let inventory = SnapshotInventory::build([snapshot("A-GUID", "a1", Parent::Root)]);
        assert_eq!(inventory.trees[0].vm_name(), "A-GUID");
        assert!(!inventory.trees[0].knows_current());
    }

    #[test]
    fn a_vm_on_two_nodes_is_taken_once_from_the_one_that_has_its_settings() {
        let mut one = SnapshotInventory::build([snapshot("A", "a1", Parent::Root)]);
        one.merge(SnapshotInventory::build([
            own("a", "web", of("a1")),
            snapshot("a", "a1", Parent::Root),
            own("B", "db", Parent::Root),
        ]));
        let names: Vec<_> = one.trees.iter().map(SnapshotTree::vm_name).collect();
        assert_eq!(names, ["db", "web"]);
    }
}
