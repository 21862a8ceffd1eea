//! Instances of a class as a Rust type (feature `serde`).

use crate::{
    cim::{CimClass, Instance, InstanceError, Wql},
    client::{CimNamespace, Effect, Enumeration, Error, ErrorKind},
    violation::{ProtocolError, Violation},
};

impl CimNamespace {
    /// All instances of the class of `T`, including subclasses.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(all(feature = "sim", feature = "serde"))] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct System {
    ///     element_name: String,
    ///     enabled_state: Option<u16>,
    /// }
    ///
    /// impl hvsnap::cim::CimClass for System {
    ///     const CLASS: &'static str = "Msvm_ComputerSystem";
    /// }
    ///
    /// let systems: Vec<System> = client.namespace("root/virtualization/v2")?.enumerate().await?;
    /// assert!(systems.iter().any(|system| system.element_name == "web-01"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host does not know the class, or an instance does not fit the type.
    pub async fn enumerate<T: CimClass>(&self) -> Result<Vec<T>, Error> {
        let class = T::CLASS.parse().map_err(|error| Error::before(ErrorKind::Name(error), ""))?;
        self.query_as(&Wql::all(class)).await
    }

    /// The instances of a query as `T`, all at once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(all(feature = "sim", feature = "serde"))] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// #[derive(serde::Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Processor {
    ///     number_of_cores: u32,
    /// }
    ///
    /// impl hvsnap::cim::CimClass for Processor {
    ///     const CLASS: &'static str = "Win32_Processor";
    /// }
    ///
    /// let query = hvsnap::cim::Wql::all("Win32_Processor".parse()?).and_equals("DeviceID", "CPU0")?;
    /// let first: Vec<Processor> = client.namespace("root/cimv2")?.query_as(&query).await?;
    /// assert_eq!(first.len(), 1);
    /// assert!(first[0].number_of_cores > 0);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`enumerate`](Self::enumerate).
    pub async fn query_as<T: CimClass>(&self, query: &Wql) -> Result<Vec<T>, Error> {
        let during = format!("the query {:?}", query.to_string());
        let mut enumeration: Enumeration<Instance<'static>> = self.query(query).await?;
        let mut all = Vec::new();
        while let Some(instance) = enumeration.next().await? {
            all.push(T::from_instance(&instance).map_err(|error| misfit(&error, &during))?);
        }
        Ok(all)
    }
}

fn misfit(error: &InstanceError, during: &str) -> Error {
    let offence = ProtocolError::new(Violation::BadProperty, error.to_string());
    Error::new(ErrorKind::Protocol(offence), during, Effect::None)
}
