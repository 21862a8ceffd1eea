//! Sizes as text, in units of 1024.

use hvsnap::hyperv::Bytes;

const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];

/// `512 MiB`, `1.5 GiB`; a part of a unit is rounded to a tenth.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut scale, mut unit) = (1024_u64, 0);
    // What would be rounded to 1024 of a unit is one of the next.
    while unit + 1 < UNITS.len() && tenths(bytes, scale) >= 10_240 {
        (scale, unit) = (scale * 1024, unit + 1);
    }
    let (tenths, name) = (tenths(bytes, scale), UNITS.get(unit).unwrap_or(&""));
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {name}"),
        (whole, part) => format!("{whole}.{part} {name}"),
    }
}

/// A size in tenths of a unit, rounded.
fn tenths(bytes: u64, scale: u64) -> u64 {
    let tenths = (u128::from(bytes) * 20 / u128::from(scale)).div_ceil(2);
    u64::try_from(tenths).unwrap_or(u64::MAX)
}

/// A sum that may be known in part: `1.5 GiB`, `at least 1.5 GiB`, `not known`.
pub(crate) fn sum(bytes: &Bytes) -> String {
    match bytes.exact() {
        Some(exact) => size(exact),
        None if bytes.at_least() == 0 => "not known".to_owned(),
        None => format!("at least {}", size(bytes.at_least())),
    }
}

/// The same with the reason why it is not all known.
pub(crate) fn sum_with_reason(bytes: &Bytes) -> String {
    match bytes.reasons() {
        [] => sum(bytes),
        [why] => format!("{} ({why})", sum(bytes)),
        [why, others @ ..] => format!("{} ({why}; and {} more)", sum(bytes), others.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_told_in_the_largest_unit_with_a_tenth() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (512 << 20, "512 MiB"),
            ((1 << 30) - 1, "1 GiB"),
            (1 << 40, "1 TiB"),
            (u64::MAX, "16384 PiB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }
}
