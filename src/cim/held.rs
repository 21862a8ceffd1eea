//! The memory that an instance occupies, for the limit on collected instances.

use crate::{
    cim::{
        Instance, PropertyError, Raw,
        instance::{Property, Values},
    },
    limits::Held,
};

impl Held for Instance<'_> {
    fn held(&self) -> usize {
        self.class.len() + self.properties.held()
    }
}

impl Held for Property<'_> {
    fn held(&self) -> usize {
        let values = match &self.values {
            Values::One(value) => value.held(),
            Values::Many(values) => values.held(),
        };
        self.name.len() + values
    }
}

impl Held for Raw<'_> {
    fn held(&self) -> usize {
        match self {
            Self::Null => 0,
            Self::Text(text) | Self::Datetime(text) | Self::Markup(text) => text.len(),
            Self::Reference(reference) => reference.held(),
            Self::Object(instance) => instance.held(),
        }
    }
}

impl Held for PropertyError {
    fn held(&self) -> usize {
        self.texts().iter().map(|text| text.len()).sum()
    }
}
