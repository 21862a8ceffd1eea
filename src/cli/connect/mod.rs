//! From what was given (flags, environment, profile) to a client.
//!
//! It connects to nothing: the client is built, and the first request of the command is the first that is sent.

mod args;
mod config;
mod environment;
mod identity;
mod layer;
mod named;
mod password;
mod permissions;
mod reattach;
mod settings;

pub(crate) use args::ConnectionArgs;
pub(crate) use environment::variable;
pub(crate) use named::{Named, Whom};
pub(crate) use reattach::Reattach;

use std::{path::Path, sync::Arc};

use hvsnap::{Client, ClientBuilder, Deadline, Endpoint, Host, OnBusy, clock::Clock, journal::FileJournal};

use self::layer::{Address, Layer};
use crate::cli::{console::Console, failure::Failure};

/// What a client keeps beside the connection: where operations are written down, what to do at a busy machine, and by when all
/// has to be over.
pub(crate) struct Book {
    pub(crate) journal: Arc<FileJournal>,
    pub(crate) on_busy: OnBusy,
    pub(crate) deadline: Option<Deadline>,
}

impl Book {
    fn host(self, builder: ClientBuilder, layer: &Layer) -> Result<Host, Failure> {
        let mut host = Host::new(builder.build()?).journal(self.journal).on_busy(self.on_busy);
        if let Some(namespace) = &layer.namespace {
            host = host.namespace(namespace.0.clone());
        }
        if let Some(class) = &layer.service_class {
            host = host.snapshot_service_class(class.clone());
        }
        Ok(self.deadline.map_or(host.clone(), |deadline| host.with_deadline(deadline)))
    }
}

/// The host that was named, by all that was given.
pub(crate) fn host(
    console: &mut Console,
    args: &ConnectionArgs,
    clock: &Arc<dyn Clock>,
    book: Book,
) -> Result<Host, Failure> {
    let layer = settings::collect(args, &variable)?;
    book.host(described(console, args, &layer, clock)?, &layer)
}

fn described(
    console: &mut Console,
    args: &ConnectionArgs,
    layer: &Layer,
    clock: &Arc<dyn Clock>,
) -> Result<ClientBuilder, Failure> {
    let address = address(layer.address()?, layer.tls.unwrap_or(false))?;
    let ca_pem = file(layer.ca_file.as_deref(), "of trusted certificates")?;
    let credentials = identity::credentials(console, args, layer, &address)?;
    let mut builder = Client::builder(address).credentials(credentials).clock(Arc::clone(clock));
    if let Some(pem) = ca_pem {
        builder = builder.ca_certificates(pem);
    }
    if let Some(pin) = &layer.pin {
        builder = builder.pinned_fingerprint(pin);
    }
    if let Some(name) = &layer.server_name {
        builder = builder.server_name(name);
    }
    if let Some(url) = &layer.proxy {
        builder = builder.proxy(url);
    }
    if let Some(name) = &layer.spn {
        builder = builder.service_principal(name);
    }
    if let Some(form) = layer.uri_form {
        builder = builder.uri_form(form.into());
    }
    if let Some(timeout) = layer.operation_timeout {
        builder = builder.operation_timeout(timeout.0);
    }
    if let Some(timeout) = layer.connect_timeout {
        builder = builder.connect_timeout(timeout.0);
    }
    if let Some(size) = layer.max_envelope_size {
        builder = builder.max_envelope_size(size.0);
    }
    if layer.allow_plaintext == Some(true) {
        builder = builder.dangerous().allow_plaintext();
    }
    Ok(builder)
}

/// The content of a file that was named, if one was.
fn file(path: Option<&Path>, what: &str) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let read = std::fs::read(path).map_err(|error| {
        Failure::usage(format!("the file {what} {} cannot be read", path.display())).cause(error)
    });
    read.map(Some)
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
