//! The operations on any instance: Identify, Get, Put, Create, Delete, Invoke.
//!
//! A read is tried again where the connection or the host was too weak for it. What may change the host is sent once; if its
//! answer is lost, the error has [`Effect::Unknown`].

use crate::{
    cim::{Call, Instance, Lookup, MethodOutput, Parameters, Value, encode},
    client::{CimNamespace, Client, Effect, Error, Inner},
    wsman::{Create, Delete, EndpointReference, Identify, Identity, Put, SelectorSet},
};

const IDENTIFYING: &str = "asking the host who it is";

impl Client {
    /// Asks the host who it is.
    ///
    /// # Errors
    /// If it cannot be reached, does not accept the user, or is no WS-Management service.
    pub async fn identify(&self) -> Result<Identity, Error> {
        self.0.read(IDENTIFYING, &Identify).await
    }

    /// Reads the instance that `target` names (DSP0226, section 7.2).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::cim::Wql;
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "web-01")?;
    /// let reference = hyperv.query_references(&query).await?.next().await?.expect("the VM is there");
    /// let vm = client.get(&reference).await?;
    /// assert_eq!(vm.read::<String>("ElementName")?.as_deref(), Some("web-01"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If there is none ([`Error::is_not_found`]), or it cannot be read.
    pub async fn get(&self, target: &EndpointReference) -> Result<Instance<'static>, Error> {
        let during = format!("reading an instance of {}", target.resource_uri.last_segment());
        self.0.read(&during, &Lookup::of(target, |instance| Ok(instance.into_owned()))).await
    }

    /// Changes the instance that `target` names to `instance` (DSP0226, section 7.3): what it does not hold becomes null, or stays,
    /// as the provider has it. Sent once.
    ///
    /// # Errors
    /// If the host refuses, or its answer is lost ([`Effect::Unknown`]).
    pub async fn put(&self, target: &EndpointReference, instance: &Instance<'_>) -> Result<(), Error> {
        let during = format!("changing an instance of {}", target.resource_uri.last_segment());
        let write = |writer: &mut _| encode::instance(writer, target.resource_uri.as_str(), instance);
        let put = Put { target, declarations: &encode::OF_INSTANCES, write };
        self.0.call(&during, &put).await
    }

    /// Removes the instance that `target` names (DSP0226, section 7.4). Sent once. A snapshot is destroyed by a method, not by this.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn delete(&self, target: &EndpointReference) -> Result<(), Error> {
        let during = format!("removing an instance of {}", target.resource_uri.last_segment());
        self.0.call(&during, &Delete { target }).await
    }

    /// Calls `method` of the instance that `target` names (DSP0230, section 10.3). Sent once: also a call of which not a byte was
    /// written is not sent again. Any return value is a result.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::cim::{Parameters, Wql};
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_VirtualSystemSnapshotService".parse()?);
    /// let service = hyperv.query_references(&query).await?.next().await?.expect("every host has one");
    /// let nothing = hyperv.reference(
    ///     "Msvm_VirtualSystemSettingData".parse()?,
    ///     hvsnap::wsman::SelectorSet::new().with("InstanceID", "Microsoft:00000000-0000-0000-0000-000000000000"),
    /// );
    /// let output = client.invoke(&service, "DestroySnapshot", &Parameters::new().with("AffectedSnapshot", nothing)).await?;
    /// assert_ne!(output.return_value(), 0);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host refuses the call before the method runs, or its answer is lost ([`Effect::Unknown`]).
    pub async fn invoke(
        &self,
        target: &EndpointReference,
        method: &str,
        parameters: &Parameters,
    ) -> Result<MethodOutput, Error> {
        let during = format!("calling {method} of {}", target.resource_uri.last_segment());
        let parameters: Vec<(&str, Value)> =
            parameters.iter().map(|(name, value)| (name, value.clone())).collect();
        self.0.call(&during, &Call::on(target, method, &parameters, MethodOutput::from_output)).await
    }
}

impl CimNamespace {
    /// Makes `instance` (DSP0226, section 7.5), and returns the reference to it. Sent once.
    ///
    /// # Errors
    /// As [`Client::put`].
    pub async fn create(&self, instance: &Instance<'_>) -> Result<EndpointReference, Error> {
        let during = format!("making an instance of {}", instance.class());
        let class = instance.class().parse();
        let class = class.map_err(|error| Error::before(super::ErrorKind::Name(error), during.as_str()))?;
        let path = self.class_path(Some(class));
        let (resource_uri, selectors) = (path.resource_uri(), path.selectors(SelectorSet::new()));
        let write = |writer: &mut _| encode::instance(writer, resource_uri.as_str(), instance);
        let create = Create {
            resource_uri: &resource_uri,
            selectors: &selectors,
            declarations: &encode::OF_INSTANCES,
            write,
        };
        self.client().0.call(&during, &create).await
    }
}

impl Inner {
    /// Who answers, asked once: an account must not be locked by trying again.
    pub(crate) async fn identify_once(&self) -> Result<Identity, Error> {
        self.ask(IDENTIFYING, &Identify).await.map_err(|error| error.with_effect(Effect::None))
    }
}
