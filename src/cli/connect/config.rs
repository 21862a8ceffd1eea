//! The configuration file: profiles of hosts.
//!
//! Unknown keys are errors, so that a misspelt one is not silently without effect. A password has no place in it. Errors
//! name file, line and key, and never repeat a value.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use etcetera::BaseStrategy;
use hvsnap::cim::ClassName;
use serde::{Deserialize, Deserializer, de};

use super::layer::Layer;
use crate::cli::{
    failure::Failure,
    kind::Kind,
    values::{Form, Length, NamespaceName, Scheme, Size, SizeError},
};

/// Where the file is, and whether somebody asked for it.
pub(super) struct Place {
    path: Option<PathBuf>,
    must_exist: bool,
}

impl Place {
    /// The file that was asked for.
    pub(super) fn given(path: PathBuf) -> Self {
        Self { path: Some(path), must_exist: true }
    }

    /// The file at its usual place; it may be missing.
    pub(super) fn default_file() -> Self {
        let path =
            etcetera::choose_base_strategy().ok().map(|dirs| dirs.config_dir().join("hvsnap/config.toml"));
        Self { path, must_exist: false }
    }
}

/// The profile `name`, or the default one, or none.
pub(super) fn profile(place: &Place, name: Option<String>) -> Result<Layer, Failure> {
    let Some((path, file)) = read(place)? else {
        return match name {
            Some(name) => Err(config(format!("there is no profile {name:?}"))
                .hint("there is no configuration file; `hvsnap --help` tells where it would be")),
            None => Ok(Layer::default()),
        };
    };
    let Some(name) = name.or(file.default_profile) else { return Ok(Layer::default()) };
    let known: Vec<&str> = file.profiles.keys().map(String::as_str).collect();
    let hint = format!("there is: {}", known.join(", "));
    let Some(profile) = file.profiles.get(&name) else {
        let missing = config(format!("there is no profile {name:?} in {}", path.display()));
        return Err(if known.is_empty() { missing } else { missing.hint(hint) });
    };
    let layer = profile.layer(&path);
    let key = |key: &str| format!("{key} (profile {name:?} of {})", path.display());
    layer.check(&key("host"), &key("endpoint"), &key("tls"))?;
    Ok(layer)
}

/// All profiles that do not contradict themselves, by their names.
pub(super) fn profiles(place: &Place) -> Result<Vec<Layer>, Failure> {
    let Some((path, file)) = read(place)? else { return Ok(Vec::new()) };
    let layers = file.profiles.values().map(|profile| profile.layer(&path));
    Ok(layers.filter(|layer| layer.check("host", "endpoint", "tls").is_ok()).collect())
}

fn config(message: String) -> Failure {
    Failure::new(Kind::Config, message)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    host: Option<String>,
    endpoint: Option<String>,
    tls: Option<bool>,
    ca_file: Option<PathBuf>,
    user: Option<String>,
    pin: Option<String>,
    server_name: Option<String>,
    proxy: Option<String>,
    #[serde(default, deserialize_with = "parsed")]
    auth: Option<Scheme>,
    client_cert: Option<PathBuf>,
    keytab: Option<PathBuf>,
    spn: Option<String>,
    password_file: Option<PathBuf>,
    allow_plaintext: Option<bool>,
    #[serde(default, deserialize_with = "parsed")]
    namespace: Option<NamespaceName>,
    #[serde(default, deserialize_with = "parsed")]
    uri_form: Option<Form>,
    #[serde(default, deserialize_with = "parsed")]
    service_class: Option<ClassName>,
    #[serde(default, deserialize_with = "parsed")]
    operation_timeout: Option<Length>,
    #[serde(default, deserialize_with = "parsed")]
    connect_timeout: Option<Length>,
    #[serde(default, deserialize_with = "size")]
    max_envelope_size: Option<Size>,
}

/// A number of bytes, or a text with a unit.
fn size<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Size>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Bytes(u32),
        Text(String),
    }
    let written = Written::deserialize(from).map_err(|_| de::Error::custom(SizeError))?;
    match written {
        Written::Bytes(bytes) => Ok(Some(Size(bytes))),
        Written::Text(text) => text.parse().map(Some).map_err(de::Error::custom),
    }
}

fn parsed<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(from: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(|error: T::Err| {
        // Some errors end with the value.
        de::Error::custom(error.to_string().replace(&format!(": {text:?}"), ""))
    })
}

impl Profile {
    fn layer(&self, config: &Path) -> Layer {
        let place = |path: &Option<PathBuf>| path.as_deref().map(|path| beside(config, path));
        Layer {
            host: self.host.clone(),
            endpoint: self.endpoint.clone(),
            tls: self.tls,
            ca_file: place(&self.ca_file),
            user: self.user.clone(),
            pin: self.pin.clone(),
            server_name: self.server_name.clone(),
            proxy: self.proxy.clone(),
            auth: self.auth,
            client_cert: place(&self.client_cert),
            keytab: place(&self.keytab),
            spn: self.spn.clone(),
            password_file: place(&self.password_file),
            allow_plaintext: self.allow_plaintext,
            namespace: self.namespace.clone(),
            uri_form: self.uri_form,
            service_class: self.service_class.clone(),
            operation_timeout: self.operation_timeout,
            connect_timeout: self.connect_timeout,
            max_envelope_size: self.max_envelope_size,
        }
    }
}

/// A path from the file: `~/` is the home, anything relative lies beside the file.
fn beside(config: &Path, path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), etcetera::home_dir()) {
        (Ok(rest), Ok(home)) => home.join(rest),
        _ => config.parent().unwrap_or(Path::new("")).join(path),
    }
}

fn read(place: &Place) -> Result<Option<(PathBuf, File)>, Failure> {
    let Some(path) = &place.path else { return Ok(None) };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !place.must_exist => return Ok(None),
        Err(error) => {
            return Err(
                config(format!("the configuration file {} cannot be read", path.display())).cause(error)
            );
        }
    };
    match toml::from_str(&text) {
        Ok(file) => Ok(Some((path.clone(), file))),
        Err(error) => Err(misread(path, &text, &error)),
    }
}

/// The error with file, line and key; the line itself may hold what nobody should see.
fn misread(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count();
    let content = text.lines().nth(line).unwrap_or_default();
    let is_key =
        |key: &&str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let key = content.split_once('=').map(|(key, _)| key.trim()).filter(is_key);
    let mut message = format!("the configuration file {}, line {}", path.display(), line + 1);
    if let Some(key) = key {
        message.push_str(&format!(", key {key}"));
    }
    let failure = config(message).cause(without_value(error.message()).replace('\n', ", "));
    if key == Some("password") {
        return failure.hint(
            "a password has no place in this file: write it to another and name that by password_file",
        );
    }
    failure
}

/// Where a value is of the wrong type, the reader's words begin with the value.
fn without_value(message: &str) -> &str {
    match message.rsplit_once(", expected ") {
        Some((wrong, _)) if wrong.starts_with("invalid ") => {
            message.get(wrong.len() + ", ".len()..).unwrap_or_default()
        }
        _ => message,
    }
}
