//! Identify: the vendor and protocol of the service and, for authenticated users, its version.
//!
//! Follows MS-WSMV 3.1.4.1.23 and its notes: an anonymous answer hides the version of the operating system.

use super::Caller;
use crate::{
    sim::{message::ns, model::Host},
    xml::{UnwritableText, Writer},
};

pub(super) fn identify(host: &Host, caller: &Caller) -> Result<String, UnwritableText> {
    let mut writer = Writer::new();
    writer.start("s:Envelope", &[("xml:lang", "en-US"), ("xmlns:s", ns::SOAP)]);
    writer.empty("s:Header", &[]).start("s:Body", &[]);
    writer.start("wsmid:IdentifyResponse", &[("xmlns:wsmid", ns::IDENTITY)]);
    writer.leaf("wsmid:ProtocolVersion", &[], ns::WSMAN);
    writer.leaf("wsmid:ProductVendor", &[], "Microsoft Corporation");
    let version = if caller.name.is_some() { host.spec.version.as_str() } else { "0.0.0" };
    writer.leaf("wsmid:ProductVersion", &[], &format!("OS: {version} SP: 0.0 Stack: 3.0"));
    if caller.name.is_some() {
        let profile = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/basic";
        writer.start("wsmid:SecurityProfiles", &[]);
        writer.leaf("wsmid:SecurityProfileName", &[], profile).end();
    }
    writer.finish()
}
