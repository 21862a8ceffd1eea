//! Applies fault rules to requests: which rules match, and the resulting envelope.
//!
//! Faults of a message are applied here, before it is sealed; those of the connection in the listener.

use std::{mem, time::Duration};

use super::{Caller, Endpoint, Place, Reply, Silent, State, host_of, seen};
use crate::sim::{
    faults::{Event, FaultRule, FaultUse, Fired, SoapFault, Spoil, Turn},
    journal::{Entry, RequestKind, RequestOutcome},
    message::{self, Fault, FaultContext, Message, Rejected, Request, kinds},
};

/// A received message, and the rules that apply to it.
#[derive(Debug)]
pub(crate) struct Asked {
    message: Result<Message, Box<Rejected>>,
    pub(crate) fired: Fired,
}

impl Asked {
    fn request(&self) -> Option<&Request> {
        match &self.message {
            Ok(Message::Request(request)) => Some(request),
            _ => None,
        }
    }

    /// The message id that the answer must contain.
    fn message_id(&self) -> Option<&str> {
        match &self.message {
            Ok(Message::Request(request)) => Some(&request.message_id),
            Ok(Message::Identify) => None,
            Err(rejected) => rejected.message_id.as_deref(),
        }
    }

    fn to(&self) -> &str {
        match &self.message {
            Ok(Message::Request(request)) => &request.to,
            Ok(Message::Identify) => "",
            Err(rejected) => &rejected.to,
        }
    }

    fn operation(&self) -> RequestKind {
        match &self.message {
            Ok(Message::Identify) => RequestKind::Identify,
            Ok(Message::Request(request)) => seen::operation(request),
            Err(_) => RequestKind::Rejected,
        }
    }
}

impl Endpoint {
    /// Reads a message and matches it with the rules.
    pub(crate) fn meet(&self, text: &str, caller: &Caller, now: Duration) -> Asked {
        let message = message::read(text, self.max_envelope);
        if caller.name.is_none() && !matches!(message, Ok(Message::Identify)) {
            // It will be refused; rules apply only to requests that are served.
            return Asked { message, fired: Fired::default() };
        }
        let mut state = self.at(now);
        let seen = state.seen(&message);
        let fired = state.faults.fire(&seen);
        drop(seen);
        Asked { message, fired }
    }

    /// Executes the request, unless a rule prevents it.
    pub(crate) fn carry_out(&self, asked: &Asked, caller: &Caller, now: Duration) -> Result<Reply, Silent> {
        let mut state = self.at(now);
        state.marks.clone_from(&asked.fired.rules);
        state.jobs.clone_from(&asked.fired.jobs);
        let spoil = asked.fired.spoil.as_ref();
        let vm = asked.request().and_then(|request| state.about(request));
        let node = state.node;
        for turn in asked.fired.turns.iter().filter(|turn| turn.before) {
            state.turn(turn, vm.as_deref());
        }
        if !state.node().is_up || (self.place == Place::Cluster && state.host.owner != node) {
            // The node has failed before it could do anything.
            state.pass_over(asked, caller);
            return Ok(Reply { status: 200, envelope: String::new() });
        }
        if let Some(spoil) = spoil.filter(|spoil| !spoil.executes()) {
            state.pass_over(asked, caller);
            return state.instead(asked, spoil);
        }
        let reply = state.reply(&asked.message, caller);
        for turn in asked.fired.turns.iter().filter(|turn| !turn.before) {
            state.turn(turn, vm.as_deref());
        }
        let reply = reply?;
        let method = asked.request().and_then(seen::method);
        let sent = match spoil {
            Some(spoil) if spoil.is_of_the_message() => state.spoil(asked, spoil, reply.clone()),
            _ => Ok(reply.clone()),
        };
        state.faults.remember(asked.operation(), method, reply.envelope);
        sent
    }

    /// Matches a connection with the rules.
    pub(crate) fn connected(&self, now: Duration) -> Fired {
        let mut state = self.at(now);
        let fired = {
            let seen = state.seen_connection();
            state.faults.fire(&seen)
        };
        if !fired.rules.is_empty() {
            let mut entry = state.new_entry(RequestKind::Connect, None);
            entry.outcome = RequestOutcome::NotCarriedOut;
            entry.faults.clone_from(&fired.rules);
            log(&entry);
            state.journal.note(entry);
        }
        fired
    }

    pub(crate) fn inject(&self, fault: FaultRule, now: Duration) {
        self.at(now).faults.add(fault);
    }

    pub(crate) fn clear_faults(&self, now: Duration) {
        self.at(now).faults.clear();
    }

    pub(crate) fn faults(&self, now: Duration) -> Vec<FaultUse> {
        self.at(now).faults.uses()
    }
}

impl State {
    /// Adds an entry to the journal, with the rules applied to the current request.
    pub(super) fn record(&mut self, mut entry: Entry) {
        entry.faults = mem::take(&mut self.marks);
        log(&entry);
        self.journal.add(entry);
    }

    /// Changes the cluster as a rule says; `vm` is the VM that the request is about.
    fn turn(&mut self, turn: &Turn, vm: Option<&str>) {
        // A rule with unknown names matches nothing; a node that has failed meanwhile takes no VM.
        let _ = match &turn.event {
            Event::Moves { vm: named, node, under_way } => match named.as_deref().or(vm) {
                Some(vm) => self.host.move_vm(vm, node, *under_way),
                None => Ok(()),
            },
            Event::Fails { node } => {
                let node = node.clone().unwrap_or_else(|| self.node().name.clone());
                self.fail_node(&node)
            }
        };
    }

    /// Records a request that is not executed.
    fn pass_over(&mut self, asked: &Asked, caller: &Caller) {
        let mut entry = match asked.request() {
            Some(request) => self.entry(request, caller),
            None => self.new_entry(asked.operation(), Some(caller)),
        };
        entry.method = asked.request().and_then(seen::method).map(str::to_owned);
        entry.outcome = RequestOutcome::NotCarriedOut;
        self.record(entry);
    }

    /// The answer to a request that was not executed; empty if HTTP alone answers or no answer is sent.
    fn instead(&mut self, asked: &Asked, spoil: &Spoil) -> Result<Reply, Silent> {
        match spoil {
            Spoil::Soap { .. } | Spoil::Garbage { .. } => {
                self.spoil(asked, spoil, Reply { status: 200, envelope: String::new() })
            }
            Spoil::Quota => {
                let fault = Fault::wmi_error(&kinds::TOO_MANY_OPERATIONS, "a rule of the lab");
                let message_id = self.uuid();
                let context = FaultContext {
                    relates_to: asked.message_id(),
                    machine: host_of(asked.to()),
                    fqdn: &self.node().fqdn,
                };
                let envelope = fault.write(&context, &message_id).map_err(|_| Silent::Unwritable)?;
                Ok(Reply { status: 500, envelope })
            }
            _ => Ok(Reply { status: 200, envelope: String::new() }),
        }
    }

    /// The replacement for `reply`.
    fn spoil(&mut self, asked: &Asked, spoil: &Spoil, reply: Reply) -> Result<Reply, Silent> {
        let Reply { status, mut envelope } = reply;
        match spoil {
            Spoil::Soap { fault, .. } => return self.sent_fault(asked, fault),
            Spoil::Garbage { .. } => {
                return Ok(Reply { status: 200, envelope: GARBAGE.to_owned() });
            }
            Spoil::WrongRelatesTo => {
                let header = |id: &str| format!("<a:RelatesTo>{id}</a:RelatesTo>");
                let other = self.uuid();
                envelope =
                    envelope.replacen(&header(asked.message_id().unwrap_or_default()), &header(&other), 1);
            }
            Spoil::Replay(_) => {
                let method = asked.request().and_then(seen::method);
                if let Some(earlier) = self.faults.earlier(asked.operation(), method) {
                    earlier.clone_into(&mut envelope);
                }
            }
            Spoil::Truncate { bytes, .. } => {
                let cut = bytes.unwrap_or(envelope.len() / 2);
                let ends = envelope.char_indices().map(|(at, _)| at);
                let cut = ends.take_while(|at| *at <= cut).last();
                envelope.truncate(cut.unwrap_or_default());
            }
            Spoil::Oversize(bytes) => {
                // Spaces after the last element belong to no element: it is still an envelope.
                envelope.extend(std::iter::repeat_n(' ', bytes.saturating_sub(envelope.len())));
            }
            _ => {}
        }
        Ok(Reply { status, envelope })
    }

    fn sent_fault(&mut self, asked: &Asked, fault: &SoapFault) -> Result<Reply, Silent> {
        let message_id = self.uuid();
        let machine = host_of(asked.to());
        let context = FaultContext { relates_to: asked.message_id(), machine, fqdn: &self.node().fqdn };
        let envelope = message::injected(fault, &context, &message_id).map_err(|_| Silent::Unwritable)?;
        Ok(Reply { status: 500, envelope })
    }
}

/// Logs the applied rules.
fn log(entry: &Entry) {
    let Entry { kind, method, message_id, outcome, .. } = entry;
    for rule in &entry.faults {
        let method = method.as_deref().unwrap_or_default();
        tracing::info!("{rule} strikes {kind:?} {method} {message_id}: {outcome:?}");
    }
}

/// Neither an envelope nor XML nor readable text.
const GARBAGE: &str = "%!PS-Adobe-3.0 \u{7f}<<\u{fffd}</s:Envelope><s:Envelope";
