//! The command line, and the client for it.

use std::{collections::BTreeMap, str::FromStr};

use hvsnap::{Client, ClientBuilder, Credentials, Secret};

use crate::Any;

/// A subcommand and its options.
#[derive(Debug)]
pub(crate) struct Arguments {
    subcommand: String,
    options: BTreeMap<String, String>,
}

impl Arguments {
    /// Parses `SUBCOMMAND --name value …`; ignores cargo's own `--bench`.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, Any> {
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        let subcommand = arguments.next().unwrap_or_default();
        let mut options = BTreeMap::new();
        while let Some(name) = arguments.next() {
            let name = name.strip_prefix("--").ok_or_else(|| format!("{name:?} is no option"))?;
            let value = arguments.next().ok_or_else(|| format!("--{name} has no value"))?;
            options.insert(name.to_owned(), value);
        }
        Ok(Self { subcommand, options })
    }

    pub(crate) fn subcommand(&self) -> &str {
        &self.subcommand
    }

    /// The value of an option, if it is given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// The number in an option, or `default`.
    pub(crate) fn number<T: FromStr>(&self, name: &str, default: T) -> Result<T, Any> {
        let number =
            self.text(name).map(|text| text.parse().map_err(|_| format!("--{name} {text} is no number")));
        Ok(number.transpose()?.unwrap_or(default))
    }

    /// The address of the host.
    pub(crate) fn endpoint(&self) -> Result<&str, Any> {
        let endpoint = self.text("endpoint").ok_or("no --endpoint was given")?;
        is_loopback(endpoint).then_some(endpoint).ok_or_else(|| "a loop is for loopback only".into())
    }

    /// A client of the endpoint, with one connection.
    pub(crate) fn client(&self) -> Result<ClientBuilder, Any> {
        self.client_of(self.endpoint()?)
    }

    /// A client of another endpoint.
    pub(crate) fn client_of(&self, endpoint: &str) -> Result<ClientBuilder, Any> {
        if !is_loopback(endpoint) {
            return Err("a loop is for loopback only".into());
        }
        let (user, password) = (user()?, Secret::from_env("HVSNAP_PASSWORD")?);
        let credentials = match self.text("auth").unwrap_or("basic") {
            "basic" => Credentials::basic(user, password),
            "ntlm" => Credentials::ntlm(user, password),
            other => return Err(format!("--auth {other} is neither basic nor ntlm").into()),
        };
        let page_size = self.number("page-size", 100)?;
        Ok(Client::builder(endpoint).credentials(credentials).connections(1).page_size(page_size))
    }
}

/// The user.
pub(crate) fn user() -> Result<String, Any> {
    std::env::var("HVSNAP_USER").map_err(|_| "HVSNAP_USER is not set".into())
}

/// True for a loopback address, in the only accepted forms.
fn is_loopback(endpoint: &str) -> bool {
    ["http://127.0.0.1:", "http://localhost:"].iter().any(|start| endpoint.starts_with(start))
}
