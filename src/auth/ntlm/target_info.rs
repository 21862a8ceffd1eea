//! The attributes in the host's target information, and those that the client returns under its proof.
//!
//! Attributes that the client must set itself are never copied from the host. Follows [MS-NLMP], section 2.2.2.1.

use ntlmclient::{TargetInfoEntry, TargetInfoType};

use super::{crypto::md5, identity::utf_16};
use crate::{
    auth::{AuthError, ChannelBinding},
    violation::Violation,
};

/// Ten kinds are defined, each at most once.
const MAX_ENTRIES: usize = 32;
/// A generous limit: a DNS name in UTF-16 takes 510 bytes.
const MAX_BYTES: usize = 8 * 1024;
/// `MsvAvFlags`: the message carries an integrity code.
const HAS_INTEGRITY_CODE: u32 = 0x2;

pub(super) struct TargetInfo {
    /// The attributes of the host, without the terminator.
    entries: Vec<TargetInfoEntry>,
    /// True if even the terminator is missing.
    absent: bool,
    flags: u32,
    timestamp: Option<[u8; 8]>,
}

impl TargetInfo {
    pub(super) fn read(mut entries: Vec<TargetInfoEntry>) -> Result<Self, AuthError> {
        let bytes: usize = entries.iter().map(|entry| 4 + entry.data.len()).sum();
        if entries.len() > MAX_ENTRIES || bytes > MAX_BYTES {
            return Err(Violation::TooMuchTargetInfo.into());
        }
        let absent = entries.is_empty();
        match entries.iter().position(|entry| entry.entry_type == TargetInfoType::Terminator) {
            Some(end) => entries.truncate(end),
            None if absent => {}
            None => return Err(Violation::BadTargetInfo.into()),
        }
        let mut kinds: Vec<_> = entries.iter().map(|entry| entry.entry_type).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.len() != entries.len() {
            return Err(Violation::BadTargetInfo.into());
        }
        let flags = fixed(&entries, TargetInfoType::Flags)?.map_or(0, u32::from_le_bytes);
        let timestamp = fixed(&entries, TargetInfoType::Timestamp)?;
        Ok(Self { entries, absent, flags, timestamp })
    }

    pub(super) fn is_absent(&self) -> bool {
        self.absent
    }

    /// The host's time, if it is sent.
    pub(super) fn timestamp(&self) -> Option<[u8; 8]> {
        self.timestamp
    }

    /// The attributes to return: the host's, with the client's own added or replacing them ([MS-NLMP], section 3.1.5.1.2).
    pub(super) fn answer(&self, target: &str, binding: Option<[u8; 16]>) -> Vec<u8> {
        use TargetInfoType as T;
        let is_ours = |entry: &&TargetInfoEntry| {
            matches!(entry.entry_type, T::Flags | T::SingleHost | T::ChannelBindings | T::TargetName)
        };
        let ours = [
            Some((T::Flags, (self.flags | HAS_INTEGRITY_CODE).to_le_bytes().to_vec())),
            binding.map(|hash| (T::ChannelBindings, hash.to_vec())),
            Some((T::TargetName, utf_16(target).collect())),
            Some((T::Terminator, Vec::new())),
        ];
        let ours = ours.into_iter().flatten().map(|(entry_type, data)| TargetInfoEntry { entry_type, data });
        let theirs = self.entries.iter().filter(|entry| !is_ours(entry)).cloned();
        theirs.chain(ours).flat_map(|entry| entry.to_bytes()).collect()
    }
}

/// The hash of a `gss_channel_bindings_struct` without addresses (RFC 2744, section 3.11; [MS-NLMP], section 2.2.2.1).
pub(super) fn hash(binding: &ChannelBinding) -> [u8; 16] {
    let data = binding.application_data();
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    *md5(&[&[0; 16], &length.to_le_bytes(), data])
}

/// The value of an attribute of fixed size, if present.
fn fixed<const N: usize>(
    entries: &[TargetInfoEntry],
    kind: TargetInfoType,
) -> Result<Option<[u8; N]>, AuthError> {
    let entry = entries.iter().find(|entry| entry.entry_type == kind);
    let value = entry.map(|entry| <[u8; N]>::try_from(entry.data.as_slice()));
    value.transpose().map_err(|_| Violation::BadTargetInfo.into())
}
