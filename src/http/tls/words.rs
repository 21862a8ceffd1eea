//! Describes a failed handshake in plain words; the texts of rustls use the names of its own types.
//!
//! Returns only details that [`TlsProblem`](super::TlsProblem) does not contain. Follows RFC 8446, section 6.

use std::{fmt::Write as _, time::Duration};

use rustls::{CertificateError, Error, pki_types::UnixTime};

/// The details of an error; `None` if none of them help a user.
pub(in crate::http) fn plain(error: &Error) -> Option<String> {
    match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::AlertReceived(alert) => {
            Some(format!("the host sent TLS alert {} (RFC 8446, section 6)", u8::from(*alert)))
        }
        Error::PeerMisbehaved(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. } => Some("the host breaks the rules of TLS".to_owned()),
        Error::DecryptError => Some("a message of the host cannot be decrypted".to_owned()),
        Error::InconsistentKeys(_) => Some("certificate and key do not belong together".to_owned()),
        Error::NoCertificatesPresented => Some("the host shows no certificate".to_owned()),
        Error::General(text) => Some(text.clone()),
        _ => None,
    }
}

fn certificate(error: &CertificateError) -> Option<String> {
    match error {
        CertificateError::NotValidForNameContext { expected, presented } if !presented.is_empty() => {
            Some(format!("it is for {}, not for {}", names(presented), expected.to_str()))
        }
        CertificateError::ExpiredContext { time, not_after } => {
            let ago = between(*not_after, *time);
            Some(format!("it expired {ago} ago, by the clock of this computer"))
        }
        CertificateError::NotValidYetContext { time, not_before } => {
            let left = between(*time, *not_before);
            Some(format!("it becomes valid in {left}, by the clock of this computer"))
        }
        _ => None,
    }
}

/// The number of names listed.
const SHOWN: usize = 5;

/// Names in the form of rustls, each wrapped in its kind: `DnsName("hv01")`, `IpAddress(192.0.2.1)`.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(name);
        inner.trim_matches('"').to_owned()
    };
    let mut list = presented.iter().take(SHOWN).map(bare).collect::<Vec<_>>().join(", ");
    if let Some(more) = presented.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        // Writing to a `String` cannot fail.
        let _ = write!(list, " and {more} more");
    }
    list
}

fn between(earlier: UnixTime, later: UnixTime) -> String {
    let passed = Duration::from_secs(later.as_secs().saturating_sub(earlier.as_secs()));
    match passed.as_secs() {
        0..=7_199 => format!("{} minutes", passed.as_secs() / 60),
        7_200..=172_799 => format!("{} hours", passed.as_secs() / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, OtherError, PeerMisbehaved, pki_types::ServerName};

    use super::*;

    #[test]
    fn details_are_plain_words_without_the_names_of_types() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let localhost = ServerName::try_from("localhost").unwrap();
        let for_names = |presented: &[&str]| CertificateError::NotValidForNameContext {
            expected: localhost.to_owned(),
            presented: presented.iter().map(ToString::to_string).collect(),
        };
        let other = OtherError(std::sync::Arc::new(std::fmt::Error));
        for (error, told) in [
            (Error::from(CertificateError::UnknownIssuer), None),
            (Error::from(CertificateError::Other(other)), None),
            (for_names(&[]).into(), None),
            (
                for_names(&["DnsName(\"hv01.corp.example\")", "IpAddress(192.0.2.1)"]).into(),
                Some("it is for hv01.corp.example, 192.0.2.1, not for localhost"),
            ),
            (
                for_names(&["a", "b", "c", "d", "e", "f"]).into(),
                Some("it is for a, b, c, d, e and 1 more, not for localhost"),
            ),
            (
                CertificateError::ExpiredContext { time: at(864_000), not_after: at(0) }.into(),
                Some("it expired 10 days ago, by the clock of this computer"),
            ),
            (
                CertificateError::NotValidYetContext { time: at(0), not_before: at(7_200) }.into(),
                Some("it becomes valid in 2 hours, by the clock of this computer"),
            ),
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                Some("the host sent TLS alert 40 (RFC 8446, section 6)"),
            ),
            (
                Error::PeerMisbehaved(PeerMisbehaved::TooManyRenegotiationRequests),
                Some("the host breaks the rules of TLS"),
            ),
            (Error::General("the platform says no".to_owned()), Some("the platform says no")),
        ] {
            assert_eq!(plain(&error).as_deref(), told, "{error}");
        }
    }
}
