//! Reads the AUTHENTICATE message: the names of the client and its proof.
//!
//! The proof is checked elsewhere. Anonymous logons and responses older than NTLMv2 are refused here. Follows MS-NLMP, sections
//! 2.2.1.3, 2.2.2.7 and 2.2.2.8.

use super::{
    keys::Key,
    token::{self, av},
};
use crate::sim::auth::Denied;

/// The size of the fixed part, without the version and the MIC that old clients omit.
const FIXED: usize = 64;

/// The length of an NTLMv1 response; no other response has it.
const V1_RESPONSE: usize = 24;

/// The size of `NTLMv2_CLIENT_CHALLENGE` before the pairs.
const TEMP_FIXED: usize = 28;

/// A message whose parts all lie within it.
pub(crate) struct Authenticate<'a> {
    pub(super) flags: u32,
    pub(super) domain: String,
    pub(super) user: String,
    pub(super) session_key: &'a [u8],
    pub(super) response: Response<'a>,
}

/// `NTLMv2_RESPONSE`.
pub(super) struct Response<'a> {
    pub(super) proof: Key,
    /// The bytes that the proof covers.
    pub(super) temp: &'a [u8],
    channel_binding: Option<&'a [u8]>,
    av_flags: u32,
}

impl<'a> Authenticate<'a> {
    pub(crate) fn read(token: &'a [u8]) -> Result<Self, Denied> {
        let malformed = Denied::Malformed("AUTHENTICATE of NTLM");
        if !token::is_message(token, 3) {
            return Err(malformed);
        }
        let field = |at| token::field(token, at, FIXED).ok_or(malformed);
        let text = |at| token::text(field(at)?).ok_or(malformed);
        field(12)?;
        let response = field(20)?;
        let (domain, user) = (text(28)?, text(36)?);
        field(44)?;
        let session_key = field(52)?;
        let flags = token::u32_at(token, 60).ok_or(malformed)?;
        if user.is_empty() && response.is_empty() {
            return Err(Denied::Anonymous);
        }
        if response.len() == V1_RESPONSE {
            return Err(Denied::Weak("a response of NTLM version 1"));
        }
        let response = Response::read(response).ok_or(malformed)?;
        Ok(Self { flags, domain, user, session_key, response })
    }
}

impl<'a> Response<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (proof, temp) = bytes.split_first_chunk()?;
        // RespType and HiRespType.
        if !temp.starts_with(&[1, 1]) {
            return None;
        }
        let pairs = temp.get(TEMP_FIXED..)?;
        let channel_binding = token::av_pair(pairs, av::CHANNEL_BINDINGS)?;
        let av_flags = match token::av_pair(pairs, av::FLAGS)? {
            None => 0,
            Some(flags) => u32::from_le_bytes(flags.try_into().ok()?),
        };
        Some(Self { proof: *proof, temp, channel_binding, av_flags })
    }

    /// True if the message announces a MIC.
    pub(super) fn promises_mic(&self) -> bool {
        self.av_flags & 2 != 0
    }

    /// The hash of the channel binding; all zeros mean, as a missing attribute does, that there is none.
    pub(super) fn channel_binding(&self) -> Option<&'a [u8]> {
        self.channel_binding.filter(|hash| hash.iter().any(|byte| *byte != 0))
    }
}
