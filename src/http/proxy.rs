//! The HTTP proxy that the caller wants between here and the host.
//!
//! It never takes one from the environment, and never authenticates to one. RFC 9110, sections 3.7 and 9.3.6.

use std::fmt;

use reqwest::Url;

/// The address of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proxy(Url);

impl Proxy {
    /// Reads `http://HOST[:PORT]`.
    pub(crate) fn from_url(text: &str) -> Result<Self, ProxyError> {
        let url = Url::parse(text).map_err(|_| ProxyError::Malformed)?;
        // To an https proxy a TLS connection of its own would lead, whose certificate is not the host's.
        if url.scheme() != "http" {
            return Err(ProxyError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ProxyError::UserInfo);
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(ProxyError::Malformed);
        }
        Ok(Self(url))
    }

    pub(super) fn layer(&self) -> reqwest::Result<reqwest::Proxy> {
        reqwest::Proxy::all(self.0.clone())
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Why an address is not that of a proxy that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error("the address of a proxy has the form http://HOST:PORT")]
    Malformed,
    #[error("the address of a proxy begins with http:// (also for hosts with TLS)")]
    Scheme,
    #[error("authentication to a proxy is not supported")]
    UserInfo,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_host_with_a_port_and_nothing_else() {
        assert_eq!(
            Proxy::from_url("http://proxy.example:3128/").unwrap().to_string(),
            "http://proxy.example:3128"
        );
        for (text, error) in [
            ("proxy.example:3128", ProxyError::Scheme),
            ("https://proxy.example:3128", ProxyError::Scheme),
            ("socks5://proxy.example", ProxyError::Scheme),
            ("http://", ProxyError::Malformed),
            ("proxy", ProxyError::Malformed),
            ("http://proxy.example/path", ProxyError::Malformed),
            ("http://proxy.example/?x", ProxyError::Malformed),
            ("http://ops:hush@proxy.example", ProxyError::UserInfo),
        ] {
            assert_eq!(Proxy::from_url(text), Err(error), "{text}");
        }
    }
}
