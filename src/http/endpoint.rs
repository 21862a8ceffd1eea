//! The address of a WS-Management service: scheme, host, port and path, validated once.
//!
//! Names are not resolved here. Defaults are those of WinRM listeners: 5985 for HTTP, 5986 for HTTPS, `/wsman` (Microsoft,
//! "Installation and configuration for Windows Remote Management"). The syntax follows RFC 3986, section 3, and RFC 6874 for
//! the zone of an IPv6 address, which has a meaning only on the local computer and is never sent.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use reqwest::Url;

/// The address of a WS-Management service.
///
/// ```
/// use hvsnap::Endpoint;
///
/// assert_eq!(Endpoint::from_host("hv01.corp.example", true)?.to_string(), "https://hv01.corp.example:5986/wsman");
/// assert_eq!(Endpoint::from_url("http://[2001:db8::7]")?.to_string(), "http://[2001:db8::7]:5985/wsman");
/// # Ok::<(), hvsnap::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Without the zone.
    url: Url,
    /// Without brackets, with the zone.
    host: String,
    port: u16,
    zone: Option<String>,
}

impl Endpoint {
    const HTTP_PORT: u16 = 5985;
    const HTTPS_PORT: u16 = 5986;
    const PATH: &str = "/wsman";
    /// True if this system can bind a connection to a network interface.
    const HAS_ZONES: bool = cfg!(any(target_os = "linux", target_os = "android", target_os = "macos"));

    /// Parses `http://HOST[:PORT][/PATH]` or the same with `https`. An IPv6 address may have a zone, the name of the network
    /// interface to use: `http://[fe80::1%25eth0]`.
    ///
    /// # Errors
    /// Names the part that is missing, invalid, or not allowed in the address of a service.
    pub fn from_url(text: &str) -> Result<Self, EndpointError> {
        // Checked before any part is split off: a password may contain separators, and no error may repeat it.
        if holds_user_info(text) {
            return Err(EndpointError::UserInfo);
        }
        let (scheme, rest) = text.split_once("://").ok_or(EndpointError::NoScheme)?;
        let default_port = match scheme.to_ascii_lowercase().as_str() {
            "http" => Self::HTTP_PORT,
            "https" => Self::HTTPS_PORT,
            _ => return Err(EndpointError::Scheme(scheme.to_owned())),
        };
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(EndpointError::Character);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // The URL standard would read the first part of the path as the host.
        if authority.is_empty() {
            return Err(EndpointError::Host(String::new()));
        }
        let (bare, zone) = without_zone(authority)?;
        let text = &text.replacen(authority, &bare, 1);
        // Port 80 or 443 must be distinguished from no port, which a parsed URL cannot do.
        let port = match authority.rsplit_once(':') {
            Some((_, after)) if !after.ends_with(']') => match after.parse() {
                Ok(port) if port != 0 => port,
                _ => return Err(EndpointError::Port(after.to_owned())),
            },
            _ => default_port,
        };
        let mut url = Url::parse(text).map_err(|_| EndpointError::Host(authority.to_owned()))?;
        if url.query().is_some() {
            return Err(EndpointError::Query);
        }
        if url.fragment().is_some() {
            return Err(EndpointError::Fragment);
        }
        if url.path() == "/" {
            url.set_path(Self::PATH);
        }
        let mut host = match url.host_str() {
            Some(host) if !host.is_empty() => host.trim_matches(['[', ']']).to_owned(),
            _ => return Err(EndpointError::Host(authority.to_owned())),
        };
        if let Some(zone) = &zone {
            host = format!("{host}%{zone}");
        }
        url.set_port(Some(port)).map_err(|()| EndpointError::Host(authority.to_owned()))?;
        Ok(Self { url, host, port, zone })
    }

    /// Parses `HOST[:PORT]`; an IPv6 address needs brackets only before a port.
    ///
    /// # Errors
    /// Names the part that is invalid or not allowed.
    pub fn from_host(text: &str, tls: bool) -> Result<Self, EndpointError> {
        if holds_user_info(text) {
            return Err(EndpointError::UserInfo);
        }
        if text.is_empty() || text.contains(['/', '?', '#']) {
            return Err(EndpointError::Host(text.to_owned()));
        }
        let scheme = if tls { "https" } else { "http" };
        let address = text.split('%').next().unwrap_or_default();
        if address.parse::<Ipv6Addr>().is_ok() {
            Self::from_url(&format!("{scheme}://[{text}]"))
        } else {
            Self::from_url(&format!("{scheme}://{text}"))
        }
    }

    /// The name or address of the host; an IPv6 address without brackets and with its zone.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host without the zone, which has no meaning elsewhere.
    pub(super) fn host_without_zone(&self) -> &str {
        self.host.split('%').next().unwrap_or_default()
    }

    /// The network interface to use, if given.
    pub(crate) fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The address in the form that may be sent to the service (RFC 6874, section 4).
    pub(crate) fn without_zone(&self) -> Self {
        Self { host: self.host_without_zone().to_owned(), zone: None, ..self.clone() }
    }

    /// The domain in the name of the host; `None` for a bare name or an IP address.
    pub(crate) fn domain(&self) -> Option<&str> {
        let is_address = self.host_without_zone().parse::<IpAddr>().is_ok();
        self.host.split_once('.').map(|(_, domain)| domain).filter(|_| !is_address)
    }

    /// The same service on another host: scheme, port and path of this address.
    ///
    /// # Errors
    /// If `host` is not the name or the address of a host.
    pub(crate) fn on_host(&self, host: &str) -> Result<Self, EndpointError> {
        let scheme = self.url.scheme();
        let there = Self::from_host(&format!("{host}:{}", self.port), self.is_tls())?;
        Self::from_url(&format!("{scheme}://{}{}", there.authority(), self.url.path()))
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// True if the connection uses TLS.
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// True if, judged by the address alone, no data leaves the local computer (RFC 6761 for `localhost`).
    pub fn is_loopback(&self) -> bool {
        match self.host_without_zone().parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }

    /// Host and port, for messages.
    pub(crate) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

/// The authority without the zone of its IPv6 address, and the zone.
fn without_zone(authority: &str) -> Result<(String, Option<String>), EndpointError> {
    let address = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((address, after)) = address else { return Ok((authority.to_owned(), None)) };
    let Some((address, zone)) = address.split_once('%') else { return Ok((authority.to_owned(), None)) };
    // In a URL the percent sign itself is written `%25`, which is often omitted.
    let zone = zone.strip_prefix("25").filter(|rest| !rest.is_empty()).unwrap_or(zone);
    let is_name = zone.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    let is_number = zone.chars().all(|c| c.is_ascii_digit());
    if !Endpoint::HAS_ZONES || !is_name || is_number || address.parse::<Ipv6Addr>().is_err() {
        return Err(EndpointError::Zone(zone.to_owned()));
    }
    Ok((format!("[{address}]{after}"), Some(zone.to_owned())))
}

/// True if the text contains an `@` in any form. No name, address or path of this service can contain one.
fn holds_user_info(text: &str) -> bool {
    text.contains('@') || text.contains("%40")
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.url.scheme();
        write!(f, "{scheme}://{}{}", self.authority().replace('%', "%25"), self.url.path())
    }
}

/// The part of an address that is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointError {
    /// The URL does not begin with `http://` or `https://`.
    NoScheme,
    /// A scheme other than `http` and `https`.
    Scheme(String),
    /// Spaces, control characters and backslashes are not allowed.
    Character,
    /// User information, which is not allowed. The text is not repeated, because it may contain a password.
    UserInfo,
    /// The host is missing or is neither a name nor an address.
    Host(String),
    /// The zone of an IPv6 address is not the name of a network interface, or cannot be used on this system.
    Zone(String),
    /// The port is not a number from 1 to 65535.
    Port(String),
    /// The URL has a query.
    Query,
    /// The URL has a fragment.
    Fragment,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScheme => f.write_str("the URL does not begin with http:// or https://"),
            Self::Scheme(scheme) => write!(f, "the scheme {scheme:?} is neither http nor https"),
            Self::Character => {
                f.write_str("an address contains no blanks, control characters or backslashes")
            }
            Self::UserInfo => f.write_str("user and password have no place in an address"),
            Self::Host(host) => write!(f, "{host:?} is not a host name or an IP address"),
            Self::Zone(zone) if Endpoint::HAS_ZONES => {
                write!(
                    f,
                    "the zone {zone:?} is not the name of a network interface, such as eth0, behind an IPv6 address"
                )
            }
            Self::Zone(zone) => {
                write!(f, "an IPv6 address with a zone ({zone:?}) cannot be used on this system")
            }
            Self::Port(port) => write!(f, "the port {port:?} is not a number from 1 to 65535"),
            Self::Query => f.write_str("a query has no place in the address of a service"),
            Self::Fragment => f.write_str("a fragment has no place in the address of a service"),
        }
    }
}

impl std::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_get_the_defaults_of_a_winrm_listener() {
        for (text, whole) in [
            ("http://hv01", "http://hv01:5985/wsman"),
            ("https://hv01/", "https://hv01:5986/wsman"),
            ("HTTPS://HV01.Corp.Example:443", "https://hv01.corp.example:443/wsman"),
            ("http://hv01:80/wsman", "http://hv01:80/wsman"),
            ("http://hv01:8080/a/b", "http://hv01:8080/a/b"),
            ("https://[2001:db8::7]", "https://[2001:db8::7]:5986/wsman"),
            ("https://[2001:db8::7]:1/x", "https://[2001:db8::7]:1/x"),
        ] {
            assert_eq!(Endpoint::from_url(text).unwrap().to_string(), whole);
        }
    }

    #[test]
    fn another_host_is_reached_in_the_same_way() {
        let given = Endpoint::from_url("https://clu1.corp.example:4711/x").unwrap();
        assert_eq!(given.domain(), Some("corp.example"));
        assert_eq!(given.on_host("HV02").unwrap().to_string(), "https://hv02:4711/x");
        assert!(given.on_host("ops:secret@hv02").is_err() && given.on_host("").is_err());
        for url in ["http://hv01", "http://10.1.2.3", "http://[2001:db8::7]"] {
            assert_eq!(Endpoint::from_url(url).unwrap().domain(), None, "{url}");
        }
    }

    #[cfg(any(target_os = "linux", target_os = "macos"))]
    #[test]
    fn an_ipv6_address_may_have_a_zone_that_stays_here() {
        let read = Endpoint::from_url;
        for endpoint in [
            read("http://[fe80::1%25eth0]"),
            read("http://[fe80::1%eth0]:5985/wsman"),
            Endpoint::from_host("fe80::1%eth0", false),
            Endpoint::from_host("fe80::1%25eth0", false),
            Endpoint::from_host("[fe80::1%eth0]", false),
            Endpoint::from_host("[fe80::1%25eth0]:5985", false),
        ] {
            let endpoint = endpoint.unwrap();
            assert_eq!(endpoint.to_string(), "http://[fe80::1%25eth0]:5985/wsman");
            assert_eq!(endpoint.host(), "fe80::1%eth0");
            assert_eq!(endpoint.authority(), "[fe80::1%eth0]:5985");
            assert_eq!(endpoint.zone(), Some("eth0"));
            assert_eq!(Endpoint::from_url(&endpoint.to_string()).as_ref(), Ok(&endpoint));
            assert_eq!(endpoint.without_zone().to_string(), "http://[fe80::1]:5985/wsman");
            assert_eq!(endpoint.url().as_str(), "http://[fe80::1]:5985/wsman");
        }
        assert!(read("http://[::1%25lo]").unwrap().is_loopback());
        for text in [
            "http://[fe80::1%25]",
            "http://[fe80::1%]",
            "http://[fe80::1%252]",
            "http://[fe80::1%eth0%eth1]",
            "http://[fe80::1%25et/h0]",
            "http://[fe80::g%25eth0]",
            "http://[10.0.0.1%25eth0]",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("http://[fe80::1%2]"), Err(EndpointError::Zone("2".to_owned())));
    }

    #[test]
    fn the_port_that_is_shown_is_the_port_that_is_dialled() {
        for text in ["http://hv01:80", "https://hv01:443", "http://hv01", "https://hv01:80"] {
            let endpoint = Endpoint::from_url(text).unwrap();
            assert_eq!(endpoint.url().port_or_known_default(), Some(endpoint.port()), "{text}");
        }
    }

    #[test]
    fn hosts_get_scheme_and_port() {
        for (text, tls, whole) in [
            ("hv01", false, "http://hv01:5985/wsman"),
            ("hv01:15985", true, "https://hv01:15985/wsman"),
            ("10.0.0.7", true, "https://10.0.0.7:5986/wsman"),
            ("::1", false, "http://[::1]:5985/wsman"),
            ("[::1]:81", false, "http://[::1]:81/wsman"),
        ] {
            assert_eq!(Endpoint::from_host(text, tls).unwrap().to_string(), whole);
        }
    }

    #[test]
    fn the_offending_part_is_named() {
        use EndpointError as E;
        for (text, error) in [
            ("hv01", E::NoScheme),
            ("ftp://hv01", E::Scheme("ftp".into())),
            ("http://", E::Host(String::new())),
            ("http:///wsman", E::Host(String::new())),
            ("http://:5985", E::Host(":5985".into())),
            ("http://[::g]", E::Host("[::g]".into())),
            ("http://hv01:", E::Port(String::new())),
            ("http://hv01:0", E::Port("0".into())),
            ("http://hv01:65536", E::Port("65536".into())),
            ("http://hv 01", E::Character),
            ("http://hv01\\wsman", E::Character),
            ("http://hv01/wsman?PSVersion=5", E::Query),
            ("http://hv01/wsman#x", E::Fragment),
        ] {
            assert_eq!(Endpoint::from_url(text), Err(error), "{text}");
        }
        for text in ["", "hv01/wsman", "http://hv01", "hv01?x", "hv01#x"] {
            assert_eq!(Endpoint::from_host(text, false), Err(E::Host(text.into())));
        }
    }

    #[test]
    fn user_information_is_refused_and_not_repeated() {
        let urls = [
            "http://ops:hush@hv01",
            "ops:hush@hv01",
            "hush://ops@hv01",
            "http://ops:hush/hush@hv01",
            "http://ops:hush?@hv01",
            "http://ops:hush#hush@hv01:5985",
            "http://ops:hush hush@hv01",
            "http://ops:hush\\@hv01",
            "http://ops:hush%40hv01",
            "http://:hush@hv01",
            "//ops:hush@hv01",
        ];
        for url in urls {
            for error in [Endpoint::from_url(url), Endpoint::from_host(url, true)].map(Result::unwrap_err) {
                assert_eq!(error, EndpointError::UserInfo, "{url}");
                assert!(!format!("{error} {error:?}").contains("hush"), "{url}");
            }
        }
    }

    #[test]
    fn loopback_is_an_address_or_localhost() {
        for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST", "[::ffff:127.0.0.1]:80"] {
            assert!(Endpoint::from_host(host, false).unwrap().is_loopback(), "{host}");
        }
        for host in ["10.0.0.1", "localhost.example", "127.0.0.1.example", "::2", "0.0.0.0"] {
            assert!(!Endpoint::from_host(host, false).unwrap().is_loopback(), "{host}");
        }
    }
}
