//! What was read of the VMs a moment ago, so that a destroy does not ask for what it has just been told.
//!
//! It never holds more than when something was read and what it was in short, and forgets a VM as soon as this client has
//! changed it or the journal shows that somebody else has. What was read before it began to ask counts; time comes in from outside.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::hyperv::{Fingerprint, SnapshotTree};

/// How long a reading is fresh unless the builder says otherwise: about as long as reading again and calling would take.
pub(super) const FRESH_FOR: Duration = Duration::from_secs(1);

/// The cache of one client.
#[derive(Debug)]
pub(super) struct Cache {
    fresh_for: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the host was changed from here.
    changes: u64,
    /// By the VM's folded GUID.
    vms: HashMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// When it was asked whether the VM is busy, and it was not.
    idle: Option<Duration>,
    /// The same, and it was: whoever is at it may change the tree until it is seen idle again.
    busy: Option<Duration>,
    /// When it was asked for its tree, and what that was.
    tree: Option<(Duration, Fingerprint)>,
}

impl Seen {
    fn is_empty(&self) -> bool {
        self.idle.is_none() && self.busy.is_none() && self.tree.is_none()
    }

    /// Drops what `is_over` says of.
    fn drop_where(&mut self, is_over: impl Fn(Duration) -> bool) {
        self.idle = self.idle.filter(|at| !is_over(*at));
        self.busy = self.busy.filter(|at| !is_over(*at));
        self.tree = self.tree.filter(|(at, _)| !is_over(*at));
    }
}

/// A question that is about to be put.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    at: Duration,
    changes: u64,
}

impl Cache {
    pub(super) fn new(fresh_for: Duration) -> Self {
        Self { fresh_for, state: Mutex::default() }
    }

    /// One with nothing in it that keeps what it is given for as long.
    pub(super) fn emptied(&self) -> Self {
        Self::new(self.fresh_for)
    }

    /// To be taken before a question is put: its answer is as old as that.
    pub(super) fn asking(&self, now: Duration) -> Asked {
        Asked { at: now, changes: self.state().changes }
    }

    /// The VM answered, and showed that it is not busy, or that it is.
    pub(super) fn vm(&self, vm_id: &str, asked: Asked, is_idle: bool) {
        self.note(vm_id, asked, |seen| {
            // An answer that was overtaken by a later one's says nothing new.
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

    /// Whether the VM was not busy a moment ago.
    pub(super) fn is_idle(&self, vm_id: &str, now: Duration) -> bool {
        let state = self.state();
        let seen = state.vms.get(&folded(vm_id)).and_then(|seen| seen.idle);
        seen.is_some_and(|at| self.is_fresh(at, now))
    }

    /// Whether `tree` is what was there a moment ago, by the last reading.
    pub(super) fn is_current(&self, tree: &SnapshotTree, now: Duration) -> bool {
        let state = self.state();
        let seen = state.vms.get(&folded(tree.vm_id())).and_then(|seen| seen.tree);
        seen.is_some_and(|(at, read)| self.is_fresh(at, now) && read == tree.fingerprint())
    }

    /// The VM is being changed, or was: nothing that was read or asked for before says what is there now.
    pub(super) fn changed(&self, vm_id: &str) {
        let mut state = self.state();
        state.changes += 1;
        state.vms.remove(&folded(vm_id));
    }

    /// The same of any VM.
    pub(super) fn changed_any(&self) {
        let mut state = self.state();
        state.changes += 1;
        state.vms.clear();
    }

    /// Somebody was at the VM at `time`, or until then.
    pub(super) fn outdated(&self, vm_id: &str, time: Duration) {
        if let Some(seen) = self.state().vms.get_mut(&folded(vm_id)) {
            seen.drop_where(|at| at <= time);
        }
    }

    fn note(&self, vm_id: &str, asked: Asked, write: impl FnOnce(&mut Seen)) {
        let mut state = self.state();
        // A change came between question and answer: which was first, nobody knows.
        if asked.changes != state.changes || self.fresh_for.is_zero() {
            return;
        }
        // What is not fresh any more is of no use, so this never grows beyond what is read within that time.
        for seen in state.vms.values_mut() {
            seen.drop_where(|at| asked.at.saturating_sub(at) >= self.fresh_for);
        }
        state.vms.retain(|_, seen| !seen.is_empty());
        write(state.vms.entry(folded(vm_id)).or_default());
    }

    /// A clock that went back makes nothing fresh.
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
