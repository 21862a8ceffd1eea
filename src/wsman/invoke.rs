//! Invoke: calls a method of an instance or service.
//!
//! Any `ReturnValue` is a result, not an error. Follows DSP0230, sections 9 and 10.3, and MS-WSMV 3.1.4.1.

use crate::{
    Limits,
    soap::MessageId,
    violation::ProtocolError,
    wsman::{
        ResourceUri, SelectorSet,
        answer::{self, AnswerError},
        request::{RequestHead, RequestSettings},
    },
    xml::{Element, Reader, UnwritableText, Writer},
};

/// The exchange. The parameters are written with the prefix `p` bound to the resource URI.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Invoke<'r> {
    pub(crate) resource_uri: &'r ResourceUri,
    pub(crate) selectors: &'r SelectorSet,
    pub(crate) method: &'r str,
}

impl Invoke<'_> {
    /// Writes the request; `declarations` binds the prefixes that `input` needs besides `p`, `a` and `w`.
    pub(crate) fn request(
        &self,
        settings: &RequestSettings,
        id: &MessageId,
        declarations: &[(&str, &str)],
        input: impl FnOnce(&mut Writer),
    ) -> Result<String, UnwritableText> {
        let action = [self.resource_uri.as_str(), "/", self.method].concat();
        let head =
            RequestHead { resource_uri: self.resource_uri, action: &action, selectors: self.selectors };
        let mut writer = settings.start(&head, id, &[]);
        let root = ["p:", self.method, "_INPUT"].concat();
        writer.start_declaring(&root, &[("xmlns:p", self.resource_uri.as_str())], declarations);
        input(&mut writer);
        writer.finish()
    }

    /// Reads the answer; `decode` reads the open output element.
    ///
    /// The element must be the output of this method. Some servers name it after the class. Its namespace must be the resource
    /// URI, but may differ in case, because a host need not repeat our spelling (MS-WSMV 4.11.1).
    pub(crate) fn answer<'a, T>(
        &self,
        text: &'a str,
        limits: &'a Limits,
        id: &MessageId,
        decode: impl FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
    ) -> Result<T, AnswerError> {
        let mut reader = Reader::new(text, limits);
        let element = answer::open(&mut reader, Some(id))?;
        let stem = element.name.local.strip_suffix("_OUTPUT");
        let named = stem.is_some_and(|stem| stem == self.method || stem == self.class());
        if !named || !self.same_class_family(&element.name.namespace) {
            let expected = format!("{}_OUTPUT", self.method);
            return Err(answer::unexpected(&element, &expected).into());
        }
        let decoded = decode(&mut reader, &element)?;
        reader.finish()?;
        Ok(decoded)
    }

    fn class(&self) -> &str {
        self.resource_uri.last_segment()
    }

    /// Accepts the resource URI itself, or a class URI of either form: the answer to a method called through a superclass has
    /// the namespace of the implementing class.
    fn same_class_family(&self, namespace: &str) -> bool {
        if namespace.eq_ignore_ascii_case(self.resource_uri.as_str()) {
            return true;
        }
        let namespace = namespace.to_ascii_lowercase();
        namespace.contains("/wbem/wsman/1/wmi/") || namespace.contains("/wbem/wscim/1/cim-schema/")
    }
}
