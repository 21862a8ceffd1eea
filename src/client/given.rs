//! Settings as the caller gave them. `Debug` hides them, because they may contain a password by mistake.

use std::fmt;

use crate::Limits;

/// An address that is not parsed yet.
pub(super) struct Unread(String);

impl Unread {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // User and password precede an `@`, which a usable address does not contain.
        if self.0.contains('@') || self.0.contains("%40") {
            return f.write_str("(not shown)");
        }
        self.0.fmt(f)
    }
}

/// The smallest limit that a service must be given (DSP0226, section 6.2).
const SMALLEST_ENVELOPE: u32 = 8192;

/// The limit of Windows' own client.
const USUAL_ENVELOPE: u32 = 512_000;

/// The greatest size of a message from the host, in bytes. A given limit must leave room for the host's faults, and must not
/// exceed what the client itself reads.
pub(super) fn envelope(given: Option<u32>, limits: &Limits) -> Result<u32, String> {
    let Some(bytes) = given else { return Ok(USUAL_ENVELOPE) };
    let most = limits.answer_bytes;
    if bytes < SMALLEST_ENVELOPE {
        return Err(format!("a message of the host must be allowed {SMALLEST_ENVELOPE} bytes at least"));
    }
    if usize::try_from(bytes).map_or(true, |bytes| bytes > most) {
        return Err(format!("no message of the host is read beyond {most} bytes"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use crate::{Client, Credentials, Limits, ProxyConfig, Secret};

    #[test]
    fn the_size_of_a_message_has_a_bound_on_either_side() {
        let build = |bytes, limits| {
            let builder = Client::builder("http://127.0.0.1").max_envelope_size(bytes).limits(limits);
            builder.credentials(Credentials::basic("ops", Secret::new("x"))).build()
        };
        let small = || Limits { answer_bytes: 10_000, ..Limits::default() };
        for bytes in [8192, 512_000, 16 * 1024 * 1024] {
            let client = build(bytes, Limits::default()).unwrap();
            let request = format!("{:?}", client.0.settings);
            assert!(request.contains(&format!(">{bytes}</w:MaxEnvelopeSize>")), "{request}");
        }
        assert!(build(10_000, small()).is_ok());
        for (bytes, limits) in [
            (0, Limits::default()),
            (8191, Limits::default()),
            (10_001, small()),
            (u32::MAX, Limits::default()),
        ] {
            let error = build(bytes, limits).unwrap_err();
            assert!(matches!(error.kind(), crate::client::ErrorKind::Setting(_)), "{bytes}: {error:?}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_neither_shown_nor_told() {
        for url in
            ["http://ops:hush@hv01", "ops:hush@hv01", "http://ops:hush%40hv01", "http://ops:hu/sh@hv01"]
        {
            let credentials = Credentials::basic("ops", Secret::new("x"));
            let builder = Client::builder(url).credentials(credentials);
            let shown = format!("{builder:?}");
            let error = builder.build().unwrap_err();
            let of_proxy = crate::client::Error::from(url.parse::<ProxyConfig>().unwrap_err());
            for text in
                [shown, format!("{error:?} {error} {:?}", error.report()), format!("{of_proxy:?} {of_proxy}")]
            {
                assert!(!text.contains("hu"), "{text}");
            }
        }
        let builder = Client::builder("https://hv01").proxy("http://proxy.example:3128".parse().unwrap());
        let shown = format!("{builder:?}");
        assert!(shown.contains(r#""https://hv01""#) && shown.contains("proxy.example"), "{shown}");
    }
}
