//! Randomness and time as arguments for one leg of an exchange.
//!
//! The caller draws both. Each key is given out once.

use std::{fmt, time::Duration};

use zeroize::Zeroizing;

use super::AuthError;

/// The external inputs of one step of an exchange.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) random: Entropy,
    /// The time since 1970-01-01T00:00:00Z.
    pub(crate) now: Duration,
}

/// Random bytes from the operating system, each used once; wiped when dropped.
pub(crate) struct Entropy {
    nonce: [u8; Self::NONCE],
    key: Option<Zeroizing<[u8; Self::KEY]>>,
}

impl Entropy {
    const NONCE: usize = 8;
    const KEY: usize = 16;
    /// The number of bytes that one step may need.
    pub(crate) const SIZE: usize = Self::NONCE + Self::KEY;

    /// Takes random bytes, which must be secret and used only here.
    pub(crate) fn new(bytes: &Zeroizing<[u8; Self::SIZE]>) -> Self {
        let (mut nonce, mut key) = ([0; Self::NONCE], Zeroizing::new([0; Self::KEY]));
        for (to, from) in nonce.iter_mut().chain(key.iter_mut()).zip(bytes.iter()) {
            *to = *from;
        }
        Self { nonce, key: Some(key) }
    }

    /// A public number, used once.
    pub(super) fn nonce(&self) -> [u8; Self::NONCE] {
        self.nonce
    }

    /// A key for one session; can be taken once.
    pub(super) fn take_key(&mut self) -> Result<Zeroizing<[u8; Self::KEY]>, AuthError> {
        self.key.take().ok_or(AuthError::NoRandomness)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_given_out_twice() {
        let bytes = Zeroizing::new(std::array::from_fn(|at| u8::try_from(at).unwrap()));
        let mut random = Entropy::new(&bytes);
        assert_eq!(random.nonce(), [0, 1, 2, 3, 4, 5, 6, 7]);
        let key = random.take_key().unwrap();
        assert_eq!(*key, [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
        assert_eq!(random.take_key(), Err(AuthError::NoRandomness));
    }
}
