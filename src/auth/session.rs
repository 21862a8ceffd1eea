//! Sealed messages over a connection that was authenticated.
//!
//! It never goes on after an error: what fails to unseal was tampered with, repeated or reordered, and nothing later can
//! be told apart from that. The forms on the wire are those of [MS-WSMV], section 2.2.9.1.

use std::fmt;

use zeroize::Zeroizing;

use super::AuthError;

/// The form of messages that were sealed in a context from the `Negotiate` scheme, whatever was negotiated.
pub(super) const SPNEGO: &str = "application/HTTP-SPNEGO-session-encrypted";
/// The form of messages that were sealed in a context from the `Kerberos` scheme.
pub(super) const KERBEROS: &str = "application/HTTP-Kerberos-session-encrypted";

/// What a mechanism provides once its context is established; wiped when dropped.
pub(super) trait Context: Send + Sync {
    /// Encrypts and signs.
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError>;

    /// Decrypts and checks signature and order.
    fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError>;
}

/// A message as it may cross the network.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) signature: Vec<u8>,
    pub(crate) data: Vec<u8>,
}

/// The security context of one connection; to be dropped with it.
pub(crate) struct Session {
    mechanism: &'static str,
    protocol: &'static str,
    /// None once an error has ended it.
    context: Option<Box<dyn Context>>,
}

impl Session {
    pub(super) fn new(mechanism: &'static str, protocol: &'static str, context: Box<dyn Context>) -> Self {
        Self { mechanism, protocol, context: Some(context) }
    }

    /// What convinced the host: `NTLM`, `Kerberos`.
    pub(crate) fn mechanism(&self) -> &'static str {
        self.mechanism
    }

    /// The media type by which the form of sealed messages is known.
    pub(crate) fn protocol(&self) -> &'static str {
        self.protocol
    }

    /// Encrypts and signs the next message to the host.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Result<Sealed, AuthError> {
        self.attempt(|context| context.seal(plain))
    }

    /// Decrypts the next message of the host, and checks that it is that.
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

    /// Seals by doing nothing, and takes any signature but an empty one.
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
