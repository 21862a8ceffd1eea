//! The caller of a request, from its `Authorization` header and the connection.
//!
//! NTLM and SPNEGO authenticate a connection once, in legs; Basic and a client certificate each request. Passwords are never
//! logged or returned. Follows RFC 7617, RFC 4559, and MS-WSMV, sections 2.2.9.1 and 3.1.4.1.20.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::StatusCode;

use super::answer::Refusal;
use crate::sim::{
    auth::{Account, Authority, Conversation, Denied, Progress, Scheme, Session},
    endpoint::Caller,
    journal::Mechanism,
};

/// The `Authorization` of clients with a certificate.
const MUTUAL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

/// Longer tokens are ignored: HTTP.sys refuses long header lines too.
const LONGEST: usize = 64 * 1024;

/// The authentication state of a connection.
#[derive(Debug)]
pub(super) struct Identity {
    /// The SHA-256 hash of the certificate from the TLS handshake.
    certificate: Option<[u8; 32]>,
    conversation: Conversation,
    /// The caller authenticated for the whole connection.
    caller: Option<Caller>,
    pub(super) session: Option<Session>,
}

/// The result of a request's header.
#[derive(Debug)]
pub(super) enum Admission {
    /// Anonymous.
    Nobody,
    /// The caller is known; there may be a token to return.
    Known { caller: Caller, token: Option<(Scheme, Vec<u8>)>, is_new: bool },
    /// The exchange continues.
    Challenge(Scheme, Vec<u8>),
}

impl Identity {
    /// The state of a new connection with the client's certificate.
    pub(super) fn of_connection(certificate: Option<[u8; 32]>) -> Self {
        Self { certificate, conversation: Conversation::default(), caller: None, session: None }
    }

    /// Reads the header of a request; `forbidden` means that its body should have been sealed.
    pub(super) fn admit(
        &mut self,
        header: Option<&str>,
        forbidden: bool,
        authority: &Authority,
        now: Duration,
    ) -> Result<Admission, Refusal> {
        let Some(header) = header else {
            return Ok(match &self.caller {
                Some(caller) => Admission::Known { caller: caller.clone(), token: None, is_new: false },
                None => Admission::Nobody,
            });
        };
        let (word, token) = header.split_once(' ').unwrap_or((header, ""));
        let is = |scheme: &str| word.eq_ignore_ascii_case(scheme);
        let on = authority.schemes();
        if is("Basic") && on.basic {
            let account = basic(token, authority).ok_or(Denied::Logon).map_err(unauthorized)?;
            return Ok(known(account, Mechanism::Basic));
        }
        if is(MUTUAL) && on.certificate {
            let hash = self.certificate.as_ref();
            let account = hash.and_then(|hash| authority.by_certificate(hash));
            let account = account.ok_or(Denied::Certificate).map_err(unauthorized)?;
            return Ok(known(account, Mechanism::Certificate));
        }
        let scheme = match (is("Negotiate") && on.negotiate, is("Kerberos") && on.kerberos) {
            (true, _) => Scheme::Negotiate,
            (_, true) => Scheme::Kerberos,
            // Recorded: a scheme that is not supported ends the connection.
            _ => {
                let refusal = Refusal::closing(StatusCode::UNAUTHORIZED);
                return Err(refusal.because(Denied::NotOffered));
            }
        };
        if forbidden {
            // Not allowed even as the body of a leg.
            return Err(Refusal::unencrypted());
        }
        // During a new authentication the client is anonymous.
        (self.caller, self.session) = (None, None);
        if token.len() > LONGEST {
            self.conversation = Conversation::default();
            return Err(Refusal::closing(StatusCode::BAD_REQUEST));
        }
        let token = STANDARD.decode(token.trim()).map_err(|_| Denied::Malformed("base64"));
        let step = token.and_then(|token| self.conversation.step(authority, scheme, &token, now));
        match step {
            Ok(Progress::Continue(token)) => Ok(Admission::Challenge(scheme, token)),
            Ok(Progress::Established(established)) => {
                let caller = caller(&established.account, established.mechanism);
                self.caller = Some(caller.clone());
                self.session = Some(established.session);
                let token = established.token.map(|token| (scheme, token));
                Ok(Admission::Known { caller, token, is_new: true })
            }
            Err(denied) => {
                self.conversation = Conversation::default();
                Err(unauthorized(denied))
            }
        }
    }

    /// Clears the identity: the next request on this connection must authenticate again.
    pub(super) fn forget(&mut self) {
        (self.caller, self.session) = (None, None);
        self.conversation = Conversation::default();
    }
}

fn unauthorized(denied: Denied) -> Refusal {
    Refusal::of(StatusCode::UNAUTHORIZED).because(denied)
}

fn known(account: &Account, mechanism: Mechanism) -> Admission {
    Admission::Known { caller: caller(account, mechanism), token: None, is_new: false }
}

fn caller(account: &Account, mechanism: Mechanism) -> Caller {
    Caller {
        name: Some(account.name.clone()),
        rights: account.rights,
        mechanism: Some(mechanism),
        sealed: false,
    }
}

fn basic<'a>(token: &str, authority: &'a Authority) -> Option<&'a Account> {
    let decoded = STANDARD.decode(token.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (name, password) = text.split_once(':')?;
    authority.by_password(name, password)
}
