//! Put, Create, Delete and fragment transfer on the wire, and the namespace of Windows itself.

use hvsnap::sim::{RequestKind, RunningSimulator};

use crate::sim::raw::{OPERATOR, READER, Raw, WMI, envelope, get, lab, soap};

const WINDOWS: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/";
const SETTINGS: &str = "Microsoft:0A1B2C3D-0001-4000-8000-00000000B001";

/// An operation of WS-Transfer; `part` is the expression of a fragment.
async fn transfer(
    sim: &RunningSimulator,
    user: (&str, &str),
    verb: &str,
    uri: &str,
    (selectors, part): (&[(&str, &str)], Option<&str>),
    body: &str,
) -> Raw {
    let action = format!("http://schemas.xmlsoap.org/ws/2004/09/transfer/{verb}");
    let mut asked = envelope(&action, uri, selectors, body);
    if let Some(part) = part {
        let header = format!("<w:FragmentTransfer s:mustUnderstand=\"true\">{part}</w:FragmentTransfer>");
        asked = asked.replacen("</s:Header>", &format!("{header}</s:Header>"), 1);
    }
    soap(sim, user, &asked).await
}

fn operating_system() -> String {
    format!("{WINDOWS}Win32_OperatingSystem")
}

fn described(text: &str) -> String {
    let uri = operating_system();
    format!(
        "<p:Win32_OperatingSystem xmlns:p=\"{uri}\"><p:Description>{text}</p:Description>\
         <p:Version>1.0</p:Version></p:Win32_OperatingSystem>"
    )
}

#[tokio::test]
async fn a_singleton_is_read_without_selectors_and_others_by_their_key() {
    let sim = lab().await;
    let system = get(&sim, &operating_system(), &[]).await;
    assert_eq!(system.element("p:BuildNumber"), Some("17763"), "{}", system.text());
    let processor = format!("{WINDOWS}Win32_Processor");
    let found = get(&sim, &processor, &[("DeviceID", "CPU1")]).await;
    assert_eq!(found.element("p:DeviceID"), Some("CPU1"));
    assert_eq!(get(&sim, &processor, &[("DeviceID", "CPU9")]).await.fault(), 2150858752);
    assert_eq!(get(&sim, &processor, &[]).await.fault(), 2150859002);
    assert_eq!(get(&sim, &format!("{WINDOWS}Msvm_ComputerSystem"), &[]).await.fault(), 2150858752);
}

#[tokio::test]
async fn a_fragment_is_one_property_alone() {
    let sim = lab().await;
    for part in ["Version", "Version/text()"] {
        let raw = transfer(&sim, READER, "Get", &operating_system(), (&[], Some(part)), "").await;
        assert!(raw.text().contains("<w:XmlFragment"), "{}", raw.text());
        assert!(raw.text().contains("><Version>10.0.17763</Version></w:XmlFragment>"), "{}", raw.text());
    }
    let unknown = transfer(&sim, READER, "Get", &operating_system(), (&[], Some("Nothing")), "").await;
    assert_eq!(unknown.fault(), 2150858778);
    let delete = transfer(&sim, OPERATOR, "Delete", &operating_system(), (&[], Some("Version")), "").await;
    assert_eq!(delete.fault(), 2150858871);
}

#[tokio::test]
async fn a_put_changes_what_can_be_written_and_nothing_else() {
    let sim = lab().await;
    let uri = operating_system();
    let raw = transfer(&sim, OPERATOR, "Put", &uri, (&[], None), &described("Rack 4")).await;
    assert_eq!(raw.element("p:Description"), Some("Rack 4"), "{}", raw.text());
    let body =
        format!("<w:XmlFragment><p:Description xmlns:p=\"{uri}\">Rack 5</p:Description></w:XmlFragment>");
    transfer(&sim, OPERATOR, "Put", &uri, (&[], Some("Description")), &body).await;
    let after = get(&sim, &uri, &[]).await;
    assert_eq!(after.element("p:Description"), Some("Rack 5"));
    assert_eq!(after.element("p:Version"), Some("10.0.17763"));
    assert!(sim.journal().iter().any(|entry| entry.kind == RequestKind::Put));
}

#[tokio::test]
async fn a_put_that_is_no_instance_or_not_allowed_is_refused_and_changes_nothing() {
    let sim = lab().await;
    let uri = operating_system();
    let body = described("Rack 4");
    let elsewhere = body.replace("cimv2", "cimv3");
    let put = |user, part, body| transfer(&sim, user, "Put", &uri, (&[], part), body);
    assert_eq!(put(READER, None, &body).await.fault(), 5);
    assert_eq!(put(OPERATOR, None, "").await.fault(), 2150858773);
    assert_eq!(put(OPERATOR, None, &elsewhere).await.fault(), 2150858773);
    assert_eq!(put(OPERATOR, Some("Description"), &body).await.fault(), 2150858841);
    assert_eq!(get(&sim, &uri, &[]).await.element("p:Description"), Some(""));
}

#[tokio::test]
async fn hyperv_takes_no_put_no_create_and_no_delete() {
    let sim = lab().await;
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    let body = format!(
        "<p:Msvm_VirtualSystemSettingData xmlns:p=\"{uri}\"><p:ElementName>x</p:ElementName>\
         </p:Msvm_VirtualSystemSettingData>"
    );
    let key: &[_] = &[("InstanceID", SETTINGS)];
    for (verb, key, body) in
        [("Put", key, body.as_str()), ("Create", &[], body.as_str()), ("Delete", key, "")]
    {
        let raw = transfer(&sim, OPERATOR, verb, &uri, (key, None), body).await;
        assert_eq!(raw.fault(), 2150859010, "{verb}");
    }
    assert!(sim.snapshots_of("web-01").unwrap().iter().all(|snapshot| snapshot.name != "x"));
}
