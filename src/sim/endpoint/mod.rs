//! The service at `/wsman`: one envelope in, one envelope out.
//!
//! Each operation has a file. All of them read the model through a user's `View`, after the model was advanced to the present
//! time. Every request is recorded in the journal. Of HTTP only the status 200 or 500 is decided here. Follows MS-WSMV 3.1.4.

mod contexts;
mod enumerate;
mod faulty;
mod filter;
mod get;
mod identify;
mod invoke;
mod locate;
mod pull;
mod seen;
mod transfer;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contexts::Contexts;
pub(super) use locate::path as object_path;

use super::{
    faults::{Faults, JobFault},
    instances::{Namespace, View},
    journal::{Entry, Journal, Mechanism, RequestKind, RequestOutcome},
    lab::{Lab, Rights},
    message::{Fault, FaultContext, Message, Rejected, Request, Resource, SelectorValue, action, kinds},
    model::{EditError, Host, Node},
    per_node::PerNode,
    random::Random,
};
use crate::xml::UnwritableText;

/// The service of one address, shared by all of its connections. All addresses of a cluster share the state.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    state: Arc<Mutex<State>>,
    place: Place,
    /// `MaxEnvelopeSizekb` of the service, in bytes.
    max_envelope: usize,
}

/// What an address stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A node, or the only host.
    Node(usize),
    /// The name of the cluster, which one node has at a time.
    Cluster,
}

/// The mutable state.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) host: Host,
    /// The node that the present request has reached.
    node: usize,
    pub(crate) journal: Journal,
    contexts: Contexts,
    faults: Faults,
    /// The rules applied to the current request.
    marks: Vec<String>,
    /// The faults for the job that it starts.
    jobs: Vec<JobFault>,
    /// Separate from the model's, so that the model does not depend on the number of requests.
    ids: Random,
}

/// The user of a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// `None` for an anonymous user, who may only identify the service.
    pub(crate) name: Option<String>,
    pub(crate) rights: Rights,
    pub(crate) mechanism: Option<Mechanism>,
    /// True if the message was sealed.
    pub(crate) sealed: bool,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// 200, or 500 for a fault.
    pub(crate) status: u16,
    pub(crate) envelope: String,
}

/// Why there is no envelope to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silent {
    /// An anonymous user requested more than Identify.
    Unauthorized,
    /// The answer would contain a character that XML cannot contain.
    Unwritable,
}

/// The result of an operation.
struct Done {
    envelope: String,
    return_value: Option<u32>,
}

/// The failure of an operation.
pub(super) enum Failed {
    Fault(Box<Fault>),
    Unwritable,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<UnwritableText> for Failed {
    fn from(_: UnwritableText) -> Self {
        Self::Unwritable
    }
}

impl Endpoint {
    /// The service of `lab` at the time `now`, at the first address: the host, or the cluster.
    pub(crate) fn new(lab: &Lab, seed: u64, now: Duration) -> Self {
        let host = Host::new(lab, seed, now);
        let state = State {
            host,
            node: 0,
            journal: Journal::default(),
            contexts: Contexts::default(),
            faults: Faults::new(seed, &lab.faults),
            marks: Vec::new(),
            jobs: Vec::new(),
            ids: Random::seeded(!seed),
        };
        let place = if lab.cluster.is_some() { Place::Cluster } else { Place::Node(0) };
        Self { state: Arc::new(Mutex::new(state)), place, max_envelope: lab.service.max_envelope }
    }

    /// The same service at the address of a node.
    pub(crate) fn of_node(&self, node: usize) -> Self {
        Self { place: Place::Node(node), ..self.clone() }
    }

    /// The node that the address leads to.
    pub(crate) fn node(&self) -> usize {
        match self.place {
            Place::Node(node) => node,
            Place::Cluster => self.state.lock().unwrap_or_else(PoisonError::into_inner).host.owner,
        }
    }

    /// Whether the node that the address leads to is up.
    pub(crate) fn is_up(&self) -> bool {
        let (owner, are_up) = self.standing();
        let node = if let Place::Node(node) = self.place { node } else { owner };
        *are_up.at(node)
    }

    /// The node with the cluster's name, and whether each node is up.
    pub(crate) fn standing(&self) -> (usize, PerNode<bool>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.host.owner, state.host.nodes.map(|node| node.is_up))
    }

    /// Lets a node fail, or come up again.
    pub(crate) fn switch_node(&self, name: &str, on: bool, now: Duration) -> Result<(), EditError> {
        let mut state = self.at(now);
        if on { state.host.recover_node(name) } else { state.fail_node(name) }
    }

    /// The state, advanced to the time `now`.
    pub(crate) fn at(&self, now: Duration) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.node = match self.place {
            Place::Node(node) => node,
            Place::Cluster => state.host.owner,
        };
        state.host.advance(now);
        let (now, lives) = (state.host.now(), state.host.timing.enumeration);
        state.contexts.expire(now, lives);
        state
    }

    /// Answers bytes that are not text.
    pub(crate) fn undecodable(&self, about: String, caller: &Caller, now: Duration) -> Result<Reply, Silent> {
        let mut state = self.at(now);
        let entry = state.new_entry(RequestKind::Rejected, Some(caller));
        state.fault(entry, &Fault::new(&kinds::CHARACTER_SET, about), None, "").ok_or(Silent::Unwritable)
    }
}

impl State {
    /// Answers a message.
    fn reply(&mut self, message: &Result<Message, Box<Rejected>>, caller: &Caller) -> Result<Reply, Silent> {
        let reply = match message {
            Ok(Message::Identify) => self.identify(caller),
            _ if caller.name.is_none() => return Err(Silent::Unauthorized),
            Ok(Message::Request(request)) => self.request(request, caller),
            Err(rejected) => {
                let mut entry = self.new_entry(RequestKind::Rejected, Some(caller));
                entry.message_id = rejected.message_id.clone().unwrap_or_default();
                entry.action.clone_from(&rejected.action);
                let relates_to = rejected.message_id.as_deref();
                self.fault(entry, &rejected.fault, relates_to, &rejected.to)
            }
        };
        reply.ok_or(Silent::Unwritable)
    }

    /// The number of open enumerations.
    pub(crate) fn open_enumerations(&self) -> usize {
        self.contexts.count()
    }

    fn identify(&mut self, caller: &Caller) -> Option<Reply> {
        let mut entry = self.new_entry(RequestKind::Identify, Some(caller));
        let envelope = identify::identify(&self.host, caller).ok()?;
        entry.outcome = RequestOutcome::Answered { return_value: None };
        self.record(entry);
        Some(Reply { status: 200, envelope })
    }

    fn request(&mut self, request: &Request, caller: &Caller) -> Option<Reply> {
        let mut entry = self.entry(request, caller);
        match self.perform(request, caller, &mut entry) {
            Ok(done) => {
                entry.outcome = RequestOutcome::Answered { return_value: done.return_value };
                self.record(entry);
                Some(Reply { status: 200, envelope: done.envelope })
            }
            Err(Failed::Fault(fault)) => self.fault(entry, &fault, Some(&request.message_id), &request.to),
            Err(Failed::Unwritable) => None,
        }
    }

    /// An entry of the journal for the node that answers.
    pub(crate) fn new_entry(&self, kind: RequestKind, caller: Option<&Caller>) -> Entry {
        Entry { node: self.node().name.clone(), ..Entry::new(self.host.now(), kind, caller) }
    }

    fn entry(&self, request: &Request, caller: &Caller) -> Entry {
        let mut entry = self.new_entry(seen::operation(request), Some(caller));
        entry.action.clone_from(&request.action);
        entry.message_id.clone_from(&request.message_id);
        entry.resource = request.resource_uri.clone().unwrap_or_default();
        for selector in &request.selectors {
            let value = match &selector.value {
                SelectorValue::Text(text) => text.clone(),
                SelectorValue::Reference(uri, _) => uri.clone(),
            };
            entry.selectors.push((selector.name.clone(), value));
        }
        entry
    }

    fn perform(&mut self, request: &Request, caller: &Caller, entry: &mut Entry) -> Result<Done, Failed> {
        let Some(uri) = &request.resource_uri else {
            return Err(Fault::new(&kinds::INVALID_RESOURCE_URI, "the header ResourceURI is missing").into());
        };
        let mut selectors = request.selectors.clone();
        let resource = Resource::resolve(uri, &mut selectors).and_then(|resource| self.served(resource));
        let message_id = self.uuid();
        let done = match request.action.as_str() {
            action::GET => {
                let resource = resource?;
                get::get(&self.view(caller, &resource), &resource, &selectors, request, &message_id)?
            }
            action::PUT => self.put(&resource?, &selectors, request, caller, &message_id)?,
            action::CREATE => self.create(&resource?, request, caller)?,
            action::DELETE => self.delete(&resource?, &selectors, request, caller)?,
            action::ENUMERATE => self.enumerate(resource, &selectors, request, caller, entry, &message_id)?,
            action::PULL => self.pull(request, caller, &message_id)?,
            action::RELEASE => self.release(request, caller, &message_id)?,
            _ => self.invoke(&resource?, &selectors, request, caller, entry, &message_id)?,
        };
        if done.envelope.len() > request.max_envelope {
            let about = format!("{} of {} bytes", done.envelope.len(), request.max_envelope);
            return Err(Fault::new(&kinds::ENVELOPE_TOO_LARGE, about).into());
        }
        Ok(done)
    }

    /// Refuses a namespace that the host does not have: those of Hyper-V without the role, the cluster's on a host outside a
    /// cluster.
    fn served(&self, resource: Resource) -> Result<Resource, Fault> {
        let is_of_hyper_v = matches!(resource.namespace, Namespace::Virtualization | Namespace::Cluster);
        if is_of_hyper_v && !self.host.spec.hyper_v {
            return Err(Fault::wmi_error(&kinds::RESOURCE_NOT_FOUND, "the host has no Hyper-V"));
        }
        if resource.namespace == Namespace::Cluster && !self.host.spec.cluster {
            return Err(Fault::wmi_error(&kinds::RESOURCE_NOT_FOUND, "the host is no node of a cluster"));
        }
        Ok(resource)
    }

    /// Lets a node fail, with its open enumerations.
    pub(super) fn fail_node(&mut self, name: &str) -> Result<(), EditError> {
        self.host.fail_node(name)?;
        let are_up = self.host.nodes.map(|node| node.is_up);
        self.contexts.keep_only(|node| *are_up.at(node));
        Ok(())
    }

    /// The node that answers.
    fn node(&self) -> &Node {
        self.host.nodes.at(self.node)
    }

    fn view(&self, caller: &Caller, resource: &Resource) -> View<'_> {
        View { host: &self.host, node: self.node(), namespace: resource.namespace, rights: caller.rights }
    }

    /// A new identifier for a message or a context.
    fn uuid(&mut self) -> String {
        format!("uuid:{}", self.ids.guid())
    }

    fn fault(
        &mut self,
        mut entry: Entry,
        fault: &Fault,
        relates_to: Option<&str>,
        to: &str,
    ) -> Option<Reply> {
        entry.outcome = RequestOutcome::Faulted { code: fault.kind.code, about: fault.about.clone() };
        self.record(entry);
        let message_id = self.uuid();
        let machine = host_of(to);
        let context = FaultContext { relates_to, machine, fqdn: &self.node().fqdn };
        let envelope = fault.write(&context, &message_id).ok()?;
        Some(Reply { status: 500, envelope })
    }
}

/// The host in a URL.
fn host_of(url: &str) -> &str {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}
