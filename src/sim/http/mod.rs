//! The listener: HTTP/1.1 on a loopback address, plain or over TLS.
//!
//! It accepts connections and hands requests to `service`; it knows no SOAP. Everything stops when it is dropped.

mod answer;
mod encoding;
mod identity;
mod multipart;
mod service;
mod tls;

use std::{net::SocketAddr, sync::Arc};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use service::Connection;
pub(crate) use service::{Counts, Service};
pub(crate) use tls::{TlsError, tls};

/// A listener at work.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Listener {
    /// Begins to listen.
    pub(crate) async fn start(
        address: SocketAddr,
        tls: Option<tokio_rustls::TlsAcceptor>,
        service: Arc<Service>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let accepting = tokio::spawn(accept(listener, tls, service));
        Ok(Self { address, accepting })
    }

    /// Stops, and waits until it has.
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

async fn accept(listener: TcpListener, tls: Option<tokio_rustls::TlsAcceptor>, service: Arc<Service>) {
    // Dropping the set ends the connections with the listener.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, tls.clone(), Arc::clone(&service)));
            }
            // Too many open files, for instance: others may succeed later.
            Err(_) => tokio::task::yield_now().await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, tls: Option<tokio_rustls::TlsAcceptor>, service: Arc<Service>) {
    // Without this a small answer waits for the acknowledgement of the one before.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => serve(stream, Connection::new(service, None)).await,
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                let chain = stream.get_ref().1.peer_certificates();
                let certificate = chain.and_then(<[_]>::first).map(|der| Sha256::digest(der).into());
                serve(stream, Connection::new(service, certificate)).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, connection: Connection) {
    let connection = Arc::new(connection);
    let answer = service_fn(move |request| {
        let connection = Arc::clone(&connection);
        async move { Ok::<_, std::convert::Infallible>(connection.answer(request).await) }
    });
    // A peer that breaks off is no event here.
    let _ =
        http1::Builder::new().title_case_headers(true).serve_connection(TokioIo::new(stream), answer).await;
}
