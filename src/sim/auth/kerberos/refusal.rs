//! Maps errors of the library to reasons in the host's journal.
//!
//! Follows RFC 2744, section 3.9.1, for the major codes; RFC 4120, section 7.5.9, for the minor ones, with the numbers of MIT's
//! table.

use crate::{auth::gssapi::sys::Failure, sim::auth::Denied};

/// The start of the table of Kerberos codes, as an unsigned number.
const BASE: u32 = 0x96c7_3a00;

pub(super) fn refusal(failure: &Failure) -> Denied {
    judge(failure.major(), failure.minor())
}

fn judge(major: u32, minor: u32) -> Denied {
    // Bits 16 to 23 are the routine error; without one, a lower bit means that a message is old or out of order.
    match (major >> 16) & 0xff {
        0 | 6 => return Denied::BadSeal,
        4 => return Denied::WrongBinding,
        9 => return Denied::Kerberos("a token that cannot be read"),
        12 => return Denied::Kerberos("the context has expired"),
        14 => return Denied::Weak("a message that is not encrypted"),
        _ => {}
    }
    match minor.wrapping_sub(BASE) {
        32 => Denied::Kerberos("the ticket has expired"),
        33 | 37 | 148 => Denied::Kerberos("the clocks differ too much"),
        34 => Denied::BadSeal,
        35 | 41 | 44 | 45 | 46 | 144 => Denied::Kerberos("a ticket that this host cannot read"),
        _ => Denied::Kerberos("the library refuses the token"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_the_major_code_and_else_by_the_minor_one() {
        for (major, minor, denied) in [
            (1 << 1, 0, Denied::BadSeal),
            (6 << 16, 7, Denied::BadSeal),
            (4 << 16, 7, Denied::WrongBinding),
            (13 << 16, BASE + 34, Denied::BadSeal),
            (13 << 16, BASE + 35, Denied::Kerberos("a ticket that this host cannot read")),
            (13 << 16, 100_001, Denied::Kerberos("the library refuses the token")),
        ] {
            assert_eq!(judge(major, minor), denied, "{major:#x} {minor:#x}");
        }
    }
}
