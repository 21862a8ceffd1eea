//! One layer of settings: what the flags say, or the environment, or a profile.
//!
//! A layer knows nothing of where it came from. Where two layers say something, the upper one wins, key by key; host and
//! endpoint are one key.

use std::path::PathBuf;

use hvsnap::cim::ClassName;

use crate::cli::{
    failure::Failure,
    values::{Form, Length, NamespaceName, Scheme, Size},
};

/// Settings of a connection, each of which may be missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub(super) host: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) tls: Option<bool>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) user: Option<String>,
    pub(super) pin: Option<String>,
    pub(super) server_name: Option<String>,
    pub(super) proxy: Option<String>,
    pub(super) auth: Option<Scheme>,
    pub(super) client_cert: Option<PathBuf>,
    pub(super) keytab: Option<PathBuf>,
    pub(super) spn: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) allow_plaintext: Option<bool>,
    pub(super) namespace: Option<NamespaceName>,
    pub(super) uri_form: Option<Form>,
    pub(super) service_class: Option<ClassName>,
    pub(super) operation_timeout: Option<Length>,
    pub(super) connect_timeout: Option<Length>,
    pub(super) max_envelope_size: Option<Size>,
}

/// Where the host is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    Host(String),
    Endpoint(String),
}

impl Layer {
    /// What contradicts itself within one layer, named as that layer names its keys.
    pub(super) fn check(&self, host: &str, endpoint: &str, tls: &str) -> Result<(), Failure> {
        if self.host.is_some() && self.endpoint.is_some() {
            return Err(Failure::usage(format!("{host} and {endpoint} exclude each other")));
        }
        if self.endpoint.is_some() && self.tls == Some(true) {
            let text = format!("{tls} goes with {host}; {endpoint} says it by http:// or https://");
            return Err(Failure::usage(text));
        }
        Ok(())
    }

    /// This layer, completed by a lower one.
    pub(super) fn over(self, lower: Self) -> Self {
        let has_address = self.host.is_some() || self.endpoint.is_some();
        let (host, endpoint) =
            if has_address { (self.host, self.endpoint) } else { (lower.host, lower.endpoint) };
        Self {
            host,
            endpoint,
            tls: self.tls.or(lower.tls),
            ca_file: self.ca_file.or(lower.ca_file),
            user: self.user.or(lower.user),
            pin: self.pin.or(lower.pin),
            server_name: self.server_name.or(lower.server_name),
            proxy: self.proxy.or(lower.proxy),
            auth: self.auth.or(lower.auth),
            client_cert: self.client_cert.or(lower.client_cert),
            keytab: self.keytab.or(lower.keytab),
            spn: self.spn.or(lower.spn),
            password_file: self.password_file.or(lower.password_file),
            allow_plaintext: self.allow_plaintext.or(lower.allow_plaintext),
            namespace: self.namespace.or(lower.namespace),
            uri_form: self.uri_form.or(lower.uri_form),
            service_class: self.service_class.or(lower.service_class),
            operation_timeout: self.operation_timeout.or(lower.operation_timeout),
            connect_timeout: self.connect_timeout.or(lower.connect_timeout),
            max_envelope_size: self.max_envelope_size.or(lower.max_envelope_size),
        }
    }

    /// Where the host is.
    pub(super) fn address(&self) -> Result<Address, Failure> {
        match (&self.host, &self.endpoint) {
            (Some(host), _) => Ok(Address::Host(host.clone())),
            (None, Some(endpoint)) => Ok(Address::Endpoint(endpoint.clone())),
            (None, None) => Err(Failure::usage("no host was given")
                .hint("give --host or --endpoint, HVSNAP_HOST, or a profile; `hvsnap demo` needs none")),
        }
    }
}
