//! For the benches: the call that destroys a snapshot, for one that no host has.
//!
//! Everything is as in a destroy (`destroy`), from the call to its result, but what stands around it: the reference to the
//! snapshot is made once, as a tree that was read holds it ready. The identifier has no digit but zero, so no host finds it: it
//! answers with a return value and changes nothing.

use crate::{
    cim::{ClassName, Instance},
    client::{Client, Error, ErrorKind, job::CallExchange, wire::Exchange},
    hyperv::{DestroyScope, MethodCall, MethodResult, schema::names::SETTING_DATA},
    soap::MessageId,
    wsman::{EndpointReference, SelectorSet},
};

const NOBODY: &str = "Microsoft:00000000-0000-0000-0000-000000000000";
const DURING: &str = "destroying nothing";

/// Destroys a snapshot that is not there.
#[derive(Debug)]
pub struct Nothing {
    client: Client,
    service: EndpointReference,
    call: MethodCall,
}

impl Nothing {
    /// Asks the host for the keys of its service.
    ///
    /// # Errors
    /// If it cannot be asked.
    pub async fn on(client: &Client) -> Result<Self, Error> {
        let inner = &client.0;
        let path = inner.class_path(Some(inner.service_class.clone()));
        let service =
            EndpointReference::new(path.resource_uri(), path.selectors(inner.service().await?.clone()));
        let class: ClassName = super::enumeration::class(SETTING_DATA)?;
        let path = inner.class_path(Some(class));
        let keys = SelectorSet::new().with("InstanceID", NOBODY);
        let snapshot = EndpointReference::new(path.resource_uri(), path.selectors(keys));
        let call = MethodCall::destroy(DestroyScope::Single, snapshot);
        Ok(Self { client: client.clone(), service, call })
    }

    /// Calls; the return value is what the host has against it.
    ///
    /// # Errors
    /// As of any call.
    pub async fn destroy(&self) -> Result<u32, Error> {
        let decode = |output: &Instance<'_>| MethodResult::from_output(output);
        let exchange = CallExchange::on(&self.service, &self.call, decode);
        self.client.0.call(DURING, &exchange).await.map(|result| result.return_code.0)
    }

    /// What the call sends, as a message of this number.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn request(&self, number: u128) -> Result<String, Error> {
        let decode = |output: &Instance<'_>| MethodResult::from_output(output);
        CallExchange::on(&self.service, &self.call, decode)
            .request(&self.client.0.settings, &MessageId::from_random(number))
            .map_err(|error| Error::before(ErrorKind::Unwritable(error), DURING))
    }
}
