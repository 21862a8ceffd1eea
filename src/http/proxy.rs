//! The HTTP proxy that the caller configured.
//!
//! The environment is not consulted, and proxy authentication is not supported. Follows RFC 9110, sections 3.7 and 9.3.6.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// An HTTP proxy for connections to the host, parsed from `http://HOST:PORT`.
///
/// A host with TLS is reached through a tunnel (CONNECT), which stays one connection. Without TLS a proxy supports Basic
/// authentication only, and counts as a network that others can read. Authentication to the proxy itself is not supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyConfig(Url);

impl FromStr for ProxyConfig {
    type Err = ProxyConfigError;

    fn from_str(text: &str) -> Result<Self, ProxyConfigError> {
        let url = Url::parse(text).map_err(|_| ProxyConfigError::Malformed)?;
        // An https proxy would need a TLS connection of its own, with a certificate other than the host's.
        if url.scheme() != "http" {
            return Err(ProxyConfigError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ProxyConfigError::UserInfo);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyConfigError::Malformed);
        }
        Ok(Self(url))
    }
}

impl ProxyConfig {
    pub(super) fn layer(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.0.clone())
    }
}

impl fmt::Display for ProxyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// The address is not that of a usable proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyConfigError {
    /// The address is malformed.
    #[error("the address of a proxy has the form http://HOST:PORT")]
    Malformed,
    /// The address does not begin with `http://`.
    #[error("the address of a proxy begins with http:// (also for hosts with TLS)")]
    Scheme,
    /// The address contains a user or a password.
    #[error("authentication to a proxy is not supported")]
    UserInfo,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_host_with_a_port_and_nothing_else() {
        assert_eq!(
            "http://proxy.example:3128/".parse::<ProxyConfig>().unwrap().to_string(),
            "http://proxy.example:3128"
        );
        for (text, error) in [
            ("proxy.example:3128", ProxyConfigError::Scheme),
            ("https://proxy.example:3128", ProxyConfigError::Scheme),
            ("socks5://proxy.example", ProxyConfigError::Scheme),
            ("http://", ProxyConfigError::Malformed),
            ("proxy", ProxyConfigError::Malformed),
            ("http://proxy.example/path", ProxyConfigError::Malformed),
            ("http://proxy.example/?x", ProxyConfigError::Malformed),
            ("http://ops:hush@proxy.example", ProxyConfigError::UserInfo),
        ] {
            assert_eq!(text.parse::<ProxyConfig>(), Err(error), "{text}");
        }
    }
}
