//! Sources of tickets, errors without one, and the fallback to NTLM: with a real KDC and a foreign host.

use hvsnap::{Credentials, Secret};
use serde_json::json;

use crate::foreign::{Host, PASSWORD, Realm, Rows, Way, told};

fn secret() -> Secret {
    Secret::new(PASSWORD)
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn a_ticket_comes_from_a_cache_a_keytab_or_a_password() {
    let realm = Realm::started();
    let [kerberos, negotiate] = Way::kerberos();
    let batch = || Some("batch@HVSNAP.TEST".to_owned());
    let keytab = realm.path("batch.keytab");
    let cases = [
        ("the default cache", &kerberos, Credentials::kerberos_ticket(), "ops"),
        ("a cache that is named", &kerberos, Credentials::kerberos_cache(realm.cache("ops")), "ops"),
        ("a keytab", &kerberos, Credentials::kerberos_keytab(keytab.as_str(), batch()), "batch"),
        ("a keytab, its first key", &kerberos, Credentials::kerberos_keytab(keytab, None), "batch"),
        ("a password", &kerberos, Credentials::kerberos("ops@HVSNAP.TEST", secret()), "ops"),
        ("a password, the realm left out", &kerberos, Credentials::kerberos("ops", secret()), "ops"),
        ("the default cache", &negotiate, Credentials::negotiate_ticket(), "ops"),
        ("a password", &negotiate, Credentials::negotiate("ops@HVSNAP.TEST", secret()), "ops"),
    ];
    let mut rows = Rows::default();
    for (case, way, credentials, user) in cases {
        let way = way.of(credentials);
        let mut host = Host::start(&way, json!({}));
        let client = host.client(&way.credentials);
        let answers = format!("{} {}", told(client.identify().await), told(client.identify().await));
        let report = host.report();
        let seen = format!("{answers}, {}, {}", report.words("callers").join(" "), report.summary());
        let expected =
            format!("answered answered, {user}@HVSNAP.TEST, kerberos, connections 1, handshakes 1");
        rows.row(&way.scheme, &format!("ticket from {case}"), &expected, &seen);
    }
    rows.end();
}

/// The case, the credentials, a service principal other than the host's, and the expected result.
type Case<'c> = (&'c str, Credentials, Option<&'c str>, &'c str);

async fn outcomes(way: &Way, cases: Vec<Case<'_>>, rows: &mut Rows) {
    for (case, credentials, principal, expected) in cases {
        let mut host = Host::start(way, json!({}));
        let mut builder = host.builder(host.port(), &credentials);
        if let Some(principal) = principal {
            builder = builder.service_principal(principal.parse().unwrap());
        }
        let told = told(builder.build().unwrap().identify().await);
        let report = host.report();
        let seen = format!("{told}, legs {}, {}", report.number("legs"), report.summary());
        rows.row(&way.scheme, case, expected, &seen);
    }
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn without_a_ticket_kerberos_says_why_and_sends_nothing() {
    let realm = Realm::started();
    let [kerberos, negotiate] = Way::kerberos();
    let mut rows = Rows::default();
    let cases: Vec<Case<'_>> = vec![
        (
            "the ticket has expired",
            Credentials::kerberos_cache(realm.cache("expired")),
            None,
            "nothing changed: no authentication with the host: the Kerberos ticket has expired",
        ),
        (
            "no ticket",
            Credentials::kerberos_cache(realm.cache("none")),
            None,
            "nothing changed: no authentication with the host: there is no Kerberos ticket",
        ),
        (
            "SPN that the KDC does not know",
            kerberos.credentials.clone(),
            Some("HTTP/nowhere.hvsnap.test"),
            "nothing changed: no authentication with the host: the KDC does not know the service",
        ),
        (
            "KDC down",
            Credentials::kerberos("ops@DOWN.TEST", secret()),
            None,
            "nothing changed: no authentication with the host: no KDC of the realm can be reached",
        ),
        (
            "wrong password",
            Credentials::kerberos("ops@HVSNAP.TEST", Secret::new("wrong")),
            None,
            "nothing changed: no authentication with the host: the KDC refuses the password or key of this user",
        ),
        (
            "unknown user",
            Credentials::kerberos("nobody@HVSNAP.TEST", secret()),
            None,
            "nothing changed: no authentication with the host: the KDC does not know this user",
        ),
        (
            "keytab without the user's key",
            Credentials::kerberos_keytab(realm.path("batch.keytab"), Some("ops@HVSNAP.TEST".to_owned())),
            None,
            "nothing changed: no authentication with the host: there is no usable key in the keytab",
        ),
    ];
    outcomes(&kerberos, cases, &mut rows).await;
    // A host with the keys of another account cannot read the ticket.
    let mut host = Host::start(&kerberos, json!({ "keytab": realm.path("localhost.keytab") }));
    let told = told(host.client(&kerberos.credentials).identify().await);
    let seen = format!("{}; {told}", host.report().refused().join(", "));
    let expected = "leg: GSSError; nothing changed: the host did not accept the Kerberos ticket";
    rows.row(&kerberos.scheme, "SPN that is another host's", expected, &seen);
    // A password refused by the KDC is not tried with NTLM: the host receives no token at all.
    let wrong = Credentials::negotiate("ops@HVSNAP.TEST", Secret::new("wrong"));
    let told =
        "nothing changed: no authentication with the host: the KDC refuses the password or key of this user";
    outcomes(&negotiate, vec![("wrong password: NTLM is not tried", wrong, None, told)], &mut rows).await;
    rows.end();
}

#[tokio::test]
#[ignore = "needs a foreign peer; tests/interop/run.py brings it"]
async fn negotiation_falls_back_where_kerberos_cannot_be_had() {
    let [_, negotiate] = Way::kerberos();
    let ntlm = "answered, legs 2, ntlm, connections 1, handshakes 1";
    let mut rows = Rows::default();
    let cases: Vec<Case<'_>> = vec![
        ("KDC down: NTLM", Credentials::negotiate("ops@DOWN.TEST", secret()), None, ntlm),
        (
            "SPN that the KDC does not know: NTLM",
            Credentials::negotiate("ops@HVSNAP.TEST", secret()),
            Some("HTTP/nowhere.hvsnap.test"),
            ntlm,
        ),
        ("user that no realm has: NTLM", Credentials::negotiate(r"LAB\operator", secret()), None, ntlm),
    ];
    outcomes(&negotiate, cases, &mut rows).await;
    rows.end();
}
