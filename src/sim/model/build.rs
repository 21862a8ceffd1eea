//! Builds the initial host from a lab: assigns identifiers and lays the disk layers.
//!
//! The same lab and seed give the same host.

use std::{collections::HashMap, time::Duration};

use super::{
    Host, Node, Snapshot, Vm,
    layers::{Layers, Owner},
    sizes,
    snapshots::Snapshots,
};
use crate::sim::{
    lab::{Lab, SnapshotSpec, VmSpec},
    random::Random,
};

impl Host {
    /// The host of `lab`, at the time `now`.
    pub(crate) fn new(lab: &Lab, seed: u64, now: Duration) -> Self {
        let mut random = Random::seeded(seed);
        // Up for ninety days: long enough for uptimes that look real.
        let booted = now.saturating_sub(Duration::from_secs(90 * 86_400));
        let vms: Vec<Vm> =
            lab.vms.iter().map(|spec| vm(spec, &lab.host.name, &mut random, now, booted)).collect();
        let volumes = sizes::volumes(&lab.host.volumes, &vms, &lab.nodes, now);
        Self {
            spec: lab.host.clone(),
            timing: lab.timing,
            cluster: lab.cluster.as_ref().map(|cluster| cluster.name.clone()),
            nodes: lab.nodes.map(Node::new),
            owner: 0,
            vms,
            volumes,
            jobs: Vec::new(),
            effects: Vec::new(),
            random,
            now,
            booted,
        }
    }
}

fn vm(spec: &VmSpec, host: &str, random: &mut Random, now: Duration, booted: Duration) -> Vm {
    let id = spec.id.clone().unwrap_or_else(|| random.guid());
    let ids: Vec<String> =
        spec.snapshots.iter().map(|snapshot| snapshot.id.clone().unwrap_or_else(|| random.guid())).collect();
    let id_of = |index: Option<usize>| index.and_then(|index| ids.get(index)).cloned();
    let mut tree: Vec<(Owner, Option<Owner>)> = Vec::new();
    let mut snapshots = Snapshots::default();
    for (snapshot, id) in spec.snapshots.iter().zip(&ids) {
        let parent = id_of(snapshot.parent);
        tree.push((Owner::Snapshot(id.clone()), parent.clone().map(Owner::Snapshot)));
        snapshots.push(self::snapshot(snapshot, id.clone(), parent));
    }
    let current = id_of(spec.current);
    tree.push((Owner::Now, current.clone().map(Owner::Snapshot)));
    let written: HashMap<&str, u64> =
        ids.iter().map(String::as_str).zip(spec.snapshots.iter().map(|snapshot| snapshot.written)).collect();
    let written = |owner: &Owner| match owner {
        Owner::Now => spec.sizes.written,
        Owner::Snapshot(id) => written.get(id.as_str()).copied().unwrap_or_default(),
    };
    let layers = Layers::laid(&tree, || random.guid()).sized(spec.sizes.base, written);
    Vm {
        id,
        name: spec.name.clone(),
        node: spec.node.clone().unwrap_or_else(|| host.to_owned()),
        state: spec.state,
        changing: None,
        changed: booted.max(spec.created),
        started: spec.state.is_live().then_some(booted),
        requests: spec.requests.clone(),
        guest: spec.guest,
        generation: spec.generation,
        created: spec.created,
        notes: spec.notes.clone(),
        disks: spec.disks.clone(),
        merging: spec.merging,
        snapshots,
        current,
        applied: id_of(spec.applied),
        layers,
        sizes: spec.sizes,
        written: now,
        configured: spec.created,
        checkpoints: spec.checkpoints,
        guest_vss: spec.guest_vss,
        create: spec.create.clone(),
        modify: spec.modify.clone(),
    }
}

fn snapshot(spec: &SnapshotSpec, id: String, parent: Option<String>) -> Snapshot {
    Snapshot {
        id,
        name: spec.name.clone(),
        parent,
        created: spec.created,
        kind: spec.kind,
        automatic: spec.automatic,
        saved_state: spec.saved_state,
        notes: spec.notes.clone(),
        destroy: spec.destroy.clone(),
        apply: spec.apply.clone(),
        clear: spec.clear.clone(),
    }
}
