//! The target `machines`: its oracle is `hvsnap::fuzzing::machines`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::machines));
