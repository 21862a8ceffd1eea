//! What all security mechanisms have in common, so that schemes can carry any of them.
//!
//! It never knows how a token is wrapped on its way; the schemes do. After the shape of GSS-API, RFC 2743, section 2.2.

use super::{AuthError, ChannelBinding, Moment, Token, session::Context};

/// The caller's side of one mechanism, while the context is being established.
pub(super) trait Mechanism: Send + Sync {
    /// For logs and errors: `NTLM`, `Kerberos`.
    fn name(&self) -> &'static str;

    /// The object identifiers by which SPNEGO knows it: the content octets in DER, without tag and length. The first is
    /// offered; an answer may name any of them.
    fn identifiers(&self) -> &'static [&'static [u8]];

    /// The next token to the peer, if there is one; `challenge` is `None` at the beginning and the peer's token later.
    fn step(
        &mut self,
        challenge: Option<&[u8]>,
        binding: Option<&ChannelBinding>,
        moment: &mut Moment,
    ) -> Result<Option<Token>, AuthError>;

    /// Takes the peer's last token, which came when the peer already called the exchange complete: whatever is to be said
    /// to it cannot be said any more.
    fn conclude(&mut self, last: &[u8]) -> Result<(), AuthError>;

    /// Whether a step may wait for somebody else than the peer.
    fn may_wait(&self) -> bool;

    /// Whether all was said and proven, as far as the mechanism itself is concerned.
    fn is_established(&self) -> bool;

    /// Signs a message of the scheme's own in the context that is established (`GSS_GetMIC`).
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, AuthError>;

    /// Checks the peer's signature under a message of the scheme's own (`GSS_VerifyMIC`).
    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), AuthError>;

    /// Turns the established context into one for messages.
    fn into_context(self: Box<Self>) -> Result<Box<dyn Context>, AuthError>;
}
