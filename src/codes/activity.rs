//! The activity of a VM: the second member of `OperationalStatus` of `Msvm_ComputerSystem`.
//!
//! Source: Microsoft, "Msvm_ComputerSystem class"; values from 32776 on as reported by administrators.

use super::advice::BUSY_MACHINE;

/// The first activity; smaller numbers are DMTF's and not activities.
pub(crate) const FIRST: u16 = CREATING_SNAPSHOT;

names! { ACTIVITIES: Activity u16, NoError AfterLooking, "Msvm_ComputerSystem":
    "the VM is at work on what the name says",
    "second member of OperationalStatus, beside 11 (in service); a state, not an error",
    BUSY_MACHINE;
    32768 CREATING_SNAPSHOT "creating a snapshot";
    32769 APPLYING_SNAPSHOT "applying a snapshot";
    32770 DELETING_SNAPSHOT "deleting a snapshot";
    32771 WAITING_TO_START "waiting to start";
    32772 MERGING_DISKS "merging disks";
    32773 EXPORTING "exporting";
    32774 MIGRATING "migrating";
    32776 BACKING_UP "backing up";
    32778 MIGRATING_STORAGE "moving storage";
    32779 MIGRATING_STORAGE_2 "moving storage";
    32780 MIGRATING_PLANNED "migrating a planned VM";
    32781 CHECKING_COMPATIBILITY "checking compatibility";
}
