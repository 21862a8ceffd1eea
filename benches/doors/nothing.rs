//! For the benches: the call that destroys a snapshot, for one that no host has.
//!
//! Everything is as in a destroy (`destroy`), from the call to its result, but what stands around it: the reference to the
//! snapshot is made once, as a tree that was read holds it ready. The identifier has no digit but zero, so no host finds it: it
//! answers with a return value and changes nothing.

use crate::{
    cim::{Call, Instance},
    client::{ClientError, ClientErrorKind},
    host::{Error, Host, reads::class},
    hyperv::{DestroyScope, MethodCall, MethodResult},
    schema::names::SETTING_DATA,
    soap::MessageId,
    wsman::{EndpointReference, Exchange, SelectorSet},
};

const NOBODY: &str = "Microsoft:00000000-0000-0000-0000-000000000000";
const DURING: &str = "destroying nothing";

/// Destroys a snapshot that is not there.
#[derive(Debug)]
pub struct Nothing {
    host: Host,
    service: EndpointReference,
    call: MethodCall,
}

impl Nothing {
    /// Asks the host for the keys of its service.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub async fn on(host: &Host) -> Result<Self, Error> {
        let inner = &host.0;
        let service = inner.cim.reference(inner.service_class()?, inner.service().await?.clone());
        let keys = SelectorSet::new().with("InstanceID", NOBODY);
        let snapshot = inner.cim.reference(class(SETTING_DATA)?, keys);
        let call = crate::hyperv::DestroyAction::call(DestroyScope::Single, snapshot);
        Ok(Self { host: host.clone(), service, call })
    }

    /// Calls; the return value is what the host has against it.
    ///
    /// # Errors
    /// As of any call.
    pub async fn destroy(&self) -> Result<u32, ClientError> {
        let decode = |output: &Instance<'_>| MethodResult::from_output(output);
        let call = Call::on(&self.service, self.call.method, &self.call.parameters, decode);
        self.host.0.client().call(DURING, &call).await.map(|result| result.return_code.0)
    }

    /// What the call sends, as a message of this number.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn request(&self, number: u128) -> Result<String, ClientError> {
        let decode = |output: &Instance<'_>| MethodResult::from_output(output);
        Call::on(&self.service, self.call.method, &self.call.parameters, decode)
            .request(&self.host.0.client().settings, &MessageId::from_random(number))
            .map_err(|error| ClientError::before(ClientErrorKind::Unwritable(error), DURING))
    }
}
