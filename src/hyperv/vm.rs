//! VMs: the state of one at one moment.
//!
//! It never takes the host itself for a VM: both are instances of `Msvm_ComputerSystem`, but only a VM's `Name` is
//! a GUID (descriptions are localised). Follows Microsoft, "Msvm_ComputerSystem class".

use std::{fmt, time::Duration};

use crate::{
    cim::{Instance, PropertyError, Timestamp},
    codes::{self, Family, activity},
    hyperv::job::Optional,
    schema::values::vm_state,
    violation::{ProtocolError, Violation},
};

/// `EnabledState` of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VmState(pub u16);

impl VmState {
    /// Running.
    pub const RUNNING: Self = Self(vm_state::ENABLED);
    /// Off.
    pub const OFF: Self = Self(vm_state::DISABLED);
    /// Saved: its memory is on disk.
    pub const SAVED: Self = Self(vm_state::SAVED);
    /// Paused.
    pub const PAUSED: Self = Self(vm_state::PAUSED);

    /// True for a state that a VM stays in; false for a transition, and for an unknown number.
    pub fn is_at_rest(self) -> bool {
        matches!(self, Self::RUNNING | Self::OFF | Self::SAVED | Self::PAUSED)
            || matches!(self.0, vm_state::PAUSED_DOCUMENTED | vm_state::SAVED_DOCUMENTED)
    }

    /// The name, in a few words. Paused and saved have two numbers each: as documented, and as hosts answer.
    pub fn name(self) -> &'static str {
        self.known_name().unwrap_or("unknown state")
    }

    fn known_name(self) -> Option<&'static str> {
        vm_state::VALUES.label(self.0.into())
    }
}

impl fmt::Display for VmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known_name() {
            Some(name) => f.write_str(name),
            None => write!(f, "state {}", self.0),
        }
    }
}

/// What a VM is busy with, by the second member of `OperationalStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VmActivity(pub u16);

impl VmActivity {
    /// Taking a snapshot.
    pub const CREATING_SNAPSHOT: Self = Self(activity::CREATING_SNAPSHOT);
    /// Applying a snapshot.
    pub const APPLYING_SNAPSHOT: Self = Self(activity::APPLYING_SNAPSHOT);
    /// Deleting a snapshot.
    pub const DELETING_SNAPSHOT: Self = Self(activity::DELETING_SNAPSHOT);
    /// Waiting to start with the host.
    pub const WAITING_TO_START: Self = Self(activity::WAITING_TO_START);
    /// Merging disks in the background.
    pub const MERGING_DISKS: Self = Self(activity::MERGING_DISKS);

    /// The precedence of simultaneous activities: a deletion first, then those that this version does not know; waiting to start,
    /// which conflicts with nothing, last.
    fn rank(self) -> u8 {
        match self {
            Self::DELETING_SNAPSHOT => 0,
            Self::WAITING_TO_START => 3,
            activity if activity.is_known() => 2,
            _ => 1,
        }
    }

    /// A status that cannot be read, which may be any.
    pub const UNREADABLE: Self = Self(0);

    /// False for a number that this version does not know, and for a status that cannot be read.
    pub fn is_known(self) -> bool {
        self.known_name().is_some()
    }

    /// The name, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::UNREADABLE => "in a status that cannot be read",
            other => other.known_name().unwrap_or("busy"),
        }
    }

    fn known_name(self) -> Option<&'static str> {
        codes::title(Family::Activity, self.0.into())
    }
}

impl fmt::Display for VmActivity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A VM at one moment.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct VmRecord {
    /// `Name`: the GUID that identifies it.
    pub id: String,
    /// `ElementName`: its display name; not unique.
    pub element_name: String,
    /// `EnabledState`.
    pub state: Option<VmState>,
    /// `OperationalStatus`: 2 alone when idle, 11 and an activity when busy.
    pub operational_status: Vec<u16>,
    /// `HealthState`: 5 is OK.
    pub health_state: Option<u16>,
    /// `StatusDescriptions`, localised.
    pub status_descriptions: Vec<String>,
    /// `InstallDate`: when it was created.
    pub installed: Option<Timestamp>,
    /// `OnTimeInMilliseconds`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::cim::seconds"))]
    pub uptime: Option<Duration>,
    /// `ReplicationState`: 0 is disabled.
    pub replication_state: Option<u16>,
    /// Properties that could not be read; the rest is as sent.
    pub unreadable: Vec<PropertyError>,
}

impl VmRecord {
    /// Reads an instance of `Msvm_ComputerSystem`; `None` is the host itself.
    ///
    /// # Errors
    /// If `Name` is missing or unreadable.
    pub fn from_instance(instance: &Instance<'_>) -> Result<Option<Self>, ProtocolError> {
        let name = instance
            .read::<String>("Name")
            .map_err(|e| e.to_string())
            .and_then(|name| name.ok_or_else(|| format!("{}.Name is missing", instance.class())));
        let id = name.map_err(|detail| ProtocolError::new(Violation::BadProperty, detail))?;
        if !is_guid(&id) {
            return Ok(None);
        }
        let mut unreadable = Vec::new();
        let mut optional = Optional { instance, unreadable: &mut unreadable };
        Ok(Some(Self {
            id,
            element_name: optional.read("ElementName").unwrap_or_default(),
            state: optional.read("EnabledState").map(VmState),
            operational_status: optional.list("OperationalStatus"),
            health_state: optional.read("HealthState"),
            status_descriptions: optional.list("StatusDescriptions"),
            installed: optional.read("InstallDate"),
            uptime: optional.read("OnTimeInMilliseconds").map(Duration::from_millis),
            replication_state: optional.read("ReplicationState"),
            unreadable,
        }))
    }

    /// What it is busy with, if its status says so; of several activities the one that matters most for its snapshots. A status
    /// that cannot be read does not prove that it is idle.
    pub fn activity(&self) -> Option<VmActivity> {
        if self.unreadable.iter().any(|error| error.property() == "OperationalStatus") {
            return Some(VmActivity::UNREADABLE);
        }
        let activities = self.operational_status.iter().copied().filter(|status| *status >= activity::FIRST);
        activities.map(VmActivity).min_by_key(|activity| activity.rank())
    }

    /// True if its status shows this activity; a VM may show several.
    pub fn is_doing(&self, activity: VmActivity) -> bool {
        self.operational_status.contains(&activity.0)
    }
}

/// True for a GUID of 36 characters.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_activities_the_one_that_concerns_the_snapshots_counts() {
        let activity = |status: &[u16]| {
            let vm = VmRecord {
                id: String::new(),
                element_name: String::new(),
                state: None,
                operational_status: status.to_vec(),
                health_state: None,
                status_descriptions: Vec::new(),
                installed: None,
                uptime: None,
                replication_state: None,
                unreadable: Vec::new(),
            };
            vm.activity().map(|activity| activity.0)
        };
        assert_eq!(activity(&[2]), None);
        assert_eq!(activity(&[11, 32771, 32770]), Some(32770));
        assert_eq!(activity(&[11, 32776, 32770]), Some(32770));
        assert_eq!(activity(&[11, 32776, 32999]), Some(32999));
        assert_eq!(activity(&[11, 32771, 32776]), Some(32776));
        assert_eq!(activity(&[11, 32771]), Some(32771));
    }

    #[test]
    fn a_guid_is_a_guid_only_in_its_hyphenated_form() {
        assert!(is_guid("5F0C2A7E-0000-4000-8000-00000000000a"));
        assert!(!is_guid("5F0C2A7E000040008000000000000000"));
        assert!(!is_guid("HV01"));
        assert!(!is_guid(""));
    }
}
