//! Serializes the model (feature `serde`), where that is not field by field.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{Fingerprint, SnapshotId, SnapshotTree};

/// `Microsoft:` and a GUID.
impl Serialize for SnapshotId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// 16 hexadecimal digits.
impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `vm_id`, `vm_name`, `fingerprint`, `current` (the snapshot that the current state descends from; null if there is none or it
/// is unknown), and `snapshots`, parents before children.
impl Serialize for SnapshotTree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tree = serializer.serialize_struct("SnapshotTree", 5)?;
        tree.serialize_field("vm_id", self.vm_id())?;
        tree.serialize_field("vm_name", self.vm_name())?;
        tree.serialize_field("fingerprint", &self.fingerprint())?;
        tree.serialize_field("current", &self.current().map(|snapshot| snapshot.id()))?;
        tree.serialize_field("snapshots", self.snapshots())?;
        tree.end()
    }
}
