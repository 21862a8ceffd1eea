//! The matrix: every kind of fault at every step of a destroy by name, with and without a kill, over a real socket.
//!
//! A status is right if it agrees with the host's own record and is allowed there: a client that always reports *unknown* would
//! be correct but useless. A later process, which reads the journal, must finish what an earlier one left open or did not know,
//! and nothing may run twice. Each test prints the number of cells, of destroys that ran twice, and of wrong reports; the last
//! two must be 0.

mod cell;
mod cli;
mod kinds;

use std::{collections::BTreeSet, fmt::Write};

use hvsnap::journal::Status;

use self::{
    cell::{Bench, Later, Moment, Said, Step, Truth, destroy, steps},
    kinds::{Call, KINDS, Kind, Read},
};

/// One cell with its reports.
struct Cell {
    kind: &'static Kind,
    step: Step,
    /// The report of the destroy; `None` if its process was killed before.
    said: Option<Said>,
    /// The report of a later process, if something was left open.
    later: Option<Later>,
    runs: usize,
    /// The errors of the cell.
    wrong: Vec<String>,
}

/// The allowed reports of the destroy with this kind of fault at this step.
fn allowed(kind: &Kind, step: &Step, for_good: bool) -> BTreeSet<Said> {
    use Said::{Applied, Done, MergeOpen, None, Unknown};
    let of = |words: &[Said]| words.iter().copied().collect();
    if step.is_call {
        return match kind.call {
            Call::Answered => of(&[Done]),
            // Only one of the two is right, and the tree shows which. From the fault on, the tree cannot be read.
            Call::Lost if for_good => of(&[Unknown]),
            Call::Lost => of(&[Done, None]),
            Call::Away | Call::JobStuck => of(&[Unknown]),
            Call::NotCarriedOut if for_good => of(&[Unknown]),
            Call::NotCarriedOut => of(&[None]),
            Call::JobFails => of(&[None, Applied]),
            Call::MergeOpen => of(&[MergeOpen]),
        };
    }
    if step.number == 1 && kind.name.starts_with("replayed") {
        // Before the first answer there is none to repeat.
        return if for_good { of(&[Done, None]) } else { of(&[Done]) };
    }
    match (kind.read, for_good) {
        (Read::Untouched, _) => unreachable!("it strikes the call alone"),
        // Without the disks, jobs and status show the merge.
        (_, false) if step.name == "read disks" && kind.call != Call::Away => of(&[Done]),
        (Read::Recovers, false) => of(&[Done]),
        // A host that is merely slow stays slow.
        (Read::Recovers, true) if kind.call == Call::Answered => of(&[Done]),
        // A failed read is repeated, and the tree decides even if the job was lost.
        (_, false) if step.is_after && !step.is_concluded && kind.call != Call::Away => of(&[Done]),
        (Read::Passes, false) if step.is_after => of(&[Done]),
        // Nothing was called, so the outcome is known.
        _ if !step.is_after => of(&[None]),
        // The snapshot is known to be gone; the merge is not known, or the unreadable jobs did not matter.
        _ if step.is_concluded => of(&[MergeOpen, Done]),
        // The call was accepted, but the job or the tree cannot be read or is not credible.
        _ => of(&[Unknown]),
    }
}

/// True if the journal agrees with the report.
fn agrees(said: Said, written: Option<Status>, is_begun: bool) -> bool {
    match said {
        Said::Done | Said::MergeOpen | Said::Applied => written == Some(Status::Done),
        // A refusal before the intent was written is not in the journal.
        Said::None => written == is_begun.then_some(Status::NotDone),
        Said::Unknown => is_begun && written.is_none_or(|status| !status.is_final()),
    }
}

/// A destroy that is not killed and, if its outcome is unknown, a later look.
async fn lived(kind: &'static Kind, step: &Step, for_good: bool, sealed: bool) -> Cell {
    let bench = Bench::new(sealed).await;
    bench.inject(kind, step.number, for_good);
    let ended = destroy(&bench.client()).await;
    let fired = bench.sim.faults().iter().any(|used| used.fired > 0);
    assert!(fired, "{} at {step:?}: no rule fired", kind.name);
    let (said, now) = (Said::of(&ended), bench.truth().await);
    let written = bench.written();
    if for_good {
        bench.sim.clear_faults();
    }
    let (later, then) = match said {
        Said::Unknown => (Some(bench.resume().await), bench.truth().await),
        _ => (None, now),
    };
    let (now, then) = (bench.until_the_end(now).await, bench.until_the_end(then).await);
    let told = match &ended {
        Ok(outcome) => format!("merge {:?}", outcome.merge.state),
        Err(error) => format!("{error}"),
    };
    let mut wrong = wrongs(&later, now, then);
    let may = allowed(&if sealed { kind.sealed() } else { *kind }, step, for_good);
    if !said.is_true(&now) || !may.contains(&said) {
        wrong.push(format!("said {said:?}, may say {may:?}; {now:?}; {told}"));
    }
    if !agrees(said, written, bench.is_begun()) {
        wrong.push(format!("said {said:?}, and wrote {written:?}; {told}"));
    }
    Cell { kind, step: step.clone(), said: Some(said), later, runs: now.runs, wrong }
}

/// A destroy killed at the step, and the report of a later process; `None` if it had ended before.
async fn killed(kind: &'static Kind, step: &Step, moment: Moment) -> Option<Cell> {
    let bench = Bench::new(false).await;
    if let Some(number) = moment.message() {
        bench.inject(kind, number, false);
    }
    if bench.destroy_and_die(moment).await {
        return None;
    }
    let later = Some(bench.resume().await);
    let then = bench.truth().await;
    let again = bench.resume().await;
    let then = bench.until_the_end(then).await;
    let mut wrong = wrongs(&later, then, then);
    if later.as_ref() != Some(&again) {
        wrong.push(format!("{later:?} at first, and then {again:?}"));
    }
    Some(Cell { kind, step: step.clone(), said: None, later, runs: then.runs, wrong })
}

fn wrongs(later: &Option<Later>, now: Truth, then: Truth) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(later) = later.as_ref().filter(|later| !later.is_true(&then)) {
        wrong.push(format!("later {later:?}; {then:?}"));
    }
    if !now.others_stay || !then.others_stay {
        wrong.push("a snapshot that was to stay is gone".to_owned());
    }
    wrong
}

/// The kinds that are possible at each of the steps.
fn pairs(steps: &[Step]) -> impl Iterator<Item = (&'static Kind, &Step)> {
    let strikes = |kind: &Kind, step: &Step| step.is_call || kind.read != Read::Untouched;
    let kinds = move |step| KINDS.iter().filter(move |kind| strikes(kind, step));
    steps.iter().flat_map(move |step| kinds(step).map(move |kind| (kind, step)))
}

/// The summary: number of cells, reports, repeated runs, wrong reports.
fn summary(title: &str, cells: &[Cell]) -> String {
    type Column = (&'static str, fn(&Cell) -> bool);
    let columns: [Column; 12] = [
        ("cells", |_| true),
        ("done", |cell| cell.said == Some(Said::Done)),
        ("merge", |cell| cell.said == Some(Said::MergeOpen)),
        ("none", |cell| cell.said == Some(Said::None)),
        ("applied", |cell| cell.said == Some(Said::Applied)),
        ("unknown", |cell| cell.said == Some(Said::Unknown)),
        ("| not begun", |cell| cell.later == Some(Later::NothingBegun)),
        ("done", |cell| cell.later == Some(Later::Said(Status::Done))),
        ("not done", |cell| cell.later == Some(Later::Said(Status::NotDone))),
        ("running", |cell| cell.later == Some(Later::Said(Status::Running))),
        ("| double", |cell| cell.runs > 1),
        ("wrong", |cell| !cell.wrong.is_empty()),
    ];
    let mut text = format!("{title}\n{:<14}", "step");
    for (name, _) in columns {
        write!(text, "{name:>12}").unwrap();
    }
    let mut row = |name: &str, cells: &[&Cell]| {
        write!(text, "\n{name:<14}").unwrap();
        for (_, counts) in columns {
            write!(text, "{:>12}", cells.iter().filter(|cell| counts(cell)).count()).unwrap();
        }
    };
    let mut names: Vec<_> = cells.iter().map(|cell| cell.step.name).collect();
    names.dedup();
    for name in names {
        row(name, &cells.iter().filter(|cell| cell.step.name == name).collect::<Vec<_>>());
    }
    row("all", &cells.iter().collect::<Vec<_>>());
    text
}

#[track_caller]
fn judge(title: &str, cells: &[Cell]) {
    super::report(&format!("{}\n", summary(title, cells)));
    let mut list = String::new();
    for Cell { kind, step, runs, wrong, .. } in cells {
        if *runs > 1 || !wrong.is_empty() {
            let place = format!("{} at {} ({})", kind.name, step.number, step.name);
            writeln!(list, "{place}: {runs} runs; {}", wrong.join("; ")).unwrap();
        }
    }
    assert!(list.is_empty(), "{list}");
}

#[tokio::test]
async fn a_fault_at_any_step_leads_to_the_right_word() {
    let steps = steps(false).await;
    let mut cells = Vec::new();
    for (kind, step) in pairs(&steps) {
        cells.push(lived(kind, step, false, false).await);
    }
    judge("struck once", &cells);
}

#[tokio::test]
async fn a_fault_from_any_step_on_leads_to_the_right_word() {
    let steps: Vec<_> = steps(false).await.into_iter().filter(|step| step.is_first).collect();
    let mut cells = Vec::new();
    for (kind, step) in pairs(&steps) {
        cells.push(lived(kind, step, true, false).await);
    }
    judge("struck from there on", &cells);
}

#[tokio::test]
async fn a_fault_in_a_sealed_session_leads_to_the_right_word() {
    let steps = steps(true).await;
    let mut cells = Vec::new();
    for (kind, step) in pairs(&steps).filter(|(_, step)| step.is_first && (step.is_call || step.is_after)) {
        cells.push(lived(kind, step, false, true).await);
    }
    judge("struck once, sealed by NTLM", &cells);
}

#[tokio::test]
async fn a_process_that_dies_at_any_step_leaves_what_a_later_one_settles() {
    let steps = steps(false).await;
    let mut cells = Vec::new();
    for (kind, step) in pairs(&steps) {
        cells.push(killed(kind, step, Moment::Heard(step.number)).await.unwrap());
    }
    judge("struck once, and killed before the answer was seen", &cells);
}

#[tokio::test]
async fn a_process_that_dies_at_any_instant_leaves_what_a_later_one_settles() {
    const NOTHING: Kind = Kind { name: "nothing", rules: "", read: Read::Recovers, call: Call::Answered };
    let instants = Bench::new(false).await.instants().await;
    let mut cells = Vec::new();
    // The number of waits varies a little between runs, because the sockets are real.
    for number in 1..instants {
        let step = Step { number, name: "any instant", ..Step::default() };
        cells.extend(killed(&NOTHING, &step, Moment::Instant(number)).await);
    }
    judge("killed wherever it waits, and nothing else goes wrong", &cells);
    for later in [Later::NothingBegun, Later::Said(Status::Done)] {
        assert!(cells.iter().any(|cell| cell.later.as_ref() == Some(&later)), "{later:?} was never said");
    }
}
