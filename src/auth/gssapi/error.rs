//! Kerberos errors, derived from the status codes of the library.
//!
//! The library's own text is kept as the source. Follows RFC 2744, section 3.9.1 for the major codes; RFC 4120, section 7.5.9,
//! and the common table of MIT and Heimdal for the minor codes.

use std::{error::Error, fmt};

use super::sys::{Failure, LibraryMissing};

macro_rules! reasons {
    ($($(#[$doc:meta])+ $name:ident => $text:literal $(, $hint:literal)?;)+) => {
        /// The reason for a failure of Kerberos.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Reason {
            $($(#[$doc])+ $name,)+
        }

        impl Reason {
            fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What to try.
            fn hint(self) -> Option<&'static str> {
                match self { $(Self::$name => None$(.or(Some($hint)))?,)+ }
            }
        }
    };
}

reasons! {
    /// There is no GSSAPI library on this system.
    NoLibrary => "Kerberos needs the system's GSSAPI library";
    /// The library lacks a function that MIT Kerberos has.
    Unsupported => "the system's GSSAPI library cannot take this kind of credential",
        "get a ticket with kinit and use the ticket cache";
    /// The library accepts no keytab from a caller, as Apple's.
    NoKeytabs => "the system's GSSAPI library takes no keytab",
        "get a ticket by it (kinit -k -t FILE USER; on macOS kinit --keytab=FILE USER), and leave out the keytab";
    /// A name that Kerberos cannot carry, or without a realm where one is required.
    BadName => "not a name for Kerberos", "write a user as user@REALM, a service as HTTP/host@REALM";
    /// No ticket by password, and the library (as Apple's) does not say why: the KDC may have refused the password.
    NotByPassword => "the password yielded no Kerberos ticket",
        "the password may be wrong, or no KDC reachable: the system's library does not say which; {auth=ntlm} needs no Kerberos";
    /// No ticket, and no means to get one.
    NoTicket => "there is no Kerberos ticket", "get one with kinit, or name the cache that holds one";
    /// The keytab is missing, unreadable, or has no key of this name.
    NoKey => "there is no usable key in the keytab", "compare the name with what `klist -k` prints";
    /// The ticket has expired.
    TicketExpired => "the Kerberos ticket has expired", "get a new one with kinit";
    /// The KDC does not know the user.
    UnknownUser => "the KDC does not know this user",
        "write the user as user@REALM; the realm of a Windows domain is its DNS name in capitals";
    /// The password, or the key in the keytab, is wrong.
    WrongPassword => "the KDC refuses the password or key of this user";
    /// The account is locked, disabled, expired, or its password is.
    AccountClosed => "the KDC refuses this account for now", "it may be locked, disabled or expired, or its password may be";
    /// The KDC does not know the service.
    UnknownService => "the KDC does not know the service",
        "use the host's full name, or give the service principal name that its computer account has";
    /// No KDC answers, or the realm has no known KDC.
    NoKdc => "no KDC of the realm can be reached",
        "check the realm (capitals matter), krb5.conf, the DNS records of the domain, and port 88";
    /// The clocks of client, KDC and host differ too much.
    ClockSkew => "the clocks of this computer, the KDC and the host differ too much", "set the clocks by NTP";
    /// No encryption type that all sides allow, or one for which sealing is not implemented.
    EncryptionType => "there is no common encryption type that is safe", "Kerberos needs AES here: RC4 and DES are not used";
    /// The host cannot read the ticket.
    NotForThisHost => "the host cannot read the ticket for this service",
        "another account than the host's may own the service principal name";
    /// The context lacks a requested protection.
    Unprotected => "the context lacks a protection that was asked for";
    /// The context does not belong to this TLS connection.
    WrongBinding => "the authentication belongs to another TLS connection";
    /// The ticket has expired during the session.
    SessionExpired => "the session has outlived its ticket";
    /// A token or message that cannot be read.
    BadToken => "a Kerberos token that cannot be read";
    /// A message whose signature is wrong.
    Tampered => "a sealed message that was changed on its way";
    /// A repeated message, or one out of order.
    OutOfOrder => "a sealed message that was repeated or is not in its turn";
    /// A message that should be encrypted and is not.
    NotSealed => "a message that is not encrypted";
    /// A call that does not fit the state of the exchange.
    NotInTurn => "a token at a time when none is expected";
    /// Any other reason; see the library's text.
    Refused => "Kerberos refuses";
}

/// Why a context cannot be established or used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KerberosError {
    reason: Reason,
    cause: Option<Cause>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Call(Failure),
    Library(LibraryMissing),
}

impl KerberosError {
    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// What to try, if there is advice.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self.cause {
            Some(Cause::Library(_)) => Some(LibraryMissing::remedy()),
            _ => self.reason.hint(),
        }
    }

    /// With a keytab, a missing ticket means a missing key.
    pub(super) fn of_keytab(mut self) -> Self {
        self.reason = match self.reason {
            Reason::NoTicket => Reason::NoKey,
            Reason::Unsupported => Reason::NoKeytabs,
            reason => reason,
        };
        self
    }

    /// With a password, a missing ticket may mean that the KDC has refused the password.
    pub(super) fn of_password(mut self) -> Self {
        if self.reason == Reason::NoTicket {
            self.reason = Reason::NotByPassword;
        }
        self
    }

    /// While the host's answer is read, a decryption error concerns that answer, not the password.
    pub(super) fn of_answer(mut self) -> Self {
        if self.reason == Reason::WrongPassword {
            self.reason = Reason::BadToken;
        }
        self
    }

    /// True if the KDC has refused the password or key, or may have.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.reason, Reason::WrongPassword | Reason::AccountClosed | Reason::NotByPassword)
    }

    /// True if another mechanism may be tried with the same user and password: only if the KDC cannot have refused them, because
    /// it was not asked, does not know the user, or did not check the password. Each further try with a wrong password can lock
    /// the account.
    pub(crate) fn permits_fallback(&self) -> bool {
        matches!(
            self.reason,
            Reason::NoLibrary
                | Reason::Unsupported
                | Reason::NoKeytabs
                | Reason::BadName
                | Reason::NoKey
                | Reason::UnknownUser
                | Reason::UnknownService
                | Reason::NoKdc
                | Reason::ClockSkew
                | Reason::EncryptionType
        )
    }
}

impl From<Reason> for KerberosError {
    fn from(reason: Reason) -> Self {
        Self { reason, cause: None }
    }
}

impl From<LibraryMissing> for KerberosError {
    fn from(missing: LibraryMissing) -> Self {
        Self { reason: Reason::NoLibrary, cause: Some(Cause::Library(missing)) }
    }
}

impl From<Failure> for KerberosError {
    fn from(failure: Failure) -> Self {
        Self { reason: judge(failure.major(), failure.minor()), cause: Some(Cause::Call(failure)) }
    }
}

impl fmt::Display for KerberosError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.text())
    }
}

impl Error for KerberosError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self.cause.as_ref()? {
            Cause::Call(failure) => Some(failure),
            Cause::Library(missing) => Some(missing),
        }
    }
}

fn judge(major: u32, minor: u32) -> Reason {
    // The routine error stands in bits 16 to 23. What it says of a token needs no minor code.
    let routine = (major >> 16) & 0xff;
    match routine {
        0 => return Reason::OutOfOrder,
        2 | 3 => return Reason::BadName,
        4 => return Reason::WrongBinding,
        6 => return Reason::Tampered,
        9 => return Reason::BadToken,
        12 => return Reason::SessionExpired,
        14 => return Reason::NotSealed,
        16 => return Reason::Unsupported,
        _ => {}
    }
    by_kerberos(minor).unwrap_or(match routine {
        7 => Reason::NoTicket,
        11 => Reason::TicketExpired,
        _ => Reason::Refused,
    })
}

/// Reads a Kerberos code; `None` if it is not one.
fn by_kerberos(minor: u32) -> Option<Reason> {
    /// The start of the table of Kerberos codes, as an unsigned number.
    const BASE: u32 = 0x96c7_3a00;
    Some(match minor.checked_sub(BASE)? {
        1 | 18 | 23 => Reason::AccountClosed,
        6 => Reason::UnknownUser,
        7 | 155 => Reason::UnknownService,
        14 => Reason::EncryptionType,
        24 | 31 | 210 => Reason::WrongPassword,
        32 => Reason::TicketExpired,
        33 | 37 | 148 => Reason::ClockSkew,
        34 => Reason::OutOfOrder,
        35 | 41 | 44 | 45 | 46 | 144 => Reason::NotForThisHost,
        134 | 224 => Reason::BadName,
        141 | 142 | 143 | 195 => Reason::NoTicket,
        29 | 135 | 136 | 154 | 156 | 220 => Reason::NoKdc,
        181 | 182 | 184 | 235 => Reason::NoKey,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_token_is_told_by_the_major_code() {
        assert_eq!(judge(1 << 1, 0), Reason::OutOfOrder);
        assert_eq!(judge(1 << 4, 0), Reason::OutOfOrder);
        assert_eq!(judge(6 << 16, 7), Reason::Tampered);
        assert_eq!(judge(9 << 16 | 1 << 1, 7), Reason::BadToken);
        assert_eq!(judge(4 << 16, 7), Reason::WrongBinding);
    }

    #[test]
    fn why_there_is_no_ticket_is_told_by_the_minor_code() {
        const NO_CREDENTIAL: u32 = 7 << 16;
        const FAILURE: u32 = 13 << 16;
        assert_eq!(judge(FAILURE, 0x96c7_3a07), Reason::UnknownService);
        assert_eq!(judge(NO_CREDENTIAL, 0x96c7_3a00 + 24), Reason::WrongPassword);
        assert_eq!(judge(NO_CREDENTIAL, 100_001), Reason::NoTicket);
        assert_eq!(judge(FAILURE, 0x96c7_3a00 + 60), Reason::Refused);
    }

    #[test]
    fn a_refused_password_is_not_tried_by_other_means() {
        assert!(!KerberosError::from(Reason::WrongPassword).permits_fallback());
        assert!(!KerberosError::from(Reason::AccountClosed).permits_fallback());
        for reason in [Reason::NotByPassword, Reason::NoTicket, Reason::Refused] {
            assert!(
                !KerberosError::from(reason).permits_fallback(),
                "the KDC may have refused it: {reason:?}"
            );
        }
        for reason in [Reason::NoLibrary, Reason::NoKdc, Reason::UnknownUser, Reason::UnknownService] {
            assert!(KerberosError::from(reason).permits_fallback(), "{reason:?}");
        }
    }
}
