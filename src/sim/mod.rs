//! A simulated Hyper-V host behind a simulated WinRM service.

#![allow(dead_code, reason = "the endpoint that uses the rest follows")]

mod instance;
mod instances;
mod lab;
mod model;
mod path;
mod random;
mod wql;

pub use lab::LabError;
pub use model::EditError;
