//! Put, Create and Delete.
//!
//! One class here has a property that Microsoft documents as writable and that the model uses:
//! `Win32_OperatingSystem.Description`, by Put of the whole instance or of the fragment. All other providers refuse, because
//! Hyper-V is changed by methods of its services. Follows DSP0226, sections 7.3 to 7.5 and 7.7, and MS-WSMV 3.1.4.1.18.

use super::{
    Caller, Done, Failed, State,
    locate::{self, Purpose},
};
use crate::{
    schema::names,
    sim::{
        instance::Instance,
        message::{self, Answer, Fault, Node, Request, Resource, Selector, Vocabulary, kinds, ns},
    },
};

const RESPONSE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/PutResponse";

/// The property that a Put changes.
const DESCRIPTION: &str = "Description";

impl State {
    pub(super) fn put(
        &mut self,
        resource: &Resource,
        selectors: &[Selector],
        request: &Request,
        caller: &Caller,
        message_id: &str,
    ) -> Result<Done, Failed> {
        caller.may_invoke()?;
        let instance = locate::locate(&self.view(caller, resource), resource, selectors, Purpose::Put)?;
        let properties = representation(resource, request, &instance)?;
        if instance.class.name != names::WIN32_OPERATING_SYSTEM {
            let path = instance.path().to_string();
            return Err(Fault::provider(&kinds::PROVIDER_NOT_CAPABLE, "PutInstance", path).into());
        }
        let namespace = resource.class_uri(instance.class.name);
        if let Some(description) = properties
            .iter()
            .find(|node| node.local == DESCRIPTION && node.namespace.eq_ignore_ascii_case(&namespace))
        {
            self.host.nodes.at_mut(self.node).description = description.text.clone();
        }
        let instance = locate::locate(&self.view(caller, resource), resource, selectors, Purpose::Put)?;
        let mut answer =
            Answer::begin(Vocabulary::Transfer, RESPONSE, message_id, Some(&request.message_id), None);
        message::instance(answer.body(), &instance, resource, self.host.spec.build);
        Ok(Done { envelope: answer.finish()?, return_value: None })
    }

    /// No class here supports Create.
    pub(super) fn create(
        &self,
        resource: &Resource,
        request: &Request,
        caller: &Caller,
    ) -> Result<Done, Failed> {
        caller.may_invoke()?;
        let classes = locate::classes(&self.view(caller, resource), resource)?;
        let is_sound = |body: &Node| classes.iter().any(|class| is_of(body, resource, class.name));
        match request.body.as_ref().filter(|body| is_sound(body)) {
            Some(body) => {
                let class = body.local.clone();
                Err(Fault::provider(&kinds::PROVIDER_NOT_CAPABLE, "PutInstance", class).into())
            }
            None => Err(Fault::new(&kinds::INVALID_REPRESENTATION, "the body is of another class").into()),
        }
    }

    /// No class here supports Delete.
    pub(super) fn delete(
        &self,
        resource: &Resource,
        selectors: &[Selector],
        request: &Request,
        caller: &Caller,
    ) -> Result<Done, Failed> {
        caller.may_invoke()?;
        if request.body.is_some() {
            return Err(Fault::new(&kinds::SCHEMA_VALIDATION, "a Delete has no body").into());
        }
        let instance = locate::locate(&self.view(caller, resource), resource, selectors, Purpose::Delete)?;
        let path = instance.path().to_string();
        Err(Fault::provider(&kinds::PROVIDER_NOT_CAPABLE, "DeleteInstance", path).into())
    }
}

/// The properties in the body: those of the instance, or the fragment that the header names.
fn representation<'r>(
    resource: &Resource,
    request: &'r Request,
    instance: &Instance,
) -> Result<&'r [Node], Fault> {
    let body = request.body.as_ref();
    match &request.fragment {
        Some(expression) => {
            let property = property(expression, instance)?;
            let body = body.filter(|body| body.is(ns::WSMAN, "XmlFragment"));
            let body = body.filter(|body| body.children.iter().all(|child| child.local == property));
            body.map(|body| body.children.as_slice()).ok_or_else(|| {
                Fault::new(&kinds::INVALID_FRAGMENT, format!("the body is no fragment with {property}"))
            })
        }
        None => {
            let body = body.filter(|body| is_of(body, resource, instance.class.name));
            body.map(|body| body.children.as_slice())
                .ok_or_else(|| Fault::new(&kinds::INVALID_REPRESENTATION, "the body is of another class"))
        }
    }
}

fn is_of(body: &Node, resource: &Resource, class: &str) -> bool {
    body.local == class && body.namespace.eq_ignore_ascii_case(&resource.class_uri(class))
}

/// The property in the expression of a fragment: `NAME` or `NAME/text()`, of XPath Level 1 (DSP0226, annex D.1).
pub(super) fn property(expression: &str, instance: &Instance) -> Result<&'static str, Fault> {
    let name = expression.strip_suffix("/text()").unwrap_or(expression);
    let known = instance.class.property(name).filter(|property| property.name == name);
    known
        .map(|property| property.name)
        .ok_or_else(|| Fault::new(&kinds::CANNOT_PROCESS_FILTER, expression.to_owned()))
}
