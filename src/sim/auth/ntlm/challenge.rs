//! Builds the CHALLENGE: the names of the host, the time, and the requested protection.
//!
//! Time and nonce are arguments. Follows MS-NLMP, sections 2.2.1.2 and 3.2.5.1.1; the order of the pairs is that of recorded
//! challenges.

use std::time::Duration;

use super::{
    SIGNATURE,
    token::{av, flags, utf16},
};
use crate::sim::auth::names::HostNames;

/// Seconds from 1601, where FILETIME begins, to 1970.
const FILETIME_EPOCH: u64 = 11_644_473_600;

/// The size of the fixed part, version included.
const FIXED: usize = 56;

/// The flags of the answer to a NEGOTIATE with these flags.
pub(super) fn flags(offered: u32, names: &HostNames) -> u32 {
    let on_request = flags::REQUEST_TARGET
        | flags::SIGN
        | flags::SEAL
        | flags::ALWAYS_SIGN
        | flags::KEY_128
        | flags::KEY_EXCHANGE
        | flags::KEY_56;
    let target = match names.is_in_domain() {
        true => flags::TARGET_TYPE_DOMAIN,
        false => flags::TARGET_TYPE_SERVER,
    };
    let always = flags::UNICODE
        | flags::NTLM
        | flags::EXTENDED_SESSION_SECURITY
        | flags::TARGET_INFO
        | flags::VERSION
        | target;
    offered & on_request | always
}

/// The message.
pub(super) fn message(flags: u32, nonce: [u8; 8], names: &HostNames, now: Duration) -> Vec<u8> {
    let target_name = if flags & flags::REQUEST_TARGET == 0 { Vec::new() } else { utf16(&names.target) };
    let target_info = target_info(names, now);
    let mut message = SIGNATURE.to_vec();
    message.extend(2_u32.to_le_bytes());
    fields(&mut message, target_name.len(), FIXED);
    message.extend(flags.to_le_bytes());
    message.extend(nonce);
    message.extend([0; 8]);
    fields(&mut message, target_info.len(), FIXED + target_name.len());
    let (major, minor, build) = names.version;
    message.extend([major, minor]);
    message.extend(build.to_le_bytes());
    message.extend([0, 0, 0, 15]);
    message.extend(target_name);
    message.extend(target_info);
    message
}

fn fields(message: &mut Vec<u8>, length: usize, offset: usize) {
    // Names of a checked lab are much shorter.
    let length = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    message.extend(length);
    message.extend(length);
    message.extend(u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
}

fn target_info(names: &HostNames, now: Duration) -> Vec<u8> {
    let ticks = now.saturating_add(Duration::from_secs(FILETIME_EPOCH)).as_nanos() / 100;
    let ticks = u64::try_from(ticks).unwrap_or(u64::MAX).to_le_bytes();
    let texts = [
        (av::NB_DOMAIN_NAME, &names.target),
        (av::NB_COMPUTER_NAME, &names.computer),
        (av::DNS_DOMAIN_NAME, &names.dns_domain),
        (av::DNS_COMPUTER_NAME, &names.dns_computer),
        (av::DNS_TREE_NAME, &names.dns_domain),
    ];
    let mut info = Vec::new();
    for (id, text) in texts {
        pair(&mut info, id, &utf16(text));
    }
    pair(&mut info, av::TIMESTAMP, &ticks);
    pair(&mut info, av::EOL, &[]);
    info
}

fn pair(info: &mut Vec<u8>, id: u16, value: &[u8]) {
    info.extend(id.to_le_bytes());
    info.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    info.extend(value);
}
