//! The target `ntlm_host`: its oracle is `hvsnap::fuzzing::ntlm_host`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::ntlm_host));
