//! Who owns a VM, by the cluster: the summary of the VM in `root\HyperVCluster\v2`, else the resource in `root\MSCluster`.
//!
//! Reads only.

use std::collections::HashMap;

use super::Cluster;
use crate::{
    cim::{Instance, Namespace, Wql},
    client::objects_of,
    host::{Error, reads::class},
    hyperv::is_guid,
    schema::names::{
        CLUSTER_NODE, CLUSTER_RESOURCE, MSCLUSTER_NAMESPACE, OWNER_NODE, PRIVATE_PROPERTIES, SUMMARY,
        SUMMARY_HOST, TYPE_VM_RESOURCE,
    },
    violation::{ProtocolError, Violation},
};

const DURING: &str = "asking the cluster for the owner of a VM";
/// The most nodes of a cluster that are believed; Microsoft supports 64.
const MOST_NODES: usize = 128;

impl Cluster {
    /// The owners of all VMs whose summaries tell, by the VM's folded GUID.
    pub(super) async fn owners(&self) -> Result<HashMap<String, String>, Error> {
        match self.summaries(&Wql::all(class(SUMMARY)?)).await {
            Err(error) if error.is_unknown_class() => Ok(HashMap::new()),
            owners => Ok(owners?.into_iter().map(|(id, node)| (id.to_ascii_lowercase(), node)).collect()),
        }
    }

    pub(super) async fn owner_by_summary(&self, vm_id: &str) -> Result<Option<String>, Error> {
        let query = Wql::all(class(SUMMARY)?).and_equals("Name", vm_id);
        let query = query.map_err(|error| Error::name(error, DURING))?;
        let mut owners = self.summaries(&query).await?;
        // A host that ignores the filter must not name the owner of another VM.
        owners.retain(|(id, _)| id.eq_ignore_ascii_case(vm_id));
        Ok(owners.pop().map(|(_, node)| node))
    }

    async fn summaries(&self, query: &Wql) -> Result<Vec<(String, String)>, Error> {
        let take = || {
            objects_of(SUMMARY, |summary| {
                let (id, node) = (text(&summary, "Name")?, text(&summary, SUMMARY_HOST)?);
                Ok(id.zip(node))
            })
        };
        Ok(self.host().cim().collect(DURING, query, take).await?)
    }

    /// The owner by the cluster's own resource of the VM. Its namespace is that of every cluster, and missing elsewhere.
    pub(super) async fn owner_by_resource(&self, vm_id: &str) -> Result<Option<String>, Error> {
        // The query is text: nothing but a GUID goes into it.
        if !is_guid(vm_id) {
            return Ok(None);
        }
        let query = Wql::verbatim(format!(
            "select * from {CLUSTER_RESOURCE} where Type = '{TYPE_VM_RESOURCE}' and {PRIVATE_PROPERTIES}.VmID = '{vm_id}'"
        ));
        let take = || objects_of(CLUSTER_RESOURCE, |resource| text(&resource, OWNER_NODE));
        let namespace = self.of_the_cluster()?;
        // The resource of the VM's configuration has the same GUID, and another type.
        Ok(namespace.collect(DURING, &query, take).await?.pop())
    }

    /// The names of the nodes: by the cluster itself, else by its VMs and by the addresses that were given.
    ///
    /// # Errors
    /// If the cluster does not answer.
    pub async fn nodes(&self) -> Result<Vec<String>, Error> {
        const DURING: &str = "asking the cluster for its nodes";
        let take = || objects_of(CLUSTER_NODE, |node| text(&node, "Name"));
        let listed = self.of_the_cluster()?.collect(DURING, &Wql::all(class(CLUSTER_NODE)?), take).await;
        let mut nodes = match listed.map_err(Error::from) {
            // Who may see VMs need not be allowed to see the cluster itself.
            Err(error) if error.is_unknown_class() || error.is_access() => Vec::new(),
            listed => listed?,
        };
        if nodes.is_empty() {
            nodes = self.owners().await?.into_values().collect();
            nodes.extend(self.nodes.named().map(str::to_owned));
        }
        nodes.sort_by_key(|node| node.to_lowercase());
        nodes.dedup_by(|one, other| super::is_same_node(one, other));
        // To each of them a password may go.
        if nodes.len() > MOST_NODES {
            let detail = format!("more than {MOST_NODES} nodes of a cluster");
            return Err(Error::protocol(ProtocolError::new(Violation::TooManyItems, detail), DURING));
        }
        Ok(nodes)
    }

    fn of_the_cluster(&self) -> Result<crate::client::CimNamespace, Error> {
        let namespace: Namespace = MSCLUSTER_NAMESPACE.parse().map_err(|error| Error::name(error, DURING))?;
        Ok(self.host().client().in_namespace(namespace))
    }
}

/// A text that is neither missing nor empty.
fn text(instance: &Instance<'_>, name: &str) -> Result<Option<String>, ProtocolError> {
    let read = instance.read::<String>(name);
    let read = read.map_err(|error| ProtocolError::new(Violation::BadProperty, error.to_string()))?;
    Ok(read.filter(|text| !text.is_empty()))
}
