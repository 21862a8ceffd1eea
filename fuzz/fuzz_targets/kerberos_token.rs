//! The target `kerberos_token`: its oracle is `hvsnap::fuzzing::kerberos_token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::kerberos_token));
