//! Parses the code that a user gives: decimal, hexadecimal, negative HRESULT, name, fault subcode, or id of this library.
//!
//! Names match without regard to case and underscores: `wbemErrNotFound` is `WBEM_E_NOT_FOUND`.

use std::{error::Error, fmt};

use super::{CodeEntry, Family, all, explain, facility};
use crate::codes::{FaultForm, activity, method};

/// The meaning of a text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The number, if the text is one.
    pub number: Option<u32>,
    /// All readings; at least one.
    pub entries: Vec<&'static CodeEntry>,
}

/// The text is in none of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotACode {
    /// The text.
    pub text: String,
    /// The number, if the text is one.
    pub number: Option<u32>,
    /// The families that the number could belong to.
    pub could_be: Vec<String>,
}

impl fmt::Display for NotACode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "no table here has the code {number} (0x{number:08X})"),
            None if is_own(&self.text) => write!(f, "hvsnap has no code {}", self.text),
            None => write!(f, "{:?} is neither a number nor a name of a code", self.text),
        }
    }
}

impl Error for NotACode {}

/// True if the text has the form of an id of this library: `HVS9999`.
fn is_own(text: &str) -> bool {
    let digits = text.get(3..).filter(|_| text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("HVS")));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Looks up a code in any of its usual forms.
///
/// # Errors
/// If no table contains it; the error lists the families that it could belong to.
///
/// ```
/// use hvsnap::explain::look_up;
///
/// for text in ["2150858793", "0x80338029", "-2144108503", "ERROR_WSMAN_OPERATION_TIMEDOUT"] {
///     assert_eq!(look_up(text)?.entries[0].code, 0x8033_8029);
/// }
/// assert!(look_up("HVS9999").is_err());
/// # Ok::<(), hvsnap::explain::NotACode>(())
/// ```
pub fn look_up(text: &str) -> Result<Explanation, NotACode> {
    let text = text.trim();
    let number = number(text);
    let entries = match number {
        Some(number) => explain(number),
        None => named(text),
    };
    if entries.is_empty() {
        let could_be = number.map(could_be).unwrap_or_default();
        return Err(NotACode { text: text.to_owned(), number, could_be });
    }
    Ok(Explanation { number, entries })
}

/// Parses decimal, negative decimal of 32 bits, or hexadecimal with `0x`; also without `0x` if it cannot be decimal.
fn number(text: &str) -> Option<u32> {
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok();
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return hex(digits);
    }
    let decimal = text.parse::<u32>().ok().or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned));
    let is_hresult = text.len() == 8 && text.starts_with(['8', 'c', 'C']);
    if is_hresult && decimal.is_none_or(|number| explain(number).is_empty()) {
        return hex(text);
    }
    decimal
}

/// The prefixes of names, and the families that use them.
const PREFIXES: &[(&str, &[Family])] = &[
    ("errorwsman", &[Family::WsMan]),
    ("errorwinrs", &[Family::WsMan]),
    ("wbeme", &[Family::Wmi]),
    ("wbemerr", &[Family::Wmi]),
    ("wbemesse", &[Family::Wmi]),
    ("wbems", &[Family::Wmi]),
    ("wbem", &[Family::Wmi]),
    ("cimerr", &[Family::CimStatus]),
    ("errorwinhttp", &[Family::Win32]),
    ("error", &[Family::Win32]),
    ("rpcs", &[Family::Win32]),
    ("rpce", &[Family::HResult]),
    ("sece", &[Family::HResult]),
    ("vendor", &[Family::Method]),
    ("msvm", &[Family::Method]),
    ("jobstate", &[Family::JobState]),
    ("jobtype", &[Family::JobType]),
    ("storagejobtype", &[Family::StorageJobType]),
];

fn named(text: &str) -> Vec<&'static CodeEntry> {
    let wanted = folded(text);
    if wanted.is_empty() {
        return Vec::new();
    }
    let exact: Vec<_> = all().filter(|entry| folded(entry.name) == wanted).collect();
    if !exact.is_empty() {
        return exact;
    }
    let id: Vec<_> =
        all().filter(|entry| entry.family == Family::Hvsnap && own_id(entry) == wanted).collect();
    if !id.is_empty() {
        return id;
    }
    // A name with a prefix belongs to its families; a name without one matches in all families.
    for (prefix, families) in PREFIXES {
        if let Some(rest) = wanted.strip_prefix(prefix).filter(|rest| !rest.is_empty()) {
            let alike = |entry: &&CodeEntry| families.contains(&entry.family) && bare(entry) == rest;
            let found: Vec<_> = all().filter(alike).collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    let found: Vec<_> = all().filter(|entry| bare(entry) == wanted).collect();
    if !found.is_empty() {
        return found;
    }
    // A fault's subcode or detail: `w:TimedOut`, `InvalidResourceURI`.
    let local = text.rsplit(['/', ':']).next().unwrap_or_default();
    let has_name = |entry: &&CodeEntry| {
        let mut names = entry.form.into_iter().flat_map(FaultForm::names);
        entry.family == Family::WsMan && names.any(|name| name.eq_ignore_ascii_case(local))
    };
    all().filter(has_name).collect()
}

fn own_id(entry: &CodeEntry) -> String {
    format!("hvs{:04}", entry.code)
}

fn folded(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The name without the prefix of its family.
fn bare(entry: &CodeEntry) -> String {
    let name = folded(entry.name);
    let prefix = PREFIXES.iter().find_map(|(prefix, families)| {
        name.strip_prefix(prefix).filter(|rest| !rest.is_empty() && families.contains(&entry.family))
    });
    prefix.map_or(name.clone(), str::to_owned)
}

/// The families that a number could belong to if no table contains it.
fn could_be(code: u32) -> Vec<String> {
    if let Some(parts) = facility(code) {
        let kind = if parts.is_failure { "a failure" } else { "no failure" };
        let text =
            format!("an HRESULT: {kind}, facility {} ({}), code {}", parts.number, parts.name, parts.code);
        return vec![text];
    }
    let text = |family: Family, range: &str| format!("{family}: {range}");
    let mut families = Vec::new();
    if (100..600).contains(&code) {
        families.push(text(Family::Http, "100 to 599"));
    }
    if code < 16_000 {
        families.push(text(Family::Win32, "`net helpmsg NUMBER` on Windows tells"));
    }
    families.push(text(
        Family::Method,
        &[
            (method::DMTF_RESERVED, "reserved by DMTF"),
            (method::METHOD_RESERVED, "reserved for the method"),
            (method::VENDOR, "Microsoft's"),
        ]
        .into_iter()
        .find(|(range, _)| code <= *range.end())
        .map(|(range, whose)| format!("{} to {} are {whose}", range.start(), range.end()))
        .unwrap_or_default(),
    ));
    if code >= u32::from(activity::FIRST) {
        families.push(text(Family::Activity, &format!("{} and more", activity::FIRST)));
    }
    families
}
