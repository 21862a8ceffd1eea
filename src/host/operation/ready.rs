//! A call of an operation, with the references that it needs.

use crate::{
    cim::{Call, Instance, Value},
    host::{Error, Inner, reads::class},
    hyperv::{Argument, Callee, MethodCall, MethodResult},
    schema::names::SETTING_DATA,
    violation::ProtocolError,
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
    /// The request, and what its answer is read as.
    pub(crate) fn exchange(&self) -> impl Exchange<Output = MethodResult> + '_ {
        Call::on(&self.callee, self.method, &self.parameters, decode)
    }
}

fn decode(output: &Instance<'_>) -> Result<MethodResult, ProtocolError> {
    MethodResult::from_output(output)
}

impl Inner {
    /// Finds the instance that has the method, and makes references of what the call names by its keys.
    pub(crate) async fn ready(&self, call: MethodCall) -> Result<Ready, Error> {
        let callee = match call.on {
            Callee::SnapshotService => {
                let keys = self.service().await?.clone();
                self.cim.reference(self.service_class()?, keys)
            }
        };
        let value = |argument| -> Result<Value, Error> {
            Ok(match argument {
                Argument::Settings(id) => {
                    let keys = SelectorSet::new().with("InstanceID", id);
                    Value::Reference(self.cim.reference(class(SETTING_DATA)?, keys))
                }
            })
        };
        let parameters = call.parameters.into_iter().map(|(name, argument)| Ok((name, value(argument)?)));
        let parameters = parameters.collect::<Result<_, Error>>()?;
        Ok(Ready { callee, method: call.method, parameters })
    }
}
