//! The configuration file: profiles of hosts.
//!
//! Unknown keys are errors, and a password is not a key. An error names file, line and key, and never repeats a value.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;
use serde::Deserialize;

use super::settings::Settings;
use crate::cli::{failure::Failure, kind::Kind};

/// The place of the file, and whether it was requested.
pub(super) struct Place {
    path: Option<PathBuf>,
    must_exist: bool,
}

impl Place {
    /// A requested file.
    pub(super) fn given(path: PathBuf) -> Self {
        Self { path: Some(path), must_exist: true }
    }

    /// The file at its default place; it may be missing.
    pub(super) fn default_file() -> Self {
        let path =
            etcetera::choose_base_strategy().ok().map(|dirs| dirs.config_dir().join("hvsnap/config.toml"));
        Self { path, must_exist: false }
    }
}

/// The profile `name`, else the default profile, else empty settings.
pub(super) fn one(place: &Place, name: Option<String>) -> Result<Settings, Failure> {
    let Some((path, file)) = read(place)? else {
        return match name {
            Some(name) => Err(config(format!("there is no profile {name:?}"))
                .hint("there is no configuration file; `hvsnap --help` tells where it would be")),
            None => Ok(Settings::default()),
        };
    };
    let Some(name) = name.or(file.default_profile) else { return Ok(Settings::default()) };
    let known: Vec<&str> = file.profiles.keys().map(String::as_str).collect();
    let hint = format!("there is: {}", known.join(", "));
    let Some(profile) = file.profiles.get(&name) else {
        let missing = config(format!("there is no profile {name:?} in {}", path.display()));
        return Err(if known.is_empty() { missing } else { missing.hint(hint) });
    };
    profile.check(|key| format!("{key} (profile {name:?} of {})", path.display()))?;
    Ok(profile.beside(&path))
}

/// All valid profiles, by name.
pub(super) fn all(place: &Place) -> Result<Vec<Settings>, Failure> {
    let Some((path, file)) = read(place)? else { return Ok(Vec::new()) };
    let usable = file.profiles.values().filter(|profile| profile.check(str::to_owned).is_ok());
    Ok(usable.map(|profile| profile.beside(&path)).collect())
}

fn config(message: String) -> Failure {
    Failure::new(Kind::Config, message)
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Settings>,
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

/// The error with file, line and key; the line's content may be secret and is not shown.
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

/// Removes the value, which the parser's message for a wrong type begins with.
fn without_value(message: &str) -> &str {
    match message.rsplit_once(", expected ") {
        Some((wrong, _)) if wrong.starts_with("invalid ") => {
            message.get(wrong.len() + ", ".len()..).unwrap_or_default()
        }
        _ => message,
    }
}
