//! From selectors to one instance.
//!
//! Every key must be given and nothing else, none for a singleton, except for the services and VMs: `CreationClassName` is enough for
//! the first, `Name` for the second, as with the real providers. Names and values regard no case. Follows MS-WSMV 3.1.4.1.2 and recorded faults.

use crate::{
    schema::{Class, names},
    sim::{
        instance::Instance,
        instances::View,
        message::{Fault, Resource, Selector, SelectorValue, Target, kinds},
        path::{CREATION_CLASS, ObjectPath, alike},
        wql::Objects,
    },
};

/// What happens to the instance, for the fault when there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Get,
    Put,
    Delete,
    Invoke,
}

/// The classes that a resource URI names: one, or all that derive from it.
pub(super) fn classes(view: &View<'_>, resource: &Resource) -> Result<Vec<&'static Class>, Fault> {
    let Target::Class(name) = &resource.target else {
        return Err(Fault::new(&kinds::ACTION_NOT_SUPPORTED, "the resource is all classes"));
    };
    let classes = view.derived(name);
    if classes.is_empty() {
        return Err(Fault::wmi_error(&kinds::RESOURCE_NOT_FOUND, format!("there is no class {name}")));
    }
    Ok(classes)
}

/// The instance that the selectors name.
pub(super) fn locate(
    view: &View<'_>,
    resource: &Resource,
    selectors: &[Selector],
    purpose: Purpose,
) -> Result<Instance, Fault> {
    let classes = classes(view, resource)?;
    let is_singleton = classes.iter().all(|class| class.keys().next().is_none());
    if selectors.is_empty() && !is_singleton {
        return Err(match purpose {
            Purpose::Get | Purpose::Put | Purpose::Delete => {
                Fault::wmi_error(&kinds::NO_KEYS, "no selectors")
            }
            Purpose::Invoke => Fault::new(&kinds::NO_METHOD_PARAMETERS, "no selectors"),
        });
    }
    let mut missing = None;
    for class in classes {
        let given = keys(view, class, selectors)?;
        let found = if is_service(class) {
            service(view, class, &given)?
        } else {
            let Some(path) = ObjectPath::from_keys(class, &given) else {
                return Err(Fault::new(&kinds::INSUFFICIENT_SELECTORS, class.name));
            };
            missing.get_or_insert_with(|| path.to_string());
            view.object(&path)
        };
        if let Some(instance) = found {
            return Ok(instance);
        }
        missing.get_or_insert_with(|| class.name.to_owned());
    }
    let operation = match purpose {
        Purpose::Get => "GetObject",
        Purpose::Put => "PutInstance",
        Purpose::Delete => "DeleteInstance",
        Purpose::Invoke => "ExecMethod",
    };
    Err(Fault::provider(&kinds::RESOURCE_NOT_FOUND, operation, missing.unwrap_or_default()))
}

/// The object that a reference in a request names, whether it exists or not.
pub(in crate::sim) fn path(view: &View<'_>, uri: &str, selectors: &[Selector]) -> Result<ObjectPath, Fault> {
    let mut selectors = selectors.to_vec();
    let resource = Resource::resolve(uri, &mut selectors)?;
    for class in classes(view, &resource)? {
        if let Some(path) = ObjectPath::from_keys(class, &keys(view, class, &selectors)?) {
            return Ok(path);
        }
    }
    Err(Fault::new(&kinds::INSUFFICIENT_SELECTORS, uri))
}

fn keys(
    view: &View<'_>,
    class: &'static Class,
    selectors: &[Selector],
) -> Result<Vec<(String, String)>, Fault> {
    let mut keys = Vec::new();
    for selector in selectors {
        let Some(key) = class.keys().find(|key| key.name.eq_ignore_ascii_case(&selector.name)) else {
            return Err(Fault::new(&kinds::UNEXPECTED_SELECTORS, selector.name.clone()));
        };
        let value = match (&selector.value, key.reference) {
            (SelectorValue::Text(text), None) => text.clone(),
            // A text may stand for a reference if it is a path.
            (SelectorValue::Text(text), Some(_)) => match ObjectPath::parse(text) {
                Some(path) => path.to_string(),
                None => return Err(Fault::new(&kinds::SELECTOR_TYPE, selector.name.clone())),
            },
            (SelectorValue::Reference(uri, selectors), Some(_)) => path(view, uri, selectors)?.to_string(),
            (SelectorValue::Reference(..), None) => {
                return Err(Fault::new(&kinds::SELECTOR_TYPE, selector.name.clone()));
            }
        };
        keys.push((key.name.to_owned(), value));
    }
    // A VM is known by its `Name` alone.
    let has = |key: &str| keys.iter().any(|(name, _)| name == key);
    if class.name == names::COMPUTER_SYSTEM && has("Name") && !has(CREATION_CLASS) {
        keys.push((CREATION_CLASS.to_owned(), class.name.to_owned()));
    }
    Ok(keys)
}

/// Whether a class is one of the services, whose keys need not be complete.
pub(super) fn is_service(class: &Class) -> bool {
    matches!(class.name, names::SNAPSHOT_SERVICE | names::MANAGEMENT_SERVICE | names::IMAGE_SERVICE)
}

fn service(
    view: &View<'_>,
    class: &'static Class,
    given: &[(String, String)],
) -> Result<Option<Instance>, Fault> {
    if !given.iter().any(|(name, _)| name == "CreationClassName") {
        return Err(Fault::new(&kinds::INSUFFICIENT_SELECTORS, class.name));
    }
    let fits = |instance: &Instance| {
        let path = instance.path();
        given.iter().all(|(name, value)| path.key(name).is_some_and(|key| alike(key, value)))
    };
    Ok(view.instances(class).into_iter().find(fits))
}
