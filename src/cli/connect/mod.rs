//! From what was given (flags, environment, profile) to a client.
//!
//! It connects to nothing: the client is built, and the first request of the command is the first that is sent.

mod args;
mod config;
mod environment;
mod layer;
mod password;
mod reattach;
mod settings;

pub(crate) use args::ConnectionArgs;
pub(crate) use reattach::Reattach;

use std::sync::Arc;

use hvsnap::{Client, Credentials, Endpoint, clock::Clock};

use self::layer::Address;
use crate::cli::failure::Failure;

/// A client of the host that was named, by all that was given.
pub(crate) fn client(args: &ConnectionArgs, clock: &Arc<dyn Clock>) -> Result<Client, Failure> {
    let layer = settings::collect(args, &environment::variable)?;
    let address = address(layer.address()?, layer.tls.unwrap_or(false))?;
    let user = layer.user.clone().ok_or_else(|| {
        Failure::usage("no user was given").hint("give --user, HVSNAP_USER, or `user` in a profile")
    })?;
    let ca_pem = match &layer.ca_file {
        Some(path) => Some(std::fs::read(path).map_err(|error| {
            let text = format!("the file of trusted certificates {} cannot be read", path.display());
            Failure::usage(text).cause(error)
        })?),
        None => None,
    };
    let password = password::find(args, &layer, &user, &address)?;
    let mut builder =
        Client::builder(address).credentials(Credentials::basic(user, password)).clock(Arc::clone(clock));
    if let Some(pem) = ca_pem {
        builder = builder.ca_certificates(pem);
    }
    if let Some(namespace) = &layer.namespace {
        builder = builder.namespace(namespace.0.clone());
    }
    if let Some(form) = layer.uri_form {
        builder = builder.uri_form(form.into());
    }
    if let Some(class) = &layer.service_class {
        builder = builder.snapshot_service_class(class.as_str());
    }
    if let Some(timeout) = layer.operation_timeout {
        builder = builder.operation_timeout(timeout.0);
    }
    if let Some(timeout) = layer.connect_timeout {
        builder = builder.connect_timeout(timeout.0);
    }
    if layer.allow_plaintext == Some(true) {
        builder = builder.dangerous().allow_plaintext();
    }
    Ok(builder.build()?)
}

/// The address as a URL.
fn address(address: Address, tls: bool) -> Result<String, Failure> {
    let endpoint = match &address {
        Address::Host(host) => Endpoint::from_host(host, tls),
        Address::Endpoint(url) => Endpoint::from_url(url),
    };
    endpoint.map(|endpoint| endpoint.to_string()).map_err(|error| {
        let text = match &address {
            Address::Host(_) => "the host given cannot be used",
            Address::Endpoint(_) => "the endpoint given cannot be used",
        };
        Failure::usage(text).cause(error)
    })
}
