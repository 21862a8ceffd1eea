//! The target `fault`: its oracle is `hvsnap::fuzzing::fault`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::fault));
