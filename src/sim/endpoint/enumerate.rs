//! Enumerate: finds the items and returns a context or, on request, the first item with it.
//!
//! With `OptimizeEnumeration` hosts return exactly one item, whatever `MaxElements` is, and a live context. Only if that item is
//! the last one do they end at once, with an empty context element. Follows DSP0226 section 8.2 and recorded answers.

use std::collections::VecDeque;

use super::{
    Caller, Done, Failed, State,
    contexts::{Enumeration, Shape},
    filter::{self, Filter},
    pull,
    seen::enumerated,
};
use crate::sim::{
    journal::Entry,
    lab::Rights,
    message::{Answer, Fault, Node, Request, Resource, Selector, Vocabulary, kinds, mode, ns},
};

const RESPONSE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse";

impl State {
    pub(super) fn enumerate(
        &mut self,
        resource: Result<Resource, Fault>,
        selectors: &[Selector],
        request: &Request,
        caller: &Caller,
        entry: &mut Entry,
        message_id: &str,
    ) -> Result<Done, Failed> {
        let body = request.body.as_ref().filter(|body| body.is(ns::ENUMERATION, "Enumerate"));
        let Some(body) = body else {
            return Err(Fault::new(&kinds::SCHEMA_VALIDATION, "the body is no Enumerate").into());
        };
        let filter = Filter::of(body);
        entry.filter = filter.as_ref().map(|filter| filter.node.trimmed().to_owned());
        let query = filter.as_ref().is_some_and(Filter::is_query);
        let resource = resource.map_err(|fault| {
            // For a query, hosts report an unknown namespace as a bad query.
            let lost = fault.kind.code == kinds::RESOURCE_NOT_FOUND.code;
            if query && lost { Fault::wmi_error(&kinds::CANNOT_PROCESS_FILTER, fault.about) } else { fault }
        })?;
        if !selectors.is_empty() {
            let kind = if query { &kinds::QUERY_NEEDS_ALL_CLASSES } else { &kinds::ENUMERATE_WITH_KEYS };
            return Err(Fault::new(kind, "an Enumerate with selectors").into());
        }
        let shape = shape(body)?;
        let found = filter::find(&self.view(caller, &resource), &resource, filter.as_ref())?;
        let shape = match found.properties {
            Some(properties) if shape == Shape::Object => Shape::Fragment(properties),
            _ => shape,
        };
        let optimized = body.child(ns::WSMAN, "OptimizeEnumeration").is_some();
        let mut left = VecDeque::from(found.instances);
        let first = if optimized { left.pop_front() } else { None };
        let over = optimized && left.is_empty();
        let about = enumerated(request);
        let enumeration =
            Enumeration { user: caller.name.clone(), node: self.node, about, resource, shape, left };
        let build = self.host.spec.build;
        let first = first.map(|first| pull::item(&first, &enumeration, build)).transpose()?;

        let mut answer =
            Answer::begin(Vocabulary::Enumeration, RESPONSE, message_id, Some(&request.message_id), None);
        let writer = answer.body();
        writer.start("n:EnumerateResponse", &[]);
        let context = if over { String::new() } else { self.uuid() };
        writer.leaf("n:EnumerationContext", &[], &context);
        if optimized {
            writer.start("w:Items", &[]).written(first.as_deref().unwrap_or_default()).end();
        }
        if over {
            writer.empty("w:EndOfSequence", &[]);
        } else {
            self.contexts.keep(context, enumeration, self.host.now())?;
        }
        Ok(Done { envelope: answer.finish()?, return_value: None })
    }
}

fn shape(enumerate: &Node) -> Result<Shape, Fault> {
    match enumerate.child(ns::WSMAN, "EnumerationMode").map(Node::trimmed) {
        None => Ok(Shape::Object),
        Some(mode::REFERENCE) => Ok(Shape::Reference),
        Some(mode::OBJECT_AND_REFERENCE) => Ok(Shape::ObjectAndReference),
        Some(other) => Err(Fault::new(&kinds::ENUMERATION_MODE, other)),
    }
}

impl Caller {
    /// Checks that the caller may do more than read.
    pub(super) fn may_invoke(&self) -> Result<(), Fault> {
        match self.rights {
            Rights::Administrator => Ok(()),
            Rights::Reader => Err(Fault::new(&kinds::ACCESS_DENIED, "the user may only read")),
            Rights::Filtered => Err(Fault::new(&kinds::SERVICE_ACCESS_DENIED, "the token is filtered")),
        }
    }
}
