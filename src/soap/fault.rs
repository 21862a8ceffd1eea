//! The parts of a SOAP fault: code, subcode, reason. The caller reads the detail.
//!
//! Decisions never depend on the reason text. Follows SOAP 1.2 part 1, section 5.4; a Windows host sends one reason, possibly
//! empty.

use std::fmt;

use crate::{
    soap::SOAP,
    violation::{ProtocolError, Violation},
    xml::{Element, Reader},
};

/// A qualified name in a fault: namespace (empty if its prefix was not bound) and local name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QualifiedName {
    /// The namespace URI.
    pub namespace: String,
    /// The local name.
    pub local: String,
}

impl fmt::Display for QualifiedName {
    /// The local name, which documentation calls the subcode.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.local)
    }
}

/// The side at fault, from `s:Code/s:Value` (SOAP 1.2 part 1, section 5.4.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultCode {
    /// `s:Sender`: the request is at fault.
    Sender,
    /// `s:Receiver`: the service is at fault.
    Receiver,
    /// `s:MustUnderstand`: the service does not support a mandatory header.
    MustUnderstand,
    /// `s:VersionMismatch`: the message is not SOAP 1.2.
    VersionMismatch,
    /// `s:DataEncodingUnknown`.
    DataEncodingUnknown,
    /// Any other code, by its local name.
    Other(String),
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sender => "Sender",
            Self::Receiver => "Receiver",
            Self::MustUnderstand => "MustUnderstand",
            Self::VersionMismatch => "VersionMismatch",
            Self::DataEncodingUnknown => "DataEncodingUnknown",
            Self::Other(name) => name,
        })
    }
}

/// The code, the subcodes from outer to inner, and the first reason that is not empty.
pub(crate) struct Parts {
    pub(crate) code: FaultCode,
    pub(crate) subcode: Option<QualifiedName>,
    pub(crate) reason: String,
}

/// Reads the open element `s:Fault`; passes every child of its detail to `detail`.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    fault: &Element<'a>,
    mut detail: impl FnMut(&mut Reader<'a>, &Element<'a>) -> Result<(), ProtocolError>,
) -> Result<Parts, ProtocolError> {
    let (mut code, mut subcode, mut reason) = (None, None, String::new());
    while let Some(part) = reader.child(fault)? {
        if part.name.namespace != SOAP {
            continue;
        }
        match part.name.local {
            "Code" => (code, subcode) = read_code(reader, &part)?,
            "Reason" => {
                while let Some(text) = reader.child(&part)? {
                    let text = reader.text(&text)?;
                    if reason.is_empty() {
                        text.trim().clone_into(&mut reason);
                    }
                }
            }
            "Detail" => {
                while let Some(child) = reader.child(&part)? {
                    detail(reader, &child)?;
                }
            }
            _ => {}
        }
    }
    let code = code.ok_or_else(|| ProtocolError::new(Violation::FaultWithoutCode, ""))?;
    Ok(Parts { code, subcode, reason })
}

type Codes = (Option<FaultCode>, Option<QualifiedName>);

fn read_code<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Codes, ProtocolError> {
    let (mut code, mut subcode) = (None, None);
    while let Some(child) = reader.child(element)? {
        if child.name.is(SOAP, "Value") {
            let (_, local) = reader.qualified_name(&child)?;
            code = Some(match local.as_str() {
                "Sender" => FaultCode::Sender,
                "Receiver" => FaultCode::Receiver,
                "MustUnderstand" => FaultCode::MustUnderstand,
                "VersionMismatch" => FaultCode::VersionMismatch,
                "DataEncodingUnknown" => FaultCode::DataEncodingUnknown,
                _ => FaultCode::Other(local),
            });
        } else if child.name.is(SOAP, "Subcode") {
            while let Some(value) = reader.child(&child)? {
                if value.name.is(SOAP, "Value") && subcode.is_none() {
                    let (namespace, local) = reader.qualified_name(&value)?;
                    subcode = Some(QualifiedName { namespace, local });
                }
            }
        }
    }
    Ok((code, subcode))
}
