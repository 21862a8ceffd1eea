//! The disk files of a VM: their number or their paths.
//!
//! `disks` is a number or a list of files; without it a VM has one disk. The model determines which file descends from which.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};
use toml::Spanned;

use super::LabError;

/// The `disks` of a VM in the lab.
pub(super) enum Disks {
    Count(usize),
    Files(Vec<Spanned<String>>),
}

/// The number of disks on one synthetic SCSI controller (Microsoft, "Plan for Hyper-V scalability").
const MOST: usize = 64;

impl<'de> Deserialize<'de> for Disks {
    // By hand: an untagged enum loses the position of each file in the text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Disks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number of disks from 0 to {MOST}, or a list of files")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Disks, E> {
                let count = usize::try_from(number).ok().filter(|count| *count <= MOST);
                count
                    .map(Disks::Count)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Signed(number), &self))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Disks, A::Error> {
                let mut files = Vec::new();
                while let Some(file) = list.next_element()? {
                    files.push(file);
                }
                Ok(Disks::Files(files))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// The files of the VM `name`.
pub(super) fn check(
    text: &str,
    place: &str,
    name: &str,
    disks: Option<Spanned<Disks>>,
    folder: Option<&Spanned<String>>,
) -> Result<Vec<String>, LabError> {
    let folder_refused = |problem: &str| {
        let span = folder.map(Spanned::span).unwrap_or_default();
        LabError::at(text, &span, format!("{place}: disk_folder"), problem)
    };
    if folder.is_some_and(|folder| folder.get_ref().trim().is_empty()) {
        return Err(folder_refused("empty"));
    }
    let folder_name = folder.map(|folder| folder.get_ref().trim_end_matches('\\'));
    match disks.map(Spanned::into_inner) {
        None => Ok(counted(name, 1, folder_name)),
        Some(Disks::Count(count)) => Ok(counted(name, count, folder_name)),
        Some(Disks::Files(_)) if folder.is_some() => {
            Err(folder_refused("contradicts disks, which names the files with their folders"))
        }
        Some(Disks::Files(files)) => listed(text, place, files),
    }
}

/// The default disks of a VM.
pub(super) fn default_disks(name: &str) -> Vec<String> {
    counted(name, 1, None)
}

fn counted(name: &str, count: usize, folder: Option<&str>) -> Vec<String> {
    let own = format!("C:\\ClusterStorage\\Volume1\\{name}");
    let folder = folder.unwrap_or(&own);
    let file = |number| match number {
        1 => format!("{folder}\\{name}.vhdx"),
        _ => format!("{folder}\\{name}-{number}.vhdx"),
    };
    (1..=count).map(file).collect()
}

fn listed(text: &str, place: &str, disks: Vec<Spanned<String>>) -> Result<Vec<String>, LabError> {
    let mut files: Vec<String> = Vec::new();
    for disk in disks {
        let refused = |problem| LabError::at(text, &disk.span(), format!("{place}: disks"), problem);
        let file = disk.get_ref().to_lowercase();
        if !(file.ends_with(".vhdx") || file.ends_with(".vhd")) {
            return Err(refused("neither a .vhdx nor a .vhd file"));
        }
        if files.iter().any(|known| known.to_lowercase() == file) {
            return Err(refused("listed twice"));
        }
        files.push(disk.into_inner());
    }
    Ok(files)
}
