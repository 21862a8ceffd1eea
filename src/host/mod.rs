//! A Hyper-V host: its VMs, and the operations on their snapshots.
//!
//! Requests go through a [`Client`]; one module (`operation/reconcile`) decides what an answer proves, for every caller.
//! An operation is written to the journal before its call is sent, and the call is sent once.

mod activity;
mod busy;
mod cache;
mod cluster;
mod disk_files;
pub mod doctor;
mod error;
mod inventory;
mod job;
pub mod journal;
mod merges;
pub(crate) mod operation;
pub(crate) mod reads;
mod report;
#[cfg(feature = "serde")]
mod serialize;
mod trace;
mod vm;
mod wait;

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::OnceCell;

pub use busy::OnBusy;
pub use cluster::{Cluster, ClusterVm, NodeCheck};
pub use error::{Error, ErrorKind};
pub use job::{CancelAnswer, Job, JobEnd};
pub use merges::{HostJob, HostJobs, HostMerges};
pub use operation::{
    JobConclusion, Merge, Open, OperationHandle, Outcome, Phase, Progress, Resumption, Until,
};
pub use vm::Vm;
pub use wait::Wait;

use self::{
    cache::{Cache, FRESH_FOR},
    journal::{Journal, JournalTrouble, trouble::Troubles},
};
use crate::{
    cim::{ClassName, Namespace},
    client::{CimNamespace, Client, ClientError, Deadline},
    clock::Clock,
    http::Endpoint,
    schema::names::SNAPSHOT_SERVICE,
    wsman::SelectorSet,
};

/// A Hyper-V host; cheap to clone, usable from many tasks at once.
///
/// All clones of a host share the cache of recent readings and the list of journal failures; each setting takes the handle by
/// value and applies to the handle that it returns.
#[derive(Clone)]
pub struct Host(pub(crate) Arc<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    /// The client, and the namespace in use.
    pub(crate) cim: CimNamespace,
    service_class: Option<ClassName>,
    /// The keys of the snapshot service, as the host gave them.
    service_keys: Arc<OnceCell<SelectorSet>>,
    cache: Arc<Cache>,
    journal: Option<Arc<dyn Journal>>,
    trouble: Arc<Troubles>,
    on_busy: OnBusy,
    /// Its place in the cluster that it was reached through.
    member: Option<cluster::Member>,
}

impl Host {
    /// The host that `client` connects to, in the namespace of a single Hyper-V host; nothing is sent.
    pub fn new(client: Client) -> Self {
        Self(Arc::new(Inner {
            cim: client.in_namespace(Namespace::virtualization()),
            service_class: None,
            service_keys: Arc::default(),
            cache: Arc::new(Cache::new(FRESH_FOR)),
            journal: None,
            trouble: Arc::default(),
            on_busy: OnBusy::Fail,
            member: None,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Uses another CIM namespace, such as that of a cluster.
    #[must_use]
    pub fn namespace(self, namespace: Namespace) -> Self {
        self.with(|inner| {
            inner.cim = inner.cim.client().in_namespace(namespace);
            (inner.service_keys, inner.cache) = (Arc::default(), Arc::new(inner.cache.empty_copy()));
        })
    }

    /// Calls the methods on another class than `Msvm_VirtualSystemSnapshotService`, which is the default.
    #[must_use]
    pub fn snapshot_service_class(self, class: ClassName) -> Self {
        self.with(|inner| {
            (inner.service_class, inner.service_keys) = (Some(class), Arc::default());
        })
    }

    /// Records operations and their outcomes in `journal`; by default nothing is recorded.
    #[must_use]
    pub fn journal(self, journal: Arc<dyn Journal>) -> Self {
        self.with(|inner| inner.journal = Some(journal))
    }

    /// What to do if a VM is busy; by default an operation is refused.
    #[must_use]
    pub fn on_busy(self, on_busy: OnBusy) -> Self {
        self.with(|inner| inner.on_busy = on_busy)
    }

    /// How long a reading of a VM counts as fresh; by default 1 s.
    ///
    /// Right before the call, a destroy checks that the VM is not busy and that its tree is still the one that was planned on;
    /// it reuses fresh readings, unless this host's handles, or another process according to the journal, have changed the VM
    /// since. Before a destroy of a snapshot with all under it ([`DestroyScope::Tree`](crate::hyperv::DestroyScope::Tree)) the
    /// tree is always read: only there can more be lost than was planned. With [`Duration::ZERO`] nothing is ever fresh.
    #[must_use]
    pub fn fresh_for(self, age: Duration) -> Self {
        self.with(|inner| inner.cache = Arc::new(Cache::new(age)))
    }

    /// The client.
    pub fn client(&self) -> &Client {
        self.0.cim.client()
    }

    /// The endpoint of the host.
    pub fn endpoint(&self) -> &Endpoint {
        self.client().endpoint()
    }

    /// The CIM namespace in use.
    pub fn cim(&self) -> &CimNamespace {
        &self.0.cim
    }

    /// The journal, if there is one.
    pub fn written_to(&self) -> Option<&Arc<dyn Journal>> {
        self.0.journal.as_ref()
    }

    /// Journal failures that did not stop an operation, in order.
    ///
    /// They are kept however an operation ends: also if it failed, was refused, or its future was dropped.
    pub fn journal_trouble(&self) -> Vec<JournalTrouble> {
        self.0.trouble.all()
    }

    /// The same host with a time limit that starts now; see [`with_deadline`](Self::with_deadline).
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        self.with_deadline(Deadline::new(self.0.clock().now(), limit))
    }

    /// A handle of the same host with a deadline for everything done through it, including the VMs and jobs that come from it; see
    /// [`Client::with_deadline`].
    #[must_use]
    pub fn with_deadline(&self, deadline: Deadline) -> Self {
        self.clone().with(|inner| {
            inner.cim = inner.cim.through(inner.cim.client().with_deadline(deadline));
            if let Some(member) = &mut inner.member {
                member.cluster = member.cluster.with_deadline(deadline);
            }
        })
    }
}

impl From<Client> for Host {
    fn from(client: Client) -> Self {
        Self::new(client)
    }
}

impl Inner {
    /// The client's inner part, which sends the requests.
    pub(crate) fn client(&self) -> &crate::client::Inner {
        &self.cim.client().0
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.client().clock.as_ref()
    }

    /// The class that the methods are called on.
    pub(crate) fn service_class(&self) -> Result<ClassName, ClientError> {
        self.service_class.clone().map_or_else(|| reads::class(SNAPSHOT_SERVICE), Ok)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("cim", &self.0.cim).finish_non_exhaustive()
    }
}
