//! A call of a method and its output: parameters in, parameters out, a job, a return value.

use std::str::FromStr;

use crate::{
    codes::method as returned,
    schema::names,
    sim::{
        endpoint::object_path,
        instances::{View, job_path, settings_guid},
        lab::Rights,
        message::{Fault, Node, Parameter, Resource, kinds, read_reference},
        model::{Host, Started},
        path::ObjectPath,
    },
};

/// A call that matches the method in the schema.
pub(in crate::sim) struct Call<'a> {
    /// `METHOD_INPUT`.
    pub(in crate::sim) input: &'a Node,
    /// The object that the method is called on.
    pub(in crate::sim) object: &'a ObjectPath,
    /// The resource that addresses the object; references are read and written in its form.
    pub(in crate::sim) resource: &'a Resource,
    /// The user, as the lab writes the name.
    pub(in crate::sim) user: &'a str,
    pub(in crate::sim) rights: Rights,
    /// The node that answers.
    pub(in crate::sim) node: usize,
}

impl<'a> Call<'a> {
    /// The view of the namespace in which the method is called.
    pub(super) fn view<'h>(&self, host: &'h Host) -> View<'h> {
        View { host, node: host.nodes.at(self.node), namespace: self.resource.namespace, rights: self.rights }
    }

    /// The value of a parameter; none if it is absent or null.
    pub(super) fn given(&self, name: &str) -> Option<&'a Node> {
        self.input.children.iter().find(|child| child.local == name && !child.is_nil())
    }

    /// The text of a parameter, as it was sent; empty if it is absent or null.
    pub(super) fn text(&self, name: &str) -> &'a str {
        self.given(name).map(|node| node.text.as_str()).unwrap_or_default()
    }

    /// A number or boolean.
    ///
    /// # Errors
    /// If the text is no value of that type.
    pub(super) fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Fault> {
        let value = |node: &Node| node.trimmed().parse::<T>().ok();
        match self.given(name).map(value) {
            Some(None) => {
                Err(Fault::new(&kinds::SCHEMA_VALIDATION, format!("{name} is no value of its type")))
            }
            given => Ok(given.flatten()),
        }
    }

    /// The object that a reference names, whether it exists or not; none if it is absent or null.
    ///
    /// # Errors
    /// If the parameter is no reference; the inner result, if its URI or selectors name no object of the schema.
    pub(super) fn reference(
        &self,
        host: &Host,
        name: &str,
    ) -> Result<Option<Result<ObjectPath, Fault>>, Fault> {
        let reference = self.input.children.iter().find(|child| child.local == name).map(read_reference);
        let Some((uri, selectors)) = reference.transpose()?.flatten() else { return Ok(None) };
        Ok(Some(object_path(&self.view(host), &uri, &selectors)))
    }

    /// The GUID of the settings or snapshot that a reference names; none if it names anything else.
    pub(super) fn settings(&self, host: &Host, name: &str) -> Result<Option<String>, Fault> {
        // The object need not exist; a reference that cannot name one is an invalid parameter too.
        let path = self.reference(host, name)?.and_then(Result::ok);
        let path = path.filter(|path| path.class.name == names::SETTING_DATA);
        let id = path.and_then(|path| settings_guid(path.key("InstanceID")?).map(str::to_owned));
        Ok(id.filter(|id| self.view(host).has_settings(id)))
    }
}

/// The output of a method.
#[derive(Default)]
pub(in crate::sim) struct Output {
    /// The out parameters, in the order of the answer.
    pub(in crate::sim) parameters: Vec<Parameter>,
    /// The started job, which fault rules can change.
    pub(in crate::sim) job: Option<String>,
    pub(in crate::sim) return_value: u32,
}

impl Output {
    /// Only a return value.
    pub(super) fn value(return_value: u32) -> Self {
        Self { return_value, ..Self::default() }
    }

    /// A return value and a null `Job`.
    pub(super) fn without_job(return_value: u32) -> Self {
        Self::value(return_value).with(Parameter::Reference("Job", None))
    }

    /// The answer to a call that may have started a job.
    pub(super) fn started(host: &Host, started: Started) -> Self {
        let Started { return_value, job } = started;
        let path = job.as_deref().and_then(|id| host.job(id)).and_then(job_path);
        Self { parameters: vec![Parameter::Reference("Job", path)], job, return_value }
    }

    /// With one more out parameter.
    pub(super) fn with(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }
}

/// The return value for a parameter that names no known object.
pub(super) const UNKNOWN: u32 = returned::VENDOR_INVALID_PARAMETER;
