//! The simulated host, tested with bare sockets, without any code of the client.

mod auth;
mod auth_sealed;
mod auth_tls;
pub(crate) mod auth_wire;
mod cluster;
mod disks;
mod failover;
mod fault;
mod fault_rules;
mod http;
mod invoke;
mod lab_page;
mod life;
mod mscluster;
mod nodes;
mod ntlm_client;
mod raw;
mod read;
mod sizes;
mod states;
mod transfer;
