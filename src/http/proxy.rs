//! The HTTP proxy that the caller configured.
//!
//! It is never taken from the environment, and no proxy authentication is supported. RFC 9110, sections 3.7 and 9.3.6.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// An HTTP proxy on the way to the host, read from `http://HOST:PORT`.
///
/// A host with TLS is reached through a tunnel (CONNECT), in which the connection stays one. Without TLS a proxy carries Basic
/// authentication only, for which it counts as a network that others can read. Authentication to the proxy itself is not
/// supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyConfig(Url);

impl FromStr for ProxyConfig {
    type Err = ProxyConfigError;

    fn from_str(text: &str) -> Result<Self, ProxyConfigError> {
        let url = Url::parse(text).map_err(|_| ProxyConfigError::Malformed)?;
        // To an https proxy a TLS connection of its own would lead, whose certificate is not the host's.
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

/// Why an address is not that of a proxy that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyConfigError {
    /// It has another form.
    #[error("the address of a proxy has the form http://HOST:PORT")]
    Malformed,
    /// It begins otherwise than with `http://`.
    #[error("the address of a proxy begins with http:// (also for hosts with TLS)")]
    Scheme,
    /// It holds a user or a password.
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
