//! The connections to one endpoint with one set of credentials.
//!
//! A connection carries one request at a time and is closed after an incomplete answer. A request is sent again only if nothing
//! of it was written.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use tokio::{sync::Semaphore, time::Instant};

use super::{
    Answer, Authentication, Endpoint, HttpError, HttpErrorKind, Late, Written,
    channel::{Channel, Outcome},
    limit::Limit,
    logon::Logon,
    proxy::ProxyConfig,
    tls::{ClientCertificate, Tls, TlsError, TlsOptions},
};
use crate::{
    auth::{Credentials, Exchange, Peer, ServicePrincipal},
    limits::Limits,
    violation::Violation,
};

/// The settings of a [`Pool`].
#[derive(Clone, Debug)]
pub(crate) struct PoolOptions {
    /// The number of connections; well below the 15 concurrent operations that a service allows a user.
    pub(crate) channels: usize,
    /// The time from name resolution to the end of the TLS handshake.
    pub(crate) connect_timeout: Duration,
    /// How long an idle channel stays usable. Windows closes a connection after two idle minutes, and devices in between may
    /// forget it silently; then the outcome of a request on it would be unknown.
    pub(crate) max_rest: Duration,
    pub(crate) tls: TlsOptions,
    pub(crate) proxy: Option<ProxyConfig>,
    /// The name of the service in its domain, if it is not `HTTP/host`.
    pub(crate) service_principal: Option<ServicePrincipal>,
    pub(crate) limits: Limits,
    /// True if a password may cross the network unencrypted.
    pub(crate) dangerous_plaintext: bool,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            channels: 4,
            connect_timeout: Duration::from_secs(15),
            max_rest: Duration::from_secs(60),
            tls: TlsOptions::default(),
            proxy: None,
            service_principal: None,
            limits: Limits::default(),
            dangerous_plaintext: false,
        }
    }
}

/// The state that all channels of a pool share.
pub(super) struct EndpointContext {
    pub(super) endpoint: Endpoint,
    pub(super) credentials: Credentials,
    pub(super) options: PoolOptions,
    pub(super) tls: Tls,
    pub(super) logon: Logon,
    authority: Arc<str>,
    /// The latest successful authentication.
    authentication: Mutex<Option<Authentication>>,
    /// True after the first HTTP answer.
    has_answered: AtomicBool,
    /// The host's time by the first answer on the latest connection, and the moment when it came.
    date: Mutex<Option<(Duration, Instant)>>,
}

impl EndpointContext {
    /// The host in the form that an exchange needs.
    pub(super) fn peer(&self) -> Peer {
        peer(&self.endpoint, &self.options)
    }

    /// Host and port.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) fn convinced(&self, by: Authentication) {
        self.credentials.accepted(&self.authority);
        self.logon.accepted();
        *self.authentication.lock().unwrap_or_else(PoisonError::into_inner) = Some(by);
    }

    /// Records that the host speaks HTTP, and its time if it told it.
    pub(super) fn answered(&self, date: Option<Duration>) {
        self.has_answered.store(true, Ordering::Relaxed);
        if let Some(date) = date {
            *self.date.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, Instant::now()));
        }
    }

    pub(super) fn error(&self, kind: HttpErrorKind, written: Written) -> HttpError {
        HttpError::new(&self.authority, kind, written)
    }

    pub(super) fn reqwest_error(&self, error: reqwest::Error) -> HttpError {
        let (connect, proxy) = (self.options.connect_timeout, self.options.proxy.as_ref());
        let error = HttpError::from_reqwest(&self.authority, error, connect, proxy);
        // An error before the connection is established says nothing about certificates.
        match (error.kind(), error.written()) {
            (HttpErrorKind::ConnectionLost, Written::Maybe) if self.has_unasked_identity() => {
                error.with_kind(HttpErrorKind::ClientCertificateLate(Late::Ended))
            }
            _ => error,
        }
    }

    /// True if the caller is authenticated by a certificate only, and the host has not requested it.
    pub(super) fn has_unasked_identity(&self) -> bool {
        self.credentials.as_certificate().is_some() && self.tls.has_unasked_certificate()
    }
}

fn peer(endpoint: &Endpoint, options: &PoolOptions) -> Peer {
    let spn = options.service_principal.clone();
    Peer { host: endpoint.host_without_zone().to_owned(), spn, sealed: !endpoint.is_tls() }
}

/// A bounded number of authenticated connections to one endpoint.
pub(crate) struct Pool {
    pub(super) context: Arc<EndpointContext>,
    permits: Semaphore,
    /// Each request also holds this permit while the pool is narrow.
    alone: Semaphore,
    is_narrow: AtomicBool,
    resting: Mutex<Vec<Resting>>,
    opened: AtomicU64,
}

struct Resting {
    channel: Box<Channel>,
    since: Instant,
    /// The same by the wall clock, which continues while the system sleeps; hosts close idle connections meanwhile.
    by_wall: SystemTime,
}

impl Resting {
    /// True if it has rested longer than `most` by either clock; a wall clock that was set back is ignored.
    fn has_rested(&self, most: Duration) -> bool {
        self.since.elapsed() >= most || self.by_wall.elapsed().is_ok_and(|rested| rested >= most)
    }
}

impl Pool {
    /// Checks everything that needs no connection, and opens none.
    pub(crate) fn new(
        endpoint: Endpoint,
        credentials: Credentials,
        mut options: PoolOptions,
    ) -> Result<Self, HttpError> {
        let authority: Arc<str> = endpoint.authority().into();
        let error = |kind| HttpError::new(&authority, kind, Written::Nothing);
        if let Some(pem) = credentials.as_certificate() {
            let own = ClientCertificate::from_pem(pem)
                .map_err(|cause| error(HttpErrorKind::ClientCertificate).with_source(cause))?;
            options.tls.client_certificate = Some(own);
        }
        let exchange = Exchange::new(&credentials, &peer(&endpoint, &options))
            .map_err(|cause| error(HttpErrorKind::Credentials(cause)))?;
        let is_tls = endpoint.is_tls();
        // With a proxy even a loopback address leaves the local computer.
        let open_to_readers = !is_tls && (!endpoint.is_loopback() || options.proxy.is_some());
        if exchange.reveals_password() && open_to_readers && !options.dangerous_plaintext {
            return Err(error(HttpErrorKind::PlaintextRefused { scheme: exchange.scheme() }));
        }
        if options.tls.client_certificate.is_some() && !is_tls {
            return Err(error(HttpErrorKind::CertificateNeedsTls));
        }
        // Without a tunnel a proxy may spread requests over connections of its own.
        if exchange.is_connection_bound() && options.proxy.is_some() && !is_tls {
            return Err(error(HttpErrorKind::ProxyNeedsTls));
        }
        let tls = if is_tls { Tls::new(&options.tls) } else { Tls::unused() };
        let tls = tls.map_err(|cause| match cause {
            TlsError::Trust(cause) => error(HttpErrorKind::TrustRoots).with_tls_source(&cause),
            TlsError::ClientCertificate(cause) => {
                error(HttpErrorKind::ClientCertificate).with_tls_source(&cause)
            }
        })?;
        Ok(Self {
            permits: Semaphore::new(options.channels.max(1)),
            alone: Semaphore::new(1),
            is_narrow: AtomicBool::new(false),
            context: Arc::new(EndpointContext {
                endpoint,
                credentials,
                options,
                tls,
                logon: Logon::default(),
                authority,
                authentication: Mutex::default(),
                has_answered: AtomicBool::default(),
                date: Mutex::default(),
            }),
            resting: Mutex::default(),
            opened: AtomicU64::default(),
        })
    }

    /// The host's time now, by the `Date` of an answer; `None` if it told none yet.
    pub(crate) fn host_time(&self) -> Option<Duration> {
        let date = *self.context.date.lock().unwrap_or_else(PoisonError::into_inner);
        date.map(|(date, came)| date.saturating_add(came.elapsed()))
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.context.endpoint
    }

    /// A pool for another host with the same credentials and options. Its certificate and its service principal are expected to
    /// have its own name, whatever was given for this host.
    pub(crate) fn another(&self, endpoint: Endpoint) -> Result<Self, HttpError> {
        let mut options = PoolOptions { service_principal: None, ..self.context.options.clone() };
        options.tls.server_name = None;
        Self::new(endpoint, self.context.credentials.clone(), options)
    }

    /// How the caller was authenticated on the connection opened last.
    pub(crate) fn authentication(&self) -> Option<Authentication> {
        self.context.authentication.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A text of the host, without the password that it may repeat.
    pub(crate) fn redact<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        self.context.credentials.redact(text)
    }

    /// Sends one body and returns the host's answer. The time for the answer counts once a channel is free; the caller's
    /// deadline also limits the wait for one.
    ///
    /// Dropping the future closes its connection. The caller must then assume that the whole request was written.
    pub(crate) async fn post(&self, body: Bytes, limit: Limit<'_>) -> Result<Answer, HttpError> {
        match self.answer(body, limit).await {
            Err(error) if self.may_speak_tls(&error) && self.speaks_tls().await => {
                Err(self.context.error(HttpErrorKind::SpeaksTls, error.written()))
            }
            outcome => outcome,
        }
    }

    /// True if the port may expect TLS: over plain HTTP it has answered only with bytes that are not HTTP.
    fn may_speak_tls(&self, error: &HttpError) -> bool {
        let is_garbled = *error.kind() == HttpErrorKind::Violation(Violation::BadHttp);
        let has_answered = self.context.has_answered.load(Ordering::Relaxed);
        is_garbled && !has_answered && !self.context.endpoint.is_tls() && !self.is_proxied()
    }

    async fn answer(&self, body: Bytes, mut limit: Limit<'_>) -> Result<Answer, HttpError> {
        let free = async {
            // The semaphores are never closed, so a permit is always granted.
            let permit = self.permits.acquire().await;
            let alone = match self.is_narrow.load(Ordering::Relaxed) {
                true => Some(self.alone.acquire().await),
                false => None,
            };
            (permit, alone)
        };
        let Some(_permits) = limit.uncut(free).await else {
            return Err(self.context.error(HttpErrorKind::CutOff, Written::Nothing));
        };
        let outcome = match self.rested() {
            Some(channel) => channel.post(body.clone(), &mut limit).await?,
            None => Outcome::Gone,
        };
        let outcome = match outcome {
            Outcome::Gone => self.fresh()?.post(body, &mut limit).await?,
            answered => answered,
        };
        match outcome {
            Outcome::Answered(answer, channel) => {
                let mut resting = self.lock();
                let has_room = resting.is_empty() || !self.is_narrow.load(Ordering::Relaxed);
                if let Some(channel) = channel.filter(|_| has_room) {
                    resting.push(Resting { channel, since: Instant::now(), by_wall: SystemTime::now() });
                }
                Ok(answer)
            }
            // Not reached: a fresh channel reports its connection as lost instead.
            Outcome::Gone => Err(self.context.error(HttpErrorKind::ConnectionLost, Written::Nothing)),
        }
    }

    /// Limits the pool to one request and one connection at a time; requests in progress continue.
    pub(crate) fn narrow(&self) {
        self.is_narrow.store(true, Ordering::Relaxed);
        let mut resting = self.lock();
        let spare = resting.len().saturating_sub(1);
        resting.drain(..spare);
    }

    /// Restores the full number of connections.
    pub(crate) fn widen(&self) {
        self.is_narrow.store(false, Ordering::Relaxed);
    }

    /// The most recently used channel, unless all have rested for too long.
    fn rested(&self) -> Option<Box<Channel>> {
        let mut resting = self.lock();
        resting.retain(|resting| !resting.has_rested(self.context.options.max_rest));
        resting.pop().map(|resting| resting.channel)
    }

    pub(super) fn fresh(&self) -> Result<Box<Channel>, HttpError> {
        Channel::new(&self.context, self.opened.fetch_add(1, Ordering::Relaxed))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("endpoint", &self.context.endpoint).finish_non_exhaustive()
    }
}
