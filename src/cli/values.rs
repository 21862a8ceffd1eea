//! Value types of flags, environment and configuration file: durations, sizes, namespaces, URI forms, schemes.
//!
//! A value is parsed the same way in all three.

use std::{fmt, str::FromStr, time::Duration};

use hvsnap::cim::{Datetime, NameError, Namespace, Timestamp, UriForm};
use hvsnap::clock::shown;

/// A duration, always with a unit: `90d`, `12h`, `1h30m`, `5s`, `500ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Length(pub(crate) Duration);

/// The text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LengthError {
    /// No unit; other programs use seconds, minutes or days.
    #[error("give a unit: 90d, 12h, 30m, 5s")]
    NoUnit,
    #[error("not a length of time such as 90s, 5m, 1h30m or 500ms")]
    Other,
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(self.0).fmt(f)
    }
}

impl FromStr for Length {
    type Err = LengthError;

    fn from_str(text: &str) -> Result<Self, LengthError> {
        let text = text.trim();
        if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
            return Err(LengthError::NoUnit);
        }
        humantime::parse_duration(text).map(Self).map_err(|_| LengthError::Other)
    }
}

/// A moment: a date with or without a time, in UTC unless stated, or a time before now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// This long ago.
    Ago(Duration),
    /// This moment.
    At(Timestamp),
}

/// The text is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a length of time such as 90m or 7d nor a date such as 2026-03-09 or 2026-03-09T14:30:00Z")]
pub(crate) struct SinceError;

impl Since {
    /// The moment, relative to now.
    pub(crate) fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(length) => before(now, length),
            Self::At(moment) => moment,
        }
    }
}

/// The moment `length` before another.
pub(crate) fn before(moment: Timestamp, length: Duration) -> Timestamp {
    let micros = i64::try_from(length.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_unix_micros(moment.unix_micros().saturating_sub(micros))
}

impl FromStr for Since {
    type Err = SinceError;

    fn from_str(text: &str) -> Result<Self, SinceError> {
        let text = text.trim();
        if let Ok(length) = text.parse::<Length>() {
            return Ok(Self::Ago(length.0));
        }
        let iso = text.replacen(' ', "T", 1);
        let whole = match iso.len() {
            10 => format!("{iso}T00:00:00Z"),
            16 => format!("{iso}:00Z"),
            _ => iso,
        };
        match whole.parse() {
            Ok(Datetime::Timestamp(moment)) if text.contains('-') => Ok(Self::At(moment)),
            _ => Err(SinceError),
        }
    }
}

/// A size in bytes: `512000`, `500k` (KiB), `8M` (MiB).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u32);

/// The text is not a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a size such as 512000, 500k or 8M")]
pub(crate) struct SizeError;

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Size {
    type Err = SizeError;

    fn from_str(text: &str) -> Result<Self, SizeError> {
        let (digits, unit) = match text.strip_suffix(['k', 'K']) {
            Some(digits) => (digits, 1024),
            None => text.strip_suffix(['m', 'M']).map_or((text, 1), |digits| (digits, 1024 * 1024)),
        };
        if !digits.chars().all(|c| c.is_ascii_digit()) {
            return Err(SizeError);
        }
        let number: u32 = digits.parse().map_err(|_| SizeError)?;
        number.checked_mul(unit).map(Self).ok_or(SizeError)
    }
}

/// A CIM namespace by its short name or in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamespaceName(pub(crate) Namespace);

impl fmt::Display for NamespaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for NamespaceName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Ok(Self(match text {
            "virtualization" => Namespace::virtualization(),
            "cluster" => Namespace::cluster(),
            name => name.parse()?,
        }))
    }
}

/// The form of resource URIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// Microsoft's.
    Wmi,
    /// DMTF's.
    Dmtf,
}

impl From<Form> for UriForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Wmi => Self::Wmi,
            Form::Dmtf => Self::Dmtf,
        }
    }
}

/// An authentication scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scheme {
    /// The best that both sides can do.
    Negotiate,
    /// Kerberos and nothing else.
    Kerberos,
    /// NTLM and nothing else.
    Ntlm,
    /// The password itself.
    Basic,
    /// A certificate that is shown in TLS.
    Certificate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_the_forms_people_write() {
        for (text, millis) in [
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("1d", 86_400_000),
            ("0s", 0),
            ("5 m", 300_000),
            ("2h 30min", 9_000_000),
        ] {
            assert_eq!(text.parse(), Ok(Length(Duration::from_millis(millis))), "{text}");
        }
        for text in ["", "s", "-5", "-5m", "5x", "5m3", "99999999999999999999d", "9999999999999999d"] {
            assert_eq!(text.parse::<Length>(), Err(LengthError::Other), "{text}");
        }
        for text in ["0", "5", "90", " 90 ", "99999999999999999999"] {
            assert_eq!(text.parse::<Length>(), Err(LengthError::NoUnit), "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_date_a_time_or_a_length_of_time_ago() {
        let now = Timestamp::from_unix_micros(1_773_066_600_000_000);
        assert_eq!(now.to_string(), "2026-03-09T14:30:00Z");
        for (text, moment) in [
            ("30m", "2026-03-09T14:00:00Z"),
            ("7d", "2026-03-02T14:30:00Z"),
            ("7 d", "2026-03-02T14:30:00Z"),
            ("2026-03-09", "2026-03-09T00:00:00Z"),
            ("2026-03-09 14:05", "2026-03-09T14:05:00Z"),
            ("2026-03-09 14:05:09", "2026-03-09T14:05:09Z"),
            ("2026-03-09T14:05:09Z", "2026-03-09T14:05:09Z"),
            ("2026-03-09T14:05:09+02:00", "2026-03-09T12:05:09Z"),
        ] {
            assert_eq!(text.parse::<Since>().unwrap().moment(now).to_string(), moment, "{text}");
        }
        for text in ["", "7", "2026", "20260309", "2026-3-9", "2026-02-30", "yesterday", "14:30", "P7D"] {
            assert_eq!(text.parse::<Since>(), Err(SinceError), "{text}");
        }
    }

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        for (text, bytes) in
            [("512000", 512_000), ("500k", 512_000), ("500K", 512_000), ("8M", 8_388_608), ("2m", 2_097_152)]
        {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "k", "M", "-1", "+1", "1.5M", "5 k", "5kk", "5G", "500kB", "4294967296", "4096M"] {
            assert_eq!(text.parse::<Size>(), Err(SizeError), "{text}");
        }
    }

    #[test]
    fn namespaces_have_short_names() {
        assert_eq!("cluster".parse(), Ok(NamespaceName(Namespace::cluster())));
        assert_eq!(r"root\virtualization\v2".parse(), Ok(NamespaceName(Namespace::virtualization())));
        assert!("root/v 2".parse::<NamespaceName>().is_err());
    }
}
