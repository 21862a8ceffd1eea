//! The memory that collected objects use: settings, VMs, jobs.
//!
//! Every field is named, so that a new one cannot be forgotten.

use crate::{
    hyperv::{
        JobRecord, VmRecord,
        disks::Disk,
        snapshot::{OwnedSettings, Parent, SettingData, Snapshot, SnapshotId, SnapshotKind},
    },
    limits::Held,
};

impl Held for SettingData {
    fn held(&self) -> usize {
        match self {
            Self::System(own) => own.id.as_ref().map_or(0, SnapshotId::held) + own.parent.held(),
            Self::Snapshot(snapshot) => snapshot.held(),
            Self::Other(id) => id.as_ref().map_or(0, SnapshotId::held),
        }
    }
}

impl Held for OwnedSettings {
    fn held(&self) -> usize {
        let Self { vm_id, vm_name, data } = self;
        vm_id.held() + vm_name.held() + data.held()
    }
}

impl Held for Snapshot {
    fn held(&self) -> usize {
        let Self {
            id,
            element_name,
            kind,
            parent,
            created: _,
            notes,
            is_automatic: _,
            is_saved: _,
            version,
            data_root,
            unreadable,
        } = self;
        let kind = if let SnapshotKind::Other(text) = kind { text.len() } else { 0 };
        let texts = [element_name.held(), notes.held(), version.held(), data_root.held(), unreadable.held()];
        id.held() + kind + parent.held() + texts.iter().sum::<usize>()
    }
}

impl Held for SnapshotId {
    fn held(&self) -> usize {
        self.as_str().len()
    }
}

impl Held for Parent {
    fn held(&self) -> usize {
        match self {
            Self::Root => 0,
            Self::Of(id) => id.held(),
            Self::Unreadable(text) => text.len(),
        }
    }
}

impl Held for VmRecord {
    fn held(&self) -> usize {
        let Self {
            id,
            element_name,
            state: _,
            operational_status,
            health_state: _,
            status_descriptions,
            installed: _,
            uptime: _,
            replication_state: _,
            unreadable,
        } = self;
        let texts = [id.held(), element_name.held(), status_descriptions.held(), unreadable.held()];
        operational_status.held() + texts.iter().sum::<usize>()
    }
}

impl Held for JobRecord {
    fn held(&self) -> usize {
        let Self {
            class,
            instance_id,
            state: _,
            job_type: _,
            percent_complete: _,
            error_code: _,
            error_description,
            error_summary,
            status_text,
            caption,
            description,
            owner,
            cancellable: _,
            operational_status,
            submitted: _,
            started: _,
            state_changed: _,
            elapsed: _,
            time_before_removal: _,
            unreadable,
            instance,
        } = self;
        let texts = [error_description, error_summary, status_text, caption, description, owner];
        let lists = [operational_status.held(), unreadable.held(), instance.held()];
        let ids = class.held() + instance_id.held();
        ids + texts.into_iter().map(Held::held).sum::<usize>() + lists.iter().sum::<usize>()
    }
}

impl Held for Disk {
    fn held(&self) -> usize {
        let Self { id, file } = self;
        id.held() + file.held()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    /// A typical snapshot, with a long path on a cluster volume.
    fn ordinary() -> Snapshot {
        let id = |last| SnapshotId::new(format!("Microsoft:5D1B2C3D-0001-4000-8000-{last:012X}"));
        Snapshot {
            id: id(2),
            element_name: "web-01 - (10/5/2026 - 4:23:50 AM)".to_owned(),
            kind: SnapshotKind::Realized,
            parent: Parent::Of(id(1)),
            created: None,
            notes: Vec::new(),
            is_automatic: false,
            is_saved: Some(false),
            version: Some("9.0".to_owned()),
            data_root: Some(r"C:\ClusterStorage\Volume1\web-01\Hyper-V".to_owned()),
            unreadable: Vec::new(),
        }
    }

    #[test]
    fn as_many_ordinary_snapshots_as_may_be_collected_are_not_too_many_bytes() {
        let Limits { collected_items, collected_bytes, .. } = Limits::default();
        let each = SettingData::Snapshot(Box::new(ordinary())).held();
        assert!((150..200).contains(&each), "{each}");
        assert!(each * collected_items <= collected_bytes);
    }

    #[test]
    fn every_text_of_a_snapshot_counts() {
        let held = ordinary().held();
        let long = || "x".repeat(1000);
        let mut snapshots = vec![ordinary(); 6];
        snapshots[0].element_name += &long();
        snapshots[1].notes.push(long());
        snapshots[2].version = Some(long());
        snapshots[3].data_root = Some(long());
        snapshots[4].parent = Parent::Unreadable(long());
        snapshots[5].kind = SnapshotKind::Other(long());
        for snapshot in snapshots {
            assert!(snapshot.held() > held + 900, "{snapshot:?}");
        }
    }
}
