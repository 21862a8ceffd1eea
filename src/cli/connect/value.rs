//! Types of settings: parsed from a flag, a variable and a profile, and formatted as a flag again.

use std::path::{Path, PathBuf};

use clap::{
    ArgAction, ArgMatches, ValueEnum,
    builder::{EnumValueParser, ValueParser},
};
use hvsnap::{Endpoint, cim::ClassName};
use serde::{Deserialize, Deserializer, de};

use crate::cli::values::{Form, Length, NamespaceName, Scheme, Size, SizeError};

/// A value for a flag, a variable and a profile key.
pub(super) trait Value: Clone + Send + Sync + Sized + 'static {
    /// Parses a text; the error says what is wrong with it.
    fn parse(text: &str) -> Result<Self, String>;

    /// The value as text; `None` if it must not be repeated.
    fn text(&self) -> Option<String>;

    /// The parser of the flag's text.
    fn parser() -> ValueParser {
        ValueParser::new(Self::parse)
    }

    /// What a repeated flag does.
    fn action() -> ArgAction {
        ArgAction::Set
    }

    /// The value of the flag, if given.
    fn of_flag(matches: &ArgMatches, key: &str) -> Option<Self> {
        matches.get_one::<Self>(key).cloned()
    }

    /// Adds the flag with its value.
    fn repeat(&self, flags: &mut Vec<(String, Option<String>)>, flag: String) {
        flags.extend(self.text().map(|text| (flag, Some(text))));
    }

    /// Reads the value of a key in a profile.
    fn of_profile<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        // Some errors end with the value, which must not be shown.
        Self::parse(&text).map_err(|why| de::Error::custom(why.replace(&format!(": {text:?}"), "")))
    }

    /// The value as given in the configuration file `config`.
    #[must_use]
    fn beside(self, _config: &Path) -> Self {
        self
    }
}

/// A host or a URL. One with a user name is not usable, may contain a password, and is not repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address(pub(super) String);

impl Value for Address {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn text(&self) -> Option<String> {
        Some(self.0.clone()).filter(|text| !text.contains('@'))
    }
}

/// Addresses of cluster nodes, by the names of the nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NodeAddresses(pub(super) Vec<(String, Endpoint)>);

impl NodeAddresses {
    fn of(texts: &[String]) -> Result<Self, String> {
        let mut nodes = Vec::new();
        for text in texts {
            nodes.extend(Self::parse(text)?.0);
        }
        Ok(Self(nodes))
    }
}

impl Value for NodeAddresses {
    /// `NAME=URL`, and more of them after commas.
    fn parse(text: &str) -> Result<Self, String> {
        let address = |text: &str| {
            let (name, url) = text.split_once('=').ok_or("give it as NAME=URL")?;
            if name.trim().is_empty() {
                return Err("the name of the node is missing".to_owned());
            }
            let endpoint = Endpoint::from_url(url.trim()).map_err(|error| error.to_string())?;
            Ok((name.trim().to_owned(), endpoint))
        };
        text.split(',').map(address).collect::<Result<_, String>>().map(Self)
    }

    fn text(&self) -> Option<String> {
        let texts: Vec<_> = self.0.iter().map(|(name, endpoint)| format!("{name}={endpoint}")).collect();
        Some(texts.join(","))
    }

    fn action() -> ArgAction {
        ArgAction::Append
    }

    fn of_flag(matches: &ArgMatches, key: &str) -> Option<Self> {
        let nodes: Vec<_> = matches.get_many::<Self>(key)?.flat_map(|nodes| nodes.0.clone()).collect();
        Some(Self(nodes))
    }

    fn repeat(&self, flags: &mut Vec<(String, Option<String>)>, flag: String) {
        flags
            .extend(self.0.iter().map(|(name, endpoint)| (flag.clone(), Some(format!("{name}={endpoint}")))));
    }

    /// One text, or a list of texts.
    fn of_profile<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            Many(Vec<String>),
        }
        let texts = match Written::deserialize(from) {
            Ok(Written::One(text)) => vec![text],
            Ok(Written::Many(texts)) => texts,
            Err(_) => return Err(de::Error::custom("neither NAME=URL nor a list of them")),
        };
        Self::of(&texts).map_err(de::Error::custom)
    }
}

impl Value for String {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn text(&self) -> Option<String> {
        Some(self.clone())
    }
}

impl Value for PathBuf {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }

    fn text(&self) -> Option<String> {
        Some(self.display().to_string())
    }

    fn parser() -> ValueParser {
        ValueParser::path_buf()
    }

    /// `~/` is the home folder; a relative path starts at the file's folder.
    fn beside(self, config: &Path) -> Self {
        match (self.strip_prefix("~"), etcetera::home_dir()) {
            (Ok(rest), Ok(home)) => home.join(rest),
            _ => config.parent().unwrap_or(Path::new("")).join(self),
        }
    }
}

impl Value for bool {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "1" | "true" | "yes" => Ok(true),
            "0" | "false" | "no" => Ok(false),
            _ => Err("neither 1 nor 0".to_owned()),
        }
    }

    fn text(&self) -> Option<String> {
        None
    }

    fn of_flag(matches: &ArgMatches, key: &str) -> Option<Self> {
        matches.get_flag(key).then_some(true)
    }

    fn repeat(&self, flags: &mut Vec<(String, Option<String>)>, flag: String) {
        flags.extend(self.then_some((flag, None)));
    }

    fn of_profile<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl Value for Size {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: SizeError| error.to_string())
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    /// A number of bytes, or a text with a unit.
    fn of_profile<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Bytes(u32),
            Text(String),
        }
        match Written::deserialize(from).map_err(|_| de::Error::custom(SizeError))? {
            Written::Bytes(bytes) => Ok(Self(bytes)),
            Written::Text(text) => text.parse().map_err(de::Error::custom),
        }
    }
}

/// Values that use `FromStr` and `Display`.
macro_rules! by_text {
    ($($type:ty),+) => {
        $(impl Value for $type {
            fn parse(text: &str) -> Result<Self, String> {
                text.parse().map_err(|error: <$type as std::str::FromStr>::Err| error.to_string())
            }

            fn text(&self) -> Option<String> {
                Some(self.to_string())
            }
        })+
    };
}

by_text!(ClassName, Length, NamespaceName);

/// Values with a fixed set of names.
macro_rules! by_name {
    ($($type:ty),+) => {
        $(impl Value for $type {
            fn parse(text: &str) -> Result<Self, String> {
                <$type>::from_str(text, false).map_err(|_| neither::<$type>())
            }

            fn text(&self) -> Option<String> {
                self.to_possible_value().map(|value| value.get_name().to_owned())
            }

            fn parser() -> ValueParser {
                EnumValueParser::<$type>::new().into()
            }
        })+
    };
}

by_name!(Form, Scheme);

/// `neither a, b nor c`.
fn neither<T: ValueEnum>() -> String {
    let names: Vec<_> = T::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let names: Vec<_> = names.iter().map(|value| value.get_name()).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("neither {} nor {last}", first.join(", ")),
        _ => format!("not {}", names.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_again_as_it_was_written() {
        fn reads<T: Value + PartialEq + std::fmt::Debug>(text: &str) {
            let value = T::parse(text).unwrap();
            let written = value.text().unwrap();
            assert_eq!(T::parse(&written), Ok(value), "{text}: {written}");
        }
        reads::<Length>("1h30m");
        reads::<Length>("1500ms");
        reads::<Size>("8M");
        reads::<NamespaceName>("cluster");
        reads::<Form>("dmtf");
        reads::<Scheme>("ntlm");
        reads::<PathBuf>("a b/c");
        reads::<NodeAddresses>("HV01=http://hv01,hv02.corp.example=https://10.0.0.2:4711/x");
    }

    #[test]
    fn an_address_of_a_node_has_a_name_and_is_a_url_without_a_user() {
        for text in
            ["", "HV01", "=http://hv01", "HV01=hv01", "HV01=http://hv01,", "HV01=http://ops:secret@hv01"]
        {
            let error = NodeAddresses::parse(text).unwrap_err();
            assert!(!error.is_empty() && !error.contains("secret"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_none_of_the_names_is_told_all_of_them() {
        assert_eq!(Form::parse("WMI"), Err("neither wmi nor dmtf".to_owned()));
        let all = "neither negotiate, kerberos, ntlm, basic nor certificate";
        assert_eq!(Scheme::parse(""), Err(all.to_owned()));
    }
}
