//! All integration tests, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod busy;
mod cli;
mod cli_auth;
mod cli_connect;
mod cli_cut_off;
mod cli_destroy;
mod cli_doctor;
mod cli_ended;
mod cli_entries;
mod cli_exit;
mod cli_explain;
mod cli_golden;
mod cli_journal;
mod cli_json;
mod cli_kerberos;
mod cli_large;
mod cli_names;
mod cli_resume;
mod cli_sim;
mod cli_state;
mod cli_tls;
mod deadlines;
mod dependencies;
mod doctor;
mod effects;
mod endless;
mod envelopes;
mod foreign;
mod foreign_effects;
mod foreign_friendly;
mod foreign_hostile;
mod foreign_kerberos;
mod forms;
mod fresh;
mod hosts;
mod journaled;
mod killed;
mod layering;
mod life;
mod many;
mod matrix;
mod matrix_cell;
mod matrix_cli;
mod matrix_kinds;
mod merges;
mod ntlm_client;
mod promises;
mod properties;
mod properties_bench;
mod properties_given;
mod properties_judge;
mod readback;
mod readback_proxy;
mod reports;
mod requests;
mod resumed;
mod scan;
mod scripted;
mod sim_auth;
mod sim_auth_sealed;
mod sim_auth_tls;
mod sim_auth_wire;
mod sim_disks;
mod sim_fault;
mod sim_fault_rules;
mod sim_http;
mod sim_invoke;
mod sim_raw;
mod sim_read;
mod soak;
mod sources;
mod waiting;
