//! The connection settings. One row defines a flag, an environment variable and a profile key.
//!
//! `ca_file` is `--ca-file`, `HVSNAP_CA_FILE`, and `ca_file` in a profile. A new setting needs a row here and a line where the
//! client is built.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command};
use hvsnap::cim::{ClassName, Namespace};
use serde::{Deserialize, Deserializer};

use super::value::{Address, NodeAddresses, Value};
use crate::cli::{
    failure::Failure,
    values::{Form, Length, NamespaceName, Scheme, Size},
};

/// Reads a variable; an argument, so that tests need not change the process's own environment.
pub(super) type Lookup<'l> = &'l dyn Fn(&str) -> Result<Option<String>, Failure>;

macro_rules! settings {
    ($($(#[doc = $help:literal])+ $key:ident: $type:ty $(= $value:literal)? $(, $rare:ident)?;)+) => {
        /// One layer of settings, all optional: flags, environment, or a profile.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Settings {
            $($(#[doc = $help])+ #[serde(default, deserialize_with = "of_profile")] pub(super) $key: Option<$type>,)+
        }

        impl Settings {
            /// The settings in the environment; an empty variable counts as missing.
            pub(super) fn of_environment(lookup: Lookup<'_>) -> Result<Self, Failure> {
                let settings = Self { $($key: of_variable(lookup, stringify!($key))?,)+ };
                settings.check(variable)?;
                Ok(settings)
            }

            /// These settings, completed by those of a lower layer. Host and endpoint count as one setting.
            pub(super) fn over(self, mut lower: Self) -> Self {
                if self.host.is_some() || self.endpoint.is_some() {
                    (lower.host, lower.endpoint) = (None, None);
                }
                // Both say which namespace is worked in.
                if self.namespace.is_some() || self.through_cluster == Some(true) {
                    (lower.namespace, lower.through_cluster) = (None, None);
                }
                Self { $($key: self.$key.or(lower.$key),)+ }
            }

            /// The settings of a profile in the file `config`; relative paths start at its folder.
            pub(super) fn beside(&self, config: &Path) -> Self {
                Self { $($key: self.$key.clone().map(|value| value.beside(config)),)+ }
            }

            /// The equivalent flags and their values.
            pub(super) fn flags(&self) -> Vec<(String, Option<String>)> {
                let mut flags = Vec::new();
                $(if let Some(value) = &self.$key {
                    value.repeat(&mut flags, flag(stringify!($key)));
                })+
                flags
            }

            fn arguments() -> Vec<Arg> {
                vec![$({
                    let values: &[&'static str] = &[$($value)?];
                    let rare: &[&str] = &[$(stringify!($rare))?];
                    argument::<$type>(stringify!($key), values.first().copied(), concat!($($help),+), !rare.is_empty())
                },)+]
            }
        }

        #[cfg(test)]
        mod rows {
            pub(super) const KEYS: &[&str] = &[$(stringify!($key),)+];
        }

        impl clap::FromArgMatches for Settings {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self { $($key: <$type as Value>::of_flag(matches, stringify!($key)),)+ })
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                *self = Self::from_arg_matches(matches)?.over(std::mem::take(self));
                Ok(())
            }
        }
    };
}

settings! {
    /// Host to talk to: 5985, or with --tls 5986
    host: Address = "NAME[:PORT]";
    /// The same as a URL: http[s]://NAME[:PORT][/PATH]
    endpoint: Address = "URL";
    /// Use TLS
    tls: bool;
    /// Authorities (PEM) to trust, besides the platform's
    ca_file: PathBuf = "PEM", rare;
    /// Accept only the certificate with this SHA-256 fingerprint (64 hexadecimal digits), of whatever kind
    pin: String = "SHA256", rare;
    /// Name that the host's certificate must have, if not the one connected to
    server_name: String = "NAME", rare;
    /// HTTP proxy to the host
    proxy: Address = "URL", rare;
    /// Authentication scheme [default: negotiate, which is Kerberos for user@REALM, else NTLM]
    auth: Scheme = "negotiate|kerberos|ntlm|basic|certificate";
    /// User: DOMAIN\user, user@REALM, or user
    user: String = "USER";
    /// For --auth certificate: certificate and unencrypted key, both in one PEM file; a Windows host asks for it in the
    /// handshake only with clientcertnegotiation=enable (netsh http add sslcert)
    client_cert: PathBuf = "PEM", rare;
    /// For --auth kerberos: keytab with the user's key, instead of a password
    keytab: PathBuf = "FILE", rare;
    /// Service principal name, if not that of the host connected to: HTTP/host, HTTP/host@REALM or HTTP@host
    spn: String = "SPN", rare;
    /// File that holds the password; the variable HVSNAP_PASSWORD holds the password itself
    password_file: PathBuf = "FILE";
    /// Allow the password to cross the network unencrypted
    allow_plaintext: bool, rare;
    /// CIM namespace: virtualization, cluster, or a full name
    namespace: NamespaceName = "NAME", rare;
    /// The host is a failover cluster, or one of its nodes: VMs of all nodes, each worked on where it is
    cluster: bool;
    /// Address of a cluster node, if it is not that of the host with the node's name; repeatable
    node: NodeAddresses = "NAME=URL", rare;
    /// Call the methods in the namespace of the cluster itself, instead of on the owner node of the VM
    through_cluster: bool, rare;
    /// Form of resource URIs
    uri_form: Form = "wmi|dmtf", rare;
    /// Class whose methods are called
    service_class: ClassName = "CLASS", rare;
    /// Time limit of the host for one operation
    operation_timeout: Length = "DURATION", rare;
    /// Time limit for opening a connection
    connect_timeout: Length = "DURATION", rare;
    /// Largest message of the host, in bytes or as 500k, 8M; the host has its own limit
    max_envelope_size: Size = "SIZE", rare;
}

/// The address of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Host(String),
    Endpoint(String),
}

impl Settings {
    /// Checks for contradictions within a layer; `name` gives the layer's name for a key.
    pub(super) fn check(&self, name: impl Fn(&str) -> String) -> Result<(), Failure> {
        let (host, endpoint, tls) = (name("host"), name("endpoint"), name("tls"));
        if self.host.is_some() && self.endpoint.is_some() {
            return Err(Failure::usage(format!("{host} and {endpoint} exclude each other")));
        }
        if self.endpoint.is_some() && self.tls == Some(true) {
            let text = format!("{tls} goes with {host}; {endpoint} says it by http:// or https://");
            return Err(Failure::usage(text));
        }
        let through = name("through_cluster");
        match &self.namespace {
            Some(given) if self.through_cluster == Some(true) && given.0 != Namespace::cluster() => {
                let text = format!(
                    "{through} works in {}, and {} names {given}",
                    Namespace::cluster(),
                    name("namespace")
                );
                Err(Failure::usage(text)
                    .hint(format!("leave out one of them; {} works on the owner node", name("cluster"))))
            }
            _ => Ok(()),
        }
    }

    /// The address of the host.
    pub(super) fn place(&self) -> Result<Place, Failure> {
        match (&self.host, &self.endpoint) {
            (Some(Address(host)), _) => Ok(Place::Host(host.clone())),
            (None, Some(Address(endpoint))) => Ok(Place::Endpoint(endpoint.clone())),
            (None, None) => Err(Failure::usage("no host was given")
                .hint("give --host or --endpoint, HVSNAP_HOST, or a profile; `hvsnap demo` needs none")),
        }
    }
}

impl clap::Args for Settings {
    fn augment_args(command: Command) -> Command {
        command.args(Self::arguments())
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// `--ca-file`.
pub(super) fn flag(key: &str) -> String {
    format!("--{}", key.replace('_', "-"))
}

/// `HVSNAP_CA_FILE`.
pub(super) fn variable(key: &str) -> String {
    format!("HVSNAP_{}", key.to_ascii_uppercase())
}

fn argument<T: Value>(
    key: &'static str,
    value: Option<&'static str>,
    help: &'static str,
    is_rare: bool,
) -> Arg {
    let arg = Arg::new(key)
        .long(key.replace('_', "-"))
        .help(format!("{} [env: {}]", help.trim(), variable(key)))
        .hide_short_help(is_rare)
        .global(true);
    match value {
        Some(value) => {
            arg.value_name(value).value_parser(T::parser()).action(T::action()).hide_possible_values(true)
        }
        None => arg.action(ArgAction::SetTrue),
    }
}

fn of_variable<T: Value>(lookup: Lookup<'_>, key: &str) -> Result<Option<T>, Failure> {
    let name = variable(key);
    let Some(text) = lookup(&name)? else { return Ok(None) };
    T::parse(&text)
        .map(Some)
        .map_err(|why| Failure::usage(format!("the environment variable {name} cannot be used")).cause(why))
}

fn of_profile<'de, D: Deserializer<'de>, T: Value>(from: D) -> Result<Option<T>, D::Error> {
    T::of_profile(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_is_without_effect() {
        let users = [include_str!("mod.rs"), include_str!("identity.rs"), include_str!("password.rs")];
        for key in rows::KEYS {
            let read = format!("settings.{key}");
            let is_address = ["host", "endpoint"].contains(key);
            assert!(is_address || users.iter().any(|text| text.contains(&read)), "nothing reads {key}");
        }
    }
}
