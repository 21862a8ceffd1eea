//! Invoke: methods of the snapshot, management and image services and of jobs.
//!
//! Who may only read is refused first, then a body that does not fit the method, then an instance that does not exist: so far
//! nothing has reached Hyper-V. What Hyper-V itself refuses is a return value, never a fault. Follows DSP0230 sections
//! 10.2 and 10.3, Microsoft's documentation of the methods, and reports about real hosts.

use super::{
    Caller, Done, Failed, State,
    locate::{self, Purpose},
    settings_text::Settings,
};
use crate::{
    codes::{method as returned, state_change},
    schema::names,
    sim::{
        instances::{self, settings_guid},
        journal::Entry,
        message::{
            self, Answer, Fault, Node, Parameter, Request, Resource, Selector, Target, Vocabulary, kinds, ns,
            read_reference,
        },
        methods::METHODS,
        model::{Destroyed, Scope},
        path::ObjectPath,
    },
};

/// What a method gave.
struct Output {
    parameters: Vec<Parameter>,
    return_value: u32,
}

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
        let output = match method {
            names::DESTROY_SNAPSHOT => self.destroy(input, Scope::Single, resource, caller)?,
            names::DESTROY_SNAPSHOT_TREE => self.destroy(input, Scope::Tree, resource, caller)?,
            names::MODIFY_SYSTEM_SETTINGS => self.modify_settings(input),
            names::GET_VIRTUAL_DISK => self.virtual_disk(input)?,
            names::REQUEST_STATE_CHANGE => self.request_state_change(input, &instance.path())?,
            _ => self.error_texts(&instance.path())?,
        };
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
        let Output { parameters, return_value } = output;
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
        let known = classes.iter().find(|class| METHODS.contains(&(class.name, method)));
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
            let known = child.namespace.eq_ignore_ascii_case(&namespace)
                && signature.inputs().any(|parameter| parameter.property.name == child.local);
            if !known {
                return Err(refuse(format!(
                    "{method} has no parameter {{{}}}{}",
                    child.namespace, child.local
                )));
            }
        }
        Ok(body)
    }

    fn destroy(
        &mut self,
        input: &Node,
        scope: Scope,
        resource: &Resource,
        caller: &Caller,
    ) -> Result<Output, Fault> {
        let reference = match input.children.first() {
            Some(parameter) => read_reference(parameter)?,
            None => None,
        };
        let snapshot = match reference {
            None => None,
            Some((uri, selectors)) => {
                // What the reference names need not exist; what it cannot name at all is an invalid parameter too.
                let path = locate::path(&self.view(caller, resource), &uri, &selectors).ok();
                path.filter(|path| path.class.name == names::SETTING_DATA)
            }
        };
        let id = snapshot.as_ref().and_then(|path| settings_guid(path.key("InstanceID")?));
        let destroyed = match id {
            Some(id) => self.host.destroy(id, scope, caller.name.as_deref().unwrap_or_default()),
            None => Destroyed { return_value: returned::VENDOR_INVALID_PARAMETER, job: None },
        };
        for fault in std::mem::take(&mut self.jobs) {
            self.host.spoil(destroyed.job.as_deref(), &fault);
        }
        let job = destroyed.job.and_then(|id| self.host.job(&id).and_then(instances::job_path));
        Ok(Output {
            parameters: vec![Parameter::Reference("Job", job)],
            return_value: destroyed.return_value,
        })
    }

    fn request_state_change(&mut self, input: &Node, job: &ObjectPath) -> Result<Output, Fault> {
        let given = |name: &str| input.children.iter().find(|child| child.local == name && !child.is_nil());
        let state = match given(names::REQUESTED_STATE).map(|node| node.trimmed().parse::<u16>()) {
            Some(Ok(state)) => Some(state),
            Some(Err(_)) => return Err(Fault::new(&kinds::SCHEMA_VALIDATION, "RequestedState is no uint16")),
            None => None,
        };
        let timeout = given(names::TIMEOUT_PERIOD).is_some();
        let id = job.key("InstanceID").unwrap_or_default();
        let return_value = match state {
            Some(state) => self.host.request_state_change(id, state, timeout),
            None => Some(state_change::INVALID_PARAMETER),
        };
        Ok(Output { parameters: Vec::new(), return_value: return_value.unwrap_or(returned::VENDOR_FAILED) })
    }

    fn modify_settings(&mut self, input: &Node) -> Output {
        let text = input.children.first().filter(|text| !text.is_nil());
        let text = text.map(|node| node.text.as_str()).unwrap_or_default();
        let changed = Settings::read(text).and_then(|settings| {
            let Settings { instance_id, element_name, notes } = settings;
            let known = settings_guid(&instance_id)
                .is_some_and(|id| self.host.change_settings(id, element_name, notes));
            if known { Ok(()) } else { Err(returned::VENDOR_INVALID_PARAMETER) }
        });
        Output {
            parameters: vec![Parameter::Reference("Job", None)],
            return_value: changed.err().unwrap_or(returned::COMPLETED),
        }
    }

    fn virtual_disk(&self, input: &Node) -> Result<Output, Failed> {
        let path =
            input.children.first().filter(|path| !path.is_nil()).map(Node::trimmed).unwrap_or_default();
        let (text, return_value) = match instances::disk_text(&self.host, path)? {
            Some(text) => (Some(text), returned::COMPLETED),
            None if path.is_empty() => (None, returned::VENDOR_INVALID_PARAMETER),
            None => (None, returned::VENDOR_FILE_NOT_FOUND),
        };
        let job = return_value != returned::COMPLETED;
        let job = job.then_some(Parameter::Reference("Job", None));
        let text = Parameter::Text(names::SETTING_DATA_TEXT, text);
        Ok(Output { parameters: job.into_iter().chain([text]).collect(), return_value })
    }

    fn error_texts(&self, job: &ObjectPath) -> Result<Output, Failed> {
        let job = self.host.job(job.key("InstanceID").unwrap_or_default());
        let errors = job.map(instances::error_text).transpose()?.unwrap_or_default();
        Ok(Output {
            parameters: vec![Parameter::Texts(names::ERRORS, errors)],
            return_value: returned::COMPLETED,
        })
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
