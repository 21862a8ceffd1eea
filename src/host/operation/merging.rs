//! Follows the merge of disks after a destroy to its end, and reads the disks before the call, which show that end.
//!
//! Read-only (`GetVirtualHardDiskSettingData` of the image service is an Invoke in form and a read in effect).

use std::{sync::Arc, time::Duration};

use crate::{
    cim::{Call, Instance, Timestamp, Value, Wql, parse_embedded},
    client::{ClientErrorKind, objects_of, retry_until},
    host::{Error, Merge, Phase, Progress, Vm, reads::class},
    hyperv::{
        Disk, DiskReading, JobSeen, MergeEnd, MergeState, MergeStep, MergeWatch, MergingDisks, Pace, Poller,
        ReturnCode, parent_file, return_value,
    },
    schema::names::{
        DISK_MERGE, GET_VIRTUAL_DISK, IMAGE_SERVICE, PATH, SETTING_DATA, SETTING_DATA_COMPONENT,
        SETTING_DATA_TEXT, SETTING_ID_PREFIX, STORAGE_ALLOCATION,
    },
    violation::{ProtocolError, Violation},
};

/// The longest chain of disks that is followed: 50 checkpoints, and some for backups.
const LONGEST_CHAIN: usize = 64;

impl Vm {
    /// The disks of these settings before a call; `None` if there are no settings, or their disks cannot be read.
    pub(super) async fn disks_before(&self, settings: &[String]) -> Option<Vec<Disk>> {
        if settings.is_empty() {
            return None;
        }
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        match self.disks(&settings).await {
            Ok(disks) => Some(disks),
            Err(error) => {
                tracing::info!(cause = %error.kind(), "the VM's disks cannot be read; its status will tell of the merge");
                None
            }
        }
    }

    /// The virtual disks of these settings.
    pub(super) async fn disks(&self, settings: &[&str]) -> Result<Vec<Disk>, Error> {
        const DURING: &str = "reading the VM's disks";
        let inner = &self.host.0;
        let take = || objects_of(STORAGE_ALLOCATION, |instance| Disk::from_instance(&instance));
        let query = Wql::all(class(STORAGE_ALLOCATION)?)
            .and_begins_with("InstanceID", settings)
            .map_err(|error| Error::name(error, DURING))?;
        match inner.cim.collect(DURING, &query, take).await {
            Ok(disks) => return Ok(disks),
            Err(error) if !matches!(error.kind(), ClientErrorKind::Fault(_)) || error.is_access() => {
                return Err(error.into());
            }
            Err(error) => {
                tracing::debug!(cause = %error.kind(), "the host does not take the query; by association")
            }
        }
        let mut disks = Vec::new();
        for id in settings {
            let keys = [(class("InstanceID")?, *id)];
            let link = class(SETTING_DATA_COMPONENT)?;
            let query = Wql::associators(&class(SETTING_DATA)?, &keys, link, class(STORAGE_ALLOCATION)?);
            disks.extend(inner.cim.collect(DURING, &query, take).await?);
        }
        Ok(disks)
    }

    /// Follows the merge to its end or to the deadline. `since` is the host's time of the call, from its own job.
    pub(super) async fn watch_merge(
        &self,
        before: Option<&MergingDisks>,
        since: Option<Timestamp>,
        deadline: Option<Duration>,
        progress: &mut impl FnMut(&Progress),
    ) -> Merge {
        let clock = self.host.0.clock();
        let mut watch = MergeWatch::new(clock.now(), before.is_some(), since);
        let mut poller = Poller::new(deadline);
        // The VM was read a moment ago, with the tree.
        let mut is_fresh = true;
        let mut vm = self.clone();
        loop {
            if !std::mem::take(&mut is_fresh) {
                match vm.host.shown_anywhere(vm.id(), deadline).await {
                    Ok(Some(now)) => {
                        if let Some(node) = now.node().filter(|node| vm.node() != Some(node)) {
                            let state = format!("the VM has moved to {node}");
                            progress(&Progress { phase: Phase::Merge, percent: 0, state });
                        }
                        vm = now;
                    }
                    Ok(None) => return lost(vm.gone()),
                    Err(error) if error.is_past_deadline() => return Merge::of(watch.state()),
                    Err(error) => return lost(error),
                }
            }
            let mut step = watch.vm(clock.now(), vm.record());
            let state = loop {
                step = match step {
                    MergeStep::LookAgain => {
                        break vm
                            .record()
                            .activity()
                            .map_or("waiting for a merge".to_owned(), |a| a.to_string());
                    }
                    MergeStep::ReadDisks => {
                        let reading = match before {
                            Some(before) => vm.disk_reading(before, deadline).await,
                            None => None,
                        };
                        watch.disks(clock.now(), reading.as_ref())
                    }
                    MergeStep::ReadJobs => {
                        let jobs = retry_until(vm.host.0.client(), deadline, || vm.jobs()).await;
                        let jobs = jobs.inspect_err(|error| tracing::info!(cause = %error.kind(), "no jobs"));
                        watch.jobs(clock.now(), jobs.as_deref().ok())
                    }
                    MergeStep::ReadSettings => {
                        MergeStep::Over(watch.settings(vm.is_merging_enabled(deadline).await))
                    }
                    // What is missing because of the deadline is not missing on the host.
                    MergeStep::Over(_) if vm.host.0.client().is_over() => return Merge::of(watch.state()),
                    MergeStep::Over(end) => {
                        let (percent, state) = match end.state {
                            MergeState::Finished => (100, "merged".to_owned()),
                            state => (0, format!("merge {state}")),
                        };
                        progress(&Progress { phase: Phase::Merge, percent, state });
                        return vm.ended(end).await;
                    }
                };
            };
            progress(&Progress { phase: Phase::Merge, percent: 0, state });
            match poller.next(clock.now()) {
                Pace::After(pause) => clock.sleep(pause).await,
                Pace::Expired => return Merge::of(watch.state()),
            }
        }
    }

    /// A failed merge keeps the reason that its job reports.
    async fn ended(&self, end: MergeEnd) -> Merge {
        let job = match &end.job {
            Some(record) => {
                let errors = match self.host.job_of(record) {
                    Ok(job) => job.errors().await.unwrap_or_default(),
                    Err(_) => Vec::new(),
                };
                Some(JobSeen::failed(record, &errors))
            }
            None => None,
        };
        Merge { evidence: end.evidence, job, ..Merge::of(end.state) }
    }

    /// What the disks show now; `None` if unknown.
    async fn disk_reading(&self, before: &MergingDisks, deadline: Option<Duration>) -> Option<DiskReading> {
        let settings = [before.dependent.as_str()];
        let disks = match retry_until(self.host.0.client(), deadline, || self.disks(&settings)).await {
            Ok(disks) => disks,
            Err(error) => {
                tracing::info!(cause = %error.kind(), "the VM's disks cannot be read");
                return None;
            }
        };
        match before.reading(&disks) {
            DiskReading::Elsewhere(files) => {
                for file in files {
                    match self.descends_from_merging(before, file).await {
                        Ok(false) => {}
                        Ok(true) => return Some(DiskReading::NotMerged),
                        Err(error) => {
                            tracing::info!(cause = %error.kind(), "the chain of a disk cannot be read");
                            return None;
                        }
                    }
                }
                Some(DiskReading::Merged)
            }
            reading => Some(reading),
        }
    }

    /// Whether a file that was to be merged is among the parents of this one.
    async fn descends_from_merging(&self, before: &MergingDisks, file: String) -> Result<bool, Error> {
        const DURING: &str = "reading the parents of a virtual disk";
        let mut file = file;
        for _ in 0..LONGEST_CHAIN {
            match self.parent_disk(&file).await? {
                Some(parent) if before.is_merging(&parent) => return Ok(true),
                Some(parent) => file = parent,
                None => return Ok(false),
            }
        }
        let detail = format!("more than {LONGEST_CHAIN} disks in a chain");
        Err(Error::protocol(ProtocolError::new(Violation::TooManyItems, detail), DURING))
    }

    /// `ParentPath` of a virtual disk, from the image service of the host that runs the VM.
    async fn parent_disk(&self, file: &str) -> Result<Option<String>, Error> {
        const DURING: &str = "asking the image service for the parent of a virtual disk";
        let inner = &self.host.0;
        let target = inner.service_of(IMAGE_SERVICE).await?;
        let parameters = [(PATH, Value::String(file.to_owned()))];
        let limits = &inner.client().limits;
        let decode = |output: &Instance<'_>| {
            let bad = |detail: String| ProtocolError::new(Violation::BadProperty, detail);
            match return_value(output)? {
                ReturnCode::COMPLETED => {}
                code => return Err(bad(format!("{GET_VIRTUAL_DISK} returned {code}"))),
            }
            let text = output.read::<String>(SETTING_DATA_TEXT).map_err(|error| bad(error.to_string()))?;
            let text = text.ok_or_else(|| bad(format!("{}.SettingData is missing", output.class())))?;
            let disk = parse_embedded(&text, limits)?;
            let parent = disk.read::<String>("ParentPath").map_err(|error| bad(error.to_string()))?;
            Ok(parent.unwrap_or_default())
        };
        let parent =
            inner.client().read(DURING, &Call::on(&target, GET_VIRTUAL_DISK, &parameters, decode)).await?;
        Ok(parent_file(file, &parent))
    }

    /// `EnabledState` of the VM's `Msvm_DiskMergeSettingData`; `None` if it cannot be read.
    async fn is_merging_enabled(&self, deadline: Option<Duration>) -> Option<bool> {
        const DURING: &str = "reading whether disks are merged";
        let inner = &self.host.0;
        let prefix = format!("{SETTING_ID_PREFIX}{}", self.id());
        let query =
            Wql::all(class(DISK_MERGE).ok()?).and_begins_with("InstanceID", &[prefix.as_str()]).ok()?;
        let take = || {
            let prefix = prefix.clone();
            objects_of(DISK_MERGE, move |instance| {
                let id = instance.read::<String>("InstanceID").ok().flatten().unwrap_or_default();
                let head = id.get(..prefix.len()).unwrap_or_default();
                let is_ours = head.eq_ignore_ascii_case(&prefix);
                Ok(Some(instance.read::<u32>("EnabledState").ok().flatten().filter(|_| is_ours)))
            })
        };
        let states = retry_until(inner.client(), deadline, || inner.cim.collect(DURING, &query, take)).await;
        let states = states.inspect_err(|error| tracing::info!(cause = %error.kind(), "no merge settings"));
        states.ok()?.into_iter().flatten().next().map(|state| state != 0)
    }
}

/// What is known of a merge once the host can no longer be read.
fn lost(error: Error) -> Merge {
    Merge { problem: Some(Arc::new(error)), ..Merge::of(MergeState::Unknown) }
}
