//! The configuration file: profiles of hosts.
//!
//! A mistake in a profile is an error where that profile is used, and nowhere else. Unknown keys are errors, and a password is not a key. An error names file, line and key, and never repeats a value.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::Deserialize as _;
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue, ValueDeserializer},
};

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

/// The settings of the profile `name`, else of the default profile, else empty ones.
pub(super) fn one(place: &Place, name: Option<String>) -> Result<Settings, Failure> {
    let Some(file) = File::read(place)? else {
        return match name {
            Some(name) => Err(config(format!("there is no profile {name:?}"))
                .hint("there is no configuration file; `hvsnap --help` tells where it would be")),
            None => Ok(Settings::default()),
        };
    };
    match name.or_else(|| file.default.clone()) {
        Some(name) => file.profile(&name)?.settings.clone(),
        None => Ok(Settings::default()),
    }
}

/// The settings of all profiles without a mistake, by name.
pub(super) fn all(place: &Place) -> Result<Vec<Settings>, Failure> {
    let file = File::read(place)?;
    Ok(file.into_iter().flat_map(|file| file.profiles).filter_map(|profile| profile.settings.ok()).collect())
}

fn config(message: String) -> Failure {
    Failure::new(Kind::Config, message)
}

/// The configuration file.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    /// The name of the default profile.
    pub(crate) default: Option<String>,
    /// By name.
    pub(crate) profiles: Vec<Profile>,
}

/// A profile; a mistake in it does not affect the others.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(super) settings: Result<Settings, Failure>,
}

impl File {
    /// The file; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be read, is not TOML, or has an unknown key outside of the profiles.
    pub(super) fn read(place: &Place) -> Result<Option<Self>, Failure> {
        let Some(path) = &place.path else { return Ok(None) };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !place.must_exist => Ok(None),
            Err(error) => {
                Err(config(format!("the configuration file {} cannot be read", path.display())).cause(error))
            }
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let table = DeTable::parse(text).map_err(|error| misread(path, text, &error, 0))?;
        let mut file = Self { path: path.to_owned(), default: None, profiles: Vec::new() };
        for (key, value) in table.into_inner() {
            let at = key.span().start;
            let wrong = |what: &str| {
                let error = <toml::de::Error as serde::de::Error>::custom(what);
                Err(misread(path, text, &error, at))
            };
            match (key.into_inner().as_ref(), value.into_inner()) {
                ("default_profile", DeValue::String(name)) => file.default = Some(name.into_owned()),
                ("profiles", DeValue::Table(profiles)) => {
                    let profiles =
                        profiles.into_iter().map(|(name, profile)| Profile::read(path, text, name, profile));
                    file.profiles = profiles.collect();
                }
                ("default_profile", _) => return wrong("the name of a profile is expected"),
                ("profiles", _) => return wrong("tables named [profiles.NAME] are expected"),
                _ => return wrong("unknown field, expected `default_profile` or `profiles`"),
            }
        }
        Ok(file)
    }

    /// The profile with this name.
    pub(crate) fn profile(&self, name: &str) -> Result<&Profile, Failure> {
        if let Some(profile) = self.profiles.iter().find(|profile| profile.name == name) {
            return Ok(profile);
        }
        let missing = config(format!("there is no profile {name:?} in {}", self.path.display()));
        let known: Vec<&str> = self.profiles.iter().map(|profile| profile.name.as_str()).collect();
        let distance = |known: &&&str| strsim::osa_distance(&known.to_lowercase(), &name.to_lowercase());
        let near = known.iter().min_by_key(distance).filter(|near| distance(near) <= 2);
        let there_is = format!("there is: {}", known.join(", "));
        Err(match near {
            Some(near) => missing.hint(format!("did you mean {near:?}? {there_is}")),
            None if known.is_empty() => missing,
            None => missing.hint(there_is),
        })
    }
}

impl Profile {
    fn read(path: &Path, text: &str, name: Spanned<DeString<'_>>, profile: Spanned<DeValue<'_>>) -> Self {
        let at = name.span().start;
        let name = name.into_inner().into_owned();
        let settings = Settings::deserialize(ValueDeserializer::from(profile));
        let settings = settings.map_err(|error| misread(path, text, &error, at)).and_then(|settings| {
            settings.check(|key| format!("{key} (profile {name:?} of {})", path.display()))?;
            Ok(settings.beside(path))
        });
        Self { name, settings }
    }
}

/// The error with file, line and key; the line's content may be secret and is not shown.
fn misread(path: &Path, text: &str, error: &toml::de::Error, at: usize) -> Failure {
    let start = error.span().map_or(at, |span| span.start);
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
