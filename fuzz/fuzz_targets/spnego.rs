//! The target `spnego`: its oracle is `hvsnap::fuzzing::spnego`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::spnego));
