//! The door to a call that changes nothing, by the way that all calls take.

pub use crate::client::benching::Nothing;
