//! Invoke: a message held against the method that it calls, and the answer.
//!
//! Who may only read is refused first, then a body that does not fit the method, then an instance that does not exist: so far
//! nothing has reached Hyper-V. [`methods`](crate::sim::methods) has what each method does. Follows DSP0230 sections
//! 10.2 and 10.3, and reports about real hosts.

use super::{
    Caller, Done, Failed, State,
    locate::{self, Purpose},
};
use crate::sim::{
    journal::Entry,
    message::{self, Answer, Fault, Node, Request, Resource, Selector, Target, Vocabulary, kinds, ns},
    methods::{self, Call, Output},
};

impl State {
    pub(super) fn invoke(
        &mut self,
        resource: &Resource,
        selectors: &[Selector],
        request: &Request,
        caller: &Caller,
        entry: &mut Entry,
        message_id: &str,
    ) -> Result<Done, Failed> {
        let method = method(request)?;
        entry.method = Some(method.to_owned());
        caller.may_invoke()?;
        let input = self.input(resource, request, method, caller)?;
        let instance = locate::locate(&self.view(caller, resource), resource, selectors, Purpose::Invoke)?;
        let known = methods::method(instance.class.name, method);
        let known = known.ok_or_else(|| Fault::new(&kinds::NO_SUCH_METHOD, method))?;
        let (object, user) = (&instance.path(), caller.name.as_deref().unwrap_or_default());
        let call = Call { input, object, resource, user, rights: caller.rights, node: self.node };
        let Output { parameters, job, return_value } = (known.run)(&mut self.host, &call)?;
        for fault in std::mem::take(&mut self.jobs) {
            self.host.spoil(job.as_deref(), &fault);
        }
        let Target::Class(asked) = &resource.target else {
            return Err(Fault::new(&kinds::ACTION_NOT_SUPPORTED, "the resource is all classes").into());
        };
        // The class is answered as it was addressed, be it a superclass, in its proper case.
        let addressed = [instance.class].into_iter().chain(instance.class.superclasses());
        let mut names = addressed.map(|class| class.name);
        let name = names.find(|name| name.eq_ignore_ascii_case(asked)).unwrap_or(asked);
        let uri = resource.class_uri(name);
        let action = format!("{uri}/{method}Response");
        let mut answer =
            Answer::begin(Vocabulary::Transfer, &action, message_id, Some(&request.message_id), None);
        message::method_output(answer.body(), &uri, method, &parameters, return_value, resource);
        Ok(Done { envelope: answer.finish()?, return_value: Some(return_value) })
    }

    /// The body of the request, after it was held against the method.
    fn input<'a>(
        &self,
        resource: &Resource,
        request: &'a Request,
        method: &str,
        caller: &Caller,
    ) -> Result<&'a Node, Fault> {
        let classes = locate::classes(&self.view(caller, resource), resource)?;
        let known = classes.iter().find(|class| methods::method(class.name, method).is_some());
        let Some(signature) = known.and_then(|class| class.method(method)) else {
            return Err(Fault::new(&kinds::NO_SUCH_METHOD, method));
        };
        let refuse = |about: String| Fault::new(&kinds::SCHEMA_VALIDATION, about);
        let body = request.body.as_ref().ok_or_else(|| refuse("the body is empty".to_owned()))?;
        let Target::Class(class) = &resource.target else {
            return Err(Fault::new(&kinds::ACTION_NOT_SUPPORTED, "the resource is all classes"));
        };
        let namespace = resource.class_uri(class);
        // A client in the field puts the root, and only the root, into the namespace of WS-Management.
        let fits = body.namespace.eq_ignore_ascii_case(&namespace) || body.namespace == ns::WSMAN;
        if body.local != format!("{method}_INPUT") || !fits {
            return Err(refuse(format!("the body is {{{}}}{}", body.namespace, body.local)));
        }
        for child in &body.children {
            let is_known = child.namespace.eq_ignore_ascii_case(&namespace)
                && signature.inputs().any(|parameter| parameter.property.name == child.local);
            if !is_known {
                return Err(refuse(format!(
                    "{method} has no parameter {{{}}}{}",
                    child.namespace, child.local
                )));
            }
        }
        Ok(body)
    }
}

/// The method in the action: what follows the resource URI.
fn method(request: &Request) -> Result<&str, Fault> {
    let uri = request.resource_uri.as_deref().unwrap_or_default();
    let (start, rest) = request.action.split_at_checked(uri.len()).unwrap_or_default();
    match rest.strip_prefix('/') {
        Some(method) if !uri.is_empty() && start.eq_ignore_ascii_case(uri) && !method.contains('/') => {
            Ok(method)
        }
        // Another action of the specifications, or a method of another class.
        _ if request.action.starts_with("http://schemas.xmlsoap.org/") => {
            Err(Fault::new(&kinds::ACTION_NOT_SUPPORTED, request.action.clone()))
        }
        _ => Err(Fault::new(&kinds::ACTION_MISMATCH, request.action.clone())),
    }
}
