//! Get: one instance by its selectors.
//!
//! The body of the answer is the instance, in the namespace of its own class. Follows DSP0226 section 7.2.

use super::{
    Done, Failed,
    locate::{Purpose, locate},
};
use crate::sim::{
    instances::View,
    message::{self, Answer, Fault, Request, Resource, Selector, Vocabulary, kinds},
};

const RESPONSE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";

pub(super) fn get(
    view: &View<'_>,
    resource: &Resource,
    selectors: &[Selector],
    request: &Request,
    message_id: &str,
) -> Result<Done, Failed> {
    if request.body.is_some() {
        return Err(Fault::new(&kinds::SCHEMA_VALIDATION, "a Get has no body").into());
    }
    let instance = locate(view, resource, selectors, Purpose::Get)?;
    let mut answer =
        Answer::begin(Vocabulary::Transfer, RESPONSE, message_id, Some(&request.message_id), None);
    message::instance(answer.body(), &instance, resource, view.host.spec.build);
    Ok(Done { envelope: answer.finish()?, return_value: None })
}
