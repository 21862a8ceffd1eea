//! Connects client and simulator: the only file that names both.
//!
//! The simulator must not depend on the client; otherwise it could not contradict it. Constructors that need both are here.

use std::sync::Arc;

use crate::{Client, ClientBuilder, Credentials, Host, client::Error as ClientError, sim::RunningSimulator};

impl RunningSimulator {
    /// A builder for a client of this host, with the host's clock and the first administrator of the lab as its user.
    ///
    /// Without an administrator the client has no credentials, which is an error when it is built.
    pub fn client_builder(&self) -> ClientBuilder {
        self.client_builder_for(self.endpoint())
    }

    /// Such a builder for a client of the node with that name; `None` if there is no such node.
    pub fn client_builder_of(&self, node: &str) -> Option<ClientBuilder> {
        self.endpoint_of(node).map(|url| self.client_builder_for(&url))
    }

    fn client_builder_for(&self, url: &str) -> ClientBuilder {
        let builder = Client::builder(url).clock(Arc::new(self.clock()));
        match self.administrator() {
            Some((user, password)) => builder.credentials(Credentials::ntlm(user, password)),
            None => builder,
        }
    }

    /// A [`Host`] for this simulated host, with such a client.
    ///
    /// # Errors
    /// If the lab has no administrator.
    pub fn host(&self) -> Result<Host, ClientError> {
        self.client_builder().build().map(Host::new)
    }
}
