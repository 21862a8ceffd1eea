//! Why somebody was not let in: for the journal, never for the one who asked.
//!
//! It never holds a name, a token or anything made from a password.

use std::fmt;

/// Why an authentication, or a sealed message, was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    /// A token that is not what it must be.
    Malformed(&'static str),
    /// The client gives up protection that this host insists on.
    Weak(&'static str),
    /// No account, or another password.
    Logon,
    /// Nobody in particular.
    Anonymous,
    /// The message of NTLM that must have a MIC has none.
    NoMic,
    /// The MIC does not fit the messages.
    WrongMic,
    /// The signature below the list of mechanisms is missing where it is needed.
    NoListMic,
    /// The signature below the list of mechanisms does not fit.
    WrongListMic,
    /// What Kerberos has against it.
    Kerberos(&'static str),
    /// The host insists on a channel binding.
    NoBinding,
    /// The binding of another channel.
    WrongBinding,
    /// None of the mechanisms is known here.
    NothingInCommon,
    /// The scheme is one that the host does not offer.
    NotOffered,
    /// A certificate that stands for nobody, or none.
    Certificate,
    /// A sealed message without a context that could unseal it.
    NoContext,
    /// A sealed message whose frame is not as specified.
    BadFrame,
    /// A sealed message that was changed, or is not the next one.
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
