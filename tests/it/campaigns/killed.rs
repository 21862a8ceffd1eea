//! Kills the real command at a random moment and checks what `resume` then reports; the simulator is the oracle.
//!
//! The operations take turns. The seed chooses the command and the moment of the kill: at a request that the host has received, at
//! a write of the journal, at a byte on stderr, during a call, or after a delay. In every case nothing is called twice, no status
//! is wrong, and after one `resume` nothing is open but what must be closed by hand.
//! `HVSNAP_KILLS` is the number of rounds, `HVSNAP_KILL_SEED` the seed.
#![cfg(unix)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use hvsnap::sim::{RequestKind, RequestOutcome};
use serde_json::Value;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    sync::{Notify, Semaphore},
    task::JoinSet,
    time::sleep,
};

use super::{commands::OPERATIONS, model::Oracle};
use crate::cli::{
    Bench, Ran,
    cut_off::{Then, gate},
};

/// The number of rounds in an ordinary run.
const KILLS: u64 = 40;
/// The number of parallel rounds; most of the time is waiting.
const AT_ONCE: usize = 4;
/// The poll interval for the moment; it decides nothing.
const BLINK: Duration = Duration::from_millis(1);

/// SplitMix64 (Steele, Lea, Flood 2014): sufficient to choose moments.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }
}

/// The moment of the kill.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// When the host has received this many requests.
    Request(usize),
    /// When a record of the journal holds this status.
    Written(&'static str),
    /// When this many bytes are on stderr.
    Said(usize),
    /// When the call of a step has reached a gate before the host, which holds it or lets it pass.
    Call { step: usize, held: bool },
    /// After this long.
    Delay(Duration),
}

impl Moment {
    /// Of a command of so many steps.
    fn choose(chance: &mut Chance, steps: usize) -> Self {
        match chance.below(10) {
            0..=3 => Self::Request(chance.index(24 * steps)),
            4 => Self::Written("intent"),
            5 => Self::Written("return_code"),
            6 => Self::Written("status"),
            7 => Self::Said(chance.index(1_500)),
            8 => Self::Call { step: chance.index(steps), held: chance.below(2) == 0 },
            _ => Self::Delay(Duration::from_micros(chance.below(900_000))),
        }
    }
}

/// The result of one round.
struct Round {
    operation: &'static str,
    /// What the journal held when the command was dead.
    open: &'static str,
    /// The statuses of its operations at the end.
    statuses: Vec<String>,
    doubles: usize,
    complaints: Vec<String>,
}

/// What came of the rounds of one operation.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    doubles: usize,
    wrong: usize,
    words: BTreeMap<String, usize>,
}

/// Returns when the moment has come, or the command has ended before it.
async fn come(moment: Moment, bench: &Bench, child: &mut Child, gate: &Notify) {
    let folder = bench.home().join(".local/state/hvsnap/operations");
    let holds = |status: &str| {
        let files = fs::read_dir(&folder).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_to_string(file.path()).ok()).any(|text| text.contains(status))
    };
    let before = bench.sim.requests();
    if let Moment::Said(count) = moment {
        // Also returns when the command ends.
        let _ = child.stderr.as_mut().unwrap().read_exact(&mut vec![0; count]).await;
        return;
    }
    if let Moment::Delay(delay) = moment {
        return sleep(delay).await;
    }
    while child.try_wait().unwrap().is_none() {
        let has_come = match moment {
            Moment::Request(count) => bench.sim.requests() - before >= count,
            Moment::Written(status) => holds(status),
            _ => tokio::time::timeout(BLINK, gate.notified()).await.is_ok(),
        };
        if has_come {
            return;
        }
        sleep(BLINK).await;
    }
}

/// Runs the command and kills it at the moment, unless it ends before.
async fn killed(bench: &Bench, mut command: Command, moment: Moment, gate: &Notify) {
    // stdout is not read; the text on stderr fits into its pipe.
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    come(moment, bench, &mut child, gate).await;
    child.kill().await.unwrap();
}

/// The methods that change nothing.
const READS: [&str; 3] = ["GetErrorEx", "GetVirtualHardDiskSettingData", "GetVirtualHardDiskState"];

/// The messages of all calls that the host carried out and that may change something.
fn calls(bench: &Bench) -> Vec<String> {
    let is_call = |method: &String| !READS.contains(&method.as_str());
    let journal = bench.sim.journal().into_iter();
    let calls = journal.filter(|entry| entry.kind == RequestKind::Invoke);
    let calls = calls.filter(|entry| entry.method.as_ref().is_some_and(is_call));
    let run = calls.filter(|entry| matches!(entry.outcome, RequestOutcome::Answered { .. }));
    run.map(|entry| entry.message_id).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn is_undecided(operation: &Value) -> bool {
    !operation["concluded"].as_bool().unwrap()
}

/// The records of the journal, in the order of their steps.
async fn listed(command: Command) -> Vec<Value> {
    let mut records = Ran::of(command).await.json()["operations"].as_array().unwrap().clone();
    records.sort_by_key(|record| text(&record["time"]));
    records
}

async fn round(number: u64, seed: u64) -> Round {
    let mut chance = Chance(seed.wrapping_add(number.wrapping_mul(0x0123_4567_89AB_CDEF)));
    let (operation, commands) = OPERATIONS[usize::try_from(number).unwrap() % OPERATIONS.len()];
    let what = &commands[chance.index(commands.len())];
    let moment = Moment::choose(&mut chance, what.steps.len());
    let context = format!("round {number} of seed {seed}: {:?} at {moment:?}", what.words);
    let bench = Bench::of(what.lab).await;
    let then = if matches!(moment, Moment::Call { held: true, .. }) { Then::Hold } else { Then::Pass };
    let word = if let Moment::Call { step, .. } = moment { what.method(step) } else { "nothing" };
    let (url, at_gate) = gate(bench.sim.endpoint(), word, then).await;
    let oracle = Oracle::of(&bench.sim);
    let stages = what.stages(&oracle);
    let run = |arguments: &[&str]| {
        let mut command = bench.command(arguments);
        // The gate must be able to read the call.
        if matches!(moment, Moment::Call { .. }) {
            command.env("HVSNAP_ENDPOINT", &url).env("HVSNAP_AUTH", "basic");
        }
        command
    };
    let list = || listed(run(&["journal", "list", "--output", "json"]));
    killed(&bench, run(&[what.words, &["--yes"]].concat()), moment, &at_gate).await;
    let open = match list().await.last() {
        None => "nothing",
        Some(operation) if operation["answer"].is_null() => "intent",
        Some(operation) if operation["conclusion"].is_null() => "answer",
        Some(_) => "end",
    };
    // In every third round the resuming process is killed as well.
    if number.is_multiple_of(3) {
        let moment = Moment::Request(chance.index(8) + 1);
        killed(&bench, run(&["resume"]), moment, &at_gate).await;
    }
    let mut round = Round { operation, open, statuses: Vec::new(), doubles: 0, complaints: Vec::new() };
    let mut complain = |text: String| round.complaints.push(format!("{context}: {text}"));
    let ended = Ran::of(run(&["resume", "--output", "json"])).await;
    let records = list().await;
    let after = oracle.now(&bench.sim);
    // Nothing was called twice, and nothing that is not written down.
    let ran = calls(&bench);
    let messages: BTreeSet<String> = records.iter().map(|record| text(&record["message_id"])).collect();
    round.doubles = ran.len() - ran.iter().collect::<BTreeSet<_>>().len();
    if round.doubles > 0 || !ran.iter().all(|message| messages.contains(message)) {
        complain(format!("called: {ran:?}; written down: {messages:?}"));
    }
    // The host shows how many steps are done; the words of the records must say the same.
    let Some(done) = stages.iter().rposition(|stage| *stage == after) else {
        complain(format!("the host is as no step leaves it: {}", after.difference(&oracle.before)));
        return round;
    };
    if done > records.len() || records.len() > done + 1 {
        complain(format!("{done} steps are done, and {} are written down", records.len()));
    }
    let mut is_open = false;
    for (step, record) in records.iter().enumerate() {
        let id = text(&record["id"]);
        let status = text(&record["conclusion"]["status"]);
        let right = if step < done { "done" } else { "not_done" };
        // Whether the snapshot that is new is the operation's, its job alone can tell.
        let is_tied = record["kind"] != "create" || !record["answer"]["job"].is_null();
        let may_be_open = step < done && !is_tied;
        let word = if is_undecided(record) { "unknown" } else { &status };
        if word != right && !(word == "unknown" && may_be_open) {
            complain(format!("step {step} is {word}, right is {right}: {ended:#?}"));
        }
        round.statuses.push(word.to_owned());
        is_open |= word == "unknown";
        let resume = ["resume", &id, "--wait", "job", "--output", "json"];
        let said = [Ran::of(run(&resume)).await, Ran::of(run(&resume)).await];
        let codes: &[i32] = match word {
            // 1 if its job failed all the same.
            "done" => &[0, 1],
            "unknown" => &[5],
            _ => &[1],
        };
        let word_of = |ran: &Ran| text(&ran.json()["resumed"][0]["status"]);
        if said[0].code != said[1].code || said.iter().any(|ran| word_of(ran) != word) {
            complain(format!("it does not say the same twice, or not {word}: {said:#?}"));
        }
        if !codes.contains(&said[0].code.unwrap()) {
            complain(format!("{word} with the exit code {:?}: {said:#?}", said[0].code));
        }
        if word == "unknown" {
            let reason = ["journal", "close", &id, "--reason", "seen on the host", "--yes"];
            Ran::of(run(&reason)).await.shows(0, &[]);
        }
    }
    let codes: &[i32] = if is_open { &[5] } else { &[0, 1] };
    if !codes.contains(&ended.code.unwrap()) {
        complain(format!("the code of resume is {:?}: {ended:#?}", ended.code));
    }
    let again = Ran::of(run(&["resume"])).await;
    if again.code != Some(0) || !again.stderr.contains("Nothing is open") {
        complain(format!("a second resume finds something open: {again:#?}"));
    }
    if oracle.now(&bench.sim) != after || calls(&bench).len() != ran.len() {
        complain("resuming changed something, or the call came late".to_owned());
    }
    round
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_is_killed_at_any_moment_is_settled_with_the_right_word() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse().ok());
    let (kills, seed) = (number("HVSNAP_KILLS").unwrap_or(KILLS), number("HVSNAP_KILL_SEED").unwrap_or(7));
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut rounds = JoinSet::new();
    for round_number in 0..kills {
        let places = Arc::clone(&places);
        rounds.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            round(round_number, seed).await
        });
    }
    let (mut open, mut complaints) = (BTreeMap::new(), Vec::new());
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    while let Some(round) = rounds.join_next().await {
        let round = round.unwrap();
        *open.entry(round.open).or_insert(0) += 1;
        let tally = tallies.entry(round.operation).or_default();
        tally.kills += 1;
        tally.doubles += round.doubles;
        tally.wrong += round.complaints.len();
        for status in round.statuses {
            *tally.words.entry(status).or_default() += 1;
        }
        complaints.extend(round.complaints);
    }
    let mut report =
        format!("killed {kills} times (seed {seed}); the journal held {open:?}; wrong: {}", complaints.len());
    for (operation, Tally { kills, doubles, wrong, words }) in tallies {
        let counts = format!("{kills} kills, {doubles} double, {wrong} wrong");
        write!(report, "\n  {operation}: {counts}; the operations: {words:?}").unwrap();
    }
    super::report(&report);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
