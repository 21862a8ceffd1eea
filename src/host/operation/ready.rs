//! A call of an operation, with the references it needs.

use crate::{
    cim::{Call, Instance, Value, Wql},
    client::objects_of,
    host::{Error, ErrorKind, Inner, reads::class},
    hyperv::{Argument, Callee, MethodCall, MethodResult, Obstacle},
    schema::names::{COMPUTER_SYSTEM, MANAGEMENT_SERVICE, SETTING_DATA, SHUTDOWN_COMPONENT, SYSTEM_NAME},
    violation::{ProtocolError, Violation},
    wsman::{EndpointReference, Exchange, SelectorSet},
};

/// A call that can be sent.
#[derive(Debug)]
pub(crate) struct Ready {
    callee: EndpointReference,
    method: &'static str,
    parameters: Vec<(&'static str, Value)>,
}

impl Ready {
    /// The request, and how to read its answer.
    pub(crate) fn exchange(&self) -> impl Exchange<Output = MethodResult> + '_ {
        Call::on(&self.callee, self.method, &self.parameters, decode)
    }
}

fn decode(output: &Instance<'_>) -> Result<MethodResult, ProtocolError> {
    MethodResult::from_output(output)
}

impl Inner {
    /// Finds the instance that has the method, and makes references of the keys that the call names.
    ///
    /// # Errors
    /// If the host does not show that instance, or cannot be asked.
    pub(crate) async fn ready(&self, vm_id: &str, call: MethodCall) -> Result<Ready, Error> {
        let vm = || -> Result<EndpointReference, Error> {
            let keys = SelectorSet::new().with("CreationClassName", COMPUTER_SYSTEM).with("Name", vm_id);
            Ok(self.cim.reference(class(COMPUTER_SYSTEM)?, keys))
        };
        let callee = match call.on {
            Callee::SnapshotService => {
                let keys = self.service().await?.clone();
                self.cim.reference(self.service_class()?, keys)
            }
            Callee::ManagementService => self.service_of(MANAGEMENT_SERVICE).await?,
            Callee::Vm => vm()?,
            Callee::ShutdownComponent => self.shutdown_component(vm_id).await?,
        };
        let value = |argument| -> Result<Value, Error> {
            Ok(match argument {
                Argument::Settings(id) => {
                    let keys = SelectorSet::new().with("InstanceID", id);
                    Value::Reference(self.cim.reference(class(SETTING_DATA)?, keys))
                }
                Argument::Vm => Value::Reference(vm()?),
                Argument::Value(value) => value,
            })
        };
        let parameters = call.parameters.into_iter().map(|(name, argument)| Ok((name, value(argument)?)));
        let parameters = parameters.collect::<Result<_, Error>>()?;
        Ok(Ready { callee, method: call.method, parameters })
    }

    /// The component that shuts down the guest of a VM; a VM has one if its guest has the integration service.
    async fn shutdown_component(&self, vm_id: &str) -> Result<EndpointReference, Error> {
        const DURING: &str = "looking for the shutdown integration service of the guest";
        let name = class(SHUTDOWN_COMPONENT)?;
        let query = Wql::all(name.clone()).and_equals(SYSTEM_NAME, vm_id);
        let query = query.map_err(|error| Error::name(error, DURING))?;
        let take = || objects_of(SHUTDOWN_COMPONENT, |instance| device_keys(&instance).map(Some));
        let mut found = self.cim.collect(DURING, &query, take).await?;
        // A host that ignores the filter must not cause another guest to be shut down.
        found.retain(|keys| keys.text(SYSTEM_NAME).is_some_and(|system| system.eq_ignore_ascii_case(vm_id)));
        match found.pop() {
            Some(keys) => Ok(self.cim.reference(name, keys)),
            None => Err(Error::before(ErrorKind::Obstacle(Obstacle::NoShutdownComponent), DURING)),
        }
    }
}

/// The keys of a device of a VM (`CIM_LogicalDevice`).
fn device_keys(instance: &Instance<'_>) -> Result<SelectorSet, ProtocolError> {
    let mut keys = SelectorSet::new();
    for name in ["CreationClassName", "DeviceID", "SystemCreationClassName", SYSTEM_NAME] {
        match instance.read::<String>(name) {
            Ok(Some(value)) => keys = keys.with(name, value),
            Ok(None) => {
                let detail = format!("{}.{name} is missing", instance.class());
                return Err(ProtocolError::new(Violation::BadProperty, detail));
            }
            Err(error) => return Err(ProtocolError::new(Violation::BadProperty, error.to_string())),
        }
    }
    Ok(keys)
}
