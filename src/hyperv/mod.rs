//! Hyper-V's part of the conversation.
//!
//! Never knows XML, sockets or a clock.

pub(crate) mod schema;
