//! Namespace-aware pull reader and byte-stable writer over quick-xml.
//!
//! The types of quick-xml stay inside. No tree is built and no external entity is resolved: document types and unknown entities
//! are violations. Follows XML 1.0 (fifth edition) and Namespaces in XML 1.0.

mod attributes;
mod element;
mod encoding;
mod entity;
mod name;
mod reader;
mod writer;

pub(crate) use element::{Content, Element};
pub(crate) use encoding::decode;
pub(crate) use reader::Reader;
pub use writer::UnwritableText;
pub(crate) use writer::Writer;

/// The namespace of `xsi:nil` and `xsi:type` (XML Schema part 1, section 2.6).
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The namespace that is always bound to the prefix `xml` (Namespaces in XML 1.0, section 3).
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
