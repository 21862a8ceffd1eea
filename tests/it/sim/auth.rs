//! Authentication by the simulated host: NTLM and SPNEGO on one connection, leg by leg, and everything that it refuses.

use hvsnap::sim::{Mechanism, RequestOutcome, Simulator};

use crate::sim::{
    auth_wire::{
        DEFAULT_HOST, NOT_FOUND, authorization, connect, denied, host, offers, question, sealed_type,
        spnego_challenge, token_of,
    },
    ntlm_client::{FLAGS, Initiator, KERBEROS, NTLM, OPERATOR, Session, der, init, list, pairs, response},
    raw::{basic, lab, send},
};

const SOAP: &str = "Content-Type: application/soap+xml;charset=UTF-8\r\n";
const PLAIN: &[(&str, &str)] = &[("allow_unencrypted = false", "allow_unencrypted = true")];

#[tokio::test]
async fn ntlm_takes_three_requests_and_holds_for_its_connection() {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    let first = wire.post("", b"").await;
    assert_eq!((first.status.as_str(), offers(&first)), ("HTTP/1.1 401 ", vec!["Negotiate"]));
    let mut session = wire.authenticated(&OPERATOR).await;
    for _ in 0..3 {
        assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND);
    }
    assert_eq!((sim.connections(), sim.handshakes()), (1, 1));
    let journal = sim.journal();
    assert_eq!(journal.len(), 4, "legs that go on are no entries");
    let last = journal.last().unwrap();
    assert_eq!((last.user.as_deref(), last.mechanism), (Some("LAB\\operator"), Some(Mechanism::Ntlm)));
    assert!(last.sealed && last.denied.is_none());
    // Another connection is not authenticated.
    assert_eq!(connect(&sim).await.post("", b"").await.status, "HTTP/1.1 401 ");
}

#[tokio::test]
async fn the_challenge_is_that_of_a_host_in_its_domain() {
    let sim = host(&[]).await;
    let challenge = connect(&sim).await.challenged(&OPERATOR.negotiate()).await;
    let texts: Vec<_> = pairs(&challenge)
        .into_iter()
        .map(|(id, value)| {
            let units: Vec<u16> =
                value.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            (id, String::from_utf16_lossy(&units))
        })
        .collect();
    let names: Vec<_> = texts.iter().take(5).map(|(id, text)| (*id, text.as_str())).collect();
    let wanted = [(2, "LAB"), (1, "HV01"), (4, "lab.example"), (3, "hv01.lab.example"), (5, "lab.example")];
    assert_eq!(names, wanted);
    assert_eq!(texts[5].0, 7, "the time comes last");
    let flags = u32::from_le_bytes(challenge[20..24].try_into().unwrap());
    assert_eq!(flags, FLAGS | 0x0081_0000, "target type domain, target info");
    assert_eq!(challenge[48..56], [10, 0, 0x63, 0x45, 0, 0, 0, 15], "version 10.0.17763");
    let other = connect(&sim).await.challenged(&OPERATOR.negotiate()).await;
    assert_ne!(challenge[24..32], other[24..32], "no challenge comes twice");
}

#[tokio::test]
async fn every_spelling_of_the_user_comes_in() {
    let sim = host(&[]).await;
    for (domain, user) in
        [("", "operator"), ("", "operator@lab.example"), ("lab.example", "OPERATOR"), ("lab", "Operator")]
    {
        connect(&sim).await.authenticated(&Initiator { domain, user, ..OPERATOR }).await;
    }
    assert_eq!(sim.handshakes(), 4);
}

#[tokio::test]
async fn spnego_signs_the_list_and_begins_messages_with_number_one() {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    let challenge = spnego_challenge(&mut wire, &OPERATOR, &[NTLM]).await;
    let (token, mut session) = OPERATOR.authenticate(&challenge);
    let mic = session.outbound.list_signature(&list(&[NTLM]));
    let raw = wire.leg("Negotiate", &response(&token, Some(&mic))).await;
    assert_eq!(raw.status, "HTTP/1.1 200 ");
    let own = session.inbound.list_signature(&list(&[NTLM]));
    let completed = [der(0xA0, &der(0x0A, &[0])), der(0xA3, &der(4, &own))].concat();
    assert_eq!(token_of(&raw), Some(der(0xA1, &der(0x30, &completed))));
    assert_eq!(session.outbound.sequence, 1);
    assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND);
    assert_eq!(sim.journal().last().unwrap().mechanism, Some(Mechanism::NtlmInSpnego));
}

#[tokio::test]
async fn an_unsigned_list_passes_only_where_ntlm_came_first() {
    let sim = host(&[]).await;
    for (mechanisms, status) in [(&[NTLM, KERBEROS], "HTTP/1.1 200 "), (&[KERBEROS, NTLM], "HTTP/1.1 401 ")] {
        let mut wire = connect(&sim).await;
        let challenge = spnego_challenge(&mut wire, &OPERATOR, mechanisms).await;
        let (token, mut session) = OPERATOR.authenticate(&challenge);
        let raw = wire.leg("Negotiate", &response(&token, None)).await;
        assert_eq!(raw.status, status);
        if raw.status == "HTTP/1.1 200 " {
            assert_eq!(token_of(&raw), Some(der(0xA1, &der(0x30, &der(0xA0, &der(0x0A, &[0]))))));
            assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND);
        }
    }
    assert_eq!(denied(&sim), "the list of mechanisms is not signed");
    // Signed, the second choice is accepted; the removal of Kerberos from the list is detected.
    for (signed, status) in [(&[KERBEROS, NTLM][..], "HTTP/1.1 200 "), (&[NTLM][..], "HTTP/1.1 401 ")] {
        let mut wire = connect(&sim).await;
        let challenge = spnego_challenge(&mut wire, &OPERATOR, &[KERBEROS, NTLM]).await;
        let (token, mut session) = OPERATOR.authenticate(&challenge);
        let mic = session.outbound.list_signature(&list(signed));
        assert_eq!(wire.leg("Negotiate", &response(&token, Some(&mic))).await.status, status);
    }
    assert_eq!(denied(&sim), "the signature of the list of mechanisms does not fit");
}

#[tokio::test]
async fn what_is_not_as_it_must_be_is_refused_for_its_own_reason() {
    let sim = host(&[]).await;
    let without = |flag: u32| FLAGS & !flag;
    for (initiator, reason) in [
        (Initiator { password: "wrong", ..OPERATOR }, "no such user, or a wrong password"),
        (Initiator { user: "nobody", ..OPERATOR }, "no such user, or a wrong password"),
        (Initiator { domain: "OTHER", ..OPERATOR }, "no such user, or a wrong password"),
        (Initiator { promises_mic: false, ..OPERATOR }, "AUTHENTICATE of NTLM without a MIC"),
        (Initiator { other_negotiate: true, ..OPERATOR }, "the MIC of NTLM does not fit"),
    ] {
        let mut wire = connect(&sim).await;
        let (raw, _) = wire.ntlm(&initiator).await;
        assert_eq!(
            (raw.status.as_str(), offers(&raw), raw.body.len()),
            ("HTTP/1.1 401 ", vec!["Negotiate"], 0)
        );
        assert_eq!(denied(&sim), reason);
        assert_eq!(wire.post("", b"").await.status, "HTTP/1.1 401 ", "nobody came in");
        wire.authenticated(&OPERATOR).await;
    }
    for flag in [1, 0x200, 0x0008_0000, 0x2000_0000] {
        let weak = Initiator { flags: without(flag), ..OPERATOR };
        let raw = connect(&sim).await.leg("Negotiate", &weak.negotiate()).await;
        assert_eq!((raw.status.as_str(), token_of(&raw)), ("HTTP/1.1 401 ", None));
        assert!(denied(&sim).starts_with("too weak: NEGOTIATE"), "{}", denied(&sim));
    }
}

#[tokio::test]
async fn flags_cannot_grow_or_shrink_between_the_messages() {
    let sim = host(&[]).await;
    for (offered, taken, reason) in [
        (FLAGS & !0x4000_0000, FLAGS, "malformed: AUTHENTICATE with flags that were not offered"),
        (
            FLAGS,
            FLAGS & !0x0008_0000,
            "too weak: AUTHENTICATE gives up extended session security or 128-bit keys",
        ),
    ] {
        let mut wire = connect(&sim).await;
        let challenge = wire.challenged(&Initiator { flags: offered, ..OPERATOR }.negotiate()).await;
        let (token, _) = Initiator { flags: taken, ..OPERATOR }.authenticate(&challenge);
        assert_eq!(wire.leg("Negotiate", &token).await.status, "HTTP/1.1 401 ");
        assert_eq!(denied(&sim), reason);
    }
}

#[tokio::test]
async fn an_answer_fits_only_the_challenge_of_its_own_connection_and_only_once() {
    let sim = host(PLAIN).await;
    let (mut first, mut second) = (connect(&sim).await, connect(&sim).await);
    let challenge = first.challenged(&OPERATOR.negotiate()).await;
    second.challenged(&OPERATOR.negotiate()).await;
    let (token, _) = OPERATOR.authenticate(&challenge);
    assert_eq!(second.leg("Negotiate", &token).await.status, "HTTP/1.1 401 ");
    assert_eq!(first.leg("Negotiate", &token).await.status, "HTTP/1.1 200 ");
    assert_eq!(first.post(SOAP, question().as_bytes()).await.fault(), NOT_FOUND);
    // There is no challenge any more, so a second attempt stays anonymous.
    assert_eq!(first.leg("Negotiate", &token).await.status, "HTTP/1.1 401 ");
    assert_eq!(first.post(SOAP, question().as_bytes()).await.status, "HTTP/1.1 401 ");
}

#[tokio::test]
async fn a_plain_body_is_an_empty_500_where_it_must_be_sealed_even_with_a_leg() {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    let leg = format!("{SOAP}{}", authorization("Negotiate", &OPERATOR.negotiate()));
    let raw = wire.post(&leg, question().as_bytes()).await;
    assert_eq!((raw.status.as_str(), raw.body.len(), offers(&raw)), ("HTTP/1.1 500 ", 0, vec![]));
    let mut session = wire.authenticated(&OPERATOR).await;
    let raw = wire.post(SOAP, question().as_bytes()).await;
    assert_eq!((raw.status.as_str(), raw.body.len()), ("HTTP/1.1 500 ", 0));
    assert_eq!(denied(&sim), "a message without encryption");
    assert_eq!(wire.sealed(&mut session, &question()).await.fault(), NOT_FOUND, "the context is still there");
}

#[tokio::test]
async fn a_plain_body_with_every_leg_is_served_with_the_last_where_that_is_allowed() {
    let sim = host(PLAIN).await;
    let mut wire = connect(&sim).await;
    let leg = |token: &[u8]| format!("{SOAP}{}", authorization("Negotiate", token));
    let raw = wire.post(&leg(&OPERATOR.negotiate()), question().as_bytes()).await;
    let (token, _) = OPERATOR.authenticate(&token_of(&raw).unwrap());
    assert_eq!(wire.post(&leg(&token), question().as_bytes()).await.fault(), NOT_FOUND);
    assert_eq!(wire.post(SOAP, question().as_bytes()).await.fault(), NOT_FOUND);
    assert_eq!(sim.requests(), 2, "legs are none");
}

#[tokio::test]
async fn the_last_leg_may_bring_a_sealed_message_and_its_answer_the_last_token() {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    let challenge = spnego_challenge(&mut wire, &OPERATOR, &[NTLM]).await;
    let (token, mut session) = OPERATOR.authenticate(&challenge);
    let mic = session.outbound.list_signature(&list(&[NTLM]));
    let body = session.seal(question().as_bytes(), "UTF-8");
    let token = authorization("Negotiate", &response(&token, Some(&mic)));
    let headers = format!("{}{token}", sealed_type(crate::sim::ntlm_client::SPNEGO_PROTOCOL));
    let mut raw = wire.post(&headers, &body).await;
    assert!(token_of(&raw).is_some());
    session.inbound.list_signature(&list(&[NTLM]));
    raw.body = session.unseal(&raw.body, "UTF-8");
    assert_eq!(raw.fault(), NOT_FOUND);
}

#[tokio::test]
async fn schemes_are_offered_in_the_order_of_windows_and_refused_when_they_are_off() {
    let all = ("auth = [\"negotiate\"]", "auth = [\"basic\", \"kerberos\", \"negotiate\"]");
    let sim = host(&[all]).await;
    let raw = connect(&sim).await.post("", b"").await;
    assert_eq!(offers(&raw), ["Negotiate", "Kerberos", "Basic realm=\"WSMAN\""]);
    let sim = host(&[("auth = [\"negotiate\"]", "auth = [\"basic\"]")]).await;
    let raw = connect(&sim).await.leg("Negotiate", &OPERATOR.negotiate()).await;
    assert_eq!((offers(&raw), raw.header("connection")), (vec!["Basic realm=\"WSMAN\""], Some("close")));
    let sim = host(&[]).await;
    let raw = connect(&sim).await.post(&basic(("LAB\\operator", "correct-horse")), b"").await;
    assert_eq!((raw.status.as_str(), raw.header("connection")), ("HTTP/1.1 401 ", Some("close")));
    assert_eq!(denied(&sim), "a scheme that is not offered");
}

#[tokio::test]
async fn basic_goes_beside_ntlm_with_each_request_of_its_own() {
    let sim = lab().await;
    let mut wire = connect(&sim).await;
    wire.authenticated(&OPERATOR).await;
    let reader = format!("{SOAP}{}", basic(("reader", "look-dont-touch")));
    assert_eq!(wire.post(&reader, question().as_bytes()).await.fault(), NOT_FOUND);
    assert_eq!(wire.post(SOAP, question().as_bytes()).await.fault(), NOT_FOUND);
    let seen: Vec<_> =
        sim.journal().into_iter().map(|entry| (entry.user.unwrap(), entry.mechanism.unwrap())).collect();
    let wanted = [("LAB\\reader", Mechanism::Basic), ("LAB\\operator", Mechanism::Ntlm)];
    assert_eq!(seen, wanted.map(|(user, mechanism)| (user.to_owned(), mechanism)));
}

/// Sends tokens on one connection; each must be answered, and none may authenticate.
async fn assert_refused(tokens: impl Iterator<Item = Vec<u8>>, before: &[Vec<u8>]) {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    for token in tokens {
        for leg in before {
            wire.challenged(leg).await;
        }
        let raw = wire.leg("Negotiate", &token).await;
        assert_eq!(raw.status, "HTTP/1.1 401 ", "{token:?}");
    }
    assert_eq!((sim.handshakes(), sim.connections()), (0, 1));
    wire.authenticated(&OPERATOR).await;
}

fn cuts(token: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..token.len()).map(|cut| token[..cut].to_vec())
}

fn damaged(token: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let changed = |at: usize, value: u8| {
        let mut token = token.to_vec();
        token[at] = token[at].wrapping_add(value);
        token
    };
    (0..token.len()).flat_map(move |at| [1, 0x7F, 0x80, 0xFF].map(|value| changed(at, value)))
}

fn answer() -> Vec<u8> {
    // Not the answer to a challenge of this host: the test is about parsing.
    let challenge = [
        b"NTLMSSP\0\x02\0\0\0".as_slice(),
        &[0; 28],
        &[16, 0, 16, 0, 56, 0, 0, 0],
        &[0; 8],
        &[7, 0, 8, 0],
        &[0; 8],
        &[0; 4],
    ];
    let (token, _): (_, Session) = OPERATOR.authenticate(&challenge.concat());
    token
}

#[tokio::test]
async fn no_cut_or_damaged_first_token_does_harm() {
    assert_refused(cuts(&OPERATOR.negotiate()[..16]), &[]).await;
    assert_refused(cuts(&init(&[NTLM], &OPERATOR.negotiate())), &[]).await;
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    for token in
        damaged(&OPERATOR.negotiate()).chain(damaged(&init(&[KERBEROS, NTLM], &OPERATOR.negotiate())))
    {
        assert_eq!(wire.leg("Negotiate", &token).await.status, "HTTP/1.1 401 ");
    }
    assert_eq!(sim.handshakes(), 0);
}

#[tokio::test]
async fn no_cut_or_damaged_last_token_lets_anybody_in() {
    assert_refused(cuts(&answer()).chain(damaged(&answer())), &[OPERATOR.negotiate()]).await;
    let wrapped = response(&answer(), Some(&[1; 16]));
    assert_refused(cuts(&wrapped).chain(damaged(&wrapped)), &[init(&[NTLM], &OPERATOR.negotiate())]).await;
}

#[tokio::test]
async fn tokens_out_of_turn_out_of_measure_or_out_of_base64_are_refused() {
    let sim = host(&[]).await;
    let mut wire = connect(&sim).await;
    let deep = (0..1000).fold(Vec::new(), |token, _| der(0x60, &token));
    let many = init(&vec![KERBEROS; 3000], b"");
    for token in [Vec::new(), answer(), response(&answer(), None), b"YIIB".to_vec(), deep, many] {
        assert_eq!(wire.leg("Negotiate", &token).await.status, "HTTP/1.1 401 ");
    }
    for header in ["Negotiate", "Negotiate ", "Negotiate !!!!", "Negotiate TlRM TlRM", "Negotiate \t"] {
        assert_eq!(wire.post(&format!("Authorization: {header}\r\n"), b"").await.status, "HTTP/1.1 401 ");
    }
    let long = format!("Authorization: Negotiate {}\r\n", "A".repeat(64 * 1024 + 4));
    let raw = wire.post(&long, b"").await;
    assert_eq!((raw.status.as_str(), raw.header("connection")), ("HTTP/1.1 400 ", Some("close")));
    let endless =
        format!("POST /wsman HTTP/1.1\r\nHost: x\r\nAuthorization: Negotiate {}", "A".repeat(1_000_000));
    assert!(send(&sim, endless.as_bytes()).await.status.starts_with("HTTP/1.1 431"));
    assert_eq!(sim.handshakes(), 0);
}

#[tokio::test]
async fn a_refusal_is_in_the_journal_with_its_reason_and_without_the_name() {
    let sim = host(&[]).await;
    connect(&sim).await.ntlm(&Initiator { password: "hunter2", ..OPERATOR }).await;
    let entry = sim.journal().pop().unwrap();
    assert_eq!(
        (entry.user.as_ref(), entry.mechanism, &entry.outcome),
        (None, None, &RequestOutcome::Refused { status: 401 })
    );
    assert!(!format!("{entry:?}{sim:?}").contains("hunter2"));
    assert!(!format!("{sim:?}").contains("correct-horse"));
}

#[tokio::test]
async fn a_keytab_that_cannot_be_used_is_said_at_the_start() {
    let lab = DEFAULT_HOST.replace("auth = [\"negotiate\"]", "keytab = \"/nowhere/host.keytab\"");
    let error = Simulator::from_lab_text(&lab).unwrap().start().await.unwrap_err();
    assert_eq!(error.to_string(), "the keytab of the lab cannot be used");
    assert!(std::error::Error::source(&error).is_some(), "and why");
}
