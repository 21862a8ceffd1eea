//! A sample of the matrix with the real command: its exit code, compared with the simulated host's own record.

use hvsnap::sim::RequestOutcome;

use crate::cli::Bench;

/// The end of the command: exit code, number of executions of the call, and whether the snapshot is finally gone.
type Ending = (i32, usize, bool);

const CELLS: [(&str, Ending); 18] = [
    // Before the call no outcome can be unknown.
    ("nth=1,do=fault,code=5", (4, 0, false)),
    ("class=Msvm_ComputerSystem,nth=1,do=reset-after", (0, 1, true)),
    ("class=Msvm_VirtualSystemSettingData,nth=1,do=timed-out", (0, 1, true)),
    ("class=Msvm_VirtualSystemSettingData,nth=1,do=garbage", (1, 0, false)),
    ("class=Msvm_VirtualSystemSnapshotService,on=enumerate,do=status,code=404", (1, 0, false)),
    // The call. If its answer is lost, the tree decides, and the time is sufficient to see that the call has no effect.
    ("on=DestroySnapshot,do=reset-before", (1, 0, false)),
    ("on=DestroySnapshot,do=reset-after", (0, 1, true)),
    ("on=DestroySnapshot,do=truncate", (0, 1, true)),
    ("on=DestroySnapshot,do=timed-out", (0, 1, true)),
    ("on=DestroySnapshot,do=quota", (1, 0, false)),
    ("on=DestroySnapshot,do=fault,code=2150858817", (1, 0, false)),
    // After the call.
    ("do=job-exception", (1, 1, false)),
    ("do=job-vanishes", (0, 1, true)),
    ("do=job-vanishes,takes_effect=false", (1, 1, false)),
    ("do=job-stuck", (5, 1, false)),
    ("do=merge-blocked", (6, 1, true)),
    ("class=Msvm_ConcreteJob,nth=2,do=garbage", (0, 1, true)),
    ("class=Msvm_ConcreteJob,do=fault,code=5", (0, 1, true)),
];

#[tokio::test]
async fn the_exit_code_says_what_became_of_the_host() {
    let mut wrong = Vec::new();
    for (rule, ending) in CELLS {
        let bench = Bench::new().await;
        bench.sim.inject(rule.parse().unwrap());
        let ran = bench.destroy("app-01", "middle", &["--timeout", "240s"]).await;
        assert!(bench.sim.faults()[0].fired > 0, "{rule}");
        let is_there =
            || bench.sim.snapshots_of("app-01").unwrap().iter().any(|snapshot| snapshot.name == "middle");
        // A job that nobody waited for ends soon, in hastened time.
        while ending.2 && is_there() {
            tokio::task::yield_now().await;
        }
        let journal = bench.sim.journal();
        let calls = journal.iter().filter(|entry| entry.method.as_deref() == Some("DestroySnapshot"));
        let runs = calls.filter(|entry| matches!(entry.outcome, RequestOutcome::Answered { .. })).count();
        let came = (ran.code.unwrap(), runs, !is_there());
        if came != ending {
            wrong.push(format!("{rule}: {came:?} instead of {ending:?}\n{}", ran.stderr));
        }
    }
    let (cells, complaints) = (CELLS.len(), wrong.len());
    crate::campaigns::report(&format!("by the real command: {cells} cells, {complaints} wrong"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
