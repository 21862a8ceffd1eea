//! The service behind `/wsman`: one envelope in, one envelope out.
//!
//! Each operation has a file; all of them look at the model through a user's `View`, after the model was brought to the
//! present time. Every request leaves a line in the journal. Never knows HTTP: status 200 or 500 is all it says.
//! Follows MS-WSMV 3.1.4.

mod contexts;
mod enumerate;
mod filter;
mod get;
mod identify;
mod invoke;
mod locate;
mod pull;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contexts::Contexts;

use super::{
    instances::{Namespace, View},
    journal::{Entry, Journal, Mechanism, Operation, Outcome},
    lab::{Lab, Rights},
    message::{self, Fault, FaultContext, Message, Request, Resource, SelectorValue, action, kinds},
    model::Host,
    random::Random,
};
use crate::xml::UnwritableText;

/// The service, shared by all connections.
#[derive(Debug)]
pub(crate) struct Endpoint {
    state: Mutex<State>,
}

/// All that changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) host: Host,
    pub(crate) journal: Journal,
    contexts: Contexts,
    /// Apart from the model's, so that what happens does not depend on how often somebody looked.
    ids: Random,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// `None` for somebody who did not authenticate: they may identify the service and nothing else.
    pub(crate) name: Option<String>,
    pub(crate) rights: Rights,
    pub(crate) mechanism: Option<Mechanism>,
    /// Whether the message was sealed.
    pub(crate) sealed: bool,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// 200, or 500 for a fault.
    pub(crate) status: u16,
    pub(crate) envelope: String,
}

/// Why there is no envelope to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silent {
    /// Somebody who did not authenticate asked for more than to identify the service.
    Unauthorized,
    /// The answer would hold a character that XML cannot carry.
    Unwritable,
}

/// What an operation gave.
struct Done {
    envelope: String,
    return_value: Option<u32>,
}

/// Why an operation gave nothing.
enum Failed {
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
    /// The service of `lab` at the time `now`.
    pub(crate) fn new(lab: &Lab, seed: u64, now: Duration) -> Self {
        let host = Host::new(lab, seed, now);
        let state = State {
            host,
            journal: Journal::default(),
            contexts: Contexts::default(),
            ids: Random::seeded(!seed),
        };
        Self { state: Mutex::new(state) }
    }

    /// The state, brought to the time `now`.
    pub(crate) fn at(&self, now: Duration) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.host.advance(now);
        let (now, lives) = (state.host.now(), state.host.timing.enumeration);
        state.contexts.expire(now, lives);
        state
    }

    /// Answers bytes that are no text.
    pub(crate) fn undecodable(&self, about: String, caller: &Caller, now: Duration) -> Result<Reply, Silent> {
        let mut state = self.at(now);
        let entry = Entry::new(state.host.now(), Operation::Rejected, Some(caller));
        state.fault(entry, &Fault::new(&kinds::CHARACTER_SET, about), None, "").ok_or(Silent::Unwritable)
    }

    /// Answers an envelope.
    pub(crate) fn answer(&self, text: &str, caller: &Caller, now: Duration) -> Result<Reply, Silent> {
        let mut state = self.at(now);
        let reply = match message::read(text) {
            Ok(Message::Identify) => state.identify(caller),
            _ if caller.name.is_none() => return Err(Silent::Unauthorized),
            Ok(Message::Request(request)) => state.request(&request, caller),
            Err(rejected) => {
                let mut entry = Entry::new(state.host.now(), Operation::Rejected, Some(caller));
                entry.message_id = rejected.message_id.clone().unwrap_or_default();
                entry.action = rejected.action;
                let relates_to = rejected.message_id.as_deref();
                state.fault(entry, &rejected.fault, relates_to, &rejected.to)
            }
        };
        reply.ok_or(Silent::Unwritable)
    }
}

impl State {
    /// How many enumerations are open.
    pub(crate) fn open_enumerations(&self) -> usize {
        self.contexts.count()
    }

    fn identify(&mut self, caller: &Caller) -> Option<Reply> {
        let mut entry = Entry::new(self.host.now(), Operation::Identify, Some(caller));
        let envelope = identify::identify(&self.host, caller).ok()?;
        entry.outcome = Outcome::Answered { return_value: None };
        self.journal.add(entry);
        Some(Reply { status: 200, envelope })
    }

    fn request(&mut self, request: &Request, caller: &Caller) -> Option<Reply> {
        let mut entry = Entry::new(self.host.now(), Operation::Invoke, Some(caller));
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
        match self.perform(request, caller, &mut entry) {
            Ok(done) => {
                entry.outcome = Outcome::Answered { return_value: done.return_value };
                self.journal.add(entry);
                Some(Reply { status: 200, envelope: done.envelope })
            }
            Err(Failed::Fault(fault)) => self.fault(entry, &fault, Some(&request.message_id), &request.to),
            Err(Failed::Unwritable) => None,
        }
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
                entry.operation = Operation::Get;
                let resource = resource?;
                get::get(&self.view(caller, &resource), &resource, &selectors, request, &message_id)?
            }
            action::ENUMERATE => {
                entry.operation = Operation::Enumerate;
                self.enumerate(resource, &selectors, request, caller, entry, &message_id)?
            }
            action::PULL => {
                entry.operation = Operation::Pull;
                self.pull(request, caller, &message_id)?
            }
            action::RELEASE => {
                entry.operation = Operation::Release;
                self.release(request, caller, &message_id)?
            }
            _ => self.invoke(&resource?, &selectors, request, caller, entry, &message_id)?,
        };
        if done.envelope.len() > request.max_envelope {
            let about = format!("{} of {} bytes", done.envelope.len(), request.max_envelope);
            return Err(Fault::new(&kinds::ENVELOPE_TOO_LARGE, about).into());
        }
        Ok(done)
    }

    /// Refuses the namespace of a cluster on a host that is none's node.
    fn served(&self, resource: Resource) -> Result<Resource, Fault> {
        if resource.namespace == Namespace::Cluster && !self.host.spec.cluster {
            return Err(Fault::wmi_error(&kinds::RESOURCE_NOT_FOUND, "the host is no node of a cluster"));
        }
        Ok(resource)
    }

    fn view(&self, caller: &Caller, resource: &Resource) -> View<'_> {
        View { host: &self.host, namespace: resource.namespace, rights: caller.rights }
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
        entry.outcome = Outcome::Faulted { code: fault.kind.code, about: fault.about.clone() };
        self.journal.add(entry);
        let message_id = self.uuid();
        let machine = host_of(to);
        let context = FaultContext { relates_to, machine, fqdn: &self.host.spec.fqdn };
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
