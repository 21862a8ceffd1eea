//! The interpretation of each answer.

use super::{fixture, read_created, read_destroy, read_identify, read_job, read_page, understand};
use crate::{
    Violation,
    client::fault::classify,
    codes::Category,
    hyperv::{JobState, ReturnCode},
    soap::FaultCode,
    wsman::{AnswerError, EnumerationMode, Fault, SelectorValue},
};

fn fault(name: &str) -> Fault {
    match read_job(&fixture(name)) {
        Err(AnswerError::Fault(fault)) => *fault,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_started_job_is_found_wrapped_or_not_and_keeps_its_own_class() {
    for (name, class) in [
        ("destroy-job-started", "Msvm_ConcreteJob"),
        ("destroy-job-wrapped", "Msvm_ConcreteJob"),
        ("destroy-storage-job", "Msvm_StorageJob"),
        ("destroy-named-after-class", "Msvm_ConcreteJob"),
        ("destroy-lower-case-namespace", "Msvm_ConcreteJob"),
    ] {
        let result = read_destroy(&fixture(name)).unwrap();
        assert_eq!(result.return_code, ReturnCode::JOB_STARTED, "{name}");
        let job = result.job.unwrap();
        assert_eq!(job.resource_uri.last_segment(), class, "{name}");
        assert_eq!(job.selectors.text("InstanceID"), Some("5F0C2A7E-0000-4000-8000-00000000000A"));
    }
}

#[test]
fn a_nil_job_is_no_job_and_a_refusal_is_a_result() {
    for (name, code) in [
        ("destroy-completed-job-nil", ReturnCode::COMPLETED),
        ("destroy-refused-in-use", ReturnCode::VENDOR_IN_USE),
        ("destroy-refused-job-absent", ReturnCode::VENDOR_INVALID_STATE),
    ] {
        let result = read_destroy(&fixture(name)).unwrap();
        assert_eq!((result.return_code, result.job), (code, None), "{name}");
    }
}

#[test]
fn jobs_tell_whether_they_have_ended_and_how() {
    for (name, state, ended, succeeded) in [
        ("job-running", JobState::RUNNING, false, false),
        ("job-completed", JobState::COMPLETED, true, true),
        ("job-completed-with-warnings", JobState::COMPLETED_WITH_WARNINGS, true, true),
        ("job-exception", JobState::EXCEPTION, true, false),
        ("job-unknown-state", JobState(4711), false, false),
        ("job-storage", JobState::RUNNING, false, false),
    ] {
        let job = read_job(&fixture(name)).unwrap();
        assert_eq!((job.state, job.has_ended(), job.has_succeeded()), (state, ended, succeeded), "{name}");
        assert!(job.unreadable.is_empty(), "{name}: {:?}", job.unreadable);
        assert_eq!(job.time_before_removal.unwrap().as_secs(), 300);
        assert_eq!(job.owner.as_deref(), Some("CORP\\ops"));
    }
    let failed = read_job(&fixture("job-exception")).unwrap();
    assert_eq!(failed.error_code, Some(32775));
    assert_eq!(failed.error_text(), Some("Der Vorgang ist im jetzigen Zustand nicht möglich."));
}

#[test]
fn a_completed_job_with_an_error_code_has_not_succeeded() {
    for code in ["32768", "x"] {
        let text = fixture("job-completed").replace("<p:ErrorCode>0<", &format!("<p:ErrorCode>{code}<"));
        let job = read_job(&text).unwrap();
        assert!(job.has_ended() && !job.has_succeeded(), "{code}");
    }
}

#[test]
fn faults_tell_code_subcode_numbers_and_the_text_nearest_to_the_cause() {
    let gone = fault("fault-instance-gone");
    assert_eq!(gone.code, FaultCode::Sender);
    assert_eq!(gone.subcode.as_ref().unwrap().local, "DestinationUnreachable");
    assert_eq!(gone.wsman_codes, [2_150_858_752, 2_150_858_752]);
    assert!(gone.detail_uri.as_ref().unwrap().ends_with("/InvalidResourceURI"));
    assert_eq!(gone.text(), "Not to be found here.");
    assert_eq!(gone.provider.as_deref(), Some("WMI Provider"));
    let extended = gone.extended_status.as_ref().unwrap();
    assert_eq!(extended.operation.as_deref(), Some("GetObject"));
    assert_eq!(gone.to_string(), "DestinationUnreachable 2150858752 (0x80338000): Not to be found here.");

    let wmi = fault("fault-wmi-error-without-relates-to");
    assert_eq!(wmi.number(), Some(2_150_859_174));
    assert_eq!(wmi.text(), "Too many operations of this user.");
    assert_eq!(fault("fault-timed-out").number(), Some(2_150_858_793));
    assert_eq!(fault("fault-access-denied").number(), Some(5));
    assert_eq!(fault("fault-schema-validation").to_string(), "SchemaValidationError 2150858817 (0x80338041)");
    assert_eq!(fault("fault-unknown-provider-hresult").number(), Some(0x8007_06BA));
    let must = fault("fault-must-understand");
    assert_eq!((must.code, must.subcode, must.wsman_codes.len()), (FaultCode::MustUnderstand, None, 0));
}

#[test]
fn a_vanished_instance_is_known_by_a_cim_status_that_is_no_number() {
    for (name, status, told) in [
        ("fault-instance-gone-mi", Some(6), "DestinationUnreachable CIM status 6: Nicht gefunden."),
        (
            "fault-instance-gone-omi",
            Some(6),
            "DestinationUnreachable CIM status 6: The object was not found.",
        ),
        (
            "fault-instance-gone-bare",
            None,
            "DestinationUnreachable: The service does not know this resource.",
        ),
    ] {
        let fault = fault(name);
        assert_eq!((fault.number(), fault.cim_status()), (None, status), "{name}");
        assert_eq!(classify(&fault), Category::NotFound, "{name}");
        assert_eq!(fault.to_string().trim_end(), told);
    }
    assert_eq!(classify(&fault("fault-instance-gone")), Category::NotFound);
}

#[test]
fn a_reference_in_a_selector_is_read_with_its_wrapper_and_without() {
    let inner = "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>http://x/y/Inner</w:ResourceURI>\
                 <w:SelectorSet><w:Selector Name=\"Name\">n</w:Selector></w:SelectorSet></a:ReferenceParameters>";
    for value in [inner.to_owned(), format!("<a:EndpointReference>{inner}</a:EndpointReference>")] {
        let text = fixture("destroy-job-started");
        let text = text.replace(
            "</w:Selector></w:SelectorSet>",
            &format!("</w:Selector><w:Selector Name=\"Ref\">{value}</w:Selector></w:SelectorSet>"),
        );
        let job = read_destroy(&text).unwrap().job.unwrap();
        let selector = job.selectors.iter().find(|selector| selector.name == "Ref").unwrap();
        let SelectorValue::Reference(reference) = &selector.value else { panic!("{selector:?}") };
        assert_eq!(reference.selectors.text("Name"), Some("n"));
        assert_eq!(reference.resource_uri.last_segment(), "Inner");
    }
}

#[test]
fn pages_say_what_they_hold_and_whether_they_go_on() {
    for (name, count, goes_on) in [
        ("enumerate-context-only", 0, true),
        ("enumerate-one-item-and-on", 1, true),
        ("enumerate-one-item-and-end", 1, false),
        ("enumerate-empty", 0, false),
        ("pull-two-and-on", 2, true),
        ("pull-last", 1, false),
        ("pull-end-beside-context", 1, false),
        ("pull-nothing-yet", 0, true),
        ("pull-fragments", 1, false),
    ] {
        let page = read_page(&fixture(name), EnumerationMode::Object).unwrap();
        assert_eq!((page.items.len(), page.next.is_some()), (count, goes_on), "{name}");
        assert!(page.items.iter().all(|(object, reference)| object.is_some() && reference.is_none()));
    }
}

#[test]
fn all_three_enumeration_modes_are_read() {
    let page = read_page(&fixture("pull-references"), EnumerationMode::Reference).unwrap();
    assert!(matches!(page.items.as_slice(), [(None, Some(_))]));
    let page =
        read_page(&fixture("pull-objects-and-references"), EnumerationMode::ObjectAndReference).unwrap();
    let [(Some(object), Some(reference))] = page.items.as_slice() else { panic!("{page:?}") };
    assert_eq!(object.read::<String>("Name").unwrap().as_deref(), reference.selectors.text("Name"));
}

#[test]
fn a_fragment_of_named_properties_is_read_by_local_names() {
    let page = read_page(&fixture("pull-fragments"), EnumerationMode::Object).unwrap();
    let object = page.items[0].0.as_ref().unwrap();
    assert_eq!(object.class(), "");
    assert_eq!(object.read::<String>("ElementName").unwrap().unwrap(), "web-01");
    assert_eq!(object.read::<String>("OtherEnabledState").unwrap(), None);
    let installed: Option<crate::cim::Timestamp> = object.read("InstallDate").unwrap();
    assert_eq!(installed.unwrap().to_string(), "2025-12-17T09:55:22Z");
}

#[test]
fn identify_is_read_in_either_namespace() {
    for name in ["identify", "identify-in-soap-namespace"] {
        let identity = read_identify(&fixture(name)).unwrap();
        assert_eq!(identity.product_version.as_deref(), Some("OS: 10.0.17763 SP: 0.0 Stack: 3.0"));
        assert_eq!(identity.security_profiles.len(), 1);
    }
}

#[test]
fn an_answer_to_another_message_is_refused() {
    let text =
        fixture("destroy-job-started").replace("000000000001</a:RelatesTo>", "000000000002</a:RelatesTo>");
    let Err(AnswerError::Protocol(error)) = read_destroy(&text) else { panic!("believed") };
    assert_eq!(error.violation(), Violation::WrongRelatesTo);
    let upper = fixture("destroy-job-started").replace("uuid:0000", "UUID:0000");
    assert!(read_destroy(&upper).is_ok(), "GUIDs compare without regard to case");
}

#[test]
fn a_created_instance_is_named_by_its_reference() {
    let reference = read_created(&fixture("create-created")).unwrap();
    assert_eq!(reference.resource_uri.last_segment(), "Win32_Environment");
    assert_eq!(reference.selectors.text("Name"), Some("TEMP"));
    assert_eq!(reference.selectors.text("UserName"), Some("<SYSTEM>"));
    // The answer to another request has no name.
    assert!(matches!(read_created(&fixture("put-with-body")), Err(AnswerError::Protocol(_))));
    assert!(matches!(read_created(&fixture("put-without-body")), Err(AnswerError::Protocol(_))));
}

#[test]
fn a_put_and_a_delete_are_done_with_or_without_the_instance_in_the_answer() {
    for name in ["put-with-body", "put-without-body", "delete-done"] {
        assert!(understand(name, &fixture(name)).is_ok(), "{name}");
    }
    assert!(matches!(understand("put-", &fixture("fault-access-denied")), Err(AnswerError::Fault(_))));
}
