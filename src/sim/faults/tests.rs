//! Tests of fault rules: errors of invalid rules, and the requests that valid rules apply to.

use super::{kind::KINDS, *};
use crate::sim::journal::RequestKind;

fn refused(text: &str) -> String {
    text.parse::<FaultRule>().unwrap_err().to_string()
}

/// Which of twelve Gets are struck.
fn struck(rule: &str) -> Vec<usize> {
    let mut faults = Faults::new(7, &[rule.parse().unwrap()]);
    let seen = Seen { operation: Some(RequestKind::Get), ..Seen::default() };
    (1..=12).filter(|_| !faults.fire(&seen).rules.is_empty()).collect()
}

#[test]
fn every_kind_can_be_asked_for_in_its_shortest_form() {
    for (name, keys) in KINDS {
        let more = match name {
            "refuse" | "drip" => "",
            "moves" => ",node=HV02",
            _ if keys.contains(&"seconds") => ",seconds=2.5",
            "status" | "fault" => ",code=503",
            _ => "",
        };
        let text = format!("do={name}{more}");
        assert_eq!(text.parse::<FaultRule>().unwrap_or_else(|error| panic!("{error}")).to_string(), text);
    }
}

#[test]
fn a_rule_that_cannot_be_used_names_itself_the_key_and_what_is_allowed() {
    let text = refused("on=Get,do=reset-after");
    assert!(
        text.starts_with("fault \"on=Get,do=reset-after\": on: \"Get\" is not known; allowed are any, "),
        "{text}"
    );
    assert!(
        text.contains("get, put, create, delete, enumerate") && text.contains("DestroySnapshot, "),
        "{text}"
    );
    for (rule, said) in [
        ("", "\"\" is not KEY=VALUE"),
        ("reset-after", "\"reset-after\" is not KEY=VALUE"),
        ("on=get", "do: missing; allowed are refuse, delay-before"),
        ("do=explode", "do: \"explode\" is no kind; allowed are refuse"),
        ("do=quota,do=quota", "do: given twice"),
        ("do=quota,nht=1", "nht: no key of a rule with do=quota; allowed are do, on, class"),
        ("do=reset-after,seconds=1", "seconds: no key of a rule with do=reset-after"),
        ("do=quota,nth=0", "nth: \"0\" is not a whole number from 1 to 4294967295"),
        ("do=quota,nth=1,count=2", "count: contradicts nth"),
        ("do=quota,probability=1.5", "probability: \"1.5\" is not a number from 0 to 1"),
        ("do=quota,probability=NaN", "probability: \"NaN\" is not a number from 0 to 1"),
        ("do=quota,class=Msvm_Jobs", "class: \"Msvm_Jobs\" is not a class of the simulated host"),
        ("do=quota,method=Destroy", "method: \"Destroy\" is not known; allowed are CreateSnapshot, "),
        ("do=quota,on=get,method=GetErrorEx", "method: contradicts on"),
        ("do=delay-after", "seconds: missing: how long"),
        ("do=delay-after,seconds=-1", "seconds: \"-1\" is not a number of seconds from 0 to a year"),
        ("do=status", "code: missing: which HTTP status"),
        ("do=status,code=99", "code: \"99\" is not an HTTP status from 200 to 599"),
        ("do=status,code=503,executed=yes", "executed: \"yes\" is not true or false"),
        ("do=fault,code=5,subcode=TimedOut", "subcode: \"TimedOut\" is not a subcode with the prefix"),
        ("do=fault,code=5,blames=nobody", "blames: \"nobody\" is not \"sender\" or \"receiver\""),
        ("do=truncate,level=tcp", "level: \"tcp\" is not \"message\" or \"connection\""),
        ("on=connect,do=quota", "on: a connection can only do=refuse, not do=quota"),
        ("on=connect,class=Msvm_ComputerSystem,do=refuse", "class: a connection is about no class"),
        ("on=get,do=refuse", "seconds: missing: without it only a connection can be refused"),
        ("on=get,do=job-stuck", "on: these alone start such a job: CreateSnapshot, ApplySnapshot, "),
        ("method=GetErrorEx,do=job-stuck", "method: these alone start such a job: CreateSnapshot"),
        (
            "on=CreateSnapshot,do=merge-stops",
            "on: these alone start such a job: DestroySnapshot, DestroySnapshotTree",
        ),
        ("do=moves", "node: missing: to which node"),
        ("do=moves,node=HV02,job=ends", "job: \"ends\" is not \"continues\" or \"is-cut-off\""),
        ("do=node-fails,vm=web-01", "vm: no key of a rule with do=node-fails"),
        ("do=status,code=503,body=\"a", "body: a double quote is not closed"),
    ] {
        let text = refused(rule);
        assert!(text.starts_with(&format!("fault \"{rule}\": {said}")), "{text}");
    }
}

#[test]
fn a_value_with_a_comma_stands_in_quotes() {
    let fault: FaultRule = "do=status, code=503 ,body=\"busy, later\"".parse().unwrap();
    assert_eq!(fault.to_string(), "do=status,code=503,body=\"busy, later\"");
    assert_eq!(fault.to_string().parse::<FaultRule>().unwrap(), fault);
    let fault: FaultRule = "do=status,code=503,body=\" busy \"".parse().unwrap();
    assert_eq!(fault.to_string().parse::<FaultRule>().unwrap(), fault);
}

#[test]
fn occurrences_are_counted_per_rule() {
    assert_eq!(struck("do=quota").len(), 12);
    assert_eq!(struck("do=quota,nth=3"), [3]);
    assert_eq!(struck("do=quota,from=10"), [10, 11, 12]);
    assert_eq!(struck("do=quota,every=5"), [5, 10]);
    assert_eq!(struck("do=quota,from=2,every=4,count=2"), [2, 6]);
    assert_eq!(struck("do=quota,count=2"), [1, 2]);
    assert_eq!(struck("do=quota,probability=0"), [0; 0]);
    assert_eq!(struck("do=quota,probability=1").len(), 12);
}

#[test]
fn chance_follows_the_seed() {
    let half = struck("do=quota,probability=0.5,seed=1");
    assert_eq!(half, struck("do=quota,probability=0.5,seed=1"));
    assert_ne!(half, struck("do=quota,probability=0.5,seed=2"));
    assert!((1..12).contains(&half.len()), "{half:?}");
}

#[test]
fn a_rule_is_about_its_operation_class_and_method_alone() {
    let get = |class: &str| Seen {
        operation: Some(RequestKind::Get),
        classes: vec![class.to_owned()],
        ..Seen::default()
    };
    let call = |method: &'static str| Seen {
        operation: Some(RequestKind::Invoke),
        classes: vec!["Msvm_VirtualSystemSnapshotService".to_owned()],
        method: Some(method),
        ..Seen::default()
    };
    let is_about = |rule: &str, seen: &Seen<'_>| rule.parse::<FaultRule>().unwrap().is_about(seen);
    for (rule, seen, about) in [
        ("do=quota", get("Msvm_ConcreteJob"), true),
        ("do=quota", Seen::default(), false),
        ("do=refuse", Seen::default(), true),
        ("do=refuse", get("Msvm_ConcreteJob"), false),
        ("on=get,do=quota", call("DestroySnapshot"), false),
        ("class=msvm_concretejob,do=quota", get("Msvm_ConcreteJob"), true),
        ("class=Msvm_ConcreteJob,do=quota", get("CIM_ConcreteJob"), true),
        ("class=CIM_ConcreteJob,do=quota", get("Msvm_StorageJob"), true),
        ("class=Msvm_StorageJob,do=quota", get("Msvm_ConcreteJob"), false),
        ("on=DestroySnapshot,do=quota", call("DestroySnapshot"), true),
        ("method=DestroySnapshot,do=quota", call("DestroySnapshotTree"), false),
        ("do=job-stuck", call("DestroySnapshotTree"), true),
        ("do=job-stuck", call("GetErrorEx"), false),
    ] {
        assert_eq!(is_about(rule, &seen), about, "{rule} {seen:?}");
    }
}

#[test]
fn a_rule_is_about_the_node_that_a_request_reached_and_names_nodes_that_are_there() {
    let seen = |vm: Option<&str>| Seen {
        operation: Some(RequestKind::Get),
        node: "HV02".to_owned(),
        nodes: vec!["HV01".to_owned(), "HV02".to_owned()],
        vm: vm.map(str::to_owned),
        ..Seen::default()
    };
    let alone = Seen { nodes: Vec::new(), ..seen(Some("A")) };
    for (rule, seen, about) in [
        ("at=hv02,do=quota", seen(None), true),
        ("at=HV01,do=quota", seen(None), false),
        ("do=moves,node=hv01", seen(Some("A")), true),
        ("do=moves,node=HV01", seen(None), false),
        ("do=moves,node=HV01,vm=web-01", seen(None), true),
        ("do=moves,node=HV03", seen(Some("A")), false),
        ("do=moves,node=HV03", alone.clone(), true),
        ("do=node-fails", seen(None), true),
        ("do=node-fails,node=HV03", seen(None), false),
        ("do=node-fails", alone, false),
    ] {
        assert_eq!(rule.parse::<FaultRule>().unwrap().is_about(&seen), about, "{rule} {seen:?}");
    }
}

#[test]
fn several_rules_add_their_delays_and_the_first_decides_about_the_answer() {
    let rules = ["do=delay-after,seconds=2", "do=reset-after", "do=quota", "do=delay-after,seconds=3"];
    let mut faults = Faults::new(0, &rules.map(|rule| rule.parse().unwrap()));
    let fired = faults.fire(&Seen { operation: Some(RequestKind::Pull), ..Seen::default() });
    assert_eq!((fired.rules.len(), fired.after.as_secs()), (4, 5));
    assert_eq!(fired.spoil, Some(Spoil::Reset { executed: true }));
    let uses: Vec<_> = faults.uses().iter().map(|used| (used.matched, used.fired)).collect();
    assert_eq!(uses, [(1, 1); 4]);
}
