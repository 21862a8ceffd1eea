//! The instance that a command is about: a class with its keys, or the reference in a file.

use clap::Args;
use hvsnap::{
    ClientError,
    cim::{ClassName, Wql},
    schema::{KnownMember, known_class},
    wsman::{EndpointReference, SelectorSet},
};

use super::{
    given::{self, Given, Key},
    read::{self, Place},
};
use crate::cli::{
    exit::Exit,
    failure::Failure,
    kind::Kind,
    session::{Session, nothing_changed},
};

/// A target on the command line, the keys behind it.
#[derive(Clone, Debug, Args)]
pub(super) struct TargetArgs {
    /// Class of the instance; or @FILE with JSON that names it: a reference, or an instance that was printed
    #[arg(value_name = "CLASS|@FILE")]
    pub(super) target: String,

    /// Keys of the instance; none for the only instance of its class. A key that is a reference is @FILE or JSON
    #[arg(value_name = "KEY=VALUE")]
    pub(super) keys: Vec<Given>,
}

/// The target that the arguments name; nothing is sent until it is looked up.
pub(super) enum Target {
    /// A whole reference.
    Reference(EndpointReference),
    /// The only instance of the class.
    Only(ClassName),
}

impl Target {
    /// Reads the arguments.
    ///
    /// # Errors
    /// If they do not identify an instance: a usage error.
    pub(super) fn read(session: &Session<'_>, target: &str, keys: &[Given]) -> Result<Self, Failure> {
        if let Some(file) = target.strip_prefix('@') {
            if let Some(key) = keys.first() {
                let text =
                    format!("{target} names an instance already; the key {} does not apply", key.name());
                return Err(Failure::usage(text));
            }
            let place = Place::new(target);
            return read::reference(&read::file(file, &place)?, None, &place).map(Self::Reference);
        }
        let class: ClassName = target.parse().map_err(|error| Failure::usage(format!("{error}")))?;
        let known = known_class(target).filter(|class| class.is_whole());
        let known: Option<Vec<KnownMember>> = known.map(|class| class.keys().collect());
        match &known {
            // A class that is known to have no keys has a single instance.
            Some(known) if keys.is_empty() && known.is_empty() => {}
            _ if keys.is_empty() => return Ok(Self::Only(class)),
            Some(known) => check(session, &class, known, keys)?,
            None => {}
        }
        let mut selectors = SelectorSet::new();
        for one in keys {
            let member = known.iter().flatten().find(|known| known.name().eq_ignore_ascii_case(one.name()));
            selectors = match given::key(one, member.copied())? {
                Key::Text(text) => selectors.with(one.name(), text),
                Key::Reference(reference) => selectors.with_reference(one.name(), reference),
            };
        }
        Ok(Self::Reference(session.host.cim().reference(class, selectors)))
    }

    /// The class as given.
    pub(super) fn class(&self) -> &str {
        match self {
            Self::Reference(reference) => reference.resource_uri.last_segment(),
            Self::Only(class) => class.as_str(),
        }
    }

    /// The reference; that of a single instance is read from the host.
    ///
    /// # Errors
    /// If the class has no instance, or several.
    pub(super) async fn find(self, session: &mut Session<'_>) -> Result<EndpointReference, Failure> {
        let class = match self {
            Self::Reference(reference) => return Ok(reference),
            Self::Only(class) => class,
        };
        let namespace = session.host.cim().clone();
        let query = Wql::all(class.clone());
        let work = async {
            let mut found = namespace.query_references(&query).await?;
            Ok::<_, ClientError>((found.next().await?, found.next().await?))
        };
        match session.interrupt.or(work).await.map_err(nothing_changed)?.map_err(failed)? {
            (Some(only), None) => Ok(only),
            (None, _) => {
                Err(Failure::new(Kind::NotFound, format!("{class} has no instance in {}", namespace.name()))
                    .hint("see --namespace"))
            }
            (Some(_), Some(_)) => {
                let text = format!("{class} has several instances in {}", namespace.name());
                let keys: Vec<&str> = known_class(class.as_str())
                    .into_iter()
                    .flat_map(|class| class.keys())
                    .map(KnownMember::name)
                    .collect();
                let keys = if keys.is_empty() { "its keys".to_owned() } else { keys.join(", ") };
                let hint = format!("name one by {keys}; `hvsnap cim enumerate {class}` lists them");
                Err(Failure::new(Kind::Ambiguous, text).hint(hint))
            }
        }
    }
}

/// Refuses keys that the class does not have.
fn check(
    session: &Session<'_>,
    class: &ClassName,
    known: &[KnownMember],
    keys: &[Given],
) -> Result<(), Failure> {
    let list: Vec<&str> = known.iter().map(|key| key.name()).collect();
    let list = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    let wrong = |what: String| {
        let conditions = keys.iter().map(|key| {
            format!("{} = '{}'", key.name(), key.text().replace('\\', r"\\").replace('\'', r"\'"))
        });
        let conditions: Vec<String> = conditions.collect();
        let query = format!("select * from {class} where {}", conditions.join(" and "));
        let query = session.reattach.command(&["cim", "query", &query]);
        let hint = format!("to find an instance by other properties than its keys: {query}");
        Err(Failure::usage(format!("{what}; the keys of {class} are: {list}")).hint(hint))
    };
    let is = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    for (index, key) in keys.iter().enumerate() {
        if !known.iter().any(|known| is(known.name(), key.name())) {
            return wrong(format!("{} is no key of {class}", key.name()));
        }
        if keys.iter().take(index).any(|before| is(before.name(), key.name())) {
            return Err(Failure::usage(format!("the key {} is given twice", key.name())));
        }
    }
    match known.iter().find(|known| !keys.iter().any(|key| is(key.name(), known.name()))) {
        Some(missing) => wrong(format!("the key {} is missing", missing.name())),
        None => Ok(()),
    }
}

/// A failure of a request; a class or an instance that does not exist is not found.
pub(super) fn failed(error: ClientError) -> Failure {
    let hint = if error.is_not_found() {
        "no instance has these keys, or it is gone; `hvsnap cim enumerate CLASS` lists those that are there"
    } else if error.is_unknown_class() {
        "check the name of the class, the query, and --namespace"
    } else {
        return Failure::from(error);
    };
    let failure = Failure::from(error).hint(hint);
    if failure.parts().exit == Exit::Failed { failure.exit(Exit::NotFound) } else { failure }
}
