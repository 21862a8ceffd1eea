//! All limits on data from a peer.
//!
//! Readers take a [`Limits`] as an argument and have no limits of their own. The defaults follow what a WinRM service can send:
//! `MaxEnvelopeSizekb` 500 and `MaxBatchItems` 32000 (Microsoft, "Installation and configuration for Windows Remote Management").

/// Limits on data that is read from a peer.
///
/// Exceeding a limit is an error that names it; nothing is truncated silently.
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
    /// Consecutive pages without items in one enumeration. Default 100. A host need not send any: a Pull that finds nothing in
    /// time should end in a fault (DSP0226, section 8.4). Windows was recorded to send them for subscriptions, one each time that
    /// nothing happened; with the operation timeout of a minute, 100 are more than an hour and a half.
    pub empty_pages: usize,
    /// Items of one enumeration. Default 10 000 000.
    pub enumeration_items: usize,
    /// Bytes of all pages of one enumeration, decoded. Default 4 GiB; 100 000 instances of a Hyper-V class have about 700 MB.
    pub enumeration_bytes: u64,
    /// Items of an enumeration that is useful only as a whole, such as a tree. Default 100 000.
    pub collected_items: usize,
    /// Bytes of texts and lists kept for all these items. Default 24 MiB, which is 250 bytes for each of 100 000; a snapshot
    /// needs about 190.
    pub collected_bytes: usize,
    /// Items of an enumeration of the snapshots of all VMs. Default 1 000 000; a host runs at most 1024 VMs, a cluster 8000, each
    /// with at most 50 snapshots (Microsoft, "Plan for Hyper-V scalability").
    pub host_items: usize,
    /// Bytes of texts and lists kept for all these items. Default 240 MiB, which is 250 bytes for each.
    pub host_bytes: usize,
    /// Properties of one instance, and members of one array. Default 4096.
    pub instance_properties: usize,
    /// Selectors of one endpoint reference. Default 64.
    pub selectors: usize,
    /// Bytes of one authentication token, decoded. Default 64 KiB.
    pub token_bytes: usize,
    /// Bytes of one operation in a journal. Default 1 MiB: a VM has at most 50 snapshots.
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
            empty_pages: 100,
            enumeration_items: 10_000_000,
            enumeration_bytes: 4 * 1024 * 1024 * 1024,
            collected_items: 100_000,
            collected_bytes: 24 * 1024 * 1024,
            host_items: 1_000_000,
            host_bytes: 240 * 1024 * 1024,
            instance_properties: 4096,
            selectors: 64,
            token_bytes: 64 * 1024,
            journal_bytes: 1024 * 1024,
        }
    }
}

/// The limits of an answer that is kept as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    pub(crate) items: usize,
    pub(crate) bytes: usize,
}

impl Limits {
    /// Of an answer about one thing, such as a tree.
    pub(crate) fn collected(&self) -> Most {
        Most { items: self.collected_items, bytes: self.collected_bytes }
    }

    /// Of an answer about all VMs.
    pub(crate) fn of_host(&self) -> Most {
        Most { items: self.host_items, bytes: self.host_bytes }
    }
}

/// The bytes that a value occupies outside itself, in its texts and lists; for the limit on collected items.
pub(crate) trait Held {
    fn held(&self) -> usize;
}

impl Held for String {
    fn held(&self) -> usize {
        self.len()
    }
}

macro_rules! nothing_beside_itself {
    ($($plain:ty),+) => { $(impl Held for $plain { fn held(&self) -> usize { 0 } })+ };
}

nothing_beside_itself!((), bool, u16, u32);

impl<T: Held> Held for Option<T> {
    fn held(&self) -> usize {
        self.as_ref().map_or(0, Held::held)
    }
}

impl<T: Held, E> Held for Result<T, E> {
    /// Errors are short and not counted.
    fn held(&self) -> usize {
        self.as_ref().map_or(0, Held::held)
    }
}

impl<A: Held, B: Held> Held for (A, B) {
    fn held(&self) -> usize {
        self.0.held() + self.1.held()
    }
}

impl<T: Held> Held for Vec<T> {
    fn held(&self) -> usize {
        self.len() * size_of::<T>() + self.iter().map(Held::held).sum::<usize>()
    }
}
