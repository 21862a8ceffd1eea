//! A sample of the matrix with the real command: its exit code, compared with the simulated host's own record.

use std::sync::Arc;

use hvsnap::sim::RequestOutcome;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    campaigns::{
        commands::{Command, OPERATIONS},
        model::Oracle,
    },
    cli::Bench,
};

/// The number of parallel cells; most of the time is waiting.
const AT_ONCE: usize = 3;

/// The end of the command: exit code, number of executions of the call, and whether the operation is done in the end.
type Ending = (i32, usize, bool);

const NOTHING: Ending = (1, 0, false);
const DONE: Ending = (0, 1, true);

/// A fault, in which METHOD stands for the operation's method, and the end of each operation with it: of all, but for some.
struct Row {
    rule: &'static str,
    ending: Ending,
    other: &'static [(&'static str, Option<Ending>)],
}

/// What is new on the host may be another's.
const UNDECIDED: &[(&str, Option<Ending>)] = &[("create", Some((5, 1, true)))];
/// The host renames at once, without a job.
const NO_JOB: &[(&str, Option<Ending>)] = &[("rename", None)];

const ROWS: [Row; 19] = [
    // Before the call no outcome can be unknown.
    of("nth=1,do=fault,code=5", (4, 0, false)),
    of("class=Msvm_ComputerSystem,nth=1,do=reset-after", DONE),
    of("class=Msvm_VirtualSystemSettingData,nth=1,do=timed-out", DONE),
    of("class=Msvm_VirtualSystemSettingData,nth=1,do=garbage", NOTHING),
    of("class=Msvm_VirtualSystemSnapshotService,on=enumerate,do=status,code=404", NOTHING),
    // The call. If its answer is lost, the host's state decides, and the time is sufficient to see that the call has no effect.
    of("on=METHOD,do=reset-before", NOTHING),
    of("on=METHOD,do=reset-after", DONE).but(UNDECIDED),
    of("on=METHOD,do=truncate", DONE).but(UNDECIDED),
    of("on=METHOD,do=timed-out", DONE).but(UNDECIDED),
    of("on=METHOD,do=quota", NOTHING),
    of("on=METHOD,do=fault,code=2150858817", NOTHING),
    // After the call.
    of("do=job-exception", (1, 1, false)).but(NO_JOB),
    of("do=job-exception,takes_effect=true", (1, 1, true)).but(NO_JOB),
    of("do=job-vanishes", DONE).but(&[("create", Some((5, 1, true))), ("rename", None)]),
    of("do=job-vanishes,takes_effect=false", (1, 1, false)).but(NO_JOB),
    of("do=job-stuck", (5, 1, false)).but(NO_JOB),
    of("do=merge-blocked", (6, 1, true)).but(&[
        ("create", None),
        ("apply", None),
        ("rename", None),
        ("state", None),
    ]),
    of("class=Msvm_ConcreteJob,nth=1,do=garbage", DONE).but(NO_JOB),
    of("class=Msvm_ConcreteJob,do=fault,code=5", DONE).but(&[
        // Its job alone ties the snapshot to it, and cannot be read.
        ("create", Some((5, 1, true))),
        ("rename", None),
    ]),
];

const fn of(rule: &'static str, ending: Ending) -> Row {
    Row { rule, ending, other: &[] }
}

impl Row {
    const fn but(self, other: &'static [(&'static str, Option<Ending>)]) -> Self {
        Self { other, ..self }
    }

    /// The end of an operation; `None` where the fault cannot strike it.
    fn ending(&self, operation: &str) -> Option<Ending> {
        let other = self.other.iter().find(|(name, _)| *name == operation);
        other.map_or(Some(self.ending), |(_, ending)| *ending)
    }
}

/// What is wrong with one cell.
async fn cell(command: &'static Command, rule: &str, ending: Ending) -> Option<String> {
    let method = command.method(0);
    let bench = Bench::of(command.lab).await;
    let oracle = Oracle::of(&bench.sim);
    let done = command.stages(&oracle).pop().unwrap();
    bench.sim.inject(rule.replace("METHOD", method).parse().unwrap());
    let ran = bench.run(&[command.words, &["--yes", "--timeout", "240s"]].concat()).await;
    if bench.sim.faults()[0].fired == 0 {
        return Some(format!("{:?}, {rule}: no rule fired", command.words));
    }
    // A job that nobody waited for ends soon, in hastened time.
    while ending.2 && oracle.now(&bench.sim) != done {
        tokio::task::yield_now().await;
    }
    let now = oracle.now(&bench.sim);
    let journal = bench.sim.journal();
    let calls = journal.iter().filter(|entry| entry.method.as_deref() == Some(method));
    let runs = calls.filter(|entry| matches!(entry.outcome, RequestOutcome::Answered { .. })).count();
    let came = (ran.code.unwrap(), runs, now == done);
    let is_otherwise = !came.2 && now != oracle.before;
    (came != ending || is_otherwise).then(|| {
        let changed = now.difference(&oracle.before);
        format!("{:?}, {rule}: {came:?} instead of {ending:?}; {changed}\n{}", command.words, ran.stderr)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_exit_code_says_what_became_of_the_host() {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut cells = JoinSet::new();
    for (operation, commands) in OPERATIONS {
        // The first command of each operation is the plain one.
        let command = &commands[0];
        for row in &ROWS {
            let Some(ending) = row.ending(operation) else { continue };
            let places = Arc::clone(&places);
            cells.spawn(async move {
                let _place = places.acquire_owned().await.unwrap();
                cell(command, row.rule, ending).await
            });
        }
    }
    let count = cells.len();
    let wrong: Vec<String> = cells.join_all().await.into_iter().flatten().collect();
    crate::campaigns::report(&format!("by the real command: {count} cells, {} wrong", wrong.len()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
