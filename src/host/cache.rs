//! What was read of the machines a moment ago, so that a destroy does not ask for what it has just been told.
//!
//! It never holds more than when something was read and what it was in short, and forgets a machine as soon as this client has
//! changed it or the journal shows that somebody else has. What was read before it began to ask counts; time comes in from outside.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::hyperv::{Fingerprint, SnapshotTree};

/// How long a reading is fresh unless the builder says otherwise: about as long as reading again and calling would take.
pub(super) const FRESH_FOR: Duration = Duration::from_secs(1);

/// The readings of one client.
#[derive(Debug)]
pub(super) struct Cache {
    fresh_for: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the host was changed from here.
    changes: u64,
    /// By the machine's folded GUID.
    machines: HashMap<String, Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// When it was asked whether the machine is busy, and it was not.
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

    /// The machine answered, and showed that it is not busy, or that it is.
    pub(super) fn machine(&self, vm_id: &str, asked: Asked, is_idle: bool) {
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

    /// The machine's tree was read.
    pub(super) fn tree(&self, asked: Asked, tree: &SnapshotTree) {
        self.note(tree.vm_id(), asked, |seen| {
            if seen.tree.is_some_and(|(at, _)| at > asked.at) {
                return;
            }
            seen.tree = seen.busy.is_none().then(|| (asked.at, tree.fingerprint()));
        });
    }

    /// Whether the machine was not busy a moment ago.
    pub(super) fn is_idle(&self, vm_id: &str, now: Duration) -> bool {
        let state = self.state();
        let seen = state.machines.get(&folded(vm_id)).and_then(|seen| seen.idle);
        seen.is_some_and(|at| self.is_fresh(at, now))
    }

    /// Whether `tree` is what was there a moment ago, by the last reading.
    pub(super) fn is_current(&self, tree: &SnapshotTree, now: Duration) -> bool {
        let state = self.state();
        let seen = state.machines.get(&folded(tree.vm_id())).and_then(|seen| seen.tree);
        seen.is_some_and(|(at, read)| self.is_fresh(at, now) && read == tree.fingerprint())
    }

    /// The machine is being changed, or was: nothing that was read or asked for before says what is there now.
    pub(super) fn changed(&self, vm_id: &str) {
        let mut state = self.state();
        state.changes += 1;
        state.machines.remove(&folded(vm_id));
    }

    /// The same of any machine.
    pub(super) fn changed_any(&self) {
        let mut state = self.state();
        state.changes += 1;
        state.machines.clear();
    }

    /// Somebody was at the machine at `time`, or until then.
    pub(super) fn outdated(&self, vm_id: &str, time: Duration) {
        if let Some(seen) = self.state().machines.get_mut(&folded(vm_id)) {
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
        for seen in state.machines.values_mut() {
            seen.drop_where(|at| asked.at.saturating_sub(at) >= self.fresh_for);
        }
        state.machines.retain(|_, seen| !seen.is_empty());
        write(state.machines.entry(folded(vm_id)).or_default());
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
        let (readings, now) = (Cache::new(SECOND), 1000 * SECOND);
        let asked = readings.asking(now);
        readings.machine(&VM.to_lowercase(), asked, true);
        readings.tree(asked, &tree());
        (readings, now)
    }

    fn fresh(readings: &Cache, now: Duration) -> (bool, bool) {
        (readings.is_idle(VM, now), readings.is_current(&tree(), now))
    }

    #[test]
    fn a_reading_is_fresh_until_its_time_is_over_and_never_before_it_was_made() {
        let (readings, now) = read();
        assert_eq!(fresh(&readings, now), (true, true));
        assert_eq!(fresh(&readings, now + SECOND - Duration::from_nanos(1)), (true, true));
        assert_eq!(fresh(&readings, now + SECOND), (false, false));
        assert_eq!(fresh(&readings, now - Duration::from_nanos(1)), (false, false));
        let never = Cache::new(Duration::ZERO);
        never.tree(never.asking(now), &tree());
        assert_eq!(fresh(&never, now), (false, false));
    }

    #[test]
    fn a_busy_machine_is_not_idle_and_another_tree_is_not_the_one_planned_on() {
        let (readings, now) = read();
        readings.machine(VM, readings.asking(now), false);
        assert_eq!(fresh(&readings, now), (false, false), "the tree may change while it is busy");
        readings.tree(readings.asking(now), &tree());
        assert_eq!(fresh(&readings, now), (false, false));
        readings.machine(VM, readings.asking(now), true);
        assert_eq!(fresh(&readings, now), (true, false), "it may have changed until now");
        readings.tree(readings.asking(now), &tree());
        assert_eq!(fresh(&readings, now), (true, true));
        let other = SnapshotTree::build("another", "web-02", Vec::new()).unwrap();
        assert!(!readings.is_current(&other, now));
    }

    #[test]
    fn an_answer_that_was_overtaken_changes_nothing() {
        let (readings, now) = read();
        let before = readings.asking(now - Duration::from_millis(1));
        readings.machine(VM, before, false);
        assert_eq!(fresh(&readings, now), (true, true));
        let later = readings.asking(now + Duration::from_millis(1));
        readings.machine(VM, later, false);
        readings.machine(VM, readings.asking(now), true);
        assert!(!readings.is_idle(VM, now), "it was seen busy since");
    }

    #[test]
    fn a_change_ends_what_was_read_before_and_what_was_asked_before() {
        for all in [false, true] {
            let (readings, now) = read();
            let asked = readings.asking(now);
            if all {
                readings.changed_any();
            } else {
                readings.changed(&VM.to_lowercase());
            }
            assert_eq!(fresh(&readings, now), (false, false));
            readings.tree(asked, &tree());
            assert_eq!(fresh(&readings, now), (false, false));
            readings.tree(readings.asking(now), &tree());
            assert_eq!(fresh(&readings, now), (false, true));
        }
    }

    #[test]
    fn what_somebody_else_has_written_down_since_ends_it() {
        let (readings, now) = read();
        readings.outdated(VM, now - Duration::from_nanos(1));
        assert_eq!(fresh(&readings, now), (true, true));
        readings.outdated(VM, now);
        assert_eq!(fresh(&readings, now), (false, false));
    }

    #[test]
    fn what_is_not_fresh_any_more_is_not_held() {
        let readings = Cache::new(SECOND);
        for second in 0..1000 {
            let asked = readings.asking(SECOND * second);
            readings.machine(&format!("machine {second}"), asked, true);
        }
        assert_eq!(readings.state().machines.len(), 1);
    }
}
