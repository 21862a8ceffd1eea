//! What an error comes to when it is decoded: id, why, what next, whether to repeat, and what the host really said.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, Credentials, Effect, Error, Report, Secret, cim::Namespace, clock::VirtualClock,
    explain::ErrorId, explain::Repeat,
};

use crate::{
    envelopes::{fault, items, machine, service},
    scripted::{Reply, ScriptedHost},
};

const MACHINE: &str = "from Msvm_ComputerSystem";

async fn failed(reply: Reply) -> Report {
    let host = ScriptedHost::start().await;
    host.on(MACHINE, [reply]);
    client(&host.url()).vm("web-01").await.unwrap_err().report()
}

fn client(url: &str) -> Client {
    Client::builder(url)
        .credentials(Credentials::basic("ops", Secret::new("secret")))
        .clock(Arc::new(VirtualClock::starting_at(Duration::from_secs(1_790_000_000))))
        .build()
        .unwrap()
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
        (fault("Sender", "DestinationUnreachable", 2_150_858_752), ErrorId::NOT_THERE),
        (fault("Sender", "CannotProcessFilter", 2_150_858_778), ErrorId::UNKNOWN_CLASS),
        (fault("Receiver", "InternalError", 2_147_749_902), ErrorId::UNKNOWN_CLASS),
        (fault("Sender", "EncodingLimit", 2_150_858_824), ErrorId::TOO_LARGE),
        (fault("Sender", "EncodingLimit", 2_150_858_829), ErrorId::UNREPORTABLE),
        (fault("Receiver", "InvalidEnumerationContext", 2_150_858_779), ErrorId::ENUMERATION_LOST),
        (fault("Sender", "SchemaValidationError", 2_150_858_817), ErrorId::NOT_UNDERSTOOD),
        (fault("Receiver", "InternalError", 2_147_944_122), ErrorId::PROVIDER),
        (fault("Receiver", "Unheard", 3_221_225_473), ErrorId::FAULT),
        (Reply::Raw(404, String::new()), ErrorId::NO_WINRM_HERE),
        (Reply::Raw(500, String::new()), ErrorId::UNENCRYPTED_REFUSED),
        (Reply::Raw(503, String::new()), ErrorId::UNAVAILABLE),
        (Reply::Raw(413, String::new()), ErrorId::HTTP_STATUS),
        (Reply::Raw(401, String::new()), ErrorId::BASIC_NOT_OFFERED),
        (Reply::Raw(200, "<html/>".to_owned()), ErrorId::PROTOCOL),
        (Reply::HangUp, ErrorId::CONNECTION_LOST),
        (items(&[]), ErrorId::FILTERED_TOKEN),
        (items(&[machine(&["2"]), machine(&["2"])]), ErrorId::AMBIGUOUS),
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
    assert!(report.next.contains("Get-Service Winmgmt"), "{report:?}");
    let raw = report.raw.unwrap();
    assert!(raw.starts_with("<s:Envelope") && raw.contains("2147944122"), "{raw}");
    let page = failed(Reply::Raw(503, "<html>busy</html>".to_owned())).await;
    assert_eq!(page.raw.as_deref(), Some("<html>busy</html>"));
}

#[tokio::test]
async fn in_the_namespace_of_a_cluster_an_empty_set_is_no_filtered_token_where_the_service_is_seen() {
    let host = ScriptedHost::start().await;
    host.on(MACHINE, [items(&[])]).on("from Msvm_VirtualSystemSnapshotService", [service(), items(&[])]);
    let cluster = |url: &str| {
        let credentials = Credentials::basic("ops", Secret::new("secret"));
        let builder = Client::builder(url).credentials(credentials).namespace(Namespace::cluster());
        builder.build().unwrap()
    };
    assert!(cluster(&host.url()).vms().await.unwrap().is_empty());
    let error = cluster(&host.url()).vms().await.unwrap_err();
    assert_eq!(error.id(), ErrorId::FILTERED_TOKEN);
}

#[tokio::test]
async fn a_long_answer_is_kept_by_its_beginning() {
    let report = failed(Reply::Raw(500, "é".repeat(40_000))).await;
    assert_eq!(report.raw.unwrap().chars().count(), 16 * 1024 + 1);
}

#[test]
fn what_was_given_wrongly_has_an_id_too() {
    let id = |error: Error| error.id();
    assert_eq!(id(Client::builder("").build().unwrap_err()), ErrorId::ADDRESS);
    assert_eq!(id(Client::builder("hv01").build().unwrap_err()), ErrorId::SETTING);
    let open = Client::builder("http://192.0.2.1").credentials(Credentials::basic("u", Secret::new("p")));
    let error = open.build().unwrap_err();
    assert_eq!(error.id(), ErrorId::PLAINTEXT_REFUSED);
    let report = error.report();
    assert_eq!((report.repeat, report.effect), (Repeat::Unsafe, Effect::None));
    assert_eq!(error.hint(), Some(report.next));
}
