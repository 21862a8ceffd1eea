//! From the description of a client to the host that a test works with.

use hvsnap::{ClientBuilder, Host};

pub(crate) trait IntoHost {
    /// The host, through the client that is described.
    fn host(self) -> Host;
}

impl IntoHost for ClientBuilder {
    fn host(self) -> Host {
        Host::new(self.build().unwrap())
    }
}
