//! Reads of a host: VMs, snapshots, jobs, services. They never change anything.

use std::fmt;

use crate::{
    cim::{ClassName, Instance, Lookup, Namespace, PropertyError, Wql},
    client::{ClientError, ClientErrorKind, Effect, Take, objects_of},
    host::{Error, ErrorKind, Host, Inner, Vm, busy::is_idle},
    hyperv::{FindError, JobRecord, SettingData, SnapshotTree, VmRecord, find_vm, is_guid},
    schema::{
        names::{
            AFFECTED_JOB_ELEMENT, COMPUTER_SYSTEM, CONCRETE_JOB, REPLICATION_MODE, SETTING_DATA, SYSTEM_NAME,
        },
        values::replication_mode::{EXTENDED_REPLICA, REPLICA, TEST_REPLICA},
    },
    violation::{ProtocolError, Violation},
    wsman::{EndpointReference, Exchange, SelectorSet},
};

/// A class name that is a constant of this crate; a wrong one fails every test.
pub(crate) fn class(name: &'static str) -> Result<ClassName, ClientError> {
    name.parse().map_err(|error| ClientError::before(ClientErrorKind::Name(error), ""))
}

impl Host {
    /// All VMs that the user may see; empty if the host has none.
    ///
    /// # Errors
    /// If the query fails; [`FindError::NothingSeen`] if the host does not show even itself, as to a user without
    /// rights on Hyper-V or with a filtered token.
    pub async fn vms(&self) -> Result<Vec<Vm>, Error> {
        let records = self.0.all_vms("listing the VMs").await?;
        Ok(records.into_iter().map(|record| Vm::new(self, record)).collect())
    }

    /// The VM with this name or GUID: one request, and one more if there is none.
    ///
    /// # Errors
    /// [`FindError::NotFound`] with similar names; [`FindError::Ambiguous`] with all matches, if several have the name or
    /// one has another's GUID as its name; [`FindError::NothingSeen`] if the host shows no system at all.
    pub async fn vm(&self, wanted: &str) -> Result<Vm, Error> {
        let during = format!("looking for the VM {wanted:?}");
        let asked = self.0.cache.asking(self.0.clock().now());
        let query =
            if is_guid(wanted) { guid_or_name_query(wanted)? } else { vm_query("ElementName", wanted)? };
        // The same rule for both readings: a host that ignores the filter must not choose the VM.
        let found = match find_vm(self.0.systems(&during, &query).await?.vms, wanted) {
            Err(FindError::NotFound { .. }) => find_vm(self.0.all_vms(&during).await?, wanted),
            found => found,
        };
        let record = found.map_err(|error| Error::before(error, during))?;
        self.0.cache.vm(&record.id, asked, is_idle(&record));
        Ok(Vm::new(self, record))
    }
}

/// The computer systems that a query shows to the user.
pub(super) struct Systems {
    pub(super) vms: Vec<VmRecord>,
    /// Whether the host itself, or a cluster node, is among them.
    pub(super) has_host: bool,
}

impl From<Vec<Option<VmRecord>>> for Systems {
    /// From what [`VmRecord::from_instance`] makes of each instance.
    fn from(records: Vec<Option<VmRecord>>) -> Self {
        let has_host = records.iter().any(Option::is_none);
        Self { vms: records.into_iter().flatten().collect(), has_host }
    }
}

impl Systems {
    /// True if the query shows no system at all.
    pub(super) fn is_empty(&self) -> bool {
        self.vms.is_empty() && !self.has_host
    }
}

fn guid_or_name_query(value: &str) -> Result<Wql, Error> {
    Wql::all(class(COMPUTER_SYSTEM)?)
        .and_either_equals(["Name", "ElementName"], value)
        .map_err(|error| Error::name(error, ""))
}

fn vm_query(property: &str, value: &str) -> Result<Wql, Error> {
    Wql::all(class(COMPUTER_SYSTEM)?).and_equals(property, value).map_err(|error| Error::name(error, ""))
}

impl Inner {
    /// The systems that a query shows.
    pub(super) async fn systems(&self, during: &str, query: &Wql) -> Result<Systems, Error> {
        let take = || objects_of(COMPUTER_SYSTEM, |instance| VmRecord::from_instance(&instance).map(Some));
        let systems = Systems::from(self.cim.collect(during, query, take).await?);
        log_unreadable("a VM", systems.vms.iter().flat_map(|record| &record.unreadable));
        Ok(systems)
    }

    /// All VMs. An answer without any system, as for a user without rights, is not taken for a host without VMs.
    async fn all_vms(&self, during: &str) -> Result<Vec<VmRecord>, Error> {
        let systems = self.systems(during, &Wql::all(class(COMPUTER_SYSTEM)?)).await?;
        if systems.is_empty() && self.hides_all().await? {
            return Err(Error::before(FindError::NothingSeen, during));
        }
        Ok(systems.vms)
    }

    /// Whether the user lacks the rights, if no system is visible. A host lists itself. A cluster's namespace may be empty for
    /// another reason: there the snapshot service is checked.
    async fn hides_all(&self) -> Result<bool, Error> {
        if *self.cim.name() != Namespace::cluster() {
            return Ok(true);
        }
        match self.service().await {
            Ok(_) => Ok(false),
            Err(error) if matches!(error.kind(), ErrorKind::NoService) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The VM now; `None` if it is gone.
    pub(super) async fn vm_record(&self, vm_id: &str) -> Result<Option<VmRecord>, Error> {
        let query = vm_query("Name", vm_id)?;
        let mut records = self.systems("reading the state of the VM", &query).await?.vms;
        records.retain(|record| record.id.eq_ignore_ascii_case(vm_id));
        Ok(records.pop())
    }

    /// Whether the VM here is the replica of a VM of another host, which has the same GUID and other snapshots.
    pub(super) async fn is_replica(&self, vm_id: &str) -> Result<bool, Error> {
        let query = vm_query("Name", vm_id)?;
        let take = || {
            objects_of(COMPUTER_SYSTEM, |instance| Ok(instance.read::<u16>(REPLICATION_MODE).ok().flatten()))
        };
        let modes = self.cim.collect("reading whether the VM is a replica", &query, take).await?;
        Ok(modes.iter().any(|mode| [REPLICA, TEST_REPLICA, EXTENDED_REPLICA].contains(mode)))
    }

    /// The tree now: one query for the VM's own settings and all its snapshots.
    pub(super) async fn tree(&self, vm_id: &str, vm_name: &str) -> Result<SnapshotTree, Error> {
        let during = format!("reading the snapshots of {vm_name:?}");
        let query = Wql::all(class(SETTING_DATA)?)
            .and_equals("VirtualSystemIdentifier", vm_id)
            .map_err(|error| Error::name(error, during.as_str()))?;
        let (mut settings, mut others, mut foreign) = (Vec::new(), Vec::new(), None);
        for setting in self.cim.collect(&during, &query, || settings_of(vm_id)).await? {
            match setting {
                Ok(setting) => settings.push(setting),
                Err((other, error)) => {
                    others.push(other);
                    foreign = Some(error);
                }
            }
        }
        match foreign {
            // Every VM has its own settings: an answer about other VMs only says nothing about this one.
            Some(error) if settings.is_empty() => {
                return Err(Error::protocol(error, during));
            }
            Some(error) => tracing::warn!(%error, "left out: the host takes no notice of the filter"),
            None => {}
        }
        let snapshots = settings.iter().filter_map(|setting| match setting {
            SettingData::Snapshot(snapshot) => Some(snapshot),
            _ => None,
        });
        log_unreadable("a snapshot", snapshots.flat_map(|snapshot| &snapshot.unreadable));
        settings.extend(others);
        SnapshotTree::build(vm_id, vm_name, settings).map_err(|error| Error::protocol(error, during))
    }

    /// The job now, by one request without retries.
    pub(super) async fn job_once(&self, reference: &EndpointReference) -> Result<JobRecord, Error> {
        let outcome = self.client().ask("reading the job", &job(reference)).await;
        let record = outcome.map_err(|error| error.with_effect(Effect::None))?;
        log_unreadable("a job", &record.unreadable);
        Ok(record)
    }

    /// The job now, by its own resource URI and all its selectors.
    pub(super) async fn job(&self, reference: &EndpointReference) -> Result<JobRecord, Error> {
        let record = self.client().read("reading the job", &job(reference)).await?;
        log_unreadable("a job", &record.unreadable);
        Ok(record)
    }

    /// A service of the host, by its keys.
    pub(super) async fn service_of(&self, service: &'static str) -> Result<EndpointReference, Error> {
        let (name, during) = (class(service)?, format!("looking for the service {service}"));
        let take = || objects_of(service, |instance| service_keys(&instance).map(Some));
        let found = self.cim.collect(&during, &Wql::all(name.clone()), take).await?;
        match found.into_iter().next() {
            Some(keys) => Ok(self.cim.reference(name, keys)),
            None => Err(Error::before(ErrorKind::NoService, during)),
        }
    }

    /// The ids of the settings that the host ties to a job (`Msvm_AffectedJobElement`).
    pub(super) async fn affected_settings(&self, job: &str) -> Result<Vec<String>, Error> {
        const DURING: &str = "looking for what the job affects";
        let keys = [(class("InstanceID")?, job)];
        let (link, settings) = (class(AFFECTED_JOB_ELEMENT)?, class(SETTING_DATA)?);
        let query = Wql::associators(&class(CONCRETE_JOB)?, &keys, link, settings);
        let id = |instance: Instance<'_>| {
            let bad = |error: PropertyError| ProtocolError::new(Violation::BadProperty, error.to_string());
            instance.read::<String>("InstanceID").map_err(bad)
        };
        Ok(self.cim.collect(DURING, &query, || objects_of(SETTING_DATA, id)).await?)
    }

    /// The keys of the snapshot service, read once.
    pub(crate) async fn service(&self) -> Result<&SelectorSet, Error> {
        const DURING: &str = "looking for the snapshot service";
        // Another handle, without a deadline, may be reading it.
        let keys = self.service_keys.get_or_try_init(|| async {
            let class = self.service_class()?;
            let query = Wql::all(class.clone());
            let take = || objects_of(class.as_str(), |instance| service_keys(&instance).map(Some));
            let found = self.cim.collect(DURING, &query, take).await?;
            let keys = found.into_iter().next();
            keys.ok_or_else(|| Error::before(ErrorKind::NoService, DURING))
        });
        self.client().within(DURING, keys).await
    }
}

/// Accepts the settings of this VM; settings of another VM yield an error.
fn settings_of(vm_id: &str) -> Take<Result<SettingData, (SettingData, ProtocolError)>> {
    let vm_id = vm_id.to_owned();
    objects_of(SETTING_DATA, move |instance| match SettingData::from_instance(&instance, &vm_id) {
        Err(error) if error.violation() == Violation::WrongInstance => {
            Ok(Some(Err((SettingData::other(&instance), error))))
        }
        setting => setting.map(|setting| Some(Ok(setting))),
    })
}

/// Logs the parts of `what` that could not be read and were left out.
pub(super) fn log_unreadable<E: fmt::Display>(what: &str, errors: impl IntoIterator<Item = E>) {
    for error in errors {
        tracing::warn!(%error, "{what} is read without this");
    }
}

/// The keys of a service, in the order in which Windows' own client sends them (`CIM_Service`).
pub(super) fn service_keys(instance: &Instance<'_>) -> Result<SelectorSet, ProtocolError> {
    let mut keys = SelectorSet::new();
    for name in ["CreationClassName", "Name", "SystemCreationClassName", SYSTEM_NAME] {
        match instance.read::<String>(name) {
            Ok(Some(value)) => keys = keys.with(name, value),
            Ok(None) => {}
            Err(error) => return Err(ProtocolError::new(Violation::BadProperty, error.to_string())),
        }
    }
    if keys.text("CreationClassName").is_none() {
        return Err(ProtocolError::new(Violation::BadProperty, "a service without CreationClassName"));
    }
    Ok(keys)
}

/// A Get of a job; the answer must be about that job.
fn job(reference: &EndpointReference) -> impl Exchange<Output = JobRecord> + '_ {
    Lookup::of(reference, move |instance| job_of(reference, &instance))
}

fn job_of(reference: &EndpointReference, instance: &Instance<'_>) -> Result<JobRecord, ProtocolError> {
    let record = JobRecord::from_instance(instance)?;
    let asked = reference.selectors.text("InstanceID");
    if asked.is_some_and(|asked| !asked.eq_ignore_ascii_case(&record.instance_id)) {
        let detail = format!("job {} instead of {}", record.instance_id, asked.unwrap_or_default());
        return Err(ProtocolError::new(Violation::WrongInstance, detail));
    }
    Ok(record)
}
