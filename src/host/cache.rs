//! What was read of the VMs a moment ago, so that an operation does not read it again.
//!
//! It holds only the time of a reading and a summary, and forgets a VM as soon as this client changes it, or the journal shows
//! that another process did. A reading is as old as its request. The time is passed in.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::hyperv::{Fingerprint, SnapshotTree};

/// How long a reading is fresh unless the builder says otherwise: about the time of another reading and a call.
pub(super) const FRESH_FOR: Duration = Duration::from_secs(1);

/// The cache of one client.
#[derive(Debug)]
pub(super) struct Cache {
    fresh_for: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often this client has changed the host.
    changes: u64,
    /// By the VM's folded GUID.
    vms: HashMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// When a request was sent whose answer showed the VM idle.
    idle: Option<Duration>,
    /// When a request was sent whose answer showed the VM busy: then the tree may change until the VM is seen idle again.
    busy: Option<Duration>,
    /// When the tree was requested, and its fingerprint.
    tree: Option<(Duration, Fingerprint)>,
}

impl Seen {
    fn is_empty(&self) -> bool {
        self.idle.is_none() && self.busy.is_none() && self.tree.is_none()
    }

    /// Drops the readings whose time satisfies `is_over`.
    fn drop_where(&mut self, is_over: impl Fn(Duration) -> bool) {
        self.idle = self.idle.filter(|at| !is_over(*at));
        self.busy = self.busy.filter(|at| !is_over(*at));
        self.tree = self.tree.filter(|(at, _)| !is_over(*at));
    }
}

/// A request that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    at: Duration,
    changes: u64,
}

impl Cache {
    pub(super) fn new(fresh_for: Duration) -> Self {
        Self { fresh_for, state: Mutex::default() }
    }

    /// An empty cache with the same `fresh_for`.
    pub(super) fn empty_copy(&self) -> Self {
        Self::new(self.fresh_for)
    }

    /// To be called before a request is sent: the answer counts as that old.
    pub(super) fn asking(&self, now: Duration) -> Asked {
        Asked { at: now, changes: self.state().changes }
    }

    /// The VM answered, and showed whether it is idle.
    pub(super) fn vm(&self, vm_id: &str, asked: Asked, is_idle: bool) {
        self.note(vm_id, asked, |seen| {
            // An answer to an earlier request than the last one recorded adds nothing.
            if seen.idle.max(seen.busy).is_some_and(|at| at > asked.at) {
                return;
            }
            if !is_idle || seen.busy.is_some() {
                seen.tree = None;
            }
            let at = Some(asked.at);
            (seen.idle, seen.busy) = if is_idle { (at, None) } else { (None, at) };
        });
    }

    /// The VM's tree was read.
    pub(super) fn tree(&self, asked: Asked, tree: &SnapshotTree) {
        self.note(tree.vm_id(), asked, |seen| {
            if seen.tree.is_some_and(|(at, _)| at > asked.at) {
                return;
            }
            seen.tree = seen.busy.is_none().then(|| (asked.at, tree.fingerprint()));
        });
    }

    /// Whether the VM was idle a moment ago.
    pub(super) fn is_idle(&self, vm_id: &str, now: Duration) -> bool {
        let state = self.state();
        let seen = state.vms.get(&folded(vm_id)).and_then(|seen| seen.idle);
        seen.is_some_and(|at| self.is_fresh(at, now))
    }

    /// Whether `tree` equals the tree that was read a moment ago.
    pub(super) fn is_current(&self, tree: &SnapshotTree, now: Duration) -> bool {
        let state = self.state();
        let seen = state.vms.get(&folded(tree.vm_id())).and_then(|seen| seen.tree);
        seen.is_some_and(|(at, read)| self.is_fresh(at, now) && read == tree.fingerprint())
    }

    /// The VM is being changed, or was: readings and pending requests from before are outdated.
    pub(super) fn changed(&self, vm_id: &str) {
        let mut state = self.state();
        state.changes += 1;
        state.vms.remove(&folded(vm_id));
    }

    /// The same for all VMs.
    pub(super) fn changed_any(&self) {
        let mut state = self.state();
        state.changes += 1;
        state.vms.clear();
    }

    /// Another process worked on the VM until `time`.
    pub(super) fn outdated(&self, vm_id: &str, time: Duration) {
        if let Some(seen) = self.state().vms.get_mut(&folded(vm_id)) {
            seen.drop_where(|at| at <= time);
        }
    }

    fn note(&self, vm_id: &str, asked: Asked, write: impl FnOnce(&mut Seen)) {
        let mut state = self.state();
        // The VM was changed between request and answer, so it is unknown which state the answer shows.
        if asked.changes != state.changes || self.fresh_for.is_zero() {
            return;
        }
        // What is no longer fresh is useless; dropping it bounds the cache to what is read within `fresh_for`.
        for seen in state.vms.values_mut() {
            seen.drop_where(|at| asked.at.saturating_sub(at) >= self.fresh_for);
        }
        state.vms.retain(|_, seen| !seen.is_empty());
        write(state.vms.entry(folded(vm_id)).or_default());
    }

    /// A clock that was set back makes nothing fresh.
    fn is_fresh(&self, at: Duration, now: Duration) -> bool {
        now.checked_sub(at).is_some_and(|age| age < self.fresh_for)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn folded(vm_id: &str) -> String {
    vm_id.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VM: &str = "9B1DEB4D-0000-4000-8000-0000000000A1";
    const SECOND: Duration = Duration::from_secs(1);

    fn tree() -> SnapshotTree {
        SnapshotTree::build(VM, "web-01", Vec::new()).unwrap()
    }

    fn read() -> (Cache, Duration) {
        let (cache, now) = (Cache::new(SECOND), 1000 * SECOND);
        let asked = cache.asking(now);
        cache.vm(&VM.to_lowercase(), asked, true);
        cache.tree(asked, &tree());
        (cache, now)
    }

    fn fresh(cache: &Cache, now: Duration) -> (bool, bool) {
        (cache.is_idle(VM, now), cache.is_current(&tree(), now))
    }

    #[test]
    fn a_reading_is_fresh_until_its_time_is_over_and_never_before_it_was_made() {
        let (cache, now) = read();
        assert_eq!(fresh(&cache, now), (true, true));
        assert_eq!(fresh(&cache, now + SECOND - Duration::from_nanos(1)), (true, true));
        assert_eq!(fresh(&cache, now + SECOND), (false, false));
        assert_eq!(fresh(&cache, now - Duration::from_nanos(1)), (false, false));
        let never = Cache::new(Duration::ZERO);
        never.tree(never.asking(now), &tree());
        assert_eq!(fresh(&never, now), (false, false));
    }

    #[test]
    fn a_busy_vm_is_not_idle_and_another_tree_is_not_the_one_planned_on() {
        let (cache, now) = read();
        cache.vm(VM, cache.asking(now), false);
        assert_eq!(fresh(&cache, now), (false, false), "the tree may change while it is busy");
        cache.tree(cache.asking(now), &tree());
        assert_eq!(fresh(&cache, now), (false, false));
        cache.vm(VM, cache.asking(now), true);
        assert_eq!(fresh(&cache, now), (true, false), "it may have changed until now");
        cache.tree(cache.asking(now), &tree());
        assert_eq!(fresh(&cache, now), (true, true));
        let other = SnapshotTree::build("another", "web-02", Vec::new()).unwrap();
        assert!(!cache.is_current(&other, now));
    }

    #[test]
    fn an_answer_that_was_overtaken_changes_nothing() {
        let (cache, now) = read();
        let before = cache.asking(now - Duration::from_millis(1));
        cache.vm(VM, before, false);
        assert_eq!(fresh(&cache, now), (true, true));
        let later = cache.asking(now + Duration::from_millis(1));
        cache.vm(VM, later, false);
        cache.vm(VM, cache.asking(now), true);
        assert!(!cache.is_idle(VM, now), "it was seen busy since");
    }

    #[test]
    fn a_change_ends_what_was_read_before_and_what_was_asked_before() {
        for all in [false, true] {
            let (cache, now) = read();
            let asked = cache.asking(now);
            if all {
                cache.changed_any();
            } else {
                cache.changed(&VM.to_lowercase());
            }
            assert_eq!(fresh(&cache, now), (false, false));
            cache.tree(asked, &tree());
            assert_eq!(fresh(&cache, now), (false, false));
            cache.tree(cache.asking(now), &tree());
            assert_eq!(fresh(&cache, now), (false, true));
        }
    }

    #[test]
    fn what_somebody_else_has_written_down_since_ends_it() {
        let (cache, now) = read();
        cache.outdated(VM, now - Duration::from_nanos(1));
        assert_eq!(fresh(&cache, now), (true, true));
        cache.outdated(VM, now);
        assert_eq!(fresh(&cache, now), (false, false));
    }

    #[test]
    fn what_is_not_fresh_any_more_is_not_held() {
        let cache = Cache::new(SECOND);
        for second in 0..1000 {
            let asked = cache.asking(SECOND * second);
            cache.vm(&format!("vm {second}"), asked, true);
        }
        assert_eq!(cache.state().vms.len(), 1);
    }
}
