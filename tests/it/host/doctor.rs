//! The doctor's status on hosts that are well and on hosts that are broken in one way each: the right cause, and nothing changed.

use std::{sync::Arc, time::Duration};

use hvsnap::{
    Client, ClientBuilder, Credentials, Host, Secret,
    clock::{Clock, VirtualClock},
    doctor::{Command, Diagnosis, Place, Subject, Verdict},
    explain::{ErrorId, Setting, Step},
    sim::{RunningSimulator, Simulator},
};
use rcgen::generate_simple_self_signed;

use crate::{
    host::IntoHost,
    scripted::{
        ScriptedHost,
        envelopes::{computer_system, fault, items, service, soap},
    },
};

const PASSWORD: &str = "correct-horse";

fn lab(host: &str, service: &str) -> String {
    format!(
        "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n{host}\n{service}\n\
         [[user]]\nname = 'LAB\\operator'\npassword = \"{PASSWORD}\"\nrights = \"administrator\"\n\
         [[user]]\nname = 'LAB\\reader'\npassword = \"{PASSWORD}\"\nrights = \"reader\"\n\
         [[user]]\nname = 'LAB\\filtered'\npassword = \"{PASSWORD}\"\nrights = \"filtered\"\n\
         [[vm]]\nname = \"web-01\"\n[[vm.snapshot]]\nname = \"base\"\n"
    )
}

async fn host(host: &str, service: &str) -> RunningSimulator {
    Simulator::from_lab_text(&lab(host, service)).unwrap().seed(7).start().await.unwrap()
}

/// As Windows installs it.
async fn healthy() -> RunningSimulator {
    host("", "[service]").await
}

fn client(sim: &RunningSimulator, credentials: Credentials) -> Host {
    builder(sim).credentials(credentials).host()
}

fn builder(sim: &RunningSimulator) -> ClientBuilder {
    Client::builder(sim.endpoint()).clock(Arc::new(sim.clock()))
}

fn ntlm(user: &str, password: &str) -> Credentials {
    Credentials::ntlm(format!(r"LAB\{user}"), Secret::new(password))
}

fn of(diagnosis: &Diagnosis, verdict: Verdict) -> Vec<Subject> {
    let alike = diagnosis.checks.iter().filter(|check| check.verdict == verdict);
    alike.map(|check| check.subject).collect()
}

/// Exactly one thing failed: this one, for this reason, with commands to mend it.
#[track_caller]
fn blames(diagnosis: &Diagnosis, subject: Subject, id: ErrorId) {
    assert_eq!(of(diagnosis, Verdict::Failed), [subject], "{diagnosis:#?}");
    let check = diagnosis.first_failure().unwrap();
    assert_eq!(check.id, Some(id), "{check:#?}");
    assert!(!check.fixes.is_empty(), "{check:#?}");
}

#[tokio::test]
async fn a_healthy_host_passes_in_everything_that_can_be_checked() {
    let sim = healthy().await;
    let diagnosis = client(&sim, ntlm("operator", PASSWORD)).doctor().await;
    assert_eq!(of(&diagnosis, Verdict::Failed), []);
    assert_eq!(of(&diagnosis, Verdict::NotCheckable), [Subject::Tls], "{diagnosis:#?}");
    let detail = |subject| {
        let check = diagnosis.checks.iter().find(|check| check.subject == subject).unwrap();
        check.detail.clone()
    };
    assert_eq!(detail(Subject::Schemes), "the host offers Negotiate");
    assert!(detail(Subject::Authentication).starts_with(r"LAB\operator, by NTLM in Negotiate, sealed"));
    assert_eq!(detail(Subject::Clock), "host and client agree");
    assert_eq!(detail(Subject::Token), "the host and one VM are visible");
    assert_eq!(sim.calls("DestroySnapshot"), 0);
    assert_eq!(sim.snapshots_of("web-01").unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_named() {
    let sim = healthy().await;
    let diagnosis = client(&sim, ntlm("operator", "wrong")).doctor().await;
    blames(&diagnosis, Subject::Authentication, ErrorId::NTLM_REFUSED);
    let denied = sim.journal().iter().filter(|entry| entry.denied.is_some()).count();
    assert_eq!(denied, 1, "{:#?}", sim.journal());
    assert!(of(&diagnosis, Verdict::NotCheckable).contains(&Subject::Invoke));
}

#[tokio::test]
async fn a_host_that_wants_encryption_and_gets_none_is_named() {
    let sim = host("", "[service]\nallow_unencrypted = false\nauth = [\"negotiate\", \"basic\"]").await;
    let basic = Credentials::basic(r"LAB\operator", Secret::new(PASSWORD));
    blames(&client(&sim, basic).doctor().await, Subject::Encryption, ErrorId::UNENCRYPTED_REFUSED);
}

#[tokio::test]
async fn a_scheme_that_is_off_is_named() {
    let sim = healthy().await;
    let basic = Credentials::basic(r"LAB\operator", Secret::new(PASSWORD));
    blames(&client(&sim, basic).doctor().await, Subject::Authentication, ErrorId::BASIC_NOT_OFFERED);
}

#[tokio::test]
async fn a_certificate_of_nobody_is_named_before_anything_is_said() {
    let made = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = made.cert.pem();
    let sim = Simulator::from_lab_text(&lab("", "[service]")).unwrap();
    let sim = sim.tls(certificate.clone(), made.signing_key.serialize_pem()).start().await.unwrap();
    let diagnosis = client(&sim, ntlm("operator", PASSWORD)).doctor().await;
    blames(&diagnosis, Subject::Tls, ErrorId::TLS_UNKNOWN_ISSUER);
    assert!(sim.journal().is_empty(), "{:#?}", sim.journal());

    let trusting = builder(&sim)
        .tls(hvsnap::TlsConfig::new().only_ca(certificate).unwrap())
        .credentials(ntlm("operator", PASSWORD));
    let diagnosis = trusting.host().doctor().await;
    assert_eq!(of(&diagnosis, Verdict::Failed), [], "{diagnosis:#?}");
    assert!(of(&diagnosis, Verdict::Passed).contains(&Subject::Tls));
}

#[tokio::test]
async fn a_host_without_hyper_v_is_named() {
    let sim = host("hyper_v = false", "[service]").await;
    let diagnosis = client(&sim, ntlm("operator", PASSWORD)).doctor().await;
    blames(&diagnosis, Subject::Namespace, ErrorId::UNKNOWN_CLASS);
}

#[tokio::test]
async fn a_host_outside_of_a_cluster_is_well_unless_the_cluster_is_asked_for() {
    let sim = host("cluster = false", "[service]").await;
    let diagnosis = client(&sim, ntlm("operator", PASSWORD)).doctor().await;
    assert_eq!(of(&diagnosis, Verdict::Failed), [], "{diagnosis:#?}");
    let clustered = client(&sim, ntlm("operator", PASSWORD)).namespace(hvsnap::cim::Namespace::cluster());
    blames(&clustered.doctor().await, Subject::Namespace, ErrorId::UNKNOWN_CLASS);
}

#[tokio::test]
async fn an_empty_set_is_taken_for_a_filtered_token() {
    let sim = healthy().await;
    let diagnosis = client(&sim, ntlm("filtered", PASSWORD)).doctor().await;
    blames(&diagnosis, Subject::Token, ErrorId::FILTERED_TOKEN);
    let fixes = &diagnosis.first_failure().unwrap().fixes;
    assert!(
        fixes.iter().any(|fix| fix.place == Place::Host
            && fix.command.to_string().contains("LocalAccountTokenFilterPolicy"))
    );
    assert!(
        fixes.iter().any(|fix| fix.command.to_string().contains(r"-Member 'LAB\filtered'")),
        "{fixes:#?}"
    );
}

#[tokio::test]
async fn a_user_who_may_only_read_is_named_and_nothing_is_called() {
    let sim = healthy().await;
    let diagnosis = client(&sim, ntlm("reader", PASSWORD)).doctor().await;
    blames(&diagnosis, Subject::Invoke, ErrorId::ACCESS_DENIED);
    assert_eq!(sim.snapshots_of("web-01").unwrap().len(), 1);
}

#[tokio::test]
async fn a_closed_port_is_named() {
    // A listener that is gone leaves a port that nothing listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::builder(format!("http://{address}")).credentials(ntlm("operator", PASSWORD));
    let diagnosis = client.host().doctor().await;
    blames(&diagnosis, Subject::Connection, ErrorId::CONNECTION_REFUSED);
    assert_eq!(of(&diagnosis, Verdict::Passed), [Subject::Name]);
}

/// A client whose clock is behind that of the host.
fn late(sim: &RunningSimulator, behind: u64, credentials: Credentials) -> Host {
    let clock = VirtualClock::starting_at(sim.clock().now() - Duration::from_secs(behind));
    Client::builder(sim.endpoint()).clock(Arc::new(clock)).credentials(credentials).host()
}

#[tokio::test]
async fn a_clock_that_is_far_off_is_a_remark_where_the_logon_does_not_depend_on_it() {
    let sim = healthy().await;
    for (behind, verdict) in [(299, Verdict::Passed), (301, Verdict::Remark), (7_200, Verdict::Remark)] {
        let diagnosis = late(&sim, behind, ntlm("operator", PASSWORD)).doctor().await;
        assert_eq!(of(&diagnosis, Verdict::Failed), [], "{diagnosis:#?}");
        let clock = diagnosis.checks.iter().find(|check| check.subject == Subject::Clock).unwrap();
        assert_eq!((clock.verdict, clock.id), (verdict, None), "{clock:#?}");
    }
    // Neither is it the cause of a wrong password.
    let diagnosis = late(&sim, 7_200, ntlm("operator", "wrong")).doctor().await;
    blames(&diagnosis, Subject::Authentication, ErrorId::NTLM_REFUSED);
    assert_eq!(of(&diagnosis, Verdict::Remark), [Subject::Clock]);
}

#[tokio::test]
async fn a_clock_that_is_far_off_comes_after_the_logon_by_kerberos_that_failed() {
    let sim = healthy().await;
    let keytab = || Credentials::kerberos_keytab("/nonexistent/keytab", Some("ops@LAB.EXAMPLE".to_owned()));
    let diagnosis = late(&sim, 301, keytab()).doctor().await;
    assert_eq!(of(&diagnosis, Verdict::Failed), [Subject::Authentication, Subject::Clock], "{diagnosis:#?}");
    let first = diagnosis.first_failure().unwrap();
    assert!(first.error.as_ref().unwrap().is_access(), "{first:#?}");
    let clock = diagnosis.checks.iter().find(|check| check.subject == Subject::Clock).unwrap();
    assert_eq!(clock.id, Some(ErrorId::CLOCK_SKEW));
    let diagnosis = late(&sim, 299, keytab()).doctor().await;
    assert_eq!(of(&diagnosis, Verdict::Failed), [Subject::Authentication]);
}

#[tokio::test]
async fn the_scheme_that_is_advised_is_one_that_the_host_offers() {
    let sim = host("", "[service]\nallow_unencrypted = true\nauth = [\"kerberos\"]").await;
    let negotiate = Credentials::negotiate(r"LAB\operator", Secret::new(PASSWORD));
    let diagnosis = client(&sim, negotiate).doctor().await;
    blames(&diagnosis, Subject::Authentication, ErrorId::SCHEME_NOT_OFFERED);
    let check = diagnosis.first_failure().unwrap();
    let scheme = |name: &'static str| Step::Set(Setting::Scheme, Some(name.into()));
    assert_eq!(check.fixes[0].command, Command::Check(vec![scheme("kerberos")]));
    let next = check.error.as_ref().unwrap().report().next;
    assert_eq!(next.to_string(), "use a scheme that the host offers: the scheme kerberos");
    assert_eq!(next.steps().collect::<Vec<_>>(), [&scheme("kerberos")]);

    let sim = host("", "[service]\nallow_unencrypted = true\nauth = [\"basic\"]").await;
    let diagnosis = client(&sim, ntlm("operator", PASSWORD)).doctor().await;
    let check = diagnosis.first_failure().unwrap();
    assert_eq!(check.fixes[0].command, Command::Check(vec![scheme("basic"), Step::Set(Setting::Tls, None)]));
}

#[tokio::test]
async fn a_cluster_without_vms_is_a_remark_and_no_filtered_token() {
    let scripted = ScriptedHost::start().await;
    let identity = "<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">\
                    <i:ProtocolVersion>1</i:ProtocolVersion></i:IdentifyResponse>";
    scripted
        .on("wsmanidentity", [soap(identity)])
        .on("from Msvm_ComputerSystem", [items(&[])])
        .on("HvsnapDoctorProbe", [fault("Sender", "ActionNotSupported", 2_150_858_753)])
        .on("from Msvm_VirtualSystemSnapshotService", [service()]);
    let clock = VirtualClock::starting_at(Duration::from_secs(1_790_000_000));
    let builder = || {
        let credentials = Credentials::basic("ops", Secret::new("secret"));
        Client::builder(scripted.url()).credentials(credentials).clock(Arc::new(clock.clone()))
    };
    let cluster = builder().host().namespace(hvsnap::cim::Namespace::cluster()).doctor().await;
    assert_eq!(
        (of(&cluster, Verdict::Failed), of(&cluster, Verdict::Remark)),
        (vec![], vec![Subject::Token])
    );
    blames(&builder().host().doctor().await, Subject::Token, ErrorId::FILTERED_TOKEN);
}

#[tokio::test]
async fn a_quota_that_is_used_up_and_another_service_in_winrms_place_are_named() {
    let scripted = ScriptedHost::start().await;
    let identity = "<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">\
                    <i:ProtocolVersion>1</i:ProtocolVersion></i:IdentifyResponse>";
    let quota = || fault("Sender", "QuotaLimit", 2_150_859_174);
    scripted
        .on("wsmanidentity", [soap(identity)])
        .on("from Msvm_ComputerSystem", [items(&[computer_system(&["2"])])])
        .on("HvsnapDoctorProbe", [fault("Sender", "ActionNotSupported", 2_150_858_753)])
        .on("from Msvm_VirtualSystemSnapshotService", [service(), service(), service(), service(), quota()]);
    let credentials = || Credentials::basic("ops", Secret::new("secret"));
    let clock = || Arc::new(VirtualClock::starting_at(Duration::from_secs(1_790_000_000)));
    let client = Client::builder(scripted.url()).credentials(credentials()).clock(clock());
    let diagnosis = client.host().doctor().await;
    blames(&diagnosis, Subject::Quota, ErrorId::OVERLOADED);

    let sim = healthy().await;
    let elsewhere = sim.endpoint().replace("/wsman", "/elsewhere");
    let client =
        Client::builder(elsewhere).credentials(ntlm("operator", PASSWORD)).clock(Arc::new(sim.clock()));
    blames(&client.host().doctor().await, Subject::Schemes, ErrorId::NO_WINRM_HERE);
}
