//! Values as text on the wire: dates, intervals, numbers, and texts that XML can contain.
//!
//! Forms of recorded answers: `2026-10-05T04:23:50.5Z`, `P0DT0H5M0S`, `1601-01-01T00:00:00Z` for "never".

use std::{borrow::Cow, time::Duration};

use crate::sim::instance::Scalar;

/// The form of "never".
pub(super) const NEVER: &str = "1601-01-01T00:00:00Z";

/// The text of a scalar that is neither a datetime nor a reference.
pub(super) fn plain(scalar: &Scalar) -> Option<Cow<'_, str>> {
    match scalar {
        Scalar::Boolean(value) => Some(if *value { "true" } else { "false" }.into()),
        Scalar::Number(number) => Some(number.to_string().into()),
        Scalar::Text(text) => Some(carriable(text)),
        Scalar::Time(_) | Scalar::Never | Scalar::Interval(_) | Scalar::Reference(_) => None,
    }
}

/// Replaces control characters by question marks (MS-WSMV 3.1.4.1.25).
pub(super) fn carriable(text: &str) -> Cow<'_, str> {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(fits) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if fits(c) { c } else { '?' }).collect())
}

/// A point in time since 1970, in UTC.
pub(super) fn time(since: Duration) -> String {
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let Ok(utc) = time::OffsetDateTime::from_unix_timestamp(seconds) else { return NEVER.to_owned() };
    let (date, clock) = (utc.date(), utc.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
        fraction(since)
    )
}

/// A duration.
pub(super) fn interval(length: Duration) -> String {
    let seconds = length.as_secs();
    format!(
        "P{}DT{}H{}M{}{}S",
        seconds / 86_400,
        seconds / 3_600 % 24,
        seconds / 60 % 60,
        seconds % 60,
        fraction(length)
    )
}

fn fraction(time: Duration) -> String {
    match time.subsec_micros() {
        0 => String::new(),
        micros => format!(".{micros:06}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datetimes_have_the_recorded_forms() {
        assert_eq!(time(Duration::from_secs(1_791_174_230)), "2026-10-05T04:23:50Z");
        assert_eq!(time(Duration::from_millis(1_791_174_230_500)), "2026-10-05T04:23:50.5Z");
        assert_eq!(interval(Duration::from_secs(300)), "P0DT0H5M0S");
        assert_eq!(interval(Duration::from_micros(14_947)), "P0DT0H0M0.014947S");
        assert_eq!(interval(Duration::from_micros(90_061_004_170)), "P1DT1H1M1.00417S");
    }

    #[test]
    fn control_characters_become_question_marks() {
        assert_eq!(carriable("a\u{1}b\tc\u{0}\u{fffe}"), "a?b\tc??");
        assert!(matches!(carriable("plain"), Cow::Borrowed("plain")));
    }
}
