//! The target `job`: its oracle is `hvsnap::fuzzing::job`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::job));
