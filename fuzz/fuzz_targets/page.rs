//! The target `page`: its oracle is `hvsnap::fuzzing::page`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::page));
