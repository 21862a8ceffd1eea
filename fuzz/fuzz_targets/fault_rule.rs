//! The target `fault_rule`: its oracle is `hvsnap::fuzzing::fault_rule`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::fault_rule));
