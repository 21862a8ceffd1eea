//! A VM on a host: its record at the lookup, and the operations on it.
//!
//! It never holds a tree: a tree is data, read at a moment.

use std::fmt;

use crate::{
    host::{Error, Host, busy::is_idle},
    hyperv::{FindError, Noun, SnapshotTree, VmRecord},
};

/// One VM; cheap to clone.
#[derive(Clone)]
pub struct Vm {
    pub(super) host: Host,
    pub(super) record: VmRecord,
}

impl Vm {
    pub(super) fn new(host: &Host, record: VmRecord) -> Self {
        Self { host: host.clone(), record }
    }

    /// The GUID that identifies it.
    pub fn id(&self) -> &str {
        &self.record.id
    }

    /// Its name, for display.
    pub fn name(&self) -> &str {
        &self.record.element_name
    }

    /// The VM as it was when it was looked up.
    pub fn record(&self) -> &VmRecord {
        &self.record
    }

    /// The VM as it is now.
    ///
    /// # Errors
    /// If it cannot be read, or is gone.
    pub async fn refresh(&self) -> Result<VmRecord, Error> {
        if self.node().is_some() {
            return Ok(self.where_it_is("reading the state of the VM").await?.record);
        }
        let inner = &self.host.0;
        let asked = inner.cache.asking(inner.clock().now());
        let record = inner.vm_record(self.id()).await?;
        if let Some(record) = &record {
            inner.cache.vm(self.id(), asked, is_idle(record));
        }
        record.ok_or_else(|| self.gone())
    }

    /// The error that its host does not show it.
    pub(super) fn gone(&self) -> Error {
        let wanted = self.id().to_owned();
        let error = FindError::NotFound { noun: Noun::Vm, wanted, similar: Vec::new() };
        Error::before(error, "reading the state of the VM")
    }

    /// Its snapshots as they are now.
    ///
    /// # Errors
    /// If they cannot be read, or contradict themselves.
    pub async fn snapshots(&self) -> Result<SnapshotTree, Error> {
        let inner = &self.host.0;
        let asked = inner.cache.asking(inner.clock().now());
        let tree = inner.tree(self.id(), self.name()).await?;
        // A VM has settings at least: without any it is not on this node.
        if self.node().is_some() && tree.is_empty() && !tree.knows_current() {
            let now = self.where_it_is("reading the snapshots of the VM").await?;
            return now.host.0.tree(self.id(), self.name()).await;
        }
        inner.cache.tree(asked, &tree);
        Ok(tree)
    }
}

impl fmt::Debug for Vm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vm").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}
