//! Client and simulator together: the only file that names both.
//!
//! The simulator must not know the client, or it could not contradict it; so what a test wants of both stands here.

use std::sync::Arc;

use crate::{Client, ClientBuilder, Credentials, Host, client::Error as ClientError, sim::RunningSimulator};

impl RunningSimulator {
    /// Describes a client of this host that lives by its clock, with the first administrator of the lab as its user.
    ///
    /// Without such a user the client has no credentials, and building it says so.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder(self.endpoint()).clock(Arc::new(self.clock()));
        match self.administrator() {
            Some((user, password)) => builder.credentials(Credentials::ntlm(user, password)),
            None => builder,
        }
    }

    /// This host through such a client.
    ///
    /// # Errors
    /// If the lab has no administrator.
    pub fn host(&self) -> Result<Host, ClientError> {
        self.client_builder().build().map(Host::new)
    }
}
