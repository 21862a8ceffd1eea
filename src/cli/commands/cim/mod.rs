//! `cim`: any class of any namespace, by hand.
//!
//! JSON output can be read again: an instance as a parameter, a reference as a target. Types come from the schema if it knows
//! the class, otherwise from the type names in the JSON. Nothing here plans, locks a VM or writes to the journal.

mod associators;
mod enumerate;
pub(crate) mod get;
mod given;
pub(crate) mod invoke;
mod query;
mod read;
mod target;
mod text;
mod typed;
pub(crate) mod view;

use clap::Args;
use hvsnap::{
    CimNamespace, ClientError, Enumeration,
    cim::{ClassPath, FromRaw as _, Instance, Raw},
    schema::known_class,
    wsman::{EndpointReference, SelectorSet},
};
use serde::Serialize;

use self::{target::failed, view::InstanceView};
use crate::cli::{
    answer::{Answer, Item as ListItem},
    commands::host_verbs,
    failure::Failure,
    render::Line,
    session::{Session, nothing_changed},
};

host_verbs! {
    /// Any CIM class: read instances, call methods
    Cim {
        Get(get::Get),
        Enumerate(enumerate::Enumerate),
        Query(query::Query),
        Associators(associators::Associators),
        Invoke(invoke::Invoke),
    }
}

/// What is shown of instances.
#[derive(Clone, Debug, Args)]
struct ShownArgs {
    /// Show only this property; may be given again
    #[arg(short, long = "property", value_name = "NAME")]
    properties: Vec<String>,
}

/// How many instances are read.
#[derive(Clone, Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    shown: ShownArgs,

    /// Stop after this many instances, with a warning if there are more
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    limit: usize,
}

/// The maximum number of bytes of names and texts in a list.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// An instance, with its reference if known.
type Found = (Instance<'static>, Option<EndpointReference>);

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListHead {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The CIM namespace.
    namespace: String,
    /// False if there are more.
    complete: bool,
}

impl ListItem for InstanceView {
    const FIELD: &'static str = "instances";
    const TYPE: &'static str = "instance";
}

/// Reads the instances of an enumeration and shows them.
async fn list<T>(
    session: &mut Session<'_>,
    namespace: &CimNamespace,
    args: &ListArgs,
    opened: impl Future<Output = Result<Enumeration<T>, ClientError>>,
    take: impl Fn(&CimNamespace, T) -> Found,
) -> Result<Answer, Failure> {
    let work = async {
        let (mut enumeration, mut found, mut bytes) = (opened.await?, Vec::new(), 0);
        while let Some(item) = enumeration.next().await? {
            if found.len() >= args.limit || bytes > MOST_BYTES {
                return Ok((found, false));
            }
            let item = take(namespace, item);
            bytes += size(&item.0);
            found.push(item);
        }
        Ok::<_, ClientError>((found, true))
    };
    let (found, complete) = session.interrupt.or(work).await.map_err(nothing_changed)?.map_err(failed)?;
    let only = &args.shown.properties;
    let name = namespace.name().as_str();
    let head =
        ListHead { endpoint: session.host.endpoint().to_string(), namespace: name.to_owned(), complete };
    let views =
        found.iter().map(|(instance, reference)| InstanceView::new(instance, name, reference.as_ref(), only));
    let lines = if found.is_empty() { Vec::new() } else { text::table(&found, only) };
    let mut answer = Answer::list(lines, &head, views)?;
    answer.warnings.extend(missing_properties(found.iter().map(|(instance, _)| instance), only));
    if !complete {
        let text = format!(
            "stopped after {} instances: there are more; see --limit, and ask for less by a query",
            found.len()
        );
        answer.warnings.push(text);
    }
    if found.is_empty() {
        answer.remarks.push(Line::plain("No instances."));
    }
    Ok(answer)
}

/// The namespace of a reference; the one in use if the reference does not say.
fn namespace_of(session: &Session<'_>, reference: &EndpointReference) -> CimNamespace {
    match ClassPath::of(reference) {
        Some(path) => session.host.client().in_namespace(path.namespace),
        None => session.host.cim().clone(),
    }
}

/// A warning for each requested property that no instance has.
fn missing_properties<'i>(
    instances: impl Iterator<Item = &'i Instance<'static>> + Clone,
    only: &[String],
) -> Vec<String> {
    let has = |name: &String| instances.clone().any(|instance| instance.property(name).is_some());
    let missing_properties = only.iter().filter(|name| !has(name) && instances.clone().next().is_some());
    missing_properties
        .map(|name| format!("no instance shows a property {name:?}; a null array is not sent"))
        .collect()
}

/// The approximate number of bytes of its names and texts.
fn size(instance: &Instance<'_>) -> usize {
    let values = |raw: &Raw<'_>| match raw {
        Raw::Text(text) | Raw::Datetime(text) | Raw::Markup(text) => text.len(),
        Raw::Object(instance) => size(instance),
        _ => 128,
    };
    let properties = instance.properties();
    properties
        .map(|property| 128 + property.name().len() + property.values().iter().map(values).sum::<usize>())
        .sum()
}

/// The reference from the instance's keys, if the schema knows its class, for an answer without references.
fn by_keys(namespace: &CimNamespace, instance: Instance<'static>) -> Found {
    let reference = reference_of(namespace, &instance);
    (instance, reference)
}

fn reference_of(namespace: &CimNamespace, instance: &Instance<'_>) -> Option<EndpointReference> {
    let class = known_class(instance.class()).filter(|class| class.is_whole())?;
    let mut selectors = SelectorSet::new();
    for key in class.keys() {
        selectors = match instance.property(key.name())?.values() {
            [Raw::Text(text)] => selectors.with(key.name(), text.as_ref()),
            [raw @ Raw::Reference(_)] => {
                selectors.with_reference(key.name(), EndpointReference::from_raw(raw)?)
            }
            _ => return None,
        };
    }
    Some(namespace.reference(instance.class().parse().ok()?, selectors))
}
