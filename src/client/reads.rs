//! The reads: who answers, which machines, which snapshots, which job, which service.
//!
//! It never changes a host. A whole answer that is needed at once (a tree) is read again from its beginning when the
//! connection was lost half-way, never continued.

use std::sync::Arc;

use crate::{
    Limits,
    cim::{Instance, Wql, decode},
    client::{
        Client, Effect, Enumeration, Error, ErrorKind, Inner,
        busy::is_idle,
        enumeration::{Take, class, objects},
        retry::Again,
        vm::Vm,
        wire::Exchange,
    },
    hyperv::{
        Candidate, FindError, JobRecord, SettingData, SnapshotTree, VmRecord, is_guid,
        schema::names::{COMPUTER_SYSTEM, SETTING_DATA},
    },
    soap::MessageId,
    violation::{ProtocolError, Violation},
    wsman::{AnswerError, EndpointReference, Get, Identify, Identity, RequestSettings, SelectorSet},
    xml::UnwritableText,
};

impl Client {
    /// Asks the host who it is.
    ///
    /// # Errors
    /// If it cannot be reached, does not accept the user, or is no WS-Management service.
    pub async fn identify(&self) -> Result<Identity, Error> {
        self.0.read("asking the host who it is", &IdentifyExchange).await
    }

    /// All machines that the user may see.
    ///
    /// # Errors
    /// If the host does not answer the query.
    pub async fn vms(&self) -> Result<Vec<Vm>, Error> {
        let query = Wql::all(class(COMPUTER_SYSTEM)?);
        let records = self.0.machines("listing the machines", &query).await?;
        Ok(records.into_iter().map(|record| Vm::new(self, record)).collect())
    }

    /// The one machine with this name or GUID.
    ///
    /// # Errors
    /// If there is none, or if several have the name; then all of them are listed.
    pub async fn vm(&self, wanted: &str) -> Result<Vm, Error> {
        let during = format!("looking for the machine {wanted:?}");
        let asked = self.0.readings.asking(self.0.clock.now());
        let mut found = Vec::new();
        if is_guid(wanted) {
            found = self.0.machines(&during, &machine_query("Name", wanted)?).await?;
            // A host that does not honour the filter must not choose the machine.
            found.retain(|record| record.id.eq_ignore_ascii_case(wanted));
        }
        if found.is_empty() {
            found = self.0.machines(&during, &machine_query("ElementName", wanted)?).await?;
            let folded = wanted.to_lowercase();
            found.retain(|record| record.element_name.to_lowercase() == folded);
            // WQL compares without regard to case; the exact name wins over the others.
            if found.iter().any(|record| record.element_name == wanted) {
                found.retain(|record| record.element_name == wanted);
            }
        }
        let error = |error| Error::before(ErrorKind::Find(error), during.as_str());
        if found.len() > 1 {
            let candidates = found.iter().map(candidate).collect();
            return Err(error(FindError::Ambiguous { wanted: wanted.to_owned(), candidates }));
        }
        match found.pop() {
            Some(record) => {
                self.0.readings.machine(&record.id, asked, is_idle(&record));
                Ok(Vm::new(self, record))
            }
            None => Err(error(FindError::NotFound { wanted: wanted.to_owned(), known: Vec::new() })),
        }
    }
}

fn machine_query(property: &str, value: &str) -> Result<Wql, Error> {
    Wql::all(class(COMPUTER_SYSTEM)?)
        .and_equals(property, value)
        .map_err(|error| Error::before(ErrorKind::Name(error), ""))
}

fn candidate(record: &VmRecord) -> Candidate {
    Candidate { name: record.element_name.clone(), id: record.id.clone() }
}

impl Inner {
    /// All instances of a query at once, for answers that are only of use when whole.
    pub(super) async fn collect<T>(
        self: &Arc<Self>,
        during: &str,
        query: &Wql,
        take: impl Fn() -> Take<T>,
    ) -> Result<Vec<T>, Error> {
        let mut again = Again::new(self);
        loop {
            let outcome = self.collect_once(during, query, take()).await;
            if let Some(outcome) = again.after(self, outcome).await {
                return outcome;
            }
        }
    }

    async fn collect_once<T>(
        self: &Arc<Self>,
        during: &str,
        query: &Wql,
        take: Take<T>,
    ) -> Result<Vec<T>, Error> {
        let mut enumeration = Enumeration::of(self, during, query, take).await?;
        let mut items = Vec::new();
        let most = self.limits.collected_items;
        while let Some(item) = enumeration.next().await? {
            if items.len() >= most {
                let error = ProtocolError::new(Violation::TooManyItems, format!("{most} allowed in all"));
                return Err(Error::before(ErrorKind::Protocol(error), during));
            }
            items.push(item);
        }
        Ok(items)
    }

    async fn machines(self: &Arc<Self>, during: &str, query: &Wql) -> Result<Vec<VmRecord>, Error> {
        let records =
            self.collect(during, query, || objects(|instance| VmRecord::from_instance(&instance))).await?;
        Ok(records.into_iter().flatten().collect())
    }

    /// The machine as it is now; `None` if it is gone.
    pub(super) async fn machine(self: &Arc<Self>, vm_id: &str) -> Result<Option<VmRecord>, Error> {
        let query = machine_query("Name", vm_id)?;
        let mut records = self.machines("reading the state of the machine", &query).await?;
        records.retain(|record| record.id.eq_ignore_ascii_case(vm_id));
        Ok(records.pop())
    }

    /// The tree as it is now: one query for the machine's own settings and all its snapshots.
    pub(super) async fn tree(self: &Arc<Self>, vm_id: &str, vm_name: &str) -> Result<SnapshotTree, Error> {
        let during = format!("reading the snapshots of {vm_name:?}");
        let query = Wql::all(class(SETTING_DATA)?)
            .and_equals("VirtualSystemIdentifier", vm_id)
            .map_err(|error| Error::before(ErrorKind::Name(error), during.as_str()))?;
        let settings = self
            .collect(&during, &query, || {
                let vm_id = vm_id.to_owned();
                objects(move |instance| SettingData::from_instance(&instance, &vm_id))
            })
            .await?;
        SnapshotTree::build(vm_id, vm_name, settings)
            .map_err(|error| Error::before(ErrorKind::Protocol(error), during))
    }

    /// Who answers, asked once: an account must not be locked by trying again.
    pub(super) async fn identify_once(&self) -> Result<Identity, Error> {
        let outcome = self.ask("asking the host who it is", &IdentifyExchange).await;
        outcome.map_err(|error| error.with_effect(Effect::None))
    }

    /// The job as it is now, asked once.
    pub(super) async fn job_once(&self, reference: &EndpointReference) -> Result<JobRecord, Error> {
        let outcome = self.ask("reading the job", &JobExchange(reference)).await;
        outcome.map_err(|error| error.with_effect(Effect::None))
    }

    /// The job as it is now, by its own resource URI and all its selectors.
    pub(super) async fn job(&self, reference: &EndpointReference) -> Result<JobRecord, Error> {
        self.read("reading the job", &JobExchange(reference)).await
    }

    /// The keys of the snapshot service, asked for once.
    pub(super) async fn service(self: &Arc<Self>) -> Result<&SelectorSet, Error> {
        const DURING: &str = "looking for the snapshot service";
        self.service_keys
            .get_or_try_init(|| async {
                let query = Wql::all(self.service_class.clone());
                let found =
                    self.collect(DURING, &query, || objects(|instance| service_keys(&instance))).await?;
                let keys = found.into_iter().next();
                keys.ok_or_else(|| Error::before(ErrorKind::NoService, DURING))
            })
            .await
    }
}

/// The keys of a service, in the order in which Windows' own client sends them (`CIM_Service`).
pub(super) fn service_keys(instance: &Instance<'_>) -> Result<SelectorSet, ProtocolError> {
    let mut keys = SelectorSet::new();
    for name in ["CreationClassName", "Name", "SystemCreationClassName", "SystemName"] {
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

struct IdentifyExchange;

impl Exchange for IdentifyExchange {
    type Output = Identity;

    fn request(&self, _: &RequestSettings, _: &MessageId) -> Result<String, UnwritableText> {
        Identify::request()
    }

    fn answer(&self, text: &str, limits: &Limits, _: &MessageId) -> Result<Identity, AnswerError> {
        Identify::answer(text, limits)
    }
}

struct JobExchange<'r>(&'r EndpointReference);

impl Exchange for JobExchange<'_> {
    type Output = JobRecord;

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        Get::of(self.0).request(settings, id)
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<JobRecord, AnswerError> {
        let record = Get::of(self.0).answer(text, limits, id, |reader, element| {
            JobRecord::from_instance(&decode::instance(reader, element)?)
        })?;
        let asked = self.0.selectors.text("InstanceID");
        if asked.is_some_and(|asked| !asked.eq_ignore_ascii_case(&record.instance_id)) {
            let detail = format!("job {} instead of {}", record.instance_id, asked.unwrap_or_default());
            return Err(ProtocolError::new(Violation::WrongInstance, detail).into());
        }
        Ok(record)
    }
}
