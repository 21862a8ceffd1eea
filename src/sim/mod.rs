//! A simulated Hyper-V host behind a simulated WinRM service.

#![allow(dead_code, reason = "the endpoint that uses the rest follows")]

mod lab;
mod model;
mod random;

pub use lab::LabError;
pub use model::EditError;
