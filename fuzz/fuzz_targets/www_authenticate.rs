//! The target `www_authenticate`: its oracle is `hvsnap::fuzzing::www_authenticate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::www_authenticate));
