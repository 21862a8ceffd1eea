//! The nodes of a cluster: `[cluster]`, `[[node]]`, and the node of each VM.

use serde::Deserialize;
use toml::Spanned;

use super::{HostSpec, LabError, check::Checker, file::VmTable};
use crate::sim::per_node::PerNode;

/// The names of a host that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NodeSpec {
    /// NetBIOS name.
    pub(crate) name: String,
    /// DNS name.
    pub(crate) fqdn: String,
}

/// The `[cluster]` table.
#[derive(Clone, Debug)]
pub(crate) struct ClusterSpec {
    pub(crate) name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClusterTable {
    name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NodeTable {
    name: Spanned<String>,
    fqdn: Option<String>,
}

/// The DNS name of a host without one in the lab.
pub(super) fn default_fqdn(name: &str) -> String {
    format!("{}.lab.example", name.to_lowercase())
}

impl Checker<'_> {
    /// The cluster, and all of its nodes: the host first.
    pub(super) fn cluster(
        &self,
        cluster: Option<ClusterTable>,
        nodes: Vec<NodeTable>,
        host: &HostSpec,
    ) -> Result<(Option<ClusterSpec>, PerNode<NodeSpec>), LabError> {
        let first = NodeSpec { name: host.name.clone(), fqdn: host.fqdn.clone() };
        let Some(ClusterTable { name: given }) = cluster else {
            if let Some(node) = nodes.first() {
                let problem = "the lab has no cluster: a [cluster] table with a name makes one";
                return Err(self.refuse(&node.name, "node: name", problem));
            }
            return Ok((None, PerNode::new(first, Vec::new())));
        };
        let name = self.named(&given, "cluster: name")?;
        if !host.cluster {
            return Err(self.refuse(
                &given,
                "cluster: name",
                "the host is no node of a cluster: host: cluster",
            ));
        }
        let mut taken = vec![name.clone(), first.name.clone()];
        if name.eq_ignore_ascii_case(&first.name) {
            return Err(self.refuse(&given, "cluster: name", "the name of the host"));
        }
        let mut others = Vec::new();
        for NodeTable { name: given, fqdn } in nodes {
            let name = self.named(&given, "node: name")?;
            if taken.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                let problem = format!("\"{name}\" is the name of the cluster, or of another node");
                return Err(self.refuse(&given, "node: name", problem));
            }
            taken.push(name.clone());
            others.push(NodeSpec { fqdn: fqdn.unwrap_or_else(|| default_fqdn(&name)), name });
        }
        Ok((Some(ClusterSpec { name }), PerNode::new(first, others)))
    }

    /// The cluster node of a VM; `None` for the host itself.
    pub(super) fn node(
        &self,
        table: &VmTable,
        host: &HostSpec,
        cluster: Option<&ClusterSpec>,
        nodes: &PerNode<NodeSpec>,
    ) -> Result<Option<String>, LabError> {
        let Some(node) = &table.node else { return Ok(None) };
        let field = format!("vm \"{}\": node", table.name.get_ref());
        let name = self.named(node, field.clone())?;
        if !host.cluster {
            return Err(self.refuse(node, field, "the host is no node of a cluster: host: cluster"));
        }
        if cluster.is_none() {
            return Ok(Some(name).filter(|name| !name.eq_ignore_ascii_case(&host.name)));
        }
        match nodes.iter().find(|known| known.name.eq_ignore_ascii_case(&name)) {
            Some(known) => Ok(Some(known.name.clone())),
            None => Err(self.refuse(
                node,
                field,
                format!("the cluster has no node \"{name}\"; {}", listed(nodes)),
            )),
        }
    }
}

/// The names of the nodes, for an error.
pub(super) fn listed(nodes: &PerNode<NodeSpec>) -> String {
    let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
    format!("known are {}", names.join(", "))
}
