//! The disks of VMs on the wire: what a client sees of a merge, also of one that fails.

use hvsnap::sim::{RunningSimulator, Simulator};

use crate::sim::raw::{OPERATOR, READER, Raw, WMI, between, destroy, get, invoke, lab, pass, pull, query};

const MERGE: &str = "Msvm_DiskMergeSettingData";
const IMAGES: &str = "Msvm_ImageManagementService";

/// The lab of merges, with the users of the published one.
async fn merges() -> RunningSimulator {
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/merges.toml");
    Simulator::from_lab(lab).unwrap().seed(7).start().await.unwrap()
}

fn id_of(sim: &RunningSimulator, vm: &str) -> String {
    sim.vms().into_iter().find(|known| known.name == vm).unwrap().id
}

fn snapshot_of(sim: &RunningSimulator, vm: &str, name: &str) -> String {
    sim.snapshots_of(vm).unwrap().into_iter().find(|known| known.name == name).unwrap().instance_id
}

/// The disks of settings, by one Enumerate and one Pull.
async fn disks(sim: &RunningSimulator, settings: &str) -> Raw {
    let from = format!("Msvm_VirtualSystemSettingData.InstanceID=\"{settings}\"");
    let text = format!(
        "ASSOCIATORS OF {{{from}}} WHERE ResultClass=Msvm_StorageAllocationSettingData \
         AssocClass=Msvm_VirtualSystemSettingDataComponent"
    );
    let raw = query(sim, "", &text).await;
    let context = raw.element("n:EnumerationContext").unwrap_or_else(|| panic!("{}", raw.text())).to_owned();
    pull(sim, &context, Some(100)).await
}

/// All texts of elements with that tag.
fn all(raw: &Raw, tag: &str) -> Vec<String> {
    let start = format!("<{tag}>");
    let parts = raw.text().split(&start).skip(1);
    parts.map(|part| part.split('<').next().unwrap().to_owned()).collect()
}

async fn files(sim: &RunningSimulator, settings: &str) -> Vec<String> {
    all(&disks(sim, settings).await, "p:HostResource")
}

/// GetVirtualHardDiskSettingData: the return value, and the text without its escapes.
async fn disk_file(sim: &RunningSimulator, path: &str) -> (u32, String) {
    let parameter = format!("<p:Path>{path}</p:Path>");
    let key = [("CreationClassName", IMAGES)];
    let method = "GetVirtualHardDiskSettingData";
    let raw = invoke(sim, OPERATOR, &format!("{WMI}{IMAGES}"), &key, method, &parameter).await;
    let text = raw.element("p:SettingData").unwrap_or_default();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    (raw.element("p:ReturnValue").unwrap().parse().unwrap(), text)
}

/// From a file to the first of its chain.
async fn chain(sim: &RunningSimulator, path: &str) -> Vec<String> {
    let mut files = vec![path.to_owned()];
    loop {
        let (value, text) = disk_file(sim, files.last().unwrap()).await;
        assert_eq!(value, 0, "{files:?}");
        let start = "<PROPERTY NAME=\"ParentPath\" TYPE=\"string\"><VALUE>";
        match between(&text, start, "</VALUE>").unwrap() {
            "" => return files,
            parent => files.push(parent.to_owned()),
        }
    }
}

#[tokio::test]
async fn the_disks_of_a_vm_and_of_a_snapshot_come_by_one_query_in_either_order_of_its_clauses() {
    let sim = lab().await;
    let vm = id_of(&sim, "web-01");
    let settings = format!("Microsoft:{vm}");
    let before = sim.requests();
    let raw = disks(&sim, &settings).await;
    assert_eq!(sim.requests() - before, 2);
    assert_eq!(all(&raw, "p:ResourceType"), ["31", "31"]);
    assert_eq!(all(&raw, "p:ResourceSubType"), ["Microsoft:Hyper-V:Virtual Hard Disk"; 2]);
    let names = all(&raw, "p:InstanceID");
    assert!(names.iter().all(|name| name.starts_with(&format!("{settings}\\"))), "{names:?}");
    assert_eq!(all(&raw, "p:HostResource"), sim.vms()[0].files);
    let parent = format!(
        "\\\\HV01\\root\\virtualization\\v2:Msvm_ResourceAllocationSettingData.InstanceID=\"{}\\\\",
        settings
    );
    assert!(all(&raw, "p:Parent").iter().all(|path| path.replace("&quot;", "\"").starts_with(&parent)));

    let base = snapshot_of(&sim, "web-01", "base");
    assert_eq!(
        files(&sim, &base).await,
        ["D:\\Hyper-V\\web-01\\web-01.vhdx", "D:\\Hyper-V\\web-01\\web-01-data.vhdx"]
    );
    let other_order = format!(
        "associators of {{Msvm_VirtualSystemSettingData.InstanceID='{settings}'}} where \
         AssocClass = Msvm_VirtualSystemSettingDataComponent ResultClass = Msvm_StorageAllocationSettingData"
    );
    let raw = query(&sim, "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>", &other_order).await;
    assert_eq!(all(&raw, "p:HostResource"), sim.vms()[0].files[..1], "one item beside a live context");
    let by_prefix = format!(
        "select * from Msvm_StorageAllocationSettingData where InstanceID like '{settings}%' \
         and ResourceType = 31"
    );
    let raw = query(&sim, "", &by_prefix).await;
    let raw = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(100)).await;
    assert_eq!(all(&raw, "p:HostResource"), sim.vms()[0].files);
    let one =
        get(&sim, &format!("{WMI}Msvm_StorageAllocationSettingData"), &[("InstanceID", &names[1])]).await;
    assert_eq!(all(&one, "p:HostResource"), sim.vms()[0].files[1..]);
    let none =
        get(&sim, &format!("{WMI}Msvm_StorageAllocationSettingData"), &[("InstanceID", &settings)]).await;
    assert_eq!(none.fault(), 2150858752);
}

#[tokio::test]
async fn a_vm_has_as_many_disks_as_its_lab_says() {
    let sim = merges().await;
    for (vm, count) in [("stages-01", 1), ("many-01", 4), ("diskless-01", 0)] {
        let settings = format!("Microsoft:{}", id_of(&sim, vm));
        assert_eq!(files(&sim, &settings).await.len(), count, "{vm}");
    }
    let many = files(&sim, &snapshot_of(&sim, "many-01", "base")).await;
    assert_eq!(
        (many[0].as_str(), many[3].as_str()),
        ("D:\\Hyper-V\\many-01\\many-01.vhdx", "D:\\Hyper-V\\many-01\\many-01-4.vhdx")
    );
}

#[tokio::test]
async fn the_three_stages_of_a_deletion_can_be_told_apart() {
    let sim = merges().await;
    let vm = id_of(&sim, "stages-01");
    let (settings, snapshot) = (format!("Microsoft:{vm}"), snapshot_of(&sim, "stages-01", "middle"));
    let (written, frozen) = (files(&sim, &settings).await, files(&sim, &snapshot).await);
    let answer = destroy(&sim, "stages-01", "base/middle").await;
    let job = between(answer.text(), "Name=\"InstanceID\">", "<").unwrap().to_owned();
    let system = [("CreationClassName", "Msvm_ComputerSystem"), ("Name", vm.as_str())];
    let stages = [
        (1900, "4", true, vec!["11", "32770"], &written),
        (200, "7", true, vec!["2"], &written),
        (3000, "7", false, vec!["2"], &written),
        (2000, "7", false, vec!["11", "32772"], &written),
        (4000, "7", false, vec!["2"], &written),
        (4800, "7", false, vec!["2"], &written),
        (200, "7", false, vec!["2"], &frozen),
    ];
    for (milliseconds, state, there, status, disks) in stages {
        pass(&sim, milliseconds).await;
        let raw = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", &job)]).await;
        assert_eq!(raw.element("p:JobState"), Some(state));
        let raw =
            get(&sim, &format!("{WMI}Msvm_VirtualSystemSettingData"), &[("InstanceID", &snapshot)]).await;
        assert_eq!(raw.status.contains("200"), there, "{}", raw.text());
        let raw = get(&sim, &format!("{WMI}Msvm_ComputerSystem"), &system).await;
        assert_eq!(all(&raw, "p:OperationalStatus"), status);
        assert_eq!(files(&sim, &settings).await, *disks);
    }
    assert_eq!(files(&sim, &snapshot).await, [""; 0]);
}

#[tokio::test]
async fn the_chain_of_a_disk_loses_the_file_that_was_merged_and_keeps_it_if_it_was_not() {
    let sim = merges().await;
    for (vm, left) in [
        ("stages-01", 2),
        ("late-01", 2),
        ("idle-01", 2),
        ("many-01", 2),
        ("fails-01", 3),
        ("stops-01", 3),
        ("endless-01", 3),
        ("none-01", 3),
        ("off-01", 3),
        ("claims-01", 2),
    ] {
        let settings = format!("Microsoft:{}", id_of(&sim, vm));
        let written = files(&sim, &settings).await.pop().unwrap();
        let before = chain(&sim, &written).await;
        assert_eq!(before.len(), 3);
        destroy(&sim, vm, "base/middle").await;
        pass(&sim, 60_000).await;
        let now = files(&sim, &settings).await.pop().unwrap();
        let after = chain(&sim, &now).await;
        assert_eq!((after.len(), after.contains(&written)), (left, left == 3), "{vm}");
        assert_eq!(after, before[3 - left..], "{vm}: what is left is as it was");
        assert_eq!(disk_file(&sim, &written).await.0, if left == 3 { 0 } else { 32779 }, "{vm}");
        let merging = sim.vms().iter().any(|known| known.name == vm && known.is_merging);
        assert_eq!(merging, vm == "endless-01", "{vm}");
    }
}

#[tokio::test]
async fn a_failed_merge_has_a_storage_job_that_says_why_and_a_stopped_one_has_none() {
    let sim = merges().await;
    for (vm, jobs) in [("fails-01", 1), ("stops-01", 0)] {
        destroy(&sim, vm, "base/middle").await;
        pass(&sim, 10_000).await;
        let system =
            format!("Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='{}'", id_of(&sim, vm));
        let text = format!("associators of {{{system}}} where ResultClass = Msvm_StorageJob");
        let raw = query(&sim, "", &text).await;
        let raw = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(10)).await;
        assert_eq!(all(&raw, "p:JobState"), vec!["10"; jobs], "{vm}");
        if jobs == 1 {
            assert_eq!(raw.element("p:ErrorCode"), Some("32768"));
            assert_eq!(raw.element("p:JobCompletionStatusCode"), Some("2147500037"));
            assert!(raw.element("p:ErrorDescription").unwrap().contains("0x80070299"));
        }
    }
}

#[tokio::test]
async fn merging_that_is_off_is_told_and_can_be_switched_on() {
    let sim = merges().await;
    let vm = id_of(&sim, "off-01");
    let settings = format!("Microsoft:{vm}");
    let key = format!("{settings}\\DeviceSpecificData");
    let state = async || {
        let raw = get(&sim, &format!("{WMI}{MERGE}"), &[("InstanceID", &key)]).await;
        raw.element("p:EnabledState").unwrap().to_owned()
    };
    assert_eq!(state().await, "0");
    let off = format!("select * from {MERGE} where EnabledState = 0 and InstanceID like '{settings}%'");
    let raw = query(&sim, "<w:OptimizeEnumeration/>", &off).await;
    assert_eq!(raw.element("p:InstanceID"), Some(key.as_str()));
    let raw = query(&sim, "", &format!("select * from {MERGE}")).await;
    let raw = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(100)).await;
    assert_eq!(all(&raw, "p:EnabledState").iter().filter(|state| *state == "1").count(), sim.vms().len() - 1);

    let before = files(&sim, &settings).await;
    destroy(&sim, "off-01", "base/middle").await;
    pass(&sim, 86_400_000).await;
    assert_eq!(files(&sim, &settings).await, before);
    sim.switch_merging("off-01", true).unwrap();
    pass(&sim, 10_000).await;
    assert_eq!(state().await, "1");
    assert_ne!(files(&sim, &settings).await, before);
    assert!(sim.switch_merging("nobody", true).is_err());
}

#[tokio::test]
async fn a_disk_file_is_described_in_the_recorded_form() {
    let sim = lab().await;
    let (value, text) = disk_file(&sim, "d:\\hyper-v\\WEB-01\\web-01.vhdx").await;
    assert_eq!(value, 0);
    assert!(text.starts_with("<INSTANCE CLASSNAME=\"Msvm_VirtualHardDiskSettingData\"><PROPERTY NAME=\"BlockSize\" TYPE=\"uint32\"><VALUE>33554432</VALUE></PROPERTY>"), "{text}");
    for part in [
        "<PROPERTY NAME=\"DataAlignment\" PROPAGATED=\"true\" TYPE=\"uint64\"/>",
        "<PROPERTY NAME=\"ParentPath\" TYPE=\"string\"><VALUE></VALUE></PROPERTY>",
        "<PROPERTY NAME=\"Path\" TYPE=\"string\"><VALUE>D:\\Hyper-V\\web-01\\web-01.vhdx</VALUE></PROPERTY>",
        "<PROPERTY NAME=\"Type\" TYPE=\"uint16\"><VALUE>3</VALUE></PROPERTY>",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let now = sim.vms()[0].files[0].clone();
    let (_, text) = disk_file(&sim, &now).await;
    assert!(text.contains("<PROPERTY NAME=\"Type\" TYPE=\"uint16\"><VALUE>4</VALUE></PROPERTY>"), "{text}");
    assert_eq!(chain(&sim, &now).await.len(), 5);
}

#[tokio::test]
async fn a_disk_file_that_cannot_be_described_is_no_fault() {
    let sim = lab().await;
    assert_eq!(disk_file(&sim, "D:\\nothing.vhdx").await, (32779, String::new()));
    assert_eq!(disk_file(&sim, "").await.0, 32773);
    let uri = format!("{WMI}{IMAGES}");
    let (method, path) = ("GetVirtualHardDiskSettingData", "<p:Path>D:\\nothing.vhdx</p:Path>");
    let key = [("CreationClassName", IMAGES)];
    let raw = invoke(&sim, OPERATOR, &uri, &key, method, path).await;
    assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/><p:SettingData xsi:nil=\"true\"/><p:ReturnValue>"));
    assert_eq!(invoke(&sim, OPERATOR, &uri, &[], method, path).await.fault(), 2147749935);
    assert_eq!(invoke(&sim, READER, &uri, &key, method, path).await.fault(), 5);
}

#[tokio::test]
async fn rules_delay_object_and_disks_and_end_merges() {
    for (rule, seconds, there, left) in [
        ("do=object-late,seconds=5", 6, true, 4),
        ("do=object-late,seconds=5", 12, false, 3),
        ("do=disk-late,seconds=5", 10, false, 4),
        ("do=disk-late,seconds=5", 12, false, 3),
        ("do=merge-fails,code=5,description=Full", 60, false, 4),
        ("do=merge-stops", 60, false, 4),
    ] {
        let sim = lab().await;
        sim.inject(rule.parse().unwrap());
        destroy(&sim, "app-01", "oldest/middle").await;
        pass(&sim, seconds * 1000).await;
        let found = sim.snapshots_of("app-01").unwrap().iter().any(|known| known.name == "middle");
        let now = sim.vms().into_iter().find(|vm| vm.name == "app-01").unwrap().files.remove(0);
        assert_eq!((found, chain(&sim, &now).await.len()), (there, left), "{rule} after {seconds} s");
        assert!(sim.vms().iter().all(|vm| !vm.is_merging));
    }
}
