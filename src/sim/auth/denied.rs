//! The reasons for a refused authentication or message: for the journal, never for the client.
//!
//! They contain no name, token or data derived from a password.

use std::fmt;

/// Why an authentication, or a sealed message, was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// A malformed token.
    Malformed(&'static str),
    /// The client does not offer a protection that this host requires.
    Weak(&'static str),
    /// Unknown account or wrong password.
    Logon,
    /// Anonymous client.
    Anonymous,
    /// The NTLM message lacks a required MIC.
    NoMic,
    /// The MIC does not match the messages.
    WrongMic,
    /// A required signature of the mechanism list is missing.
    NoListMic,
    /// The signature of the mechanism list does not match.
    WrongListMic,
    /// Refused by Kerberos.
    Kerberos(&'static str),
    /// The host requires a channel binding.
    NoBinding,
    /// The channel binding belongs to another connection.
    WrongBinding,
    /// None of the mechanisms is supported here.
    NothingInCommon,
    /// The host does not offer this scheme.
    NotOffered,
    /// A missing certificate, or one that is mapped to no account.
    Certificate,
    /// A sealed message without an established context.
    NoContext,
    /// A sealed message whose frame violates the specification.
    BadFrame,
    /// A sealed message that was changed, or is out of order.
    BadSeal,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(what) => return write!(f, "malformed: {what}"),
            Self::Weak(what) => return write!(f, "too weak: {what}"),
            Self::Logon => "no such user, or a wrong password",
            Self::Anonymous => "an anonymous logon",
            Self::NoMic => "AUTHENTICATE of NTLM without a MIC",
            Self::WrongMic => "the MIC of NTLM does not fit",
            Self::NoListMic => "the list of mechanisms is not signed",
            Self::WrongListMic => "the signature of the list of mechanisms does not fit",
            Self::Kerberos(what) => return write!(f, "Kerberos: {what}"),
            Self::NoBinding => "no channel binding",
            Self::WrongBinding => "the channel binding of another channel",
            Self::NothingInCommon => "no mechanism in common",
            Self::NotOffered => "a scheme that is not offered",
            Self::Certificate => "no client certificate that stands for a user",
            Self::NoContext => "a sealed message without a context",
            Self::BadFrame => "the frame of a sealed message is not as specified",
            Self::BadSeal => "a sealed message was changed, repeated or reordered",
        })
    }
}
