//! The policy file of `prune`: TOML with the flags as keys.

use std::{fmt, num::NonZeroUsize, path::Path, str::FromStr};

use hvsnap::hyperv::{NamePattern, Origin, SnapshotFilter};
use serde::{Deserialize, Deserializer, de};

use super::super::snapshot::filter::origin_of;
use crate::cli::{failure::Failure, kind::Kind, values::Length};

/// A policy file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    vm: AtLeastOne<Parsed<NamePattern>>,
    exclude: Vec<Parsed<NamePattern>>,
    name: AtLeastOne<Parsed<NamePattern>>,
    kind: AtLeastOne<Parsed<OriginName>>,
    older_than: Option<Parsed<Length>>,
    newer_than: Option<Parsed<Length>>,
    pub(super) keep: Option<usize>,
    pub(super) max: Option<NonZeroUsize>,
    pub(super) parent_of_current: bool,
    pub(super) accept_foreign: bool,
}

/// A text that is parsed as on the command line.
#[derive(Clone, Debug)]
struct Parsed<T>(T);

/// A list that is not there, or has a member: an empty one would not be none of them, but no condition at all.
#[derive(Debug)]
struct AtLeastOne<T>(Vec<T>);

impl<T> Default for AtLeastOne<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AtLeastOne<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let list = Vec::deserialize(from)?;
        if list.is_empty() {
            return Err(de::Error::custom("an empty list; leave the key out for no condition"));
        }
        Ok(Self(list))
    }
}

/// The name of an origin.
#[derive(Clone, Debug)]
struct OriginName(Origin);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(Self).map_err(|error| de::Error::custom(format_args!("{text:?}: {error}")))
    }
}

impl FromStr for OriginName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Origin::ALL.map(Origin::key).join(", ");
        origin_of(text).map(Self).ok_or_else(|| format!("not a kind of snapshot; there are {}", known()))
    }
}

impl File {
    /// What it covers.
    pub(super) fn filter(&self) -> SnapshotFilter {
        let patterns = |list: &[Parsed<NamePattern>]| list.iter().map(|pattern| pattern.0.clone()).collect();
        let length = |length: &Option<Parsed<Length>>| length.as_ref().map(|length| length.0.0);
        let mut filter = SnapshotFilter::default();
        filter.vms = patterns(&self.vm.0);
        filter.excluded_vms = patterns(&self.exclude);
        filter.names = patterns(&self.name.0);
        filter.origins = self.kind.0.iter().map(|kind| kind.0.0).collect();
        filter.older_than = length(&self.older_than);
        filter.newer_than = length(&self.newer_than);
        filter
    }
}

/// The parser's message in the words of the file.
fn plain(message: &str) -> String {
    [
        ("\n", ", "),
        ("expected usize", "expected a whole number"),
        ("expected a sequence", "expected a list, such as [\"web-*\"]"),
    ]
    .into_iter()
    .fold(message.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Reads a policy file.
pub(super) fn read(path: &Path) -> Result<File, Failure> {
    let config = |text: String| Failure::new(Kind::Config, text);
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| config(format!("the policy file {shown} cannot be read")).cause(error))?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
        let failure = config(format!("the policy file {shown}, line {line}")).cause(plain(error.message()));
        failure
            .hint("its keys are the flags of prune, such as older_than = \"14d\"; see `hvsnap prune --help`")
    })
}
