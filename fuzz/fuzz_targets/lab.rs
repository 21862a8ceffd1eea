//! The target `lab`: its oracle is `hvsnap::fuzzing::lab`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::lab));
