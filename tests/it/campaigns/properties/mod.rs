//! Invariants for any tree, any fault and any concurrent change; over a real socket, in virtual time, with the simulator's model
//! as the oracle.
//!
//! We remove only snapshots that the plan showed; no call is sent twice; no status is wrong; `resume` finishes what is left open
//! and changes nothing. The cases are the same in each run: `PROPTEST_CASES` sets their number, `PROPTEST_RNG_SEED` the seed.

mod bench;
mod given;
mod judge;

use std::{cell::RefCell, collections::BTreeMap};

use hvsnap::{
    Effect,
    journal::{OperationId, Status},
};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner},
};

use self::{
    bench::{Attempt, Bench},
    given::{Scenario, scenario},
    judge::{Judge, Wrong, ensure},
};

/// How many there are if nobody asks for more.
const CASES: u32 = 40;

/// How often each thing was met, so that a run that proves nothing is seen.
type Tally = BTreeMap<String, usize>;

fn config() -> Config {
    let given = |name: &str| std::env::var_os(name).is_some();
    let mut config = Config { failure_persistence: None, max_shrink_time: 60_000, ..Config::default() };
    if !given("PROPTEST_CASES") {
        config.cases = CASES;
    }
    if !given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(4);
    }
    config
}

fn always(title: &str, scenarios: impl Strategy<Value = Scenario>, needed: &[&str]) {
    let tally = RefCell::new(Tally::new());
    let config = config();
    let cases = config.cases;
    let ended = TestRunner::new(config).run(&scenarios, |scenario| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(holds(&scenario, &mut tally.borrow_mut())).map_err(TestCaseError::fail)
    });
    let counts = tally.into_inner();
    let list: Vec<_> = counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
    super::report(&format!("{title}: {cases} cases; {}", list.join(", ")));
    match ended {
        Ok(()) => {}
        Err(TestError::Fail(reason, scenario)) => panic!("{reason}\n{scenario:#?}\n{}", scenario.lab()),
        Err(error) => panic!("{error}"),
    }
    for what in needed {
        assert!(counts.contains_key(*what), "{what} was never met");
    }
}

fn count(tally: &mut Tally, what: impl Into<String>) {
    *tally.entry(what.into()).or_default() += 1;
}

async fn holds(scenario: &Scenario, tally: &mut Tally) -> Result<(), Wrong> {
    let bench = Bench::new(scenario).await;
    let mut judge = Judge::default();
    for (number, step) in scenario.steps.iter().enumerate() {
        let in_step = |wrong: Wrong| format!("step {number}: {wrong}");
        let attempt = bench.attempt(step).await;
        count(tally, name(&attempt));
        if let Some(id) = attempt.operation {
            judge.planned.insert(id, attempt.planned.clone());
        }
        judge.nothing_more(&bench).map_err(in_step)?;
        judge.said(&bench, step, &attempt).await.map_err(in_step)?;
        if number == 0 && !attempt.is_struck && scenario.is_friendly() && step.is_undisturbed() {
            let is_well = step.timeout < 60 || matches!(&attempt.said, Some(Ok(_)));
            ensure!(is_well, "step {number}: nothing went wrong; said {:?}", attempt.said);
        }
        if let (true, Some(id)) = (step.is_resumed, attempt.operation) {
            // Things may still go wrong: then it may not know, but what it says must be true.
            if let Ok(resumption) = bench.resume(id, true).await {
                judge.status(&bench, id, resumption.outcome.status).map_err(in_step)?;
            }
            judge.nothing_more(&bench).map_err(in_step)?;
        }
    }
    bench.sim.clear_faults();
    bench.pass(scenario.later).await;
    let mut words = Vec::new();
    for operation in bench.operations() {
        let id = operation.id();
        let status = settled(&bench, scenario, &judge, id).await?;
        count(tally, format!("resumed {status}"));
        words.push((id, status));
    }
    for (id, status) in &words {
        unchanged(&bench, scenario, *id, *status).await?;
    }
    // Nothing comes afterwards that would make any of it untrue.
    bench.pass(86_400).await;
    judge.nothing_more(&bench)?;
    for operation in bench.operations() {
        judge.written(&bench, &operation)?;
    }
    Ok(())
}

/// Settles an operation on a host that is well again, and says by which status.
async fn settled(
    bench: &Bench<'_>,
    scenario: &Scenario,
    judge: &Judge,
    id: OperationId,
) -> Result<Status, Wrong> {
    let mut trouble = String::new();
    for _ in 0..3 {
        match bench.resume(id, scenario.has_stuck_jobs()).await {
            Ok(resumption) => {
                let wrong = |wrong| format!("resumed: {wrong}; {:?}", resumption.outcome.observations);
                judge.status(bench, id, resumption.outcome.status).map_err(wrong)?;
                // A host that claims what its tree does not show is believed no more after an hour.
                if resumption.outcome.status == Status::Unknown {
                    trouble = format!("{:?}: {:?}", resumption.outcome.open, resumption.outcome.observations);
                    bench.pass(3600).await;
                    continue;
                }
                let may_stay_open = resumption.outcome.status == Status::Running && scenario.has_stuck_jobs();
                ensure!(resumption.outcome.status.is_final() || may_stay_open, "left open: {resumption:?}");
                judge.nothing_more(bench)?;
                return Ok(resumption.outcome.status);
            }
            // The host may be down for an hour, whoever has made it well.
            Err(error) => {
                ensure!(error.effect() == Effect::Unknown, "{error:?} knows what nobody can");
                trouble = format!("{error}");
                bench.pass(3600).await;
            }
        }
    }
    Err(format!("cannot be settled: {trouble}"))
}

/// A second time it is the same status, no method is called, and nothing changes.
async fn unchanged(
    bench: &Bench<'_>,
    scenario: &Scenario,
    id: OperationId,
    status: Status,
) -> Result<(), Wrong> {
    let state = || (bench.model(), bench.calls().len(), format!("{:?}", bench.operation(id).conclusion));
    let before = state();
    let again = bench.resume(id, scenario.has_stuck_jobs()).await;
    let again = again.map_err(|error| format!("not a second time: {error}"))?;
    ensure!(again.outcome.status == status, "{status} at first, and then {}", again.outcome.status);
    ensure!(state() == before, "a second look has changed something");
    Ok(())
}

/// What was said, in a status.
fn name(attempt: &Attempt) -> &'static str {
    match (&attempt.said, attempt.operation) {
        (None, _) if attempt.planned.is_empty() => "ended early",
        (None, None) => "killed before the call",
        (None, Some(_)) => "killed after the intent",
        (Some(Ok(outcome)), _) if outcome.is_complete() => "done",
        (Some(Ok(_)), _) => "merge open",
        (Some(Err(error)), operation) => match (error.effect(), operation) {
            (Effect::None, None) if attempt.is_stale => "stale, refused",
            (Effect::None, None) => "refused before the call",
            (Effect::None, Some(_)) => "none",
            (Effect::Applied, _) => "applied",
            _ => "unknown",
        },
    }
}

#[test]
fn whatever_goes_wrong_no_word_is_wrong_and_nothing_else_is_gone() {
    let needed = ["done", "unknown", "none", "resumed done", "resumed not done", "killed after the intent"];
    always("whatever goes wrong", scenario(4, false), &needed);
}

#[test]
fn whatever_another_administrator_does_no_word_is_wrong_and_nothing_else_is_gone() {
    let needed = ["done", "stale, refused", "resumed done", "resumed not done"];
    always("whatever somebody else does", scenario(1, true), &needed);
}
