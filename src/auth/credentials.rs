//! Credentials of the caller: user and password, keytab, ticket or certificate.
//!
//! Secrets are never displayed. The HTTP layer, which knows the connection, decides whether a secret may be sent.

use std::{borrow::Cow, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    basic::Basic,
    gssapi::Source,
    refusals::{Refusal, Refusals},
};
use crate::secret::Secret;

/// A shorter password is not redacted where it stands by itself.
const SHORTEST_REDACTED: usize = 6;

/// The identity of the caller and the way to prove it to the host.
///
/// A refused password is not tried again, by the same client or by any other client with a clone of these credentials,
/// because each failed attempt can lock the account. A refusal applies to the endpoint that sent it. For `DOMAIN\user` and
/// `user@realm` it applies to every endpoint, until one endpoint has accepted the password. An endpoint that accepted the
/// password before is tried once more. To try again after that, make new credentials.
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
    /// Certificates and private key, as PEM.
    Certificate(Secret),
    Ntlm {
        user: String,
        password: Secret,
    },
    /// Includes Kerberos when the user has the form `user@REALM`.
    Negotiate {
        user: String,
        password: Secret,
        tickets: Option<Source>,
    },
    /// The Negotiate scheme with Kerberos as the only mechanism.
    NegotiateKerberos(Source),
    Kerberos(Source),
}

impl Credentials {
    /// Basic authentication (RFC 7617): every request carries the password to the host.
    ///
    /// The user is sent as given: `ops`, `HOST\ops`. A name that the scheme cannot carry is an error when the client is built.
    pub fn basic(user: impl Into<String>, password: Secret) -> Self {
        Self::of(Kind::Basic { user: user.into(), password })
    }

    /// NTLM, version 2: the password is never sent, and messages are encrypted where there is no TLS.
    ///
    /// The user is `DOMAIN\user`, `user@realm`, or `user`; a local account of the host is `HOST\user` or `user`.
    pub fn ntlm(user: impl Into<String>, password: Secret) -> Self {
        Self::of(Kind::Ntlm { user: user.into(), password })
    }

    /// The strongest mechanism that both sides support; Windows hosts allow this scheme by default, over HTTP and TLS.
    ///
    /// The user has one of the forms of [`Self::ntlm`]. For `user@REALM`, Kerberos is tried first, then NTLM if there is no
    /// ticket; but NTLM is not tried with a password that the KDC has refused, because a second failure could lock the
    /// account. The other forms may name an account of the host itself, unknown to any KDC, and use NTLM.
    pub fn negotiate(user: impl Into<String>, password: Secret) -> Self {
        let user = user.into();
        let is_principal = user.contains('@') && !user.contains('\\');
        let tickets = is_principal.then(|| Source::password(&user, password.clone()));
        Self::of(Kind::Negotiate { user, password, tickets })
    }

    /// As [`Self::negotiate`], with a ticket from the cache that `KRB5CCNAME` or the system's configuration names. Without a
    /// password there is no NTLM.
    pub fn negotiate_ticket() -> Self {
        Self::of(Kind::NegotiateKerberos(Source::default_cache()))
    }

    /// Kerberos only, with a ticket from the cache that `KRB5CCNAME` or the system's configuration names.
    ///
    /// Kerberos uses the system's GSSAPI library: the package `libgssapi-krb5-2` on Debian, `krb5-libs` on Fedora; macOS
    /// includes it.
    pub fn kerberos_ticket() -> Self {
        Self::of(Kind::Kerberos(Source::default_cache()))
    }

    /// Kerberos only, with a ticket from a cache given by path, or by type and residual: `KCM:1000`.
    pub fn kerberos_cache(cache: impl Into<String>) -> Self {
        Self::of(Kind::Kerberos(Source::cache(cache)))
    }

    /// Kerberos only, with the key of `user@REALM` in a keytab; without a user, the first key in it.
    pub fn kerberos_keytab(keytab: impl Into<String>, user: Option<String>) -> Self {
        Self::of(Kind::Kerberos(Source::keytab(keytab, user)))
    }

    /// Kerberos only, with a password, which is sent neither to the host nor to the KDC.
    ///
    /// The user is `user@REALM`, or `user` in the realm that the system's configuration names. The realm of a Windows domain
    /// is its DNS name in capitals.
    pub fn kerberos(user: impl Into<String>, password: Secret) -> Self {
        Self::of(Kind::Kerberos(Source::password(user, password)))
    }

    /// A client certificate, presented in TLS, that the host maps to one of its accounts; there is no user and no password.
    ///
    /// The text is PEM: the certificate, the intermediate certificates, and the unencrypted private key.
    /// `openssl pkcs12 -in FILE -nodes` converts PKCS#12 (`.pfx`). By default Windows asks for a certificate only after the
    /// handshake, which is not supported here and no longer exists in TLS 1.3: the host's binding needs
    /// `clientcertnegotiation=enable` (`netsh http add sslcert`).
    pub fn certificate(pem: Secret) -> Self {
        Self::of(Kind::Certificate(pem))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, refusals: Refusals::default() }
    }

    /// Records that the host at `place` has accepted the credentials.
    pub(crate) fn accepted(&self, place: &str) {
        self.refusals.accepted(place);
    }

    /// Records that the host at `place` has refused the password; does nothing if no password was sent.
    pub(crate) fn refused(&self, place: &str, refusal: Refusal) {
        if refusal.is_of_password() {
            self.refusals.refused(place, refusal);
        }
    }

    /// Where and how the password was refused, if it must therefore not be tried at `place`.
    pub(crate) fn refusal_for(&self, place: &str) -> Option<(String, Refusal)> {
        self.refusals.at(place, || self.user().is_some_and(is_of_domain))
    }

    /// The text of [`certificate`](Self::certificate), if these are certificate credentials.
    pub(crate) fn as_certificate(&self) -> Option<&Secret> {
        match &self.kind {
            Kind::Certificate(pem) => Some(pem),
            _ => None,
        }
    }

    /// The user's name as given, if there is one.
    pub(crate) fn user(&self) -> Option<&str> {
        match &self.kind {
            Kind::Basic { user, .. } | Kind::Ntlm { user, .. } | Kind::Negotiate { user, .. } => Some(user),
            Kind::NegotiateKerberos(source) | Kind::Kerberos(source) => source.principal(),
            Kind::Certificate(_) => None,
        }
    }

    /// `text` without the password. Basic sends it with every request, so an answer may repeat it.
    pub(crate) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Kind::Basic { user, password } = &self.kind else { return Cow::Borrowed(text) };
        let Ok(basic) = Basic::new(user, password.clone()) else { return Cow::Borrowed(text) };
        let token = Zeroizing::new(STANDARD.encode(basic.token().as_slice()));
        let mut text = Cow::Borrowed(text);
        // A short password can be part of ordinary words.
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

/// True if the name is that of the same account on every host. `.\user` and `user` are local accounts of each host.
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
    /// The user contains a colon, which separates user and password in Basic authentication.
    #[error("Basic authentication cannot carry a user with a colon")]
    ColonInUser,
    /// The user or the password contains a control character.
    #[error("Basic authentication cannot carry control characters")]
    ControlCharacter,
    /// The user, the domain or the service is longer than NTLM allows.
    #[error("NTLM cannot carry a name of more than 1024 characters")]
    NameTooLong,
    /// The user has the form `DOMAIN\user`, which does not contain the realm.
    #[error(r"Kerberos wants the user as user@REALM, not as DOMAIN\user")]
    DomainInPrincipal,
}
