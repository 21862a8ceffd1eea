//! The associations: of VMs, snapshots, settings, disks and jobs.
//!
//! Roles as Microsoft documents them: those of `Msvm_LastAppliedSnapshot` are the reverse of the others. An association never
//! references an object that does not exist.

use super::{View, job, settings, storage, system};
use crate::{
    schema::{names, values::effect},
    sim::{
        instance::Instance,
        model::{Host, Job, JobKind, ServiceJob, Work},
        path::ObjectPath,
    },
};

pub(super) fn all(view: &View<'_>, class: &'static str) -> Option<Vec<Instance>> {
    let mut rows = Vec::new();
    match class {
        names::AFFECTED_JOB_ELEMENT | names::AFFECTED_STORAGE_JOB_ELEMENT => {
            for known in view.jobs() {
                let stores = matches!(known.kind, JobKind::Merge(_));
                if stores == (class == names::AFFECTED_STORAGE_JOB_ELEMENT) {
                    rows.extend(affected(view.host, class, known)?);
                }
            }
        }
        _ => {
            for vm in view.vms() {
                let system = system::path(vm)?;
                let at = |id: &String| settings::path(id);
                match class {
                    names::SNAPSHOT_OF_VIRTUAL_SYSTEM => {
                        for snapshot in &vm.snapshots {
                            rows.push(link(class, system.clone(), at(&snapshot.id)?)?);
                        }
                    }
                    names::MOST_CURRENT_SNAPSHOT => {
                        if let Some(current) = &vm.current {
                            rows.push(link(class, system.clone(), at(current)?)?);
                        }
                    }
                    names::LAST_APPLIED_SNAPSHOT => {
                        if let Some(applied) = &vm.applied {
                            rows.push(link(class, at(applied)?, system.clone())?);
                        }
                    }
                    names::SETTINGS_DEFINE_STATE => rows.push(
                        Instance::of(class)?.with("ManagedElement", system).with("SettingData", at(&vm.id)?),
                    ),
                    names::SETTING_DATA_COMPONENT => {
                        let owners = vm.snapshots.iter().map(|snapshot| Some(snapshot.id.as_str()));
                        for owner in owners.chain([None]) {
                            let group = settings::path(owner.unwrap_or(&vm.id))?;
                            for part in storage::paths(vm, owner)? {
                                let row = Instance::of(class)?.with("GroupComponent", group.clone());
                                rows.push(row.with("PartComponent", part));
                            }
                        }
                    }
                    _ => return None,
                }
            }
        }
    }
    Some(rows)
}

fn link(class: &str, antecedent: ObjectPath, dependent: ObjectPath) -> Option<Instance> {
    Some(Instance::of(class)?.with("Antecedent", antecedent).with("Dependent", dependent))
}

/// A job affects its VM; a job that works on a snapshot also affects the snapshot, one that merges the VM's disks.
fn affected(host: &Host, class: &str, job: &Job) -> Option<Vec<Instance>> {
    let Some(vm) = host.vm(&job.vm) else { return Some(Vec::new()) };
    let mut touched = vec![(system::path(vm)?, effect::UNKNOWN)];
    match &job.kind {
        JobKind::Service(ServiceJob { work, .. }) => {
            let (is_linked, effect) = match work {
                Work::Create(new) => (new.linked.is_some_and(|from| from <= host.now()), effect::CREATE),
                _ => (true, effect::EXCLUSIVE_USE),
            };
            if let Some(id) = work.snapshot().filter(|id| is_linked && vm.snapshot(id).is_some()) {
                touched.push((settings::path(id)?, effect));
            }
        }
        JobKind::Merge(_) => {
            touched.extend(storage::paths(vm, None)?.into_iter().map(|disk| (disk, effect::EXCLUSIVE_USE)));
        }
    }
    let by = job::path(job)?;
    let row = |(element, effect): (ObjectPath, u16)| {
        let row = Instance::of(class)?.with("AffectedElement", element).with("AffectingElement", by.clone());
        Some(row.with("ElementEffects", [effect].as_slice()))
    };
    touched.into_iter().map(row).collect()
}
