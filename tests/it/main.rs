//! All integration tests, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod campaigns;
mod cli;
mod client;
mod foreign;
mod host;
mod scripted;
mod sim;
mod structure;
