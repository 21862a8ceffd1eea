//! Namespaces, actions and dialects of WS-Management and related specifications.
//!
//! Follows DSP0226 Annex A, DSP0227, MS-WSMV 2.2.1.

/// WS-Management (`w`).
pub(crate) const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
/// Microsoft's additions (`m`, on the wire mostly bound to `p`).
pub(crate) const MICROSOFT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
/// WS-Enumeration (`n`).
pub(crate) const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
/// Microsoft's fault detail (`f`).
pub(crate) const WSMAN_FAULT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
/// Binding of CIM to WS-Management (`b`).
pub(crate) const BINDING: &str = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
/// Identify. The namespace table of MS-WSMV has `identify` in the path; DSP0226 Annex A and real hosts have `identity`.
pub(crate) const IDENTITY: &str = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";

/// Action of Get (DSP0226, section 7.2).
pub(crate) const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
pub(crate) const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
pub(crate) const PUT: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
pub(crate) const CREATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
pub(crate) const DELETE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
/// Action of Enumerate (DSP0226, section 8.2).
pub(crate) const ENUMERATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
/// Action of Pull (DSP0226, section 8.4).
pub(crate) const PULL: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
/// Action of Release (DSP0226, section 8.5).
pub(crate) const RELEASE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";

/// Filter dialect of WQL (MS-WSMV 3.1.4.1.13).
pub(crate) const DIALECT_WQL: &str = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
/// Filter dialect of a selector set (MS-WSMV 3.1.4.1.13).
pub(crate) const DIALECT_SELECTOR: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
/// Filter dialect of associations (DSP0227, section 8.2).
pub(crate) const DIALECT_ASSOCIATION: &str =
    "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";
