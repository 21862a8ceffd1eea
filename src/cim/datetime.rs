//! CIM datetimes: a point in time, an interval or "unspecified", in every form that servers send.
//!
//! A missing part is an error, never a guess. Follows DSP0004 1.7, section 5.2.4 (the 25 characters) and DSP0230, section 8.1
//! (`cim:Datetime`, `cim:Interval`, `cim:CIM_DateTime`).

use std::{fmt, str::FromStr, time::Duration};

use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// The CIM type `datetime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datetime {
    /// A point in time.
    Timestamp(Timestamp),
    /// A length of time.
    Interval(Interval),
    /// All asterisks: the server specifies no value (DSP0004, section 5.2.4).
    Unspecified,
}

/// A point in time, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Microseconds since 1970-01-01T00:00:00Z.
    unix_micros: i64,
}

/// A length of time, to the microsecond; never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval(Duration);

/// The text is not a CIM datetime in any known form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a CIM datetime")]
pub struct DatetimeError;

/// 1601-01-01T00:00:00Z, which Windows sends for "never".
const NEVER: i64 = -11_644_473_600_000_000;
/// Times with a year of four digits: from 0000-01-01 to the end of 9999.
const WRITABLE: std::ops::Range<i64> = -62_167_219_200_000_000..253_402_300_800_000_000;
const MICROS: i64 = 1_000_000;
const DAY: u64 = 86_400;

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub fn from_unix_micros(unix_micros: i64) -> Self {
        Self { unix_micros }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn unix_micros(self) -> i64 {
        self.unix_micros
    }

    /// True for 1601-01-01T00:00:00Z, which Windows sends for "never".
    pub fn is_never(self) -> bool {
        self.unix_micros == NEVER
    }

    /// The value that Windows sends for "never".
    pub fn never() -> Self {
        Self { unix_micros: NEVER }
    }

    fn from_parts(date: Date, time: Time, offset: UtcOffset) -> Result<Self, DatetimeError> {
        let nanos = OffsetDateTime::new_in_offset(date, time, offset).unix_timestamp_nanos();
        let micros = i64::try_from(nanos.div_euclid(1_000)).ok();
        // An offset can lead to a year that has no written form.
        micros.filter(|micros| WRITABLE.contains(micros)).map(Self::from_unix_micros).ok_or(DatetimeError)
    }
}

impl Datetime {
    /// The 25 characters of DSP0004, section 5.2.4: `20261005042350.000000+000`, `00000000010203.000004:000`. CIM-XML texts use
    /// this form. A time outside the years that it can hold is written as unspecified.
    pub fn to_cim(self) -> String {
        const UNSPECIFIED: &str = "**************.******+***";
        match self {
            Self::Timestamp(time) => {
                let seconds = OffsetDateTime::from_unix_timestamp(time.unix_micros.div_euclid(MICROS)).ok();
                let Some(utc) = seconds.filter(|_| WRITABLE.contains(&time.unix_micros)) else {
                    return UNSPECIFIED.to_owned();
                };
                let (date, clock) = (utc.date(), utc.time());
                format!(
                    "{:04}{:02}{:02}{:02}{:02}{:02}.{:06}+000",
                    date.year(),
                    u8::from(date.month()),
                    date.day(),
                    clock.hour(),
                    clock.minute(),
                    clock.second(),
                    time.unix_micros.rem_euclid(MICROS)
                )
            }
            Self::Interval(interval) => {
                let (seconds, micros) = (interval.0.as_secs(), interval.0.subsec_micros());
                let days = seconds / DAY;
                if days > 99_999_999 {
                    return UNSPECIFIED.to_owned();
                }
                let rest = seconds % DAY;
                format!("{days:08}{:02}{:02}{:02}.{micros:06}:000", rest / 3600, rest / 60 % 60, rest % 60)
            }
            Self::Unspecified => UNSPECIFIED.to_owned(),
        }
    }
}

impl fmt::Display for Timestamp {
    /// `2026-10-05T04:23:50Z`, with as many digits of the fraction as needed: the form of Windows hosts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.unix_micros.div_euclid(MICROS);
        let Ok(utc) = OffsetDateTime::from_unix_timestamp(seconds) else {
            return write!(f, "{} microseconds since 1970", self.unix_micros);
        };
        let (date, time) = (utc.date(), utc.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            Fraction(self.unix_micros.rem_euclid(MICROS).unsigned_abs())
        )
    }
}

impl Interval {
    /// From a length of time; fractions of a microsecond are cut off.
    pub fn new(length: Duration) -> Self {
        Self(Duration::new(length.as_secs(), length.subsec_micros().saturating_mul(1_000)))
    }

    /// The length of time.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl fmt::Display for Interval {
    /// `P0DT0H5M0S`, the form of Windows hosts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        write!(
            f,
            "P{}DT{}H{}M{}{}S",
            seconds / DAY,
            seconds % DAY / 3_600,
            seconds % 3_600 / 60,
            seconds % 60,
            Fraction(u64::from(self.0.subsec_micros()))
        )
    }
}

impl fmt::Display for Datetime {
    /// The forms of Windows hosts; the unspecified value as its 25 characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timestamp(timestamp) => timestamp.fmt(f),
            Self::Interval(interval) => interval.fmt(f),
            Self::Unspecified => f.write_str("**************.******+***"),
        }
    }
}

struct Fraction(u64);

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return Ok(());
        }
        let digits = format!("{:06}", self.0);
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

impl FromStr for Datetime {
    type Err = DatetimeError;

    /// Accepts any form: xs:dateTime (with `Z`, an offset, or neither, which means UTC), xs:duration, the 25 characters of CIM.
    fn from_str(text: &str) -> Result<Self, DatetimeError> {
        let text = text.trim();
        if text.starts_with('P') {
            return parse_duration(text).map(Self::Interval);
        }
        if text.len() == 25 && text.as_bytes().get(14) == Some(&b'.') {
            return parse_cim(text);
        }
        parse_iso(text).map(Self::Timestamp)
    }
}

/// A cursor over ASCII digits and punctuation.
struct Scan<'a>(&'a str);

impl<'a> Scan<'a> {
    fn take(&mut self, count: usize) -> Result<&'a str, DatetimeError> {
        let (head, rest) = self.0.split_at_checked(count).ok_or(DatetimeError)?;
        self.0 = rest;
        Ok(head)
    }

    fn digits<T: FromStr>(&mut self, count: usize) -> Result<T, DatetimeError> {
        let digits = self.take(count)?;
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            digits.parse().map_err(|_| DatetimeError)
        } else {
            Err(DatetimeError)
        }
    }

    fn mark(&mut self, mark: char) -> Result<(), DatetimeError> {
        self.0 = self.0.strip_prefix(mark).ok_or(DatetimeError)?;
        Ok(())
    }

    fn run_of_digits(&mut self) -> &'a str {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (head, rest) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        self.0 = rest;
        head
    }
}

/// Microseconds from the digits after a point; digits after the sixth are cut off.
fn micros(digits: &str) -> Result<u32, DatetimeError> {
    let six: String = digits.chars().chain("000000".chars()).take(6).collect();
    if digits.is_empty() { Err(DatetimeError) } else { six.parse().map_err(|_| DatetimeError) }
}

fn date(year: i32, month: u8, day: u8) -> Result<Date, DatetimeError> {
    let month = Month::try_from(month).map_err(|_| DatetimeError)?;
    Date::from_calendar_date(year, month, day).map_err(|_| DatetimeError)
}

fn parse_iso(text: &str) -> Result<Timestamp, DatetimeError> {
    let mut scan = Scan(text);
    let year = scan.digits(4)?;
    scan.mark('-')?;
    let month = scan.digits(2)?;
    scan.mark('-')?;
    let date = date(year, month, scan.digits(2)?)?;
    scan.mark('T')?;
    let hour = scan.digits(2)?;
    scan.mark(':')?;
    let minute = scan.digits(2)?;
    scan.mark(':')?;
    let second = scan.digits(2)?;
    let micro = if scan.mark('.').is_ok() { micros(scan.run_of_digits())? } else { 0 };
    let time = Time::from_hms_micro(hour, minute, second, micro).map_err(|_| DatetimeError)?;
    let offset = match scan.0 {
        "" | "Z" => UtcOffset::UTC,
        rest => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let mut scan = Scan(rest.strip_prefix(['+', '-']).ok_or(DatetimeError)?);
            let hours: i32 = scan.digits(2)?;
            scan.mark(':')?;
            let minutes: i32 = scan.digits(2)?;
            if !scan.0.is_empty() || minutes > 59 {
                return Err(DatetimeError);
            }
            UtcOffset::from_whole_seconds(sign * (hours * 3_600 + minutes * 60)).map_err(|_| DatetimeError)?
        }
    };
    Timestamp::from_parts(date, time, offset)
}

/// Parses `yyyymmddhhmmss.mmmmmm` with a sign and three digits of minutes, or `ddddddddhhmmss.mmmmmm:000`.
fn parse_cim(text: &str) -> Result<Datetime, DatetimeError> {
    if text.chars().all(|c| matches!(c, '*' | '.' | '+' | '-' | ':')) {
        return Ok(Datetime::Unspecified);
    }
    let mut scan = Scan(text);
    if text.as_bytes().get(21) == Some(&b':') {
        let days: u64 = scan.digits(8)?;
        let (hours, minutes, seconds): (u64, u64, u64) = (scan.digits(2)?, scan.digits(2)?, scan.digits(2)?);
        scan.mark('.')?;
        let micros: u32 = scan.digits(6)?;
        if hours > 23 || minutes > 59 || seconds > 59 || scan.0 != ":000" {
            return Err(DatetimeError);
        }
        let seconds = days * DAY + hours * 3_600 + minutes * 60 + seconds;
        return Ok(Datetime::Interval(Interval(Duration::new(seconds, micros * 1_000))));
    }
    let date = date(scan.digits(4)?, scan.digits(2)?, scan.digits(2)?)?;
    let (hour, minute, second) = (scan.digits(2)?, scan.digits(2)?, scan.digits(2)?);
    scan.mark('.')?;
    let time = Time::from_hms_micro(hour, minute, second, scan.digits(6)?).map_err(|_| DatetimeError)?;
    let sign = match scan.take(1)? {
        "+" => 1,
        "-" => -1,
        _ => return Err(DatetimeError),
    };
    // "***" means an unknown offset; reading it as UTC keeps the order of events.
    let minutes: i32 = if scan.0 == "***" { 0 } else { scan.digits(3)? };
    let offset = UtcOffset::from_whole_seconds(sign * minutes * 60).map_err(|_| DatetimeError)?;
    Timestamp::from_parts(date, time, offset).map(Datetime::Timestamp)
}

/// Parses an xs:duration of days and smaller units. Years and months have no fixed length, and no CIM server sends them.
fn parse_duration(text: &str) -> Result<Interval, DatetimeError> {
    let mut scan = Scan(text);
    scan.mark('P')?;
    let (mut seconds, mut micro, mut parts, mut in_time) = (0_u64, 0, 0, false);
    let mut last_unit = 0;
    while !scan.0.is_empty() {
        if !in_time && scan.mark('T').is_ok() {
            in_time = true;
            continue;
        }
        let number: u64 = scan.run_of_digits().parse().map_err(|_| DatetimeError)?;
        if in_time && scan.mark('.').is_ok() {
            micro = micros(scan.run_of_digits())?;
            scan.0.starts_with('S').then_some(()).ok_or(DatetimeError)?;
        }
        let (unit, rank) = match (in_time, scan.take(1)?) {
            (false, "D") => (DAY, 1),
            (true, "H") => (3_600, 2),
            (true, "M") => (60, 3),
            (true, "S") => (1, 4),
            _ => return Err(DatetimeError),
        };
        if rank <= last_unit {
            return Err(DatetimeError);
        }
        last_unit = rank;
        parts += 1;
        let length = number.checked_mul(unit).ok_or(DatetimeError)?;
        seconds = seconds.checked_add(length).ok_or(DatetimeError)?;
    }
    if parts == 0 { Err(DatetimeError) } else { Ok(Interval(Duration::new(seconds, micro * 1_000))) }
}

#[cfg(test)]
#[path = "datetime_tests.rs"]
mod tests;
