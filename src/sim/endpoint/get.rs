//! Get: one instance by its selectors, or one property of it.
//!
//! The body of the answer is the instance, in the namespace of its own class. Follows DSP0226 sections 7.2 and 7.7.

use super::{
    Done, Failed,
    locate::{Purpose, locate},
    transfer,
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
    match &request.fragment {
        None => message::instance(answer.body(), &instance, resource, view.host.spec.build),
        Some(expression) => {
            let property = transfer::property(expression, &instance)?;
            message::fragment(answer.body(), &instance, &[property.to_owned()], resource);
        }
    }
    Ok(Done { envelope: answer.finish()?, return_value: None })
}
