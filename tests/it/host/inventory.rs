//! `Host::snapshots`: all snapshots of a host by one enumeration.

use hvsnap::{
    Client, Credentials, ErrorKind, Host, Secret,
    hyperv::FindError,
    sim::{RequestKind, Simulator},
};

use crate::{
    host::IntoHost,
    scripted::{
        ScriptedHost,
        envelopes::{VM, computer_system, instance, items},
    },
};

fn host(scripted: &ScriptedHost) -> Host {
    Client::builder(scripted.url()).credentials(Credentials::basic("ops", Secret::new("secret"))).host()
}

#[tokio::test]
async fn the_trees_are_those_of_the_vms_read_one_by_one() {
    for lab in ["two-branches", "life", "merges", "demo"] {
        let path = format!("{}/fixtures/lab/{lab}.toml", env!("CARGO_MANIFEST_DIR"));
        let sim = Simulator::from_lab(path).unwrap().seed(7).start().await.unwrap();
        let host = sim.host().unwrap();
        let all = host.snapshots().await.unwrap();
        assert_eq!(all.unreadable, [], "{lab}");
        let vms = host.vms().await.unwrap();
        assert_eq!(all.trees.len(), vms.len(), "{lab}");
        for vm in vms {
            let tree = vm.snapshots().await.unwrap();
            let listed = all.trees.iter().find(|tree| tree.vm_id() == vm.id()).unwrap();
            assert_eq!(listed.fingerprint(), tree.fingerprint(), "{lab} {}", vm.name());
            assert_eq!(listed.vm_name(), vm.name());
            assert_eq!(listed.knows_current(), tree.knows_current());
        }
    }
}

#[tokio::test]
async fn it_is_one_enumeration_however_many_vms_there_are() {
    let path = format!("{}/fixtures/lab/two-branches.toml", env!("CARGO_MANIFEST_DIR"));
    let sim = Simulator::from_lab(path).unwrap().add_vms(300).seed(7).start().await.unwrap();
    let host = sim.host().unwrap();
    let before = sim.requests();
    let all = host.snapshots().await.unwrap();
    assert!(all.vms() > 300);
    let asked = sim.journal().split_off(before);
    let enumerations = asked.iter().filter(|entry| entry.kind == RequestKind::Enumerate).count();
    let pulls = asked.iter().filter(|entry| entry.kind == RequestKind::Pull).count();
    assert_eq!((enumerations, enumerations + pulls), (1, asked.len()), "{asked:#?}");
}

#[tokio::test]
async fn a_user_without_rights_gets_an_error_and_no_empty_list() {
    let path = format!("{}/fixtures/lab/two-branches.toml", env!("CARGO_MANIFEST_DIR"));
    let sim = Simulator::from_lab(path).unwrap().start().await.unwrap();
    let credentials = Credentials::negotiate(r"LAB\filtered", Secret::new("half-a-token"));
    let host = sim.client_builder().credentials(credentials).host();
    let error = host.snapshots().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Find(FindError::NothingSeen)), "{error:?}");
}

#[tokio::test]
async fn vms_without_any_settings_are_an_error_too() {
    let scripted = ScriptedHost::start().await;
    scripted
        .on("from Msvm_VirtualSystemSettingData", [items(&[])])
        .on("from Msvm_ComputerSystem", [items(&[computer_system(&["2"])])]);
    let error = host(&scripted).snapshots().await.unwrap_err();
    assert!(error.to_string().contains("1 VMs, and the settings of none of them"), "{error}");
}

#[tokio::test]
async fn settings_without_a_vm_are_left_out_and_a_snapshot_without_one_is_told() {
    let scripted = ScriptedHost::start().await;
    let definition = instance(
        "Msvm_VirtualSystemSettingData",
        &[
            ("InstanceID", "Microsoft:Definition"),
            ("VirtualSystemType", "Microsoft:Hyper-V:System:Definition"),
        ],
    );
    let orphan = instance(
        "Msvm_VirtualSystemSettingData",
        &[("InstanceID", "Microsoft:X"), ("VirtualSystemType", "Microsoft:Hyper-V:Snapshot:Realized")],
    );
    let own = instance(
        "Msvm_VirtualSystemSettingData",
        &[
            ("InstanceID", "Microsoft:own"),
            ("ElementName", "web-01"),
            ("VirtualSystemIdentifier", VM),
            ("VirtualSystemType", "Microsoft:Hyper-V:System:Realized"),
        ],
    );
    scripted.on("from Msvm_VirtualSystemSettingData", [items(&[definition, orphan, own])]);
    let all = host(&scripted).snapshots().await.unwrap();
    assert_eq!(all.trees.iter().map(|tree| tree.vm_name()).collect::<Vec<_>>(), ["web-01"]);
    assert_eq!(all.unreadable.len(), 1, "{:?}", all.unreadable);
}
