//! Access for the benchmarks of this package to private parts; not part of the public API.
//!
//! The crate's root declares this module with the feature `bench`. Each function does exactly what the client does with the same
//! bytes.

mod nothing;
pub mod samples;
mod sealing;

use std::time::Duration;

use crate::{
    Limits,
    cim::{ClassPath, Instance, Namespace, UriForm, Value, Wql, decode, encode},
    hyperv::{DestroyScope, JobRecord, MethodResult, SettingData, SnapshotTree},
    soap::MessageId,
    violation::ProtocolError,
    wsman::{
        AnswerError, EndpointReference, Enumerate, EnumerationMode, Get, Invoke, Item, RequestOptions,
        RequestSettings, ResourceUri, SelectorSet,
    },
    xml::Writer,
};

pub use nothing::Nothing;
pub use sealing::{Message, Sealing};

/// The exchanges of one client, without a connection.
#[derive(Debug)]
pub struct Codec {
    settings: RequestSettings,
    limits: Limits,
    id: MessageId,
    all: ResourceUri,
    service: EndpointReference,
    snapshot: EndpointReference,
    job: EndpointReference,
    query: Wql,
    none: SelectorSet,
}

/// The input of a tree.
#[derive(Clone, Debug)]
pub struct Settings(Vec<SettingData>);

impl Settings {
    /// Builds the tree, performs the lookups of a list for each snapshot, and plans to destroy all of it; returns the sum of the
    /// depths of the snapshots.
    ///
    /// # Errors
    /// If they form no tree.
    pub fn tree(&self) -> Result<usize, Offence> {
        let settings = self.0.clone();
        let tree =
            SnapshotTree::build(samples::MACHINE, "web-01", settings).map_err(|error| error.to_string())?;
        let root = tree.snapshots().first().ok_or("no snapshot")?;
        let plan = tree.plan_destroy(root.id(), DestroyScope::Tree).map_err(|error| error.to_string())?;
        let asked = tree.snapshots().iter().map(|snapshot| {
            let is_gone = plan.destroys(snapshot.id()) && !tree.label(snapshot).is_empty();
            tree.depth(snapshot) + tree.children(snapshot.id()).count() + usize::from(is_gone)
        });
        Ok(asked.sum())
    }
}

/// An error that should not occur in a benchmark, as text.
pub type Offence = String;

fn path(class: Option<&str>) -> Result<ClassPath, Offence> {
    let class = class.map(str::parse).transpose().map_err(|error| format!("{error}"))?;
    Ok(ClassPath { namespace: Namespace::virtualization(), class, form: UriForm::Wmi })
}

fn reference(class: &str, keys: &[(&str, &str)]) -> Result<EndpointReference, Offence> {
    let path = path(Some(class))?;
    let keys = keys.iter().fold(SelectorSet::new(), |set, (name, value)| set.with(*name, *value));
    Ok(EndpointReference::new(path.resource_uri(), path.selectors(keys)))
}

fn told(error: AnswerError) -> Offence {
    match error {
        AnswerError::Fault(fault) => fault.to_string(),
        AnswerError::Protocol(error) => error.to_string(),
    }
}

impl Codec {
    /// For the VM and the snapshot with these ids, and answers to the message `00000000-0000-4000-8000-000000000001`.
    ///
    /// # Errors
    /// Never, as long as the names above are valid.
    pub fn new(vm_id: &str, snapshot_id: &str) -> Result<Self, Offence> {
        let setting_data = path(Some("Msvm_VirtualSystemSettingData"))?.class.ok_or("no class")?;
        Ok(Self {
            settings: RequestSettings::new(&RequestOptions {
                to: "http://hv01.corp.example:5985/wsman",
                locale: "en-US",
                max_envelope_size: 512_000,
                operation_timeout: Duration::from_secs(60),
            })
            .map_err(|error| error.to_string())?,
            limits: Limits::default(),
            id: MessageId::from_random(0x0000_0000_0000_4000_8000_0000_0000_0001),
            all: path(None)?.resource_uri(),
            service: reference(
                "Msvm_VirtualSystemSnapshotService",
                &[
                    ("CreationClassName", "Msvm_VirtualSystemSnapshotService"),
                    ("Name", "Msvm_VirtualSystemSnapshotService"),
                    ("SystemCreationClassName", "Msvm_ComputerSystem"),
                    ("SystemName", "HV01"),
                ],
            )?,
            snapshot: reference("Msvm_VirtualSystemSettingData", &[("InstanceID", snapshot_id)])?,
            job: reference("Msvm_ConcreteJob", &[("InstanceID", snapshot_id)])?,
            query: Wql::all(setting_data)
                .and_equals("VirtualSystemIdentifier", vm_id)
                .map_err(|error| error.to_string())?,
            none: SelectorSet::new(),
        })
    }

    fn destroy(&self) -> Invoke<'_> {
        Invoke {
            resource_uri: &self.service.resource_uri,
            selectors: &self.service.selectors,
            method: "DestroySnapshot",
        }
    }

    /// The request of a `DestroySnapshot`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn encode_invoke(&self) -> Result<String, Offence> {
        let parameters = [("AffectedSnapshot", Value::Reference(self.snapshot.clone()))];
        let declarations = encode::declarations(parameters.iter().map(|(_, value)| value));
        let request = self.destroy().request(&self.settings, &self.id, &declarations, |writer| {
            for (name, value) in &parameters {
                encode::property(writer, &["p:", name].concat(), value);
            }
        });
        request.map_err(|error| error.to_string())
    }

    /// The request of the query for a VM's snapshots.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn encode_enumerate(&self) -> Result<String, Offence> {
        let filter = self.query.filter();
        let exchange = Enumerate {
            resource_uri: &self.all,
            selectors: &self.none,
            filter: Some(&filter),
            mode: EnumerationMode::Object,
            max_elements: 100,
        };
        exchange.request(&self.settings, &self.id).map_err(|error| error.to_string())
    }

    /// The return value in the answer to a `DestroySnapshot`.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn decode_output(&self, answer: &str) -> Result<u32, Offence> {
        let result = self.destroy().answer(answer, &self.limits, &self.id, |reader, element| {
            MethodResult::from_output(&decode::output(reader, element)?)
        });
        result.map(|result| result.return_code.0).map_err(told)
    }

    /// The state in the answer to the Get of a job.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn decode_job(&self, answer: &str) -> Result<u16, Offence> {
        let job = Get::of(&self.job).answer(answer, &self.limits, &self.id, |reader, element| {
            JobRecord::from_instance(&decode::instance(reader, element)?)
        });
        job.map(|job| job.state.0).map_err(told)
    }

    /// The code in a fault that answers a `DestroySnapshot`.
    ///
    /// # Errors
    /// If it is not a fault.
    pub fn decode_fault(&self, answer: &str) -> Result<u32, Offence> {
        match self.destroy().answer(answer, &self.limits, &self.id, |_, _| Ok(())) {
            Err(AnswerError::Fault(fault)) => fault.number().ok_or("a fault without a code".to_owned()),
            Err(error) => Err(told(error)),
            Ok(()) => Err("an answer of success".to_owned()),
        }
    }

    fn page<T>(
        &self,
        answer: &str,
        take: impl FnMut(Item<Instance<'_>>) -> Result<T, ProtocolError>,
    ) -> Result<Vec<T>, Offence> {
        let exchange = Enumerate {
            resource_uri: &self.all,
            selectors: &self.none,
            filter: None,
            mode: EnumerationMode::Object,
            max_elements: u32::MAX,
        };
        let page = exchange.answer(answer, &self.limits, &self.id, decode::instance, take);
        page.map(|page| page.items).map_err(told)
    }

    /// Reads a page of instances with all their properties; returns the number of properties.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn decode_instances(&self, answer: &str) -> Result<usize, Offence> {
        let items =
            self.page(answer, |item| Ok(item.object.map_or(0, |object| object.properties().count())))?;
        Ok(items.iter().sum())
    }

    /// Reads a page of the settings of the VM `vm_id`, as for the tree; returns their number.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn decode_settings(&self, answer: &str, vm_id: &str) -> Result<usize, Offence> {
        let items = self.page(answer, |item| {
            item.object.map(|instance| SettingData::from_instance(&instance, vm_id)).transpose()
        })?;
        Ok(items.len())
    }

    /// The same, as input for trees.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn settings(&self, answer: &str, vm_id: &str) -> Result<Settings, Offence> {
        let items = self.page(answer, |item| {
            item.object.map(|instance| SettingData::from_instance(&instance, vm_id)).transpose()
        })?;
        // The first one of a sample names itself as its parent, which no host does.
        Ok(Settings(items.into_iter().flatten().skip(1).collect()))
    }

    /// Writes each value as a property.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn encode_values(&self, values: &[(&str, Value)]) -> Result<String, Offence> {
        let mut writer = Writer::new();
        writer.start("p:Values", &[("xmlns:p", self.all.as_str())]);
        for (name, value) in values {
            encode::property(&mut writer, name, value);
        }
        writer.finish().map_err(|error| error.to_string())
    }
}
