//! What may follow what, what a change looks like while it is under way, and what becomes of one that goes wrong.

use std::time::Duration;

use super::{Host, Started};
use crate::sim::lab::{Lab, StateRequest, VmState};

const START: Duration = Duration::from_secs(1_795_424_400);

/// A host with a VM `v`, about which the lab says `rest`.
fn host(rest: &str) -> Host {
    let lab = format!("schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[vm]]\nname = \"v\"\n{rest}");
    Host::new(&Lab::parse(&lab).unwrap(), 7, START)
}

fn ask(host: &mut Host, request: StateRequest) -> Started {
    let id = host.vms[0].id.clone();
    host.change_state(&id, request, "x")
}

/// Lets `seconds` pass since the start.
fn at(host: &mut Host, seconds: f64) {
    host.advance(START + Duration::from_secs_f64(seconds));
}

fn state(host: &Host) -> (VmState, bool) {
    (host.vms[0].state, host.vms[0].changing.is_some())
}

const REQUESTS: [StateRequest; 6] = [
    StateRequest::Start,
    StateRequest::Off,
    StateRequest::Shutdown,
    StateRequest::Save,
    StateRequest::Pause,
    StateRequest::Reset,
];

#[test]
fn from_each_state_the_documented_requests_lead_where_they_say() {
    use VmState::{Off, Paused, Running, Saved};
    for (word, from, to) in [
        ("running", Running, [None, Some(Off), Some(Off), Some(Saved), Some(Paused), Some(Running)]),
        ("off", Off, [Some(Running), None, None, None, None, None]),
        ("saved", Saved, [Some(Running), Some(Off), None, None, None, None]),
        ("paused", Paused, [Some(Running), Some(Off), None, Some(Saved), None, None]),
    ] {
        for (request, to) in REQUESTS.into_iter().zip(to) {
            let mut host = host(&format!("state = \"{word}\"\n"));
            let started = ask(&mut host, request);
            assert_eq!(started.return_value, if to.is_some() { 4096 } else { 32775 }, "{word}, {request:?}");
            assert_eq!(state(&host), (from, to.is_some()));
            at(&mut host, 10.0);
            assert_eq!(state(&host), (to.unwrap_or(from), false), "{word}, {request:?}");
        }
    }
}

#[test]
fn a_change_lasts_as_long_as_its_job_and_nothing_else_begins_meanwhile() {
    let mut host = host("[[vm.snapshot]]\nname = \"s\"\n");
    assert_eq!(ask(&mut host, StateRequest::Save).return_value, 4096);
    at(&mut host, 0.999);
    assert_eq!(state(&host), (VmState::Running, true));
    assert_eq!(ask(&mut host, StateRequest::Off).return_value, 32775);
    let snapshot = host.vms[0].snapshots[0].id.clone();
    assert_eq!(host.destroy(&snapshot, super::Scope::Single, "x").return_value, 32775);
    at(&mut host, 1.0);
    assert_eq!((state(&host), host.vms[0].started), ((VmState::Saved, false), None));
    assert_eq!(host.vms[0].changed, START + Duration::from_secs(1));
    // And the other way round.
    assert_eq!(host.destroy(&snapshot, super::Scope::Single, "x").return_value, 4096);
    assert_eq!(ask(&mut host, StateRequest::Start).return_value, 32775);
    at(&mut host, 3.0);
    assert_eq!(ask(&mut host, StateRequest::Start).return_value, 4096, "a merge hinders no change");
}

#[test]
fn it_has_been_up_since_it_was_started_and_a_pause_does_not_count() {
    let mut host = host("");
    let booted = host.booted;
    assert_eq!(host.vms[0].started, Some(booted));
    for (request, seconds, started) in [
        (StateRequest::Pause, 1.0, Some(booted)),
        (StateRequest::Start, 2.0, Some(booted)),
        (StateRequest::Reset, 3.0, Some(START + Duration::from_secs(3))),
        (StateRequest::Save, 4.0, None),
        (StateRequest::Start, 5.0, Some(START + Duration::from_secs(5))),
    ] {
        assert_eq!(ask(&mut host, request).return_value, 4096);
        at(&mut host, seconds);
        assert_eq!(host.vms[0].started, started, "{request:?}");
    }
}

#[test]
fn what_the_lab_says_of_one_request_holds_for_that_one() {
    let mut host = host(
        "[vm.request.save]\njob = \"exception\"\nerror_code = 32777\nerror_description = \"no space\"\n\
         [vm.request.pause]\nreturn_value = 32770\n[vm.request.off]\nreturn_value = 0\n\
         [vm.request.reset]\njob = \"exception\"\ntakes_effect = true\njob_seconds = 7.0\n",
    );
    let job = ask(&mut host, StateRequest::Save).job.unwrap();
    at(&mut host, 1.0);
    let failed = host.job(&job).unwrap();
    assert_eq!((failed.state(host.now()), failed.error_code()), (10, 32777));
    assert_eq!(failed.error_description().as_deref(), Some("no space"));
    assert_eq!(state(&host), (VmState::Running, false));
    assert_eq!(ask(&mut host, StateRequest::Pause), Started { return_value: 32770, job: None });
    let job = ask(&mut host, StateRequest::Reset).job.unwrap();
    at(&mut host, 8.0);
    assert_eq!(host.job(&job).unwrap().state(host.now()), 10);
    assert_eq!(host.vms[0].started, Some(START + Duration::from_secs(8)), "it was reset all the same");
    assert_eq!(ask(&mut host, StateRequest::Off), Started { return_value: 0, job: None });
    assert_eq!(state(&host), (VmState::Off, false));
}

#[test]
fn a_guest_shuts_down_when_it_can_and_says_so_when_it_cannot() {
    for (guest, plain, forced, off) in [
        ("ready", 0, 32782, true),
        ("locked", 32781, 0, true),
        ("not-ready", 32780, 32780, false),
        ("none", 32775, 32775, false),
        ("hung", 0, 32782, false),
    ] {
        let mut host = host(&format!("guest = \"{guest}\"\n"));
        let id = host.vms[0].id.clone();
        assert_eq!(host.shut_down_guest(&id, false), plain, "{guest}");
        assert_eq!(host.shut_down_guest(&id, true), forced, "{guest}");
        at(&mut host, 4.9);
        assert_eq!(host.vms[0].state, VmState::Running, "{guest}");
        at(&mut host, 100.0);
        assert_eq!(host.vms[0].state == VmState::Off, off, "{guest}");
        assert_eq!(host.jobs().count(), 0, "without a job");
    }
}

#[test]
fn a_guest_that_hangs_can_be_turned_off() {
    let mut host = host("guest = \"hung\"\n");
    let id = host.vms[0].id.clone();
    assert_eq!(host.shut_down_guest(&id, false), 0);
    assert_eq!(ask(&mut host, StateRequest::Save).return_value, 32775);
    assert_eq!(ask(&mut host, StateRequest::Off).return_value, 4096);
    at(&mut host, 1.0);
    assert_eq!(state(&host), (VmState::Off, false));
    // The same by a request that has a job.
    assert_eq!(ask(&mut host, StateRequest::Start).return_value, 4096);
    at(&mut host, 2.0);
    let hanging = ask(&mut host, StateRequest::Shutdown).job.unwrap();
    at(&mut host, 1000.0);
    assert_eq!((state(&host), host.job(&hanging).unwrap().state(host.now())), ((VmState::Running, true), 4));
    assert_eq!(ask(&mut host, StateRequest::Off).return_value, 4096);
    assert_eq!(host.job(&hanging).unwrap().state(host.now()), 8, "terminated");
    at(&mut host, 1001.0);
    assert_eq!(state(&host), (VmState::Off, false));
}

#[test]
fn what_a_guest_had_begun_does_not_turn_a_later_run_off() {
    let mut host = host("");
    let id = host.vms[0].id.clone();
    assert_eq!(host.shut_down_guest(&id, false), 0);
    assert_eq!(ask(&mut host, StateRequest::Off).return_value, 4096);
    at(&mut host, 1.0);
    assert_eq!(ask(&mut host, StateRequest::Start).return_value, 4096);
    at(&mut host, 60.0);
    assert_eq!(state(&host), (VmState::Running, false));
}

#[test]
fn a_cancelled_change_leaves_the_state() {
    let mut host = host("");
    let job = ask(&mut host, StateRequest::Save).job.unwrap();
    assert_eq!(host.request_state_change(&job, 4, false), Some(4096));
    at(&mut host, 60.0);
    assert_eq!(state(&host), (VmState::Running, false));
}
