//! Get and Invoke with CIM values: read an instance, or call a method with typed parameters.

use crate::{
    Limits,
    cim::{Instance, Value, decode, encode},
    soap::MessageId,
    violation::ProtocolError,
    wsman::{AnswerError, EndpointReference, Exchange, Get, Invoke, RequestSettings},
    xml::UnwritableText,
};

/// A call of a method on the instance `reference`. Parameters are sent in the order given, which must be that of the schema.
pub(crate) struct Call<'c, D> {
    invoke: Invoke<'c>,
    parameters: &'c [(&'c str, Value)],
    decode: D,
}

impl<'c, T, D: Fn(&Instance<'_>) -> Result<T, ProtocolError>> Call<'c, D> {
    pub(crate) fn on(
        target: &'c EndpointReference,
        method: &'c str,
        parameters: &'c [(&'c str, Value)],
        decode: D,
    ) -> Self {
        let invoke = Invoke { resource_uri: &target.resource_uri, selectors: &target.selectors, method };
        Self { invoke, parameters, decode }
    }
}

impl<T, D: Fn(&Instance<'_>) -> Result<T, ProtocolError>> Exchange for Call<'_, D> {
    type Output = T;

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        let declarations = encode::declarations(self.parameters.iter().map(|(_, value)| value));
        self.invoke.request(settings, id, &declarations, |writer| {
            for (name, value) in self.parameters {
                encode::property(writer, &["p:", name].concat(), value);
            }
        })
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<T, AnswerError> {
        self.invoke
            .answer(text, limits, id, |reader, element| (self.decode)(&decode::output(reader, element)?))
    }
}

/// A Get of the instance that a reference names.
pub(crate) struct Lookup<'c, D> {
    get: Get<'c>,
    decode: D,
}

impl<'c, T, D: Fn(Instance<'_>) -> Result<T, ProtocolError>> Lookup<'c, D> {
    pub(crate) fn of(target: &'c EndpointReference, decode: D) -> Self {
        Self { get: Get::of(target), decode }
    }

    /// Reads only this property of the instance.
    pub(crate) fn part(self, property: &'c str) -> Self {
        Self { get: self.get.part(property), ..self }
    }
}

impl<T, D: Fn(Instance<'_>) -> Result<T, ProtocolError>> Exchange for Lookup<'_, D> {
    type Output = T;

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        self.get.request(settings, id)
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<T, AnswerError> {
        self.get.answer(text, limits, id, |reader, element| (self.decode)(decode::instance(reader, element)?))
    }
}
