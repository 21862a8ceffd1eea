//! Endpoint references, read from requests and written into answers.
//!
//! As the value of a parameter or property, a reference is the *content* of an endpoint reference; the wrapper there is a schema
//! error, as on real hosts. As an item of an enumeration, or inside a selector, it has the wrapper. Follows DSP0230
//! (`cim:reference`), WS-Addressing (August 2004) and recorded messages.

use super::{
    fault::Fault,
    kinds::{DUPLICATE_SELECTORS, SCHEMA_VALIDATION},
    names::{ANONYMOUS, NAMESPACE_SELECTOR, ns},
    resource::{Form, Resource, Selector, SelectorValue},
    tree::Node,
    value::carriable,
};
use crate::{sim::path::ObjectPath, xml::Writer};

/// Reads the reference in `parameter`: URI and selectors; `None` for null.
pub(crate) fn read_reference(parameter: &Node) -> Result<Option<(String, Vec<Selector>)>, Fault> {
    if parameter.is_nil() {
        return Ok(None);
    }
    if parameter.child(ns::ADDRESSING, "EndpointReference").is_some() {
        let about = format!("the reference {} is wrapped in an EndpointReference", parameter.local);
        return Err(Fault::new(&SCHEMA_VALIDATION, about));
    }
    read_content(parameter).map(Some)
}

fn read_content(node: &Node) -> Result<(String, Vec<Selector>), Fault> {
    let missing = |what: &str| Fault::new(&SCHEMA_VALIDATION, format!("{} has no {what}", node.local));
    let address = node.child(ns::ADDRESSING, "Address").ok_or_else(|| missing("Address"))?;
    if address.trimmed().is_empty() {
        return Err(missing("Address"));
    }
    let parameters =
        node.child(ns::ADDRESSING, "ReferenceParameters").ok_or_else(|| missing("ReferenceParameters"))?;
    let uri = parameters.child(ns::WSMAN, "ResourceURI").ok_or_else(|| missing("ResourceURI"))?;
    let selectors = match parameters.child(ns::WSMAN, "SelectorSet") {
        Some(set) => read_selectors(set)?,
        None => Vec::new(),
    };
    Ok((uri.trimmed().to_owned(), selectors))
}

/// Reads a selector set.
pub(crate) fn read_selectors(set: &Node) -> Result<Vec<Selector>, Fault> {
    let mut selectors: Vec<Selector> = Vec::new();
    for node in &set.children {
        let name = node.attribute("Name").unwrap_or_default();
        if !node.is(ns::WSMAN, "Selector") || name.is_empty() {
            return Err(Fault::new(&SCHEMA_VALIDATION, "a selector without a name"));
        }
        if selectors.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
            return Err(Fault::new(&DUPLICATE_SELECTORS, name));
        }
        let value = match node.child(ns::ADDRESSING, "EndpointReference") {
            Some(wrapped) => {
                let (uri, selectors) = read_content(wrapped)?;
                SelectorValue::Reference(uri, selectors)
            }
            None => SelectorValue::Text(node.text.clone()),
        };
        selectors.push(Selector { name: name.to_owned(), value });
    }
    Ok(selectors)
}

/// Writes the element `name` with the content of a reference to `path`.
pub(super) fn content(writer: &mut Writer, name: &str, path: &ObjectPath, within: &Resource) {
    writer.start(name, &[("xmlns:a", ns::ADDRESSING), ("xmlns:w", ns::WSMAN)]);
    inner(writer, path, within);
    writer.end();
}

/// Writes a whole endpoint reference.
pub(crate) fn endpoint_reference(writer: &mut Writer, path: &ObjectPath, within: &Resource) {
    content(writer, "a:EndpointReference", path, within);
}

fn inner(writer: &mut Writer, path: &ObjectPath, within: &Resource) {
    writer.leaf("a:Address", &[], ANONYMOUS).start("a:ReferenceParameters", &[]);
    writer.leaf("w:ResourceURI", &[], &within.class_uri(path.class.name));
    if path.keys.is_empty() && within.form == Form::Wmi {
        // A singleton.
        writer.end();
        return;
    }
    writer.start("w:SelectorSet", &[]);
    for (name, value) in &path.keys {
        let is_reference = path.class.property(name).is_some_and(|key| key.reference.is_some());
        match ObjectPath::parse(value).filter(|_| is_reference) {
            Some(inner) => {
                writer.start("w:Selector", &[("Name", name)]);
                endpoint_reference(writer, &inner, within);
                writer.end();
            }
            None => {
                writer.leaf("w:Selector", &[("Name", name)], &carriable(value));
            }
        }
    }
    if within.form == Form::Dmtf {
        writer.leaf("w:Selector", &[("Name", NAMESPACE_SELECTOR)], within.namespace.text());
    }
    writer.end().end();
}
