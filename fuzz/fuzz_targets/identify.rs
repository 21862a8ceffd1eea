//! The target `identify`: its oracle is `hvsnap::fuzzing::identify`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::identify));
