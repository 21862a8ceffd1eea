//! Every bound on what a peer may make us hold, in one place.
//!
//! Readers take a [`Limits`] by argument; none of them has a bound of its own. It never reads or measures anything itself.
//! The defaults follow what a WinRM service can send: `MaxEnvelopeSizekb` 500 and `MaxBatchItems` 32000
//! (Microsoft, "Installation and configuration for Windows Remote Management").

/// Upper bounds for what is read from a peer.
///
/// A peer that exceeds one of them ends in an error that names the bound; nothing is truncated silently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one HTTP answer body, before and after decoding. Default 16 MiB.
    pub answer_bytes: usize,
    /// Depth of element nesting in one document. Default 64.
    pub xml_depth: usize,
    /// Attributes (namespace declarations included) of one element, and namespace declarations in scope. Default 64.
    pub xml_attributes: usize,
    /// Bytes of the name of one element, and of one namespace. Default 4096.
    pub xml_name_bytes: usize,
    /// Bytes of one text or attribute value. Default 4 MiB.
    pub xml_text_bytes: usize,
    /// Items of one page of an enumeration. Default 32 000, the service's own `MaxBatchItems`.
    pub page_items: usize,
    /// Pages of one enumeration. Default 1 000 000.
    pub pages: usize,
    /// Items of an enumeration that is of use only when whole, such as a tree. Default 100 000.
    pub collected_items: usize,
    /// Properties of one instance, and members of one array. Default 4096.
    pub instance_properties: usize,
    /// Selectors of one endpoint reference. Default 64.
    pub selectors: usize,
    /// Bytes of one authentication token, decoded. Default 64 KiB.
    pub token_bytes: usize,
    /// Bytes of one operation in a journal. Default 1 MiB: a machine has at most 50 snapshots.
    pub journal_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer_bytes: 16 * 1024 * 1024,
            xml_depth: 64,
            xml_attributes: 64,
            xml_name_bytes: 4096,
            xml_text_bytes: 4 * 1024 * 1024,
            page_items: 32_000,
            pages: 1_000_000,
            collected_items: 100_000,
            instance_properties: 4096,
            selectors: 64,
            token_bytes: 64 * 1024,
            journal_bytes: 1024 * 1024,
        }
    }
}
