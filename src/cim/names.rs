//! Validated names: namespaces, class names, and the resource URI of a class in both forms.
//!
//! These types are checked once, so that WQL and XML contain no unchecked text. Follows MS-WSMV 3.1.4.1.1 and DSP0227,
//! section 5. Names compare without regard to case (DSP0004).

use std::{fmt, str::FromStr};

use crate::{
    violation::excerpt,
    wsman::{EndpointReference, ResourceUri, Selector, SelectorSet, SelectorValue},
};

const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
const DMTF_ALL: &str = "http://schemas.dmtf.org/wbem/wscim/1/*";
/// The selector with the namespace, for resource URIs that do not contain it (DSP0227, section 5.2).
const CIM_NAMESPACE: &str = "__cimnamespace";

/// The text is not a valid name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: {text:?}")]
pub struct NameError {
    what: &'static str,
    text: String,
}

fn is_identifier(text: &str) -> bool {
    text.len() <= 256
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The name of a CIM class, such as `Msvm_ConcreteJob`.
#[derive(Clone, Debug)]
pub struct ClassName(String);

impl ClassName {
    /// The name as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClassName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if is_identifier(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError { what: "class name", text: excerpt(text) })
        }
    }
}

impl PartialEq for ClassName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for ClassName {}

impl fmt::Display for ClassName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A CIM namespace, such as `root/virtualization/v2`; backslashes are read as slashes.
#[derive(Clone, Debug)]
pub struct Namespace(String);

impl Namespace {
    /// `root/virtualization/v2`: Hyper-V on a single host.
    pub fn virtualization() -> Self {
        Self("root/virtualization/v2".to_owned())
    }

    /// `root/HyperVCluster/v2`: Hyper-V on a failover cluster (Windows Server 2016 and later).
    pub fn cluster() -> Self {
        Self("root/HyperVCluster/v2".to_owned())
    }

    /// The name with slashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Namespace {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let slashed = text.trim().replace('\\', "/");
        if slashed.split('/').all(is_identifier) {
            Ok(Self(slashed))
        } else {
            Err(NameError { what: "CIM namespace", text: excerpt(text) })
        }
    }
}

impl PartialEq for Namespace {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Namespace {}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The form of a class's resource URI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UriForm {
    /// Microsoft's form: the URI contains the namespace. Proven on real hosts.
    #[default]
    Wmi,
    /// DMTF's form: the URI contains the class alone; the selector `__cimnamespace` holds the namespace.
    Dmtf,
}

/// A class in a namespace, addressed in one of the two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassPath {
    /// The namespace.
    pub namespace: Namespace,
    /// The class; `None` stands for all classes (`*`), the target of a query.
    pub class: Option<ClassName>,
    /// The form of the URI.
    pub form: UriForm,
}

impl ClassPath {
    /// The class and namespace that a reference names, in either form; `None` for a resource URI of another kind.
    pub fn of(reference: &EndpointReference) -> Option<Self> {
        let uri = reference.resource_uri.as_str();
        let after = |prefix: &str| {
            let (head, rest) = uri.split_at_checked(prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then_some(rest)
        };
        let (namespace, class, form) = match after(WMI) {
            Some(rest) => {
                let (namespace, class) = rest.rsplit_once('/')?;
                (namespace, class, UriForm::Wmi)
            }
            None => (reference.selectors.text(CIM_NAMESPACE)?, after(DMTF)?, UriForm::Dmtf),
        };
        Some(Self { namespace: namespace.parse().ok()?, class: Some(class.parse().ok()?), form })
    }

    /// The resource URI.
    pub fn resource_uri(&self) -> ResourceUri {
        let class = self.class.as_ref().map_or("*", ClassName::as_str);
        let text = match (self.form, &self.class) {
            (UriForm::Wmi, _) => [WMI, self.namespace.as_str(), "/", class].concat(),
            (UriForm::Dmtf, Some(_)) => [DMTF, class].concat(),
            (UriForm::Dmtf, None) => DMTF_ALL.to_owned(),
        };
        ResourceUri::trusted(text)
    }

    /// `keys`, with `__cimnamespace` where the form requires it.
    pub fn selectors(&self, mut keys: SelectorSet) -> SelectorSet {
        if self.form == UriForm::Dmtf {
            let value = SelectorValue::Text(self.namespace.as_str().to_owned());
            keys.push(Selector { name: CIM_NAMESPACE.to_owned(), value });
        }
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(namespace: &str, class: Option<&str>, form: UriForm) -> ClassPath {
        let class = class.map(|name| name.parse().unwrap());
        ClassPath { namespace: namespace.parse().unwrap(), class, form }
    }

    #[test]
    fn both_forms_of_the_uri_follow_the_specification() {
        let wmi = path(r"root\virtualization\v2", Some("Msvm_ConcreteJob"), UriForm::Wmi);
        assert_eq!(
            wmi.resource_uri().as_str(),
            "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob"
        );
        assert!(wmi.selectors(SelectorSet::new()).is_empty());
        let dmtf = path("root/HyperVCluster/v2", Some("CIM_X"), UriForm::Dmtf);
        assert_eq!(dmtf.resource_uri().as_str(), "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X");
        assert_eq!(dmtf.selectors(SelectorSet::new()).text("__cimnamespace"), Some("root/HyperVCluster/v2"));
        let all = path("root/cimv2", None, UriForm::Wmi);
        assert!(all.resource_uri().as_str().ends_with("/wmi/root/cimv2/*"));
    }

    #[test]
    fn a_reference_tells_its_class_in_both_forms() {
        for form in [UriForm::Wmi, UriForm::Dmtf] {
            let path = path("root/HyperVCluster/v2", Some("CIM_X"), form);
            let keys = path.selectors(SelectorSet::new().with("Name", "1"));
            let reference = EndpointReference::new(path.resource_uri(), keys);
            assert_eq!(ClassPath::of(&reference), Some(path));
        }
        let other = EndpointReference::new("http://example/x".parse().unwrap(), SelectorSet::new());
        assert_eq!(ClassPath::of(&other), None);
    }

    #[test]
    fn what_could_break_out_of_a_query_or_a_uri_is_no_name() {
        for text in ["", "a b", "a'b", "1a", "a/b", "a-b", "*"] {
            assert!(text.parse::<ClassName>().is_err(), "{text}");
        }
        for text in ["", "root//v2", "/root", "root/v 2", "root/v2?"] {
            assert!(text.parse::<Namespace>().is_err(), "{text}");
        }
    }
}
