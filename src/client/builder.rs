//! Describing a client: address, credentials, and what else differs from the defaults.
//!
//! It never connects before it is told to. Defaults are those of Windows' own client.

use std::{sync::Arc, time::Duration};

use crate::{
    Limits, Secret,
    auth::{Credentials, ServicePrincipalError},
    cim::UriForm,
    client::{
        Client, Effect, Error, ErrorKind, Inner, SystemClock,
        connection_error::ConnectionError,
        given::{self, Unread},
        retry::Retry,
        wire::Messages,
    },
    clock::Clock,
    http::{
        ClientCertificate, Endpoint, Fingerprint, Pool, PoolOptions, Proxy, Roots, TlsOptions, server_name,
    },
    wsman::{RequestOptions, RequestSettings},
};

/// Describes a [`Client`].
#[derive(Debug)]
pub struct ClientBuilder {
    address: Unread,
    credentials: Option<Credentials>,
    form: UriForm,
    locale: String,
    operation_timeout: Duration,
    connect_timeout: Duration,
    page_size: u32,
    max_envelope_size: Option<u32>,
    channels: usize,
    ca_pem: Option<Vec<u8>>,
    platform_roots: bool,
    pinned_fingerprint: Option<String>,
    server_name: Option<String>,
    client_certificate: Option<Secret>,
    proxy: Option<Unread>,
    service_principal: Option<String>,
    pub(super) plaintext: bool,
    limits: Limits,
    clock: Option<Arc<dyn Clock>>,
    patience: Option<Duration>,
    jitter_seed: Option<u64>,
}

impl ClientBuilder {
    pub(super) fn new(address: String) -> Self {
        Self {
            address: Unread::new(address),
            credentials: None,
            form: UriForm::Wmi,
            locale: "en-US".to_owned(),
            operation_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(15),
            page_size: 100,
            max_envelope_size: None,
            channels: 4,
            ca_pem: None,
            platform_roots: true,
            pinned_fingerprint: None,
            server_name: None,
            client_certificate: None,
            proxy: None,
            service_principal: None,
            plaintext: false,
            limits: Limits::default(),
            clock: None,
            patience: None,
            jitter_seed: None,
        }
    }

    /// Who the caller is.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// The form of resource URIs; by default Microsoft's.
    #[must_use]
    pub fn uri_form(mut self, form: UriForm) -> Self {
        self.form = form;
        self
    }

    /// The language of the host's texts; by default `en-US`. A host that lacks it answers in its own.
    #[must_use]
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = locale.into();
        self
    }

    /// How long the host may take for one operation; by default, and at most on Windows, 60 s.
    #[must_use]
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.operation_timeout = timeout;
        self
    }

    /// How long opening a connection may take; by default 15 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How many instances to ask for at a time; by default 100.
    #[must_use]
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = items;
        self
    }

    /// How many bytes a message of the host may have; by default 512,000 (500 KiB), as by Windows' own client.
    ///
    /// What is larger the host does not send, and says so. It sends no more than its own `MaxEnvelopeSizekb` in any case.
    #[must_use]
    pub fn max_envelope_size(mut self, bytes: u32) -> Self {
        self.max_envelope_size = Some(bytes);
        self
    }

    /// How many connections to hold at most; by default 4, well below a host's quota of operations.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.channels = connections;
        self
    }

    /// Certificates (PEM) of authorities to trust besides the platform's.
    #[must_use]
    pub fn ca_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self.platform_roots = true;
        self
    }

    /// Certificates (PEM) of the only authorities to trust.
    #[must_use]
    pub fn only_ca_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_pem = Some(pem.into());
        self.platform_roots = false;
        self
    }

    /// The SHA-256 fingerprint of the only certificate to accept from the host: 64 hexadecimal digits, colons allowed.
    ///
    /// Name, dates and issuer of the certificate do not matter then, nor do CA certificates, so this is the way for a
    /// self-signed one, for one without subject alternative names and for one that is signed with SHA-1. The host must
    /// still prove that it holds the key. The fingerprint that Windows shows is SHA-1 and cannot be used;
    /// `openssl x509 -in FILE -noout -fingerprint -sha256` prints the one that is meant here.
    #[must_use]
    pub fn pinned_fingerprint(mut self, sha256: impl Into<String>) -> Self {
        self.pinned_fingerprint = Some(sha256.into());
        self
    }

    /// The name that the host's certificate must be for, if not the one in the address: for a host that is reached by
    /// its address or by an alias.
    #[must_use]
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// A certificate to show to a host in TLS that wants one from everybody, whoever the caller says he is: PEM, in the form
    /// of [`Credentials::certificate`], which is for a certificate that says who the caller is.
    #[must_use]
    pub fn client_certificate(mut self, pem: Secret) -> Self {
        self.client_certificate = Some(pem);
        self
    }

    /// An HTTP proxy on the way to the host: `http://HOST:PORT`; by default none, whatever the environment says.
    ///
    /// A host with TLS is reached through a tunnel (CONNECT), in which the connection stays one. Without TLS a proxy
    /// carries Basic authentication only, for which it counts as a network that others can read. Authentication to the
    /// proxy itself is not supported.
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(Unread::new(url));
        self
    }

    /// The name under which the service is known to Kerberos and to a host that checks it with NTLM; by default `HTTP/`
    /// and the host in the address. A host that is reached by an alias or an address needs it. The forms are `HTTP/host`,
    /// `HTTP/host@REALM`, and GSSAPI's `HTTP@host`, which the system's Kerberos library completes by its configuration.
    #[must_use]
    pub fn service_principal(mut self, name: impl Into<String>) -> Self {
        self.service_principal = Some(name.into());
        self
    }

    /// Bounds on what is read from the host.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The clock that waiting is measured with; by default the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// How long after its beginning a read that failed may still be tried again; by default two operation timeouts. What changes
    /// the host is sent once in any case.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Seeds the chance by which pauses differ, so that a test sees the same ones each time.
    #[must_use]
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// Checks the description and makes the client; nothing is sent.
    ///
    /// # Errors
    /// If the address, a name, a certificate or the credentials cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        const DURING: &str = "setting up the client";
        let fail = |kind| Error::before(kind, DURING);
        let setting = |text: &str| fail(ErrorKind::Setting(text.to_owned()));
        let address = self.address.as_str();
        let endpoint = if address.contains("://") {
            Endpoint::from_url(address)
        } else {
            Endpoint::from_host(address, false)
        };
        let endpoint = endpoint.map_err(|error| fail(ErrorKind::Endpoint(error)))?;
        let (tls, proxy) = self.way().map_err(|text| fail(ErrorKind::Setting(text)))?;
        if endpoint.zone().is_some() && proxy.is_some() {
            return Err(setting("an address with a zone is not reached through a proxy"));
        }
        let service_principal = self.service_principal.as_deref().map(str::parse).transpose();
        let service_principal =
            service_principal.map_err(|error: ServicePrincipalError| setting(&error.to_string()))?;
        let credentials = self.credentials.ok_or_else(|| setting("no credentials were given"))?;
        if self.page_size == 0 {
            return Err(setting("a page of no instances never ends"));
        }
        let max_envelope_size = given::envelope(self.max_envelope_size, &self.limits)
            .map_err(|text| fail(ErrorKind::Setting(text)))?;
        let options = PoolOptions {
            channels: self.channels,
            connect_timeout: self.connect_timeout,
            tls,
            proxy,
            service_principal,
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
            operation_timeout: self.operation_timeout,
        })
        .map_err(|error| fail(ErrorKind::Unwritable(error)))?;
        let patience = self.patience.unwrap_or_else(|| self.operation_timeout.saturating_mul(2));
        let seed = self.jitter_seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().1);
        Ok(Client(Arc::new(Inner {
            pool: Arc::new(pool),
            settings: Arc::new(settings),
            limits: self.limits,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
            deadline: None,
            form: self.form,
            page_size: self.page_size,
            // The host needs its operation timeout, and the network a while.
            answer_timeout: self.operation_timeout.saturating_add(Duration::from_secs(30)),
            retry: Arc::new(Retry::new(patience, seed)),
            messages: Arc::new(Messages::from_random(uuid::Uuid::new_v4().as_u128())),
            user,
        })))
    }

    /// What stands between here and the host; the error is the setting that cannot be used.
    fn way(&self) -> Result<(TlsOptions, Option<Proxy>), String> {
        let roots = match (&self.ca_pem, self.platform_roots) {
            (None, _) => Ok(Roots::Platform),
            (Some(pem), true) => Roots::platform_and(pem),
            (Some(pem), false) => Roots::only(pem),
        };
        let tls = TlsOptions {
            roots: roots.map_err(|error| format!("the CA certificates: {error}"))?,
            pinned: given::read(&self.pinned_fingerprint, Fingerprint::parse)
                .ok_or("a SHA-256 fingerprint has 64 hexadecimal digits")?,
            server_name: given::read(&self.server_name, server_name)
                .ok_or("the name for the host's certificate is neither a name nor an address")?,
            client_certificate: self
                .client_certificate
                .as_ref()
                .map(ClientCertificate::from_pem)
                .transpose()
                .map_err(|error| format!("the client certificate: {error}"))?,
        };
        let proxy = self.proxy.as_ref().map(|url| Proxy::from_url(url.as_str())).transpose();
        Ok((tls, proxy.map_err(|error| error.to_string())?))
    }

    /// Makes the client and asks the host who it is, so that a wrong address or password shows at once.
    ///
    /// # Errors
    /// As [`build`](Self::build), and if the host does not answer as a WS-Management service.
    pub async fn connect(self) -> Result<Client, Error> {
        let client = self.build()?;
        client.identify().await.map_err(|error| error.with_effect(Effect::None))?;
        Ok(client)
    }
}
