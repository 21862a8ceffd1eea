//! Randomness and time, as one leg of an exchange gets them from outside.
//!
//! It never draws or reads either itself, and never gives out the same random bytes twice.

use std::{fmt, mem, time::Duration};

use zeroize::Zeroizing;

/// What the world contributes to one step of an exchange.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) random: Entropy,
    /// Since the beginning of 1970, UTC.
    pub(crate) now: Duration,
}

/// Random bytes from the operating system, each used once; wiped when dropped.
pub(crate) struct Entropy {
    nonce: [u8; Self::NONCE],
    key: Zeroizing<[u8; Self::KEY]>,
}

impl Entropy {
    const NONCE: usize = 8;
    const KEY: usize = 16;
    /// How many bytes one step may need.
    pub(crate) const SIZE: usize = Self::NONCE + Self::KEY;

    /// Takes over bytes that nobody else knows or will use.
    pub(crate) fn new(bytes: &Zeroizing<[u8; Self::SIZE]>) -> Self {
        let (mut nonce, mut key) = ([0; Self::NONCE], Zeroizing::new([0; Self::KEY]));
        for (to, from) in nonce.iter_mut().chain(key.iter_mut()).zip(bytes.iter()) {
            *to = *from;
        }
        Self { nonce, key }
    }

    /// A number that is used once and may be seen by all.
    pub(super) fn nonce(&self) -> [u8; Self::NONCE] {
        self.nonce
    }

    /// A key for one session; it is gone from here afterwards.
    pub(super) fn take_key(&mut self) -> Zeroizing<[u8; Self::KEY]> {
        mem::take(&mut self.key)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(..)")
    }
}
