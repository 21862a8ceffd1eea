//! A bare socket server: each test writes the server side itself.
//!
//! It parses only the head and length of a request (RFC 9112, section 6).

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Whole requests as received: the number of the connection, from 0, head and body.
type Seen = Arc<Mutex<Vec<(usize, String, String)>>>;

pub(super) struct Peer {
    address: SocketAddr,
    seen: Seen,
    accepting: JoinHandle<()>,
}

impl Peer {
    /// Passes each connection to `serve`, with its number.
    pub(super) async fn start<F, Fut>(serve: F) -> Self
    where
        F: Fn(usize, Connection<TcpStream>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), serve)
    }

    /// The same on an existing listener.
    pub(super) fn on<F, Fut>(listener: TcpListener, serve: F) -> Self
    where
        F: Fn(usize, Connection<TcpStream>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let seen = Seen::default();
        let accepting = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                for number in 0.. {
                    let (stream, _) = listener.accept().await.unwrap();
                    tokio::spawn(serve(number, Connection { number, stream, seen: Arc::clone(&seen) }));
                }
            }
        });
        Self { address, seen, accepting }
    }

    /// Answers every request on every connection with the same bytes.
    pub(super) async fn answering(answer: &'static str) -> Self {
        Self::start(move |_, mut connection| async move {
            while connection.request().await.is_some() {
                connection.send(answer).await;
            }
        })
        .await
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/wsman", self.address)
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Frees the port.
    pub(super) async fn stop(mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }

    /// Connection and body of each request so far.
    pub(super) fn seen(&self) -> Vec<(usize, String)> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|(connection, _, body)| (*connection, body.clone())).collect()
    }

    /// The head of each request so far.
    pub(super) fn heads(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(_, head, _)| head.clone()).collect()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

pub(super) struct Connection<S> {
    number: usize,
    stream: S,
    seen: Seen,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Reads one whole request and returns its head; `None` after the client has closed.
    pub(super) async fn request(&mut self) -> Option<String> {
        Some(self.whole_request().await?.0)
    }

    /// Reads one whole request, head and body.
    pub(super) async fn whole_request(&mut self) -> Option<(String, Vec<u8>)> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok())
            .expect("a request without Content-Length");
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        let text = String::from_utf8_lossy(&body).into_owned();
        self.seen.lock().unwrap().push((self.number, head.clone(), text));
        Some((head, body))
    }

    /// Sends bytes unchanged; it does not matter whether the client still reads them.
    pub(super) async fn send(&mut self, answer: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(answer.as_ref()).await;
        let _ = self.stream.flush().await;
    }

    /// Waits until the client closes; discards what it sends until then.
    pub(super) async fn closed_by_client(&mut self) {
        while let Ok(1..) = self.stream.read(&mut [0; 64]).await {}
    }

    /// Closes this side and waits until the client has noticed.
    pub(super) async fn close(mut self) {
        let _ = self.stream.shutdown().await;
        self.closed_by_client().await;
    }
}

impl Connection<TcpStream> {
    /// Ends the connection with a reset.
    pub(super) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Continues with TLS; `None` if the handshake fails.
    pub(super) async fn tls(
        self,
        acceptor: tokio_rustls::TlsAcceptor,
    ) -> Option<Connection<tokio_rustls::server::TlsStream<TcpStream>>> {
        let stream = acceptor.accept(self.stream).await.ok()?;
        Some(Connection { number: self.number, stream, seen: self.seen })
    }
}

/// A complete answer with this status and this body.
pub(super) fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
