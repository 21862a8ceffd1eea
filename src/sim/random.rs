//! A seeded random generator, the only source of randomness: two runs with one seed are alike.
//!
//! SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators"). Suitable for identifiers, not for secrets.

/// Pseudo-random numbers from a seed.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// True with this probability, from 0 to 1.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        let drawn = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(drawn) < probability * (f64::from(u32::MAX) + 1.0)
    }

    /// Eight bytes that do not repeat.
    pub(crate) fn nonce(&mut self) -> [u8; 8] {
        self.next().to_be_bytes()
    }

    /// A version 4 GUID in upper case, the form of Hyper-V's identifiers.
    pub(crate) fn guid(&mut self) -> String {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        let versioned = (bits & !(0xF << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
        let hex = format!("{versioned:032X}");
        let mut text = String::with_capacity(36);
        for (place, digit) in hex.chars().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }
}

/// A stable identifier of a file: 64-bit FNV-1a of its path, in any case (RFC 9923), as a seed.
pub(crate) fn guid_of(path: &str) -> String {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    Random::seeded(path.to_lowercase().bytes().fold(0xCBF2_9CE4_8422_2325, mix)).guid()
}

/// True if `text` is a GUID without braces.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.chars().enumerate().all(|(place, c)| match place {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence_of_well_formed_guids() {
        let (mut first, mut second) = (Random::seeded(7), Random::seeded(7));
        for _ in 0..100 {
            let guid = first.guid();
            assert_eq!(guid, second.guid());
            assert!(is_guid(&guid), "{guid}");
            assert_eq!(guid.chars().nth(14), Some('4'));
            assert!("89AB".contains(guid.chars().nth(19).unwrap()));
        }
        assert_ne!(Random::seeded(7).guid(), Random::seeded(8).guid());
    }

    #[test]
    fn a_text_that_only_resembles_a_guid_is_none() {
        assert!(!is_guid("web-01"));
        assert!(!is_guid("6B0D1C4A-BCED-4CAE-981B-8DDA57181C9"));
        assert!(!is_guid("6B0D1C4ABBCED-4CAE-981B-8DDA57181C9F"));
    }
}
