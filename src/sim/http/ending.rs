//! Injected faults of connections: reset, truncated, garbled, slow, or down with the whole listener.
//!
//! This bypasses hyper, which writes only valid HTTP. A reset closes the socket without waiting (`SO_LINGER` of zero), so that
//! the peer receives an RST. The rules decide when a fault occurs.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, oneshot, watch},
};
use tokio_rustls::server::TlsStream;

use super::answer::Answer;
use crate::{
    clock::Clock,
    sim::{clock::SimClock, faults::Spoil},
};

/// The end of a connection after hyper has stopped.
#[derive(Debug)]
pub(super) enum Ending {
    /// It is reset.
    Reset,
    /// These pieces are written.
    Written { pieces: Vec<Bytes>, pause: Duration, closes: bool },
}

/// The answer must not be written by hyper.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule of the lab spoils the answer")
    }
}

impl std::error::Error for Broken {}

/// A request to the listener to stop listening for a while.
#[derive(Debug)]
pub(crate) struct Fall {
    /// `None` until the node is up again.
    pub(super) until: Option<Duration>,
    /// Signalled when the address is no longer listening.
    pub(super) done: oneshot::Sender<()>,
}

/// The fault state shared by connections and listener.
#[derive(Debug)]
pub(crate) struct Line {
    falls: mpsc::UnboundedSender<Fall>,
    /// Signals to all connections that the listener has stopped.
    pub(super) fell: watch::Sender<()>,
    /// False while the node has failed.
    pub(super) up: watch::Sender<bool>,
    /// Whether the listener listens.
    pub(super) listening: watch::Sender<bool>,
    /// The last answer as sent on the connection.
    last: Mutex<Option<Bytes>>,
}

impl Line {
    /// The line, and the receiver for the listener.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Fall>) {
        let (falls, fall) = mpsc::unbounded_channel();
        let line = Self {
            falls,
            fell: watch::Sender::new(()),
            up: watch::Sender::new(true),
            listening: watch::Sender::new(true),
            last: Mutex::new(None),
        };
        (line, fall)
    }

    /// Takes the listener down for as long as the node has failed, or lets it listen again; waits until that has happened.
    pub(super) async fn set(&self, is_up: bool) {
        if self.up.send_replace(is_up) == is_up {
            return;
        }
        // An error below would mean that the listener no longer exists.
        if is_up {
            let _ = self.listening.subscribe().wait_for(|listens| *listens).await;
        } else if *self.listening.borrow() {
            let (done, fallen) = oneshot::channel();
            if self.falls.send(Fall { until: None, done }).is_ok() {
                let _ = fallen.await;
            }
        }
    }

    /// Applies a fault to the connection on which `answer` should have been sent.
    pub(super) async fn end(&self, answer: Answer, spoil: Spoil, clock: &SimClock) -> Ending {
        let close =
            |bytes: Bytes| Ending::Written { pieces: vec![bytes], pause: Duration::ZERO, closes: true };
        match spoil {
            Spoil::Down(time) => {
                let (done, fallen) = oneshot::channel();
                let fall = Fall { until: Some(clock.now().saturating_add(time)), done };
                if self.falls.send(fall).is_ok() {
                    // An error would mean that the listener no longer exists.
                    let _ = fallen.await;
                }
                Ending::Reset
            }
            Spoil::Truncate { bytes, .. } => {
                let (head, mut body) = written(answer).await;
                body.truncate(bytes.unwrap_or(body.len() / 2));
                close([head, body].concat().into())
            }
            Spoil::Garbage { .. } => close(Bytes::from_static(GARBAGE)),
            Spoil::Drip { bytes, pause } => {
                let (head, body) = written(answer).await;
                let whole = [head, body].concat();
                let pieces = whole.chunks(bytes.max(1)).map(Bytes::copy_from_slice).collect();
                Ending::Written { pieces, pause, closes: false }
            }
            Spoil::Replay(_) => {
                let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // Without an earlier answer there is nothing to repeat.
                last.map_or(Ending::Reset, |last| Ending::Written {
                    pieces: vec![last],
                    pause: Duration::ZERO,
                    closes: false,
                })
            }
            _ => Ending::Reset,
        }
    }

    /// Stores an answer for [`Spoil::Replay`].
    pub(super) async fn remember(&self, answer: &Answer) {
        let (head, body) = written(answer.clone()).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some([head, body].concat().into());
    }
}

/// Data that does not begin like HTTP: a TLS alert, and the greeting of another service.
const GARBAGE: &[u8] = b"\x15\x03\x01\x00\x02\x02\x46\r\n220 mail.lab.example ESMTP\r\n\0\xFF\xFE";

/// Head and body as hyper would write them.
async fn written(answer: Answer) -> (Bytes, Bytes) {
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let mut head = BytesMut::new();
    head.put_slice(format!("HTTP/1.1 {} \r\n", parts.status.as_str()).as_bytes());
    for (name, value) in &parts.headers {
        head.put_slice(name.as_str().as_bytes());
        head.put_slice(b": ");
        head.put_slice(value.as_bytes());
        head.put_slice(b"\r\n");
    }
    head.put_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
    (head.freeze(), body)
}

/// A connection that can be reset.
pub(super) trait Resettable: AsyncRead + AsyncWrite + Unpin {
    /// The socket below.
    fn socket(&self) -> &TcpStream;
}

impl Resettable for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Resettable for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Closes so that the peer receives an RST.
pub(super) fn reset(stream: impl Resettable) {
    // An error means that the socket is closed already.
    let _ = stream.socket().set_zero_linger();
}

/// Executes `ending`; returns the connection if it can still be used.
pub(super) async fn play<S: Resettable>(mut stream: S, ending: Ending, clock: &SimClock) -> Option<S> {
    let (pieces, pause, closes) = match ending {
        Ending::Reset => {
            reset(stream);
            return None;
        }
        Ending::Written { pieces, pause, closes } => (pieces, pause, closes),
    };
    for (place, piece) in pieces.iter().enumerate() {
        if place > 0 && !pause.is_zero() {
            clock.sleep(pause).await;
        }
        // The peer may close at any time.
        stream.write_all(piece).await.ok()?;
        stream.flush().await.ok()?;
    }
    if closes {
        let _ = stream.shutdown().await;
        return None;
    }
    Some(stream)
}
