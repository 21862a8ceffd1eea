//! Sealed messages on the wire: sealed answers, also for faults; a changed, repeated or reordered message ends the context.

use hvsnap::sim::RunningSimulator;
use tokio::net::TcpStream;

use crate::sim::{
    auth_wire::{NOT_FOUND, Wire, connect, denied, host, question, sealed_type},
    ntlm_client::{FLAGS, Initiator, OPERATOR, SPNEGO_PROTOCOL, Session, frame},
    raw::{WMI, WQL, basic, envelope, lab, settings_reference},
};

async fn session() -> (RunningSimulator, Wire<TcpStream>, Session) {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    let session = wire.authenticated(&OPERATOR).await;
    (sim, wire, session)
}

/// The message must be refused, and the connection must then be anonymous.
async fn assert_ends(sim: &RunningSimulator, wire: &mut Wire<TcpStream>, body: &[u8], reason: &str) {
    let raw = wire.send_sealed(body).await;
    assert_eq!((raw.status.as_str(), raw.body.len()), ("HTTP/1.1 400 ", 0), "{reason}");
    assert_eq!(raw.header("content-type"), None);
    assert_eq!(denied(sim), reason);
    let next = wire.post("", b"").await;
    assert_eq!(next.status, "HTTP/1.1 401 ", "the identity is gone");
    // The connection itself can continue.
    let mut session = wire.authenticated(&OPERATOR).await;
    assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND);
}

const CHANGED: &str = "a sealed message was changed, repeated or reordered";
const FRAME: &str = "the frame of a sealed message is not as specified";

#[tokio::test]
async fn the_whole_destroy_goes_sealed() {
    let (sim, mut wire, mut session) = session().await;
    let verb = |verb: &str, body: &str| {
        let action = format!("http://schemas.xmlsoap.org/ws/2004/09/enumeration/{verb}");
        envelope(&action, &format!("{WMI}*"), &[], body)
    };
    let query = "select * from Msvm_VirtualSystemSettingData";
    let body = format!("<n:Enumerate><w:Filter Dialect=\"{WQL}\">{query}</w:Filter></n:Enumerate>");
    let begun = wire.sealed(&mut session, &verb("Enumerate", &body)).await;
    let context = begun.element("n:EnumerationContext").unwrap();
    let most = "<n:MaxElements>100</n:MaxElements>";
    let body = format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>{most}</n:Pull>");
    let found = wire.sealed(&mut session, &verb("Pull", &body)).await;
    assert_eq!(found.text().matches("<p:Msvm_VirtualSystemSettingData").count(), 13);
    let target = sim.snapshots_of("app-01").unwrap().into_iter().find(|one| one.name == "middle").unwrap();
    let uri = format!("{WMI}Msvm_VirtualSystemSnapshotService");
    let body = format!(
        "<p:DestroySnapshot_INPUT xmlns:p=\"{uri}\"><p:AffectedSnapshot>{}</p:AffectedSnapshot>\
         </p:DestroySnapshot_INPUT>",
        settings_reference(&target.instance_id)
    );
    let key = [("CreationClassName", "Msvm_VirtualSystemSnapshotService")];
    let invoke = envelope(&format!("{uri}/DestroySnapshot"), &uri, &key, &body);
    let done = wire.sealed(&mut session, &invoke).await;
    assert_eq!(done.element("p:ReturnValue"), Some("4096"));
    crate::sim::raw::pass(&sim, 2_500).await;
    assert!(sim.snapshots_of("app-01").unwrap().iter().all(|one| one.name != "middle"));
    let invoked = sim.journal().into_iter().find(|entry| entry.method.is_some()).unwrap();
    assert!(invoked.sealed && invoked.user.as_deref() == Some("LAB\\operator"));
}

#[tokio::test]
async fn three_hundred_messages_go_through_one_context() {
    let (sim, mut wire, mut session) = session().await;
    for _ in 0..300 {
        assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND);
    }
    assert_eq!((sim.connections(), sim.handshakes()), (1, 1));
}

#[tokio::test]
async fn utf_16_is_sealed_and_answered_in_utf_16() {
    let (_sim, mut wire, mut session) = session().await;
    let plain: Vec<u8> = question().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let raw = wire.send_sealed(&session.seal(&plain, "UTF-16")).await;
    assert_eq!(raw.status, "HTTP/1.1 500 ");
    let answer = session.unseal(&raw.body, "UTF-16");
    assert_eq!(answer[..4], [0xFF, 0xFE, b'<', 0]);
}

#[tokio::test]
async fn a_changed_message_ends_the_context() {
    for at in [0, 4, 11, 12, 15, 16, 500] {
        let (sim, mut wire, mut session) = session().await;
        let mut body = session.seal(question().as_bytes(), "UTF-8");
        let start = body.windows(14).position(|window| window == b"octet-stream\r\n").unwrap() + 18;
        body[start + at] ^= 1;
        assert_ends(&sim, &mut wire, &body, CHANGED).await;
    }
}

#[tokio::test]
async fn a_repeated_message_ends_the_context() {
    let (sim, mut wire, mut session) = session().await;
    let body = session.seal(question().as_bytes(), "UTF-8");
    assert_eq!(wire.send_sealed(&body).await.status, "HTTP/1.1 500 ");
    assert_ends(&sim, &mut wire, &body, CHANGED).await;
    assert_eq!(sim.journal().iter().filter(|entry| entry.action.ends_with("Get")).count(), 2);
}

#[tokio::test]
async fn a_message_out_of_order_ends_the_context() {
    let (sim, mut wire, mut session) = session().await;
    session.seal(question().as_bytes(), "UTF-8");
    let second = session.seal(question().as_bytes(), "UTF-8");
    assert_ends(&sim, &mut wire, &second, CHANGED).await;
}

#[tokio::test]
async fn a_message_of_another_connection_ends_the_context() {
    let (sim, mut wire, _) = session().await;
    let mut other = connect(&sim).await.authenticated(&OPERATOR).await;
    // With the same keys it would pass: this client's random key is constant, so only the number can differ.
    other.outbound.sequence = 7;
    let body = other.seal(question().as_bytes(), "UTF-8");
    assert_ends(&sim, &mut wire, &body, CHANGED).await;
}

#[tokio::test]
async fn a_frame_that_lies_ends_the_context() {
    type Lie = fn(&[u8], &[u8]) -> Vec<u8>;
    let lies: [Lie; 6] = [
        |signature, data| frame("UTF-8", data.len() + 1, signature, data),
        |signature, data| frame("UTF-8", usize::MAX, signature, data),
        |signature, data| {
            let body = frame("UTF-8", data.len(), signature, data);
            body[..body.len() - 1].to_vec()
        },
        |signature, data| {
            let mut body = frame("UTF-8", data.len(), signature, data);
            let size = body.windows(14).position(|window| window == b"octet-stream\r\n").unwrap() + 14;
            body[size..size + 4].copy_from_slice(&[0xFF; 4]);
            body
        },
        |signature, data| frame("UTF-8\r\nX: y", data.len(), signature, data),
        |_, _| b"--Encrypted Boundary--\r\n".to_vec(),
    ];
    for lie in lies {
        let (sim, mut wire, mut session) = session().await;
        let body = session.seal(question().as_bytes(), "UTF-8");
        let start = body.windows(14).position(|window| window == b"octet-stream\r\n").unwrap() + 18;
        let (signature, data) = body[start..body.len() - 24].split_at(16);
        assert_ends(&sim, &mut wire, &lie(signature, data), FRAME).await;
    }
}

#[tokio::test]
async fn a_sealed_message_of_another_protocol_or_without_one_ends_the_context() {
    for content_type in [
        sealed_type("application/HTTP-Kerberos-session-encrypted"),
        "Content-Type: multipart/encrypted\r\n".to_owned(),
        format!("Content-Type: multipart/encrypted;protocol=\"{SPNEGO_PROTOCOL}\";boundary=\"Other\"\r\n"),
    ] {
        let (sim, mut wire, mut session) = session().await;
        let body = session.seal(question().as_bytes(), "UTF-8");
        assert_eq!(wire.post(&content_type, &body).await.status, "HTTP/1.1 400 ", "{content_type}");
        assert_eq!(denied(&sim), FRAME);
        assert_eq!(wire.send_sealed(&body).await.status, "HTTP/1.1 401 ");
    }
}

#[tokio::test]
async fn without_a_context_nothing_is_unsealed() {
    let sim = lab().await;
    let mut wire = connect(&sim).await;
    let body = frame("UTF-8", 3, &[0; 16], b"abc");
    assert_eq!(wire.send_sealed(&body).await.status, "HTTP/1.1 401 ", "nobody");
    let headers = format!("{}{}", sealed_type(SPNEGO_PROTOCOL), basic(("LAB\\operator", "correct-horse")));
    assert_eq!(wire.post(&headers, &body).await.status, "HTTP/1.1 400 ", "Basic makes no context");
    assert_eq!(denied(&sim), "a sealed message without a context");
    // A client that did not ask for sealing has none.
    let mut session = wire.authenticated(&Initiator { flags: FLAGS & !0x20, ..OPERATOR }).await;
    let body = session.seal(question().as_bytes(), "UTF-8");
    assert_eq!(wire.send_sealed(&body).await.status, "HTTP/1.1 400 ");
    assert_eq!(denied(&sim), "a sealed message without a context");
}
