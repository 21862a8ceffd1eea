//! The target `vms`: its oracle is `hvsnap::fuzzing::vms`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::vms));
