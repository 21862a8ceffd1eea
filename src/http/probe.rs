//! Checks the path to a host step by step: name, TCP, TLS, and the answer to an anonymous request.
//!
//! No credentials are sent. Each step uses its own connection.

use std::{
    fmt,
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

use bytes::Bytes;

use super::{
    HttpError, HttpErrorKind, Pool, Written,
    connection::{Connection, soap},
    handshake::schemes,
    waiting,
};

/// A host's answer to an anonymous request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Greeting {
    pub(crate) status: u16,
    /// The schemes that the host offers.
    pub(crate) schemes: Vec<String>,
    /// The host's clock, as time since 1970.
    pub(crate) date: Option<Duration>,
}

/// The addresses of a host's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Addresses(Vec<SocketAddr>);

impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list: Vec<_> = self.0.iter().map(|address| address.ip().to_string()).collect();
        f.write_str(&list.join(", "))
    }
}

/// The time for a peer to send the few bytes that identify its protocol.
const TO_TELL: Duration = Duration::from_secs(1);

impl Pool {
    /// True if the port answers plain HTTP with a TLS record (RFC 8446, section 5.1), such as an alert.
    ///
    /// Sends an empty request on a separate connection.
    pub(super) async fn speaks_tls(&self) -> bool {
        let Ok(addresses) = self.resolve().await else { return false };
        let port = self.context.endpoint.port();
        let authority = self.context.endpoint.without_zone().authority();
        let request = format!("POST / HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 0\r\n\r\n");
        let asked = self.blocking(move || {
            let mut place = *addresses.0.first().ok_or(io::ErrorKind::AddrNotAvailable)?;
            place.set_port(port);
            let mut stream = TcpStream::connect_timeout(&place, TO_TELL)?;
            stream.set_read_timeout(Some(TO_TELL))?;
            stream.set_write_timeout(Some(TO_TELL))?;
            stream.write_all(request.as_bytes())?;
            let mut first = [0; 3];
            stream.read_exact(&mut first)?;
            Ok(matches!(first, [20..=23, 3, 0..=4]))
        });
        matches!(asked.await, Ok(Ok(true)))
    }

    /// True if there is a proxy, which then resolves the name and opens the connection.
    pub(crate) fn is_proxied(&self) -> bool {
        self.context.options.proxy.is_some()
    }

    /// The addresses of the host's name.
    pub(crate) async fn resolve(&self) -> Result<Addresses, HttpError> {
        let endpoint = self.context.endpoint.clone();
        let look_up = |host: &str| Ok((host, 0).to_socket_addrs()?.collect());
        // A zone is valid with a link-local address; the resolver rejects it with any other.
        let resolving = move || look_up(endpoint.host()).or_else(|_| look_up(endpoint.host_without_zone()));
        let found = self.blocking(resolving).await?;
        let mut addresses: Vec<SocketAddr> = match found {
            Ok(addresses) => addresses,
            Err(error) => return Err(self.failed(HttpErrorKind::NameResolution).with_source(error)),
        };
        addresses.dedup();
        if addresses.is_empty() {
            return Err(self.failed(HttpErrorKind::NameResolution));
        }
        Ok(Addresses(addresses))
    }

    /// Opens a TCP connection to the first address that accepts one, and closes it again.
    pub(crate) async fn reach(&self, addresses: Addresses) -> Result<SocketAddr, HttpError> {
        let limit = self.context.options.connect_timeout;
        let port = self.context.endpoint.port();
        let reached = self.blocking(move || {
            let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
            for mut place in addresses.0 {
                place.set_port(port);
                match TcpStream::connect_timeout(&place, limit) {
                    Ok(_) => return Ok(vec![place]),
                    Err(error) => last = error,
                }
            }
            Err(last)
        });
        let error = match reached.await? {
            Ok(places) => match places.first() {
                Some(place) => return Ok(*place),
                None => io::Error::from(io::ErrorKind::AddrNotAvailable),
            },
            Err(error) => error,
        };
        let kind = match error.kind() {
            io::ErrorKind::ConnectionRefused => HttpErrorKind::ConnectRefused,
            io::ErrorKind::TimedOut => HttpErrorKind::ConnectTimedOut(limit),
            _ => HttpErrorKind::Unreachable,
        };
        Err(self.failed(kind).with_source(error))
    }

    /// Performs the TLS handshake and checks the certificate, but sends nothing.
    pub(crate) async fn secure(&self) -> Result<(), HttpError> {
        let mut connection = Connection::new(&self.context, 0, true)?;
        self.within(connection.open()).await.map(|_| ())
    }

    /// Sends an anonymous request: the refusal lists the schemes and the time.
    pub(crate) async fn greet(&self) -> Result<Greeting, HttpError> {
        let mut connection = Connection::new(&self.context, 0, false)?;
        let asked = async {
            let sent = connection.send(None, soap(), Bytes::new()).await;
            let Some(mut reply) = connection.arrived(sent)? else {
                return Err(self.failed(HttpErrorKind::ConnectionLost));
            };
            let greeting = Greeting {
                status: reply.status().as_u16(),
                schemes: schemes(&reply.challenges()),
                date: reply.date(),
            };
            connection.read(&mut reply).await?;
            Ok(greeting)
        };
        self.within(asked).await
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, HttpError>>) -> Result<T, HttpError> {
        let limit = self.context.options.connect_timeout;
        let late = |_| self.failed(HttpErrorKind::AnswerTimedOut(limit));
        tokio::time::timeout(limit, work).await.map_err(late)?
    }

    /// Runs blocking work: the system's resolver and sockets offer no other interface.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<io::Result<T>, HttpError> {
        waiting::on_a_thread(work).await.map_err(|error| self.failed(HttpErrorKind::Setup).with_source(error))
    }

    fn failed(&self, kind: HttpErrorKind) -> HttpError {
        self.context.error(kind, Written::Nothing)
    }
}
