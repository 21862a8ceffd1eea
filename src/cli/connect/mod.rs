//! Builds the client of a command from flags, environment and profile.
//!
//! The first request of the command opens the connection.

mod given;
mod identity;
mod named;
mod password;
mod permissions;
mod profiles;
mod reattach;
mod settings;
mod value;

pub(crate) use given::{ConnectionArgs, variable};
pub(crate) use named::{Named, Target};
pub(crate) use profiles::{File, Profile};
pub(crate) use reattach::{Reattach, quoted};

use std::{path::Path, sync::Arc};

use hvsnap::{
    Client, ClientBuilder, ClientError, Cluster, Deadline, Endpoint, Host, OnBusy, Timeouts, TlsConfig,
    cim::Namespace, clock::Clock, journal::FileJournal,
};

use self::{
    settings::{Place, Settings},
    value::{Address, Value as _},
};
use crate::cli::{console::Console, failure::Failure, kind::Kind, recent::Owner, values::Scheme};

/// The settings of a host besides the connection: the journal, the policy for a busy VM, and the deadline.
pub(crate) struct HostSettings {
    pub(crate) journal: Arc<FileJournal>,
    pub(crate) on_busy: OnBusy,
    pub(crate) deadline: Option<Deadline>,
}

/// What a command reaches: a host, and the cluster where the host is one.
#[derive(Clone)]
pub(crate) struct Reached {
    pub(crate) host: Host,
    pub(crate) cluster: Option<Cluster>,
}

impl HostSettings {
    fn reach(self, builder: ClientBuilder, settings: &Settings) -> Result<Reached, Failure> {
        let mut host = Host::new(builder.build()?).journal(self.journal).on_busy(self.on_busy);
        if let Some(class) = &settings.service_class {
            host = host.snapshot_service_class(class.clone());
        }
        if let Some(deadline) = self.deadline {
            host = host.with_deadline(deadline);
        }
        let cluster = is_cluster(settings).then(|| {
            let nodes = settings.node.iter().flat_map(|nodes| &nodes.0);
            nodes.fold(Cluster::new(host.clone()), |cluster, (name, endpoint)| {
                cluster.node(name, endpoint.clone())
            })
        });
        if let Some(namespace) = worked_in(settings) {
            host = host.namespace(namespace);
        }
        Ok(Reached { host, cluster })
    }
}

/// True if VMs are worked on at their owner nodes.
fn is_cluster(settings: &Settings) -> bool {
    settings.cluster == Some(true) && settings.through_cluster != Some(true)
}

/// The namespace that is worked in; `None` for the default one.
fn worked_in(settings: &Settings) -> Option<Namespace> {
    match settings.through_cluster {
        Some(true) => Some(Namespace::cluster()),
        _ => settings.namespace.as_ref().map(|name| name.0.clone()),
    }
}

/// The host, from all settings given.
pub(crate) fn reach(
    console: &mut Console,
    args: &ConnectionArgs,
    clock: &Arc<dyn Clock>,
    host_settings: HostSettings,
) -> Result<Reached, Failure> {
    let settings = args.collect(&variable)?;
    host_settings.reach(described(console, args, &settings, clock)?, &settings)
}

/// The configuration file that the flags and the environment name; `None` if there is none.
pub(crate) fn configuration(args: &ConnectionArgs) -> Result<Option<File>, Failure> {
    File::read(&args.place(&variable)?)
}

/// Whose names a command reads: the host and the user of the flags, the environment and the profile.
pub(crate) fn owner(args: &ConnectionArgs) -> Option<Owner> {
    let settings = args.collect(&variable).ok()?;
    let endpoint = address(settings.place().ok()?, settings.tls.unwrap_or(false)).ok()?;
    let whole = if is_cluster(&settings) { "cluster" } else { "host" };
    Some(Owner(format!("{whole}\n{}\n{}", endpoint.to_lowercase(), settings.user.unwrap_or_default())))
}

/// What a profile says of its host.
pub(crate) struct ProfileFacts {
    pub(crate) endpoint: String,
    pub(crate) user: Option<String>,
    pub(crate) auth: String,
    pub(crate) is_cluster: bool,
}

impl Profile {
    /// What it says.
    ///
    /// # Errors
    /// If it has a mistake, or names no usable host.
    pub(crate) fn facts(&self) -> Result<ProfileFacts, Failure> {
        let settings = self.settings.as_ref().map_err(Clone::clone)?;
        Ok(ProfileFacts {
            endpoint: address(settings.place()?, settings.tls.unwrap_or(false))?,
            user: settings.user.clone(),
            auth: settings.auth.unwrap_or(Scheme::Negotiate).text().unwrap_or_default(),
            is_cluster: is_cluster(settings),
        })
    }

    /// Its host, by nothing but the profile; the password may also come from the environment or the terminal, unless
    /// `by_itself`.
    pub(crate) fn reach(
        &self,
        console: &mut Console,
        clock: &Arc<dyn Clock>,
        host_settings: HostSettings,
        by_itself: bool,
    ) -> Result<Reached, Failure> {
        let settings = self.settings.as_ref().map_err(Clone::clone)?;
        let mut args = ConnectionArgs::default();
        if by_itself {
            if identity::needs_password(settings) && settings.password_file.is_none() {
                return Err(Failure::usage(format!("the profile {:?} has no password_file", self.name))
                    .hint(format!("hvsnap profile test {} asks for the password", quoted(&self.name))));
            }
            // Like the flag, it counts before the environment, whose password is for one host.
            args.settings.password_file.clone_from(&settings.password_file);
        }
        host_settings.reach(described(console, &args, settings, clock)?, settings)
    }
}

/// Turns settings into a client; the settings of the host itself are in [`HostSettings::reach`].
fn described(
    console: &mut Console,
    args: &ConnectionArgs,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> Result<ClientBuilder, Failure> {
    let address = address(settings.place()?, settings.tls.unwrap_or(false))?;
    let ca_pem = file(settings.ca_file.as_deref(), "of trusted certificates")?;
    let credentials = identity::credentials(console, args, settings, &address)?;
    let mut builder = Client::builder(address)
        .credentials(credentials)
        .clock(Arc::clone(clock))
        .tls(tls(settings, ca_pem)?)
        .timeouts(timeouts(settings));
    if let Some(Address(url)) = &settings.proxy {
        builder = builder.proxy(url.parse().map_err(ClientError::from)?);
    }
    if let Some(name) = &settings.spn {
        builder = builder.service_principal(name.parse().map_err(ClientError::from)?);
    }
    if let Some(form) = settings.uri_form {
        builder = builder.uri_form(form.into());
    }
    if let Some(size) = settings.max_envelope_size {
        builder = builder.max_envelope_size(size.0);
    }
    if settings.allow_plaintext == Some(true) {
        builder = builder.dangerous().allow_plaintext();
    }
    Ok(builder)
}

fn tls(settings: &Settings, ca_pem: Option<Vec<u8>>) -> Result<TlsConfig, ClientError> {
    let mut tls = TlsConfig::new();
    if let Some(pem) = ca_pem {
        tls = tls.ca_certificates(pem)?;
    }
    if let Some(pin) = &settings.pin {
        tls = tls.pin(pin.parse()?);
    }
    if let Some(name) = &settings.server_name {
        tls = tls.server_name(name)?;
    }
    Ok(tls)
}

fn timeouts(settings: &Settings) -> Timeouts {
    let mut timeouts = Timeouts::new();
    if let Some(timeout) = settings.operation_timeout {
        timeouts = timeouts.operation(timeout.0);
    }
    if let Some(timeout) = settings.connect_timeout {
        timeouts = timeouts.connect(timeout.0);
    }
    timeouts
}

/// The content of a file, if one is named.
fn file(path: Option<&Path>, what: &str) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let read = std::fs::read(path).map_err(|error| {
        Failure::usage(format!("the file {what} {} cannot be read", path.display())).cause(error)
    });
    read.map(Some)
}

/// The address as a URL.
fn address(place: Place, tls: bool) -> Result<String, Failure> {
    let endpoint = match &place {
        Place::Host(host) => Endpoint::from_host(host, tls),
        Place::Endpoint(url) => Endpoint::from_url(url),
    };
    endpoint.map(|endpoint| endpoint.to_string()).map_err(|error| {
        let text = match &place {
            Place::Host(_) => "the host given cannot be used",
            Place::Endpoint(_) => "the endpoint given cannot be used",
        };
        Failure::new(Kind::Endpoint, text).cause(error)
    })
}
