//! The response to a challenge: proves knowledge of the password without sending it.
//!
//! Only a key derived from user, domain and password is kept; it is wiped when dropped. Follows [MS-NLMP], section 3.3.2.

use zeroize::Zeroizing;

use super::{
    crypto::{Key, hmac_md5, md4},
    identity::{Identity, utf_16},
};
use crate::secret::Secret;

/// `ResponseKeyNT`, which in version 2 is also `ResponseKeyLM`.
pub(super) struct Proof(Key);

/// The response to a challenge, and the resulting shared key.
pub(super) struct Response {
    pub(super) lm: [u8; 24],
    pub(super) nt: Vec<u8>,
    /// `SessionBaseKey`, which in version 2 is also the key exchange key. It decrypts the whole session.
    pub(super) key: Key,
}

impl Proof {
    /// `NTOWFv2`
    pub(super) fn new(identity: &Identity, password: &Secret) -> Self {
        let password = password.expose();
        // Reserve the maximum: a buffer that grows leaves copies in memory.
        let mut bytes = Zeroizing::new(Vec::with_capacity(password.len() * 2));
        bytes.extend(utf_16(password));
        let mut name: Vec<u8> = utf_16(&identity.user_in_upper_case()).collect();
        name.extend(utf_16(&identity.domain));
        Self(hmac_md5(&md4(&bytes), &[&name]))
    }

    /// `ComputeResponse`
    pub(super) fn respond(
        &self,
        server_nonce: [u8; 8],
        client_nonce: [u8; 8],
        time: [u8; 8],
        target_info: &[u8],
    ) -> Response {
        let mut nt =
            [&[1, 1, 0, 0, 0, 0, 0, 0], &time[..], &client_nonce, &[0; 4], target_info, &[0; 4]].concat();
        let proof = hmac_md5(&self.0, &[&server_nonce, &nt]);
        nt.splice(..0, *proof);
        let short = hmac_md5(&self.0, &[&server_nonce, &client_nonce]);
        let mut lm = [0; 24];
        lm.iter_mut().zip(short.iter().chain(&client_nonce)).for_each(|(to, from)| *to = *from);
        Response { lm, nt, key: hmac_md5(&self.0, &[&*proof]) }
    }
}
