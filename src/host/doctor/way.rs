//! The connection to the host and the logon: name, TCP, TLS, schemes, authentication, encryption, clock.
//!
//! Requests before the authentication are anonymous. Kerberos allows five minutes: RFC 4120, section 5.2.3, and the usual default.

use std::time::Duration;

use super::{Subject, Visit};
use crate::{
    auth::AuthError,
    client::{ClientError, ClientErrorKind, ConnectionError, Effect},
    explain::ErrorId,
    host::Error,
    http::{HttpError, HttpErrorKind},
};

/// How far the clocks may differ.
const MOST_SKEW: Duration = Duration::from_secs(300);

const THROUGH_PROXY: &str = "the proxy does it";

impl Visit<'_> {
    pub(super) async fn name(&mut self) {
        let pool = &self.host.client().0.pool;
        if pool.is_proxied() {
            return self.not_checkable(Subject::Name, THROUGH_PROXY);
        }
        match self.probe("resolving the name", pool.resolve()).await {
            Ok(addresses) => {
                self.passed(Subject::Name, addresses.to_string());
                self.addresses = addresses;
            }
            Err(error) => self.failed_all(Subject::Name, error),
        }
    }

    pub(super) async fn connection(&mut self) {
        if self.is_stopped(&[Subject::Connection]) {
            return;
        }
        let pool = &self.host.client().0.pool;
        if pool.is_proxied() {
            return self.not_checkable(Subject::Connection, THROUGH_PROXY);
        }
        match self.probe("opening a connection", pool.reach(self.addresses.clone())).await {
            Ok(place) => self.passed(Subject::Connection, format!("{place} accepts a connection")),
            Err(error) => self.failed_all(Subject::Connection, error),
        }
    }

    pub(super) async fn tls(&mut self) {
        if self.is_stopped(&[Subject::Tls]) {
            return;
        }
        if !self.host.client().endpoint().is_tls() {
            return self.not_checkable(Subject::Tls, "the address is plain HTTP");
        }
        match self.probe("the TLS handshake", self.host.client().0.pool.secure()).await {
            Ok(()) => self.passed(Subject::Tls, "the certificate is accepted"),
            Err(error) => self.failed_all(Subject::Tls, error),
        }
    }

    /// One anonymous request shows the schemes and the time.
    pub(super) async fn greeting(&mut self) {
        if self.is_stopped(&[Subject::Schemes]) {
            return;
        }
        let greeting = match self.probe("asking for the schemes", self.host.client().0.pool.greet()).await {
            Ok(greeting) => greeting,
            Err(error) if error.is_past_deadline() => return self.failed_all(Subject::Schemes, error),
            // Some services close the connection instead of answering.
            Err(error) => {
                let text = format!("the host does not answer an anonymous request: {}", error.kind());
                return self.not_checkable(Subject::Schemes, text);
            }
        };
        self.date = greeting.date.map(|theirs| (theirs, self.host.client().0.clock.wall()));
        self.offered = greeting.schemes;
        match greeting.status {
            404 | 405 | 429 | 502..=504 => {
                let kind = ClientErrorKind::Status(greeting.status);
                let error = ClientError::new(kind, "asking for the schemes", Effect::None);
                self.failed_all(Subject::Schemes, error.into());
            }
            status if self.offered.is_empty() => {
                let text = format!("the host offers no scheme to an anonymous request (status {status})");
                self.not_checkable(Subject::Schemes, text);
            }
            _ => self.passed(Subject::Schemes, format!("the host offers {}", self.offered.join(", "))),
        }
    }

    /// A step that is not a request, within the deadline.
    async fn probe<T>(
        &self,
        during: &str,
        step: impl Future<Output = Result<T, HttpError>>,
    ) -> Result<T, Error> {
        let step = async {
            let lost =
                |error| ClientError::before(ClientErrorKind::Connection(ConnectionError(error)), during);
            step.await.map_err(|error| Error::from(lost(error)))
        };
        self.host.client().0.within(during, step).await
    }

    /// A clock skew is a failure only if it explains a failed logon; otherwise it is a remark.
    pub(super) fn clock(&mut self) {
        let Some((theirs, ours)) = self.date else {
            if matches!(self.stopped, Some(Subject::Name | Subject::Connection | Subject::Tls)) {
                self.is_stopped(&[Subject::Clock]);
                return;
            }
            return self.not_checkable(Subject::Clock, "the host's answer does not hold the time");
        };
        let skew = theirs.abs_diff(ours);
        // The host reports whole seconds.
        let text = match skew.as_secs() {
            0 | 1 => "host and client agree".to_owned(),
            seconds if theirs > ours => format!("the host is {} ahead", length(seconds)),
            seconds => format!("the host is {} behind", length(seconds)),
        };
        if skew <= MOST_SKEW {
            return self.passed(Subject::Clock, text);
        }
        let failed = self.checks.iter().find(|check| check.subject == Subject::Authentication);
        match failed.and_then(|check| check.error.as_ref()) {
            Some(error) if depends_on_clocks(error) => {
                let text = format!("{text}: Kerberos allows five minutes, and certificates have dates");
                self.wrong(Subject::Clock, ErrorId::CLOCK_SKEW, text);
            }
            _ => {
                self.remark(Subject::Clock, format!("{text}: relevant only to Kerberos and certificates"));
            }
        }
    }

    pub(super) async fn authentication(&mut self) {
        const BOTH: [Subject; 2] = [Subject::Authentication, Subject::Encryption];
        if self.is_stopped(&BOTH) {
            return;
        }
        match self.host.client().0.identify_once().await {
            Ok(identity) => {
                let by = self.host.client().authentication();
                let user = self.host.client().0.user.as_deref().unwrap_or("the ticket or certificate given");
                let mut text = match &by {
                    Some(by) => format!("{user}, by {by}"),
                    None => user.to_owned(),
                };
                if let Some(product) = identity.product_version {
                    text = format!("{text}; the host is {product}");
                }
                self.passed(Subject::Authentication, text);
                self.encryption(by.is_some_and(|by| by.is_sealed()));
            }
            Err(error) if error.id() == ErrorId::UNENCRYPTED_REFUSED => {
                let text = "the host refuses unencrypted messages before it looks at the user";
                self.not_checkable(Subject::Authentication, text);
                self.failed_all(Subject::Encryption, error.into());
            }
            Err(error) => {
                self.failed_all(Subject::Authentication, error.into());
                self.is_stopped(&[Subject::Encryption]);
            }
        }
    }

    fn encryption(&mut self, is_sealed: bool) {
        let endpoint = self.host.client().endpoint();
        if endpoint.is_tls() {
            self.passed(Subject::Encryption, "by TLS");
        } else if is_sealed {
            self.passed(Subject::Encryption, "every message is sealed");
        } else if endpoint.is_loopback() && !self.host.client().0.pool.is_proxied() {
            self.passed(Subject::Encryption, "none, and nothing leaves this computer");
        } else {
            let text = "none: the host allows it (AllowUnencrypted), and the password crosses the network in clear text";
            self.wrong(Subject::Encryption, ErrorId::NOT_ENCRYPTED, text);
        }
    }
}

/// Whether the failed logon used Kerberos or a client certificate.
fn depends_on_clocks(error: &Error) -> bool {
    let Some(ClientErrorKind::Connection(ConnectionError(cause))) = error.client().map(ClientError::kind)
    else {
        return false;
    };
    matches!(cause.kind(), HttpErrorKind::Authentication(AuthError::Kerberos(_)))
        || matches!(error.id(), ErrorId::KERBEROS_REFUSED | ErrorId::CERTIFICATE_REFUSED)
}

fn length(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
