//! The target `journal`: its oracle is `hvsnap::fuzzing::journal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::journal));
