//! A failover cluster: the VMs of all nodes, and each VM on the node that owns it.
//!
//! Every node answers for the whole cluster in `root\HyperVCluster\v2`. Work is done on the owner node, by a client with the same
//! settings, as Microsoft's own client does it; there the node is just another [`Host`]. A VM that is not on its node any more is
//! looked up again. What follows from what the nodes show is decided in `operation/reconcile`, as for a single host.

mod nodes;
mod owner;

use std::{fmt, sync::Arc, time::Duration};

use self::nodes::Nodes;
pub(super) use self::nodes::is_same_node;
use crate::{
    cim::Namespace,
    client::{Deadline, retry_until},
    host::{Error, ErrorKind, Host, Job, Progress, Resumption, Vm, Wait, busy::is_idle, journal::Operation},
    http::Endpoint,
    hyperv::{FindError, JobRecord, Noun, VmRecord},
};

/// A failover cluster, reached through its name or one of its nodes; cheap to clone.
///
/// ```no_run
/// # async fn example(client: hvsnap::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use hvsnap::{Cluster, Endpoint};
///
/// let cluster = Cluster::new(client).node("HV02", Endpoint::from_url("https://hv02.corp.example:5986")?);
/// for vm in cluster.vms().await? {
///     println!("{} on {}", vm.record.element_name, vm.node.as_deref().unwrap_or("a node that is not known"));
/// }
/// let vm = cluster.vm("web-01").await?; // on its owner node, and followed from node to node
/// # let _ = vm;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Cluster {
    /// The host at the address that was given, in the namespace of the cluster.
    given: Host,
    nodes: Arc<Nodes>,
}

/// A VM of a cluster.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClusterVm {
    /// The VM as the namespace of the cluster shows it.
    pub record: VmRecord,
    /// The name of its owner node; `None` if the cluster does not tell.
    pub node: Option<String>,
}

/// Whether a node of a cluster answers.
#[derive(Debug)]
#[non_exhaustive]
pub struct NodeCheck {
    /// The name of the node.
    pub node: String,
    /// Its address; `None` if it is not known.
    pub endpoint: Option<Endpoint>,
    /// Why it does not answer.
    pub problem: Option<Error>,
}

/// The place of a [`Host`] that is a node of a cluster.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) cluster: Cluster,
    pub(super) node: String,
}

/// How often a VM is looked up that is not on the node that the cluster names.
const LOOK_UPS: usize = 2;

impl Cluster {
    /// The cluster that a client or a host reaches; nothing is sent. The host's journal and other settings hold for its nodes too.
    pub fn new(reached: impl Into<Host>) -> Self {
        let mut given = reached.into().namespace(Namespace::cluster());
        // Made of a node, it is not followed from node to node itself.
        given = given.with(|inner| inner.member = None);
        let nodes = Arc::new(Nodes::new(given.client().clone()));
        Self { given, nodes }
    }

    /// The address of a node. Without one it is derived from the address that was given: the same scheme, port, path and domain,
    /// with the node's name.
    #[must_use]
    pub fn node(self, name: impl Into<String>, endpoint: Endpoint) -> Self {
        Self { nodes: Arc::new(self.nodes.with(&name.into(), endpoint)), ..self }
    }

    /// The host at the address that was given, in the namespace of the cluster: every node answers there for all.
    pub fn host(&self) -> &Host {
        &self.given
    }

    /// The same cluster through a handle with a deadline; see [`Host::with_deadline`].
    #[must_use]
    pub fn with_deadline(&self, deadline: Deadline) -> Self {
        Self { given: self.given.with_deadline(deadline), nodes: Arc::clone(&self.nodes) }
    }

    /// The VMs of all nodes, with their owners: two requests, and one more for each VM whose summary does not tell.
    ///
    /// # Errors
    /// If the cluster does not answer; as [`Host::vms`].
    pub async fn vms(&self) -> Result<Vec<ClusterVm>, Error> {
        let vms = self.given.vms().await?;
        let mut owners = self.owners().await?;
        let mut listed = Vec::with_capacity(vms.len());
        // Where the cluster's own database cannot be read for one VM, it cannot for the others.
        let mut is_readable = true;
        for Vm { record, .. } in vms {
            let mut node = owners.remove(&record.id.to_ascii_lowercase());
            if node.is_none() && is_readable {
                match self.owner_by_resource(&record.id).await {
                    Ok(found) => node = found,
                    Err(error) => {
                        tracing::info!(cause = %error.kind(), "the owners of VMs cannot be read");
                        is_readable = false;
                    }
                }
            }
            listed.push(ClusterVm { record, node });
        }
        Ok(listed)
    }

    /// The one VM with this name or GUID, on the node that owns it.
    ///
    /// # Errors
    /// As [`Host::vm`]; [`ErrorKind::NodeUnknown`] if the cluster does not tell where the VM is, or it is not there;
    /// [`ErrorKind::NodeAddress`] if the node has no address that can be derived; any other if the node cannot be asked.
    pub async fn vm(&self, wanted: &str) -> Result<Vm, Error> {
        let found = self.given.vm(wanted).await?;
        let during = format!("looking for the node of the VM {:?}", found.name());
        let mut owner = None;
        for _ in 0..LOOK_UPS {
            owner = self.owner_of(found.id()).await?;
            let Some(node) = &owner else { break };
            if let Some(vm) = self.node_host(node)?.shown(found.id()).await? {
                return Ok(vm);
            }
        }
        Err(Error::before(ErrorKind::NodeUnknown { owner }, during))
    }

    /// The name of the node that owns a VM, by its GUID; `None` if the cluster does not tell.
    ///
    /// # Errors
    /// If the cluster does not answer.
    pub async fn owner_of(&self, vm_id: &str) -> Result<Option<String>, Error> {
        match self.owner_by_summary(vm_id).await {
            Ok(None) => {}
            Err(error) if error.is_unknown_class() => {}
            told => return told,
        }
        match self.owner_by_resource(vm_id).await {
            Err(error) if error.is_unknown_class() => Ok(None),
            told => told,
        }
    }

    /// The host of a node, by the node's name; nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::NodeAddress`] if no address was given for it and none can be derived; any other if its client cannot be made.
    pub fn node_host(&self, node: &str) -> Result<Host, Error> {
        let known = self.nodes.of(node)?;
        let client = match self.given.client().deadline() {
            Some(deadline) => known.client.with_deadline(deadline),
            None => known.client,
        };
        let member = Member { cluster: self.clone(), node: node.to_owned() };
        Ok(self.given.clone().with(|inner| {
            inner.cim = client.in_namespace(Namespace::virtualization());
            (inner.service_keys, inner.cache) = (known.service_keys, known.cache);
            inner.member = Some(member);
        }))
    }

    /// Asks each node whether it answers, by this client's credentials; one after the other, and a password that one of them
    /// refuses is not tried on the next.
    ///
    /// # Errors
    /// If the cluster does not tell its nodes.
    pub async fn check_nodes(&self) -> Result<Vec<NodeCheck>, Error> {
        let mut checks = Vec::new();
        for node in self.nodes().await? {
            let (endpoint, problem) = match self.node_host(&node) {
                Ok(host) => {
                    let identified = host.client().0.identify_once().await;
                    let problem = identified.err().map(|error| Error::from(error).on_node(&node));
                    (Some(host.endpoint().clone()), problem)
                }
                Err(error) => (None, Some(error)),
            };
            checks.push(NodeCheck { node, endpoint, problem });
        }
        Ok(checks)
    }

    /// The job with this `InstanceID`, on whichever node has it; jobs are known on the node alone on which they were started.
    ///
    /// # Errors
    /// As [`Host::job`]; that of a node that cannot be asked, if no other node has the job.
    pub async fn job(&self, instance_id: &str) -> Result<(Job, JobRecord), Error> {
        let mut problem = None;
        for node in self.nodes().await? {
            let found = match self.node_host(&node) {
                Ok(host) => host.job(instance_id).await.map_err(|error| error.on_node(&node)),
                Err(error) => Err(error),
            };
            match found {
                Ok(found) => return Ok(found),
                Err(error) if error.is_not_found() => {}
                Err(error) => problem = Some(error),
            }
        }
        Err(problem.unwrap_or_else(|| {
            let wanted = instance_id.to_owned();
            let error = FindError::NotFound { noun: Noun::Job, wanted, similar: Vec::new() };
            Error::before(error, format!("looking for the job {instance_id:?} on all nodes"))
        }))
    }

    /// As [`Host::resume_waiting`], on the node that owns the operation's VM now.
    ///
    /// # Errors
    /// As [`Host::resume_waiting`], and as [`vm`](Self::vm) if its node cannot be asked; each with the effect that the record tells.
    pub async fn resume_waiting(
        &self,
        operation: &Operation,
        wait: impl Into<Wait>,
        progress: impl FnMut(&Progress),
    ) -> Result<Resumption, Error> {
        let host = self.host_of(operation).await.map_err(|error| error.with_effect(operation.effect()))?;
        host.resume_waiting(operation, wait, progress).await
    }

    async fn host_of(&self, operation: &Operation) -> Result<Host, Error> {
        let intent = &operation.intent;
        // Where no owner is told now, the node that it was begun on says whether the VM is there, and is asked for it again. The
        // record alone does not decide where a password goes: the cluster must know the node, or the caller name it.
        let node = match (self.owner_of(&intent.vm_id).await?, &intent.node) {
            (Some(owner), _) => Some(owner),
            (None, Some(begun)) => {
                let nodes = self.nodes().await?;
                let named = nodes.iter().map(String::as_str).chain(self.nodes.named());
                named.into_iter().find(|node| is_same_node(node, begun)).map(str::to_owned)
            }
            (None, None) => None,
        };
        let during = || format!("looking for the node of the VM {:?}", intent.vm_name);
        let node = node.ok_or_else(|| Error::before(ErrorKind::NodeUnknown { owner: None }, during()))?;
        self.node_host(&node)
    }
}

impl Host {
    /// The name of the node that this host is in a cluster; `None` for a host that was reached by itself.
    pub fn node(&self) -> Option<&str> {
        self.0.member.as_ref().map(|member| member.node.as_str())
    }

    /// The address that was given: of the cluster, for a node that was reached through it.
    pub(super) fn reached_at(&self) -> &Endpoint {
        self.cluster().map_or_else(|| self.endpoint(), |cluster| cluster.given.endpoint())
    }

    /// The cluster of a node that was reached through it.
    pub(super) fn cluster(&self) -> Option<&Cluster> {
        self.0.member.as_ref().map(|member| &member.cluster)
    }

    /// The VM as this host shows it now, if it does.
    async fn shown(&self, vm_id: &str) -> Result<Option<Vm>, Error> {
        let inner = &self.0;
        let asked = inner.cache.asking(inner.clock().now());
        let record = inner.vm_record(vm_id).await.map_err(|error| match self.node() {
            Some(node) => error.on_node(node),
            None => error,
        })?;
        if let Some(record) = &record {
            inner.cache.vm(vm_id, asked, is_idle(record));
        }
        Ok(record.map(|record| Vm::new(self, record)))
    }

    /// The VM as it is now: here, or in a cluster on the node where it is now; `None` if no node shows it. A failure that may pass
    /// by itself is waited out, until `deadline`.
    pub(super) async fn shown_anywhere(
        &self,
        vm_id: &str,
        deadline: Option<Duration>,
    ) -> Result<Option<Vm>, Error> {
        let patient = async |host: &Self| retry_until(host.0.client(), deadline, || host.shown(vm_id)).await;
        let Some(Member { cluster, node }) = &self.0.member else { return patient(self).await };
        // The other nodes are asked before this one is waited for.
        let problem = match self.shown(vm_id).await {
            Ok(None) => None,
            Err(error) if !error.is_past_deadline() && !error.is_access() => Some(error),
            shown => return shown,
        };
        match retry_until(cluster.given.0.client(), deadline, || cluster.owner_of(vm_id)).await {
            Ok(Some(owner)) if !is_same_node(&owner, node) => {
                tracing::info!(from = %node, to = %owner, "the VM is on another node");
                patient(&cluster.node_host(&owner)?).await
            }
            Ok(_) if problem.is_some() => patient(self).await,
            Ok(_) => Ok(None),
            // What was seen of the node says more than that the cluster does not answer either.
            Err(error) => Err(problem.unwrap_or(error)),
        }
    }
}

impl Host {
    /// The node that owns the VM by the cluster, if that is another one than this: a node may go on showing a VM that has left it.
    /// `None` too if the cluster does not tell.
    pub(super) async fn owner_elsewhere(&self, vm_id: &str, deadline: Option<Duration>) -> Option<Self> {
        let Member { cluster, node } = self.0.member.as_ref()?;
        match retry_until(cluster.given.0.client(), deadline, || cluster.owner_of(vm_id)).await {
            Ok(Some(owner)) if !is_same_node(&owner, node) => cluster.node_host(&owner).ok(),
            Ok(_) => None,
            Err(error) => {
                tracing::info!(cause = %error.kind(), "the cluster does not tell the owner of the VM");
                None
            }
        }
    }
}

impl Vm {
    /// The VM on the node that owns it now, for a call; outside a cluster nothing is asked.
    pub(super) async fn on_its_owner(&self, during: &str) -> Result<Self, Error> {
        let Some(cluster) = self.host.cluster() else { return Ok(self.clone()) };
        let mut told = None;
        for _ in 0..LOOK_UPS {
            let Some(owner) = cluster.owner_of(self.id()).await? else {
                return self.where_it_is(during).await;
            };
            let is_here = self.node().is_some_and(|node| is_same_node(node, &owner));
            let host = if is_here { self.host.clone() } else { cluster.node_host(&owner)? };
            if let Some(vm) = host.shown(self.id()).await? {
                return Ok(vm);
            }
            told = Some(owner);
        }
        Err(Error::before(ErrorKind::NodeUnknown { owner: told }, during))
    }

    /// The name of the cluster node that it is on; `None` for a VM of a host that was reached by itself.
    pub fn node(&self) -> Option<&str> {
        self.host.node()
    }

    /// The VM on the node where it is now; outside a cluster nothing is asked.
    pub(super) async fn where_it_is(&self, during: &str) -> Result<Self, Error> {
        if self.node().is_none() {
            return Ok(self.clone());
        }
        let unknown =
            || Error::before(ErrorKind::NodeUnknown { owner: self.node().map(str::to_owned) }, during);
        // Nothing was begun, so nothing is waited for.
        self.host.shown_anywhere(self.id(), Some(Duration::ZERO)).await?.ok_or_else(unknown)
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("given", &self.given).finish_non_exhaustive()
    }
}
