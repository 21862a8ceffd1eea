//! The matrix's other dimension: the read-back, the end of the call, and the kind of process that reads.
//!
//! The truth is the simulated host's own model; a lying proxy changes what the client reads. A status is an error if it is not
//! true; a final one must never change, whatever process looks later; and no call may run twice. If the host's answers are all
//! true, nothing may stay unknown. An ordinary run takes every fifth cell; `HVSNAP_READBACK=all` takes all.

mod proxy;

use std::{fmt::Write, future::Future, pin::pin, sync::Arc, task::Poll, time::Duration};

use hvsnap::{
    Client, Credentials, Error, ErrorKind, Host, Outcome, Until,
    clock::Clock,
    hyperv::DestroyScope,
    journal::{Journal, MemoryJournal, Operation, Status},
    sim::{RunningSimulator, Simulator},
};

use self::proxy::{Names, Proxy, Shown};
use crate::host::IntoHost;

const VM: &str = "web-01";
const TARGET: &str = "before-upgrade";

/// How the call ends.
#[derive(Clone, Copy, Debug)]
struct Ending {
    name: &'static str,
    /// What the lab says of the destroy of the target.
    lab: &'static str,
    /// What goes wrong on the way.
    rule: &'static str,
    /// Whether the answer says 32774 although the host has begun.
    refuses_with_a_job: bool,
    /// Whether the host itself tells the truth about the call.
    is_sane: bool,
}

const fn ending(name: &'static str, lab: &'static str, rule: &'static str) -> Ending {
    Ending { name, lab, rule, refuses_with_a_job: false, is_sane: true }
}

const ENDINGS: [Ending; 14] = [
    ending("0", "return_value = 0", ""),
    Ending { is_sane: false, ..ending("0, and nothing done", "return_value = 0\ntakes_effect = false", "") },
    ending("4096", "", ""),
    ending("4096, the object lags", "object_delay_seconds = 4", ""),
    ending("4096, job fails", "", "do=job-exception"),
    ending("4096, job vanishes", "", "do=job-vanishes"),
    ending("4096, job vanishes in vain", "", "do=job-vanishes,takes_effect=false"),
    ending("refused", "return_value = 32774", ""),
    Ending { refuses_with_a_job: true, is_sane: false, ..ending("refused with a job", "", "") },
    ending("fault", "", "on=DestroySnapshot,do=fault,code=2150858817"),
    ending("403", "", "on=DestroySnapshot,do=status,code=403"),
    ending("502, executed", "", "on=DestroySnapshot,do=status,code=502,executed=true"),
    ending("lost before", "", "on=DestroySnapshot,do=reset-before"),
    ending("lost after", "", "on=DestroySnapshot,do=reset-after"),
];

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looker {
    Wait,
    Accepted,
    CtrlC,
    ResumeAtOnce,
    ResumeLater,
    NextDestroy,
}

const LOOKERS: [Looker; 6] = [
    Looker::Wait,
    Looker::Accepted,
    Looker::CtrlC,
    Looker::ResumeAtOnce,
    Looker::ResumeLater,
    Looker::NextDestroy,
];

fn lab(ending: &Ending) -> String {
    format!(
        r#"
schema = "hvsnap-lab/1"
[host]
name = "HV01"
[[user]]
name = 'LAB\operator'
password = "correct-horse"
[[vm]]
name = "web-01"
[[vm.snapshot]]
name = "base"
[[vm.snapshot]]
name = "before-upgrade"
parent = "base"
[vm.snapshot.destroy]
{}
[[vm.snapshot]]
name = "after-upgrade"
parent = "before-upgrade"
"#,
        ending.lab
    )
}

struct Bench {
    sim: RunningSimulator,
    proxy: Proxy,
    journal: MemoryJournal,
}

impl Bench {
    async fn new(ending: &Ending, shown: Shown) -> Self {
        let sim = Simulator::from_lab_text(&lab(ending)).unwrap().seed(7).start().await.unwrap();
        let of = |name: &str| {
            let snapshots = sim.snapshots_of(VM).unwrap();
            snapshots.into_iter().find(|snapshot| snapshot.name == name).unwrap().instance_id
        };
        let vm = sim.vms().into_iter().find(|vm| vm.name == VM).unwrap().id;
        let names = Names { vm, current: of("after-upgrade"), kept: of("base") };
        let proxy = Proxy::start(&sim, shown, names, ending.refuses_with_a_job).await;
        let bench = Self { sim, proxy, journal: MemoryJournal::new() };
        if !ending.rule.is_empty() {
            bench.sim.inject(ending.rule.parse().unwrap());
        }
        bench
    }

    /// A client as a new process would make it.
    fn client(&self) -> Host {
        let (user, password) = self.sim.administrator().unwrap();
        Client::builder(self.proxy.url.as_str())
            .clock(Arc::new(self.sim.clock()))
            .credentials(Credentials::basic(user, password))
            .dangerous()
            .allow_plaintext()
            .host()
            .journal(Arc::new(self.journal.clone()))
            .fresh_for(Duration::ZERO)
    }

    fn operation(&self) -> Operation {
        self.journal.list().unwrap().into_iter().next().unwrap().unwrap()
    }

    fn is_gone(&self) -> bool {
        !self.sim.snapshots_of(VM).unwrap().iter().any(|snapshot| snapshot.name == TARGET)
    }

    async fn pass(&self, seconds: u64) {
        self.sim.clock().sleep(Duration::from_secs(seconds)).await;
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    /// Calls, lets one look, and says what that one said.
    async fn look(&self, shown: Shown, looker: Looker) -> Status {
        let job = {
            let client = self.client();
            let vm = client.vm(VM).await.unwrap();
            let tree = vm.snapshots().await.unwrap();
            let target = tree.find(TARGET).unwrap().id();
            let plan = tree.plan_destroy(target, DestroyScope::Single).unwrap();
            let meanwhile = |_| {
                if shown == Shown::AnothersSnapshot {
                    self.sim.add_snapshot(VM, Some("after-upgrade"), "another's").unwrap();
                }
            };
            vm.begin_announced(&plan, &[], meanwhile).await.unwrap()
        };
        let timeout = Duration::from_secs(300);
        match looker {
            Looker::Wait => {
                status(job.wait(hvsnap::Wait::until(Until::Merged).timeout(timeout), |_| {}).await)
            }
            Looker::Accepted => status(job.wait(Until::Accepted, |_| {}).await),
            Looker::CtrlC => {
                let mut wait = pin!(job.wait(hvsnap::Wait::until(Until::Merged).timeout(timeout), |_| {}));
                let mut polls = 0;
                std::future::poll_fn(|context| {
                    polls += 1;
                    // Some way into the waiting: after a look or two.
                    if polls > 12 { Poll::Ready(()) } else { wait.as_mut().poll(context).map(drop) }
                })
                .await;
                job.observed().status
            }
            Looker::ResumeAtOnce | Looker::ResumeLater => {
                drop(job);
                if looker == Looker::ResumeLater {
                    self.pass(3600).await;
                }
                self.resume(Until::JobEnded).await
            }
            Looker::NextDestroy => {
                drop(job);
                let client = self.client();
                let ended = async {
                    let vm = client.vm(VM).await?;
                    let tree = vm.snapshots().await?;
                    // The tree that it reads may be half a tree.
                    let Ok(base) = tree.find("base") else { return Ok(()) };
                    let plan = tree.plan_destroy(base.id(), DestroyScope::Single).unwrap();
                    vm.begin(&plan).await.map(drop)
                };
                match ended.await {
                    Err(error) => match error.kind() {
                        ErrorKind::EarlierOpen(earlier) => earlier.outcome.status,
                        // Refused for another reason, or not even planned: the journal holds what was found out.
                        _ => self.written(),
                    },
                    Ok(()) => self.written(),
                }
            }
        }
    }

    /// What the journal holds; nothing is known where nothing is written.
    fn written(&self) -> Status {
        self.operation().conclusion.map_or(Status::Unknown, |conclusion| conclusion.outcome.status)
    }

    async fn resume(&self, until: Until) -> Status {
        let (client, operation) = (self.client(), self.operation());
        let wait = hvsnap::Wait::until(until).timeout(Duration::from_secs(300));
        client.resume_waiting(&operation, wait, |_| {}).await.unwrap().outcome.status
    }
}

fn status(ended: Result<Outcome, Error>) -> Status {
    match ended {
        Ok(outcome) => outcome.status,
        Err(error) => error.outcome().unwrap().status,
    }
}

/// One cell, and what is wrong with it.
struct Cell {
    ending: &'static Ending,
    shown: Shown,
    looker: Looker,
    said: Status,
    wrong: Vec<String>,
    is_changed: bool,
    runs: usize,
}

impl Cell {
    /// Whether all that the host said is true, and somebody waited for it.
    fn must_be_known(&self) -> bool {
        let waits = matches!(self.looker, Looker::Wait | Looker::ResumeAtOnce | Looker::ResumeLater);
        self.shown.is_sane() && self.ending.is_sane && waits
    }
}

async fn cell(ending: &'static Ending, shown: Shown, looker: Looker) -> Cell {
    let bench = Bench::new(ending, shown).await;
    let said = bench.look(shown, looker).await;
    let (is_gone, written) = (bench.is_gone(), bench.written());
    // Whatever goes on ends, and then whoever looks sees the truth.
    bench.pass(86_400).await;
    let will_be_gone = bench.is_gone();
    let mut wrong = Vec::new();
    for status in [said, written] {
        let is_true = match status {
            Status::Done => is_gone,
            Status::NotDone => !is_gone && !will_be_gone,
            // One snapshot is gone or it is not.
            Status::Partly => false,
            _ => true,
        };
        if !is_true {
            wrong.push(format!("{status}; gone {is_gone}, then {will_be_gone}"));
        }
    }
    bench.proxy.be_honest();
    bench.sim.clear_faults();
    let then = bench.resume(Until::JobEnded).await;
    let is_changed = [said, written].iter().any(|status| status.is_final() && *status != then);
    if then != (if will_be_gone { Status::Done } else { Status::NotDone }) {
        wrong.push(format!("a day later, and all true: {then}; gone {will_be_gone}"));
    }
    let target = bench.operation().id();
    let runs =
        bench.sim.journal().iter().filter(|entry| entry.message_id == target.message_id().as_str()).count();
    Cell { ending, shown, looker, said, wrong, is_changed, runs }
}

fn summary(cells: &[Cell]) -> String {
    let mut text = String::new();
    let mut row = |name: &str, cells: &[&Cell]| {
        let count = |is: fn(&Cell) -> bool| cells.iter().filter(|cell| is(cell)).count();
        let unknown = count(|cell| matches!(cell.said, Status::Unknown | Status::Running));
        writeln!(
            text,
            "{name:<22}{:>7}{:>7}{:>10}{:>15} ({:>3} %){:>8}{:>9}{:>8}",
            cells.len(),
            count(|cell| cell.said == Status::Done),
            count(|cell| cell.said == Status::NotDone),
            unknown,
            unknown * 100 / cells.len().max(1),
            count(|cell| !cell.wrong.is_empty()),
            count(|cell| cell.is_changed),
            count(|cell| cell.runs > 1),
        )
        .unwrap();
    };
    for shown in Shown::ALL {
        row(&format!("{shown:?}"), &cells.iter().filter(|cell| cell.shown == shown).collect::<Vec<_>>());
    }
    for looker in LOOKERS {
        row(&format!("{looker:?}"), &cells.iter().filter(|cell| cell.looker == looker).collect::<Vec<_>>());
    }
    row("waits, host sane", &cells.iter().filter(|cell| cell.must_be_known()).collect::<Vec<_>>());
    row(
        "host sane",
        &cells.iter().filter(|cell| cell.shown.is_sane() && cell.ending.is_sane).collect::<Vec<_>>(),
    );
    row(
        "host insane",
        &cells.iter().filter(|cell| !(cell.shown.is_sane() && cell.ending.is_sane)).collect::<Vec<_>>(),
    );
    row("all", &cells.iter().collect::<Vec<_>>());
    let head = format!(
        "{:<22}{:>7}{:>7}{:>10}{:>15}        {:>8}{:>9}{:>8}",
        "", "cells", "done", "not done", "not known yet", "wrong", "changed", "double"
    );
    format!("{head}\n{text}")
}

#[tokio::test]
async fn whatever_the_read_back_shows_no_status_is_wrong_and_a_final_one_stays() {
    // Of all cells, 11 readings times 6 lookers in a row, so that each fifth meets every reading, ending and looker.
    let takes = if std::env::var_os("HVSNAP_READBACK").is_some_and(|all| all == "all") { 1 } else { 5 };
    let (mut cells, mut number) = (Vec::new(), 0);
    for ending in &ENDINGS {
        for shown in Shown::ALL {
            for looker in LOOKERS {
                number += 1;
                if number % takes == 0 {
                    cells.push(cell(ending, shown, looker).await);
                }
            }
        }
    }
    for looker in LOOKERS {
        assert!(cells.iter().any(|cell| cell.looker == looker), "{looker:?} never looks");
    }
    super::report(&summary(&cells));
    let mut list = String::new();
    for cell in &cells {
        let mut wrong = cell.wrong.clone();
        if cell.is_changed {
            wrong.push(format!("{} was final, and is another now", cell.said));
        }
        if cell.runs > 1 {
            wrong.push(format!("{} calls", cell.runs));
        }
        if cell.must_be_known() && !cell.said.is_final() {
            wrong.push(format!("{}, on a host that tells the truth", cell.said));
        }
        if !wrong.is_empty() {
            let place = format!("{}, {:?}, {:?}", cell.ending.name, cell.shown, cell.looker);
            writeln!(list, "{place}: {}", wrong.join("; ")).unwrap();
        }
    }
    assert!(list.is_empty(), "{list}");
}
