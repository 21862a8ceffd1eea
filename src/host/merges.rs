//! What merges on a host, what was left over, and all its jobs.
//!
//! Reads only, by few queries over all VMs; what one of them does not bring is told and takes nothing else with it.

use std::collections::HashMap;

use crate::{
    cim::{Namespace, Wql},
    client::objects_of,
    host::{
        Error, Host, Vm,
        activity::ends,
        disk_files::{Reader, What},
        reads::{class, log_unreadable},
    },
    hyperv::{
        Disk, DiskUsage, JobRecord, MergeSetting, Merging, SettingData, SnapshotTree, VmMerges, VmRecord,
        bounded,
    },
    schema::names::{
        AFFECTED_JOB_ELEMENT, AFFECTED_STORAGE_JOB_ELEMENT, COMPUTER_SYSTEM, CONCRETE_JOB, DISK_MERGE,
        REFERENCE_POINT, SETTING_DATA, SETTING_ID_PREFIX, STORAGE_ALLOCATION, STORAGE_JOB,
    },
    violation::{ProtocolError, Violation},
    wsman::EndpointReference,
};

/// What merges on a host, and what does not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HostMerges {
    /// All VMs, with their findings.
    pub vms: Vec<VmMerges>,
    /// What could not be read of the host, and why.
    pub problems: Vec<String>,
}

/// A job of a host.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HostJob {
    /// The job.
    pub job: JobRecord,
    /// The GUID of the VM that it affects; `None` if the host does not tie it to one.
    pub vm_id: Option<String>,
}

/// The jobs of a host.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HostJobs {
    /// The jobs of both classes, for as long as the host keeps them.
    pub jobs: Vec<HostJob>,
    /// What could not be read besides, and why.
    pub problems: Vec<String>,
}

impl Host {
    /// All jobs that the host still keeps, with the VM that each affects: four queries.
    ///
    /// # Errors
    /// If the jobs of the services cannot be listed: that is not the same as none.
    pub async fn jobs(&self) -> Result<HostJobs, Error> {
        let mut problems = Vec::new();
        let mut jobs = self.all_jobs(CONCRETE_JOB).await?;
        let mut links = noted(self.links(AFFECTED_JOB_ELEMENT).await, &mut problems);
        // The namespace of a cluster has no storage jobs.
        if *self.cim().name() != Namespace::cluster() {
            jobs.extend(noted(known_class(self.all_jobs(STORAGE_JOB).await), &mut problems));
            let stored = known_class(self.links(AFFECTED_STORAGE_JOB_ELEMENT).await);
            links.extend(noted(stored, &mut problems));
        }
        let mut vms: HashMap<String, String> = HashMap::new();
        for (element, job) in links {
            let is_vm = element.resource_uri.last_segment().eq_ignore_ascii_case(COMPUTER_SYSTEM);
            let (Some(vm), Some(job)) = (element.selectors.text("Name"), job.selectors.text("InstanceID"))
            else {
                continue;
            };
            if is_vm {
                vms.insert(job.to_ascii_lowercase(), vm.to_owned());
            }
        }
        let with_vm = |job: JobRecord| {
            let vm_id = vms.get(&job.instance_id.to_ascii_lowercase()).cloned();
            HostJob { job, vm_id }
        };
        Ok(HostJobs { jobs: jobs.into_iter().map(with_vm).collect(), problems })
    }

    /// What merges on the host and what was left over, for all VMs: nine queries. With `chains` one call more for each disk
    /// file, by which a left-over between two files is found too.
    ///
    /// # Errors
    /// If the VMs cannot be listed; all else that cannot be read is told in the answer.
    pub async fn merges(&self, chains: bool) -> Result<HostMerges, Error> {
        let mut problems = Vec::new();
        let vms = self.vms().await?;
        let jobs = match self.jobs().await {
            Ok(HostJobs { jobs, problems: more }) => {
                problems.extend(more);
                jobs
            }
            Err(error) => noted(Err(error), &mut problems),
        };
        let settings = noted(self.all_settings().await, &mut problems);
        let disks = noted(known_class(self.all_disks().await), &mut problems);
        let switches = noted(known_class(self.all_merge_settings().await), &mut problems);
        let points = self.reference_points().await.unwrap_or_default();

        let mut by_vm: HashMap<String, Vec<SettingData>> = HashMap::new();
        for (vm, setting) in settings {
            by_vm.entry(vm.to_ascii_lowercase()).or_default().push(setting);
        }
        let mut by_settings: HashMap<String, Vec<Disk>> = HashMap::new();
        for disk in disks {
            if let Some(settings) = disk.settings().map(str::to_ascii_lowercase) {
                by_settings.entry(settings).or_default().push(disk);
            }
        }
        let mut jobs_of: HashMap<String, Vec<JobRecord>> = HashMap::new();
        for HostJob { job, vm_id } in jobs {
            if let Some(vm) = vm_id {
                jobs_of.entry(vm.to_ascii_lowercase()).or_default().push(job);
            }
        }
        let mut switch_of: HashMap<String, MergeSetting> = HashMap::new();
        for switch in switches {
            switch_of.entry(switch.vm_id().to_ascii_lowercase()).or_insert(switch);
        }
        let mut points_of: HashMap<String, usize> = HashMap::new();
        for point in points {
            *points_of.entry(point.to_ascii_lowercase()).or_default() += 1;
        }
        let mut reader = Reader::new(&self.0);
        let mut found = Vec::new();
        for vm in vms {
            let tree = tree_of(vm.record(), by_vm.remove(&vm.id().to_ascii_lowercase()), &mut problems);
            let own = format!("{SETTING_ID_PREFIX}{}", vm.id());
            let snapshots = tree.iter().flat_map(|tree| tree.snapshots());
            let settings = snapshots.map(|snapshot| snapshot.id().to_string()).chain([own]);
            let of = |settings: String| by_settings.remove(&settings.to_ascii_lowercase());
            let disks: Vec<Disk> = settings.filter_map(of).flatten().collect();
            let mut usage = DiskUsage::new(vm.id(), disks);
            if chains {
                read_parents(&mut reader, &mut usage).await;
            }
            let setting = switch_of.get(&vm.id().to_ascii_lowercase());
            let jobs = jobs_of.remove(&vm.id().to_ascii_lowercase()).unwrap_or_default();
            let merging = Merging {
                vm: vm.record(),
                tree: tree.as_ref(),
                disks: &usage,
                has_chains: chains,
                setting,
                jobs: &jobs,
                reference_points: points_of.get(&vm.id().to_ascii_lowercase()).copied().unwrap_or_default(),
            };
            let findings = merging.findings();
            found.push(VmMerges {
                vm: vm.record().clone(),
                setting: setting.cloned(),
                findings,
                disks: usage,
                tree,
            });
        }
        Ok(HostMerges { vms: found, problems })
    }

    async fn all_jobs(&self, name: &'static str) -> Result<Vec<JobRecord>, Error> {
        const DURING: &str = "listing the jobs of the host";
        let take = || objects_of(name, |instance| JobRecord::from_instance(&instance).map(Some));
        let jobs = self.cim().collect(DURING, &Wql::all(class(name)?), take).await?;
        log_unreadable("a job", jobs.iter().flat_map(|job| &job.unreadable));
        Ok(jobs)
    }

    /// The elements that jobs affect, each with its job.
    async fn links(&self, name: &'static str) -> Result<Vec<(EndpointReference, EndpointReference)>, Error> {
        const DURING: &str = "listing what the jobs of the host affect";
        // A link that cannot be read ties nothing.
        let take = || objects_of(name, |instance| Ok(ends(&instance).ok()));
        Ok(self.cim().collect(DURING, &Wql::all(class(name)?), take).await?)
    }

    async fn all_settings(&self) -> Result<Vec<(String, SettingData)>, Error> {
        const DURING: &str = "listing the snapshots of all VMs";
        let take = || {
            objects_of(SETTING_DATA, |instance| {
                let bad = |error: crate::cim::PropertyError| {
                    ProtocolError::new(Violation::BadProperty, error.to_string())
                };
                let vm = instance.read::<String>("VirtualSystemIdentifier").map_err(bad)?;
                let Some(vm) = vm else { return Ok(None) };
                SettingData::from_instance(&instance, &vm).map(|setting| Some((vm.clone(), setting)))
            })
        };
        Ok(self.cim().collect(DURING, &Wql::all(class(SETTING_DATA)?), take).await?)
    }

    async fn all_disks(&self) -> Result<Vec<Disk>, Error> {
        const DURING: &str = "listing the disks of all VMs";
        let take = || objects_of(STORAGE_ALLOCATION, |instance| Disk::from_instance(&instance));
        let disks = self.cim().collect(DURING, &Wql::all(class(STORAGE_ALLOCATION)?), take).await?;
        bounded(disks).map_err(|error| Error::protocol(error, DURING))
    }

    async fn all_merge_settings(&self) -> Result<Vec<MergeSetting>, Error> {
        const DURING: &str = "reading whether disks are merged";
        let take = || objects_of(DISK_MERGE, |instance| MergeSetting::from_instance(&instance).map(Some));
        Ok(self.cim().collect(DURING, &Wql::all(class(DISK_MERGE)?), take).await?)
    }

    /// The VMs of all reference points, by their GUIDs; none on a host that has no such class.
    async fn reference_points(&self) -> Result<Vec<String>, Error> {
        const DURING: &str = "listing the reference points of backups";
        let take = || {
            objects_of(REFERENCE_POINT, |instance| {
                Ok(instance.read::<String>("VirtualSystemIdentifier").ok().flatten())
            })
        };
        let points = self.cim().collect(DURING, &Wql::all(class(REFERENCE_POINT)?), take).await;
        Ok(points.inspect_err(|error| tracing::debug!(cause = %error.kind(), "no reference points"))?)
    }
}

impl Vm {
    /// What merges on the VM and what was left over, with the chains of all its disks: one call for each file, and some queries.
    ///
    /// # Errors
    /// If the snapshots cannot be read; all else that cannot be read is among the findings.
    pub async fn merges(&self) -> Result<VmMerges, Error> {
        let tree = self.snapshots().await?;
        let mut problems = Vec::new();
        let setting = match self.merge_setting().await {
            Ok(setting) => setting,
            Err(error) => noted::<Option<MergeSetting>>(Err(error), &mut problems),
        };
        let jobs = noted(self.jobs().await, &mut problems);
        let own = format!("{SETTING_ID_PREFIX}{}", self.id());
        let snapshots = tree.snapshots().iter().map(|snapshot| snapshot.id().to_string());
        let settings: Vec<String> = snapshots.chain([own]).collect();
        let disks = noted(self.all_disks(&settings).await, &mut problems);
        let mut usage = DiskUsage::new(self.id(), disks);
        read_parents(&mut Reader::new(&self.host.0), &mut usage).await;
        let points = self.host.reference_points().await.unwrap_or_default();
        let merging = Merging {
            vm: &self.record,
            tree: Some(&tree),
            disks: &usage,
            has_chains: true,
            setting: setting.as_ref(),
            jobs: &jobs,
            reference_points: points.iter().filter(|point| point.eq_ignore_ascii_case(self.id())).count(),
        };
        let mut findings = merging.findings();
        findings.extend(problems.into_iter().map(crate::hyperv::MergeFinding::Unknown));
        Ok(VmMerges { vm: self.record.clone(), setting, findings, disks: usage, tree: Some(tree) })
    }
}

async fn read_parents(reader: &mut Reader<'_>, usage: &mut DiskUsage) {
    reader.begin_vm();
    for head in usage.all_heads() {
        reader.chain(usage, &head, What::PARENT, |_| false).await;
    }
}

/// The tree of a VM; `None` where the host shows no settings of it, or its tree contradicts itself.
fn tree_of(
    vm: &VmRecord,
    settings: Option<Vec<SettingData>>,
    problems: &mut Vec<String>,
) -> Option<SnapshotTree> {
    let tree = SnapshotTree::build(&vm.id, &vm.element_name, settings?);
    tree.map_err(|error| problems.push(format!("the snapshots of {:?}: {error}", vm.element_name))).ok()
}

/// What was read; otherwise nothing, and the reason among the problems.
fn noted<T: Default>(read: Result<T, Error>, problems: &mut Vec<String>) -> T {
    read.unwrap_or_else(|error| {
        problems.push(format!("{}: {}", error.during(), error.kind()));
        T::default()
    })
}

/// Nothing where the namespace has no such class.
fn known_class<T: Default>(read: Result<T, Error>) -> Result<T, Error> {
    match read {
        Err(error) if error.is_unknown_class() => Ok(T::default()),
        read => read,
    }
}
