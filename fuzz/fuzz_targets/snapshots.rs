//! The target `snapshots`: its oracle is `hvsnap::fuzzing::snapshots`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::snapshots));
