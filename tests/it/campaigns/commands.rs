//! Commands that change a VM: words, lab, and what each of their steps changes of the host.
//!
//! A step is one operation with one call. What a lab lets go wrong is not told here: the model shows how far a command came.

use hvsnap::sim::VmState::{Off, Paused, Running, Saved};

use super::model::{
    Effect::{self, Applied, Gone, GoneWithAllUnderIt, Named, Noted, State, Taken},
    Model, Oracle,
};

pub(crate) struct Command {
    /// A file of `fixtures/lab`.
    pub(crate) lab: &'static str,
    pub(crate) words: &'static [&'static str],
    pub(crate) vm: &'static str,
    pub(crate) steps: &'static [&'static [Effect]],
}

impl Command {
    /// The host after each of the steps: before the first one, after it, and so on.
    pub(crate) fn stages(&self, oracle: &Oracle) -> Vec<Model> {
        let mut stages = vec![oracle.before.clone()];
        for step in self.steps {
            let before = stages.last().unwrap().clone();
            stages.push(step.iter().fold(before, |model, effect| model.after(self.vm, *effect)));
        }
        stages
    }

    /// The method that a step calls.
    pub(crate) fn method(&self, step: usize) -> &'static str {
        match self.steps[step][0] {
            Gone(_) => "DestroySnapshot",
            GoneWithAllUnderIt(_) => "DestroySnapshotTree",
            Taken => "CreateSnapshot",
            Applied(_) => "ApplySnapshot",
            Named(..) | Noted(..) => "ModifySystemSettings",
            State(_) if self.words.contains(&"shutdown") => "InitiateShutdown",
            State(_) => "RequestStateChange",
        }
    }
}

type Row = (&'static [&'static str], &'static [&'static [Effect]]);

/// Rows of one lab; the third word is the VM.
const fn of<const N: usize>(lab: &'static str, rows: [Row; N]) -> [Command; N] {
    let mut commands = [const { Command { lab: "", words: &[], vm: "", steps: &[] } }; N];
    let mut at = 0;
    while at < N {
        let (words, steps) = rows[at];
        commands[at] = Command { lab, words, vm: words[2], steps };
        at += 1;
    }
    commands
}

const BEFORE_UPGRADE: &str = "base/before-upgrade";

const DESTROYS: [Command; 8] = of(
    "two-branches.toml",
    [
        (&["snapshot", "destroy", "app-01", "middle"], &[&[Gone("oldest/middle")]]),
        (
            &["snapshot", "destroy", "web-01", "before-upgrade", "--scope", "tree"],
            &[&[GoneWithAllUnderIt(BEFORE_UPGRADE)]],
        ),
        (&["snapshot", "destroy", "web-01", BEFORE_UPGRADE, "--wait", "job"], &[&[Gone(BEFORE_UPGRADE)]]),
        (&["snapshot", "destroy", "broken-01", "fails"], &[&[Gone("root/fails")]]),
        (&["snapshot", "destroy", "broken-01", "at-once"], &[&[Gone("root/at-once")]]),
        (&["snapshot", "destroy", "ghost-01", "leaves"], &[&[Gone("root/leaves")]]),
        (&["snapshot", "destroy", "ghost-01", "stays"], &[&[Gone("root/stays")]]),
        (
            &["snapshot", "destroy", "web-01", "rollback", "hotfix"],
            &[&[Gone("base/before-upgrade/after-upgrade/hotfix")], &[Gone("base/before-upgrade/rollback")]],
        ),
    ],
);

const CREATES: [Command; 7] = of(
    "life.toml",
    [
        (&["snapshot", "create", "off-01"], &[&[Taken]]),
        (
            &["snapshot", "create", "run-01", "--name", "nightly", "--notes", "R&D <x>"],
            &[&[Taken], &[Named(None, "nightly"), Noted(None, "R&D <x>")]],
        ),
        (&["snapshot", "create", "late-01"], &[&[Taken]]),
        (&["snapshot", "create", "fails-01"], &[&[Taken]]),
        (&["snapshot", "create", "yet-01"], &[&[Taken]]),
        (&["snapshot", "create", "gone-01"], &[&[Taken]]),
        (&["snapshot", "create", "once-01", "--name", "x"], &[&[Taken], &[Named(None, "x")]]),
    ],
);

const APPLIES: [Command; 9] = of(
    "life.toml",
    [
        (&["snapshot", "apply", "off-01", "clean"], &[&[Applied("clean")]]),
        (&["snapshot", "apply", "off-01", "memory"], &[&[Applied("clean/memory")]]),
        (
            &["snapshot", "apply", "run-01", "memory", "--stop", "save", "--start"],
            &[&[State(Saved)], &[Applied("clean/memory")], &[State(Running)]],
        ),
        (
            &["snapshot", "apply", "run-01", "clean", "--snapshot-first", "--stop", "off"],
            &[&[Taken], &[State(Off)], &[Applied("clean")]],
        ),
        (&["snapshot", "apply", "late-01", "base"], &[&[Applied("base")]]),
        (&["snapshot", "apply", "fails-01", "base"], &[&[Applied("base")]]),
        (&["snapshot", "apply", "yet-01", "base"], &[&[Applied("base")]]),
        (&["snapshot", "apply", "gone-01", "base"], &[&[Applied("base")]]),
        (&["snapshot", "apply", "once-01", "base"], &[&[Applied("base")]]),
    ],
);

const RENAMES: [Command; 4] = of(
    "life.toml",
    [
        (
            &["snapshot", "rename", "off-01", "clean", "R&D <\u{fc}>"],
            &[&[Named(Some("clean"), "R&D <\u{fc}>")]],
        ),
        (&["snapshot", "rename", "run-01", "clean/memory", "a/b"], &[&[Named(Some("clean/memory"), "a/b")]]),
        (
            &["snapshot", "notes", "run-01", "clean", "--set", "one\ntwo & <three>"],
            &[&[Noted(Some("clean"), "one\ntwo & <three>")]],
        ),
        (&["snapshot", "rename", "late-01", "base", "other"], &[&[Named(Some("base"), "other")]]),
    ],
);

const STATES: [Command; 7] = of(
    "life.toml",
    [
        (&["vm", "start", "off-01"], &[&[State(Running)]]),
        (&["vm", "save", "run-01"], &[&[State(Saved)]]),
        (&["vm", "pause", "run-01"], &[&[State(Paused)]]),
        (&["vm", "stop", "run-01"], &[&[State(Off)]]),
        (&["vm", "shutdown", "run-01"], &[&[State(Off)]]),
        (&["vm", "resume", "paused-01"], &[&[State(Running)]]),
        (&["vm", "start", "saved-01"], &[&[State(Running)]]),
    ],
);

/// All of them, by the operation that the command is for.
pub(crate) const OPERATIONS: [(&str, &[Command]); 5] = [
    ("destroy", &DESTROYS),
    ("create", &CREATES),
    ("apply", &APPLIES),
    ("rename", &RENAMES),
    ("state", &STATES),
];
