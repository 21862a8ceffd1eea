//! The association filter: selects the instances that associations link to one instance, or the associations themselves.
//!
//! The resource URI of the enumeration must be the all-classes one. Follows DSP0227, section 8.2, and MS-WSMV 3.1.4.1.13.

use crate::{
    wsman::{
        EndpointReference,
        names::{BINDING, DIALECT_ASSOCIATION},
    },
    xml::Writer,
};

/// The instances at the other end of the associations of one instance (`b:AssociatedInstances`).
///
/// ```
/// use hvsnap::wsman::{AssociatedInstances, EndpointReference, SelectorSet};
///
/// let vm = EndpointReference::new(
///     "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem".parse()?,
///     SelectorSet::new().with("CreationClassName", "Msvm_ComputerSystem").with("Name", "1F2E"),
/// );
/// let snapshots = AssociatedInstances::of(vm)
///     .association_class("Msvm_SnapshotOfVirtualSystem")
///     .result_class("Msvm_VirtualSystemSettingData");
/// # let _ = snapshots;
/// # Ok::<(), hvsnap::wsman::ResourceUriError>(())
/// ```
#[derive(Clone, Debug)]
pub struct AssociatedInstances {
    object: EndpointReference,
    association_class: Option<String>,
    role: Option<String>,
    result_class: Option<String>,
    result_role: Option<String>,
}

/// The associations of one instance (`b:AssociationInstances`).
#[derive(Clone, Debug)]
pub struct AssociationInstances {
    object: EndpointReference,
    result_class: Option<String>,
    role: Option<String>,
}

impl AssociatedInstances {
    /// All instances that are associated with `object`.
    pub const fn of(object: EndpointReference) -> Self {
        Self { object, association_class: None, role: None, result_class: None, result_role: None }
    }

    /// Follows only associations of this class or of a derived class (`b:AssociationClassName`).
    #[must_use]
    pub fn association_class(mut self, class: impl Into<String>) -> Self {
        self.association_class = Some(class.into());
        self
    }

    /// Follows only associations in which the object is the value of this property (`b:Role`).
    #[must_use]
    pub fn role(mut self, property: impl Into<String>) -> Self {
        self.role = Some(property.into());
        self
    }

    /// Keeps only instances of this class or of a derived class (`b:ResultClassName`).
    #[must_use]
    pub fn result_class(mut self, class: impl Into<String>) -> Self {
        self.result_class = Some(class.into());
        self
    }

    /// Keeps only instances that are the value of this property of the association (`b:ResultRole`).
    #[must_use]
    pub fn result_role(mut self, property: impl Into<String>) -> Self {
        self.result_role = Some(property.into());
        self
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let parts = [
            ("b:AssociationClassName", &self.association_class),
            ("b:Role", &self.role),
            ("b:ResultClassName", &self.result_class),
            ("b:ResultRole", &self.result_role),
        ];
        filter(writer, "b:AssociatedInstances", &self.object, &parts);
    }
}

impl AssociationInstances {
    /// All associations that reference `object`.
    pub const fn of(object: EndpointReference) -> Self {
        Self { object, result_class: None, role: None }
    }

    /// Keeps only associations of this class or of a derived class (`b:ResultClassName`).
    #[must_use]
    pub fn result_class(mut self, class: impl Into<String>) -> Self {
        self.result_class = Some(class.into());
        self
    }

    /// Keeps only associations in which the object is the value of this property (`b:Role`).
    #[must_use]
    pub fn role(mut self, property: impl Into<String>) -> Self {
        self.role = Some(property.into());
        self
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        let parts = [("b:ResultClassName", &self.result_class), ("b:Role", &self.role)];
        filter(writer, "b:AssociationInstances", &self.object, &parts);
    }
}

fn filter(writer: &mut Writer, root: &str, object: &EndpointReference, parts: &[(&str, &Option<String>)]) {
    writer.start("w:Filter", &[("Dialect", DIALECT_ASSOCIATION)]);
    writer.start(root, &[("xmlns:b", BINDING)]).start("b:Object", &[]);
    object.write_content(writer);
    writer.end();
    for (name, value) in parts {
        if let Some(value) = value {
            writer.leaf(name, &[], value);
        }
    }
    writer.end().end();
}
