//! What comes of a job after its end: what was asked for can be seen, and later the disks point to the files that are left.
//!
//! A deletion has three stages (reported by watchers of real hosts): the job ends; then the object goes; then, after a merge,
//! `HostResource` of the disks changes. A new snapshot can appear after the end of its job, too. A lab can put time between
//! the stages. It never starts by itself: `call` schedules it.

use std::time::Duration;

use super::{
    Host,
    call::{ServiceJob, Work},
};
use crate::sim::lab::VmState;

/// An effect that waits for its time.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    due: Duration,
    vm: String,
    effect: Effect,
}

#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// The effect of a call.
    Work(Box<ServiceJob>),
    /// The disks give up these layers.
    Switch(Vec<u32>),
    /// The guest has shut down.
    ShutDown,
}

/// What is due next, as an index.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    Effect(usize),
    Job(usize),
}

impl Host {
    /// Has the effect happen at `due`: with the next [`advance`](Self::advance) if that is now.
    pub(super) fn schedule(&mut self, due: Duration, vm: &str, effect: Effect) {
        self.effects.push(Pending { due, vm: vm.to_owned(), effect });
    }

    /// True if the effect of an ended job on the snapshots of the VM is still pending.
    pub(super) fn is_about_to_change(&self, vm: &str) -> bool {
        let is_exclusive = |effect: &Effect| matches!(effect, Effect::Work(job) if job.work.is_exclusive());
        self.effects.iter().any(|known| known.vm == vm && is_exclusive(&known.effect))
    }

    /// The layers of the VM whose merge has ended, while its disks do not point to the files that are left.
    pub(super) fn about_to_switch(&self, vm: &str) -> impl Iterator<Item = u32> {
        let of_vm = self.effects.iter().filter(move |known| known.vm == vm);
        of_vm
            .flat_map(|known| match &known.effect {
                Effect::Switch(layers) => layers.as_slice(),
                Effect::Work(_) | Effect::ShutDown => &[],
            })
            .copied()
    }

    /// Drops pending changes of the VM's state.
    pub(super) fn forget_transition(&mut self, vm: &str) {
        let is_transition = |effect: &Effect| match effect {
            Effect::ShutDown => true,
            Effect::Work(job) => matches!(job.work, Work::State(_)),
            Effect::Switch(_) => false,
        };
        self.effects.retain(|known| known.vm != vm || !is_transition(&known.effect));
    }

    /// What became due first; an effect before a job, as it belongs to an earlier one.
    pub(super) fn next_due(&self) -> Option<(Duration, Due)> {
        let effects = self.effects.iter().enumerate().map(|(index, known)| (known.due, Due::Effect(index)));
        let jobs = self.jobs.iter().enumerate();
        let jobs = jobs.filter_map(|(index, job)| job.due().map(|due| (due, Due::Job(index))));
        effects.chain(jobs).filter(|(due, _)| *due <= self.now).min_by_key(|(due, _)| *due)
    }

    pub(super) fn take_effect(&mut self, index: usize) {
        let Pending { due, vm, effect } = self.effects.remove(index);
        match effect {
            Effect::Work(job) => self.carry_out(&vm, *job, due),
            Effect::Switch(layers) => self.switch(&vm, &layers, due),
            Effect::ShutDown => self.end_transition(&vm, Some(VmState::Off), due),
        }
    }
}
