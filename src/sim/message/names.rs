//! Names on the wire: namespaces, actions, dialects.
//!
//! The client has its own list. The duplication is deliberate: a typing mistake in one list must not be hidden by the other.
//! Follows DSP0226 annex A, DSP0227 and MS-WSMV 2.2.

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
    /// The form in the namespace table of MS-WSMV; some clients send it.
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

/// The address of the sender of the request.
pub(crate) const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
/// The prefix of resource URIs of WMI classes; the namespace follows.
pub(crate) const WMI_PREFIX: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
/// The prefix of resource URIs of DMTF classes; the class follows.
pub(crate) const DMTF_PREFIX: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
/// All classes, in the form of the DMTF.
pub(crate) const DMTF_ALL: &str = "http://schemas.dmtf.org/wbem/wscim/1/*";
/// The selector with the namespace, for resource URIs that do not contain it.
pub(crate) const NAMESPACE_SELECTOR: &str = "__cimnamespace";
/// The prefix of the URIs of fault details.
pub(crate) const FAULT_DETAIL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/";
