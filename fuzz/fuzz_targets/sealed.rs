//! The target `sealed`: its oracle is `hvsnap::fuzzing::sealed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::sealed));
