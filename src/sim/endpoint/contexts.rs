//! Open enumerations: the remaining items of each, its user and its expiry.
//!
//! A context is valid for one Pull; the answer has a new one. A context that is not pulled expires. The number of contexts per
//! user is limited by the service's quota. Follows MS-WSMV 3.1.4.1.19 and the service setting `EnumerationTimeoutms`.

use std::{collections::VecDeque, time::Duration};

use crate::sim::{
    instance::Instance,
    message::{Fault, Resource, kinds},
};

/// The default `MaxConcurrentOperationsPerUser` of a service.
const QUOTA: usize = 1500;

/// The form of the items of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Instances.
    Object,
    /// Endpoint references.
    Reference,
    /// Both in one item.
    ObjectAndReference,
    /// Named properties without a class.
    Fragment(Vec<String>),
}

/// The rest of an enumeration.
#[derive(Clone, Debug)]
pub(super) struct Enumeration {
    pub(super) user: Option<String>,
    /// The node that it is open on.
    pub(super) node: usize,
    /// The requested classes.
    pub(super) about: Vec<String>,
    pub(super) resource: Resource,
    pub(super) shape: Shape,
    pub(super) left: VecDeque<Instance>,
}

#[derive(Debug, Default)]
pub(crate) struct Contexts {
    open: Vec<Context>,
}

#[derive(Debug)]
struct Context {
    id: String,
    enumeration: Enumeration,
    touched: Duration,
}

impl Contexts {
    /// Removes contexts that were not pulled in time.
    pub(super) fn expire(&mut self, now: Duration, lives: Duration) {
        self.open.retain(|context| context.touched.saturating_add(lives) > now);
    }

    /// Removes the contexts of other nodes than these.
    pub(super) fn keep_only(&mut self, is_kept: impl Fn(usize) -> bool) {
        self.open.retain(|context| is_kept(context.enumeration.node));
    }

    /// The number of open contexts.
    pub(crate) fn count(&self) -> usize {
        self.open.len()
    }

    /// The requested classes of the enumeration with this identifier.
    pub(super) fn about(&self, id: &str) -> Vec<String> {
        let known = self.open.iter().find(|known| known.id == id);
        known.map(|known| known.enumeration.about.clone()).unwrap_or_default()
    }

    /// Stores an enumeration under the identifier `id`.
    pub(super) fn keep(&mut self, id: String, enumeration: Enumeration, now: Duration) -> Result<(), Fault> {
        let of_user = self.open.iter().filter(|known| known.enumeration.user == enumeration.user).count();
        if of_user >= QUOTA {
            return Err(Fault::wmi_error(&kinds::TOO_MANY_OPERATIONS, format!("{QUOTA} enumerations")));
        }
        self.open.push(Context { id, enumeration, touched: now });
        Ok(())
    }

    /// Removes the user's enumeration on the node; its identifier is then invalid.
    pub(super) fn take(
        &mut self,
        id: &str,
        user: &Option<String>,
        node: usize,
    ) -> Result<Enumeration, Fault> {
        let is_it = |known: &Context| {
            known.id == id && known.enumeration.user == *user && known.enumeration.node == node
        };
        let at = self.open.iter().position(is_it);
        match at {
            Some(at) => Ok(self.open.swap_remove(at).enumeration),
            None => Err(Fault::new(&kinds::INVALID_CONTEXT, id)),
        }
    }
}
