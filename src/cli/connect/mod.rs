//! From what was given (flags, environment, profile) to a client.
//!
//! It connects to nothing: the client is built, and the first request of the command is the first that is sent.

mod args;
mod config;
mod environment;
mod identity;
mod layer;
mod password;
mod reattach;
mod settings;

pub(crate) use args::ConnectionArgs;
pub(crate) use environment::variable;
pub(crate) use reattach::Reattach;

use std::{path::Path, sync::Arc};

use hvsnap::{
    Client, ClientBuilder, Deadline, Endpoint, OnBusy,
    clock::Clock,
    journal::{FileJournal, Intent},
};

use self::layer::{Address, Layer};
use crate::cli::{failure::Failure, values::NamespaceName};

/// What a client keeps beside the connection: where operations are written down, what to do at a busy machine, and by when all
/// has to be over.
pub(crate) struct Book {
    pub(crate) journal: Arc<FileJournal>,
    pub(crate) on_busy: OnBusy,
    pub(crate) deadline: Option<Deadline>,
}

impl Book {
    fn build(self, builder: ClientBuilder) -> Result<Client, Failure> {
        let client = builder.journal(self.journal).on_busy(self.on_busy).build()?;
        Ok(self.deadline.map_or(client.clone(), |deadline| client.with_deadline(deadline)))
    }
}

/// Which host an operation was sent to, and as whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Whom {
    endpoint: String,
    namespace: String,
    user: Option<String>,
}

impl Whom {
    pub(crate) fn of(intent: &Intent) -> Self {
        Self {
            endpoint: intent.endpoint.clone(),
            namespace: intent.namespace.to_string(),
            user: intent.user.clone(),
        }
    }
}

/// A client of the host that was named, by all that was given.
pub(crate) fn client(args: &ConnectionArgs, clock: &Arc<dyn Clock>, book: Book) -> Result<Client, Failure> {
    let layer = settings::collect(args, &variable)?;
    book.build(described(args, &layer, clock)?)
}

/// A client of the host that an operation was sent to, by what else was given.
///
/// Host and namespace are the operation's, so that no look at another one is taken for a proof; so is the user, unless a flag
/// names one.
pub(crate) fn client_for(
    args: &ConnectionArgs,
    clock: &Arc<dyn Clock>,
    book: Book,
    whom: &Whom,
) -> Result<Client, Failure> {
    let mut layer = settings::collect(args, &variable)?;
    let flags = Layer { host: args.host.clone(), endpoint: args.endpoint.clone(), ..Layer::default() };
    if let Ok(given) = flags.address()
        && !address(given, args.tls)?.eq_ignore_ascii_case(&whom.endpoint)
    {
        let text = format!("the operation was sent to {}, and another host was named", whom.endpoint);
        return Err(
            Failure::usage(text).hint("leave out --host and --endpoint: the journal knows where it was sent")
        );
    }
    (layer.host, layer.endpoint, layer.tls) = (None, Some(whom.endpoint.clone()), None);
    let namespace = whom.namespace.parse::<NamespaceName>();
    layer.namespace =
        Some(namespace.map_err(|error| Failure::usage("the namespace in the journal").cause(error))?);
    layer.user = args.user.clone().or_else(|| whom.user.clone()).or(layer.user);
    book.build(described(args, &layer, clock)?)
}

fn described(args: &ConnectionArgs, layer: &Layer, clock: &Arc<dyn Clock>) -> Result<ClientBuilder, Failure> {
    let address = address(layer.address()?, layer.tls.unwrap_or(false))?;
    let ca_pem = file(layer.ca_file.as_deref(), "of trusted certificates")?;
    let credentials = identity::credentials(args, layer, &address)?;
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
