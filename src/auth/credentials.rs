//! Credentials of the caller: user and password, keytab, ticket or certificate.
//!
//! A secret is never shown. Whether it may be sent is decided where the connection is known.

use std::{borrow::Cow, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    basic::Basic,
    gssapi::Source,
    refusals::{Refusal, Refusals},
};
use crate::secret::Secret;

/// A password that is shorter is not looked for in a text by itself.
const SHORTEST_REDACTED: usize = 6;

/// Who the caller is, and in which way the host shall be convinced of it.
///
/// A password that was refused is not tried again: not by the same client, and not by another one with a clone of these
/// credentials. What counts is the endpoint; for `DOMAIN\user` and `user@realm` it is any endpoint, until one has accepted the
/// password, because each try with a wrong one brings the account nearer to being locked. Where it was accepted before, it is
/// tried once more. To try again after that, make new credentials.
///
/// ```
/// use hvsnap::{Credentials, Secret};
///
/// let credentials = Credentials::basic(r"CORP\ops", Secret::new("correct horse"));
/// assert!(!format!("{credentials:?}").contains("horse"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    kind: Kind,
    refusals: Refusals,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Basic {
        user: String,
        password: Secret,
    },
    /// Certificates and key, PEM.
    Certificate(Secret),
    Ntlm {
        user: String,
        password: Secret,
    },
    /// With tickets where the user is written as Kerberos wants it.
    Negotiate {
        user: String,
        password: Secret,
        tickets: Option<Source>,
    },
    /// Negotiation with nothing but Kerberos to offer.
    NegotiateKerberos(Source),
    Kerberos(Source),
}

impl Credentials {
    /// Basic authentication (RFC 7617): the password goes to the host with every request.
    ///
    /// The user is passed on as given: `ops`, `HOST\ops`. Names that the scheme cannot carry are reported when the
    /// client is built.
    pub fn basic(user: impl Into<String>, password: Secret) -> Self {
        Self::of(Kind::Basic { user: user.into(), password })
    }

    /// NTLM, version 2: the password never leaves this machine, and messages are encrypted where TLS does not do it.
    ///
    /// The user is `DOMAIN\user`, `user@realm`, or `user`; a local account of the host goes by `HOST\user` or `user`.
    pub fn ntlm(user: impl Into<String>, password: Secret) -> Self {
        Self::of(Kind::Ntlm { user: user.into(), password })
    }

    /// The best that both sides can do: what a Windows host allows by default, over HTTP as over TLS.
    ///
    /// The user is given in the same forms as for [`Self::ntlm`]. Kerberos is tried first for `user@REALM`, and NTLM where
    /// no ticket can be had; but not with a password that the KDC has refused, which would bring the account nearer to
    /// being locked. The other forms may mean an account of the host itself, which no KDC knows: they go by NTLM.
    pub fn negotiate(user: impl Into<String>, password: Secret) -> Self {
        let user = user.into();
        let is_principal = user.contains('@') && !user.contains('\\');
        let tickets = is_principal.then(|| Source::password(&user, password.clone()));
        Self::of(Kind::Negotiate { user, password, tickets })
    }

    /// As [`Self::negotiate`], with a ticket from the cache that `KRB5CCNAME` or the system's configuration names; there is
    /// no password, and so no NTLM.
    pub fn negotiate_ticket() -> Self {
        Self::of(Kind::NegotiateKerberos(Source::default_cache()))
    }

    /// Kerberos and nothing else, with a ticket from the cache that `KRB5CCNAME` or the system's configuration names.
    ///
    /// All of Kerberos goes through the system's GSSAPI library: on Debian the package `libgssapi-krb5-2`, on Fedora
    /// `krb5-libs`; macOS has it built in.
    pub fn kerberos_ticket() -> Self {
        Self::of(Kind::Kerberos(Source::default_cache()))
    }

    /// Kerberos and nothing else, with a ticket from a cache that is named by path, or by type and residual: `KCM:1000`.
    pub fn kerberos_cache(cache: impl Into<String>) -> Self {
        Self::of(Kind::Kerberos(Source::cache(cache)))
    }

    /// Kerberos and nothing else, with the key of `user@REALM` in a keytab; the first key in it if no user is given.
    pub fn kerberos_keytab(keytab: impl Into<String>, user: Option<String>) -> Self {
        Self::of(Kind::Kerberos(Source::keytab(keytab, user)))
    }

    /// Kerberos and nothing else, with a password: it goes neither to the host nor to the KDC.
    ///
    /// The user is `user@REALM`, or `user` in the realm that the system's configuration names. The realm of a Windows domain
    /// is its DNS name in capitals.
    pub fn kerberos(user: impl Into<String>, password: Secret) -> Self {
        Self::of(Kind::Kerberos(Source::password(user, password)))
    }

    /// A certificate that the host maps to one of its accounts, shown in TLS; there is no user and no password.
    ///
    /// The text is PEM: the certificate, those that lead from it to an authority, and its unencrypted private key. What is
    /// in PKCS#12 (`.pfx`) is turned into that by `openssl pkcs12 -in FILE -nodes`. Windows by default asks for a
    /// certificate only after the handshake, which is not supported here and no longer exists in TLS 1.3: the host's
    /// binding needs `clientcertnegotiation=enable` (`netsh http add sslcert`).
    pub fn certificate(pem: Secret) -> Self {
        Self::of(Kind::Certificate(pem))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, refusals: Refusals::default() }
    }

    /// The host at `place` has accepted them.
    pub(crate) fn accepted(&self, place: &str) {
        self.refusals.accepted(place);
    }

    /// The host at `place` has refused the password in them; nothing where no password was sent to it.
    pub(crate) fn refused(&self, place: &str, refusal: Refusal) {
        if refusal.is_of_password() {
            self.refusals.refused(place, refusal);
        }
    }

    /// Where and how the password was refused, if it is not to be tried at `place` for that reason.
    pub(crate) fn refusal_for(&self, place: &str) -> Option<(String, Refusal)> {
        self.refusals.at(place, || self.user().is_some_and(is_of_domain))
    }

    /// The text of [`certificate`](Self::certificate), if that is what these are.
    pub(crate) fn as_certificate(&self) -> Option<&Secret> {
        match &self.kind {
            Kind::Certificate(pem) => Some(pem),
            _ => None,
        }
    }

    /// The user's name as it was given, where there is one.
    pub(crate) fn user(&self) -> Option<&str> {
        match &self.kind {
            Kind::Basic { user, .. } | Kind::Ntlm { user, .. } | Kind::Negotiate { user, .. } => Some(user),
            Kind::NegotiateKerberos(source) | Kind::Kerberos(source) => source.principal(),
            Kind::Certificate(_) => None,
        }
    }

    /// `text` without the password, where every request carries it, so that who answers may send it back.
    pub(crate) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Kind::Basic { user, password } = &self.kind else { return Cow::Borrowed(text) };
        let Ok(basic) = Basic::new(user, password.clone()) else { return Cow::Borrowed(text) };
        let token = Zeroizing::new(STANDARD.encode(basic.token().as_slice()));
        let mut text = Cow::Borrowed(text);
        // A short one stands in every other word.
        let is_long = password.expose().len() >= SHORTEST_REDACTED;
        for secret in [Some(token.as_str()), is_long.then(|| password.expose())].into_iter().flatten() {
            if memchr::memmem::find(text.as_bytes(), secret.as_bytes()).is_some() {
                text = Cow::Owned(text.replace(secret, "(password)"));
            }
        }
        text
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.kind
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credentials").field(&self.kind).finish()
    }
}

/// Whether the name is that of one account, whichever host is asked. `.\user` and `user` are accounts of each host's own.
fn is_of_domain(user: &str) -> bool {
    match user.split_once('\\') {
        Some((domain, _)) => !matches!(domain, "" | "."),
        None => user.contains('@'),
    }
}

/// The scheme cannot carry this user or password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// No user was given.
    #[error("the user is empty")]
    NoUser,
    /// The user contains a colon, which in Basic authentication ends the user.
    #[error("Basic authentication cannot carry a user with a colon")]
    ColonInUser,
    /// The user or the password contains a control character.
    #[error("Basic authentication cannot carry control characters")]
    ControlCharacter,
    /// The user, the domain or the service is longer than NTLM can say.
    #[error("NTLM cannot carry a name of more than 1024 characters")]
    NameTooLong,
    /// The user is written as `DOMAIN\user`, which does not tell the realm.
    #[error(r"Kerberos wants the user as user@REALM, not as DOMAIN\user")]
    DomainInPrincipal,
}
