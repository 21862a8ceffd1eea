//! Messages changed, repeated or lost in transit, and lying hosts: each side detects it by itself.

use serde_json::json;

use crate::foreign::{Host, Rows, Way, told};

/// The case, the fault and its place, and the expected result.
type Case<'c> = (&'c str, &'c str, u64, &'c str);

/// Changes towards pyspnego: its verdict on the message, then the client's reports for four requests.
async fn refused_by_the_host(ways: &[Way], cases: &[Case<'_>]) {
    let mut rows = Rows::default();
    for way in ways {
        for (case, mischief, nth, expected) in cases {
            let options = json!({ "mischief": { "do": mischief, "nth": nth } });
            let mut host = Host::start(way, options);
            let client = host.client(&way.untried());
            let mut last = String::new();
            for _ in 0..3 {
                last = told(client.identify().await);
                if last != "answered" {
                    break;
                }
            }
            let report = host.report();
            let struck = if report.number("mischief") == 1 { "" } else { "no mischief; " };
            let seen = format!("{struck}{}; {last}", report.refused().join(", "));
            rows.row(&way.scheme, case, expected, &seen);
        }
    }
    rows.end();
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn what_was_changed_on_its_way_is_refused_by_the_host_with_ntlm() {
    let legs: &[Case<'_>] = &[
        (
            "to the host: integrity code (MIC) changed",
            "spoil-integrity-code",
            0,
            "leg: InvalidTokenError; nothing changed: the host did not accept",
        ),
        (
            "to the client: challenge changed, seen by the host in the MIC",
            "spoil-challenge-version",
            0,
            "leg: InvalidTokenError; nothing changed: the host did not accept",
        ),
    ];
    refused_by_the_host(&Way::ntlm(), legs).await;
    let [_, spnego] = Way::ntlm();
    let list: &[Case<'_>] = &[(
        "to the host: mechListMIC changed",
        "spoil-list-signature",
        0,
        "leg: BadMICError; nothing changed: the host did not accept",
    )];
    refused_by_the_host(&[spnego], list).await;
    // The sequence number is part of the signature.
    changed_requests(&Way::ntlm(), ["request: BadMICError; answered"; 2]).await;
}

/// Each change ends the session for the host; the client then authenticates again on another connection, because it is a read.
async fn changed_requests(ways: &[Way], [twice, lost]: [&str; 2]) {
    let changed = "request: BadMICError; answered";
    let cases = [
        ("to the host: sealed request changed", "spoil-request", 1, changed),
        ("to the host: signature changed", "spoil-request-signature", 1, changed),
        ("to the host: sealed request twice", "repeat-request", 1, twice),
        ("to the host: sealed request lost", "lose-request", 1, lost),
    ];
    refused_by_the_host(ways, &cases).await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn what_was_changed_on_its_way_is_refused_by_the_host_with_kerberos() {
    let refused = "leg: GSSError; nothing changed: the host did not accept the Kerberos ticket";
    let tokens = [
        ("to the host: token changed", "spoil-token", 0, refused),
        ("to the host: token twice", "repeat-token", 0, refused),
    ];
    refused_by_the_host(&Way::kerberos(), &tokens).await;
    let own_words = ["request: DuplicateTokenError; answered", "request: TokenTooEarlyError; answered"];
    changed_requests(&Way::kerberos(), own_words).await;
}

/// The first of three requests that is not answered, and its error.
async fn refused_by_the_client(ways: &[Way], cases: &[Case<'_>]) {
    let mut rows = Rows::default();
    for way in ways {
        for (case, mischief, nth, expected) in cases {
            let options = json!({ "mischief": { "do": mischief, "nth": nth } });
            let mut host = Host::start(way, options);
            let client = host.client(&way.untried());
            let mut seen = String::new();
            for _ in 0..3 {
                seen = told(client.identify().await);
                if seen != "answered" {
                    break;
                }
            }
            if host.report().number("mischief") != 1 {
                seen = format!("no mischief; {seen}");
            }
            rows.row(&way.scheme, case, expected, &seen);
        }
    }
    rows.end();
}

/// The errors for a host that lies within a session.
const SESSION: &[Case<'_>] = &[
    (
        "from the host: sealed answer changed",
        "spoil-answer",
        1,
        "nothing changed: the host sent a sealed message with a wrong signature",
    ),
    (
        "from the host: signature changed",
        "spoil-answer-signature",
        1,
        "nothing changed: the host sent a sealed message with a wrong signature",
    ),
    (
        "from the host: sealed answer twice",
        "repeat-answer",
        1,
        "nothing changed: the host sent a sealed message out of sequence",
    ),
    (
        "from the host: sealed answer left out",
        "lose-answer",
        1,
        "nothing changed: the host sent a sealed message out of sequence",
    ),
    (
        "from the host: plain answer to a sealed request",
        "answer-plain",
        1,
        "nothing changed: the host sent an answer in plain text to a sealed request",
    ),
    (
        "from the host: Length that lies",
        "answer-length",
        1,
        "nothing changed: the host sent a sealed answer whose length is not the announced one",
    ),
    (
        "from the host: signature of 2 GiB",
        "answer-frame",
        1,
        "nothing changed: the host sent a sealed answer with a broken frame",
    ),
    (
        "from the host: another sealing protocol",
        "answer-protocol",
        1,
        "nothing changed: the host sent an answer sealed in another way than negotiated",
    ),
    ("identity lost in the session, a read", "identity-lost", 1, "answered"),
    ("connection dropped in the session, a read", "drop-request", 1, "answered"),
];

/// A host that has not proven its identity.
async fn unproven(ways: &[Way], offence: &str) {
    let offence = format!("nothing changed: the host sent {offence}");
    let early =
        "nothing changed: no authentication with the host: the host ended the authentication before it was";
    let cases = [
        ("from the host: last token changed", "spoil-proof", 0, offence.as_str()),
        ("from the host: last token left out", "no-proof", 0, early),
    ];
    refused_by_the_client(ways, &cases).await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn a_host_that_lies_is_found_out_with_ntlm() {
    refused_by_the_client(&Way::ntlm(), SESSION).await;
    for (way, unreadable) in Way::ntlm().iter().zip(["an NTLM message", "an SPNEGO token"]) {
        let unreadable = format!("nothing changed: the host sent {unreadable} that cannot be read");
        let challenges = [
            ("from the host: challenge cut in half", "challenge-in-pieces", 0, unreadable.as_str()),
            (
                "from the host: challenge with 10,000 pairs",
                "challenge-without-end",
                0,
                "nothing changed: the host sent too much NTLM target information",
            ),
            (
                "from the host: two challenges at once",
                "two-tokens",
                0,
                "nothing changed: the host sent several authentication tokens at a time",
            ),
            (
                "connection closed with the challenge",
                "close-with-challenge",
                0,
                "nothing changed: the host sent the end of the connection in the middle of its authentication",
            ),
            ("connection dropped after the challenge, a read", "drop-after-challenge", 0, "answered"),
        ];
        refused_by_the_client(std::slice::from_ref(way), &challenges).await;
    }
    let [_, spnego] = Way::ntlm();
    unproven(&[spnego], "a wrong signature under the list of authentication mechanisms").await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn a_host_that_lies_is_found_out_with_kerberos() {
    refused_by_the_client(&Way::kerberos(), SESSION).await;
    unproven(&Way::kerberos(), "a Kerberos token that cannot be read").await;
}

async fn of_another(ways: &[Way]) {
    let mut rows = Rows::default();
    for way in ways {
        let mut host = Host::start(way, json!({ "mischief": { "do": "answer-of-another" } }));
        let first = told(host.client(&way.untried()).identify().await);
        let second = told(host.client(&way.untried()).identify().await);
        assert_eq!(host.report().number("mischief"), 1);
        let expected = "answered, nothing changed: the host sent a sealed message with a wrong signature";
        rows.row(
            &way.scheme,
            "from the host: answer of another session",
            expected,
            &format!("{first}, {second}"),
        );
    }
    rows.end();
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn an_answer_of_another_session_is_found_out_with_ntlm() {
    of_another(&Way::ntlm()).await;
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn an_answer_of_another_session_is_found_out_with_kerberos() {
    of_another(&Way::kerberos()).await;
}
