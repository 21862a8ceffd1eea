//! Starts a simulated host and inspects it while it runs.
//!
//! The public API of the simulator, for tests and for `hvsnap sim serve`.

use std::{
    fmt, io,
    net::SocketAddr,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{
    EditError, FaultRule, FaultUse, LabError, SimClock,
    addresses::{Addresses, Common},
    auth::{Authority, KeytabError},
    endpoint::Endpoint,
    http::{self, Counts, TlsError},
    journal::Entry,
    lab::{Lab, Rights, UserSpec, VmState},
    model::UnderWay,
};
use crate::{Secret, clock::Clock};

/// A simulated host before its start.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use hvsnap::sim::Simulator;
///
/// let lab = r#"
///     schema = "hvsnap-lab/1"
///     [host]
///     name = "HV01"
///     [[vm]]
///     name = "web-01"
///     [[vm.snapshot]]
///     name = "base"
/// "#;
/// let sim = Simulator::from_lab_text(lab)?.seed(7).start().await?;
/// assert_eq!(sim.snapshots_of("web-01")?[0].path, "base");
/// assert!(sim.endpoint().starts_with("http://127.0.0.1:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Simulator {
    lab: Lab,
    seed: u64,
    clock: SimClock,
    listen: SocketAddr,
    tls: Option<(String, String)>,
}

impl Simulator {
    /// Reads the lab from a file.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a valid lab: the error names file, line and field.
    pub fn from_lab(path: impl AsRef<Path>) -> Result<Self, LabError> {
        Lab::read(path.as_ref()).map(Self::of)
    }

    /// Reads the lab from a text.
    ///
    /// # Errors
    /// If the text is not a valid lab: the error names line and field.
    pub fn from_lab_text(text: &str) -> Result<Self, LabError> {
        Lab::parse(text).map(Self::of)
    }

    fn of(lab: Lab) -> Self {
        Self {
            lab,
            seed: 0,
            clock: SimClock::default(),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
        }
    }

    /// The seed of identifiers that the lab does not give; the same seed gives the same host. Default 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Adds VMs without snapshots to those of the lab: `vm-000001` and so on.
    #[must_use]
    pub fn add_vms(mut self, number: usize) -> Self {
        self.lab.add_vms(number);
        self
    }

    /// The clock. By default a virtual clock that stands still until a sleep advances it.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<SimClock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// Adds a fault rule to those of the lab.
    #[must_use]
    pub fn fault(mut self, fault: FaultRule) -> Self {
        self.lab.faults.push(fault);
        self
    }

    /// The address to listen on, which must be a loopback address. By default any free port of 127.0.0.1.
    ///
    /// With a cluster it is the address of the cluster's name; the nodes listen on the next free ports, in the order of the lab, or
    /// on any free ports if the port is 0.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Serves HTTPS with this certificate chain and private key, both in PEM, instead of plain HTTP.
    #[must_use]
    pub fn tls(mut self, certificates: impl Into<String>, key: impl Into<String>) -> Self {
        self.tls = Some((certificates.into(), key.into()));
        self
    }

    /// Starts to listen, on the current tokio runtime.
    ///
    /// # Errors
    /// If the address is not a loopback address or cannot be used, or if certificate or keytab are not usable.
    pub async fn start(self) -> Result<RunningSimulator, StartError> {
        if !self.listen.ip().is_loopback() {
            return Err(StartError(Start::NotLoopback(self.listen)));
        }
        let asks = self.lab.service.schemes.certificate;
        let tls = self.tls.as_ref().map(|(certificates, key)| http::tls(certificates, key, asks));
        let tls = tls.transpose().map_err(|error| StartError(Start::Tls(error)))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let administrator = self.lab.users.iter().find(|user| user.rights == Rights::Administrator).cloned();
        let endpoint = Endpoint::new(&self.lab, self.seed, self.clock.now());
        let certificate = tls.as_ref().and_then(|tls| tls.certificate.as_deref());
        let authorities = self.lab.nodes.try_map(|node| {
            Authority::new(&self.lab, node, self.seed, certificate)
                .map_err(|error| StartError(Start::Keytab(error)))
        })?;
        let common = Common {
            endpoint: endpoint.clone(),
            clock: self.clock.clone(),
            authorities: Arc::new(authorities),
            plain: self.lab.service.allow_unencrypted || tls.is_some(),
            max_request: self.lab.service.max_envelope,
            counts: Arc::new(Counts::default()),
            tls: tls.map(|tls| tls.acceptor),
        };
        let addresses = Addresses::listen(&common, self.listen, self.lab.cluster.is_some())
            .await
            .map_err(|(address, error)| StartError(Start::Listen(address, error)))?;
        let url = |address: SocketAddr| format!("{scheme}://{address}/wsman");
        let names = self.lab.nodes.iter().map(|node| node.name.clone());
        Ok(RunningSimulator {
            endpoint,
            clock: self.clock,
            counts: common.counts,
            url: url(addresses.first()),
            nodes: names.zip(addresses.nodes().map(url)).collect(),
            addresses,
            administrator,
        })
    }
}

/// A running simulated host. Dropping it stops it.
#[derive(Debug)]
pub struct RunningSimulator {
    endpoint: Endpoint,
    clock: SimClock,
    addresses: Addresses,
    counts: Arc<Counts>,
    url: String,
    /// The name of each node, and its URL.
    nodes: Vec<(String, String)>,
    administrator: Option<UserSpec>,
}

/// A snapshot of a simulated VM.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SnapshotView {
    /// `InstanceID`, with its prefix.
    pub instance_id: String,
    /// `ElementName`.
    pub name: String,
    /// Names from the root, joined by slashes.
    pub path: String,
    /// `InstanceID` of the parent; `None` for a root.
    pub parent: Option<String>,
    /// True if the VM's current state descends from it directly.
    pub is_current: bool,
    /// Its disk files.
    pub files: Vec<String>,
    /// True if it has the memory of the VM: `IsSaved`.
    pub is_saved: bool,
    /// `IsAutomaticSnapshot`.
    pub is_automatic: bool,
    /// `Notes`.
    pub notes: Vec<String>,
}

/// A simulated VM.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VmView {
    /// `Name`: a GUID.
    pub id: String,
    /// `ElementName`.
    pub name: String,
    /// The cluster node that owns it: `HostComputerSystemName`.
    pub node: String,
    /// Whether disks merge at present, visibly.
    pub is_merging: bool,
    /// Whether a snapshot is being deleted at present.
    pub is_deleting: bool,
    /// True while an operation on its snapshots runs: create, apply, clear or destroy.
    pub is_busy: bool,
    /// The state at rest; the previous one while [`is_changing`](Self::is_changing).
    pub state: VmState,
    /// True while its state is changing.
    pub is_changing: bool,
    /// True if its disks may merge (`Msvm_DiskMergeSettingData`).
    pub may_merge: bool,
    /// `Notes`.
    pub notes: Vec<String>,
    /// `InstanceID` of the last applied snapshot.
    pub applied: Option<String>,
    /// The disk files of its current state.
    pub files: Vec<String>,
}

impl RunningSimulator {
    /// The URL of the service: `http://127.0.0.1:PORT/wsman`. With a cluster it stands for the cluster's name.
    pub fn endpoint(&self) -> &str {
        &self.url
    }

    /// The name of the cluster, if the lab has one.
    pub fn cluster(&self) -> Option<String> {
        self.endpoint.at(self.clock.now()).host.cluster.clone()
    }

    /// The name and URL of each node, that of `[host]` first. Without a cluster it is the host, with the URL of the service.
    pub fn nodes(&self) -> Vec<(String, String)> {
        self.nodes.clone()
    }

    /// The URL of the node with that NetBIOS or DNS name, or of the cluster; case does not matter.
    pub fn endpoint_of(&self, node: &str) -> Option<String> {
        let state = self.endpoint.at(self.clock.now());
        let cluster = state.host.cluster.as_ref();
        if cluster.is_some_and(|name| name.eq_ignore_ascii_case(node)) {
            return Some(self.url.clone());
        }
        let place = state
            .host
            .nodes
            .iter()
            .position(|known| known.is_called(node) || known.fqdn.eq_ignore_ascii_case(node));
        self.nodes.get(place?).map(|(_, url)| url.clone())
    }

    /// Name and password of the lab's first user with all rights.
    pub fn administrator(&self) -> Option<(&str, Secret)> {
        self.administrator.as_ref().map(|user| (user.name.as_str(), user.password.clone()))
    }

    /// The address that it listens on; with a cluster, that of the cluster's name.
    pub fn address(&self) -> SocketAddr {
        self.addresses.first()
    }

    /// The clock of the host.
    pub fn clock(&self) -> SimClock {
        self.clock.clone()
    }

    /// The current time, since 1970.
    pub fn now(&self) -> Duration {
        self.clock.now()
    }

    /// The requests, oldest first; at most the last 10 000.
    pub fn journal(&self) -> Vec<Entry> {
        self.endpoint.at(self.clock.now()).journal.entries()
    }

    /// The number of calls of a method, including refused ones.
    pub fn calls(&self, method: &str) -> usize {
        self.endpoint.at(self.clock.now()).journal.calls(method)
    }

    /// The number of requests, without the legs of authentications.
    pub fn requests(&self) -> usize {
        self.endpoint.at(self.clock.now()).journal.requests()
    }

    /// The number of HTTP requests: [`requests`](Self::requests) and the legs of authentications.
    pub fn http_requests(&self) -> usize {
        self.counts.http_requests.load(Ordering::Relaxed)
    }

    /// The number of connections; over TLS, those whose handshake succeeded.
    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::Relaxed)
    }

    /// The number of successful authentications of a whole connection: NTLM and SPNEGO, not Basic.
    pub fn handshakes(&self) -> usize {
        self.counts.handshakes.load(Ordering::Relaxed)
    }

    /// The number of open enumerations: neither completed nor released nor expired.
    pub fn open_enumerations(&self) -> usize {
        self.endpoint.at(self.clock.now()).open_enumerations()
    }

    /// Adds a fault rule, from the next request on.
    pub fn inject(&self, fault: FaultRule) {
        self.endpoint.inject(fault, self.clock.now());
    }

    /// Removes all fault rules.
    pub fn clear_faults(&self) {
        self.endpoint.clear_faults(self.clock.now());
    }

    /// The fault rules, and how often each was matched and applied.
    pub fn faults(&self) -> Vec<FaultUse> {
        self.endpoint.faults(self.clock.now())
    }

    /// The VMs.
    pub fn vms(&self) -> Vec<VmView> {
        let state = self.endpoint.at(self.clock.now());
        let host = &state.host;
        let view = |vm: &super::model::Vm| VmView {
            id: vm.id.clone(),
            name: vm.name.clone(),
            node: vm.node.clone(),
            is_merging: host.is_merging(&vm.id),
            is_deleting: host.is_deleting(&vm.id),
            is_busy: host.work_on(&vm.id).is_some(),
            state: vm.state,
            is_changing: vm.changing.is_some(),
            may_merge: vm.merging,
            notes: vm.notes.clone(),
            applied: vm.applied.as_deref().map(instance_id),
            files: vm.files(None),
        };
        host.vms.iter().map(view).collect()
    }

    /// The snapshots of a VM, given by name or GUID.
    ///
    /// # Errors
    /// If no VM, or more than one, has that name.
    pub fn snapshots_of(&self, vm: &str) -> Result<Vec<SnapshotView>, EditError> {
        let state = self.endpoint.at(self.clock.now());
        let index = state.host.find_vm(vm)?;
        let Some(vm) = state.host.vms.get(index) else { return Ok(Vec::new()) };
        let view = |snapshot: &super::model::Snapshot| SnapshotView {
            instance_id: instance_id(&snapshot.id),
            name: snapshot.name.clone(),
            path: vm.path(&snapshot.id),
            parent: snapshot.parent.as_deref().map(instance_id),
            is_current: vm.current.as_ref() == Some(&snapshot.id),
            files: vm.files(Some(&snapshot.id)),
            is_saved: snapshot.saved_state,
            is_automatic: snapshot.automatic,
            notes: snapshot.notes.clone(),
        };
        Ok(vm.snapshots.iter().map(view).collect())
    }

    /// As another administrator: gives a snapshot (by name, path or id) another name.
    ///
    /// # Errors
    /// If VM or snapshot is not found, or ambiguous.
    pub fn rename_snapshot(&self, vm: &str, snapshot: &str, name: &str) -> Result<(), EditError> {
        self.endpoint.at(self.clock.now()).host.rename_snapshot(vm, snapshot, name)
    }

    /// As another administrator: removes a snapshot; its children take its parent.
    ///
    /// # Errors
    /// If VM or snapshot is not found, or ambiguous.
    pub fn remove_snapshot(&self, vm: &str, snapshot: &str) -> Result<(), EditError> {
        self.endpoint.at(self.clock.now()).host.remove_snapshot(vm, snapshot)
    }

    /// As another administrator: applies a snapshot at once, in any state of the VM.
    ///
    /// # Errors
    /// If the VM or the snapshot is not found, or ambiguous.
    pub fn apply_snapshot(&self, vm: &str, snapshot: &str) -> Result<(), EditError> {
        self.endpoint.at(self.clock.now()).host.revert(vm, snapshot)
    }

    /// As another administrator: allows or forbids the disks of a VM, given by name or GUID, to merge; as `merging` in a lab.
    ///
    /// When it is allowed again, merges that were held back begin.
    ///
    /// # Errors
    /// If no VM, or more than one, has that name.
    pub fn switch_merging(&self, vm: &str, on: bool) -> Result<(), EditError> {
        self.endpoint.at(self.clock.now()).host.switch_merging(vm, on)
    }

    /// As another administrator: sets the state of a VM, given by name or GUID, at once; a change in progress is given up.
    ///
    /// # Errors
    /// When no VM, or more than one, has that name.
    pub fn set_state(&self, vm: &str, state: VmState) -> Result<(), EditError> {
        self.endpoint.at(self.clock.now()).host.set_state(vm, state)
    }

    /// Moves a VM, given by name or GUID, to the node `node`, as a live migration.
    ///
    /// Its operations continue; its jobs are not visible any more. Without `[cluster]` in the lab, the name of any other node will do,
    /// and the VM is then not on the host.
    ///
    /// # Errors
    /// When no VM, or more than one, has that name, or when the cluster has no such node or the node is down.
    pub fn move_vm(&self, vm: &str, node: &str) -> Result<(), EditError> {
        self.endpoint.at(self.clock.now()).host.move_vm(vm, node, UnderWay::Continues)
    }

    /// Lets a node of the cluster fail, and returns when it cannot be reached any more: connections are reset, new ones refused.
    ///
    /// Running jobs of its VMs end without an effect. The VMs come up on the next node that is up, in the order of the lab; those
    /// that ran or were paused start anew, and merges begin anew. So does the name of the cluster, if the node has it.
    ///
    /// # Errors
    /// When there is no cluster, or no such node.
    pub async fn fail_node(&self, name: &str) -> Result<(), EditError> {
        self.endpoint.switch_node(name, false, self.clock.now())?;
        self.addresses.lines.follow(&self.endpoint).await;
        Ok(())
    }

    /// Lets a failed node come up again, and returns when it can be reached. Its former VMs stay where they are.
    ///
    /// # Errors
    /// When there is no cluster, or no such node.
    pub async fn recover_node(&self, name: &str) -> Result<(), EditError> {
        self.endpoint.switch_node(name, true, self.clock.now())?;
        self.addresses.lines.follow(&self.endpoint).await;
        Ok(())
    }

    /// As another administrator: adds a snapshot below `parent` and returns its `InstanceID`.
    ///
    /// Below the snapshot that the current state descends from, the current state then descends from the new one, as
    /// after taking a snapshot; elsewhere it is a new leaf off the current branch.
    ///
    /// # Errors
    /// If VM or parent is not found, or ambiguous.
    pub fn add_snapshot(&self, vm: &str, parent: Option<&str>, name: &str) -> Result<String, EditError> {
        let id = self.endpoint.at(self.clock.now()).host.add_snapshot(vm, parent, name)?;
        Ok(instance_id(&id))
    }

    /// Stops, and waits until the address is free again.
    pub async fn shutdown(self) {
        self.addresses.stop().await;
    }
}

fn instance_id(guid: &str) -> String {
    format!("{}{guid}", crate::schema::names::SETTING_ID_PREFIX)
}

/// Why a simulated host did not start.
#[derive(Debug)]
pub struct StartError(Start);

#[derive(Debug)]
enum Start {
    NotLoopback(SocketAddr),
    Listen(SocketAddr, io::Error),
    Tls(TlsError),
    Keytab(KeytabError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Start::NotLoopback(address) => {
                write!(f, "{address} is no loopback address: a simulated host is not for the network")
            }
            Start::Listen(address, _) => write!(f, "cannot listen on {address}"),
            Start::Keytab(_) => f.write_str("the keytab of the lab cannot be used"),
            Start::Tls(error) => write!(f, "the certificate or its key cannot be used: {error}"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Start::Listen(_, error) => Some(error),
            Start::Keytab(error) => Some(error),
            Start::NotLoopback(_) | Start::Tls(_) => None,
        }
    }
}
