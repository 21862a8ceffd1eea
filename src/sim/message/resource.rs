//! Resource URIs and selectors: the class and namespace, in both forms.
//!
//! URIs compare without regard to case and are returned in one casing, as on hosts. The existence of the class is not checked
//! here. Follows MS-WSMV 3.1.4.1.1, 3.1.4.1.2 and notes 45 and 46.

use super::{
    fault::Fault,
    kinds::{DIFFERENT_NAMESPACES, INVALID_RESOURCE_URI, RESOURCE_NOT_FOUND},
    names::{DMTF_ALL, DMTF_PREFIX, NAMESPACE_SELECTOR, WMI_PREFIX},
};
use crate::sim::instances::Namespace;

/// The target of a resource URI and its namespace selector, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) form: Form,
    pub(crate) namespace: Namespace,
    pub(crate) target: Target,
}

/// The two forms of resource URIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The URI contains the namespace.
    Wmi,
    /// A selector contains the namespace.
    Dmtf,
}

/// One class, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// `*`.
    All,
    /// A class, in the casing of the request.
    Class(String),
}

/// A selector of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selector {
    pub(crate) name: String,
    pub(crate) value: SelectorValue,
}

/// The value of a selector.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SelectorValue {
    /// A text, also for numbers and booleans.
    Text(String),
    /// A reference: URI and selectors.
    Reference(String, Vec<Selector>),
}

impl Resource {
    /// Resolves a URI; removes the namespace selector from `selectors`.
    pub(crate) fn resolve(uri: &str, selectors: &mut Vec<Selector>) -> Result<Self, Fault> {
        let mut named = None;
        selectors.retain(|selector| {
            let is_namespace = selector.name.eq_ignore_ascii_case(NAMESPACE_SELECTOR);
            if let (true, SelectorValue::Text(text)) = (is_namespace, &selector.value) {
                named = Some(text.clone());
            }
            !is_namespace
        });
        let uri = uri.trim();
        if uri.eq_ignore_ascii_case(DMTF_ALL) {
            return Ok(Self { form: Form::Dmtf, namespace: selected(named)?, target: Target::All });
        }
        if let Some(class) = after(uri, DMTF_PREFIX) {
            return Ok(Self { form: Form::Dmtf, namespace: selected(named)?, target: target(class, uri)? });
        }
        let Some((text, class)) = after(uri, WMI_PREFIX).and_then(|rest| rest.rsplit_once('/')) else {
            return Err(Fault::new(&INVALID_RESOURCE_URI, uri));
        };
        if let Some(named) = named
            && !normal(&named).eq_ignore_ascii_case(text)
        {
            return Err(Fault::new(&DIFFERENT_NAMESPACES, named));
        }
        let target = target(class, uri)?;
        match namespace(text) {
            Some(namespace) => Ok(Self { form: Form::Wmi, namespace, target }),
            None => Err(Fault::wmi_error(&RESOURCE_NOT_FOUND, format!("there is no namespace {text}"))),
        }
    }

    /// The URI of a class in the form and namespace of this one.
    pub(crate) fn class_uri(&self, class: &str) -> String {
        match self.form {
            Form::Wmi => format!("{WMI_PREFIX}{}/{class}", self.namespace.text()),
            Form::Dmtf => format!("{DMTF_PREFIX}{class}"),
        }
    }
}

impl Namespace {
    /// The form in answers.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Windows => "root/cimv2",
            Self::MsCluster => "root/mscluster",
            Self::Virtualization => "root/virtualization/v2",
            Self::Cluster => "root/hypervcluster/v2",
        }
    }
}

fn after<'a>(uri: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = uri.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn target(class: &str, uri: &str) -> Result<Target, Fault> {
    if class == "*" {
        return Ok(Target::All);
    }
    let named = !class.is_empty() && class.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if named { Ok(Target::Class(class.to_owned())) } else { Err(Fault::new(&INVALID_RESOURCE_URI, uri)) }
}

/// Without the selector the namespace is `root\hardware`, which contains none of the classes.
fn selected(named: Option<String>) -> Result<Namespace, Fault> {
    let text = named.unwrap_or_else(|| "root/hardware".to_owned());
    namespace(&normal(&text))
        .ok_or_else(|| Fault::wmi_error(&RESOURCE_NOT_FOUND, format!("there is no namespace {text}")))
}

fn normal(namespace: &str) -> String {
    namespace.trim().replace('\\', "/")
}

fn namespace(text: &str) -> Option<Namespace> {
    [Namespace::Windows, Namespace::MsCluster, Namespace::Virtualization, Namespace::Cluster]
        .into_iter()
        .find(|namespace| namespace.text().eq_ignore_ascii_case(text))
}
