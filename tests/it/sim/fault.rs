//! The simulated host goes wrong on purpose: each kind of fault, seen from a bare socket.

use std::{io::ErrorKind, time::Duration};

use hvsnap::{
    clock::Clock,
    sim::{RequestKind, RequestOutcome, RunningSimulator},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::sim::{
    auth_tls::{certified, connect, host},
    raw::{OPERATOR, Raw, WMI, basic, between, destroy, envelope, get, lab, pass, post, settings_reference},
};

const VM: &str = "app-01";
const SNAPSHOT: &str = "middle";

async fn lab_with(rules: &[&str]) -> RunningSimulator {
    let sim = lab().await;
    rules.iter().for_each(|rule| sim.inject(rule.parse().unwrap()));
    sim
}

/// What came of a request, to the end of its connection.
#[derive(Debug)]
struct Came {
    bytes: Vec<u8>,
    /// `None` where the connection ended in order.
    error: Option<ErrorKind>,
}

impl Came {
    fn is_reset(&self) -> bool {
        self.bytes.is_empty() && self.error == Some(ErrorKind::ConnectionReset)
    }

    /// The body, and the length that the head gives for it.
    fn body(&self) -> (&[u8], usize) {
        let at = self.bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&self.bytes[..at]).unwrap().to_lowercase() + "\r\n";
        (&self.bytes[at + 4..], between(&head, "content-length: ", "\r\n").unwrap().parse().unwrap())
    }
}

/// A request after which the connection is to end.
fn request(envelope: &str) -> Vec<u8> {
    let content = "Content-Type: application/soap+xml;charset=UTF-8\r\n";
    let headers = format!("Connection: close\r\n{content}{}", basic(OPERATOR));
    post(&headers, envelope.as_bytes())
}

/// Sends a request after which the connection is to end.
async fn to_the_end(sim: &RunningSimulator, envelope: &str) -> Came {
    let mut bytes = Vec::new();
    let sent = async {
        let mut stream = TcpStream::connect(sim.address()).await?;
        stream.write_all(&request(envelope)).await?;
        Ok::<_, std::io::Error>(stream)
    };
    // A reset may come before the first byte is sent.
    let mut stream = match sent.await {
        Ok(stream) => stream,
        Err(error) => return Came { bytes, error: Some(error.kind()) },
    };
    let error = stream.read_to_end(&mut bytes).await.err().map(|error| error.kind());
    Came { bytes, error }
}

/// A DestroySnapshot.
fn call(sim: &RunningSimulator) -> String {
    let snapshots = sim.snapshots_of(VM).unwrap();
    let id = &snapshots.iter().find(|snapshot| snapshot.name == SNAPSHOT).unwrap().instance_id;
    let uri = format!("{WMI}Msvm_VirtualSystemSnapshotService");
    let parameter = format!("<p:AffectedSnapshot>{}</p:AffectedSnapshot>", settings_reference(id));
    let body = format!("<p:DestroySnapshot_INPUT xmlns:p=\"{uri}\">{parameter}</p:DestroySnapshot_INPUT>");
    let key = [("CreationClassName", "Msvm_VirtualSystemSnapshotService")];
    envelope(&format!("{uri}/DestroySnapshot"), &uri, &key, &body)
}

async fn computer_system(sim: &RunningSimulator) -> Raw {
    let id = sim.vms()[0].id.clone();
    let keys = [("CreationClassName", "Msvm_ComputerSystem"), ("Name", id.as_str())];
    get(sim, &format!("{WMI}Msvm_ComputerSystem"), &keys).await
}

fn is_there(sim: &RunningSimulator) -> bool {
    sim.snapshots_of(VM).unwrap().iter().any(|snapshot| snapshot.name == SNAPSHOT)
}

#[tokio::test]
async fn a_connection_is_reset_when_it_is_accepted() {
    let sim = lab_with(&["do=refuse,nth=1"]).await;
    assert!(to_the_end(&sim, &call(&sim)).await.is_reset());
    assert_eq!((sim.requests(), sim.connections()), (0, 0));
    let entry = sim.journal().pop().unwrap();
    assert_eq!((entry.kind, entry.outcome), (RequestKind::Connect, RequestOutcome::NotCarriedOut));
    assert_eq!(entry.faults, ["fault 1 (do=refuse,nth=1)"]);
    assert_eq!(computer_system(&sim).await.status, "HTTP/1.1 200 ");
}

#[tokio::test]
async fn a_host_that_is_down_refuses_connections_until_it_is_back() {
    for rule in ["on=DestroySnapshot,do=refuse,seconds=30", "on=connect,nth=2,do=refuse,seconds=30"] {
        let sim = lab_with(&[rule]).await;
        // A connection that has nothing to do with the request goes with the host.
        let mut other = TcpStream::connect(sim.address()).await.unwrap();
        assert!(to_the_end(&sim, &call(&sim)).await.is_reset());
        let error = other.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        let error = TcpStream::connect(sim.address()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        assert_eq!(sim.calls("DestroySnapshot"), 0);
        pass(&sim, 29_999).await;
        assert!(TcpStream::connect(sim.address()).await.is_err());
        pass(&sim, 1).await;
        while TcpStream::connect(sim.address()).await.is_err() {
            tokio::task::yield_now().await;
        }
        assert_eq!(computer_system(&sim).await.status, "HTTP/1.1 200 ");
    }
}

#[tokio::test]
async fn a_delay_passes_on_the_clock_of_the_host_before_or_after_the_call() {
    for (rule, until_call) in [("do=delay-before,seconds=5", 5), ("do=delay-after,seconds=5", 0)] {
        let sim = lab_with(&[rule]).await;
        let start = sim.now();
        let raw = destroy(&sim, VM, "oldest/middle").await;
        assert_eq!(raw.element("p:ReturnValue"), Some("4096"), "{rule}");
        assert_eq!(sim.now() - start, Duration::from_secs(5), "{rule}");
        let entry = sim.journal().pop().unwrap();
        assert_eq!(entry.time - start, Duration::from_secs(until_call), "{rule}");
    }
}

#[tokio::test]
async fn a_reset_comes_before_the_call_or_after_it() {
    let sim = lab_with(&["on=DestroySnapshot,nth=1,do=reset-before"]).await;
    assert!(to_the_end(&sim, &call(&sim)).await.is_reset());
    assert_eq!((sim.calls("DestroySnapshot"), sim.requests()), (0, 1));
    let entry = sim.journal().pop().unwrap();
    assert_eq!(
        (entry.method.as_deref(), entry.outcome),
        (Some("DestroySnapshot"), RequestOutcome::NotCarriedOut)
    );
    assert_eq!(entry.message_id, "uuid:ASKED");

    sim.clear_faults();
    sim.inject("on=DestroySnapshot,nth=1,do=reset-after".parse().unwrap());
    assert!(to_the_end(&sim, &call(&sim)).await.is_reset());
    assert_eq!(sim.calls("DestroySnapshot"), 1);
    let entry = sim.journal().pop().unwrap();
    assert_eq!(entry.outcome, RequestOutcome::Answered { return_value: Some(4096) });
    assert_eq!(entry.faults, ["fault 2 (on=DestroySnapshot,nth=1,do=reset-after)"]);
    pass(&sim, 2000).await;
    assert!(!is_there(&sim));
}

#[tokio::test]
async fn an_answer_is_cut_off_on_the_connection_or_in_the_message() {
    let sim =
        lab_with(&["do=truncate,nth=1", "do=truncate,bytes=10,nth=2", "do=truncate,level=message,nth=3"])
            .await;
    let came = to_the_end(&sim, &call(&sim)).await;
    let (body, length) = came.body();
    assert_eq!((came.error, body.len()), (None, length / 2), "closed in order, and half of it missing");
    assert_eq!(sim.calls("DestroySnapshot"), 1);
    let (came, cut) = (to_the_end(&sim, &call(&sim)).await, 10);
    assert_eq!(came.body().0.len(), cut);
    let came = to_the_end(&sim, &call(&sim)).await;
    let (body, length) = came.body();
    assert_eq!(body.len(), length);
    assert!(body.starts_with(b"<s:Envelope") && !body.ends_with(b"</s:Envelope>"));
}

#[tokio::test]
async fn garbage_comes_as_a_message_or_instead_of_http() {
    let sim = lab_with(&["do=garbage,nth=1", "do=garbage,level=connection,nth=2"]).await;
    let came = to_the_end(&sim, &call(&sim)).await;
    let (body, length) = came.body();
    assert!(came.bytes.starts_with(b"HTTP/1.1 200 ") && body.starts_with(b"%!PS") && body.len() == length);
    let came = to_the_end(&sim, &call(&sim)).await;
    assert!(came.bytes.starts_with(b"\x15\x03\x01") && came.error.is_none());
    assert_eq!(sim.calls("DestroySnapshot"), 2, "both were carried out");
}

#[tokio::test]
async fn http_alone_answers_with_and_without_a_body() {
    let sim = lab_with(&[
        "do=status,code=503,nth=1",
        "do=status,code=502,body=\"<p>bad, gateway\",executed=true,nth=2",
        "do=status,code=401,nth=3",
    ])
    .await;
    let raw = destroy(&sim, VM, "oldest/middle").await;
    assert_eq!((raw.status.as_str(), raw.body.len(), sim.calls("DestroySnapshot")), ("HTTP/1.1 503 ", 0, 0));
    let raw = destroy(&sim, VM, "oldest/middle").await;
    assert_eq!((raw.status.as_str(), raw.text()), ("HTTP/1.1 502 ", "<p>bad, gateway"));
    assert_eq!(sim.calls("DestroySnapshot"), 1);
    assert_eq!(computer_system(&sim).await.header("www-authenticate"), Some("Negotiate"));
}

#[tokio::test]
async fn a_fault_of_any_number_comes_in_its_proper_form() {
    let sim = lab_with(&[
        "do=fault,code=2150858815,nth=1",
        "do=fault,code=2147944122,nth=2",
        "do=fault,code=5,subcode=w:Concurrency,blames=receiver,reason=Later,nth=3",
    ])
    .await;
    for (code, blames, subcode, reason) in [
        (2_150_858_815, "s:Sender", "w:QuotaLimit", "A rule of the lab"),
        (2_147_944_122, "s:Receiver", "w:InternalError", "A rule of the lab"),
        (5, "s:Receiver", "w:Concurrency", "Later"),
    ] {
        let raw = destroy(&sim, VM, "oldest/middle").await;
        assert_eq!(raw.fault(), code);
        for part in [format!("<s:Value>{blames}<"), format!("<s:Value>{subcode}<"), reason.to_owned()] {
            assert!(raw.text().contains(&part), "{part}: {}", raw.text());
        }
        assert_eq!(raw.element("a:RelatesTo"), Some("uuid:ASKED"));
    }
    assert_eq!(sim.calls("DestroySnapshot"), 0);
}

#[tokio::test]
async fn a_call_that_timed_out_goes_on() {
    let sim = lab_with(&["on=DestroySnapshot,do=timed-out"]).await;
    let raw = destroy(&sim, VM, "oldest/middle").await;
    assert_eq!((raw.fault(), sim.calls("DestroySnapshot")), (2_150_858_793, 1));
    assert!(raw.text().contains("<s:Value>w:TimedOut<"));
    pass(&sim, 2000).await;
    assert!(!is_there(&sim));
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_in_the_form_that_was_recorded() {
    let sim = lab_with(&["do=quota"]).await;
    let raw = destroy(&sim, VM, "oldest/middle").await;
    assert_eq!((raw.fault(), sim.calls("DestroySnapshot")), (2_150_859_174, 0));
    assert!(raw.text().contains("MSFT_WmiError") && raw.element("a:RelatesTo").is_none());
}

#[tokio::test]
async fn an_answer_names_another_request() {
    let sim = lab_with(&["do=wrong-relates-to,nth=1"]).await;
    let raw = destroy(&sim, VM, "oldest/middle").await;
    assert_eq!(raw.element("p:ReturnValue"), Some("4096"));
    let related = raw.element("a:RelatesTo").unwrap();
    assert!(related.starts_with("uuid:") && related != "uuid:ASKED", "{related}");
    assert_eq!(computer_system(&sim).await.element("a:RelatesTo"), Some("uuid:ASKED"));
}

#[tokio::test]
async fn an_earlier_answer_comes_again() {
    for level in ["message", "connection"] {
        let sim = lab_with(&[&format!("on=DestroySnapshot,do=replay,level={level}")]).await;
        let first = computer_system(&sim).await;
        let again = destroy(&sim, VM, "oldest/middle").await;
        assert_eq!((again.text(), sim.calls("DestroySnapshot")), (first.text(), 1), "{level}");
        // A call is answered by an earlier answer to the same call, where there is one.
        let call = destroy(&sim, VM, "oldest/middle").await;
        assert_eq!(call.text().contains("DestroySnapshot_OUTPUT"), level == "message", "{level}");
    }
}

#[tokio::test]
async fn an_answer_drips() {
    let sim = lab_with(&["do=drip,bytes=100,seconds=2,nth=1"]).await;
    let start = sim.now();
    let slow = computer_system(&sim).await;
    let passed = sim.now() - start;
    assert!(passed > Duration::from_secs(20), "{passed:?}");
    assert_eq!(slow.element("p:ElementName"), computer_system(&sim).await.element("p:ElementName"));
}

#[tokio::test]
async fn an_answer_is_larger_than_anybody_wants() {
    let sim = lab_with(&["do=oversize,nth=1", "do=oversize,bytes=100000,nth=2"]).await;
    assert_eq!(computer_system(&sim).await.body.len(), 17 * 1024 * 1024);
    assert_eq!(
        computer_system(&sim).await.text().trim_end().len() + 1,
        computer_system(&sim).await.body.len() + 1
    );
}

#[tokio::test]
async fn a_job_is_stuck_fails_or_vanishes_and_its_merge_never_ends() {
    let job_after = async |rule: &str, seconds: u64| {
        let sim = lab_with(&[rule]).await;
        let raw = destroy(&sim, VM, "oldest/middle").await;
        let id = between(raw.text(), "<w:Selector Name=\"InstanceID\">", "<").unwrap().to_owned();
        sim.clock().sleep(Duration::from_secs(seconds)).await;
        let job = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", &id)]).await;
        (sim, job)
    };
    let (sim, job) = job_after("do=job-stuck", 86_400).await;
    assert_eq!(job.element("p:JobState"), Some("4"));
    assert!(is_there(&sim) && sim.vms().iter().any(|vm| vm.is_deleting));

    let (sim, job) = job_after("do=job-exception,code=32775,description=Full", 2).await;
    assert_eq!((job.element("p:JobState"), job.element("p:ErrorCode")), (Some("10"), Some("32775")));
    assert_eq!(job.element("p:ErrorDescription"), Some("Full"));
    assert!(is_there(&sim));
    let (sim, _) = job_after("do=job-exception,takes_effect=true", 2).await;
    assert!(!is_there(&sim));

    for (rule, stays) in [("do=job-vanishes", false), ("do=job-vanishes,takes_effect=false", true)] {
        let (sim, job) = job_after(rule, 2).await;
        assert_eq!((job.fault(), is_there(&sim)), (2_150_858_752, stays), "{rule}");
    }

    let (sim, _) = job_after("do=merge-blocked", 86_400).await;
    assert!(!is_there(&sim) && sim.vms().iter().any(|vm| vm.is_merging));
}

#[tokio::test]
async fn a_connection_goes_wrong_below_tls_too() {
    let own = certified();
    for (rule, error) in [
        ("do=reset-after", Some(ErrorKind::ConnectionReset)),
        ("do=refuse,on=any,seconds=1", Some(ErrorKind::ConnectionReset)),
        ("do=truncate", None),
    ] {
        let sim = host(&own, "[\"negotiate\"]", "[\"basic\"]").await;
        sim.inject(rule.parse().unwrap());
        let mut stream = connect(&sim, &own, None).await.0;
        stream.write_all(&request(&call(&sim))).await.unwrap();
        let mut bytes = Vec::new();
        let ended = stream.read_to_end(&mut bytes).await.err().map(|error| error.kind());
        assert_eq!((ended, bytes.is_empty()), (error, error.is_some()), "{rule}");
    }
}
