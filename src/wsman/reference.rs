//! Endpoint references: they identify one instance on the wire.
//!
//! Written without the wrapper `a:EndpointReference`, which a Windows host refuses inside a method parameter (DSP0230
//! `cim:reference`; observed as `w:SchemaValidationError`). Read with and without it, because other servers wrap.

use crate::{
    limits::Held,
    soap::{ADDRESSING, ANONYMOUS},
    violation::{ProtocolError, Violation},
    wsman::{ResourceUri, SelectorSet, names::WSMAN},
    xml::{Element, Reader, Writer},
};

/// A reference to one instance: resource URI and selectors.
#[derive(Clone, Debug)]
pub struct EndpointReference {
    /// `a:Address`; the anonymous address for an instance of the same service.
    pub address: String,
    /// `w:ResourceURI`: the class, in either form.
    pub resource_uri: ResourceUri,
    /// `w:SelectorSet`: the keys.
    pub selectors: SelectorSet,
}

impl EndpointReference {
    /// A reference to an instance of the service that receives it.
    pub fn new(resource_uri: ResourceUri, selectors: SelectorSet) -> Self {
        Self { address: ANONYMOUS.to_owned(), resource_uri, selectors }
    }

    /// Whether its address is the anonymous one: the service that it was read from (WS-Addressing).
    pub fn is_anonymous(&self) -> bool {
        self.address == ANONYMOUS
    }

    /// Writes `a:Address` and `a:ReferenceParameters`; the prefixes `a` and `w` must be bound.
    pub(crate) fn write_content(&self, writer: &mut Writer) {
        writer.leaf("a:Address", &[], &self.address);
        writer.start("a:ReferenceParameters", &[]);
        writer.leaf("w:ResourceURI", &[], self.resource_uri.as_str());
        if !self.selectors.is_empty() {
            self.selectors.write(writer);
        }
        writer.end();
    }

    /// Reads the reference inside `holder`, wrapped or not; the first child of `holder` is already open.
    pub(crate) fn read_from<'a>(
        reader: &mut Reader<'a>,
        holder: &Element<'a>,
        first: Element<'a>,
    ) -> Result<Self, ProtocolError> {
        if first.name.is(ADDRESSING, "EndpointReference") {
            Self::read_content(reader, &first)
        } else {
            Self::read_children(reader, holder, Some(first))
        }
    }

    /// Reads an open element whose children are those of an endpoint reference.
    pub(crate) fn read_content<'a>(
        reader: &mut Reader<'a>,
        element: &Element<'a>,
    ) -> Result<Self, ProtocolError> {
        Self::read_children(reader, element, None)
    }

    fn read_children<'a>(
        reader: &mut Reader<'a>,
        element: &Element<'a>,
        mut child: Option<Element<'a>>,
    ) -> Result<Self, ProtocolError> {
        let (mut address, mut uri, mut selectors) = (None, None, None);
        while let Some(part) = match child.take() {
            Some(first) => Some(first),
            None => reader.child(element)?,
        } {
            if part.name.namespace != ADDRESSING {
                continue;
            }
            match part.name.local {
                "Address" => address = Some(reader.text(&part)?.trim().to_owned()),
                // `ReferenceProperties` was seen in an answer to Subscribe.
                "ReferenceParameters" | "ReferenceProperties" => {
                    while let Some(parameter) = reader.child(&part)? {
                        if parameter.name.is(WSMAN, "ResourceURI") {
                            let text = reader.text(&parameter)?;
                            uri =
                                Some(text.parse::<ResourceUri>().map_err(|error| {
                                    reader.error(Violation::BadReference, error.to_string())
                                })?);
                        } else if parameter.name.is(WSMAN, "SelectorSet") {
                            selectors = Some(SelectorSet::read(reader, &parameter)?);
                        }
                    }
                }
                _ => {}
            }
        }
        let resource_uri = uri.ok_or_else(|| reader.error(Violation::BadReference, "no resource URI"))?;
        let selectors = selectors.unwrap_or_default();
        Ok(Self { address: address.unwrap_or_else(|| ANONYMOUS.to_owned()), resource_uri, selectors })
    }
}

impl PartialEq for EndpointReference {
    /// Equal if they identify the same instance: resource URI and selectors count, the address does not.
    fn eq(&self, other: &Self) -> bool {
        self.resource_uri == other.resource_uri && self.selectors == other.selectors
    }
}

impl Held for EndpointReference {
    fn held(&self) -> usize {
        let Self { address, resource_uri, selectors } = self;
        address.held() + resource_uri.as_str().len() + selectors.held()
    }
}
