//! The parts of a request that fault rules match: its operation, classes and method.
//!
//! Determined from the request alone, before it is executed; an unreadable request has none of them.

use super::{State, filter::Filter};
use crate::sim::{
    faults::Seen,
    journal::RequestKind,
    message::{Message, Node, Rejected, Request, action, dialect, ns},
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
        let request = match message {
            Ok(Message::Identify) => {
                return Seen { operation: Some(RequestKind::Identify), ..Seen::default() };
            }
            Ok(Message::Request(request)) => request,
            Err(_) => return Seen { operation: Some(RequestKind::Rejected), ..Seen::default() },
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
        Seen { operation: Some(operation), classes, method: method(request) }
    }
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
