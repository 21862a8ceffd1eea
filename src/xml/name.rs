//! Element names with their namespaces. Follows Namespaces in XML 1.0, sections 4 and 6.

use std::borrow::Cow;

/// A name with its namespace; the namespace of an unqualified name is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) namespace: Cow<'a, str>,
    pub(crate) local: &'a str,
}

impl Name<'_> {
    /// True for exactly this namespace and local name.
    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }
}

/// Prefix and local part of a `QName`; the prefix is empty if there is none. `None` if the text is not a `QName`.
///
/// Both parts are checked as `NCName`s (Namespaces in XML 1.0, section 4) for ASCII; quick-xml accepts any text as a name.
pub(super) fn split(qualified: &str) -> Option<(&str, &str)> {
    let head = name_length(qualified)?;
    match qualified.split_at_checked(head)? {
        (local, "") => Some(("", local)),
        (prefix, rest) => {
            let local = rest.strip_prefix(':')?;
            (name_length(local)? == local.len()).then_some((prefix, local))
        }
    }
}

/// The length in bytes of the `NCName` at the start of `text`; `None` if there is none.
fn name_length(text: &str) -> Option<usize> {
    let is = |byte: u8, class: u8| CLASSES.get(usize::from(byte)).is_some_and(|found| found & class != 0);
    let mut bytes = text.bytes();
    if !is(bytes.next()?, BEGINS) {
        return None;
    }
    Some(bytes.position(|byte| !is(byte, GOES_ON)).map_or(text.len(), |rest| rest + 1))
}

/// True if a name may continue with `byte`.
pub(super) fn is_name_byte(byte: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|class| class & GOES_ON != 0)
}

const BEGINS: u8 = 1;
const GOES_ON: u8 = 2;

/// The role of each byte in a name. A table, because every name of every answer is checked.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0_u8;
    while let Some((class, after)) = rest.split_first_mut() {
        *class = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => BEGINS | GOES_ON,
            b'0'..=b'9' | b'-' | b'.' => GOES_ON,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
        rest = after;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qualified_name_is_split_at_its_colon_and_what_is_none_is_refused() {
        for (text, parts) in [
            ("p:Name", Some(("p", "Name"))),
            ("Name", Some(("", "Name"))),
            ("_a-1.b:c_2", Some(("_a-1.b", "c_2"))),
            ("仮想:マシン", Some(("仮想", "マシン"))),
        ] {
            assert_eq!(split(text), parts, "{text:?}");
        }
        for text in
            ["", ":", "a:", ":a", "a:b:c", "1a", "a:1", "-a", "a:.b", "a b", "a\u{c}b", "a/b", "a:b=", "<a"]
        {
            assert_eq!(split(text), None, "{text:?}");
        }
    }
}
