//! The operations on any instance: Identify, Get, Put, Create, Delete, Invoke.
//!
//! A read is retried if the connection failed or the host was overloaded. A request that may change the host is sent once; if
//! its answer is lost, the error has [`Effect::Unknown`].

use std::iter;

use crate::{
    cim::{Call, ClassName, Instance, Lookup, MethodOutput, Parameters, Raw, Value, encode},
    client::{CimNamespace, Client, Effect, Error, ErrorKind, Inner},
    wsman::{Create, Delete, EndpointReference, Identify, Identity, Put, SelectorSet},
};

const IDENTIFYING: &str = "identifying the host";

impl Client {
    /// Reads the vendor, version and protocol of the service.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// let identity = client.identify().await?;
    /// assert!(identity.product_version.is_some_and(|version| version.contains("10.0.17763")));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host cannot be reached, does not accept the user, or is not a WS-Management service.
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
    /// If the instance does not exist ([`Error::is_not_found`]), or cannot be read.
    pub async fn get(&self, target: &EndpointReference) -> Result<Instance<'static>, Error> {
        let during = format!("reading an instance of {}", target.resource_uri.last_segment());
        self.0.read(&during, &Lookup::of(target, |instance| Ok(instance.into_owned()))).await
    }

    /// Changes the instance that `target` names to `instance` (DSP0226, section 7.3). The provider decides whether properties
    /// missing in `instance` become null or keep their values. Sent once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::wsman::SelectorSet;
    ///
    /// let windows = client.namespace("root/cimv2")?;
    /// let target = windows.reference("Win32_OperatingSystem".parse()?, SelectorSet::new());
    /// // As it is, nothing changed.
    /// let system = client.get(&target).await?;
    /// client.put(&target, &system).await?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If `instance` cannot be written completely, if the host refuses, or if its answer is lost ([`Effect::Unknown`]).
    pub async fn put(&self, target: &EndpointReference, instance: &Instance<'_>) -> Result<(), Error> {
        let during = format!("changing an instance of {}", target.resource_uri.last_segment());
        check(instance, &during)?;
        let write = |writer: &mut _| encode::instance(writer, target.resource_uri.as_str(), instance);
        let put = Put { target, property: None, declarations: &encode::OF_INSTANCES, write };
        self.0.call(&during, &put).await
    }

    /// Reads one property of the instance that `target` names (fragment transfer; DSP0226, section 7.7). The result is an
    /// instance without a class that contains only this property.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::wsman::SelectorSet;
    ///
    /// let windows = client.namespace("root/cimv2")?;
    /// let system = windows.reference("Win32_OperatingSystem".parse()?, SelectorSet::new());
    /// let part = client.fragment(&system, "Version").await?;
    /// assert_eq!(part.read::<String>("Version")?.as_deref(), Some("10.0.17763"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If `property` is not a valid name, or as [`get`](Self::get).
    pub async fn fragment(
        &self,
        target: &EndpointReference,
        property: &str,
    ) -> Result<Instance<'static>, Error> {
        let during = format!("reading {property} of an instance of {}", target.resource_uri.last_segment());
        let property = name(property, &during)?;
        let lookup = Lookup::of(target, |instance| Ok(instance.into_owned())).part(property.as_str());
        self.0.read(&during, &lookup).await
    }

    /// Changes one property of the instance that `target` names (fragment transfer; DSP0226, section 7.7). Sent once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::wsman::SelectorSet;
    ///
    /// let windows = client.namespace("root/cimv2")?;
    /// let system = windows.reference("Win32_OperatingSystem".parse()?, SelectorSet::new());
    /// client.put_fragment(&system, "Description", "Rack 4").await?;
    /// let part = client.fragment(&system, "Description").await?;
    /// assert_eq!(part.read::<String>("Description")?.as_deref(), Some("Rack 4"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If `property` is not a valid name, or as [`put`](Self::put).
    pub async fn put_fragment(
        &self,
        target: &EndpointReference,
        property: &str,
        value: impl Into<Value>,
    ) -> Result<(), Error> {
        let during = format!("changing {property} of an instance of {}", target.resource_uri.last_segment());
        let (property, value) = (name(property, &during)?, value.into());
        check_value(&value, &during)?;
        let declarations = encode::declarations(iter::once(&value));
        let uri = target.resource_uri.as_str();
        let write = |writer: &mut _| encode::fragment(writer, uri, property.as_str(), &value);
        let put = Put { target, property: Some(property.as_str()), declarations: &declarations, write };
        self.0.call(&during, &put).await
    }

    /// Deletes the instance that `target` names (DSP0226, section 7.4). Sent once. Snapshots are not deleted this way, but by a
    /// method ([`Vm::begin`](crate::Vm::begin)).
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::{ClientErrorKind, wsman::SelectorSet};
    ///
    /// // Windows lets no processor be removed.
    /// let windows = client.namespace("root/cimv2")?;
    /// let processor = windows.reference("Win32_Processor".parse()?, SelectorSet::new().with("DeviceID", "CPU0"));
    /// let refusal = client.delete(&processor).await.unwrap_err();
    /// assert!(matches!(refusal.kind(), ClientErrorKind::Fault(fault) if fault.number() == Some(2_150_859_010)));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn delete(&self, target: &EndpointReference) -> Result<(), Error> {
        let during = format!("removing an instance of {}", target.resource_uri.last_segment());
        self.0.call(&during, &Delete { target }).await
    }

    /// Calls `method` of the instance that `target` names (DSP0230, section 10.3). Sent once, even if not a byte was written. Any
    /// return value is a result.
    ///
    /// Nothing is planned, locked or written to a journal; to destroy a snapshot, use [`Vm::begin`](crate::Vm::begin).
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
    /// assert_ne!(output.return_value(), Some(0));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If a name is invalid, if the host refuses the call before the method runs, or if its answer is lost ([`Effect::Unknown`]).
    pub async fn invoke(
        &self,
        target: &EndpointReference,
        method: &str,
        parameters: &Parameters,
    ) -> Result<MethodOutput, Error> {
        let during = format!("calling {method} of {}", target.resource_uri.last_segment());
        name(method, &during)?;
        for (parameter, value) in parameters.iter() {
            name(parameter, &during)?;
            check_value(value, &during)?;
        }
        let parameters: Vec<(&str, Value)> =
            parameters.iter().map(|(name, value)| (name, value.clone())).collect();
        self.0.call(&during, &Call::on(target, method, &parameters, MethodOutput::from_output)).await
    }
}

impl CimNamespace {
    /// Creates `instance` (DSP0226, section 7.5), and returns the reference to it. Sent once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::{ClientErrorKind, cim::Wql};
    ///
    /// // Hyper-V makes VMs by a method of its management service, not by Create.
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?);
    /// let vm = hyperv.query(&query).await?.next().await?.expect("there is one");
    /// let refusal = hyperv.create(&vm).await.unwrap_err();
    /// assert!(matches!(refusal.kind(), ClientErrorKind::Fault(fault) if fault.number() == Some(2_150_859_010)));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`Client::put`].
    pub async fn create(&self, instance: &Instance<'_>) -> Result<EndpointReference, Error> {
        let during = format!("making an instance of {}", instance.class());
        check(instance, &during)?;
        let class = name(instance.class(), &during)?;
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

/// Validates the name of a property, a parameter or a method, which follows the rules of class names. It becomes the name of an
/// element, so unchecked text must not reach the writer.
fn name(text: &str, during: &str) -> Result<ClassName, Error> {
    text.parse().map_err(|error| Error::before(ErrorKind::Name(error), during))
}

/// Checks that a value can be written completely.
fn check_value(value: &Value, during: &str) -> Result<(), Error> {
    match value {
        Value::Object(instance) => check(instance, during),
        Value::Array(members) => members.iter().try_for_each(|member| check_value(member, during)),
        _ => Ok(()),
    }
}

/// Checks that an instance can be written completely: an omitted property would become null on the host.
fn check(instance: &Instance<'_>, during: &str) -> Result<(), Error> {
    name(instance.class(), during)?;
    for property in instance.properties() {
        name(property.name(), during)?;
        for value in property.values() {
            match value {
                Raw::Object(inner) => check(inner, during)?,
                Raw::Markup(_) => {
                    let (class, property) = (instance.class(), property.name());
                    let text = format!("{class}.{property} has a form that cannot be written back");
                    return Err(Error::before(ErrorKind::Setting(text), during));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

impl Inner {
    /// Identifies the host without a retry: repeated attempts could lock the account.
    pub(crate) async fn identify_once(&self) -> Result<Identity, Error> {
        self.ask(IDENTIFYING, &Identify).await.map_err(|error| error.with_effect(Effect::None))
    }
}
