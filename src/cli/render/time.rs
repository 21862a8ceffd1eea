//! Times and durations as text, in UTC.

use std::time::Duration;

use hvsnap::cim::Timestamp;

/// `2026-03-02 18:30:00 UTC`; what Windows sends for "never" as `never`.
pub(crate) fn full(timestamp: Timestamp) -> String {
    if timestamp.is_never() {
        return "never".to_owned();
    }
    let text = timestamp.to_string();
    match text.split_once('T') {
        Some((date, time)) => {
            let seconds = time.split(['.', 'Z']).next().unwrap_or_default();
            format!("{date} {seconds} UTC")
        }
        None => text,
    }
}

/// `2026-03-02 18:30`, for columns with UTC in the heading.
pub(crate) fn short(timestamp: Timestamp) -> String {
    let full = full(timestamp);
    full.strip_suffix(" UTC")
        .and_then(|text| text.rsplit_once(':'))
        .map_or(full.clone(), |(text, _)| text.to_owned())
}

/// `8 months ago`; `None` for the future and for "never".
pub(crate) fn ago(timestamp: Timestamp, now: Duration) -> Option<String> {
    if timestamp.is_never() {
        return None;
    }
    let now = i64::try_from(now.as_micros()).ok()?;
    let micros = u64::try_from(now.checked_sub(timestamp.unix_micros())?).ok()?;
    Some(format!("{} ago", length(Duration::from_micros(micros))))
}

const UNITS: [(u64, &str); 6] = [
    (31_556_952, "year"),
    (2_629_746, "month"),
    (86_400, "day"),
    (3_600, "hour"),
    (60, "minute"),
    (1, "second"),
];

/// A duration in its largest unit: `3 days`.
pub(crate) fn length(length: Duration) -> String {
    let seconds = length.as_secs();
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| seconds >= *unit).unwrap_or((1, "second"));
    match seconds / unit {
        1 => format!("1 {name}"),
        number => format!("{number} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_utc() {
        let moment = Timestamp::from_unix_micros(1_772_476_200_500_000);
        assert_eq!(full(moment), "2026-03-02 18:30:00 UTC");
        assert_eq!(short(moment), "2026-03-02 18:30");
        assert_eq!(full(Timestamp::never()), "never");
        assert_eq!(short(Timestamp::never()), "never");
    }

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let moment = Timestamp::from_unix_micros(1_000_000_000_000);
        let after = |seconds: u64| ago(moment, Duration::from_secs(1_000_000 + seconds));
        assert_eq!(after(0).as_deref(), Some("0 seconds ago"));
        assert_eq!(after(60).as_deref(), Some("1 minute ago"));
        assert_eq!(after(86_400 * 3 + 5).as_deref(), Some("3 days ago"));
        assert_eq!(ago(moment, Duration::from_secs(999_999)), None);
        assert_eq!(ago(Timestamp::never(), Duration::from_secs(1)), None);
    }
}
