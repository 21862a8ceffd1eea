//! The addresses of a simulation: one for the only host, or one for the name of the cluster and one for each node.

use std::{io, net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, sync::mpsc::UnboundedReceiver};
use tokio_rustls::TlsAcceptor;

use super::{
    SimClock,
    auth::Authority,
    endpoint::Endpoint,
    http::{Counts, Fall, Line, Listener, Service},
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
}

/// The state of one listener that connections share with it.
struct Way {
    line: Arc<Line>,
    falls: UnboundedReceiver<Fall>,
}

impl Way {
    fn new() -> Self {
        let (line, falls) = Line::new();
        Self { line: Arc::new(line), falls }
    }
}

impl Addresses {
    /// Listens at `address`, which is that of the only host or that of the cluster's name; the nodes of a cluster listen at free
    /// ports after it, or at any if the port is 0.
    pub(super) async fn listen(
        common: &Common,
        address: SocketAddr,
        is_cluster: bool,
    ) -> Result<Self, (SocketAddr, io::Error)> {
        let bound = TcpListener::bind(address).await.map_err(|error| (address, error))?;
        let first = serve(common, bound, common.endpoint.clone(), Way::new()).map_err(|e| (address, e))?;
        if !is_cluster {
            return Ok(Self { cluster: None, nodes: PerNode::new(first, Vec::new()) });
        }
        let mut last =
            SocketAddr::new(address.ip(), if address.port() == 0 { 0 } else { first.address.port() });
        let mut nodes = Vec::new();
        for node in 0..common.authorities.len() {
            let (bound, at) = next(last).await?;
            last = at;
            nodes.push(serve(common, bound, common.endpoint.of_node(node), Way::new()).map_err(|e| (at, e))?);
        }
        let mut nodes = nodes.into_iter();
        let host = nodes.next().ok_or_else(|| (address, io::ErrorKind::NotFound.into()))?;
        Ok(Self { cluster: Some(first), nodes: PerNode::new(host, nodes.collect()) })
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

fn serve(common: &Common, bound: TcpListener, endpoint: Endpoint, way: Way) -> io::Result<Listener> {
    let service = Service {
        endpoint,
        clock: common.clock.clone(),
        authorities: Arc::clone(&common.authorities),
        plain: common.plain,
        max_request: common.max_request,
        counts: Arc::clone(&common.counts),
        line: way.line,
    };
    Listener::start(bound, common.tls.clone(), Arc::new(service), way.falls)
}

/// A free port after `last`; any if that is 0.
async fn next(last: SocketAddr) -> Result<(TcpListener, SocketAddr), (SocketAddr, io::Error)> {
    if last.port() == 0 {
        return Ok((TcpListener::bind(last).await.map_err(|error| (last, error))?, last));
    }
    let mut refused = (last, io::Error::from(io::ErrorKind::AddrInUse));
    for step in 1..=TRIED {
        let Some(port) = last.port().checked_add(step) else { break };
        let address = SocketAddr::new(last.ip(), port);
        match TcpListener::bind(address).await {
            Ok(bound) => return Ok((bound, address)),
            Err(error) => refused = (address, error),
        }
    }
    Err(refused)
}
