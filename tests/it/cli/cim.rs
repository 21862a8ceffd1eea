//! `cim`: any class by hand. What one command prints another takes in; what cannot be sent is refused before anything is.

#[cfg(unix)]
use std::process::Stdio;

use serde_json::{Value, json};

#[cfg(unix)]
use crate::cli::cut_off::{Then, gate, interrupt};
use crate::{
    cli::{Bench, Ran, words},
    scripted::{ScriptedHost, envelopes::soap},
};

const SETTINGS: &str = "Msvm_VirtualSystemSettingData";
const MANAGEMENT: &str = "Msvm_VirtualSystemManagementService";
const SNAPSHOTS: &str = "Msvm_VirtualSystemSnapshotService";

fn key(bench: &Bench, vm: &str, snapshot: &str) -> String {
    let found = bench.sim.snapshots_of(vm).unwrap().into_iter().find(|one| one.path.ends_with(snapshot));
    format!("InstanceID={}", found.unwrap().instance_id)
}

fn names(bench: &Bench, vm: &str) -> Vec<String> {
    bench.sim.snapshots_of(vm).unwrap().into_iter().map(|snapshot| snapshot.path).collect()
}

/// The document that a command prints, and a file with it.
async fn document(bench: &Bench, name: &str, arguments: &[&str]) -> (Value, String) {
    let ran = bench.run(&[&["cim"], arguments, &["--output", "json"]].concat()).await;
    ran.shows(0, &[]);
    (ran.json(), format!("@{}", bench.file(name, &ran.stdout)))
}

async fn vm(bench: &Bench, name: &str) -> (Value, String) {
    let query = format!("select * from Msvm_ComputerSystem where ElementName = '{name}'");
    document(bench, "vm.json", &["query", &query]).await
}

#[tokio::test]
async fn an_instance_is_read_with_its_types_and_its_reference() {
    let bench = Bench::new().await;
    let key = key(&bench, "web-01", "before-upgrade");
    let (document, file) = document(&bench, "snapshot.json", &["get", SETTINGS, &key]).await;
    let instance = &document["instance"];
    assert_eq!(instance["class"], SETTINGS, "{document:#}");
    assert_eq!(instance["namespace"], "root/virtualization/v2");
    assert_eq!(instance["properties"]["CreationTime"], "2026-03-02T18:30:00Z");
    assert_eq!(instance["types"]["CreationTime"], "datetime");
    // 64 bits are a string, fewer are a number; null has its type too.
    assert_eq!(instance["properties"]["HighMmioGapSize"], "512");
    assert_eq!(instance["types"]["HighMmioGapSize"], "uint64");
    assert_eq!(instance["properties"]["UserSnapshotType"], 3);
    assert_eq!(instance["properties"]["BootOrder"], json!([3, 2, 0, 1]));
    assert_eq!(instance["types"]["BootOrder"], "uint16[]");
    assert_eq!(
        (&instance["properties"]["GuestStateFile"], &instance["types"]["GuestStateFile"]),
        (&Value::Null, &json!("string"))
    );
    let id = key.split_once('=').unwrap().1;
    assert_eq!(instance["reference"]["selectors"], json!({"InstanceID": id}));
    let uri = instance["reference"]["resource_uri"].as_str().unwrap();
    assert!(uri.ends_with("/wmi/root/virtualization/v2/Msvm_VirtualSystemSettingData"), "{uri}");
    // As text, and by what was printed.
    let ran = bench.run(&["cim", "get", &file]).await;
    ran.shows(0, &["Msvm_VirtualSystemSettingData in root/virtualization/v2", "before-upgrade"]);
    assert!(
        ran.stdout
            .lines()
            .any(|line| line.trim() == "UserSnapshotType                      3 (production, else standard)"),
        "{ran:#?}"
    );
    let some = bench.run(&["cim", "get", &file, "-p", "elementname", "-p", "Nothing"]).await;
    some.shows(0, &["ElementName  before-upgrade", "warning: no instance shows a property \"Nothing\""]);
    assert!(!some.stdout.contains("CreationTime"), "{some:#?}");
}

#[tokio::test]
async fn classes_of_any_namespace_are_enumerated_and_queried() {
    let bench = Bench::new().await;
    let table = bench.run(&["cim", "enumerate", "Win32_Processor", "--namespace", "root/cimv2"]).await;
    table.shows(0, &["DeviceID", "CPU0"]);
    let columns = ["-p", "DeviceID", "-p", "NumberOfCores", "--namespace", "root/cimv2"];
    let table = bench.run(&[words(&["cim", "enumerate", "Win32_Processor"]), &columns].concat()).await;
    assert_eq!(table.stdout.lines().next().unwrap(), "DeviceID  NumberOfCores");
    // The only instance of its class needs no keys.
    let system = bench.run(&["cim", "get", "Win32_OperatingSystem", "--namespace", "root/cimv2"]).await;
    system.shows(0, &["Win32_OperatingSystem in root/cimv2", "Microsoft Windows Server 2019"]);
    for form in ["wmi", "dmtf"] {
        let more = ["enumerate", "Msvm_ComputerSystem", "--uri-form", form];
        let (list, _) = document(&bench, "list.json", &more).await;
        assert_eq!((list["instances"].as_array().unwrap().len(), &list["complete"]), (12, &json!(true)));
        let (one, _) =
            document(&bench, "one.json", &[words(&["get", MANAGEMENT, "--uri-form", form])].concat()).await;
        assert_eq!(one["instance"]["properties"]["Name"], "vmms");
    }
    let ran =
        bench.run(&["cim", "enumerate", "Msvm_ComputerSystem", "--limit", "2", "--output", "json"]).await;
    ran.shows(0, &["warning: stopped after 2 instances: there are more"]);
    assert_eq!(
        (ran.json()["instances"].as_array().unwrap().len(), &ran.json()["complete"]),
        (2, &json!(false))
    );
    // Named properties come without class and reference.
    let (part, _) =
        document(&bench, "part.json", &["query", "select ElementName from Msvm_ComputerSystem"]).await;
    assert_eq!(
        part["instances"][1],
        json!({"class": null, "namespace": "root/virtualization/v2",
        "properties": {"ElementName": "web-01"}, "types": {"ElementName": "text"}})
    );
    bench
        .run(&["cim", "query", "select ElementName from Msvm_ComputerSystem"])
        .await
        .shows(0, &["ElementName\n", "web-01\n"]);
    let none = bench.run(&["cim", "query", "select * from Msvm_ComputerSystem where Name = 'x'"]).await;
    none.shows(0, &["No instances."]);
}

#[tokio::test]
async fn associations_are_followed_from_an_instance_that_was_printed() {
    let bench = Bench::new().await;
    let (_, file) = vm(&bench, "web-01").await;
    let via = ["--via", "Msvm_SnapshotOfVirtualSystem"];
    let base = ["cim", "associators", &file];
    let ran = bench.run(&[&base[..], &via].concat()).await;
    ran.shows(0, &["before-upgrade", "hotfix"]);
    let ran = bench.run(&[&base[..], &["--class", SETTINGS, "--output", "json"]].concat()).await;
    ran.shows(0, &[]);
    let all = ran.json();
    // The answer brings no references: the schema knows the keys.
    let first = &all["instances"][0];
    assert_eq!(first["reference"]["selectors"]["InstanceID"], first["properties"]["InstanceID"], "{all:#}");
    let ran = bench.run(&[&base[..], &via, &["--references", "--output", "json"]].concat()).await;
    ran.shows(0, &[]);
    let association = &ran.json()["instances"][0];
    assert_eq!(association["class"], "Msvm_SnapshotOfVirtualSystem");
    assert_eq!(association["types"]["Antecedent"], "reference");
    let antecedent = &association["properties"]["Antecedent"];
    assert_eq!(antecedent["selectors"]["CreationClassName"], "Msvm_ComputerSystem", "{association:#}");
    // An association is read by keys that are references.
    let (one, other) =
        (format!("Antecedent={antecedent}"), format!("Dependent={}", association["properties"]["Dependent"]));
    let ran = bench.run(&["cim", "get", "Msvm_SnapshotOfVirtualSystem", &one, &other]).await;
    ran.shows(0, &["Antecedent", "Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name="]);
    bench
        .run(&[&base[..], &["--class", SETTINGS, "--references"]].concat())
        .await
        .shows(2, &["--references"]);
}

#[tokio::test]
async fn an_instance_that_was_printed_and_edited_is_a_parameter() {
    let bench = Bench::new().await;
    let key = key(&bench, "app-01", "newest");
    let (mut whole, _) = document(&bench, "whole.json", &["get", SETTINGS, &key]).await;
    whole["instance"]["properties"]["ElementName"] = "neu <x> & \"y\"".into();
    whole["instance"]["properties"]["Notes"] = json!(["first\nsecond"]);
    let file = bench.file("edited.json", &whole.to_string());
    let parameter = format!("SystemSettings=@{file}");
    let ran = bench.run(&["cim", "invoke", MANAGEMENT, "ModifySystemSettings", &parameter, "--yes"]).await;
    ran.shows(0, &["Call: ModifySystemSettings of", "ReturnValue  0 (completed with no error)"]);
    assert_eq!(bench.sim.calls("ModifySystemSettings"), 1);
    let (again, _) = document(&bench, "again.json", &["get", SETTINGS, &key]).await;
    // Nothing else has changed, and the types are those of before.
    let mut wanted = whole["instance"].clone();
    wanted["types"]["Notes"] = "string[]".into();
    assert_eq!(again["instance"], wanted, "{again:#}");
    // By hand and in the argument itself: no types are needed where the schema knows the class.
    let id = key.split_once('=').unwrap().1;
    let inline = format!(
        "SystemSettings={}",
        json!({"class": SETTINGS, "properties": {"InstanceID": id, "ElementName": "newest"}})
    );
    bench.run(&["cim", "invoke", MANAGEMENT, "ModifySystemSettings", &inline, "--yes"]).await.shows(0, &[]);
    assert!(names(&bench, "app-01").iter().any(|path| path.ends_with("/newest")));
}

#[tokio::test]
async fn a_reference_that_was_printed_is_a_parameter_and_its_job_is_followed() {
    // A host keeps a job for minutes, which are to outlast a slow machine.
    let bench = Bench::slow().await;
    let key = key(&bench, "app-01", "newest");
    let (snapshot, file) = document(&bench, "snapshot.json", &["get", SETTINGS, &key]).await;
    let parameter = format!("AffectedSnapshot={file}");
    let call = ["cim", "invoke", SNAPSHOTS, "destroysnapshot", &parameter];
    let dry = bench.run(&[&call[..], &["--dry-run", "--output", "json"]].concat()).await;
    dry.shows(0, &[]);
    let shown = dry.json()["call"].clone();
    assert_eq!(shown["method"], "DestroySnapshot", "{shown:#}");
    assert_eq!(shown["target"]["selectors"]["Name"], "vssnapsvc");
    assert_eq!(shown["parameters"]["properties"]["AffectedSnapshot"], snapshot["instance"]["reference"]);
    let refused = bench.run(&call).await;
    refused.shows(
        2,
        &["Call: DestroySnapshot of", "InstanceID=", "a call needs a yes", "--yes", "nothing was changed"],
    );
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
    let ran = bench.run(&[&call[..], &["--yes", "--wait"]].concat()).await;
    ran.shows(0, &["ReturnValue  4096 (job started)", "Deleting Snapshot", "completed"]);
    assert!(!names(&bench, "app-01").iter().any(|path| path.ends_with("/newest")));
    // The reference alone is one too, and a call that is not waited for names the command that waits.
    let reference = reference_of(&bench, "web-01", "rollback").await;
    let parameter = format!("AffectedSnapshot:reference={reference}");
    let ran = bench
        .run(&["cim", "invoke", SNAPSHOTS, "DestroySnapshot", &parameter, "--yes", "--output", "json"])
        .await;
    ran.shows(0, &["hvsnap job wait "]);
    let value = ran.json();
    assert_eq!(value["return_value"], json!({"code": 4096, "name": "job started"}), "{value:#}");
    assert_eq!(value["output"]["types"]["Job"], "reference");
    let id = value["job"]["id"].as_str().unwrap();
    assert_eq!(value["output"]["properties"]["Job"]["selectors"]["InstanceID"], id);
    bench.run(&["job", "wait", id]).await.shows(0, &["completed"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 2);
}

/// The reference of a snapshot, as it is printed.
async fn reference_of(bench: &Bench, vm: &str, snapshot: &str) -> Value {
    let key = key(bench, vm, snapshot);
    document(bench, "reference.json", &["get", SETTINGS, &key]).await.0["instance"]["reference"].clone()
}

#[tokio::test]
async fn a_call_is_made_and_followed_in_the_namespace_of_what_was_printed() {
    // A host keeps a job for minutes, which are to outlast a slow machine.
    let bench = Bench::slow().await;
    let cluster = ["--namespace", "root/HyperVCluster/v2"];
    let get = |class| ["get", class].into_iter().chain(cluster).collect::<Vec<_>>();
    let (_, service) = document(&bench, "service.json", &get(SNAPSHOTS)).await;
    let mut printed = Vec::new();
    for (vm, snapshot, wait) in [("app-01", "newest", None), ("web-01", "rollback", Some("--wait"))] {
        let key = key(&bench, vm, snapshot);
        let (_, file) = document(&bench, "snapshot.json", &[&get(SETTINGS)[..], &[&key]].concat()).await;
        let parameter = format!("AffectedSnapshot={file}");
        let call = ["cim", "invoke", &service, "DestroySnapshot", &parameter, "--yes"];
        let ran = bench.run(&call.into_iter().chain(wait).collect::<Vec<_>>()).await;
        // A host names its namespaces in small letters.
        ran.shows(0, &["Msvm_VirtualSystemSnapshotService in root/hypervcluster/v2"]);
        printed.push(ran);
    }
    printed[1].shows(0, &["completed"]);
    let command = printed[0].stderr.lines().find_map(|line| line.trim().strip_prefix("hvsnap ")).unwrap();
    assert!(command.ends_with(" --namespace root/hypervcluster/v2"), "{command}");
    bench.run(&command.split(' ').collect::<Vec<_>>()).await.shows(0, &["completed"]);
}

#[tokio::test]
async fn an_output_that_is_an_instance_as_text_is_shown_as_one() {
    let bench = Bench::new().await;
    let disks =
        bench.run(&["cim", "enumerate", "Msvm_StorageAllocationSettingData", "--output", "json"]).await;
    let path = disks.json()["instances"][0]["properties"]["HostResource"][0].as_str().unwrap().to_owned();
    let parameter = format!("Path={path}");
    let call = [
        "cim",
        "invoke",
        "Msvm_ImageManagementService",
        "GetVirtualHardDiskSettingData",
        &parameter,
        "--yes",
    ];
    bench.run(&call).await.shows(0, &["(Msvm_VirtualHardDiskSettingData)", "ParentPath"]);
    let ran = bench.run(&[&call[..], &["--output", "json"]].concat()).await;
    let output = &ran.json()["output"];
    assert_eq!(output["types"]["SettingData"], "instance", "{output:#}");
    assert_eq!(output["properties"]["SettingData"]["class"], "Msvm_VirtualHardDiskSettingData");
    assert_eq!(output["properties"]["SettingData"]["types"]["MaxInternalSize"], "uint64", "{output:#}");
}

#[tokio::test]
async fn a_method_that_the_host_does_not_know_is_named_in_the_hint() {
    let bench = Bench::new().await;
    let ran = bench.run(&["cim", "invoke", SNAPSHOTS, "DestroySnapshots", "--yes"]).await;
    ran.shows(1, &["check the name of the method: the host knows no DestroySnapshots"]);
    assert!(!ran.stderr.contains("--service-class"), "{ran:#?}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is() {
    let bench = Bench::new().await;
    let bad = format!("SystemSettings=@{}", bench.file("bad.json", "{\n  \"class\": }"));
    let wrong = json!({"class": SETTINGS, "properties": {"ElementName": 5}});
    let wrong = format!("SystemSettings=@{}", bench.file("wrong.json", &wrong.to_string()));
    let other = json!({"class": "Msvm_ComputerSystem", "properties": {}});
    let other = format!("SystemSettings=@{}", bench.file("other.json", &other.to_string()));
    let vm = json!({"resource_uri": "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem"});
    let vm = format!("AffectedSnapshot={vm}");
    let modify = ["cim", "invoke", MANAGEMENT, "ModifySystemSettings", "--yes"];
    let destroy = ["cim", "invoke", SNAPSHOTS, "DestroySnapshot", "--yes"];
    let change = ["cim", "invoke", "Msvm_ComputerSystem", "RequestStateChange", "--yes"];
    for (call, parameter, texts) in [
        (&modify, bad.as_str(), words(&["bad.json: no JSON: expected value at line 2 column 12"])),
        (&modify, &wrong, &["wrong.json: at properties.ElementName: expected string, found 5"]),
        (&modify, &other, &["other.json: at class: expected an instance of CIM_VirtualSystemSettingData"]),
        (&modify, "SystemSettings=@/no/such/file", &["SystemSettings=@/no/such/file: cannot read the file"]),
        (
            &modify,
            "SystemSettings=text",
            &["expected an instance as JSON ({…}) or in a file (@FILE), found \"text\""],
        ),
        (
            &modify,
            "Settings=x",
            &["does not have the parameter \"Settings\"", "it takes: SystemSettings:instance"],
        ),
        (&modify, "Job=x", &["ModifySystemSettings gives the parameter \"Job\""]),
        (
            &destroy,
            &vm,
            &["expected a reference to CIM_VirtualSystemSettingData, found one of Msvm_ComputerSystem"],
        ),
        (&change, "RequestedState=on", &["RequestedState=…: expected uint16, found \"on\""]),
        (&change, "RequestedState:uint32=3", &["RequestedState is uint16 in the schema, not uint32"]),
        (&change, "TimeoutPeriod=soon", &["needs the parameter RequestedState"]),
        (&change, "RequestedState:int=3", &["no type is called \"int\""]),
        (&change, "RequestedState", &["a value is missing"]),
    ] {
        let ran = bench.run(&[&call[..], &[parameter, "--output", "json"]].concat()).await;
        ran.shows(2, texts);
        assert_eq!(ran.json()["error"]["effect"].as_str().unwrap_or("none"), "none", "{parameter}");
    }
    for (arguments, texts) in [
        (
            words(&["get", "Msvm_ComputerSystem", "ElementName=web-01"]),
            words(&[
                "ElementName is no key of",
                "CreationClassName, Name",
                "hvsnap cim query 'select * from",
            ]),
        ),
        (&["get", "Msvm_ComputerSystem", "Name=x"], &["the key CreationClassName is missing"]),
        (&["get", SETTINGS, "InstanceID=a", "instanceid=b"], &["the key instanceid is given twice"]),
        (&["get", "no class"], &["not a class name"]),
        (&["get", "@/no/such/file"], &["cannot read the file"]),
        (&["get", "@/no/such/file", "Name=x"], &["names an instance already; the key Name does not apply"]),
        (&["enumerate", "Msvm Computer"], &["not a class name"]),
    ] {
        bench.run(&[&["cim"], arguments].concat()).await.shows(2, texts);
    }
    assert_eq!(bench.sim.http_requests(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_3_and_what_is_not_allowed_4() {
    let bench = Bench::new().await;
    for (arguments, texts) in [
        (words(&["get", SETTINGS, "InstanceID=Microsoft:x"]), words(&["no instance has these keys"])),
        (
            &["get", "Msvm_ComputerSystem"],
            &["Msvm_ComputerSystem has several instances", "CreationClassName, Name"],
        ),
        (&["get", "Msvm_NoSuchClass"], &["check the name of the class"]),
        (&["enumerate", "Msvm_NoSuchClass"], &["check the name of the class"]),
        (&["query", "select * from Msvm_NoSuchClass"], &["check the name of the class"]),
        (&["enumerate", "Msvm_ComputerSystem", "--namespace", "root/nothing"], &["--namespace"]),
        (&["invoke", "Msvm_ConcreteJob", "GetErrorEx", "--yes"], &["Msvm_ConcreteJob has no instance"]),
    ] {
        bench.run(&[&["cim"], arguments].concat()).await.shows(3, texts);
    }
    let reference = reference_of(&bench, "app-01", "newest").await;
    let parameter = format!("AffectedSnapshot={reference}");
    let mut command = bench.command(&["cim", "invoke", SNAPSHOTS, "DestroySnapshot", &parameter, "--yes"]);
    command.env("HVSNAP_USER", r"LAB\reader").env("HVSNAP_PASSWORD", "look-dont-touch");
    Ran::of(command).await.shows(4, &["nothing was changed"]);
}

#[tokio::test]
async fn a_value_that_is_no_success_is_1_with_its_meaning_and_so_is_a_job_that_fails() {
    // A host keeps a job for minutes, which are to outlast a slow machine.
    let bench = Bench::slow().await;
    let reference = reference_of(&bench, "broken-01", "busy").await;
    let parameter = format!("AffectedSnapshot={reference}");
    let ran = bench
        .run(&["cim", "invoke", SNAPSHOTS, "DestroySnapshot", &parameter, "--yes", "--output", "json"])
        .await;
    ran.shows(1, &["DestroySnapshot of Msvm_VirtualSystemSnapshotService returned 32774 (system is in use)"]);
    assert_eq!(
        (&ran.json()["return_value"]["name"], &ran.json()["exit_code"]),
        (&json!("system is in use"), &json!(1))
    );
    let reference = reference_of(&bench, "broken-01", "fails").await;
    let parameter = format!("AffectedSnapshot={reference}");
    let ran =
        bench.run(&["cim", "invoke", SNAPSHOTS, "DestroySnapshot", &parameter, "--yes", "--wait"]).await;
    ran.shows(1, &["in use by another process"]);
    // The same number means another thing to a job.
    let (_, file) =
        document(&bench, "job.json", &["query", "select * from Msvm_ConcreteJob where JobState = 10"]).await;
    let ran = bench.run(&["cim", "invoke", &file, "RequestStateChange", "RequestedState=4", "--yes"]).await;
    ran.shows(1, &["RequestStateChange of Msvm_ConcreteJob returned", "invalid state transition"]);
}

#[tokio::test]
async fn a_call_whose_answer_is_lost_is_5_and_is_not_sent_again() {
    let bench = Bench::new().await;
    let reference = reference_of(&bench, "app-01", "newest").await;
    bench.sim.inject("on=DestroySnapshot,do=reset-after".parse().unwrap());
    let parameter = format!("AffectedSnapshot={reference}");
    let ran = bench
        .run(&["cim", "invoke", SNAPSHOTS, "DestroySnapshot", &parameter, "--yes", "--output", "json"])
        .await;
    ran.shows(5, &["not known: the host may have done it", "look before calling again"]);
    assert_eq!(
        (&ran.json()["error"]["effect"], &ran.json()["error"]["exit_code"]),
        (&json!("unknown"), &json!(5))
    );
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

/// The command against a host that answers as it is told.
async fn scripted(bench: &Bench, host: &ScriptedHost, arguments: &[&str]) -> Ran {
    let mut command = bench.command(&[&["cim"], arguments].concat());
    command.env("HVSNAP_ENDPOINT", host.url()).env("HVSNAP_AUTH", "basic");
    Ran::of(command).await
}

#[tokio::test]
async fn a_class_that_no_schema_knows_is_typed_by_suffixes_and_shown_by_its_form() {
    const URI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/any/X_Thing";
    let (bench, host) = (Bench::new().await, ScriptedHost::start().await);
    let thing = format!(
        "<p:X_Thing xmlns:p=\"{URI}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\"><p:Count>3</p:Count><p:Nothing xsi:nil=\"true\"/>\
         <p:When><cim:Datetime>2026-03-09T14:30:00Z</cim:Datetime></p:When><p:Words>a</p:Words><p:Words>b</p:Words>\
         </p:X_Thing>"
    );
    host.on("transfer/Get", [soap(&thing)]);
    let ran =
        scripted(&bench, &host, &["get", "X_Thing", "Id=1", "--namespace", "root/any", "--output", "json"])
            .await;
    ran.shows(0, &[]);
    let instance = ran.json()["instance"].clone();
    assert_eq!(
        (&instance["properties"], &instance["types"]),
        (
            &json!({"Count": "3", "Nothing": null, "When": "2026-03-09T14:30:00Z", "Words": ["a", "b"]}),
            &json!({"Count": "text", "When": "datetime", "Words": "text[]"})
        ),
        "{instance:#}"
    );
    let whole = format!("@{}", bench.file("thing.json", &ran.stdout));
    // A nested instance goes as it came; as CIM-XML text it needs types.
    host.on("Stop_INPUT", [soap(&format!("<p:Stop_OUTPUT xmlns:p=\"{URI}\"/>"))]);
    let nested = format!("Thing:object={whole}");
    let call = [
        "invoke",
        &whole,
        "Stop",
        "Count:uint32=7",
        "Codes:uint16[]=1",
        "Codes:uint16[]=2",
        "For:datetime=PT5M",
        "Not:null",
        &nested,
        "--yes",
    ];
    let ran = scripted(&bench, &host, &call).await;
    ran.shows(
        0,
        &["Call: Stop of X_Thing in root/any", "instance  X_Thing.Id=\"1\"", "ReturnValue  nothing"],
    );
    for part in [
        "<w:Selector Name=\"Id\">1</w:Selector>",
        "<p:Count>7</p:Count><p:Codes>1</p:Codes><p:Codes>2</p:Codes><p:For><cim:Interval>P0DT0H5M0S</cim:Interval></p:For>\
         <p:Not xsi:nil=\"true\"/><p:Thing xsi:type=\"p:X_Thing_Type\"><p:Count>3</p:Count><p:Nothing xsi:nil=\"true\"/>\
         <p:When><cim:Datetime>2026-03-09T14:30:00Z</cim:Datetime></p:When><p:Words>a</p:Words><p:Words>b</p:Words></p:Thing>",
    ] {
        assert!(host.count(part) > 0, "{part}");
    }
    let text = format!("Thing:instance={whole}");
    let ran = scripted(&bench, &host, &["invoke", &whole, "Stop", &text, "--yes"]).await;
    ran.shows(
        2,
        &["at instance.properties.Count: the type of X_Thing.Count is not known: give it under \"types\""],
    );
    assert_eq!(host.count("Stop_INPUT xmlns"), 1);
}

#[tokio::test]
async fn an_answer_that_leaves_the_outcome_open_is_5() {
    let uri = format!("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/{SNAPSHOTS}");
    let reference = json!({"resource_uri": uri, "selectors": {"Name": "vssnapsvc"}});
    for (output, text) in [
        ("", "the answer has no return value"),
        ("<p:ReturnValue>4096</p:ReturnValue>", "the method says that it started a job, and names none"),
    ] {
        let (bench, host) = (Bench::new().await, ScriptedHost::start().await);
        let target = format!("@{}", bench.file("service.json", &reference.to_string()));
        let output =
            format!("<p:DestroySnapshot_OUTPUT xmlns:p=\"{uri}\">{output}</p:DestroySnapshot_OUTPUT>");
        host.on("DestroySnapshot_INPUT", [soap(&output)]);
        let ran = scripted(
            &bench,
            &host,
            &["invoke", &target, "DestroySnapshot", "AffectedSnapshot=null", "--yes"],
        )
        .await;
        ran.shows(5, &[text]);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_call_that_is_interrupted_while_it_is_under_way_is_5_and_before_it_130() {
    for (word, method, code, text) in [
        ("Msvm_VirtualSystemManagementService", "ModifySystemSettings", 130, "nothing was changed"),
        ("ModifySystemSettings_INPUT", "ModifySystemSettings", 5, "stopped after the call was sent"),
    ] {
        let bench = Bench::new().await;
        let (url, come) = gate(bench.sim.endpoint(), word, Then::Hold).await;
        let mut command =
            bench.command(&["cim", "invoke", MANAGEMENT, method, "SystemSettings=<X/>", "--yes"]);
        command.env("HVSNAP_ENDPOINT", url).env("HVSNAP_AUTH", "basic");
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        come.notified().await;
        interrupt(child).await.shows(code, &[text]);
        assert_eq!(bench.sim.calls(method), 0);
    }
}

#[tokio::test]
async fn no_text_of_the_host_steers_the_terminal() {
    const NAME: &str = "x\u{9b}2J\u{202e}y\nz";
    let bench = Bench::new().await;
    bench.sim.rename_snapshot("app-01", "newest", NAME).unwrap();
    let found = bench
        .sim
        .snapshots_of("app-01")
        .unwrap()
        .into_iter()
        .find(|one| one.path.contains('\u{9b}'))
        .unwrap();
    let key = format!("InstanceID={}", found.instance_id);
    for arguments in [words(&["cim", "get", SETTINGS, &key]), &["cim", "enumerate", SETTINGS]] {
        for format in ["text", "json"] {
            let ran = bench.run(&[arguments, &["--output", format]].concat()).await;
            ran.shows(0, &[]);
            let hostile = ['\u{9b}', '\u{202e}'];
            assert!(!ran.stdout.contains(hostile) && !ran.stderr.contains(hostile), "{ran:#?}");
        }
    }
    let (document, _) = document(&bench, "hostile.json", &["get", SETTINGS, &key]).await;
    assert_eq!(document["instance"]["properties"]["ElementName"], NAME);
}
