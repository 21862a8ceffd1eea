//! Decoded errors: id, reason, advice, whether to repeat, and the host's own text.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, ClientError, Credentials, Effect, Host, Report, Secret,
    cim::{Namespace, UriForm},
    clock::VirtualClock,
    explain::Repeat,
    explain::{ErrorId, Remedy, Setting, Step},
};

use crate::{
    host::IntoHost,
    scripted::{
        Reply, ScriptedHost,
        envelopes::{bare_fault, cim_fault, computer_system, fault, items, service, tree_before},
    },
};

const VM_QUERY: &str = "from Msvm_ComputerSystem";

async fn failed(reply: Reply) -> Report {
    let host = ScriptedHost::start().await;
    host.on(VM_QUERY, [reply]);
    client(&host.url()).vm("web-01").await.unwrap_err().report()
}

fn client(url: &str) -> Host {
    Client::builder(url)
        .credentials(Credentials::basic("ops", Secret::new("secret")))
        .clock(Arc::new(VirtualClock::starting_at(Duration::from_secs(1_790_000_000))))
        .host()
}

/// The predicates of an error: not found, timeout, access, busy, retryable.
fn predicates(error: &hvsnap::Error) -> [bool; 5] {
    [error.is_not_found(), error.is_timeout(), error.is_access(), error.is_busy(), error.is_retryable()]
}

#[tokio::test]
async fn predicates_group_the_reasons_of_an_error() {
    for (reply, is) in [
        (fault("Sender", "AccessDenied", 5), [false, false, true, false, false]),
        (fault("Receiver", "TimedOut", 2_150_858_793), [false, true, false, false, true]),
        (fault("Sender", "QuotaLimit", 2_150_858_815), [false, false, false, true, true]),
        (Reply::Raw(503, String::new()), [false, false, false, true, true]),
        (Reply::HangUp, [false, false, false, false, true]),
        (Reply::Raw(404, String::new()), [false, false, false, false, false]),
        (items(&[computer_system(&["2"])]), [true, false, false, false, false]),
    ] {
        let host = ScriptedHost::start().await;
        host.on(VM_QUERY, [reply.clone()]);
        let error = client(&host.url()).vm("nobody").await.unwrap_err();
        assert_eq!(predicates(&error), is, "{reply:?}: {error}");
        if let Some(error) = error.client() {
            let of_client = [error.is_not_found(), error.is_timeout(), error.is_access(), error.is_busy()];
            assert_eq!((of_client.as_slice(), error.is_retryable()), (&is[..4], is[4]), "{reply:?}: {error}");
        }
    }
}

#[tokio::test]
async fn the_text_of_an_error_has_its_reason_and_no_cause_says_it_again() {
    for reply in [fault("Sender", "AccessDenied", 5), Reply::HangUp, Reply::Raw(503, String::new())] {
        let host = ScriptedHost::start().await;
        host.on(VM_QUERY, [reply]);
        let error = client(&host.url()).vm("web-01").await.unwrap_err();
        let (text, reason) = (error.to_string(), error.kind().to_string());
        assert_eq!(text, format!("looking for the VM \"web-01\" failed: {reason}"));
        let mut next = std::error::Error::source(&error);
        while let Some(cause) = next {
            assert!(!text.contains(&cause.to_string()), "{text} / {cause}");
            next = cause.source();
        }
    }
}

/// As a program would write it, with the errors of names, searches, plans and journals.
#[test]
fn kindred_errors_become_the_error_of_an_operation() {
    use hvsnap::{Error, journal::JournalError};

    fn named() -> Result<Namespace, Error> {
        Ok("root/v 2".parse::<Namespace>()?)
    }
    fn kept(error: JournalError) -> Result<(), Error> {
        Err(error)?
    }
    let error = named().unwrap_err();
    assert_eq!((error.id(), error.effect()), (ErrorId::NAME, Effect::None));
    assert_eq!(error.to_string(), error.kind().to_string());
    let error = kept(JournalError::new(hvsnap::journal::JournalErrorKind::TooLong, "a place")).unwrap_err();
    assert_eq!((error.id(), error.effect()), (ErrorId::JOURNAL, Effect::None));
}

#[tokio::test]
async fn every_answer_of_refusal_has_its_id() {
    for (reply, id) in [
        (fault("Sender", "AccessDenied", 5), ErrorId::ACCESS_DENIED),
        (fault("Receiver", "InternalError", 2_147_942_405), ErrorId::ACCESS_DENIED),
        (fault("Receiver", "InternalError", 2_147_749_891), ErrorId::ACCESS_DENIED),
        (fault("Receiver", "TimedOut", 2_150_858_793), ErrorId::TIMED_OUT),
        (fault("Sender", "QuotaLimit", 2_150_858_815), ErrorId::OVERLOADED),
        (fault("Receiver", "InternalError", 2_150_859_174), ErrorId::OVERLOADED),
        (fault("Receiver", "InternalError", 2_147_749_957), ErrorId::OVERLOADED),
        // A query requests no instance that could be missing.
        (fault("Sender", "DestinationUnreachable", 2_150_858_752), ErrorId::UNKNOWN_CLASS),
        (fault("Sender", "DestinationUnreachable", 2_150_858_811), ErrorId::URI_FORM),
        (bare_fault("a:DestinationUnreachable"), ErrorId::URI_FORM),
        (fault("Sender", "CannotProcessFilter", 2_150_858_778), ErrorId::UNKNOWN_CLASS),
        (cim_fault("OMI_Error", &[("CIMStatusCode", "2")]), ErrorId::ACCESS_DENIED),
        (cim_fault("OMI_Error", &[("CIMStatusCode", "3")]), ErrorId::UNKNOWN_CLASS),
        (cim_fault("MSFT_WmiError", &[("error_Code", "5"), ("error_Type", "MI")]), ErrorId::UNKNOWN_CLASS),
        (cim_fault("MSFT_WmiError", &[("error_Code", "7"), ("error_Type", "MI")]), ErrorId::NOT_SUPPORTED),
        (fault("Receiver", "InternalError", 2_147_749_902), ErrorId::UNKNOWN_CLASS),
        (fault("Sender", "EncodingLimit", 2_150_858_824), ErrorId::TOO_LARGE),
        (fault("Sender", "EncodingLimit", 2_150_858_829), ErrorId::UNREPORTABLE),
        (fault("Receiver", "InvalidEnumerationContext", 2_150_858_779), ErrorId::ENUMERATION_LOST),
        (fault("Sender", "SchemaValidationError", 2_150_858_817), ErrorId::NOT_UNDERSTOOD),
        (fault("Receiver", "InternalError", 2_147_944_122), ErrorId::PROVIDER),
        (fault("Receiver", "Unheard", 3_221_225_473), ErrorId::FAULT),
        (fault("Sender", "Unheard", 3_221_225_473), ErrorId::FAULT),
        (Reply::Raw(404, String::new()), ErrorId::NO_WINRM_HERE),
        (Reply::Raw(500, String::new()), ErrorId::UNENCRYPTED_REFUSED),
        (Reply::Raw(503, String::new()), ErrorId::UNAVAILABLE),
        (Reply::Raw(413, String::new()), ErrorId::HTTP_STATUS),
        (Reply::Raw(401, String::new()), ErrorId::BASIC_NOT_OFFERED),
        (Reply::Raw(200, "<html/>".to_owned()), ErrorId::NOT_SOAP),
        (Reply::Typed(200, "text/html", "Sign in".to_owned()), ErrorId::NOT_SOAP),
        (Reply::Typed(200, "application/json", "{}".to_owned()), ErrorId::NOT_SOAP),
        (Reply::Raw(200, "<soap/>".to_owned()), ErrorId::PROTOCOL),
        (Reply::Raw(200, String::new()), ErrorId::PROTOCOL),
        (Reply::HangUp, ErrorId::CONNECTION_LOST),
        (items(&[]), ErrorId::FILTERED_TOKEN),
        (items(&[computer_system(&["2"]), computer_system(&["2"])]), ErrorId::AMBIGUOUS),
    ] {
        let report = failed(reply.clone()).await;
        assert_eq!(report.id, id, "{reply:?}: {report:?}");
        assert_eq!(report.effect, Effect::None);
        assert_ne!(report.repeat, Repeat::AfterLooking, "a read has changed nothing: {report:?}");
    }
}

#[tokio::test]
async fn a_code_that_is_known_says_why_and_what_next_and_the_answer_is_kept() {
    let report = failed(fault("Receiver", "InternalError", 2_147_944_122)).await;
    assert!(report.what.contains("looking for the VM \"web-01\" failed: the host refused"), "{report:?}");
    assert!(report.why.contains("vmms or Winmgmt does not run"), "{report:?}");
    assert!(report.next.to_string().contains("Get-Service Winmgmt"), "{report:?}");
    let raw = report.raw.unwrap();
    assert!(raw.starts_with("<s:Envelope") && raw.contains("2147944122"), "{raw}");
    let page = failed(Reply::Raw(503, "<html>busy</html>".to_owned())).await;
    assert_eq!(page.raw.as_deref(), Some("<html>busy</html>"));
}

/// The same cause by Basic, which sends the body at once, and by NTLM, whose legs come first and get it.
#[tokio::test]
async fn the_same_cause_has_the_same_id_advice_and_access_whatever_the_authentication() {
    for reply in [
        Reply::Raw(302, String::new()),
        Reply::Raw(400, String::new()),
        Reply::Raw(403, String::new()),
        Reply::Raw(404, "<html>nothing here</html>".to_owned()),
        Reply::Raw(407, String::new()),
        Reply::Raw(500, String::new()),
        Reply::Raw(502, String::new()),
        Reply::Raw(503, String::new()),
        Reply::Typed(200, "text/html", "<html>Sign in</html>".to_owned()),
    ] {
        let host = ScriptedHost::start().await;
        host.on("", [reply.clone()]);
        let mut told = Vec::new();
        for credentials in [
            Credentials::basic("ops", Secret::new("secret")),
            Credentials::ntlm(r"LAB\ops", Secret::new("secret")),
        ] {
            let builder = Client::builder(host.url()).credentials(credentials);
            let clock = VirtualClock::starting_at(Duration::from_secs(1_790_000_000));
            let error = builder.clock(Arc::new(clock)).host().client().identify().await.unwrap_err();
            let Report { id, what, next, repeat, effect, .. } = error.report();
            told.push((id, what, next, repeat, effect, error.is_access()));
        }
        let is_access = matches!(reply, Reply::Raw(403 | 407, _));
        assert_eq!(told[0], told[1], "{reply:?}");
        assert_eq!(told[0].5, is_access, "{reply:?}: only a refusal of the user is one of access");
    }
}

#[tokio::test]
async fn a_host_of_the_other_uri_form_is_told_apart_from_one_without_the_class() {
    let unknown = cim_fault("OMI_Error", &[("CIMStatusCode", "5"), ("OMI_Code", "5"), ("OMI_Type", "MI")]);
    let windows = fault("Sender", "CannotProcessFilter", 2_150_858_778);
    for (reply, tells) in [
        (bare_fault("a:DestinationUnreachable"), true),
        (fault("Sender", "DestinationUnreachable", 2_150_858_811), true),
        (fault("Sender", "DestinationUnreachable", 2_150_858_770), true),
        (unknown, true),
        (windows, false),
        (fault("Receiver", "InternalError", 2_147_749_902), false),
    ] {
        for (form, other) in [(UriForm::Wmi, "dmtf"), (UriForm::Dmtf, "wmi")] {
            let host = ScriptedHost::start().await;
            host.on(VM_QUERY, [reply.clone()]);
            let builder =
                Client::builder(host.url()).credentials(Credentials::basic("ops", Secret::new("secret")));
            let error = builder.uri_form(form).host().vm("web-01").await.unwrap_err();
            let step = Step::Set(Setting::UriForm, Some(other.into()));
            let next = error.report().next;
            assert_eq!(next.steps().any(|named| *named == step), tells, "{reply:?}: {next:?}");
        }
    }
}

#[tokio::test]
async fn what_to_do_depends_on_whether_anything_can_have_been_done() {
    let looks = |next: &Remedy| {
        let text = next.to_string();
        text.contains("look at the tree") || text.contains("do not send it again")
    };
    let page = || Reply::Typed(200, "text/html", "<html>".to_owned());
    for reply in [
        Reply::HangUp,
        Reply::Raw(200, "<x/>".to_owned()),
        Reply::Raw(504, String::new()),
        fault("Receiver", "TimedOut", 2_150_858_793),
        fault("Receiver", "InternalError", 2_147_944_126),
        fault("Sender", "EncodingLimit", 2_150_858_824),
        page(),
    ] {
        let report = failed(reply.clone()).await;
        assert!(!looks(&report.next), "{reply:?}: {report:?}");
        let host = crate::host::effects::host().await;
        host.on(crate::host::effects::DESTROY, [reply.clone()])
            .on(crate::host::effects::TREE, [tree_before()]);
        let client = crate::host::effects::describe(&host);
        let vm = client.vm("web-01").await.unwrap();
        let tree = vm.snapshots().await.unwrap();
        let target = tree.find("name-B").unwrap().id();
        let plan = tree.plan_destroy(target, hvsnap::hyperv::DestroyScope::Single).unwrap();
        // No time to find out whether the call takes effect.
        let begun = vm.begin(&plan).await.unwrap();
        let error = begun.wait(hvsnap::Until::Accepted, |_| {}).await.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{reply:?}");
        let report = error.report();
        assert!(looks(&report.next), "{reply:?}: {report:?}");
    }
    let lost = failed(Reply::HangUp).await;
    for word in ["5985", "5986", "TLS", "firewall"] {
        assert!(lost.next.to_string().contains(word), "{lost:?}");
    }
    let names = |next: &Remedy, setting| next.steps().any(|step| *step == Step::Set(setting, None));
    assert!(names(&lost.next, Setting::Tls), "{lost:?}");
    let large = failed(fault("Sender", "EncodingLimit", 2_150_858_824)).await;
    assert!(names(&large.next, Setting::MaxEnvelopeSize), "{large:?}");
}

#[tokio::test]
async fn in_the_namespace_of_a_cluster_an_empty_set_is_no_filtered_token_where_the_service_is_seen() {
    let host = ScriptedHost::start().await;
    host.on(VM_QUERY, [items(&[])]).on("from Msvm_VirtualSystemSnapshotService", [service(), items(&[])]);
    let cluster = |url: &str| {
        let credentials = Credentials::basic("ops", Secret::new("secret"));
        Client::builder(url).credentials(credentials).host().namespace(Namespace::cluster())
    };
    assert!(cluster(&host.url()).vms().await.unwrap().is_empty());
    let error = cluster(&host.url()).vms().await.unwrap_err();
    assert_eq!(error.id(), ErrorId::FILTERED_TOKEN);
}

#[tokio::test]
async fn a_long_answer_is_kept_by_its_beginning() {
    let report = failed(Reply::Raw(500, "é".repeat(40_000))).await;
    assert_eq!(report.raw.unwrap(), format!("{}… (cut, 80000 bytes in all)", "é".repeat(4096)));
}

#[test]
fn what_was_given_wrongly_has_an_id_too() {
    let id = |error: ClientError| error.id();
    assert_eq!(id(Client::builder("").build().unwrap_err()), ErrorId::ADDRESS);
    assert_eq!(id(Client::builder("hv01").build().unwrap_err()), ErrorId::SETTING);
    let open = Client::builder("http://192.0.2.1").credentials(Credentials::basic("u", Secret::new("p")));
    let error = open.build().unwrap_err();
    assert_eq!(error.id(), ErrorId::PLAINTEXT_REFUSED);
    let report = error.report();
    assert_eq!((report.repeat, report.effect), (Repeat::Unsafe, Effect::None));
    assert_eq!(error.hint(), Some(report.next.to_string()));
}
