//! A CIM namespace of a host, with its queries and enumerations.

use std::{fmt, sync::Arc};

use crate::{
    cim::{ClassName, ClassPath, Namespace, Wql},
    client::{
        Client, Enumeration, Error, ErrorKind, Inner,
        enumeration::{Take, whole},
        retry::Again,
    },
    limits::{Held, Limits, Most},
    wsman::{EndpointReference, OptionSet, SelectorSet},
};

/// A CIM namespace of a host; cheap to clone.
#[derive(Clone)]
pub struct CimNamespace {
    client: Client,
    name: Namespace,
}

impl Client {
    /// The CIM namespace `name` of the host, such as `root/cimv2`; nothing is sent.
    ///
    /// # Errors
    /// If `name` is not a valid name of a namespace.
    pub fn namespace(&self, name: &str) -> Result<CimNamespace, Error> {
        match name.parse() {
            Ok(name) => Ok(self.in_namespace(name)),
            Err(error) => Err(Error::before(ErrorKind::Name(error), "")),
        }
    }

    /// The CIM namespace `name` of the host; nothing is sent.
    pub fn in_namespace(&self, name: Namespace) -> CimNamespace {
        CimNamespace { client: self.clone(), name }
    }

    /// A handle of the same client that sends `options` with each request (`w:OptionSet`; DSP0226, section 6.4). They replace the
    /// options of this handle.
    ///
    /// ```
    /// # fn example(client: &hvsnap::Client) -> Result<(), hvsnap::ClientError> {
    /// use hvsnap::wsman::OptionSet;
    ///
    /// let client = client.with_options(&OptionSet::new().with("wmi:__ProviderArchitecture", "64"))?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If a name or value contains a character that XML cannot contain.
    pub fn with_options(&self, options: &OptionSet) -> Result<Self, Error> {
        let settings = self.0.settings.with_options(options);
        let settings = settings.map_err(|error| Error::before(ErrorKind::Unwritable(error), ""))?;
        Ok(Self(Arc::new(Inner { settings: Arc::new(settings), ..Inner::clone(&self.0) })))
    }
}

impl CimNamespace {
    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The name of the namespace.
    pub fn name(&self) -> &Namespace {
        &self.name
    }

    /// The same namespace with another handle of the client.
    pub(crate) fn through(&self, client: Client) -> Self {
        Self { client, name: self.name.clone() }
    }

    /// The same namespace with these options in each request; as [`Client::with_options`].
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::{cim::Wql, wsman::OptionSet};
    ///
    /// let options = OptionSet::new().with("wmi:__ProviderArchitecture", "64");
    /// let windows = client.namespace("root/cimv2")?.with_options(&options)?;
    /// let query = Wql::all("Win32_OperatingSystem".parse()?);
    /// assert!(windows.query(&query).await?.next().await?.is_some());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`Client::with_options`].
    pub fn with_options(&self, options: &OptionSet) -> Result<Self, Error> {
        Ok(self.through(self.client.with_options(options)?))
    }

    /// The path of `class`, or of all classes, in the client's form of resource URIs.
    pub(crate) fn class_path(&self, class: Option<ClassName>) -> ClassPath {
        ClassPath { namespace: self.name.clone(), class, form: self.client.0.form }
    }

    /// The reference to the instance of `class` with these keys.
    pub fn reference(&self, class: ClassName, keys: SelectorSet) -> EndpointReference {
        let path = self.class_path(Some(class));
        EndpointReference::new(path.resource_uri(), path.selectors(keys))
    }

    /// All instances of a query at once, for answers that are useful only as a whole. After a lost connection the query starts
    /// again from the beginning.
    pub(crate) async fn collect<T: Held>(
        &self,
        during: &str,
        query: &Wql,
        take: impl Fn() -> Take<T>,
    ) -> Result<Vec<T>, Error> {
        self.collect_within(during, query, take, Limits::collected).await
    }

    /// The same for an answer about all VMs, with the limits of such an answer.
    pub(crate) async fn collect_of_host<T: Held>(
        &self,
        during: &str,
        query: &Wql,
        take: impl Fn() -> Take<T>,
    ) -> Result<Vec<T>, Error> {
        self.collect_within(during, query, take, Limits::of_host).await
    }

    async fn collect_within<T: Held>(
        &self,
        during: &str,
        query: &Wql,
        take: impl Fn() -> Take<T>,
        most: fn(&Limits) -> Most,
    ) -> Result<Vec<T>, Error> {
        let mut again = Again::new(&self.client.0);
        loop {
            let outcome = match Enumeration::of(self, during, query, take()).await {
                Ok(enumeration) => whole(enumeration, most).await,
                Err(error) => Err(error),
            };
            if let Some(outcome) = again.after(&self.client.0, outcome).await {
                return outcome;
            }
        }
    }

    /// The same without a retry.
    pub(crate) async fn collect_once<T: Held>(
        &self,
        during: &str,
        query: &Wql,
        take: Take<T>,
    ) -> Result<Vec<T>, Error> {
        whole(Enumeration::of(self, during, query, take).await?, Limits::collected).await
    }
}

impl fmt::Debug for CimNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CimNamespace").field("client", &self.client).field("name", &self.name).finish()
    }
}
