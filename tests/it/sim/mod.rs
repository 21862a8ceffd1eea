//! The simulated host, seen from bare sockets: no code of the client takes part.

mod auth;
mod auth_sealed;
mod auth_tls;
pub(crate) mod auth_wire;
mod disks;
mod fault;
mod fault_rules;
mod http;
mod invoke;
mod life;
mod ntlm_client;
mod raw;
mod read;
mod transfer;
