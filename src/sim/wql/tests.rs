//! Queries of clients, and invalid queries.

use std::time::Duration;

use super::*;
use crate::sim::instance::Scalar;

struct Few;

fn job(id: &str, state: u16) -> Instance {
    Instance::of("Msvm_ConcreteJob")
        .unwrap()
        .with("InstanceID", id)
        .with("ElementName", "It's a \"job\" in C:\\Temp")
        .with("JobState", state)
        .with("Cancellable", true)
        .with("TimeSubmitted", Scalar::Time(Duration::from_secs(1_767_600_000)))
}

fn system(name: &str) -> Instance {
    Instance::of("Msvm_ComputerSystem")
        .unwrap()
        .with("CreationClassName", "Msvm_ComputerSystem")
        .with("Name", name)
        .with("ElementName", format!("vm {name}"))
}

fn row(element: &Instance, job: &Instance) -> Instance {
    Instance::of("Msvm_AffectedJobElement")
        .unwrap()
        .with("AffectedElement", element.path())
        .with("AffectingElement", job.path())
}

impl Objects for Few {
    fn has(&self, class: &'static Class) -> bool {
        class.is_in("root/HyperVCluster/v2") || class.name == "Msvm_StorageJob"
    }

    fn instances(&self, class: &'static Class) -> Vec<Instance> {
        match class.name {
            "Msvm_ConcreteJob" => vec![job("A", 4), job("B", 7)],
            "Msvm_StorageJob" => vec![Instance::of(class.name).unwrap().with("InstanceID", "S")],
            "Msvm_ComputerSystem" => vec![system("vm1"), system("vm2")],
            "Msvm_AffectedJobElement" => {
                vec![row(&system("vm1"), &job("A", 4)), row(&system("gone"), &job("A", 4))]
            }
            _ => Vec::new(),
        }
    }

    fn object(&self, path: &ObjectPath) -> Option<Instance> {
        self.instances(path.class).into_iter().find(|instance| instance.path() == *path)
    }
}

fn found(query: &str) -> Vec<String> {
    let found = run(query, &Few).unwrap_or_else(|error| panic!("{query}: {}", error.0));
    found.instances.iter().map(|instance| instance.path().keys.last().unwrap().1.clone()).collect()
}

fn refused(query: &str) -> String {
    match run(query, &Few) {
        Err(error) => error.0,
        Ok(found) => panic!("{query} gave {} instances", found.instances.len()),
    }
}

#[test]
fn everything_of_a_class_and_of_its_base() {
    assert_eq!(found("select * from Msvm_ConcreteJob"), ["A", "B"]);
    assert_eq!(found("SELECT * FROM cim_concretejob"), ["A", "B", "S"]);
    assert_eq!(found("select * from Msvm_Error"), [""; 0]);
}

#[test]
fn names_of_properties_are_kept_for_the_answer() {
    let found = run("select JobState, InstanceID from Msvm_ConcreteJob", &Few).unwrap();
    assert_eq!(found.properties.unwrap(), ["JobState", "InstanceID"]);
}

#[test]
fn comparisons_regard_type_but_not_case() {
    for (condition, expected) in [
        ("InstanceID = 'a'", vec!["A"]),
        ("instanceid = \"A\"", vec!["A"]),
        ("'A' = InstanceID", vec!["A"]),
        ("InstanceID <> 'A'", vec!["B"]),
        ("InstanceID != 'A'", vec!["B"]),
        ("JobState < 7", vec!["A"]),
        ("7 > JobState", vec!["A"]),
        ("JobState >= '7'", vec!["B"]),
        ("JobState = 4 or JobState = 7", vec!["A", "B"]),
        ("JobState = 4 and not InstanceID = 'A'", vec![]),
        ("not (JobState = 4 or InstanceID = 'Z')", vec!["B"]),
        ("InstanceID = 'A' or InstanceID = 'B' and JobState = 9", vec!["A"]),
        ("Cancellable = true", vec!["A", "B"]),
        ("Cancellable = FALSE", vec![]),
        ("ErrorCode = 0", vec![]),
        ("ErrorCode is null and JobStatus = null", vec!["A", "B"]),
        ("JobState is not null", vec!["A", "B"]),
        ("JobState <> null", vec!["A", "B"]),
        ("OperationalStatus is null", vec!["A", "B"]),
        ("__CLASS = 'msvm_concretejob'", vec!["A", "B"]),
        ("__this isa 'CIM_Job'", vec!["A", "B"]),
        ("TimeSubmitted = '20260105080000.000000+000'", vec!["A", "B"]),
        ("TimeSubmitted < '20260105090000.000000+060'", vec![]),
    ] {
        assert_eq!(
            found(&format!("select * from Msvm_ConcreteJob where {condition}")),
            expected,
            "{condition}"
        );
    }
}

#[test]
fn quotes_and_backslashes_are_written_in_any_of_the_ways() {
    for literal in [
        r#"'It\'s a "job" in C:\\Temp'"#,
        r#"'It''s a "job" in C:\\Temp'"#,
        r#""It's a \"job\" in C:\\Temp""#,
        r#""It's a ""job"" in C:\\Temp""#,
    ] {
        assert_eq!(found(&format!("select * from Msvm_ConcreteJob where ElementName = {literal}")).len(), 2);
    }
}

#[test]
fn like_knows_its_wildcards_and_sets() {
    for (pattern, fits) in [
        ("It%Temp", true),
        ("%JOB%", true),
        ("It_s%", true),
        ("[a-j]t%", true),
        ("[^a-h]t%", true),
        ("[^i]t%", false),
        ("It", false),
        ("%[_]%", false),
        ("%job", false),
        ("%", true),
        ("%c:\\\\te%", true),
    ] {
        let query = format!("select * from Msvm_ConcreteJob where ElementName like \"{pattern}\"");
        assert_eq!(found(&query).len() == 2, fits, "{pattern}");
    }
    assert_eq!(found("select * from Msvm_ConcreteJob where not InstanceID like 'A%'"), ["B"]);
    assert_eq!(found("select * from Msvm_ConcreteJob where InstanceID not like 'A%'"), ["B"]);
}

#[test]
fn a_hostile_pattern_ends_soon() {
    assert!(!like::matches(&"%a".repeat(2000), &"a".repeat(1999)));
    assert!(like::matches(&"%a".repeat(2000), &"a".repeat(2000)));
}

#[test]
fn associators_lead_to_what_exists_and_references_give_the_rows() {
    let path = "{Msvm_ConcreteJob.InstanceID=\"A\"}";
    assert_eq!(found(&format!("associators of {path}")), ["vm1"]);
    assert_eq!(found(&format!("ASSOCIATORS OF {path} WHERE AssocClass=Msvm_AffectedJobElement")), ["vm1"]);
    assert_eq!(found(&format!("associators of {path} where ResultClass = Msvm_ConcreteJob")), [""; 0]);
    let with_roles = "AssocClass = CIM_AffectedJobElement ResultClass = CIM_System Role = AffectingElement \
                      ResultRole = AffectedElement";
    assert_eq!(found(&format!("associators of {path} where {with_roles}")), ["vm1"]);
    assert_eq!(found(&format!("associators of {path} where Role = AffectedElement")), [""; 0]);
    assert_eq!(run(&format!("references of {path}"), &Few).unwrap().instances.len(), 2);
    let rows =
        format!("references of {path} where ResultClass = Msvm_AffectedJobElement Role = AffectingElement");
    assert_eq!(run(&rows, &Few).unwrap().instances.len(), 2);
    assert_eq!(found("associators of {Msvm_ConcreteJob.InstanceID='none'}"), [""; 0]);
}

#[test]
fn what_no_host_would_take_is_refused() {
    for (query, reason) in [
        ("", "a name is missing"),
        ("delete from Msvm_ConcreteJob", "begins no query"),
        ("select from Msvm_ConcreteJob", "\"from\" is missing"),
        ("select * from Msvm_Nothing", "no class \"Msvm_Nothing\""),
        ("select Nothing from Msvm_ConcreteJob", "a property \"Nothing\""),
        ("select * from Msvm_ConcreteJob where Nothing = 1", "a property \"Nothing\""),
        ("select * from Msvm_ConcreteJob where OperationalStatus = 2", "is an array"),
        ("select * from Msvm_ConcreteJob where JobState = 'x'", "cannot be compared"),
        ("select * from Msvm_ConcreteJob where InstanceID = 7", "cannot be compared"),
        ("select * from Msvm_ConcreteJob where Cancellable = 'yes'", "cannot be compared"),
        ("select * from Msvm_ConcreteJob where TimeSubmitted = 'soon'", "cannot be compared"),
        ("select * from Msvm_ConcreteJob where ElementName = 'C:\\Temp'", "a backslash that is not doubled"),
        ("select * from Msvm_ConcreteJob where ElementName = 'open", "a text without an end"),
        ("select * from Msvm_ConcreteJob where ElementName like '[a'", "a set without an end"),
        ("select * from Msvm_ConcreteJob where JobState", "a comparison is missing"),
        ("select * from Msvm_ConcreteJob where JobState =", "a value is missing"),
        ("select * from Msvm_ConcreteJob where JobState < null", "neither less nor more"),
        ("select * from Msvm_ConcreteJob where (JobState = 1", "\")\" is missing"),
        ("select * from Msvm_ConcreteJob where JobState = 1 JobState = 2", "words after the end"),
        ("select * from Msvm_ConcreteJob; drop", "has no place"),
        ("associators of Msvm_ConcreteJob", "an object path in braces"),
        ("associators of {Msvm_ConcreteJob}", "is no path"),
        ("associators of {Msvm_ConcreteJob.InstanceID='A'} where ClassDefsOnly", "no clause"),
        (
            "associators of {Msvm_ConcreteJob.InstanceID='A'} where AssocClass = Msvm_ConcreteJob",
            "no association",
        ),
        ("references of {Msvm_ConcreteJob.InstanceID='A'} where AssocClass = X", "no clause"),
    ] {
        assert!(refused(query).contains(reason), "{query}: {}", refused(query));
    }
}

#[test]
fn length_and_depth_are_bounded() {
    let deep = format!("select * from Msvm_ConcreteJob where {}JobState = 1", "(".repeat(500));
    assert!(refused(&deep).contains("nested too deep"));
    let nots = format!("select * from Msvm_ConcreteJob where {} JobState = 1", "not ".repeat(500));
    assert!(refused(&nots).contains("nested too deep"));
    let long = format!("select * from Msvm_ConcreteJob where JobState = 1{}", " ".repeat(20_000) + "or 1");
    assert!(refused(&long).contains("too long"));
}

#[test]
fn a_long_chain_of_conditions_is_answered() {
    let chain = vec!["JobState = 4"; 400].join(" or ");
    assert_eq!(found(&format!("select * from Msvm_ConcreteJob where {chain}")), ["A"]);
}
