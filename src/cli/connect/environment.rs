//! The environment as a layer of settings.
//!
//! An empty variable counts as none. The password is not read here; it is never part of a layer.

use std::str::FromStr;

use super::layer::Layer;
use crate::cli::{failure::Failure, values::Flag};

/// How a variable is looked up; an argument, so that tests need not change the process's own environment.
pub(super) type Lookup<'l> = &'l dyn Fn(&str) -> Result<Option<String>, Failure>;

/// The process's own variable.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("the environment variable {name} is not valid Unicode")))
        }
    }
}

/// All variables but the password's.
pub(super) fn layer(lookup: Lookup<'_>) -> Result<Layer, Failure> {
    let layer = Layer {
        host: lookup("HVSNAP_HOST")?,
        endpoint: lookup("HVSNAP_ENDPOINT")?,
        tls: parsed::<Flag>(lookup, "HVSNAP_TLS")?.map(|flag| flag.0),
        ca_file: lookup("HVSNAP_CA_FILE")?.map(Into::into),
        user: lookup("HVSNAP_USER")?,
        pin: lookup("HVSNAP_PIN")?,
        server_name: lookup("HVSNAP_SERVER_NAME")?,
        proxy: lookup("HVSNAP_PROXY")?,
        auth: parsed(lookup, "HVSNAP_AUTH")?,
        client_cert: lookup("HVSNAP_CLIENT_CERT")?.map(Into::into),
        keytab: lookup("HVSNAP_KEYTAB")?.map(Into::into),
        spn: lookup("HVSNAP_SPN")?,
        password_file: lookup("HVSNAP_PASSWORD_FILE")?.map(Into::into),
        allow_plaintext: parsed::<Flag>(lookup, "HVSNAP_ALLOW_PLAINTEXT")?.map(|flag| flag.0),
        namespace: parsed(lookup, "HVSNAP_NAMESPACE")?,
        uri_form: parsed(lookup, "HVSNAP_URI_FORM")?,
        service_class: parsed(lookup, "HVSNAP_SERVICE_CLASS")?,
        operation_timeout: parsed(lookup, "HVSNAP_OPERATION_TIMEOUT")?,
        connect_timeout: parsed(lookup, "HVSNAP_CONNECT_TIMEOUT")?,
        max_envelope_size: parsed(lookup, "HVSNAP_MAX_ENVELOPE_SIZE")?,
    };
    layer.check("HVSNAP_HOST", "HVSNAP_ENDPOINT", "HVSNAP_TLS")?;
    Ok(layer)
}

fn parsed<T: FromStr<Err: ToString>>(lookup: Lookup<'_>, name: &str) -> Result<Option<T>, Failure> {
    let Some(text) = lookup(name)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error: T::Err| {
        Failure::usage(format!("the environment variable {name} cannot be used")).cause(error.to_string())
    })
}
