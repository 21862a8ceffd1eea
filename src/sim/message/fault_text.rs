//! The two CIM objects inside faults: `__ExtendedStatus` and `MSFT_WmiError`.
//!
//! Members as recorded, without the types that only an MI client requests.

use super::{kinds::FaultKind, names::ns};
use crate::xml::Writer;

/// WMI's description of the failed operation.
pub(super) fn extended_status(writer: &mut Writer, operation: &str, object: &str) {
    object_start(writer, "__ExtendedStatus", &[]);
    nil(writer, "Description");
    writer.leaf("p:Operation", &[], operation).leaf("p:ParameterInfo", &[], object);
    let of_windows = object.starts_with("Win32_");
    let provider = if of_windows { "CIMWin32" } else { "VmmsWmiInstanceAndMethodProvider" };
    writer.leaf("p:ProviderName", &[], provider);
    nil(writer, "StatusCode");
    writer.end();
}

/// The error of WinRM's layer of Windows Server 2012 and later.
pub(super) fn wmi_error(writer: &mut Writer, kind: &FaultKind) {
    object_start(writer, "MSFT_WmiError", &[("xmlns:b", ns::BINDING), ("b:IsCIM_Error", "true")]);
    writer.leaf("p:CIMStatusCode", &[], "27");
    for name in ["CIMStatusCodeDescription", "ErrorSource"] {
        nil(writer, name);
    }
    writer.leaf("p:ErrorSourceFormat", &[], "0").leaf("p:ErrorType", &[], "0");
    writer.leaf("p:Message", &[], kind.reason);
    writer.leaf("p:MessageID", &[], &format!("HRESULT 0x{:x}", kind.code));
    for name in ["OtherErrorSourceFormat", "OtherErrorType", "OwningEntity"] {
        nil(writer, name);
    }
    writer.leaf("p:PerceivedSeverity", &[], "0").leaf("p:ProbableCause", &[], "0");
    nil(writer, "ProbableCauseDescription");
    writer.leaf("p:error_Category", &[], "0").leaf("p:error_Code", &[], &kind.code.to_string());
    writer.leaf("p:error_Type", &[], "HRESULT").leaf("p:error_WindowsErrorMessage", &[], kind.reason);
    writer.end();
}

fn object_start(writer: &mut Writer, class: &str, more: &[(&str, &str)]) {
    let uri = format!("{}{class}", super::names::DMTF_PREFIX);
    let kind = format!("p:{class}_Type");
    let mut attributes = vec![("xmlns:xsi", ns::XSI), ("xmlns:p", uri.as_str()), ("xmlns:cim", ns::CIM)];
    attributes.extend(more);
    attributes.push(("xsi:type", &kind));
    writer.start(&format!("p:{class}"), &attributes);
}

fn nil(writer: &mut Writer, name: &str) {
    writer.empty(&format!("p:{name}"), &[("xsi:nil", "true")]);
}
