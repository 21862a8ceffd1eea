//! Answers compared with recorded ones, if the recordings are available, and checked by their own rules.

use std::{path::Path, time::Duration};

use super::*;
use crate::{
    schema,
    sim::{
        instance::{Instance, Scalar},
        instances::Namespace,
        path::ObjectPath,
    },
};

const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";

fn wmi(class: &str) -> Resource {
    Resource::resolve(&format!("{WMI}{class}"), &mut Vec::new()).unwrap()
}

fn uuid(last: u8) -> String {
    format!("uuid:00000000-0000-4000-8000-0000000000{last}")
}

/// The recorded document without the comment before it; `None` without the recordings.
fn record(name: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/protocol/captures");
    let text = std::fs::read_to_string(folder.join(name)).ok()?;
    let document = text.split_once("-->").map_or(text.as_str(), |(_, document)| document);
    Some(document.trim().replace("ja-JP", "en-US"))
}

/// The start tags, with the names of their attributes but without their values.
fn skeleton(document: &str) -> Vec<String> {
    let tags = document.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '!', '?']));
    tags.map(|tag| {
        let tag = tag.split('>').next().unwrap().trim_end_matches('/');
        let mut quoted = false;
        tag.chars()
            .filter(|c| {
                quoted ^= *c == '"';
                !quoted
            })
            .collect()
    })
    .collect()
}

fn job(class: &'static str) -> Instance {
    Instance::of(class)
        .unwrap()
        .with("ElapsedTime", Scalar::Interval(Duration::from_micros(14_947)))
        .with("ErrorDescription", "")
        .with("InstallDate", Scalar::Never)
        .with("InstanceID", "00000000-0000-4000-8000-000000000042")
        .with("OperationalStatus", [17_u16, 2].as_slice())
}

#[test]
fn a_method_output_equals_the_recorded_one_byte_for_byte() {
    let Some(recorded) = record("01-destroysystem-output-4096-job.xml") else { return };
    let recorded = recorded
        .replace("Msvm_VirtualEthernetSwitchManagementService", "Msvm_VirtualSystemSnapshotService")
        .replace("DestroySystem", "DestroySnapshot");
    let uri = wmi("x").class_uri("Msvm_VirtualSystemSnapshotService");
    let action = format!("{uri}/DestroySnapshotResponse");
    let mut answer = Answer::begin(Vocabulary::Transfer, &action, &uuid(40), Some(&uuid(41)), None);
    let parameters = [Parameter::Reference("Job", Some(job("Msvm_ConcreteJob").path()))];
    method_output(answer.body(), &uri, "DestroySnapshot", &parameters, 4096, &wmi("x"));
    assert_eq!(answer.finish().unwrap(), recorded);
}

#[test]
fn an_enumerate_response_equals_the_recorded_one_byte_for_byte() {
    let Some(recorded) = record("06-enumerate-response.xml") else { return };
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse";
    let mut answer = Answer::begin(Vocabulary::Enumeration, action, &uuid(74), Some(&uuid(75)), None);
    answer.body().start("n:EnumerateResponse", &[]).leaf("n:EnumerationContext", &[], &uuid(76));
    assert_eq!(answer.finish().unwrap(), recorded);
}

#[test]
fn an_instance_has_the_recorded_members_in_the_recorded_order_and_forms() {
    let Some(recorded) = record("03-storagejob-get-running.xml") else { return };
    let mut writer = crate::xml::Writer::new();
    let caption = "仮想ハード ディスクの作成";
    let running = job("Msvm_StorageJob")
        .with("Cancellable", true)
        .with("Caption", caption)
        .with("DeleteOnCompletion", false)
        .with("ErrorCode", 0_u16)
        .with("ErrorSummaryDescription", "")
        .with("HealthState", 5_u16)
        .with("InstanceID", "00000000-0000-4000-8000-000000000003")
        .with("JobCompletionStatusCode", 0_u32)
        .with("JobRunTimes", 1_u32)
        .with("JobState", 4_u16)
        .with("JobStatus", "ジョブは実行中です")
        .with("JobType", 1_u16)
        .with("OperationalStatus", [2_u16].as_slice())
        .with("PercentComplete", 0_u16)
        .with("TimeBeforeRemoval", Scalar::Interval(Duration::from_secs(300)));
    instance(&mut writer, &running, &wmi("Msvm_StorageJob"), 17763);
    let written = writer.finish().unwrap();
    let mut rest = written.as_str();
    for piece in recorded.split("<!-- … -->") {
        let (_, after) = rest.split_once(piece).unwrap_or_else(|| panic!("{piece}\nis not in\n{rest}"));
        rest = after;
    }
}

#[test]
fn a_vanished_instance_is_answered_with_the_recorded_fault() {
    let Some(recorded) = record("B01-fault-get-vanished-instance-2012r2.xml") else { return };
    // The types of the members are present only if a client requests them.
    let recorded =
        recorded.replace(" xsi:type=\"cim:cimString\"", "").replace(" xsi:type=\"cim:cimUnsignedInt\"", "");
    let object = "Win32_Process.Handle=\"29\"".to_owned();
    let fault = Fault::provider(&kinds::RESOURCE_NOT_FOUND, "GetObject", object);
    let context = FaultContext { relates_to: Some("uuid:1"), machine: "10.68.240.26", fqdn: "HV01" };
    let written = fault.write(&context, "uuid:2").unwrap();
    assert_eq!(skeleton(&written), skeleton(&recorded));
    for piece in [
        "<a:Action>http://schemas.xmlsoap.org/ws/2004/08/addressing/fault</a:Action>",
        "<s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:DestinationUnreachable</s:Value></s:Subcode>",
        "<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/InvalidResourceURI</w:FaultDetail>",
        "Code=\"2150858752\" Machine=\"10.68.240.26\"><f:Message><f:ProviderFault provider=\"WMI Provider\"",
    ] {
        assert!(recorded.contains(piece) && written.contains(piece), "{piece}");
    }
}

#[test]
fn the_other_form_of_fault_has_no_relates_to_and_the_code_inside() {
    let fault = Fault::wmi_error(&kinds::CANNOT_PROCESS_FILTER, "x");
    let context = FaultContext { relates_to: Some("uuid:1"), machine: "m", fqdn: "f" };
    let written = fault.write(&context, "uuid:2").unwrap();
    assert!(!written.contains("RelatesTo") && !written.contains("WSManFault "));
    assert!(written.contains("<p:error_Code>2150858778</p:error_Code>"), "{written}");
    assert!(written.contains("b:IsCIM_Error=\"true\""));
    assert!(written.contains("<p:MessageID>HRESULT 0x8033801a</p:MessageID>"));
}

#[test]
fn a_header_that_is_not_understood_is_named_without_a_detail() {
    let context = FaultContext { relates_to: Some("uuid:1"), machine: "m", fqdn: "f" };
    let written = Fault::not_understood("urn:x", "Odd").write(&context, "uuid:2").unwrap();
    assert!(written.contains("<s:NotUnderstood qname=\"h:Odd\" xmlns:h=\"urn:x\"/><a:Action>"), "{written}");
    assert!(written.contains("<s:Value>s:MustUnderstand</s:Value></s:Code>"));
    assert!(!written.contains("s:Detail") && !written.contains("Subcode"));
    let written = Fault::not_understood("", "Odd").write(&context, "uuid:2").unwrap();
    assert!(written.contains("<s:NotUnderstood qname=\"Odd\"/><a:Action>"), "{written}");
}

#[test]
fn every_fault_is_well_formed_and_has_a_code_of_its_own() {
    let context = FaultContext { relates_to: Some("uuid:1"), machine: "a&b", fqdn: "f" };
    let mut codes = Vec::new();
    for kind in kinds::ALL {
        let object = "X.Y=\"<&>\"".to_owned();
        for fault in
            [Fault::new(kind, ""), Fault::provider(kind, "GetObject", object), Fault::wmi_error(kind, "")]
        {
            Node::read(&fault.write(&context, "uuid:2").unwrap()).unwrap();
        }
        codes.push(kind.code);
    }
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), kinds::ALL.len());
}

#[test]
fn members_of_later_builds_are_left_out() {
    let settings = Instance::of("Msvm_VirtualSystemSettingData").unwrap().with("IsAutomaticSnapshot", true);
    let on = |build| {
        let mut writer = crate::xml::Writer::new();
        instance(&mut writer, &settings, &wmi("x"), build);
        writer.finish().unwrap()
    };
    assert!(on(17763).contains("<p:IsAutomaticSnapshot>true</p:IsAutomaticSnapshot>"));
    assert!(!on(14393).contains("IsAutomaticSnapshot"));
    assert!(on(14393).contains("<p:UserSnapshotType xsi:nil=\"true\"/>"));
}

#[test]
fn a_fragment_has_no_namespace_and_no_class() {
    let mut writer = crate::xml::Writer::new();
    let names = ["TimeBeforeRemoval".to_owned(), "Caption".to_owned(), "ELAPSEDTIME".to_owned()];
    fragment(&mut writer, &job("Msvm_ConcreteJob"), &names, &wmi("x"));
    let start = "<w:XmlFragment xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                 xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">";
    let expected = "<Caption xsi:nil=\"true\"/><ElapsedTime><Interval>P0DT0H0M0.014947S</Interval></ElapsedTime>\
                    <TimeBeforeRemoval xsi:nil=\"true\"/></w:XmlFragment>";
    assert_eq!(writer.finish().unwrap(), format!("{start}{expected}"));
}

#[test]
fn references_answered_to_the_dmtf_form_carry_the_namespace() {
    let mut selectors = vec![Selector {
        name: "__CIMnamespace".to_owned(),
        value: SelectorValue::Text("ROOT\\Virtualization\\v2".to_owned()),
    }];
    let uri = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_ConcreteJob";
    let resource = Resource::resolve(uri, &mut selectors).unwrap();
    assert!(selectors.is_empty());
    let mut writer = crate::xml::Writer::new();
    endpoint_reference(&mut writer, &job("Msvm_ConcreteJob").path(), &resource);
    let written = writer.finish().unwrap();
    assert!(written.contains(&format!("<w:ResourceURI>{uri}</w:ResourceURI>")));
    let selector = "<w:Selector Name=\"__cimnamespace\">root/virtualization/v2</w:Selector></w:SelectorSet>";
    assert!(written.contains(selector), "{written}");
}

#[test]
fn a_key_that_is_a_reference_is_a_wrapped_one_inside_its_selector() {
    let machine =
        ObjectPath::parse("Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='X'").unwrap();
    let row = Instance::of("Msvm_AffectedJobElement")
        .unwrap()
        .with("AffectedElement", machine)
        .with("AffectingElement", job("Msvm_ConcreteJob").path());
    let mut writer = crate::xml::Writer::new();
    endpoint_reference(&mut writer, &row.path(), &wmi("x"));
    let reference = Node::read(&writer.finish().unwrap()).unwrap();
    let set = reference
        .child(ns::ADDRESSING, "ReferenceParameters")
        .and_then(|p| p.child(ns::WSMAN, "SelectorSet"));
    let selectors = read_selectors(set.unwrap()).unwrap();
    let SelectorValue::Reference(uri, inner) = &selectors[1].value else { panic!("{selectors:?}") };
    assert_eq!((uri.as_str(), inner.len()), (format!("{WMI}Msvm_ConcreteJob").as_str(), 1));
}

#[test]
fn resource_uris_regard_no_case_and_know_their_namespaces() {
    let resolve = |uri: &str, namespace: Option<&str>| {
        let text = |text: &str| SelectorValue::Text(text.to_owned());
        let mut selectors: Vec<_> = namespace
            .map(|name| Selector { name: "__cimnamespace".to_owned(), value: text(name) })
            .into_iter()
            .collect();
        Resource::resolve(uri, &mut selectors).map_err(|fault| fault.kind.code)
    };
    let class =
        |resource: Result<Resource, u32>| (resource.as_ref().unwrap().namespace, resource.unwrap().target);
    let job = Target::Class("Msvm_ConcreteJob".to_owned());
    let upper = WMI.to_uppercase() + "Msvm_ConcreteJob";
    assert_eq!(class(resolve(&upper, None)), (Namespace::Virtualization, job.clone()));
    let cluster = WMI.replace("virtualization", "HyperVCluster") + "Msvm_ConcreteJob";
    assert_eq!(class(resolve(&cluster, None)), (Namespace::Cluster, job));
    assert_eq!(class(resolve(&format!(" {WMI}* "), None)).1, Target::All);
    let all = "http://schemas.dmtf.org/wbem/wscim/1/*";
    assert_eq!(class(resolve(all, Some("root/HyperVCluster/v2"))), (Namespace::Cluster, Target::All));
    let dmtf = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_ConcreteJob";
    assert_eq!(resolve(dmtf, None), Err(2150858752));
    assert_eq!(resolve(dmtf, Some("root/nowhere")), Err(2150858752));
    assert_eq!(resolve(&upper, Some("root/virtualization/v2")).map(|_| ()), Ok(()));
    assert_eq!(resolve(&upper, Some("root/cimv2")), Err(2150859067));
    assert_eq!(
        resolve("http://schemas.microsoft.com/powershell/Microsoft.PowerShell", None),
        Err(2150858811)
    );
    assert_eq!(resolve(&format!("{WMI}a b"), None), Err(2150858811));
    assert!(schema::class("Msvm_ConcreteJob").is_some());
}
