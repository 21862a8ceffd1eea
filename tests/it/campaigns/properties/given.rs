//! The inputs of the properties: random labs, random fault rules, and random actions of ours and of another administrator.
//!
//! A lying host is not among the inputs: one that claims to have refused what it executed cannot be distinguished from one that
//! refused.

use std::fmt::Write;

use hvsnap::{Until, hyperv::DestroyScope};
use proptest::{collection::vec, option::weighted, prelude::*, sample::Index, sample::select};

/// A host, what goes wrong on it, and what is done to it one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    /// Whether messages are sealed by NTLM, or in the clear.
    pub(crate) sealed: bool,
    /// Whether a VM that is busy is waited for.
    pub(crate) patient: bool,
    /// Whether a tree that was read a moment ago is read again before every call.
    pub(crate) reads_again: bool,
    pub(crate) vms: Vec<Vm>,
    pub(crate) job_seconds: u32,
    pub(crate) rules: Vec<String>,
    pub(crate) steps: Vec<Step>,
    /// How many seconds later what was left open is settled.
    pub(crate) later: u64,
}

/// The snapshots of a VM: of each its parent among those before it, its name and what becomes of a call.
#[derive(Clone, Debug)]
pub(crate) struct Vm {
    snapshots: Vec<(Option<Index>, &'static str, &'static str)>,
    current: Index,
}

/// One destroy, and what happens around it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) vm: Index,
    pub(crate) target: Index,
    pub(crate) scope: DestroyScope,
    pub(crate) until: Until,
    pub(crate) timeout: u64,
    /// By another administrator, between the plan and the destroy; and how many seconds that takes.
    pub(crate) before: Vec<Edit>,
    pub(crate) pause: u64,
    /// The same, after the tree was checked and right before the call leaves.
    pub(crate) at_call: Option<Edit>,
    /// The same, once the host has accepted the call.
    pub(crate) meanwhile: Option<Edit>,
    pub(crate) dies: Option<Death>,
    /// Whether somebody tries to settle it at once, while things still go wrong.
    pub(crate) is_resumed: bool,
}

impl Step {
    pub(crate) fn is_undisturbed(&self) -> bool {
        self.before.is_empty() && self.at_call.is_none() && self.meanwhile.is_none() && self.dies.is_none()
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Edit {
    /// Below this one, or as a root.
    Add(Option<Index>),
    Remove(Index),
    Rename(Index),
}

pub(crate) fn vm_name(place: usize) -> String {
    format!("vm-{place}")
}

impl Scenario {
    /// Whether some job may never end.
    pub(crate) fn has_stuck_jobs(&self) -> bool {
        self.rules.iter().any(|rule| rule.contains("do=job-stuck"))
    }

    /// Whether the lab by itself lets all calls end well, and all merges end.
    pub(crate) fn is_friendly(&self) -> bool {
        self.vms.iter().flat_map(|vm| &vm.snapshots).all(|(_, _, destroy)| destroy.is_empty())
    }

    pub(crate) fn lab(&self) -> String {
        let mut lab = String::from("schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n");
        writeln!(lab, "[timing]\njob_seconds = {}.0", self.job_seconds).unwrap();
        lab.push_str("[[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n");
        for (place, vm) in self.vms.iter().enumerate() {
            let id = |number: usize| format!("0A1B2C3D-{place:04}-4000-8000-{number:012}");
            let count = vm.snapshots.len();
            writeln!(lab, "[[vm]]\nname = \"{}\"", vm_name(place)).unwrap();
            writeln!(lab, "current = \"{}\"", id(vm.current.index(count))).unwrap();
            for (number, (parent, name, destroy)) in vm.snapshots.iter().enumerate() {
                writeln!(lab, "[[vm.snapshot]]\nname = \"{name}\"\nid = \"{}\"", id(number)).unwrap();
                if let (Some(parent), true) = (parent, number > 0) {
                    writeln!(lab, "parent = \"{}\"", id(parent.index(number))).unwrap();
                }
                if !destroy.is_empty() {
                    writeln!(lab, "[vm.snapshot.destroy]\n{destroy}").unwrap();
                }
            }
        }
        lab
    }
}

const NAMES: [&str; 5] = ["base", "nightly", "before <upgrade> & \\\"after\\\"", "Größe 1", "x/y"];

/// What becomes of a call that the lab spoils by itself.
const ENDS: [&str; 12] = [
    "return_value = 0",
    "return_value = 32774",
    "return_value = 32775",
    "job = \"warnings\"",
    "job = \"exception\"",
    "job = \"exception\"\ntakes_effect = true",
    "job = \"terminated\"",
    "job = \"vanishes\"",
    "job = \"vanishes\"\ntakes_effect = false",
    "takes_effect = false",
    "merge = \"never\"",
    "merge = \"none\"",
];

fn vm() -> impl Strategy<Value = Vm> {
    let end = prop_oneof![5 => Just(""), 1 => select(&ENDS[..])];
    let snapshot = (weighted(0.9, any::<Index>()), select(&NAMES[..]), end);
    (vec(snapshot, 1..=12), any::<Index>()).prop_map(|(snapshots, current)| Vm { snapshots, current })
}

/// Which requests, by what they are.
const PLACES: [&str; 14] = [
    "any",
    "any",
    "get",
    "enumerate",
    "pull",
    "release",
    "invoke",
    "DestroySnapshot",
    "DestroySnapshot",
    "DestroySnapshotTree",
    "GetErrorEx",
    "any,class=Msvm_VirtualSystemSettingData",
    "any,class=Msvm_ComputerSystem",
    "any,class=Msvm_ConcreteJob",
];

const SPOILS: [&str; 39] = [
    "do=refuse,seconds=0.1",
    "do=refuse,seconds=3600",
    "do=delay-before,seconds=5",
    "do=delay-before,seconds=200",
    "do=delay-after,seconds=5",
    "do=delay-after,seconds=400",
    "do=reset-before",
    "do=reset-after",
    "do=reset-after",
    "do=truncate",
    "do=truncate,bytes=0",
    "do=truncate,level=message",
    "do=garbage",
    "do=garbage,executed=false",
    "do=garbage,level=connection",
    "do=status,code=503",
    "do=status,code=503,body=<html>busy</html>,executed=true",
    "do=status,code=500",
    "do=status,code=500,executed=true",
    "do=status,code=502,body=<p>bad gateway,executed=true",
    "do=status,code=200,body=<html/>,executed=true",
    "do=status,code=404",
    "do=status,code=401",
    "do=fault,code=5",
    "do=fault,code=2150858817",
    "do=fault,code=2150858752",
    "do=fault,code=2150858815",
    "do=fault,code=2147944122",
    "do=fault,code=2147944126,executed=true",
    "do=fault,code=2150858829,executed=true",
    "do=timed-out",
    "do=timed-out,executed=false",
    "do=quota",
    "do=wrong-relates-to",
    "do=replay",
    "do=replay,level=connection",
    "do=drip,bytes=200,seconds=0.1",
    "do=drip,bytes=100,seconds=20",
    "do=oversize,bytes=300000",
];

const JOBS: [&str; 8] = [
    "do=job-stuck",
    "do=job-exception",
    "do=job-exception,code=32775,description=Full",
    "do=job-exception,takes_effect=true",
    "do=job-vanishes",
    "do=job-vanishes",
    "do=job-vanishes,takes_effect=false",
    "do=merge-blocked",
];

fn occurrence() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => (1..=3_u32).prop_map(|nth| format!("nth={nth}")),
        5 => (1..=40_u32).prop_map(|nth| format!("nth={nth}")),
        3 => (1..=30_u32, 1..=5_u32).prop_map(|(from, count)| format!("from={from},count={count}")),
        2 => (2..=7_u32, 1..=9_u32).prop_map(|(every, count)| format!("every={every},count={count}")),
        1 => (1..=30_u32).prop_map(|from| format!("from={from}")),
        2 => (1..=5_u32, any::<u16>()).prop_map(|(tenths, seed)| format!("probability=0.{tenths},seed={seed}")),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let spoils = (select(&PLACES[..]), occurrence(), select(&SPOILS[..]));
    prop_oneof![
        8 => spoils.prop_map(|(on, when, kind)| format!("on={on},{when},{kind}")),
        3 => (1..=2_u32, select(&JOBS[..])).prop_map(|(nth, kind)| format!("nth={nth},{kind}")),
        1 => occurrence().prop_map(|when| format!("on=connect,{when},do=refuse")),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        weighted(0.8, any::<Index>()).prop_map(Edit::Add),
        any::<Index>().prop_map(Edit::Remove),
        any::<Index>().prop_map(Edit::Rename),
    ]
}

/// When our process ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Death {
    /// After it has waited for something this many times.
    Any(usize),
    /// The same, counted from when the intent is in the journal.
    AfterIntent(usize),
}

fn death() -> impl Strategy<Value = Death> {
    prop_oneof![
        1 => (1..=200_usize).prop_map(Death::Any),
        3 => (1..=60_usize).prop_map(Death::AfterIntent),
    ]
}

/// Steps, and whether somebody else is at it as well.
fn step(is_busy: bool) -> impl Strategy<Value = Step> {
    let what = (
        any::<Index>(),
        any::<Index>(),
        select(&[DestroyScope::Single, DestroyScope::Tree][..]),
        select(&[Until::Accepted, Until::JobEnded, Until::Merged, Until::Merged][..]),
        select(&[1_u64, 60, 120, 300][..]),
    );
    let one = || weighted(0.3, edit()).prop_map(move |edit| edit.filter(|_| is_busy));
    let several = weighted(0.4, vec(edit(), 1..=3))
        .prop_map(move |edits| edits.filter(|_| is_busy).unwrap_or_default());
    let others = (several, select(&[0_u64, 0, 20, 3600][..]), one(), one());
    (what, others, weighted(0.3, death()), any::<bool>()).prop_map(|(what, others, dies, is_resumed)| {
        let (vm, target, scope, until, timeout) = what;
        let (before, pause, at_call, meanwhile) = others;
        Step { vm, target, scope, until, timeout, before, pause, at_call, meanwhile, dies, is_resumed }
    })
}

/// At most `faults` rules.
pub(crate) fn scenario(faults: usize, is_busy: bool) -> impl Strategy<Value = Scenario> {
    let is_sealed = proptest::bool::weighted(0.3);
    let host = (any::<u64>(), is_sealed, any::<bool>(), any::<bool>(), select(&[1_u32, 2, 40][..]));
    let later = select(&[0_u64, 3, 60, 900][..]);
    (host, vec(vm(), 1..=2), vec(rule(), 0..=faults), vec(step(is_busy), 1..=3), later).prop_map(
        |((seed, sealed, patient, reads_again, job_seconds), vms, rules, steps, later)| Scenario {
            seed,
            sealed,
            patient,
            reads_again,
            vms,
            job_seconds,
            rules,
            steps,
            later,
        },
    )
}
