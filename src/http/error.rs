//! Errors between the request and its answer, and whether any of the request was written.
//!
//! `client` derives the effect on the host from this.

use std::{error::Error, fmt, io, sync::Arc, time::Duration};

use super::{
    NotSoap, foreign,
    proxy::ProxyConfig,
    single_connection::{ConnectionGone, ConnectionHeld},
    tls::{TlsProblem, asks_late, other_certificate, plain},
};
use crate::{
    auth::{AuthError, CredentialsError},
    clock::shown,
    violation::Violation,
};

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct HttpError {
    /// Host and port.
    authority: Arc<str>,
    kind: HttpErrorKind,
    written: Written,
    source: Option<Box<dyn Error + Send + Sync>>,
    retry_after: Option<Duration>,
}

/// How much of the request the host may have received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// The host cannot have acted on the request: nothing of its body was written.
    Nothing,
    /// Some or all of the request may have been written: the host may have acted on it.
    Maybe,
}

/// The kinds of [`HttpError`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HttpErrorKind {
    /// The scheme cannot carry these credentials.
    Credentials(CredentialsError),
    /// The scheme would expose the password to the network.
    PlaintextRefused { scheme: &'static str },
    /// A client certificate can be presented in TLS only.
    CertificateNeedsTls,
    /// A proxy keeps a connection together only in a tunnel, which requires TLS.
    ProxyNeedsTls,
    /// The trusted certificates could not be loaded.
    TrustRoots,
    /// The client certificate does not match its key, or has an unsupported form.
    ClientCertificate,
    /// The connection could not be prepared.
    Setup,
    /// The proxy cannot be reached, or refuses a tunnel to the host.
    Proxy(String),
    /// The host's name cannot be resolved.
    NameResolution,
    /// Connection refused: nothing listens there.
    ConnectRefused,
    /// No route to host.
    Unreachable,
    /// An error of the certificates or the handshake.
    Tls(TlsProblem),
    /// No connection within this time.
    ConnectTimedOut(Duration),
    /// No complete answer within this time.
    AnswerTimedOut(Duration),
    /// The caller's deadline passed before the answer was complete.
    CutOff,
    /// The connection ended before the answer was complete.
    ConnectionLost,
    /// The answer violates the protocol.
    Violation(Violation),
    /// The exchange of authentication tokens failed.
    Authentication(AuthError),
    /// Status 401: the scheme tried, the mechanism in it, and the schemes that the host offers.
    NotAuthenticated { tried: &'static str, mechanism: &'static str, offered: Vec<String> },
    /// The host requested a client certificate only after the handshake, which is not supported.
    ClientCertificateLate(Late),
    /// During authentication the host answered with this status, which neither accepts nor refuses.
    AuthenticationStatus(u16),
    /// During authentication the answer came from something other than a WS-Management service.
    NotSoap(NotSoap),
    /// The host answers plain HTTP with TLS.
    SpeaksTls,
    /// Status 401, or 400 without a reason, on a connection that was authenticated.
    IdentityLost(u16),
}

/// How the host showed that it requests client certificates after the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// The host asked for one after the request.
    Asked,
    /// It requested no client certificate in the handshake, and answered with this status.
    Status(u16),
    /// It requested no client certificate in the handshake, and closed the connection.
    Ended,
}

impl HttpError {
    pub(super) fn new(authority: &Arc<str>, kind: HttpErrorKind, written: Written) -> Self {
        Self { authority: Arc::clone(authority), kind, written, source: None, retry_after: None }
    }

    /// Adds the cause in plain words. The libraries in between only report that a request failed.
    pub(super) fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(foreign::told(&*source.into()).into());
        self
    }

    pub(super) fn with_written(self, written: Written) -> Self {
        Self { written, ..self }
    }

    pub(super) fn with_kind(self, kind: HttpErrorKind) -> Self {
        Self { kind, ..self }
    }

    pub(super) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        Self { retry_after, ..self }
    }

    /// The time to wait that the host asks for.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    pub(crate) fn kind(&self) -> &HttpErrorKind {
        &self.kind
    }

    pub(crate) fn written(&self) -> Written {
        self.written
    }

    /// Interprets an error of reqwest.
    pub(super) fn from_reqwest(
        authority: &Arc<str>,
        error: reqwest::Error,
        connect: Duration,
        proxy: Option<&ProxyConfig>,
    ) -> Self {
        let (kind, written) = if error.is_connect() {
            (connect_kind(&error, connect, proxy), Written::Nothing)
        } else {
            exchange_kind(&error)
        };
        let other = find::<rustls::Error>(&error).and_then(other_certificate);
        let named = Self::new(authority, kind, written);
        match (other, find::<rustls::Error>(&error)) {
            (Some(other), _) => named.with_source(other),
            (None, Some(cause)) => named.with_tls_source(cause),
            (None, None) if is_cut_off(&error) => {
                named.with_source("the TLS connection was not closed, but cut off")
            }
            // Our own text already contains the URL.
            (None, None) => named.with_source(error.without_url()),
        }
    }

    /// Adds the cause in plain words; rustls' own text goes to the log.
    pub(super) fn with_tls_source(self, error: &rustls::Error) -> Self {
        tracing::debug!(%error, "TLS");
        match plain(error) {
            Some(text) => self.with_source(text),
            None => self,
        }
    }
}

/// True if the connection is open and was kept for the next request.
pub(super) fn is_held(error: &reqwest::Error) -> bool {
    find::<ConnectionHeld>(error).is_some()
}

fn connect_kind(error: &reqwest::Error, limit: Duration, proxy: Option<&ProxyConfig>) -> HttpErrorKind {
    if let Some(problem) = find::<rustls::Error>(error).map(TlsProblem::from) {
        return HttpErrorKind::Tls(problem);
    }
    if error.is_timeout() {
        return HttpErrorKind::ConnectTimedOut(limit);
    }
    if let Some(proxy) = proxy
        && find::<ConnectionGone>(error).is_none()
    {
        return HttpErrorKind::Proxy(proxy.to_string());
    }
    if error.is_dns() {
        return HttpErrorKind::NameResolution;
    }
    let cause = find::<io::Error>(error);
    if cause.and_then(io::Error::raw_os_error) == Some(NO_DEVICE) {
        return HttpErrorKind::Unreachable;
    }
    match cause.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => HttpErrorKind::ConnectRefused,
        Some(
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::PermissionDenied,
        ) => HttpErrorKind::Unreachable,
        _ => HttpErrorKind::ConnectionLost,
    }
}

/// `ENODEV` on Linux and macOS: the zone of the address names no network interface.
const NO_DEVICE: i32 = 19;

fn exchange_kind(error: &reqwest::Error) -> (HttpErrorKind, Written) {
    if find::<rustls::Error>(error).is_some_and(asks_late) {
        return (HttpErrorKind::ClientCertificateLate(Late::Asked), Written::Maybe);
    }
    if let Some(problem) = find::<rustls::Error>(error).map(TlsProblem::from) {
        return (HttpErrorKind::Tls(problem), Written::Maybe);
    }
    match find::<hyper::Error>(error) {
        // hyper returns a request that it has not started, and only then calls it cancelled.
        Some(error) if error.is_canceled() => (HttpErrorKind::ConnectionLost, Written::Nothing),
        Some(error) if error.is_parse() => (HttpErrorKind::Violation(Violation::BadHttp), Written::Maybe),
        _ => (HttpErrorKind::ConnectionLost, Written::Maybe),
    }
}

/// True if a TLS connection ended without the closing alert (RFC 8446, section 6.1). The text of rustls for this refers to its
/// own manual.
fn is_cut_off(error: &reqwest::Error) -> bool {
    find::<io::Error>(error).is_some_and(|cause| {
        cause.kind() == io::ErrorKind::UnexpectedEof && cause.to_string().contains("close_notify")
    })
}

/// The first cause of type `E`, also inside an [`io::Error`], which does not report the wrapped error as its source.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref() {
            return Some(found);
        }
        next = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    None
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.authority;
        match &self.kind {
            HttpErrorKind::Credentials(_) => f.write_str("the credentials cannot be used"),
            HttpErrorKind::PlaintextRefused { scheme } => {
                write!(
                    f,
                    "{scheme} authentication with {at} without TLS would show the password to the network"
                )
            }
            HttpErrorKind::CertificateNeedsTls => {
                write!(f, "a client certificate cannot be shown to {at} without TLS")
            }
            HttpErrorKind::ProxyNeedsTls => {
                write!(f, "NTLM and Kerberos through a proxy need TLS to {at}")
            }
            HttpErrorKind::ClientCertificate => f.write_str("the client certificate cannot be used"),
            HttpErrorKind::Proxy(proxy) => write!(f, "the proxy {proxy} opens no tunnel to {at}"),
            HttpErrorKind::TrustRoots => f.write_str("the trusted certificates cannot be loaded"),
            HttpErrorKind::Setup => write!(f, "a connection with {at} cannot be prepared"),
            HttpErrorKind::NameResolution => write!(f, "no address is known for {at}"),
            HttpErrorKind::ConnectRefused => write!(f, "{at} refused the connection"),
            HttpErrorKind::Unreachable => write!(f, "no route to {at}"),
            HttpErrorKind::Tls(problem) => write!(f, "no TLS connection with {at}: {problem}"),
            HttpErrorKind::ConnectTimedOut(limit) => {
                write!(f, "{at} did not accept a connection within {}", shown(*limit))
            }
            HttpErrorKind::AnswerTimedOut(limit) => write!(f, "{at} did not answer within {}", shown(*limit)),
            HttpErrorKind::CutOff => write!(f, "timed out; {at} had not answered"),
            HttpErrorKind::ConnectionLost => match self.written {
                Written::Nothing => write!(f, "the connection with {at} ended before the request was sent"),
                Written::Maybe => write!(f, "the connection with {at} ended before the answer was complete"),
            },
            HttpErrorKind::Violation(violation) => write!(f, "{at} sent {violation}"),
            HttpErrorKind::Authentication(_) => write!(f, "no authentication with {at}"),
            HttpErrorKind::AuthenticationStatus(status) => {
                write!(f, "{at} answered with HTTP status {status} and no message")
            }
            HttpErrorKind::NotSoap(what) => write!(f, "{at} answered with {what}, not with SOAP"),
            HttpErrorKind::SpeaksTls => write!(f, "{at} speaks TLS, not plain HTTP"),
            HttpErrorKind::IdentityLost(status) => {
                write!(f, "{at} no longer knows the user of an authenticated connection (status {status})")
            }
            HttpErrorKind::ClientCertificateLate(late) => match late {
                Late::Asked => {
                    write!(
                        f,
                        "{at} asks for a client certificate after the request, not in the TLS handshake"
                    )
                }
                Late::Status(status) => write!(
                    f,
                    "{at} did not ask for the client certificate in the TLS handshake, and answered with status {status}"
                ),
                Late::Ended => write!(
                    f,
                    "{at} did not ask for the client certificate in the TLS handshake, and ended the connection"
                ),
            },
            HttpErrorKind::NotAuthenticated { tried, mechanism, offered } => {
                not_authenticated(f, at, tried, mechanism, offered)
            }
        }
    }
}

fn not_authenticated(
    f: &mut fmt::Formatter<'_>,
    at: &str,
    tried: &str,
    mechanism: &str,
    offered: &[String],
) -> fmt::Result {
    if mechanism == "certificate" {
        // A client certificate is not an HTTP scheme, so hosts do not list it among their challenges.
        return write!(f, "{at} did not accept the client certificate");
    }
    let what = if mechanism == "Kerberos" { "the Kerberos ticket" } else { "the user or the password" };
    let how = if mechanism == tried { String::new() } else { format!("{mechanism} in ") };
    let all = offered.join(", ");
    if offered.iter().any(|scheme| scheme.eq_ignore_ascii_case(tried)) {
        write!(f, "{at} did not accept {what} ({how}{tried} authentication; it offers {all})")
    } else if offered.is_empty() {
        write!(f, "{at} did not accept {tried} authentication and offers no other")
    } else {
        write!(f, "{at} does not offer {tried} authentication, only {all}")
    }
}

impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            HttpErrorKind::Credentials(error) => Some(error),
            HttpErrorKind::Authentication(error) => Some(error),
            _ => self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source }),
        }
    }
}
