//! The filter of an Enumerate: a whole class, a query, a set of selectors, or the ends of associations.
//!
//! The dialect must match the resource URI: queries and associations use all classes, selectors one. Follows MS-WSMV 3.1.4.1.13
//! with its notes, and DSP0227 section 8.2.

use super::locate;
use crate::{
    schema::CimType,
    sim::{
        instance::{Instance, Scalar, Value},
        instances::View,
        message::{Fault, Node, Resource, SelectorValue, Target, dialect, kinds, ns, read_selectors},
        path::alike,
        wql::{self, Found, Objects, QueryError, Walk},
    },
};

/// The filter of a request.
pub(super) struct Filter<'a> {
    pub(super) dialect: &'a str,
    pub(super) node: &'a Node,
}

impl<'a> Filter<'a> {
    /// The filter of an Enumerate, in the namespace of WS-Management or of WS-Enumeration.
    pub(super) fn of(enumerate: &'a Node) -> Option<Self> {
        let node =
            enumerate.child(ns::WSMAN, "Filter").or_else(|| enumerate.child(ns::ENUMERATION, "Filter"))?;
        Some(Self { dialect: node.attribute("Dialect").unwrap_or_default().trim(), node })
    }

    /// True for a query: then an unknown namespace or class is an error of the query.
    pub(super) fn is_query(&self) -> bool {
        self.dialect == dialect::WQL
    }
}

fn unprocessable(error: QueryError) -> Fault {
    Fault::wmi_error(&kinds::CANNOT_PROCESS_FILTER, error.0)
}

/// The requested instances.
pub(super) fn find(
    view: &View<'_>,
    resource: &Resource,
    filter: Option<&Filter<'_>>,
) -> Result<Found, Fault> {
    let all = resource.target == Target::All;
    match filter {
        None if all => Err(Fault::new(&kinds::CANNOT_PROCESS_FILTER, "all classes, and no filter")),
        None => {
            let classes = locate::classes(view, resource)?;
            let instances = classes.into_iter().flat_map(|class| view.instances(class)).collect();
            Ok(Found { instances, properties: None })
        }
        Some(filter) if filter.is_query() => {
            if !all {
                return Err(Fault::new(&kinds::QUERY_NEEDS_ALL_CLASSES, "the resource URI names a class"));
            }
            wql::run(filter.node.trimmed(), view).map_err(unprocessable)
        }
        Some(filter) if filter.dialect == dialect::SELECTOR && !all => selected(view, resource, filter.node),
        Some(filter) if filter.dialect == dialect::ASSOCIATION && all => associated(view, filter.node),
        Some(filter) => Err(Fault::new(&kinds::DIALECT_UNAVAILABLE, filter.dialect)),
    }
}

/// Compares properties that are neither arrays nor datetimes nor references.
fn selected(view: &View<'_>, resource: &Resource, filter: &Node) -> Result<Found, Fault> {
    let refuse = |about: String| Fault::new(&kinds::CANNOT_PROCESS_FILTER, about);
    let set = filter
        .child(ns::WSMAN, "SelectorSet")
        .ok_or_else(|| refuse("the filter holds no SelectorSet".to_owned()))?;
    let selectors = read_selectors(set).map_err(|fault| refuse(fault.about))?;
    let mut instances = Vec::new();
    for class in locate::classes(view, resource)? {
        let mut wanted = Vec::new();
        for selector in &selectors {
            let property = class.property(&selector.name).filter(|property| {
                !property.array && !matches!(property.cim_type, CimType::Datetime | CimType::Reference)
            });
            match (property, &selector.value) {
                (Some(property), SelectorValue::Text(text)) if !text.contains(['\'', '"']) => {
                    wanted.push((property.name, text.as_str()));
                }
                _ => return Err(refuse(format!("the selector {} cannot be compared", selector.name))),
            }
        }
        let meets =
            |instance: &Instance| wanted.iter().all(|(name, text)| equals(instance.value(name), text));
        instances.extend(view.instances(class).into_iter().filter(meets));
    }
    Ok(Found { instances, properties: None })
}

fn equals(value: &Value, text: &str) -> bool {
    match value {
        Value::One(Scalar::Text(known)) => alike(known, text),
        Value::One(Scalar::Number(known)) => text.trim().parse() == Ok(*known),
        Value::One(Scalar::Boolean(known)) => alike(&known.to_string(), text.trim()),
        _ => false,
    }
}

fn associated(view: &View<'_>, filter: &Node) -> Result<Found, Fault> {
    let refuse = |about: &str| Fault::new(&kinds::CANNOT_PROCESS_FILTER, about);
    let (rows, node) = match (
        filter.child(ns::BINDING, "AssociatedInstances"),
        filter.child(ns::BINDING, "AssociationInstances"),
    ) {
        (Some(node), None) => (false, node),
        (None, Some(node)) => (true, node),
        _ => return Err(refuse("the filter holds neither AssociatedInstances nor AssociationInstances")),
    };
    let object = node.child(ns::BINDING, "Object").ok_or_else(|| refuse("the filter holds no Object"))?;
    let Some((uri, selectors)) = crate::sim::message::read_reference(object)? else {
        return Err(refuse("the Object is null"));
    };
    let text = |local| node.child(ns::BINDING, local).map(|child| child.trimmed().to_owned());
    let walk = Walk {
        rows,
        from: locate::path(view, &uri, &selectors)?,
        assoc_class: text("AssociationClassName"),
        result_class: text("ResultClassName"),
        role: text("Role"),
        result_role: text("ResultRole"),
    };
    wql::traverse(&walk, view).map_err(unprocessable)
}
