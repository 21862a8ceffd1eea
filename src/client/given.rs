//! Settings as the caller gave them, before they are read: what may hold a password by mistake is not shown.

use std::fmt;

/// An address that nobody has looked at yet.
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
        // User and password stand before an `@`, which an address that can be used does not have.
        if self.0.contains('@') || self.0.contains("%40") {
            return f.write_str("(not shown)");
        }
        self.0.fmt(f)
    }
}

/// `None` where a text was given and cannot be read.
pub(super) fn read<T>(text: &Option<String>, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    match text {
        Some(text) => read(text).map(Some),
        None => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Client, Credentials, Secret};

    #[test]
    fn a_password_in_an_address_is_neither_shown_nor_told() {
        for url in
            ["http://ops:hush@hv01", "ops:hush@hv01", "http://ops:hush%40hv01", "http://ops:hu/sh@hv01"]
        {
            let credentials = Credentials::basic("ops", Secret::new("x"));
            let builder = Client::builder(url).proxy(url).credentials(credentials);
            let shown = format!("{builder:?}");
            let error = builder.build().unwrap_err();
            let through = Client::builder("http://127.0.0.1").proxy(url);
            let of_proxy =
                through.credentials(Credentials::basic("ops", Secret::new("x"))).build().unwrap_err();
            for text in
                [shown, format!("{error:?} {error} {:?}", error.report()), format!("{of_proxy:?} {of_proxy}")]
            {
                assert!(!text.contains("hu"), "{text}");
            }
        }
        let builder = Client::builder("https://hv01").proxy("http://proxy.example:3128");
        let shown = format!("{builder:?}");
        assert!(shown.contains(r#""https://hv01""#) && shown.contains("proxy.example"), "{shown}");
    }
}
