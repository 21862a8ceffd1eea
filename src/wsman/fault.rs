//! Faults, with the details of Windows and compatible servers.
//!
//! Two forms of detail exist (MS-WSMV 2.2.4.43): `f:WSManFault`, which may contain a provider fault with a WMI
//! `__ExtendedStatus`, and a `MSFT_WmiError` instance (`OMI_Error` on other servers). Texts are localised: they are kept for
//! display and never decide anything. The meaning of codes is in `codes`.

use std::{borrow::Cow, fmt};

use crate::{
    soap::{FaultCode, QualifiedName, read_fault},
    violation::{ProtocolError, cut},
    wsman::names::{WSMAN, WSMAN_FAULT},
    xml::{Content, Element, Reader},
};

/// A fault as the service sent it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fault {
    /// The side at fault.
    pub code: FaultCode,
    /// The kind of error, such as `w:InvalidSelectors`.
    pub subcode: Option<QualifiedName>,
    /// The service's text; possibly empty, possibly localised.
    pub reason: String,
    /// `w:FaultDetail`, a URI whose last segment is more specific, such as `InsufficientSelectors`.
    pub detail_uri: Option<String>,
    /// The codes of `f:WSManFault`, from outer to inner; the last is nearest to the cause.
    pub wsman_codes: Vec<u32>,
    /// The texts of `f:Message`, from outer to inner.
    pub messages: Vec<String>,
    /// The provider that failed, from `f:ProviderFault`.
    pub provider: Option<String>,
    /// WMI's extended status.
    pub extended_status: Option<ExtendedStatus>,
    /// `MSFT_WmiError` or `OMI_Error`.
    pub wmi_error: Option<WmiError>,
}

/// `__ExtendedStatus`: WMI's description of a failed operation (all parts optional).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtendedStatus {
    /// The description.
    pub description: Option<String>,
    /// The WMI call, such as `GetObject`.
    pub operation: Option<String>,
    /// The argument of the call, such as a WMI path.
    pub parameter_info: Option<String>,
    /// The provider's name.
    pub provider_name: Option<String>,
    /// A WMI status.
    pub status_code: Option<u32>,
}

/// `MSFT_WmiError` (or `OMI_Error`): an error as a CIM instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WmiError {
    /// `error_Code` (`OMI_Code`): a WS-Man, WMI or Win32 code. If `error_Type` (`OMI_Type`) is `MI`, the code is a CIM status
    /// and is stored in `cim_status_code`.
    pub error_code: Option<u32>,
    /// `CIMStatusCode`.
    pub cim_status_code: Option<u32>,
    /// `MessageID`, such as `HRESULT 0x803381a5`.
    pub message_id: Option<String>,
    /// `Message`.
    pub message: Option<String>,
}

impl WmiError {
    /// `error_Code`, unless it repeats the CIM status.
    fn number(&self) -> Option<u32> {
        let is_status = self.cim_status_code == self.error_code;
        self.error_code.filter(|code| *code != 0 && !is_status)
    }

    fn cim_status(&self) -> Option<u32> {
        let of_code = self.error_code.filter(|_| self.number().is_none());
        self.cim_status_code.filter(|status| *status != 0).or(of_code).filter(|status| *status != 0)
    }
}

impl Fault {
    /// The code nearest to the cause: the innermost `WSManFault`, else `error_Code`, else WMI's status. Never a CIM status.
    pub fn number(&self) -> Option<u32> {
        let wsman = self.wsman_codes.iter().rev().copied().find(|code| *code != 0);
        wsman
            .or_else(|| self.wmi_error.as_ref().and_then(WmiError::number))
            .or_else(|| self.extended_status.as_ref().and_then(|status| status.status_code))
    }

    /// The CIM status (DSP0200), which is less specific than [`number`](Self::number).
    pub fn cim_status(&self) -> Option<u32> {
        self.wmi_error.as_ref().and_then(WmiError::cim_status)
    }

    /// The text nearest to the cause that is not empty.
    pub fn text(&self) -> &str {
        let inner = self.messages.iter().rev().map(String::as_str).find(|text| !text.is_empty());
        let wmi = || self.wmi_error.as_ref().and_then(|error| error.message.as_deref());
        let extended = || self.extended_status.as_ref().and_then(|status| status.description.as_deref());
        inner.or_else(wmi).or_else(extended).unwrap_or(&self.reason)
    }

    /// True if the subcode has this local name, with any namespace.
    pub(crate) fn has_subcode(&self, local: &str) -> bool {
        self.subcode.as_ref().is_some_and(|subcode| subcode.local == local)
    }

    /// True if this is the last segment of `w:FaultDetail`.
    pub(crate) fn has_detail(&self, segment: &str) -> bool {
        let uri = self.detail_uri.as_deref().unwrap_or_default();
        uri.rsplit('/').next() == Some(segment)
    }

    /// Reads the open element `s:Fault`.
    pub(crate) fn read<'a>(reader: &mut Reader<'a>, element: &Element<'a>) -> Result<Self, ProtocolError> {
        let mut found = Details::default();
        let parts = read_fault(reader, element, |reader, child| found.read(reader, child))?;
        Ok(Self {
            code: parts.code,
            subcode: parts.subcode,
            reason: parts.reason,
            detail_uri: found.uri,
            wsman_codes: found.codes,
            messages: found.messages,
            provider: found.provider,
            extended_status: found.extended,
            wmi_error: found.wmi,
        })
    }
}

impl fmt::Display for Fault {
    /// The subcode (else the code), the number in decimal and hex (else the CIM status), then the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subcode {
            Some(subcode) => write!(f, "{subcode}")?,
            None => write!(f, "{}", self.code)?,
        }
        match (self.number(), self.cim_status()) {
            (Some(number), _) => write!(f, " {number} (0x{number:08X})")?,
            (None, Some(status)) => write!(f, " CIM status {status}")?,
            (None, None) => {}
        }
        let text = self.text();
        if !text.is_empty() {
            write!(f, ": {}", cut(text))?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Details {
    uri: Option<String>,
    codes: Vec<u32>,
    messages: Vec<String>,
    provider: Option<String>,
    extended: Option<ExtendedStatus>,
    wmi: Option<WmiError>,
}

impl Details {
    fn read<'a>(&mut self, reader: &mut Reader<'a>, child: &Element<'a>) -> Result<(), ProtocolError> {
        if child.name.is(WSMAN, "FaultDetail") {
            self.uri = Some(reader.text(child)?.trim().to_owned());
        } else if child.name.is(WSMAN_FAULT, "WSManFault") {
            self.wsman_fault(reader, child)?;
        } else {
            match child.name.local {
                "MSFT_WmiError" | "OMI_Error" => self.wmi_error(reader, child)?,
                "ProviderFault" => self.provider_fault(reader, child)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn wsman_fault<'a>(&mut self, reader: &mut Reader<'a>, fault: &Element<'a>) -> Result<(), ProtocolError> {
        if let Some(code) = reader.attribute(fault, "", "Code")? {
            self.codes.extend(number(&code));
        }
        while let Some(message) = reader.child(fault)? {
            if message.name.local != "Message" {
                continue;
            }
            let mut part = match reader.content(&message)? {
                Content::Text(text) => {
                    self.messages.push(text.trim().to_owned());
                    continue;
                }
                Content::Child(first) => Some(first),
            };
            while let Some(child) = part {
                if child.name.local == "ProviderFault" {
                    self.provider_fault(reader, &child)?;
                }
                part = reader.child(&message)?;
            }
        }
        Ok(())
    }

    fn provider_fault<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        fault: &Element<'a>,
    ) -> Result<(), ProtocolError> {
        // The older stack has the provider in `providerId`.
        for name in ["provider", "providerId"] {
            if let Some(provider) = reader.attribute(fault, "", name)? {
                self.provider = Some(provider.into_owned());
                break;
            }
        }
        let mut part = match reader.content(fault)? {
            Content::Text(text) => {
                self.messages.push(text.trim().to_owned());
                return Ok(());
            }
            Content::Child(first) => Some(first),
        };
        while let Some(child) = part {
            if child.name.is(WSMAN_FAULT, "WSManFault") {
                self.wsman_fault(reader, &child)?;
            } else if child.name.local == "ExtendedError" {
                while let Some(status) = reader.child(&child)? {
                    self.extended_status(reader, &status)?;
                }
            } else if matches!(child.name.local, "MSFT_WmiError" | "OMI_Error") {
                self.wmi_error(reader, &child)?;
            }
            part = reader.child(fault)?;
        }
        Ok(())
    }

    fn extended_status<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        element: &Element<'a>,
    ) -> Result<(), ProtocolError> {
        let mut status = ExtendedStatus::default();
        each_property(reader, element, |name, value| match name {
            "Description" => status.description = Some(value.into_owned()),
            "Operation" => status.operation = Some(value.into_owned()),
            "ParameterInfo" => status.parameter_info = Some(value.into_owned()),
            "ProviderName" => status.provider_name = Some(value.into_owned()),
            "StatusCode" => status.status_code = number(&value),
            _ => {}
        })?;
        self.extended = Some(status);
        Ok(())
    }

    fn wmi_error<'a>(&mut self, reader: &mut Reader<'a>, element: &Element<'a>) -> Result<(), ProtocolError> {
        let (mut error, mut is_cim_status) = (WmiError::default(), None);
        each_property(reader, element, |name, value| match name {
            "error_Code" | "OMI_Code" => error.error_code = number(&value),
            "error_Type" | "OMI_Type" => is_cim_status = Some(value.trim().eq_ignore_ascii_case("MI")),
            "CIMStatusCode" => error.cim_status_code = number(&value),
            "MessageID" => error.message_id = Some(value.into_owned()),
            "Message" => error.message = Some(value.trim().to_owned()),
            _ => {}
        })?;
        if is_cim_status == Some(true) {
            let status = error.error_code.take();
            error.cim_status_code = error.cim_status_code.filter(|status| *status != 0).or(status);
        }
        self.wmi = Some(error);
        Ok(())
    }
}

/// Passes on each child whose text is not empty.
fn each_property<'a>(
    reader: &mut Reader<'a>,
    element: &Element<'a>,
    mut property: impl FnMut(&str, Cow<'a, str>),
) -> Result<(), ProtocolError> {
    while let Some(child) = reader.child(element)? {
        if let Content::Text(text) = reader.content(&child)?
            && !text.is_empty()
        {
            property(child.name.local, text);
        }
    }
    Ok(())
}

/// Parses a code in decimal or hex, signed or not: HRESULTs have both forms.
fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(hex, 16).ok();
    }
    text.parse::<u32>().ok().or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}
