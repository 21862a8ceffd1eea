//! WMI object paths, as in references, in `Parent` and in queries.
//!
//! Formatted and parsed by the rules of Microsoft's "Describing a WMI object path": a backslash escapes backslashes and quotes in
//! values. The object need not exist.

use std::fmt;

use crate::schema::{self, Class};

/// The key that holds the name of the class.
pub(crate) const CREATION_CLASS: &str = "CreationClassName";

/// The class and key values of one object.
#[derive(Clone, Debug)]
pub(crate) struct ObjectPath {
    pub(crate) class: &'static Class,
    /// In the order of the class; a reference is given as the text of its path.
    pub(crate) keys: Vec<(&'static str, String)>,
}

impl ObjectPath {
    /// The path of an object with one key.
    pub(crate) fn with_key(class: &'static Class, value: impl Into<String>) -> Self {
        let keys = class.keys().take(1).map(|key| key.name).zip([value.into()]).collect();
        Self { class, keys }
    }

    /// The path of an object of `class` with the keys given by name; `None` if one is missing or superfluous.
    pub(crate) fn from_keys(class: &'static Class, given: &[(String, String)]) -> Option<Self> {
        let mut keys = Vec::new();
        for key in class.keys() {
            let (_, value) = given.iter().find(|(name, _)| name.eq_ignore_ascii_case(key.name))?;
            keys.push((key.name, value.clone()));
        }
        (keys.len() == given.len()).then_some(Self { class, keys })
    }

    /// The value of a key.
    pub(crate) fn key(&self, name: &str) -> Option<&str> {
        self.keys.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// True unless the key `CreationClassName` names another class.
    pub(crate) fn is_of_its_class(&self) -> bool {
        self.key(CREATION_CLASS).is_none_or(|name| alike(name, self.class.name))
    }

    /// The path as a text that is the same for equal paths.
    pub(crate) fn folded(&self) -> String {
        self.to_string().to_lowercase()
    }

    /// Host and namespace before the path, as in the property `Parent`.
    pub(crate) fn absolute(&self, host: &str, namespace: &str) -> String {
        format!("\\\\{host}\\{}:{self}", namespace.replace('/', "\\"))
    }

    /// Parses a path with or without host and namespace, which are ignored.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let unquoted = text.find(['"', '\'']).map_or(text, |quote| text.get(..quote).unwrap_or(text));
        let relative = match unquoted.rfind(':') {
            Some(colon) => text.get(colon + 1..)?,
            None => text,
        };
        let split = relative.find(['.', '='])?;
        let class = schema::class(relative.get(..split)?.trim())?;
        let rest = relative.get(split..)?;
        if rest == "=@" && class.keys().next().is_none() {
            return Some(Self { class, keys: Vec::new() });
        }
        if let Some(value) = rest.strip_prefix('=') {
            let mut values = Values(value);
            let value = values.value()?;
            return (values.0.is_empty() && class.keys().count() == 1).then(|| Self::with_key(class, value));
        }
        let mut values = Values(rest.strip_prefix('.')?);
        let mut given = Vec::new();
        loop {
            let name = values.name()?;
            given.push((name, values.value()?));
            match values.0.strip_prefix(',') {
                Some(rest) => values = Values(rest),
                None if values.0.is_empty() => return Self::from_keys(class, &given),
                None => return None,
            }
        }
    }
}

impl PartialEq for ObjectPath {
    /// Key values are compared without regard to case, as WMI does.
    fn eq(&self, other: &Self) -> bool {
        self.class.name == other.class.name
            && self.keys.iter().all(|(name, value)| other.key(name).is_some_and(|known| alike(known, value)))
    }
}

/// True if two texts are equal in WMI, which ignores case.
pub(crate) fn alike(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || one.to_lowercase() == other.to_lowercase()
}

impl fmt::Display for ObjectPath {
    /// The path without host and namespace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class.name)?;
        if self.keys.is_empty() {
            return f.write_str("=@");
        }
        for (index, (name, value)) in self.keys.iter().enumerate() {
            let mark = if index == 0 { '.' } else { ',' };
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "{mark}{name}=\"{escaped}\"")?;
        }
        Ok(())
    }
}

/// The rest of `Name="value",…`.
struct Values<'a>(&'a str);

impl Values<'_> {
    fn name(&mut self) -> Option<String> {
        let (name, rest) = self.0.split_once('=')?;
        self.0 = rest;
        Some(name.trim().to_owned())
    }

    fn value(&mut self) -> Option<String> {
        self.0 = self.0.trim_start();
        let quote = self.0.chars().next()?;
        if !matches!(quote, '"' | '\'') {
            let end = self.0.find(',').unwrap_or(self.0.len());
            let (value, rest) = self.0.split_at_checked(end)?;
            self.0 = rest;
            return Some(value.trim().to_owned());
        }
        let mut value = String::new();
        let mut characters = self.0.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => value.push(characters.next()?.1),
                end if end == quote => {
                    self.0 = self.0.get(at + 1..)?.trim_start();
                    return Some(value);
                }
                other => value.push(other),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_as_it_was_written() {
        let class = schema::class("Msvm_StorageAllocationSettingData").unwrap();
        let path = ObjectPath::with_key(class, "Microsoft:A\\B\"C");
        let text = path.to_string();
        assert_eq!(text, "Msvm_StorageAllocationSettingData.InstanceID=\"Microsoft:A\\\\B\\\"C\"");
        assert_eq!(ObjectPath::parse(&text), Some(path.clone()));
        let absolute = path.absolute("HV01", "root/virtualization/v2");
        assert!(absolute.starts_with("\\\\HV01\\root\\virtualization\\v2:Msvm_Storage"), "{absolute}");
        assert_eq!(ObjectPath::parse(&absolute), Some(path));
    }

    #[test]
    fn several_keys_stand_in_any_order_and_in_either_quote() {
        let one =
            ObjectPath::parse("Msvm_ComputerSystem.Name='abc',CreationClassName=\"Msvm_ComputerSystem\"");
        let other =
            ObjectPath::parse("msvm_computersystem.creationclassname=\"MSVM_ComputerSystem\", name=\"ABC\"");
        assert!(one.is_some());
        assert_eq!(one, other);
    }

    #[test]
    fn a_path_that_names_no_object_is_refused() {
        for text in [
            "",
            "Msvm_ComputerSystem",
            "Msvm_ComputerSystem.Name=\"x\"",
            "Msvm_ComputerSystem.Name=\"x",
            "Msvm_Nothing.Name=\"x\"",
            "Msvm_ConcreteJob.InstanceID=\"x\",Name=\"y\"",
            "Msvm_ComputerSystem=\"x\"",
        ] {
            assert!(ObjectPath::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_only_key_may_go_without_its_name() {
        let path = ObjectPath::parse("Msvm_ConcreteJob=\"X\"").unwrap();
        assert_eq!(path.key("instanceid"), Some("X"));
    }
}
