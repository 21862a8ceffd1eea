//! Virtual disk files by the image service of the host that runs the VM: the chains of a VM, their sizes, and the free space.
//!
//! Reads only: `GetVirtualHardDiskSettingData` and `GetVirtualHardDiskState` are Invokes by their form and reads by their nature.
//! A file that cannot be read is unknown with its reason, and takes nothing else with it; what the host refuses for all files is
//! asked for once.

use crate::{
    cim::{Call, Instance, Namespace, Value, Wql, parse_embedded},
    client::{ClientErrorKind, objects_of},
    host::{Error, Inner, Vm, reads::class},
    hyperv::{
        Bytes, DestroyCost, DestroyPlan, Disk, DiskFile, DiskUsage, LONGEST_CHAIN, LONGEST_PATH,
        MOST_SETTINGS, MergeExpectation, ParentFile, ReturnCode, SnapshotTree, Volume, parent_file,
        return_value,
    },
    schema::names::{
        CIMV2_NAMESPACE, GET_VIRTUAL_DISK, GET_VIRTUAL_DISK_STATE, IMAGE_SERVICE, PATH, SETTING_DATA_TEXT,
        SETTING_ID_PREFIX, STATE_TEXT, WIN32_VOLUME,
    },
    violation::{ProtocolError, Violation},
    wsman::EndpointReference,
};

/// The most files of one VM that are read.
const MOST_FILES: usize = 5000;

/// What the settings of a virtual disk file say.
pub(super) struct FileSettings {
    pub(super) parent: Option<String>,
    capacity: Option<u64>,
}

impl Vm {
    /// The disks of the snapshots in `tree` and of the current state, with the sizes of all files.
    ///
    /// Two calls for each file, a query for each twenty snapshots, and one more. A file that cannot be read is unknown
    /// ([`DiskFile::size`], [`DiskFile::parent`]).
    ///
    /// # Errors
    /// If the disks cannot be listed.
    pub async fn disk_usage(&self, tree: &SnapshotTree) -> Result<DiskUsage, Error> {
        let own = format!("{SETTING_ID_PREFIX}{}", self.id());
        let snapshots = tree.snapshots().iter().map(|snapshot| snapshot.id().to_string());
        let settings: Vec<String> = snapshots.chain([own]).collect();
        let mut usage = DiskUsage::new(self.id(), self.all_disks(&settings).await?);
        let mut reader = Reader::new(&self.host.0);
        for head in usage.all_heads() {
            reader.chain(&mut usage, &head, What::ALL, |_| false).await;
        }
        Ok(usage)
    }

    /// What these destroys cost, carried out one after the other: what is merged, what is freed, and the free space where merging
    /// writes.
    ///
    /// It reads no more than that needs: for a snapshot with one dependent three queries, and three calls for each disk. What cannot
    /// be read is unknown with its reason; this never fails.
    pub async fn destroy_costs(&self, plans: &[&DestroyPlan]) -> Vec<DestroyCost> {
        let expects = |of: MergeExpectation| plans.iter().any(|plan| plan.merge_expectation() == of);
        if !expects(MergeExpectation::Merge) && !expects(MergeExpectation::None) {
            return DiskUsage::default().costs(plans);
        }
        let usage = match self.usage_of(plans).await {
            Ok(usage) => usage,
            Err(error) => {
                tracing::info!(cause = %error.kind(), "the VM's disks cannot be read");
                let why = error.kind().to_string();
                return plans.iter().map(|_| DestroyCost::unknown(&why)).collect();
            }
        };
        let costs = usage.costs(plans);
        if costs.iter().all(|cost| cost.merges.is_empty()) {
            return costs;
        }
        let volumes = self.host.0.volumes().await.map_err(|error| {
            tracing::info!(cause = %error.kind(), "the volumes cannot be read");
            error.kind().to_string()
        });
        costs.into_iter().map(|cost| cost.with_space(&volumes)).collect()
    }

    /// As much of the disks as these plans are about.
    async fn usage_of(&self, plans: &[&DestroyPlan]) -> Result<DiskUsage, Error> {
        let mut settings = vec![format!("{SETTING_ID_PREFIX}{}", self.id())];
        for plan in plans {
            let all = plan.destroyed().iter().chain(plan.reparented());
            for id in all.map(|snapshot| snapshot.id().to_string()) {
                if !settings.iter().any(|known| known.eq_ignore_ascii_case(&id)) {
                    settings.push(id);
                }
            }
        }
        let mut usage = DiskUsage::new(self.id(), self.all_disks(&settings).await?);
        let mut reader = Reader::new(&self.host.0);
        for plan in plans {
            let goes = plan.destroyed().iter().flat_map(|snapshot| usage.heads(snapshot.id().as_str()));
            let goes: Vec<String> = goes.cloned().collect();
            let into = usage.heads(plan.target().id().as_str()).to_vec();
            match plan.merge_expectation() {
                MergeExpectation::None | MergeExpectation::Merge => {}
                _ => continue,
            }
            for file in goes {
                reader.file(&mut usage, &file, What::SIZE).await;
            }
            let Some(dependent) = usage.dependent(plan) else { continue };
            for head in usage.heads(&dependent).to_vec() {
                let is_end = |file: &str| into.iter().any(|into| into.eq_ignore_ascii_case(file));
                reader.chain(&mut usage, &head, What::ALL, is_end).await;
            }
        }
        Ok(usage)
    }

    /// The disks of these settings, in as many queries as it takes.
    pub(super) async fn all_disks(&self, settings: &[String]) -> Result<Vec<Disk>, Error> {
        let mut disks = Vec::new();
        for some in settings.chunks(MOST_SETTINGS) {
            let some: Vec<&str> = some.iter().map(String::as_str).collect();
            disks.extend(self.disks(&some).await?);
        }
        Ok(disks)
    }
}

/// What is read of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct What {
    size: bool,
    parent: bool,
}

impl What {
    pub(super) const ALL: Self = Self { size: true, parent: true };
    pub(super) const PARENT: Self = Self { size: false, parent: true };
    const SIZE: Self = Self { size: true, parent: false };
}

/// Reads files, each at most once.
pub(super) struct Reader<'h> {
    inner: &'h Inner,
    service: Option<EndpointReference>,
    /// Why no more are asked for.
    refused: Option<String>,
    asked: usize,
    /// The bytes of the paths that were read, of all VMs.
    held: usize,
}

impl<'h> Reader<'h> {
    pub(super) fn new(inner: &'h Inner) -> Self {
        Self { inner, service: None, refused: None, asked: 0, held: 0 }
    }

    /// Another VM is read.
    pub(super) fn begin_vm(&mut self) {
        self.asked = 0;
    }

    /// The files from `head` on, down to one that `is_end` tells, which is not read.
    pub(super) async fn chain(
        &mut self,
        usage: &mut DiskUsage,
        head: &str,
        what: What,
        is_end: impl Fn(&str) -> bool,
    ) {
        let mut next = head.to_owned();
        for _ in 0..LONGEST_CHAIN {
            if is_end(&next) {
                return;
            }
            self.file(usage, &next, what).await;
            match usage.file(&next).map(|file| &file.parent) {
                Some(ParentFile::File(parent)) => next = parent.clone(),
                _ => return,
            }
        }
    }

    /// One file; what was asked of it is not asked again.
    async fn file(&mut self, usage: &mut DiskUsage, path: &str, what: What) {
        let known = usage.file(path).cloned();
        let mut file = known.unwrap_or_else(|| DiskFile::unread(path, "it was not read"));
        if what.parent && !file.asked.parent {
            file.asked.parent = true;
            match self.settings(path).await {
                Ok(FileSettings { parent, capacity }) => {
                    file.parent = self.parent(parent);
                    file.capacity = capacity;
                }
                Err(why) => file.parent = ParentFile::Unknown(why),
            }
        }
        if what.size && !file.asked.size {
            file.asked.size = true;
            file.size = match self.size(path).await {
                Ok(bytes) => Bytes::of(bytes),
                Err(why) => Bytes::unknown(format!("{path}: {why}")),
            };
        }
        usage.insert(file);
    }

    fn parent(&mut self, parent: Option<String>) -> ParentFile {
        let Some(parent) = parent else { return ParentFile::None };
        if parent.len() > LONGEST_PATH {
            return ParentFile::Unknown(format!("its parent has a path of {} bytes", parent.len()));
        }
        self.held = self.held.saturating_add(parent.len());
        let most = self.inner.client().limits.collected_bytes;
        if self.held > most {
            return ParentFile::Unknown(format!("the paths of the files take more than {most} bytes"));
        }
        ParentFile::File(parent)
    }

    async fn settings(&mut self, path: &str) -> Result<FileSettings, String> {
        const DURING: &str = "reading the settings of a virtual disk";
        Self::is_path(path)?;
        let service = self.service().await?;
        let answer = self.inner.disk_settings(&service, path, DURING).await;
        self.taken(answer, GET_VIRTUAL_DISK)
    }

    async fn size(&mut self, path: &str) -> Result<u64, String> {
        Self::is_path(path)?;
        let service = self.service().await?;
        let answer = self.inner.disk_size(&service, path).await;
        self.taken(answer, GET_VIRTUAL_DISK_STATE)
    }

    /// Whether a path can be asked for.
    fn is_path(path: &str) -> Result<(), String> {
        match path.len() > LONGEST_PATH {
            true => Err(format!("its path has {} bytes", path.len())),
            false => Ok(()),
        }
    }

    /// The image service; `Err` with the reason why no more files are asked for.
    async fn service(&mut self) -> Result<EndpointReference, String> {
        if self.asked >= 2 * MOST_FILES {
            return Err(format!("more than {MOST_FILES} files"));
        }
        self.asked += 1;
        if let Some(why) = &self.refused {
            return Err(why.clone());
        }
        if let Some(service) = &self.service {
            return Ok(service.clone());
        }
        match self.inner.service_of(IMAGE_SERVICE).await {
            Ok(service) => Ok(self.service.insert(service).clone()),
            Err(error) => {
                let why = error.kind().to_string();
                self.refused = Some(why.clone());
                Err(why)
            }
        }
    }

    /// An answer about one file. What concerns all files stops the reading: a user without rights, a host that is silent.
    fn taken<T>(
        &mut self,
        answer: Result<Result<T, ReturnCode>, Error>,
        method: &'static str,
    ) -> Result<T, String> {
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(code)) => Err(format!("{method} returned {code}")),
            Err(error) => {
                let why = error.kind().to_string();
                tracing::info!(cause = %why, method, "a virtual disk cannot be read");
                let is_of_file = error.client().is_some_and(|error| {
                    matches!(error.kind(), ClientErrorKind::Fault(_) | ClientErrorKind::Protocol(_))
                });
                if !is_of_file || error.is_access() {
                    self.refused = Some(why.clone());
                }
                Err(why)
            }
        }
    }
}

impl Inner {
    /// `GetVirtualHardDiskSettingData`; a return value other than 0 as it came.
    pub(super) async fn disk_settings(
        &self,
        service: &EndpointReference,
        path: &str,
        during: &str,
    ) -> Result<Result<FileSettings, ReturnCode>, Error> {
        self.of_file(service, (GET_VIRTUAL_DISK, SETTING_DATA_TEXT), path, during, |disk| {
            let parent = disk.read::<String>("ParentPath").map_err(|error| bad(error.to_string()))?;
            let capacity = disk.read::<u64>("MaxInternalSize").ok().flatten().filter(|size| *size > 0);
            Ok(FileSettings { parent: parent_file(path, &parent.unwrap_or_default()), capacity })
        })
        .await
    }

    /// `FileSize` of `GetVirtualHardDiskState`.
    async fn disk_size(
        &self,
        service: &EndpointReference,
        path: &str,
    ) -> Result<Result<u64, ReturnCode>, Error> {
        const DURING: &str = "reading the size of a virtual disk";
        self.of_file(service, (GET_VIRTUAL_DISK_STATE, STATE_TEXT), path, DURING, |state| {
            let size = state.read::<u64>("FileSize").map_err(|error| bad(error.to_string()))?;
            size.ok_or_else(|| bad(format!("{}.FileSize is missing", state.class())))
        })
        .await
    }

    /// A method of the image service about one file, whose answer holds the text of an instance.
    async fn of_file<T>(
        &self,
        service: &EndpointReference,
        (method, out): (&'static str, &'static str),
        path: &str,
        during: &str,
        read: impl Fn(&Instance<'_>) -> Result<T, ProtocolError>,
    ) -> Result<Result<T, ReturnCode>, Error> {
        let parameters = [(PATH, Value::String(path.to_owned()))];
        let limits = &self.client().limits;
        let decode = |output: &Instance<'_>| {
            match return_value(output)? {
                ReturnCode::COMPLETED => {}
                code => return Ok(Err(code)),
            }
            let text = output.read::<String>(out).map_err(|error| bad(error.to_string()))?;
            let text = text.ok_or_else(|| bad(format!("{}.{out} is missing", output.class())))?;
            read(&parse_embedded(&text, limits)?).map(Ok)
        };
        Ok(self.client().read(during, &Call::on(service, method, &parameters, decode)).await?)
    }

    /// The volumes of the host; of a cluster those alone that all its nodes have.
    async fn volumes(&self) -> Result<Vec<Volume>, Error> {
        const DURING: &str = "reading the volumes of the host";
        let windows: Namespace = CIMV2_NAMESPACE.parse().map_err(|error| Error::name(error, DURING))?;
        let windows = self.cim.client().in_namespace(windows);
        let take = || objects_of(WIN32_VOLUME, |instance| Volume::from_instance(&instance));
        let mut volumes = windows.collect(DURING, &Wql::all(class(WIN32_VOLUME)?), take).await?;
        if *self.cim.name() == Namespace::cluster() {
            volumes.retain(Volume::is_of_cluster);
        }
        Ok(volumes)
    }
}

fn bad(detail: String) -> ProtocolError {
    ProtocolError::new(Violation::BadProperty, detail)
}
