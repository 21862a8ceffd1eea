//! Fault rules in the lab file, on the command line and by the library; what they say when they are wrong or did nothing.

use hvsnap::{
    ClientErrorKind, Effect, Until,
    clock::Clock,
    hyperv::DestroyScope,
    sim::{FaultRule, RequestKind, RunningSimulator, Simulator},
};

use crate::{
    cli::{Bench, Ran},
    host::IntoHost,
    sim::raw::{lab, query},
};

const HEAD: &str = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n";
const PUBLISHED: &str = include_str!("../../../fixtures/lab/two-branches.toml");

fn refused(table: &str) -> String {
    Simulator::from_lab_text(&format!("{HEAD}{table}")).unwrap_err().to_string()
}

#[tokio::test]
async fn rules_of_the_lab_come_before_those_of_the_library() {
    let faults = "[[fault]]\non = \"DestroySnapshot\"\nnth = 1\ndo = \"status\"\ncode = 503\n\
                  [[fault]]\ndo = \"delay-after\"\nseconds = 0.5\nprobability = 1\n";
    let sim = Simulator::from_lab_text(&format!("{PUBLISHED}\n{faults}")).unwrap();
    let sim = sim.fault("do=quota,on=release".parse().unwrap()).start().await.unwrap();
    sim.inject("do=quota,on=identify".parse().unwrap());
    let rules: Vec<_> = sim.faults().iter().map(|used| used.fault.to_string()).collect();
    assert_eq!(
        rules,
        [
            "code=503,do=status,nth=1,on=DestroySnapshot",
            "do=delay-after,probability=1,seconds=0.5",
            "do=quota,on=release",
            "do=quota,on=identify"
        ]
    );
    sim.clear_faults();
    assert!(sim.faults().is_empty());
}

#[test]
fn a_wrong_rule_of_the_lab_is_refused_with_its_line() {
    for (table, said) in [
        (
            "[[fault]]\ndo = \"quota\"\n[[fault]]\non = \"get\"\nnht = 1\ndo = \"quota\"\n",
            "line 8: fault 2: nht: no key",
        ),
        (
            "[[fault]]\non = \"Get\"\ndo = \"quota\"\n",
            "line 5: fault 1: on: \"Get\" is not known; allowed are any, connect",
        ),
        ("[[fault]]\non = \"get\"\n", "line 4: fault 1: do: missing; allowed are refuse"),
        (
            "[[fault]]\ndo = \"delay-after\"\nseconds = \"soon\"\n",
            "line 6: fault 1: seconds: \"soon\" is not a number",
        ),
    ] {
        let text = refused(table);
        assert!(text.starts_with(said), "{text}");
    }
    assert!(refused("[[fault]]\ndo = [1]\n").starts_with("line 5: "));
    assert!(refused("[fault]\ndo = \"quota\"\n").starts_with("line 4: "));
}

#[tokio::test]
async fn a_rule_about_a_class_follows_queries_and_their_pulls() {
    let sim = lab().await;
    for rule in [
        "class=Msvm_VirtualSystemSettingData,on=enumerate,do=delay-after,seconds=1",
        "class=Msvm_VirtualSystemSettingData,on=pull,do=delay-after,seconds=1",
        "class=Msvm_ConcreteJob,do=delay-after,seconds=1",
    ] {
        sim.inject(rule.parse().unwrap());
    }
    let client = sim.client_builder().page_size(2).host();
    client.vm("web-01").await.unwrap().snapshots().await.unwrap();
    let matched: Vec<_> = sim.faults().iter().map(|used| used.matched).collect();
    assert_eq!((matched[0], matched[2]), (1, 0));
    assert!(matched[1] >= 2, "{matched:?}");
    let walk = "associators of {Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"x\"} \
                where AssocClass=Msvm_AffectedJobElement ResultClass=Msvm_ConcreteJob";
    query(&sim, "", walk).await;
    assert_eq!(sim.faults()[2].fired, 1);
}

#[tokio::test]
async fn the_journal_says_which_rule_struck_which_request() {
    let sim = lab().await;
    let rule: FaultRule = "on=get,do=reset-before".parse().unwrap();
    sim.inject("on=pull,nth=2,do=quota".parse().unwrap());
    sim.inject(rule.clone());
    let client = sim.client_builder().page_size(2).host();
    client.vm("web-01").await.unwrap().snapshots().await.unwrap();
    let struck: Vec<_> = sim.journal().into_iter().filter(|entry| !entry.faults.is_empty()).collect();
    assert_eq!(struck.len(), 1);
    assert_eq!(struck[0].kind, RequestKind::Pull);
    assert_eq!(struck[0].faults, ["fault 1 (on=pull,nth=2,do=quota)"]);
    let idle: Vec<_> =
        sim.faults().into_iter().filter(|used| used.fired == 0).map(|used| used.fault).collect();
    assert_eq!(idle, [rule]);
}

/// The error of a destroy in a session that seals its messages.
async fn sealed(rule: &str) -> (RunningSimulator, hvsnap::Error) {
    let lab = include_str!("../../../fixtures/lab/default-host.toml");
    let sim = Simulator::from_lab_text(lab).unwrap().fault(rule.parse().unwrap()).start().await.unwrap();
    let mut limits = hvsnap::Limits::default();
    limits.answer_bytes = 500_000;
    let client = sim.client_builder().limits(limits).host();
    let vm = client.vm("app-01").await.unwrap();
    let tree = vm.snapshots().await.unwrap();
    let plan = tree.plan_destroy(tree.find("middle").unwrap().id(), DestroyScope::Single).unwrap();
    let error = match vm.begin(&plan).await {
        Ok(begun) => begun.wait(Until::Accepted, |_| {}).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(sim.journal().iter().all(|entry| entry.sealed || entry.message_id.is_empty()));
    // Whatever went wrong, the host and the next request are sound.
    client.vm("app-01").await.unwrap();
    (sim, error)
}

#[tokio::test]
async fn faults_strike_sealed_sessions_too_above_the_seal_and_below_it() {
    for (rule, ran, effect) in [
        ("do=reset-before", 0, Effect::Unknown),
        ("do=reset-after", 1, Effect::Unknown),
        ("do=truncate", 1, Effect::Unknown),
        ("do=truncate,level=message", 1, Effect::Unknown),
        ("do=garbage", 1, Effect::Unknown),
        ("do=garbage,level=connection", 1, Effect::Unknown),
        ("do=status,code=500", 0, Effect::Unknown),
        ("do=fault,code=5", 0, Effect::None),
        ("do=timed-out", 1, Effect::Unknown),
        ("do=quota", 0, Effect::Unknown),
        ("do=wrong-relates-to", 1, Effect::Unknown),
        ("do=replay", 1, Effect::Unknown),
        ("do=replay,level=connection", 1, Effect::Unknown),
        ("do=oversize,bytes=600000", 1, Effect::Unknown),
    ] {
        let (sim, error) = sealed(&format!("on=DestroySnapshot,{rule}")).await;
        assert_eq!(sim.calls("DestroySnapshot"), ran, "{rule}");
        assert_eq!(error.effect(), effect, "{rule}: {error}");
        if rule.ends_with("level=message") || ["do=garbage", "do=replay"].contains(&rule) {
            assert!(
                matches!(error.client().unwrap().kind(), ClientErrorKind::Protocol(_)),
                "{rule}: {}",
                error.kind()
            );
        }
    }
}

#[tokio::test]
async fn a_session_outlives_an_answer_that_drips() {
    let sim = lab().await;
    sim.inject("on=enumerate,do=drip,bytes=200,seconds=0.1".parse().unwrap());
    let client = sim.client_builder().host();
    client.vm("app-01").await.unwrap();
    client.vm("app-01").await.unwrap();
    assert_eq!(sim.handshakes(), 1);
}

#[tokio::test]
async fn time_can_be_waited_for_without_moving_it() {
    let sim = lab().await;
    let clock = sim.clock().virtual_clock().unwrap();
    let (start, late) = (clock.now(), std::time::Duration::from_secs(60));
    let waiting = tokio::spawn({
        let clock = clock.clone();
        async move { clock.reached(start + late).await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    clock.advance(late);
    waiting.await.unwrap();
    assert_eq!(clock.now(), start + late);
}

#[tokio::test]
async fn the_command_line_takes_rules_and_says_which_did_nothing() {
    let bench = Bench::new().await;
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");
    Ran::of(bench.bare(&[
        "sim",
        "serve",
        "--lab",
        lab,
        "--listen",
        "127.0.0.1:0",
        "--fault",
        "on=get,do=explode",
    ]))
    .await
    .shows(2, &["--fault", "do: \"explode\" is no kind; allowed are refuse"]);
    let mut demo = bench.bare(&["demo", "--speed", "50", "-v"]);
    demo.args(["--fault", "on=DestroySnapshot,do=reset-after", "--fault", "on=release,do=quota"]);
    demo.env_remove("HVSNAP_CLOCK_SPEED");
    // The answer is lost, and what the VM shows tells the outcome.
    Ran::of(demo).await.shows(
        0,
        &[
            "fault 1 (on=DestroySnapshot,do=reset-after) strikes Invoke DestroySnapshot uuid:",
            "on=DestroySnapshot,do=reset-after: matched 1, fired 1",
            "on=release,do=quota: never matched",
        ],
    );
}
