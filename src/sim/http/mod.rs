//! The listener: HTTP/1.1 on a loopback address, plain or over TLS.
//!
//! It accepts connections and passes requests to `service`. Dropping it stops everything. `ending` executes fault rules for
//! connections; while a rule takes the host down, the address stays bound but does not listen.

mod answer;
mod encoding;
mod ending;
mod identity;
mod lines;
pub(crate) mod multipart;
mod service;
mod tls;

use std::{future::poll_fn, net::SocketAddr, pin::pin, sync::Arc, task::Poll, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc::UnboundedReceiver, watch},
    task::{JoinHandle, JoinSet},
};

use super::faults::Spoil;
use crate::clock::Clock;
use ending::{Ending, Resettable, play, reset};
pub(crate) use ending::{Fall, Line};
pub(crate) use lines::Lines;
use service::Connection;
pub(crate) use service::{Counts, Service};
pub(crate) use tls::{TlsError, tls};

/// A running listener.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Listener {
    /// Starts to listen.
    pub(crate) fn start(
        listener: TcpListener,
        tls: Option<tokio_rustls::TlsAcceptor>,
        service: Arc<Service>,
        falls: UnboundedReceiver<Fall>,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, address, tls, service, falls));
        Ok(Self { address, accepting })
    }

    /// Stops, and waits for the end.
    pub(crate) async fn stop(mut self) {
        self.accepting.abort();
        // The only possible error is the abort itself.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The events of the listener.
enum Event {
    Connection(std::io::Result<TcpStream>),
    Fall(Fall),
}

async fn accept(
    mut listener: TcpListener,
    address: SocketAddr,
    tls: Option<tokio_rustls::TlsAcceptor>,
    service: Arc<Service>,
    mut falls: UnboundedReceiver<Fall>,
) {
    // Dropping the set ends the connections with the listener.
    let mut connections = JoinSet::new();
    loop {
        let event = poll_fn(|context| match falls.poll_recv(context) {
            Poll::Ready(Some(fall)) => Poll::Ready(Event::Fall(fall)),
            _ => listener.poll_accept(context).map_ok(|(stream, _)| stream).map(Event::Connection),
        });
        match event.await {
            Event::Connection(Ok(stream)) => {
                let now = service.clock.now();
                let fired = service.endpoint.connected(now);
                if !service.endpoint.is_up() {
                    reset(stream);
                } else if let Some(Spoil::Down(time)) = fired.spoil {
                    reset(stream);
                    listener = down(listener, address, Some(now.saturating_add(time)), &service, || {}).await;
                } else if fired.refused {
                    reset(stream);
                } else {
                    // Subscribed here: a host that goes down also closes a connection that has sent nothing yet.
                    let fell = service.line.fell.subscribe();
                    connections.spawn(connection(stream, tls.clone(), Arc::clone(&service), fell));
                }
            }
            Event::Fall(Fall { until, done }) => {
                // The receiver may no longer exist.
                let fallen = || {
                    let _ = done.send(());
                };
                listener = down(listener, address, until, &service, fallen).await;
            }
            // For example, too many open files: later connections may succeed.
            Event::Connection(Err(_)) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Stops listening until the given time, or until the node is up, while the address stays bound, and resets all connections.
async fn down(
    listener: TcpListener,
    address: SocketAddr,
    until: Option<Duration>,
    service: &Service,
    fallen: impl FnOnce(),
) -> TcpListener {
    drop(listener);
    // A process that another thread is starting holds a copy of the listener, and thus the address, for a moment. The fall is
    // signalled only after that: a client that returns in time must not find a closed port.
    let mut bound = bind(address).await;
    service.line.fell.send_replace(());
    service.line.listening.send_replace(false);
    fallen();
    if let Some(until) = until {
        service.clock.reached(until).await;
    }
    // The sender lives as long as the service.
    let _ = service.line.up.subscribe().wait_for(|is_up| *is_up).await;
    loop {
        // This backlog: a client that connects while no connection is accepted waits in it.
        match bound.listen(1024) {
            Ok(listener) => {
                service.line.listening.send_replace(true);
                return listener;
            }
            Err(_) => bound = bind(address).await,
        }
    }
}

/// Binds the address without listening, as soon as it is free.
async fn bind(address: SocketAddr) -> TcpSocket {
    loop {
        match try_bind(address) {
            Ok(socket) => return socket,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

fn try_bind(address: SocketAddr) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Earlier connections may still be closing.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn connection(
    stream: TcpStream,
    tls: Option<tokio_rustls::TlsAcceptor>,
    service: Arc<Service>,
    fell: watch::Receiver<()>,
) {
    // Otherwise a small answer waits for the acknowledgement of the previous one.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => serve(stream, Connection::new(service, None), fell).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                let chain = stream.get_ref().1.peer_certificates();
                let certificate = chain.and_then(<[_]>::first).map(|der| Sha256::digest(der).into());
                serve(stream, Connection::new(service, certificate), fell).await;
            }
        }
    }
}

async fn serve(mut stream: impl Resettable, connection: Connection, mut fell: watch::Receiver<()>) {
    let connection = Arc::new(connection);
    loop {
        let answer = service_fn(|request| {
            let connection = Arc::clone(&connection);
            Box::pin(async move { connection.answer(request).await })
        });
        let mut down = pin!(fell.changed());
        let mut served =
            http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), answer);
        let end = poll_fn(|context| match down.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(Some(Ending::Reset)),
            // The peer may close at any time.
            Poll::Pending => served.poll_without_shutdown(context).map(|_| connection.ending()),
        });
        let ending = end.await;
        stream = served.into_parts().io.into_inner();
        let Some(ending) = ending else {
            let _ = stream.shutdown().await;
            return;
        };
        match play(stream, ending, &connection.service().clock).await {
            Some(open) => stream = open,
            None => return,
        }
    }
}
