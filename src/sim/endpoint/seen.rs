//! The parts of a request that fault rules match: its operation, classes and method.
//!
//! Determined from the request alone, before it is executed; an unreadable request has none of them.

use super::{State, filter::Filter};
use crate::sim::{
    faults::Seen,
    journal::RequestKind,
    message::{Message, Node, Rejected, Request, SelectorValue, action, dialect, ns},
    random::is_guid,
    wql,
};

/// The operation of an action.
pub(super) fn operation(request: &Request) -> RequestKind {
    match request.action.as_str() {
        action::GET => RequestKind::Get,
        action::PUT => RequestKind::Put,
        action::CREATE => RequestKind::Create,
        action::DELETE => RequestKind::Delete,
        action::ENUMERATE => RequestKind::Enumerate,
        action::PULL => RequestKind::Pull,
        action::RELEASE => RequestKind::Release,
        _ => RequestKind::Invoke,
    }
}

/// The last part of the action of an Invoke.
pub(super) fn method(request: &Request) -> Option<&str> {
    let is_method = operation(request) == RequestKind::Invoke;
    request.action.rsplit('/').next().filter(|name| is_method && !name.is_empty())
}

impl State {
    /// The message in the form that rules match.
    pub(super) fn seen<'m>(&self, message: &'m Result<Message, Box<Rejected>>) -> Seen<'m> {
        let known = self.seen_connection();
        let request = match message {
            Ok(Message::Identify) => {
                return Seen { operation: Some(RequestKind::Identify), ..known };
            }
            Ok(Message::Request(request)) => request,
            Err(_) => return Seen { operation: Some(RequestKind::Rejected), ..known },
        };
        let operation = operation(request);
        let classes = match operation {
            RequestKind::Enumerate => enumerated(request),
            RequestKind::Pull | RequestKind::Release => {
                let body = request.body.as_ref();
                let context = body.and_then(|body| body.child(ns::ENUMERATION, "EnumerationContext"));
                context.map(|context| self.contexts.about(context.trimmed())).unwrap_or_default()
            }
            _ => addressed(request).into_iter().collect(),
        };
        let vm = self.about(request);
        Seen { operation: Some(operation), classes, method: method(request), vm, ..known }
    }

    /// A connection in the form that rules match.
    pub(super) fn seen_connection(&self) -> Seen<'static> {
        let host = &self.host;
        let nodes = host.nodes.iter().filter(|_| host.cluster.is_some());
        let nodes = nodes.map(|node| node.name.clone()).collect();
        Seen { node: self.node().name.clone(), nodes, ..Seen::default() }
    }

    /// The VM that a request names by its own identifier, or by that of a snapshot or job of it.
    pub(super) fn about(&self, request: &Request) -> Option<String> {
        let selectors = request.selectors.iter().filter_map(|selector| match &selector.value {
            SelectorValue::Text(text) => Some(text.as_str()),
            SelectorValue::Reference(..) => None,
        });
        let mut texts: Vec<&str> = selectors.collect();
        let mut nodes: Vec<&Node> = request.body.iter().collect();
        while let Some(node) = nodes.pop() {
            texts.push(&node.text);
            nodes.extend(&node.children);
        }
        texts.into_iter().flat_map(guids).find_map(|id| {
            let job = || self.host.job(id).and_then(|job| self.host.vm(&job.vm));
            let snapshot = || self.host.snapshot(id).map(|(vm, _)| vm);
            self.host.vm(id).or_else(snapshot).or_else(job).map(|vm| vm.id.clone())
        })
    }
}

/// The GUIDs in a text.
fn guids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words.filter(|word| is_guid(word))
}

/// The class in the resource URI; `None` for all classes.
fn addressed(request: &Request) -> Option<String> {
    let uri = request.resource_uri.as_deref().unwrap_or_default();
    uri.trim().rsplit('/').next().filter(|class| !class.is_empty() && *class != "*").map(str::to_owned)
}

/// The classes of an Enumerate: that of the URI, or those in its filter.
pub(super) fn enumerated(request: &Request) -> Vec<String> {
    if let Some(class) = addressed(request) {
        return vec![class];
    }
    let Some(filter) = request.body.as_ref().and_then(Filter::of) else { return Vec::new() };
    match filter.dialect {
        dialect::WQL => wql::classes(filter.node.trimmed()),
        dialect::ASSOCIATION => {
            let ends = ["AssociatedInstances", "AssociationInstances"];
            let node = ends.iter().find_map(|end| filter.node.child(ns::BINDING, end));
            let class = |local| {
                Some(node?.child(ns::BINDING, local).map(Node::trimmed).unwrap_or_default().to_owned())
            };
            let classes = ["ResultClassName", "AssociationClassName"].into_iter().filter_map(class);
            classes.filter(|class| !class.is_empty()).collect()
        }
        _ => Vec::new(),
    }
}
