//! Names of the wire: namespaces, actions, dialects.
//!
//! Spelled out here once more on purpose, although the client has such a list too: a slip of the pen in one list must
//! not be hidden by the other. Never built at run time. Follows DSP0226 annex A, DSP0227 and MS-WSMV 2.2.

/// Namespaces.
pub(crate) mod ns {
    pub(crate) const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
    pub(crate) const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    pub(crate) const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    pub(crate) const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    pub(crate) const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    pub(crate) const EVENTING: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
    pub(crate) const MICROSOFT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
    pub(crate) const BINDING: &str = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
    pub(crate) const CIM: &str = "http://schemas.dmtf.org/wbem/wscim/1/common";
    pub(crate) const FAULT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
    pub(crate) const IDENTITY: &str = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    /// As MS-WSMV's table of namespaces prints it; clients in the field send it.
    pub(crate) const IDENTIFY: &str = "http://schemas.dmtf.org/wbem/wsman/identify/1/wsmanidentity.xsd";
}

/// Actions.
pub(crate) mod action {
    pub(crate) const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    pub(crate) const PUT: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
    pub(crate) const CREATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
    pub(crate) const DELETE: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
    pub(crate) const ENUMERATE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    pub(crate) const PULL: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
    pub(crate) const RELEASE: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";
}

/// Filter dialects.
pub(crate) mod dialect {
    pub(crate) const WQL: &str = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
    pub(crate) const SELECTOR: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
    pub(crate) const ASSOCIATION: &str = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter";
}

/// Enumeration modes.
pub(crate) mod mode {
    pub(crate) const REFERENCE: &str = "EnumerateEPR";
    pub(crate) const OBJECT_AND_REFERENCE: &str = "EnumerateObjectAndEPR";
}

/// The address of whoever sent the request.
pub(crate) const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
/// What resource URIs of WMI classes begin with; the namespace follows.
pub(crate) const WMI_PREFIX: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
/// What resource URIs of DMTF classes begin with; the class follows.
pub(crate) const DMTF_PREFIX: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
/// All classes, in the form of the DMTF.
pub(crate) const DMTF_ALL: &str = "http://schemas.dmtf.org/wbem/wscim/1/*";
/// The selector that names the namespace where the resource URI does not.
pub(crate) const NAMESPACE_SELECTOR: &str = "__cimnamespace";
/// What the URIs of fault details begin with.
pub(crate) const FAULT_DETAIL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/";
