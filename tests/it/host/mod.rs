//! Operations on a Hyper-V host through the library: destroy, what becomes of it, resume, merge, doctor.

mod busy;
mod cluster;
mod costs;
mod doctor;
pub(crate) mod effects;
mod fresh;
mod inventory;
pub(crate) mod journaled;
mod life;
mod merges;
mod owners;
mod resumed;

use hvsnap::{ClientBuilder, Host};

/// From the description of a client to the host that a test works with.
pub(crate) trait IntoHost {
    /// The host, through the client that is described.
    fn host(self) -> Host;
}

impl IntoHost for ClientBuilder {
    fn host(self) -> Host {
        Host::new(self.build().unwrap())
    }
}
