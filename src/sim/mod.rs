//! A simulated Hyper-V host behind a simulated WinRM service.

#![allow(dead_code, reason = "the endpoint that uses the rest follows")]

mod clock;
mod endpoint;
mod http;
mod instance;
mod instances;
mod journal;
mod lab;
mod message;
mod model;
mod path;
mod random;
mod server;
mod wql;

pub use clock::SimClock;
pub use journal::{Entry, Operation, Outcome};
pub use lab::LabError;
pub use model::EditError;
pub use server::{RunningSimulator, Simulator, SnapshotView, StartError, VmView};
