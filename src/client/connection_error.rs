//! The public face of what goes wrong on the way to a host and back.
//!
//! It never shows a type of the HTTP library. Whether the host may have acted is the [`Effect`](crate::Effect) of the error
//! that holds this one.

use std::fmt;

use crate::http::{HttpError, HttpErrorKind, TlsProblem};

/// Why there is no answer of the host.
#[derive(Debug)]
pub struct ConnectionError(pub(crate) HttpError);

impl ConnectionError {
    /// True if the host did not accept the user or the scheme.
    pub fn is_authentication(&self) -> bool {
        matches!(
            self.0.kind(),
            HttpErrorKind::NotAuthenticated { .. }
                | HttpErrorKind::AuthenticationStatus(_)
                | HttpErrorKind::IdentityLost(_)
                | HttpErrorKind::Authentication(_)
                | HttpErrorKind::Credentials(_)
                | HttpErrorKind::PlaintextRefused { .. }
        )
    }

    /// True if the TLS handshake failed.
    pub fn is_tls(&self) -> bool {
        matches!(self.0.kind(), HttpErrorKind::Tls(_))
    }

    /// The schemes that the host offers, if it said so.
    pub fn offered_schemes(&self) -> &[String] {
        match self.0.kind() {
            HttpErrorKind::NotAuthenticated { offered, .. } => offered,
            _ => &[],
        }
    }

    /// What to try, if something can be said.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        Some(match self.0.kind() {
            HttpErrorKind::NotAuthenticated { tried, mechanism, offered } => {
                if *mechanism != "certificate"
                    && !offered.iter().any(|scheme| scheme.eq_ignore_ascii_case(tried))
                {
                    return Some(not_offered(tried));
                }
                refused(mechanism)
            }
            HttpErrorKind::Authentication(error) => return error.hint(),
            HttpErrorKind::AuthenticationStatus(403..=405) => {
                "check the path of the address; WinRM answers at /wsman"
            }
            HttpErrorKind::CertificateNeedsTls | HttpErrorKind::ProxyNeedsTls => {
                "use TLS (--tls, or an https:// address)"
            }
            HttpErrorKind::Proxy(_) => {
                "check the proxy's address, and that it allows a tunnel (CONNECT) to that port without authentication"
            }
            HttpErrorKind::ClientCertificate => {
                "give certificate and key that belong together, as PEM (RSA, ECDSA or Ed25519)"
            }
            HttpErrorKind::PlaintextRefused { .. } => {
                "use TLS (--tls, or an https:// address), so that nobody on the way can read the password"
            }
            HttpErrorKind::NameResolution => "check the host's name",
            HttpErrorKind::ConnectRefused
            | HttpErrorKind::ConnectTimedOut(_)
            | HttpErrorKind::Unreachable => {
                "check name and port; WinRM listens on 5985 (HTTP) or 5986 (HTTPS) once `winrm quickconfig` was run there"
            }
            HttpErrorKind::Tls(problem) => return distrusted(*problem),
            _ => return None,
        })
    }
}

fn not_offered(tried: &str) -> &'static str {
    match tried {
        "Basic" => "Basic is off on a Windows host until somebody allows it; try --auth negotiate",
        "Kerberos" => {
            "the host does not allow Kerberos; --auth negotiate takes it where it can be had, and NTLM elsewhere"
        }
        _ => "the host does not allow this scheme; choose one that it offers (--auth)",
    }
}

fn refused(mechanism: &str) -> &'static str {
    match mechanism {
        "NTLM" => {
            "check user and password (HOST\\user for a local account, DOMAIN\\user for another); the account may be \
             locked, not allowed to log on over the network, or NTLM be forbidden to it; with TLS, something on the way \
             that shows a certificate of its own breaks the channel binding, and so does a host clock far off"
        }
        "Kerberos" => {
            "check that the clocks agree, that the ticket has not expired (klist), and that the service principal belongs \
             to the host that answers; with TLS, something on the way that shows a certificate of its own breaks the \
             channel binding"
        }
        "certificate" => {
            "allow certificates on the host (winrm set winrm/config/service/auth @{Certificate=\"true\"}), map this one to \
             an account (WSMan:\\localhost\\ClientCertificate), and let its binding ask for it in the handshake \
             (netsh http add sslcert ... clientcertnegotiation=enable)"
        }
        _ => "check user and password; a local account may need its host's name in front (HOST\\user)",
    }
}

fn distrusted(problem: TlsProblem) -> Option<&'static str> {
    Some(match problem {
        TlsProblem::UnknownIssuer => {
            "give the certificate authority that signed the host's certificate (--ca-file), or pin its fingerprint"
        }
        TlsProblem::WrongName => {
            "use the name that the certificate is for as the address, or give it as the server name"
        }
        TlsProblem::NoName => {
            "give the host a certificate with a subject alternative name; until then its fingerprint can be pinned"
        }
        TlsProblem::WeakSignature => {
            "give the host a certificate that is signed with SHA-256; until then its fingerprint can be pinned"
        }
        TlsProblem::Expired | TlsProblem::NotYetValid => "check the clocks, and renew the host's certificate",
        TlsProblem::WrongFingerprint => {
            "if the host has a new certificate, pin that one; if not, something else answers in its place"
        }
        TlsProblem::NothingInCommon => {
            "allow TLS 1.2 with ECDHE and AES-GCM, or TLS 1.3, on the host (before Windows Server 2016 its defaults have \
             CBC with RSA certificates only: an ECDSA certificate helps); without TLS, messages are sealed by NTLM or Kerberos"
        }
        TlsProblem::ClientCertificateWanted => "give a client certificate",
        TlsProblem::ClientCertificateRefused => {
            "the host must trust the authority of the client certificate, and map the certificate to an account"
        }
        TlsProblem::NotTls => "check the port; WinRM speaks TLS on 5986 and plain HTTP on 5985",
        _ => return None,
    })
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ConnectionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0)
    }
}
