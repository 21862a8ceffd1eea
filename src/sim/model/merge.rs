//! The merge of superfluous disk layers.

use std::time::Duration;

use super::{Host, Job, JobKind, job::MergeJob};
use crate::sim::lab::{CallSpec, JobEnd, MergeSpec};

impl Host {
    /// Points the disks of the VM to the files that are left.
    pub(super) fn switch(&mut self, vm_id: &str, layers: &[u32], at: Duration) {
        if let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) {
            for layer in layers {
                vm.layers.merged(*layer);
            }
            vm.configured = at;
        }
    }

    /// Starts the merge of the superfluous layers of the VM, those of a merge that failed included.
    pub(super) fn start_merge(&mut self, vm_id: &str, spec: &CallSpec, at: Duration) {
        let Some(vm) = self.vms.iter_mut().find(|vm| vm.id == vm_id) else { return };
        let (mut layers, merging) = (vm.layers.settle(), vm.merging);
        let under_way = self.merging_layers(vm_id);
        layers.retain(|layer| !under_way.contains(layer));
        if layers.is_empty() || !merging {
            return;
        }
        let run = spec.merge_time.unwrap_or(self.timing.merge);
        let (end, error_code) = match spec.merge {
            MergeSpec::Fails => (JobEnd::Exception, spec.merge_error_code),
            MergeSpec::Stops => (JobEnd::Vanishes, 0),
            MergeSpec::Completes | MergeSpec::None | MergeSpec::Never => (JobEnd::Completes, 0),
        };
        let disk_delay = spec.disk_delay.unwrap_or(self.timing.disk_delay);
        let job = Job {
            id: self.guid(),
            kind: JobKind::Merge(MergeJob { layers, disk_delay }),
            vm: vm_id.to_owned(),
            owner: "NT AUTHORITY\\SYSTEM".to_owned(),
            is_left: false,
            submitted: at.saturating_add(spec.merge_delay.unwrap_or(self.timing.merge_delay)),
            run: (spec.merge != MergeSpec::Never).then_some(run),
            end,
            error_code,
            error_description: spec.merge_error_description.clone(),
            cancellable: false,
            cancel: None,
            finished: None,
        };
        self.jobs.push(job);
    }

    /// The layers of the VM that merge, will in a moment, or did while its disks do not show it yet.
    pub(super) fn merging_layers(&self, vm: &str) -> Vec<u32> {
        let jobs = self.jobs.iter().filter(|job| !job.has_ended() && job.vm == vm);
        let merging = jobs.flat_map(|job| match &job.kind {
            JobKind::Merge(merge) => merge.layers.as_slice(),
            JobKind::Service(_) => &[],
        });
        merging.copied().chain(self.about_to_switch(vm)).collect()
    }
}
