//! The target `references`: its oracle is `hvsnap::fuzzing::references`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::references));
