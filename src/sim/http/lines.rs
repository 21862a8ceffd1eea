//! The listeners of a cluster follow its nodes: a node that has failed is not reachable.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::Line;
use crate::sim::{endpoint::Endpoint, per_node::PerNode};

/// The lines of all listeners.
#[derive(Debug)]
pub(crate) struct Lines {
    /// That of the cluster's name.
    cluster: Option<Arc<Line>>,
    nodes: PerNode<Arc<Line>>,
    /// The node that connections to the cluster's name lead to.
    owner: AtomicUsize,
}

impl Lines {
    pub(crate) fn new(cluster: Option<Arc<Line>>, nodes: PerNode<Arc<Line>>) -> Self {
        Self { cluster, nodes, owner: AtomicUsize::new(0) }
    }

    /// Takes down the listeners of nodes that have failed, and lets those of others listen. Connections to the cluster's name are
    /// reset when the name goes to another node.
    pub(crate) async fn follow(&self, endpoint: &Endpoint) {
        let (owner, are_up) = endpoint.standing();
        for (line, is_up) in self.nodes.iter().zip(are_up.iter()) {
            line.set(*is_up).await;
        }
        if let Some(line) = &self.cluster {
            line.set(are_up.iter().any(|is_up| *is_up)).await;
            if self.owner.swap(owner, Ordering::Relaxed) != owner {
                line.fell.send_replace(());
            }
        }
    }
}
