//! The target `datetime`: its oracle is `hvsnap::fuzzing::datetime`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::datetime));
