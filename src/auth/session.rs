//! Sealed messages over an authenticated connection.
//!
//! An error ends the session: a message that fails to unseal was changed, repeated or reordered, and later messages cannot be
//! trusted. The wire forms are those of [MS-WSMV], section 2.2.9.1.

use std::fmt;

use zeroize::Zeroizing;

use super::AuthError;

/// The media type of messages sealed in a context of the `Negotiate` scheme, with any mechanism.
pub(super) const SPNEGO: &str = "application/HTTP-SPNEGO-session-encrypted";
/// The media type of messages sealed in a context of the `Kerberos` scheme.
pub(super) const KERBEROS: &str = "application/HTTP-Kerberos-session-encrypted";

/// An established context of a mechanism; wiped when dropped.
pub(super) trait Context: Send + Sync {
    /// Encrypts and signs a message.
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError>;

    /// Decrypts a message and checks its signature and order.
    fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError>;
}

/// A sealed message.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) signature: Vec<u8>,
    pub(crate) data: Vec<u8>,
}

/// The security context of one connection; must be dropped with it.
pub(crate) struct Session {
    mechanism: &'static str,
    protocol: &'static str,
    /// `None` after an error has ended the session.
    context: Option<Box<dyn Context>>,
}

impl Session {
    pub(super) fn new(mechanism: &'static str, protocol: &'static str, context: Box<dyn Context>) -> Self {
        Self { mechanism, protocol, context: Some(context) }
    }

    /// The mechanism that authenticated the caller: `NTLM`, `Kerberos`.
    pub(crate) fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// The media type that identifies the form of sealed messages.
    pub(crate) fn protocol(&self) -> &'static str {
        self.protocol
    }

    /// Encrypts and signs the next message to the host.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        self.attempt(|context| context.seal(plain))
    }

    /// Decrypts the next message of the host and verifies its signature and order.
    pub(crate) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        self.attempt(|context| context.unseal(signature, data))
    }

    fn attempt<T>(
        &mut self,
        attempt: impl FnOnce(&mut dyn Context) -> Result<T, AuthError>,
    ) -> Result<T, AuthError> {
        let mut context = self.context.take().ok_or(AuthError::SessionOver)?;
        let done = attempt(context.as_mut())?;
        self.context = Some(context);
        Ok(done)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("mechanism", &self.mechanism).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::violation::Violation;

    /// A context that leaves messages unchanged and accepts any signature that is not empty.
    struct Plain;

    impl Context for Plain {
        fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
            Ok(Sealed { signature: vec![1], data: plain.to_vec() })
        }

        fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError> {
            if signature.is_empty() {
                return Err(Violation::BadToken.into());
            }
            Ok(Zeroizing::new(data.to_vec()))
        }
    }

    #[test]
    fn a_session_is_over_after_the_first_error() {
        let mut session = Session::new("none", "application/none", Box::new(Plain));
        let sealed = session.seal(b"x").unwrap();
        assert_eq!(session.unseal(&sealed.signature, &sealed.data).unwrap().as_slice(), b"x");
        assert_eq!(session.unseal(b"", b"x").err(), Some(AuthError::Violation(Violation::BadToken)));
        assert_eq!(session.unseal(b"1", b"x").err(), Some(AuthError::SessionOver));
        assert_eq!(session.seal(b"x").err(), Some(AuthError::SessionOver));
    }
}
