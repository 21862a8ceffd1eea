//! Tests of datetimes: every form that servers are known to send.

use super::*;

fn shown(text: &str) -> String {
    text.parse::<Datetime>().map_or_else(|error| error.to_string(), |datetime| datetime.to_string())
}

#[test]
fn points_in_time_are_read_in_every_form() {
    for (text, expected) in [
        ("2026-10-05T04:23:50Z", "2026-10-05T04:23:50Z"),
        ("2025-12-17T09:55:22.702341Z", "2025-12-17T09:55:22.702341Z"),
        ("2025-12-17T09:55:22.7Z", "2025-12-17T09:55:22.7Z"),
        ("2025-12-17T09:55:22.7023419Z", "2025-12-17T09:55:22.702341Z"),
        ("2026-10-05T04:23:50+13:50", "2026-10-04T14:33:50Z"),
        ("2026-10-05T04:23:50-01:00", "2026-10-05T05:23:50Z"),
        (" 2026-10-05T04:23:50 ", "2026-10-05T04:23:50Z"),
        ("20261005042350.000000+000", "2026-10-05T04:23:50Z"),
        ("20261005042350.500000-060", "2026-10-05T05:23:50.5Z"),
        ("20261005042350.000000+***", "2026-10-05T04:23:50Z"),
        ("1601-01-01T00:00:00Z", "1601-01-01T00:00:00Z"),
        ("**************.******+***", "**************.******+***"),
        ("********************:***", "not a CIM datetime"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
    assert_eq!("1601-01-01T00:00:00Z".parse(), Ok(Datetime::Timestamp(Timestamp::never())));
}

#[test]
fn intervals_are_read_in_every_form() {
    for (text, expected) in [
        ("P0DT0H5M0S", "P0DT0H5M0S"),
        ("PT5M", "P0DT0H5M0S"),
        ("P0DT0H0M1.00417S", "P0DT0H0M1.00417S"),
        ("P2002DT2H2M2.000002S", "P2002DT2H2M2.000002S"),
        ("PT60.000S", "P0DT0H1M0S"),
        ("00000000000500.000000:000", "P0DT0H5M0S"),
        ("00000001010203.000004:000", "P1DT1H2M3.000004S"),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_datetime_is_refused() {
    for text in [
        "",
        "P",
        "PT",
        "P1Y",
        "P1M",
        "-PT1S",
        "PT1S1M",
        "PT1.S",
        "PT1.5M",
        "P99999999999999999999D",
        "2026-13-05T04:23:50Z",
        "2026-02-30T04:23:50Z",
        "2026-10-05T24:23:50Z",
        "2026-10-05 04:23:50Z",
        "2026-10-05T04:23:50+1350",
        "2026-10-05T04:23:50Zx",
        "20261005042350.000000x000",
        "9999-12-31T23:59:59-14:00",
        "0000-01-01T00:00:00+14:00",
        "2026100504235*.000000+000",
        "00000000250500.000000:000",
        "日本語日本語日本語",
    ] {
        assert_eq!(shown(text), "not a CIM datetime", "{text}");
    }
}
