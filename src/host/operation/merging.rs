//! Follows the merge of disks after a destroy to its end, and reads the disks before the call, which show that end.
//!
//! Read-only.

use std::{sync::Arc, time::Duration};

use super::engine::MOST_DISAGREEMENTS;
use crate::{
    cim::{Timestamp, Wql},
    client::{ClientErrorKind, objects_of, retry_until},
    host::{Error, Merge, Phase, Progress, Vm, reads::class},
    hyperv::{
        Disk, DiskReading, JobSeen, LONGEST_CHAIN, MergeEnd, MergeSetting, MergeState, MergeStep, MergeWatch,
        MergingDisks, Pace, Poller, bounded,
    },
    schema::names::{
        DISK_MERGE, GET_VIRTUAL_DISK, IMAGE_SERVICE, SETTING_DATA, SETTING_DATA_COMPONENT, SETTING_ID_PREFIX,
        STORAGE_ALLOCATION,
    },
    violation::{ProtocolError, Violation},
};

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
    pub(in crate::host) async fn disks(&self, settings: &[&str]) -> Result<Vec<Disk>, Error> {
        const DURING: &str = "reading the VM's disks";
        let inner = &self.host.0;
        let take = || objects_of(STORAGE_ALLOCATION, |instance| Disk::from_instance(&instance));
        let query = Wql::all(class(STORAGE_ALLOCATION)?)
            .and_begins_with("InstanceID", settings)
            .map_err(|error| Error::name(error, DURING))?;
        match inner.cim.collect(DURING, &query, take).await {
            Ok(disks) => return bounded(disks).map_err(|error| Error::protocol(error, DURING)),
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
        bounded(disks).map_err(|error| Error::protocol(error, DURING))
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
        let mut disagreements = 0;
        'watch: loop {
            if !std::mem::take(&mut is_fresh) {
                match vm.host.shown_anywhere(vm.id(), deadline).await {
                    Ok(Some(now)) => {
                        if let Some(node) = now.node().filter(|node| vm.node() != Some(node)) {
                            let state = format!("the VM has moved to {node}");
                            progress(&Progress { phase: Phase::Merge, percent: 0, state });
                            watch.moved(clock.now());
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
                        // What a node shows of a VM that has left it says nothing of the merge.
                        if let Some(owner) = vm.host.owner_elsewhere(vm.id(), deadline).await {
                            disagreements += 1;
                            if disagreements > MOST_DISAGREEMENTS {
                                return Merge::of(MergeState::Unknown);
                            }
                            vm.host = owner;
                            watch.moved(clock.now());
                            continue 'watch;
                        }
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
        let service = inner.service_of(IMAGE_SERVICE).await?;
        match inner.disk_settings(&service, file, DURING).await? {
            Ok(settings) => Ok(settings.parent),
            Err(code) => {
                let detail = format!("{GET_VIRTUAL_DISK} returned {code}");
                Err(Error::protocol(ProtocolError::new(Violation::BadProperty, detail), DURING))
            }
        }
    }

    /// Whether merging is switched on for the VM; `None` if it cannot be read.
    async fn is_merging_enabled(&self, deadline: Option<Duration>) -> Option<bool> {
        let setting = retry_until(self.host.0.client(), deadline, || self.merge_setting()).await;
        let setting = setting.inspect_err(|error| tracing::info!(cause = %error.kind(), "no merge settings"));
        setting.ok()??.is_enabled
    }

    /// Whether the VM's disks may merge; `None` if the host does not show that.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn merge_setting(&self) -> Result<Option<MergeSetting>, Error> {
        const DURING: &str = "reading whether disks are merged";
        let prefix = format!("{SETTING_ID_PREFIX}{}", self.id());
        let query = Wql::all(class(DISK_MERGE)?)
            .and_begins_with("InstanceID", &[prefix.as_str()])
            .map_err(|error| Error::name(error, DURING))?;
        let take = || objects_of(DISK_MERGE, |instance| MergeSetting::from_instance(&instance).map(Some));
        let found = self.host.0.cim.collect(DURING, &query, take).await?;
        // A host that ignores the filter shows those of other VMs too.
        Ok(found.into_iter().find(|setting| setting.is_of(self.id())))
    }
}

/// What is known of a merge once the host can no longer be read.
fn lost(error: Error) -> Merge {
    Merge { problem: Some(Arc::new(error)), ..Merge::of(MergeState::Unknown) }
}
