//! The target `destroy`: its oracle is `hvsnap::fuzzing::destroy`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::destroy));
