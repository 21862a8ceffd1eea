//! [`ClientBuilder`]: address, credentials and settings of a client.
//!
//! Only [`connect`](ClientBuilder::connect) opens a connection. The defaults are those of Windows' own client.

use std::{sync::Arc, time::Duration};

use crate::{
    Limits,
    auth::{Credentials, ServicePrincipal, ServicePrincipalError},
    cim::UriForm,
    client::{
        Client, Effect, Error, ErrorKind, Inner, SystemClock,
        config::{RetryPolicy, Timeouts},
        connection_error::ConnectionError,
        given::{self, Unread},
        retry::Retry,
        wire::Messages,
    },
    clock::Clock,
    http::{
        CertificateFingerprintError, Endpoint, Pool, PoolOptions, ProxyConfig, ProxyConfigError, TlsConfig,
        TlsConfigError,
    },
    wsman::{RequestOptions, RequestSettings},
};

/// Builds a [`Client`].
///
/// ```no_run
/// use std::time::Duration;
///
/// use hvsnap::{Client, Credentials, Secret, Timeouts, TlsConfig};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::builder("https://hv01.corp.example:5986")
///     .credentials(Credentials::negotiate(r"CORP\ops", Secret::from_env("HVSNAP_PASSWORD")?))
///     .tls(TlsConfig::new().ca_certificates(std::fs::read("authority.pem")?)?)
///     .timeouts(Timeouts::new().operation(Duration::from_secs(30)))
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    address: Unread,
    credentials: Option<Credentials>,
    form: UriForm,
    locale: String,
    timeouts: Timeouts,
    retry: RetryPolicy,
    page_size: u32,
    max_envelope_size: Option<u32>,
    channels: usize,
    tls: TlsConfig,
    proxy: Option<ProxyConfig>,
    service_principal: Option<ServicePrincipal>,
    pub(super) plaintext: bool,
    limits: Limits,
    clock: Option<Arc<dyn Clock>>,
}

impl ClientBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            address: Unread::new(address),
            credentials: None,
            form: UriForm::Wmi,
            locale: "en-US".to_owned(),
            timeouts: Timeouts::new(),
            retry: RetryPolicy::new(),
            page_size: 100,
            max_envelope_size: None,
            channels: 4,
            tls: TlsConfig::new(),
            proxy: None,
            service_principal: None,
            plaintext: false,
            limits: Limits::default(),
            clock: None,
        }
    }

    /// The credentials of the caller.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The form of resource URIs; by default Microsoft's.
    pub fn uri_form(mut self, form: UriForm) -> Self {
        self.form = form;
        self
    }

    /// The language of the host's texts; by default `en-US`. A host without that language uses its own.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = locale.into();
        self
    }

    /// The time limits of requests and connections.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The retry of failed reads.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The number of instances to request per page; by default 100.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = items;
        self
    }

    /// The greatest size of a message from the host, in bytes; by default 512,000 (500 KiB), as in Windows' own client.
    ///
    /// The host answers with a fault instead of a larger message. Its own `MaxEnvelopeSizekb` also applies.
    pub fn max_envelope_size(mut self, bytes: u32) -> Self {
        self.max_envelope_size = Some(bytes);
        self
    }

    /// The greatest number of connections; by default 4, well below a host's quota of operations.
    pub fn connections(mut self, connections: usize) -> Self {
        self.channels = connections;
        self
    }

    /// The accepted host certificates, and the client certificate; by default the platform's authorities are trusted.
    pub fn tls(mut self, config: TlsConfig) -> Self {
        self.tls = config;
        self
    }

    /// An HTTP proxy; by default none. The environment is not consulted.
    pub fn proxy(mut self, proxy: ProxyConfig) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// The name of the service in its domain; by default `HTTP/` and the host in the address. Required if the address is an alias
    /// or an IP address.
    pub fn service_principal(mut self, name: ServicePrincipal) -> Self {
        self.service_principal = Some(name);
        self
    }

    /// Limits on data read from the host.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The clock for pauses and deadlines; by default the system's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Checks the settings and makes the client; nothing is sent.
    ///
    /// # Errors
    /// If the address or the credentials are not usable, or settings exclude each other.
    pub fn build(self) -> Result<Client, Error> {
        let fail = |kind| Error::before(kind, SETTING_UP);
        let setting = |text: &str| fail(ErrorKind::Setting(text.to_owned()));
        let address = self.address.as_str();
        let endpoint = if address.contains("://") {
            Endpoint::from_url(address)
        } else {
            Endpoint::from_host(address, false)
        };
        let endpoint = endpoint.map_err(|error| fail(ErrorKind::Endpoint(error)))?;
        if endpoint.zone().is_some() && self.proxy.is_some() {
            return Err(setting(ZONE_AND_PROXY));
        }
        let credentials = self.credentials.ok_or_else(|| setting("no credentials were given"))?;
        if self.page_size == 0 {
            return Err(setting("a page of no instances never ends"));
        }
        let max_envelope_size = given::envelope(self.max_envelope_size, &self.limits)
            .map_err(|text| fail(ErrorKind::Setting(text)))?;
        let options = PoolOptions {
            channels: self.channels,
            connect_timeout: self.timeouts.connect,
            tls: self.tls.into_options(),
            proxy: self.proxy,
            service_principal: self.service_principal,
            limits: self.limits.clone(),
            dangerous_plaintext: self.plaintext,
            ..PoolOptions::default()
        };
        let user = credentials.user().map(str::to_owned);
        let pool = Pool::new(endpoint, credentials, options)
            .map_err(|error| fail(ErrorKind::Connection(ConnectionError(error))))?;
        let settings = RequestSettings::new(&RequestOptions {
            to: &pool.endpoint().without_zone().to_string(),
            locale: &self.locale,
            max_envelope_size,
            operation_timeout: self.timeouts.operation,
        })
        .map_err(|error| fail(ErrorKind::Unwritable(error)))?;
        let budget = self.retry.budget.unwrap_or_else(|| self.timeouts.operation.saturating_mul(2));
        let seed = self.retry.jitter_seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().1);
        Ok(Client(Arc::new(Inner {
            pool: Arc::new(pool),
            settings: Arc::new(settings),
            limits: self.limits,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
            deadline: None,
            form: self.form,
            page_size: self.page_size,
            // Beyond the host's operation timeout, the network needs some time.
            answer_timeout: self.timeouts.operation.saturating_add(Duration::from_secs(30)),
            retry: Arc::new(Retry::new(budget, seed)),
            messages: Arc::new(Messages::from_random(uuid::Uuid::new_v4().as_u128())),
            user,
        })))
    }

    /// Makes the client and identifies the host, so that a wrong address or password shows at once.
    ///
    /// # Errors
    /// As [`build`](Self::build), and if the host does not answer as a WS-Management service.
    pub async fn connect(self) -> Result<Client, Error> {
        let client = self.build()?;
        client.identify().await.map_err(|error| error.with_effect(Effect::None))?;
        Ok(client)
    }
}

pub(super) const ZONE_AND_PROXY: &str = "an address with a zone is not reached through a proxy";

const SETTING_UP: &str = "setting up the client";

/// A setting that was found unusable when it was given.
macro_rules! of_setting {
    ($($error:ty),+) => {
        $(impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::before(ErrorKind::Setting(error.to_string()), SETTING_UP)
            }
        })+
    };
}

of_setting!(TlsConfigError, CertificateFingerprintError, ProxyConfigError, ServicePrincipalError);
