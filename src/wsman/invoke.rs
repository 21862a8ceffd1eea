//! Invoke: a method of an instance or service.
//!
//! Any `ReturnValue` is an answer, not an error. DSP0230, sections 9 and 10.3; MS-WSMV 3.1.4.1.

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
    /// Writes the request; `declarations` binds what `input` needs besides `p`, `a` and `w`.
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

    /// Reads the answer; `decode` is handed the open output element.
    ///
    /// The element must be the output of this method. Other servers were seen to name it after the class; its namespace
    /// is the resource URI in any case, since a host need not repeat our spelling (MS-WSMV 4.11.1).
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

    /// The resource URI itself, or a class URI of either form: a method called through a superclass is answered in
    /// the namespace of the class that implements it.
    fn same_class_family(&self, namespace: &str) -> bool {
        if namespace.eq_ignore_ascii_case(self.resource_uri.as_str()) {
            return true;
        }
        let namespace = namespace.to_ascii_lowercase();
        namespace.contains("/wbem/wsman/1/wmi/") || namespace.contains("/wbem/wscim/1/cim-schema/")
    }
}
