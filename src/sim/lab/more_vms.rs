//! Additional VMs for a lab, for tests that need many.
//!
//! Each is like a `[[vm]]` with only a name. The model gives the identifiers, from the seed.

use std::collections::BTreeMap;

use super::{CallSpec, Checkpoints, DiskSizes, Guest, Lab, VmSpec, VmState, check, disks};
use crate::codes::method;

impl Lab {
    /// Adds VMs without snapshots, `vm-000001` and so on.
    pub(crate) fn add_vms(&mut self, number: usize) {
        self.vms.extend((1..=number).map(|number| vm(format!("vm-{number:06}"))));
    }
}

fn vm(name: String) -> VmSpec {
    VmSpec {
        id: None,
        node: None,
        state: VmState::Running,
        generation: 2,
        created: check::DEFAULT_CREATED,
        notes: Vec::new(),
        disks: disks::default_disks(&name),
        sizes: DiskSizes::default(),
        merging: true,
        snapshots: Vec::new(),
        current: None,
        applied: None,
        checkpoints: Checkpoints::Production,
        guest_vss: true,
        create: CallSpec::default(),
        modify: CallSpec::ordinary(method::COMPLETED),
        guest: Guest::default(),
        requests: BTreeMap::new(),
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vm_that_is_added_is_one_with_nothing_but_a_name() {
        let text = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[vm]]\nname = \"vm-000001\"\n";
        let mut lab = Lab::parse(text).unwrap();
        lab.add_vms(2);
        let [given, first, second] = lab.vms.as_slice() else { panic!("{} VMs", lab.vms.len()) };
        assert_eq!(format!("{given:?}"), format!("{first:?}"));
        assert_eq!(second.name, "vm-000002");
    }
}
