//! The matrix: every operation with every kind of fault at every step, with and without a kill, over a real socket.
//!
//! A status is right if it agrees with the host's own record and is allowed there: a client that always reports *unknown* would
//! be correct but useless. A later process, which reads the journal, must finish what an earlier one left open or did not know,
//! and nothing may run twice. Each test prints the number of cells, of operations that ran twice, and of wrong reports; the last
//! two must be 0. `HVSNAP_MATRIX=all` tries more of the cells than a run by hand ([`Operation::sample`]).

mod cell;
mod cli;
mod kinds;
mod operations;

use std::{collections::BTreeSet, env, fmt::Write};

use hvsnap::journal::Status;

use self::{
    cell::{Bench, Later, Moment, Said, Step, Truth, steps},
    kinds::{Call, KINDS, Kind, NO_SUCH_RESOURCE, Read},
    operations::{OPERATIONS, Operation},
};

/// Where something goes wrong.
#[derive(Clone)]
struct Place {
    operation: &'static Operation,
    kind: &'static Kind,
    step: Step,
}

/// One cell with its reports.
struct Cell {
    place: Place,
    /// The report of the operation; `None` if its process was killed before.
    said: Option<Said>,
    /// The report of a later process, if something was left open.
    later: Option<Later>,
    runs: usize,
    /// The errors of the cell.
    wrong: Vec<String>,
}

impl Place {
    /// The allowed reports of the operation with this fault at this step.
    fn allowed(&self, for_good: bool, sealed: bool, truth: Truth) -> BTreeSet<Said> {
        use Said::{Applied, Done, MergeOpen, None, Unknown};
        let of = |words: &[Said]| words.iter().copied().collect();
        let kind = if sealed { self.kind.sealed() } else { *self.kind };
        let (step, is_tied_by_job) = (&self.step, self.operation.is_tied_by_job);
        if step.is_call {
            return match kind.call {
                Call::Answered => of(&[Done]),
                // What is there may be another's, and nothing will tell.
                Call::Lost | Call::JobGone if is_tied_by_job && truth.will_be_done => of(&[Unknown]),
                Call::JobGone => of(&[Done]),
                // Only one of the two is right, and the host's state shows which. From the fault on, it cannot be read.
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
            // Without the disks, jobs and status show the merge, and the job or the tree that a snapshot was applied.
            (_, false) if step.name == "read disks" && kind.call != Call::Away => of(&[Done]),
            // The host says that it has forgotten the job, which alone could tell.
            (_, false) if kind.name == NO_SUCH_RESOURCE && step.name == "poll" && is_tied_by_job => {
                of(&[Unknown])
            }
            (Read::Recovers, false) => of(&[Done]),
            // A host that is merely slow stays slow.
            (Read::Recovers, true) if kind.call == Call::Answered => of(&[Done]),
            // A failed read is repeated, and the host's state decides even if the job was lost.
            (_, false) if step.is_after && !step.is_concluded && kind.call != Call::Away => of(&[Done]),
            (Read::Passes, false) if step.is_after => of(&[Done]),
            // Nothing was called, so the outcome is known.
            _ if !step.is_after => of(&[None]),
            // It is known to be done; the merge is not known, or the unreadable jobs did not matter.
            _ if step.is_concluded => of(&[MergeOpen, Done]),
            // The call was accepted, but the job or the host's state cannot be read or is not credible.
            _ => of(&[Unknown]),
        }
    }

    /// True if nothing may be left that tells whether what is new on the host is the operation's: its answer was lost, or the
    /// host has forgotten its job meanwhile.
    fn may_be_undecided(&self, bench: &Bench) -> bool {
        let is_forgotten = matches!(self.kind.call, Call::Away | Call::JobGone);
        self.operation.is_tied_by_job && (!bench.knows_its_job() || is_forgotten)
    }

    /// An operation that is not killed and, if its outcome is unknown, a later look.
    async fn lived(self, for_good: bool, sealed: bool) -> Cell {
        let Self { operation, kind, step } = &self;
        let bench = Bench::new(operation, sealed).await;
        bench.inject(kind, step.number, for_good);
        let ended = bench.run(&bench.client()).await;
        let fired = bench.sim.faults().iter().any(|used| used.fired > 0);
        assert!(fired, "{}, {} at {step:?}: no rule fired", operation.name, kind.name);
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
        let mut wrong = self.wrongs(&bench, &later, now, then);
        let may = self.allowed(for_good, sealed, now);
        if !said.is_true(&now) || !may.contains(&said) {
            wrong.push(format!("said {said:?}, may say {may:?}; {now:?}; {told}"));
        }
        if !agrees(said, written, bench.is_begun()) {
            wrong.push(format!("said {said:?}, and wrote {written:?}; {told}"));
        }
        Cell { place: self, said: Some(said), later, runs: now.runs, wrong }
    }

    /// An operation killed at the step, and the report of a later process; `None` if it had ended before.
    async fn killed(self, moment: Moment) -> Option<Cell> {
        let bench = Bench::new(self.operation, false).await;
        if let Some(number) = moment.message() {
            bench.inject(self.kind, number, false);
        }
        if bench.run_and_die(moment).await {
            return None;
        }
        let later = Some(bench.resume().await);
        let then = bench.truth().await;
        let again = bench.resume().await;
        let then = bench.until_the_end(then).await;
        let mut wrong = self.wrongs(&bench, &later, then, then);
        if later.as_ref() != Some(&again) {
            wrong.push(format!("{later:?} at first, and then {again:?}"));
        }
        Some(Cell { place: self, said: None, later, runs: then.runs, wrong })
    }

    fn wrongs(&self, bench: &Bench, later: &Option<Later>, now: Truth, then: Truth) -> Vec<String> {
        let mut wrong = Vec::new();
        let may_be_undecided = self.may_be_undecided(bench);
        if let Some(later) = later.as_ref().filter(|later| !later.is_true(&then, may_be_undecided)) {
            wrong.push(format!("later {later:?}; {then:?}"));
        }
        if now.is_otherwise || then.is_otherwise {
            wrong.push("the host is neither as before nor as the operation makes it".to_owned());
        }
        wrong
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

/// The places of an operation: its steps, and the kinds of faults that are possible at each.
///
/// A sample takes every so many of them; `turn`, another for each test, moves on to others of them.
async fn places(
    operation: &'static Operation,
    turn: usize,
    sealed: bool,
    is_wanted: impl Fn(&Step) -> bool,
) -> Vec<Place> {
    let is_long = env::var("HVSNAP_MATRIX").is_ok_and(|text| text == "all");
    let every = operation.sample[usize::from(is_long)];
    let steps = steps(operation, sealed).await;
    let kinds = |step: &Step| {
        let is_call = step.is_call;
        KINDS.iter().filter(move |kind| kind.strikes(operation, is_call))
    };
    let all = steps.iter().filter(|step| is_wanted(step) && (step.is_first || operation.has_all_steps));
    let all = all.flat_map(|step| kinds(step).map(|kind| Place { operation, kind, step: step.clone() }));
    all.skip(turn * 3 % every).step_by(every).collect()
}

/// The summary: number of cells, reports, repeated runs, wrong reports.
fn summary(title: &str, cells: &[Cell]) -> String {
    type Column = (&'static str, fn(&Cell) -> bool);
    let columns: [Column; 13] = [
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
        ("unknown", |cell| cell.later == Some(Later::Undecided)),
        ("| double", |cell| cell.runs > 1),
        ("wrong", |cell| !cell.wrong.is_empty()),
    ];
    let mut text = format!("{title}\n{:<33}", "operation, step");
    for (name, _) in columns {
        write!(text, "{name:>12}").unwrap();
    }
    let mut row = |name: &str, cells: &[&Cell]| {
        write!(text, "\n{name:<33}").unwrap();
        for (_, counts) in columns {
            write!(text, "{:>12}", cells.iter().filter(|cell| counts(cell)).count()).unwrap();
        }
    };
    for operation in &OPERATIONS {
        let cells: Vec<&Cell> =
            cells.iter().filter(|cell| cell.place.operation.name == operation.name).collect();
        let mut names: Vec<_> = cells.iter().map(|cell| cell.place.step.name).collect();
        names.dedup();
        for name in names {
            let at: Vec<&Cell> = cells.iter().copied().filter(|cell| cell.place.step.name == name).collect();
            row(&format!("{}, {name}", operation.name), &at);
        }
        row(&format!("{}, all", operation.name), &cells);
    }
    row("all", &cells.iter().collect::<Vec<_>>());
    text
}

#[track_caller]
fn judge(title: &str, cells: &[Cell]) {
    super::report(&format!("{}\n", summary(title, cells)));
    let mut list = String::new();
    for Cell { place: Place { operation, kind, step }, runs, wrong, .. } in cells {
        if *runs > 1 || !wrong.is_empty() {
            let place = format!("{}: {} at {} ({})", operation.name, kind.name, step.number, step.name);
            writeln!(list, "{place}: {runs} runs; {}", wrong.join("; ")).unwrap();
        }
    }
    assert!(list.is_empty(), "{list}");
}

#[tokio::test]
async fn a_fault_at_any_step_leads_to_the_right_word() {
    let mut cells = Vec::new();
    for operation in &OPERATIONS {
        for place in places(operation, 0, false, |_| true).await {
            cells.push(place.lived(false, false).await);
        }
    }
    judge("struck once", &cells);
}

#[tokio::test]
async fn a_fault_from_any_step_on_leads_to_the_right_word() {
    let mut cells = Vec::new();
    for operation in &OPERATIONS {
        for place in places(operation, 1, false, |step| step.is_first).await {
            cells.push(place.lived(true, false).await);
        }
    }
    judge("struck from there on", &cells);
}

#[tokio::test]
async fn a_fault_in_a_sealed_session_leads_to_the_right_word() {
    let mut cells = Vec::new();
    for operation in &OPERATIONS {
        let is_wanted = |step: &Step| step.is_first && (step.is_call || step.is_after);
        for place in places(operation, 2, true, is_wanted).await {
            cells.push(place.lived(false, true).await);
        }
    }
    judge("struck once, sealed by NTLM", &cells);
}

#[tokio::test]
async fn a_process_that_dies_at_any_step_leaves_what_a_later_one_settles() {
    let mut cells = Vec::new();
    for operation in &OPERATIONS {
        for place in places(operation, 3, false, |_| true).await {
            let moment = Moment::Heard(place.step.number);
            cells.push(place.killed(moment).await.unwrap());
        }
    }
    judge("struck once, and killed before the answer was seen", &cells);
}

#[tokio::test]
async fn a_process_that_dies_at_any_instant_leaves_what_a_later_one_settles() {
    const NOTHING: &Kind = &Kind { name: "nothing", rules: "", read: Read::Recovers, call: Call::Answered };
    let mut cells = Vec::new();
    for operation in &OPERATIONS {
        let instants = Bench::new(operation, false).await.instants().await;
        // The number of waits varies a little between runs, because the sockets are real.
        for number in 1..instants {
            let step = Step { number, name: "any instant", ..Step::default() };
            cells.extend(Place { operation, kind: NOTHING, step }.killed(Moment::Instant(number)).await);
        }
        for later in [Later::NothingBegun, Later::Said(Status::Done)] {
            let mut of_it = cells.iter().filter(|cell| cell.place.operation.name == operation.name);
            let was_said = of_it.any(|cell| cell.later.as_ref() == Some(&later));
            assert!(was_said, "{}: {later:?} was never said", operation.name);
        }
    }
    judge("killed wherever it waits, and nothing else goes wrong", &cells);
}
