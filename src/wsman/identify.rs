//! Identify: the vendor, version and protocol of a service.
//!
//! The request has no resource URI and no addressing headers. Follows DSP0226, section 11, and MS-WSMV 3.1.4.1.23.

use crate::{
    Limits,
    soap::SOAP,
    wsman::{
        answer::{self, AnswerError},
        names::IDENTITY,
    },
    xml::{Reader, UnwritableText, Writer},
};

/// A service's description of itself; every part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// `ProtocolVersion`: the WS-Management namespace of the service.
    pub protocol_version: Option<String>,
    /// `ProductVendor`, such as `Microsoft Corporation`.
    pub product_vendor: Option<String>,
    /// `ProductVersion`, such as `OS: 10.0.17763 SP: 0.0 Stack: 3.0`; all zeros without authentication.
    pub product_version: Option<String>,
    /// `SecurityProfiles`: URIs of the transports and authentication schemes that the service accepts.
    pub security_profiles: Vec<String>,
}

/// The exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identify;

impl Identify {
    pub(crate) fn request() -> Result<String, UnwritableText> {
        let mut writer = Writer::new();
        writer.start("s:Envelope", &[("xmlns:s", SOAP), ("xmlns:wsmid", IDENTITY)]);
        writer.empty("s:Header", &[]).start("s:Body", &[]).empty("wsmid:Identify", &[]);
        writer.finish()
    }

    pub(crate) fn answer(text: &str, limits: &Limits) -> Result<Identity, AnswerError> {
        let mut reader = Reader::new(text, limits);
        let element = answer::open(&mut reader, None)?;
        // One server was seen to use SOAP's namespace, so only the local name counts.
        if element.name.local != "IdentifyResponse" {
            return Err(answer::unexpected(&element, "IdentifyResponse").into());
        }
        let mut identity = Identity::default();
        while let Some(child) = reader.child(&element)? {
            match child.name.local {
                "ProtocolVersion" => identity.protocol_version = Some(reader.text(&child)?.into_owned()),
                "ProductVendor" => identity.product_vendor = Some(reader.text(&child)?.into_owned()),
                "ProductVersion" => identity.product_version = Some(reader.text(&child)?.into_owned()),
                "SecurityProfiles" => {
                    while let Some(profile) = reader.child(&child)? {
                        identity.security_profiles.push(reader.text(&profile)?.into_owned());
                    }
                }
                _ => {}
            }
        }
        reader.finish()?;
        Ok(identity)
    }
}
