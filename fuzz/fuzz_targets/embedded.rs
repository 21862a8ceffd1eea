//! The target `embedded`: its oracle is `hvsnap::fuzzing::embedded`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::embedded));
