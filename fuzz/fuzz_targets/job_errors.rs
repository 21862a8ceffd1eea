//! The target `job_errors`: its oracle is `hvsnap::fuzzing::job_errors`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hvsnap_fuzz::watch(data, hvsnap::fuzzing::job_errors));
