//! The interface of all security mechanisms, so that a scheme can carry any of them.
//!
//! The schemes wrap the tokens. Modelled on GSS-API, RFC 2743, section 2.2.

use super::{AuthError, ChannelBinding, Moment, Token, session::Context};

/// The caller's side of one mechanism, while the context is being established.
pub(super) trait Mechanism: Send + Sync {
    /// The name for logs and errors: `NTLM`, `Kerberos`.
    fn name(&self) -> &'static str;

    /// The object identifiers in SPNEGO: the content octets in DER, without tag and length. The first one is offered; an
    /// answer may use any of them.
    fn identifiers(&self) -> &'static [&'static [u8]];

    /// The next token to the peer, if any; `challenge` is `None` in the first step and the peer's token later.
    fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Option<Token>, AuthError>;

    /// Takes the peer's last token, which came with the message that completed the exchange. No reply to it can be sent.
    fn conclude(&mut self, last: &[u8]) -> Result<(), AuthError>;

    /// True if a step may wait for a third party, such as a KDC.
    fn may_wait(&self) -> bool;

    /// True if the mechanism has sent and verified everything that it needs.
    fn is_established(&self) -> bool;

    /// Signs a message of the scheme in the established context (`GSS_GetMIC`).
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, AuthError>;

    /// Checks the peer's signature of a message of the scheme (`GSS_VerifyMIC`).
    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), AuthError>;

    /// Turns the established context into one that seals messages.
    fn into_context(self: Box<Self>) -> Result<Box<dyn Context>, AuthError>;
}
