//! The captures of real hosts, if present: the client must read what Windows really sends.

use std::fs;

use super::root;
use crate::{
    Limits,
    cim::{Instance, Interval, Timestamp, decode},
    client::fault::classify,
    codes::Category,
    hyperv::{JobRecord, JobState, MethodResult},
    soap::MessageId,
    wsman::{AnswerError, Enumerate, EnumerationMode, Get, Invoke, ResourceUri, SelectorSet},
    xml::Reader,
};

/// The capture; `None` on a system without the folder. A missing file in that folder is an error.
fn capture(name: &str) -> Option<String> {
    let folder = root().join("../shared/protocol/captures");
    folder.is_dir().then(|| fs::read_to_string(folder.join(name)).unwrap())
}

fn id(text: &str) -> MessageId {
    let hex: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    MessageId::from_random(u128::from_str_radix(&hex, 16).unwrap())
}

#[test]
fn the_recorded_method_output_with_a_job_is_read() {
    let Some(text) = capture("01-destroysystem-output-4096-job.xml") else { return };
    let class = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_VirtualEthernetSwitchManagementService";
    let (uri, keys): (ResourceUri, _) = (class.parse().unwrap(), SelectorSet::new());
    let invoke = Invoke { resource_uri: &uri, selectors: &keys, method: "DestroySystem" };
    let result = invoke
        .answer(&text, &Limits::default(), &id("00000000-0000-4000-8000-000000000041"), |reader, element| {
            MethodResult::from_output(&decode::output(reader, element)?)
        })
        .unwrap();
    assert_eq!(result.return_code.0, 4096);
    let job = result.job.unwrap();
    assert_eq!(job.resource_uri.last_segment(), "Msvm_ConcreteJob");
    assert_eq!(job.selectors.text("InstanceID"), Some("00000000-0000-4000-8000-000000000042"));
}

#[test]
fn the_recorded_storage_job_is_read() {
    let Some(text) = capture("03-storagejob-get-running.xml") else { return };
    let limits = Limits::default();
    let mut reader = Reader::new(&text, &limits);
    let root = reader.root().unwrap();
    let job = JobRecord::from_instance(&decode::instance(&mut reader, &root).unwrap()).unwrap();
    assert_eq!((job.class.as_str(), job.state), ("Msvm_StorageJob", JobState::RUNNING));
    assert_eq!((job.percent_complete, job.error_code), (Some(0), Some(0)));
    assert_eq!(job.elapsed.unwrap().as_micros(), 14_947);
    assert_eq!(job.status_text.as_deref(), Some("ジョブは実行中です"));
    assert!(job.unreadable.is_empty(), "{:?}", job.unreadable);
}

#[test]
fn the_recorded_enumerate_answer_is_read() {
    let Some(text) = capture("06-enumerate-response.xml") else { return };
    let uri: ResourceUri = "http://x/y/z".parse().unwrap();
    let keys = SelectorSet::new();
    let exchange = Enumerate {
        resource_uri: &uri,
        selectors: &keys,
        filter: None,
        mode: EnumerationMode::Object,
        max_elements: 100,
    };
    let id = id("00000000-0000-4000-8000-000000000075");
    let page = exchange
        .answer(&text, &Limits::default(), &id, decode::instance, |item| {
            Ok(item.object.map(Instance::into_owned))
        })
        .unwrap();
    assert!(page.items.is_empty() && page.next.is_some());
}

#[test]
fn the_recorded_property_forms_are_read() {
    let Some(text) = capture("07-instance-encoding.xml") else { return };
    let text = format!(
        "<p:X xmlns:p=\"urn:p\" xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{text}</p:X>"
    );
    let limits = Limits::default();
    let mut reader = Reader::new(&text, &limits);
    let root = reader.root().unwrap();
    let instance = decode::instance(&mut reader, &root).unwrap();
    assert_eq!(instance.read::<u16>("CommunicationStatus").unwrap(), None);
    assert_eq!(instance.read::<u64>("OnTimeInMilliseconds").unwrap(), Some(6_138_293_824));
    assert_eq!(instance.list::<u16>("OperationalStatus").unwrap(), [2]);
    assert!(instance.read::<Timestamp>("LastReplicationTime").unwrap().unwrap().is_never());
    assert_eq!(instance.list::<String>("IPAddresses").unwrap(), [""; 0]);
    assert!(instance.read::<Interval>("InstallDate").is_err(), "a point in time is no interval");
}

#[test]
fn the_recorded_fault_of_a_vanished_instance_is_read() {
    let Some(text) = capture("B01-fault-get-vanished-instance-2012r2.xml") else { return };
    let process = super::reference("Win32_Process", "Handle", "29", crate::cim::UriForm::Dmtf);
    let id = id("48ABB925-4C64-0005-0000-000000010000");
    let outcome = Get::of(&process).answer(&text, &Limits::default(), &id, |_, _| Ok(()));
    let Err(AnswerError::Fault(fault)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(fault.number(), Some(2_150_858_752));
    assert_eq!(fault.subcode.as_ref().unwrap().local, "DestinationUnreachable");
    let extended = fault.extended_status.as_ref().unwrap();
    assert_eq!(extended.parameter_info.as_deref(), Some("Win32_Process.Handle=\"29\""));
    assert_eq!(classify(&fault), Category::NotFound);
}

#[test]
fn the_request_of_windows_own_client_has_our_headers_in_our_order() {
    let Some(text) = capture("08-winrm-cli-invoke-request.xml") else { return };
    let ours = fs::read_to_string(root().join("fixtures/requests/invoke-destroy.xml")).unwrap();
    // OperationID, SequenceId and SessionId are deliberately omitted (MS-WSMV 3.1.4.1.39).
    let order = [
        "<a:To>",
        "<w:ResourceURI",
        "<a:ReplyTo>",
        "<a:Action",
        "<w:MaxEnvelopeSize",
        "<a:MessageID>",
        "<w:Locale",
        ":DataLocale",
        "<w:SelectorSet>",
        "<w:OperationTimeout>",
        "_INPUT",
        "<a:Address>",
        "<a:ReferenceParameters>",
    ];
    for message in [&text, &ours] {
        let mut from = message.find("<a:To>").unwrap();
        for part in order {
            let rest = message.get(from..).unwrap();
            from += rest.find(part).unwrap_or_else(|| panic!("{part} is missing or out of order"));
        }
    }
}
