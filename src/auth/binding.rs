//! Channel binding: ties an authentication to its TLS connection.
//!
//! The TLS layer computes the hash of the certificate. RFC 5929, section 4; RFC 5056, section 2.1.

use std::fmt;

/// The application data of a channel binding: the name of its type, a colon, and bytes that are unique to the channel.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ChannelBinding(Vec<u8>);

impl ChannelBinding {
    /// Binds to a server by the hash of its certificate.
    pub(crate) fn tls_server_end_point(hash: &[u8]) -> Self {
        Self([b"tls-server-end-point:", hash].concat())
    }

    /// The application data, in the form that GSSAPI takes.
    pub(super) fn application_data(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for ChannelBinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChannelBinding(tls-server-end-point)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_names_its_type_before_the_hash() {
        let binding = ChannelBinding::tls_server_end_point(&[1, 2, 3]);
        assert_eq!(binding.application_data(), b"tls-server-end-point:\x01\x02\x03");
    }
}
