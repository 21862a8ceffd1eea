//! Sizes on the wire: of disks, of the files behind them, of volumes; and the switch that keeps files from merging.

use hvsnap::sim::{RunningSimulator, Simulator};

use crate::sim::raw::{DMTF, OPERATOR, Raw, WMI, WQL, between, destroy, enumeration, get, invoke, pass};

const IMAGES: &str = "Msvm_ImageManagementService";
const SERVICE: &str = "Msvm_VirtualSystemManagementService";
const WINDOWS: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/";

/// A lab with a VM whose snapshot has a file of its own, on a volume of known size.
async fn sized() -> RunningSimulator {
    let lab = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[service]\nallow_unencrypted = true\n\
        auth = [\"negotiate\", \"basic\"]\n[[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\n\
        [[volume]]\npath = 'D:\\'\ncapacity_gib = 200\nused_gib = 50\n\
        [[vm]]\nname = \"v\"\ndisk_gib = 60\nbase_mib = 20480\nwritten_mib = 100\nwrites_mib_per_minute = 0\n\
        disk_folder = 'D:\\Hyper-V'\n[[vm.snapshot]]\nname = \"base\"\n\
        [[vm.snapshot]]\nname = \"middle\"\nparent = \"base\"\nwritten_mib = 924\n";
    Simulator::from_lab_text(lab).unwrap().seed(7).start().await.unwrap()
}

/// A method of the image service about a file: the return value, and the text in its out parameter without its escapes.
async fn about(sim: &RunningSimulator, method: &str, out: &str, path: &str) -> (u32, String) {
    let (parameter, key) = (format!("<p:Path>{path}</p:Path>"), [("CreationClassName", IMAGES)]);
    let raw = invoke(sim, OPERATOR, &format!("{WMI}{IMAGES}"), &key, method, &parameter).await;
    let text = raw.element(out).unwrap_or_default();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    (raw.element("p:ReturnValue").unwrap().parse().unwrap(), text)
}

/// A property in the text of an instance.
fn property<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) =
        text.split_once(&format!("NAME=\"{name}\"")).unwrap_or_else(|| panic!("{name} in {text}"));
    between(rest, "<VALUE>", "</VALUE>").unwrap()
}

#[tokio::test]
async fn the_state_of_a_disk_file_tells_its_size_and_the_settings_that_of_the_disk() {
    let sim = sized().await;
    let snapshots = sim.snapshots_of("v").unwrap();
    for (path, size, content) in [
        (&snapshots[0].files[0], "21474836480", "21474836480"),
        (&snapshots[1].files[0], "968884224", "22443720704"),
        (&sim.vms()[0].files[0], "104857600", "22548578304"),
    ] {
        let (value, text) = about(&sim, "GetVirtualHardDiskState", "p:State", path).await;
        assert_eq!(value, 0);
        assert!(text.starts_with("<INSTANCE CLASSNAME=\"Msvm_VirtualHardDiskState\">"), "{text}");
        assert_eq!(
            (property(&text, "FileSize"), property(&text, "MinInternalSize")),
            (size, content),
            "{path}"
        );
        assert_eq!(property(&text, "InUse"), "TRUE");
        let (_, text) = about(&sim, "GetVirtualHardDiskSettingData", "p:SettingData", path).await;
        assert_eq!(property(&text, "MaxInternalSize"), "64424509440");
    }
    for (path, code) in [("D:\\nothing.vhdx", 32779), ("", 32773)] {
        assert_eq!(about(&sim, "GetVirtualHardDiskState", "p:State", path).await, (code, String::new()));
    }
}

/// The volume of that name, by a query of its own.
async fn volume(sim: &RunningSimulator, name: &str) -> Raw {
    let filter = format!(
        "<n:Enumerate><w:OptimizeEnumeration/><w:Filter Dialect=\"{WQL}\">\
         select * from Win32_Volume where Name = '{}'</w:Filter></n:Enumerate>",
        name.replace('\\', "\\\\")
    );
    enumeration(sim, "Enumerate", &format!("{WINDOWS}*"), &filter).await
}

#[tokio::test]
async fn a_volume_tells_what_it_has_and_what_is_free() {
    let sim = sized().await;
    let raw = volume(&sim, "D:\\").await;
    let gib = |count: u64| (count << 30).to_string();
    // The files take 21 GiB: 20480, 924 and 100 MiB.
    for (tag, text) in [
        ("p:Capacity", gib(200)),
        ("p:FreeSpace", gib(129)),
        ("p:DriveLetter", "D:".to_owned()),
        ("p:FileSystem", "NTFS".to_owned()),
        ("p:DriveType", "3".to_owned()),
    ] {
        assert_eq!(raw.element(tag), Some(text.as_str()), "{}", raw.text());
    }
    let id = raw.element("p:DeviceID").unwrap();
    assert!(id.starts_with("\\\\?\\Volume{") && id.ends_with("}\\"), "{id}");
    let by_key = get(&sim, &format!("{WINDOWS}Win32_Volume"), &[("DeviceID", id)]).await;
    assert_eq!(by_key.element("p:Name"), Some("D:\\"));
    let dmtf = [("DeviceID", id), ("__cimnamespace", "root/cimv2")];
    assert_eq!(get(&sim, &format!("{DMTF}Win32_Volume"), &dmtf).await.element("p:Name"), Some("D:\\"));
    destroy(&sim, "v", "base/middle").await;
    pass(&sim, 60_000).await;
    assert_eq!(volume(&sim, "D:\\").await.element("p:FreeSpace"), Some(gib(129).as_str()), "it was merged");
}

#[tokio::test]
async fn a_volume_of_a_cluster_has_a_path_and_no_letter() {
    let sim = crate::sim::raw::lab().await;
    let raw = volume(&sim, "C:\\ClusterStorage\\Volume1\\").await;
    assert!(raw.text().contains("<p:DriveLetter xsi:nil=\"true\"/>"), "{}", raw.text());
    assert_eq!(raw.element("p:FileSystem"), Some("CSVFS"));
}

/// ModifyDiskMergeSettings, with the properties of the instance in the text.
async fn modify(sim: &RunningSimulator, class: &str, properties: &[(&str, &str, &str)]) -> Raw {
    let property = |(name, kind, value): &(&str, &str, &str)| {
        format!("<PROPERTY NAME=\"{name}\" TYPE=\"{kind}\"><VALUE>{value}</VALUE></PROPERTY>")
    };
    let text: String = properties.iter().map(property).collect();
    let text = format!("<INSTANCE CLASSNAME=\"{class}\">{text}</INSTANCE>").replace('<', "&lt;");
    let (uri, key) = (format!("{WMI}{SERVICE}"), [("CreationClassName", SERVICE)]);
    let parameter = format!("<p:SettingData>{text}</p:SettingData>");
    invoke(sim, OPERATOR, &uri, &key, "ModifyDiskMergeSettings", &parameter).await
}

#[tokio::test]
async fn merging_is_switched_by_a_method_and_read_back() {
    let sim = sized().await;
    let class = "Msvm_DiskMergeSettingData";
    let id = format!("Microsoft:{}\\DeviceSpecificData", sim.vms()[0].id);
    let value = |raw: &Raw| raw.element("p:ReturnValue").unwrap().parse::<u32>().unwrap();
    let key = ("InstanceID", "string", id.as_str());
    let raw = modify(&sim, class, &[key, ("EnabledState", "uint32", "0")]).await;
    assert_eq!(value(&raw), 0);
    assert!(raw.text().contains("<p:Job xsi:nil=\"true\"/>"), "{}", raw.text());
    let read = get(&sim, &format!("{WMI}{class}"), &[("InstanceID", &id)]).await;
    assert_eq!(read.element("p:EnabledState"), Some("0"));
    destroy(&sim, "v", "base/middle").await;
    pass(&sim, 60_000).await;
    assert!(!sim.vms()[0].is_merging && !sim.vms()[0].may_merge);
    // What was left over merges when it is on again.
    assert_eq!(value(&modify(&sim, class, &[key, ("EnabledState", "uint32", "1")]).await), 0);
    pass(&sim, 1000).await;
    assert!(sim.vms()[0].is_merging);

    let unknown = ("InstanceID", "string", "Microsoft:v\\DeviceSpecificData");
    for (class, properties, code) in [
        (class, vec![key], 32773),
        (class, vec![key, ("EnabledState", "uint32", "2")], 32773),
        (class, vec![unknown, ("EnabledState", "uint32", "0")], 32773),
        (class, vec![key, ("EnabledState", "uint16", "0")], 32768),
        ("Msvm_VirtualSystemSettingData", vec![key], 32773),
    ] {
        assert_eq!(value(&modify(&sim, class, &properties).await), code, "{properties:?}");
    }
    let read = get(&sim, &format!("{WMI}{class}"), &[("InstanceID", &id)]).await;
    assert_eq!(read.element("p:EnabledState"), Some("1"));
}
