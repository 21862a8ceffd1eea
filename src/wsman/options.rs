//! Option sets: additional values that a service or provider may use.
//!
//! Windows puts an option `wmi:NAME` into the WMI context of the request, and `wmiarray:NAME` as a member of an array. For WMI
//! classes, unknown options are ignored (MS-WSMV 3.1.4.1.10). Follows DSP0226, section 6.4.

use crate::xml::Writer;

/// Options of a request (`w:OptionSet`).
///
/// ```
/// use hvsnap::wsman::OptionSet;
///
/// let options = OptionSet::new()
///     .with("wmi:__ProviderArchitecture", "64")
///     .with_required("wmi:__RequiredArchitecture", "true");
/// assert_eq!(options.iter().count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionSet(Vec<RequestOption>);

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestOption {
    /// `Name`.
    pub name: String,
    /// The value, as text.
    pub value: String,
    /// `MustComply`: the service answers with a fault if it cannot apply the option.
    pub must_comply: bool,
}

impl OptionSet {
    /// The empty set.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds an option that the service may ignore.
    #[must_use]
    pub fn with(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.and(name.into(), value.into(), false)
    }

    /// Adds an option that the service must apply (`MustComply`).
    #[must_use]
    pub fn with_required(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.and(name.into(), value.into(), true)
    }

    fn and(mut self, name: String, value: String, must_comply: bool) -> Self {
        self.0.push(RequestOption { name, value, must_comply });
        self
    }

    /// The options, in order.
    pub fn iter(&self) -> impl Iterator<Item = &RequestOption> {
        self.0.iter()
    }

    /// Writes the header; nothing for the empty set.
    pub(crate) fn write(&self, writer: &mut Writer) {
        if self.0.is_empty() {
            return;
        }
        // `mustUnderstand`, because a service that ignored the header would ignore a required option.
        let required = self.0.iter().any(|option| option.must_comply);
        writer.start("w:OptionSet", &[("s:mustUnderstand", if required { "true" } else { "false" })]);
        for RequestOption { name, value, must_comply } in &self.0 {
            let name = ("Name", name.as_str());
            if *must_comply {
                writer.leaf("w:Option", &[name, ("MustComply", "true")], value);
            } else {
                writer.leaf("w:Option", &[name], value);
            }
        }
        writer.end();
    }
}
