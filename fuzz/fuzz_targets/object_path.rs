//! The target `object_path`: its oracle is `hvsnap::fuzzing::object_path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::object_path));
