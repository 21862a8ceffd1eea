//! Kills the real command at a random moment and checks what `resume` then reports; the simulator is the oracle.
//!
//! The seed chooses the target and the moment of the kill: at a request that the host has received, at a write of the journal, at
//! a byte on stderr, during the call, or after a delay. In every case nothing is called twice and no status is wrong.
//! `HVSNAP_KILLS` is the number of rounds, `HVSNAP_KILL_SEED` the seed.
#![cfg(unix)]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    sync::{Notify, Semaphore},
    task::JoinSet,
    time::sleep,
};

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
    /// When the call has reached a gate before the host, which holds it or lets it pass.
    Call { held: bool },
    /// After this long.
    Delay(Duration),
}

impl Moment {
    fn choose(chance: &mut Chance) -> Self {
        match chance.below(10) {
            0..=3 => Self::Request(chance.index(24)),
            4 => Self::Written("intent"),
            5 => Self::Written("return_code"),
            6 => Self::Written("status"),
            7 => Self::Said(chance.index(1_500)),
            8 => Self::Call { held: chance.below(2) == 0 },
            _ => Self::Delay(Duration::from_micros(chance.below(900_000))),
        }
    }
}

/// The targets, with their flags.
const DESTROYS: [&[&str]; 7] = [
    &["app-01", "middle"],
    &["web-01", "before-upgrade", "--scope", "tree"],
    &["web-01", "base/before-upgrade", "--wait", "job"],
    &["broken-01", "fails"],
    &["broken-01", "at-once"],
    &["ghost-01", "leaves"],
    &["ghost-01", "stays"],
];

/// The result of one round.
struct Round {
    /// The state of the journal when the command was dead.
    open: &'static str,
    status: String,
    complaints: Vec<String>,
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

fn ids(bench: &Bench, vm: &str) -> BTreeSet<String> {
    bench.sim.snapshots_of(vm).unwrap().into_iter().map(|s| s.instance_id.to_lowercase()).collect()
}

fn calls(bench: &Bench) -> usize {
    bench.sim.calls("DestroySnapshot") + bench.sim.calls("DestroySnapshotTree")
}

async fn round(number: u64, seed: u64) -> Round {
    let mut chance = Chance(seed.wrapping_add(number.wrapping_mul(0x0123_4567_89AB_CDEF)));
    let what = DESTROYS[chance.index(DESTROYS.len())];
    let moment = Moment::choose(&mut chance);
    let context = format!("round {number} of seed {seed}: {what:?} at {moment:?}");
    let bench = Bench::new().await;
    let then = if matches!(moment, Moment::Call { held: true }) { Then::Hold } else { Then::Pass };
    let (url, at_gate) = gate(bench.sim.endpoint(), "DestroySnapshot", then).await;
    let before = ids(&bench, what[0]);
    let run = |arguments: &[&str]| {
        let mut command = bench.command(arguments);
        // The gate must be able to read the call.
        if matches!(moment, Moment::Call { .. }) {
            command.env("HVSNAP_ENDPOINT", &url).env("HVSNAP_AUTH", "basic");
        }
        command
    };
    let destroy: Vec<&str> =
        ["snapshot", "destroy", "--yes"].into_iter().chain(what.iter().copied()).collect();
    killed(&bench, run(&destroy), moment, &at_gate).await;
    let open = match Ran::of(run(&["journal", "list", "--output", "json"])).await.json()["operations"].get(0)
    {
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
    let mut round = Round { open, status: "none".to_owned(), complaints: Vec::new() };
    let mut complain = |text: String| round.complaints.push(format!("{context}: {text}"));
    let ended = Ran::of(run(&["resume", "--output", "json"])).await;
    let listed = Ran::of(run(&["journal", "list", "--output", "json"])).await.json();
    let after = ids(&bench, what[0]);
    let gone: BTreeSet<_> = before.difference(&after).cloned().collect();
    if calls(&bench) > 1 {
        complain(format!("{} calls", calls(&bench)));
    }
    let Some(operation) = listed["operations"].get(0) else {
        if calls(&bench) > 0 || !gone.is_empty() {
            complain(format!("nothing is written down, and gone is {gone:?}"));
        }
        return round;
    };
    let id = operation["id"].as_str().unwrap();
    let planned: BTreeSet<_> = operation["destroyed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|snapshot| snapshot["id"].as_str().unwrap().to_lowercase())
        .collect();
    if !gone.is_subset(&planned) {
        complain(format!("gone and not planned: {gone:?}"));
    }
    let (right, code) = match (gone.is_empty(), gone == planned) {
        (_, true) => ("done", 0),
        (true, _) => ("not_done", 1),
        _ => ("partly", 1),
    };
    let status = operation["conclusion"]["status"].as_str().unwrap_or("open").to_owned();
    if status != right {
        complain(format!("the status is {status}, right is {right}: {ended:#?}"));
    }
    // An operation that was already final is not open, and nothing is resumed.
    if ended.code != Some(code) && ended.code != Some(0) {
        complain(format!("the code is {:?}: {ended:#?}", ended.code));
    }
    let said: Vec<Ran> = [
        Ran::of(run(&["resume", id, "--wait", "job", "--output", "json"])).await,
        Ran::of(run(&["resume", id, "--wait", "job", "--output", "json"])).await,
    ]
    .into();
    if said[0].stdout != said[1].stdout || said[0].code != Some(code) {
        complain(format!("it does not say the same twice, or not {code}: {said:#?}"));
    }
    if ids(&bench, what[0]) != after || calls(&bench) > 1 {
        complain("settling changed something, or the call came late".to_owned());
    }
    round.status = status;
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
    let (mut open, mut words, mut complaints) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    while let Some(round) = rounds.join_next().await {
        let round = round.unwrap();
        *open.entry(round.open).or_insert(0) += 1;
        *words.entry(round.status).or_insert(0) += 1;
        complaints.extend(round.complaints);
    }
    super::report(&format!(
        "killed {kills} times (seed {seed}); the journal held {open:?}; the words were {words:?}; wrong: {}",
        complaints.len()
    ));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
