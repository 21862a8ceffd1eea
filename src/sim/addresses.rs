//! The addresses of a simulation: one for the only host, or one for the name of the cluster and one for each node.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, sync::mpsc::UnboundedReceiver};
use tokio_rustls::TlsAcceptor;

use super::{
    SimClock,
    auth::Authority,
    endpoint::Endpoint,
    http::{Counts, Fall, Line, Lines, Listener, Service},
    per_node::PerNode,
};

/// How many ports after the previous one are tried for a node.
const TRIED: u16 = 100;

/// What all addresses have in common.
pub(super) struct Common {
    pub(super) endpoint: Endpoint,
    pub(super) clock: SimClock,
    pub(super) authorities: Arc<PerNode<Authority>>,
    /// True if unencrypted bodies are accepted.
    pub(super) plain: bool,
    pub(super) max_request: usize,
    pub(super) counts: Arc<Counts>,
    pub(super) tls: Option<TlsAcceptor>,
}

/// All listeners.
#[derive(Debug)]
pub(super) struct Addresses {
    /// That of the cluster's name.
    cluster: Option<Listener>,
    nodes: PerNode<Listener>,
    pub(super) lines: Arc<Lines>,
}

/// An address before its listener starts.
struct Bound {
    listener: TcpListener,
    endpoint: Endpoint,
    line: Arc<Line>,
    falls: UnboundedReceiver<Fall>,
}

impl Addresses {
    /// Listens at `address`, which is that of the only host or that of the cluster's name; the nodes of a cluster listen at free
    /// ports after it, or at any if the port is 0.
    pub(super) async fn listen(
        common: &Common,
        address: SocketAddr,
        is_cluster: bool,
    ) -> Result<Self, (SocketAddr, io::Error)> {
        let first = bind(address).await?;
        let first = Bound::new(first, common.endpoint.clone());
        if !is_cluster {
            return Self::serve(common, None, PerNode::new(first, Vec::new())).map_err(|e| (address, e));
        }
        let mut last = address;
        let host = Bound::new(next(&mut last).await?, common.endpoint.of_node(0));
        let mut others = Vec::new();
        for node in 1..common.authorities.len() {
            others.push(Bound::new(next(&mut last).await?, common.endpoint.of_node(node)));
        }
        Self::serve(common, Some(first), PerNode::new(host, others)).map_err(|e| (address, e))
    }

    fn serve(common: &Common, cluster: Option<Bound>, nodes: PerNode<Bound>) -> io::Result<Self> {
        let line = |bound: &Bound| Arc::clone(&bound.line);
        let lines = Arc::new(Lines::new(cluster.as_ref().map(line), nodes.map(line)));
        let start = |bound| serve(common, bound, &lines);
        Ok(Self { cluster: cluster.map(start).transpose()?, nodes: nodes.try_into_map(start)?, lines })
    }

    /// The address of the only host, or of the cluster's name.
    pub(super) fn first(&self) -> SocketAddr {
        self.cluster.as_ref().unwrap_or_else(|| self.nodes.at(0)).address
    }

    /// The address of each node.
    pub(super) fn nodes(&self) -> impl Iterator<Item = SocketAddr> {
        self.nodes.iter().map(|listener| listener.address)
    }

    /// Stops all, and waits until the addresses are free again.
    pub(super) async fn stop(self) {
        for listener in self.cluster.into_iter().chain(self.nodes.into_values()) {
            listener.stop().await;
        }
    }
}

impl Bound {
    fn new(listener: TcpListener, endpoint: Endpoint) -> Self {
        let (line, falls) = Line::new();
        Self { listener, endpoint, line: Arc::new(line), falls }
    }
}

fn serve(common: &Common, bound: Bound, lines: &Arc<Lines>) -> io::Result<Listener> {
    let Bound { listener, endpoint, line, falls } = bound;
    let service = Service {
        endpoint,
        clock: common.clock.clone(),
        authorities: Arc::clone(&common.authorities),
        plain: common.plain,
        max_request: common.max_request,
        counts: Arc::clone(&common.counts),
        line,
        lines: Arc::clone(lines),
    };
    Listener::start(listener, common.tls.clone(), Arc::new(service), falls)
}

async fn bind(address: SocketAddr) -> Result<TcpListener, (SocketAddr, io::Error)> {
    TcpListener::bind(address).await.map_err(|error| (address, error))
}

/// A free port after `last`; any if that is 0.
async fn next(last: &mut SocketAddr) -> Result<TcpListener, (SocketAddr, io::Error)> {
    if last.port() == 0 {
        return bind(*last).await;
    }
    let mut refused = (*last, io::ErrorKind::AddrInUse.into());
    for _ in 0..TRIED {
        let Some(port) = last.port().checked_add(1) else { break };
        last.set_port(port);
        match bind(*last).await {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}
