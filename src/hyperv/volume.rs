//! Volumes of a host (`Win32_Volume`), and which of them a file is on.
//!
//! A file is on the volume whose `Name` is the longest beginning of its path. A share is on no volume of the host. A folder of a
//! cluster volume that is not among the volumes is not taken for one of the system drive. Pure.

use crate::{
    cim::Instance,
    limits::Held,
    violation::{ProtocolError, Violation},
};

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Volume {
    /// `Name`: the drive or the folder that it is mounted in, with a backslash at the end.
    pub name: String,
    /// `FreeSpace`, in bytes.
    pub free: Option<u64>,
    /// `Capacity`, in bytes.
    pub capacity: Option<u64>,
}

/// The folder of the system drive in which a cluster mounts its volumes.
const CLUSTER_STORAGE: &str = ":\\clusterstorage\\";

impl Volume {
    /// Reads an instance of `Win32_Volume`; `None` if it is not mounted.
    ///
    /// # Errors
    /// If `Name` cannot be read.
    pub(crate) fn from_instance(instance: &Instance<'_>) -> Result<Option<Self>, ProtocolError> {
        let bad =
            |error: crate::cim::PropertyError| ProtocolError::new(Violation::BadProperty, error.to_string());
        let name = instance.read::<String>("Name").map_err(bad)?.filter(|name| !name.is_empty());
        let number = |name: &str| instance.read::<u64>(name).ok().flatten();
        Ok(name.map(|name| Self { name, free: number("FreeSpace"), capacity: number("Capacity") }))
    }

    /// The volume that a file is on.
    ///
    /// # Errors
    /// Why that is not known.
    pub(crate) fn of<'v>(volumes: &'v [Self], path: &str) -> Result<&'v Self, String> {
        let local = local(path).ok_or_else(|| format!("{path} is on a share"))?;
        let found = volumes.iter().filter(|volume| begins_with(local, &volume.name));
        let found = found.max_by_key(|volume| volume.name.len());
        let is_cluster = local.get(1..).is_some_and(|rest| begins_with(rest, CLUSTER_STORAGE));
        let cluster_volume = |volume: &&Self| volume.name.len() > CLUSTER_STORAGE.len() + 1;
        found
            .filter(|volume| !is_cluster || cluster_volume(volume))
            .ok_or_else(|| format!("no volume of the host holds {path}"))
    }

    /// True for a volume that all nodes of a cluster have under the same name.
    pub(crate) fn is_of_cluster(&self) -> bool {
        self.name.get(1..).is_some_and(|rest| begins_with(rest, CLUSTER_STORAGE))
    }
}

/// A path on this host, as volumes are named; `None` for a share.
fn local(path: &str) -> Option<&str> {
    const VERBATIM: &str = r"\\?\";
    match path.strip_prefix(VERBATIM) {
        Some(rest) if begins_with(rest, r"UNC\") => None,
        Some(rest) if rest.as_bytes().get(1) == Some(&b':') => Some(rest),
        // A volume by its GUID is named with the prefix.
        Some(_) => Some(path),
        None if path.starts_with(r"\\") => None,
        None => Some(path),
    }
}

fn begins_with(path: &str, start: &str) -> bool {
    path.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

impl Held for Volume {
    fn held(&self) -> usize {
        let Self { name, free: _, capacity: _ } = self;
        name.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volumes() -> Vec<Volume> {
        let volume = |name: &str| Volume { name: name.to_owned(), free: Some(1), capacity: Some(2) };
        [r"C:\", r"D:\", r"D:\mounted\", r"C:\ClusterStorage\Volume1\", r"\\?\Volume{11}\"]
            .into_iter()
            .map(volume)
            .collect()
    }

    #[test]
    fn a_file_is_on_the_volume_with_the_longest_name_that_its_path_begins_with() {
        let volumes = volumes();
        let of = |path: &str| Volume::of(&volumes, path).map(|volume| volume.name.as_str());
        for (path, name) in [
            (r"d:\vm\a.vhdx", r"D:\"),
            (r"D:\Mounted\a.vhdx", r"D:\mounted\"),
            (r"D:\mounted.vhdx", r"D:\"),
            (r"C:\CLUSTERSTORAGE\volume1\a.vhdx", r"C:\ClusterStorage\Volume1\"),
            (r"\\?\D:\vm\a.vhdx", r"D:\"),
            (r"\\?\Volume{11}\a.vhdx", r"\\?\Volume{11}\"),
        ] {
            assert_eq!(of(path), Ok(name), "{path}");
        }
        for path in [
            r"\\srv\vm\a.vhdx",
            r"\\?\UNC\srv\vm\a.vhdx",
            r"E:\a.vhdx",
            r"C:\ClusterStorage\Volume2\a.vhdx",
            "a.vhdx",
            "",
            "é",
        ] {
            assert!(of(path).is_err(), "{path}");
        }
        assert!(of(r"\\srv\vm\a.vhdx").unwrap_err().contains("share"));
    }
}
