//! The user and the domain in NTLM's forms.
//!
//! The forms of a name are those of [MS-NLMP], section 2.2.1.3 (`UserName`, `DomainName`).

use crate::auth::CredentialsError;

/// The longest name ([MS-ADTS]: 1024 for a user principal name); lengths on the wire have 16 bits.
const MAX_UNITS: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) user: String,
    pub(super) domain: String,
}

impl Identity {
    /// Reads `DOMAIN\user`, `user@realm` or `user`. A realm stays part of the user name.
    pub(super) fn read(name: &str) -> Result<Self, CredentialsError> {
        let (domain, user) = name.split_once('\\').unwrap_or(("", name));
        // A session without a user would be anonymous.
        if user.is_empty() {
            return Err(CredentialsError::NoUser);
        }
        check_length(user)?;
        check_length(domain)?;
        Ok(Self { user: user.to_owned(), domain: domain.to_owned() })
    }

    /// The user as it goes into the key. Windows maps one UTF-16 unit to one: a character that grows in upper case is left
    /// unchanged, and so is one that lower case does not map back, except the final sigma.
    pub(super) fn user_in_upper_case(&self) -> String {
        self.user.chars().map(upper_case).collect()
    }
}

/// Refuses names that do not fit into a message.
pub(super) fn check_length(name: &str) -> Result<(), CredentialsError> {
    if name.encode_utf16().count() > MAX_UNITS { Err(CredentialsError::NameTooLong) } else { Ok(()) }
}

/// UTF-16, little-endian, the encoding of all text in NTLM.
pub(super) fn utf_16(text: &str) -> impl Iterator<Item = u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes)
}

fn upper_case(c: char) -> char {
    /// Georgian capitals exist only since Unicode 11.
    const MTAVRULI: std::ops::RangeInclusive<char> = '\u{1c90}'..='\u{1cbf}';
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) if c.len_utf16() == 1 && upper.len_utf16() == 1 && !MTAVRULI.contains(&upper) => {
            if c == 'ς' || upper.to_lowercase().eq([c]) {
                upper
            } else {
                c
            }
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_three_forms() {
        for (name, domain, user) in [
            (r"CORP\ops", "CORP", "ops"),
            ("ops@corp.example", "", "ops@corp.example"),
            ("ops", "", "ops"),
            (r"CORP\ops@corp.example", "CORP", "ops@corp.example"),
            (r".\ops", ".", "ops"),
        ] {
            let identity = Identity::read(name).unwrap();
            assert_eq!((identity.domain.as_str(), identity.user.as_str()), (domain, user));
        }
    }

    #[test]
    fn nobody_signs_in_as_nobody() {
        assert_eq!(Identity::read("").err(), Some(CredentialsError::NoUser));
        assert_eq!(Identity::read(r"CORP\").err(), Some(CredentialsError::NoUser));
    }

    #[test]
    fn names_without_end_are_refused() {
        let long = "x".repeat(MAX_UNITS);
        assert!(Identity::read(&format!(r"{long}\{long}")).is_ok());
        assert_eq!(Identity::read(&format!("{long}x")).err(), Some(CredentialsError::NameTooLong));
        assert_eq!(Identity::read(&format!(r"{long}x\x")).err(), Some(CredentialsError::NameTooLong));
    }

    #[test]
    fn upper_case_never_changes_the_length() {
        for (user, upper) in [
            ("ops", "OPS"),
            ("Jürgen.Groß", "JÜRGEN.GROß"),
            ("γιώργος", "ΓΙΏΡΓΟΣ"),
            ("ıſµŉ", "ıſµŉ"),
            ("ÿvan", "ŸVAN"),
            ("\u{10428}\u{10d2}", "\u{10428}\u{10d2}"),
        ] {
            let identity = Identity::read(user).unwrap();
            assert_eq!(identity.user_in_upper_case(), upper);
        }
    }
}
