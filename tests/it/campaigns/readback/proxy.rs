//! A proxy between client and simulator that changes the read-back after the call has passed.
//!
//! It works on bytes and shares no code with either side. Everything before the call passes unchanged.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use hvsnap::{
    clock::Clock,
    sim::{RunningSimulator, SimClock},
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::scripted::{
    self, Reply, between,
    envelopes::{fault, items},
};

/// What the read-back shows, by its distance from the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The truth.
    Truth,
    /// No settings at all.
    Nothing,
    /// Neither the VM nor its settings: it runs on another node.
    NoVm,
    /// The VM's own settings, and none of its snapshots.
    OwnSettingsOnly,
    /// All but the snapshot that the VM's own settings name as their parent.
    DanglingParent,
    /// All but one snapshot that was to be kept.
    KeptMissing,
    /// The same, in the first reading alone.
    KeptMissingOnce,
    /// For three seconds what was there before the call.
    StaleForThreeSeconds,
    /// The truth, but the VM's jobs cannot be listed.
    JobsDenied,
    /// The truth, but the VM's status says that a snapshot is being deleted.
    StillDeleting,
    /// The truth, and a snapshot that another administrator took meanwhile.
    AnothersSnapshot,
}

impl Shown {
    pub(crate) const ALL: [Self; 11] = [
        Self::Truth,
        Self::Nothing,
        Self::NoVm,
        Self::OwnSettingsOnly,
        Self::DanglingParent,
        Self::KeptMissing,
        Self::KeptMissingOnce,
        Self::StaleForThreeSeconds,
        Self::JobsDenied,
        Self::StillDeleting,
        Self::AnothersSnapshot,
    ];

    /// Whether all that the host says is true.
    pub(crate) fn is_sane(self) -> bool {
        matches!(self, Self::Truth | Self::AnothersSnapshot)
    }
}

/// The names that the lies are about.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// `Name` of the VM.
    pub(crate) vm: String,
    /// `InstanceID` of the snapshot that the VM's own settings hang under.
    pub(crate) current: String,
    /// `InstanceID` of another snapshot that is to be kept.
    pub(crate) kept: String,
}

struct State {
    shown: Shown,
    names: Names,
    /// Whether the answer to the call is to say 32774, whatever the host said.
    refuses_with_a_job: bool,
    /// When the call came by, by the host's clock.
    called: Option<Duration>,
    /// The settings as they were before the call.
    before: Vec<String>,
    /// How many readings of settings were begun since.
    readings: usize,
}

/// The running proxy; it stops with the test.
pub(crate) struct Proxy {
    state: Arc<Mutex<State>>,
    pub(crate) url: String,
    task: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn start(
        sim: &RunningSimulator,
        shown: Shown,
        names: Names,
        refuses_with_a_job: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/wsman", listener.local_addr().unwrap());
        let state = State { shown, names, refuses_with_a_job, called: None, before: Vec::new(), readings: 0 };
        let state = Arc::new(Mutex::new(state));
        let (shared, address, clock) = (Arc::clone(&state), sim.address(), sim.clock());
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // The host may refuse connections, as one that is down does.
                if let Ok(host) = TcpStream::connect(address).await {
                    tokio::spawn(pass(client, host, Arc::clone(&shared), clock.clone()));
                }
            }
        });
        Self { state, url, task }
    }

    /// From now on the truth passes.
    pub(crate) fn be_honest(&self) {
        lock(&self.state).shown = Shown::Truth;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap()
}

async fn pass(mut client: TcpStream, mut host: TcpStream, state: Arc<Mutex<State>>, clock: SimClock) {
    while let Some((head, body)) = scripted::read_message(&mut client).await {
        if body.contains("DestroySnapshot_INPUT") {
            lock(&state).called.get_or_insert(clock.now());
        }
        let id = between(&body, "<a:MessageID>", "</a:MessageID>")
            .or_else(|| between(&body, "MessageID>", "</"))
            .unwrap_or_default()
            .to_owned();
        let own = lock(&state).own_answer(&body, clock.now());
        let (head, body) = match own {
            Some(Reply::Soap(status, text)) => {
                let head =
                    format!("HTTP/1.1 {status} \r\nContent-Type: application/soap+xml;charset=UTF-8\r\n");
                (head, text.replace("{ID}", &id))
            }
            Some(_) => return,
            None => {
                if host.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
                    return;
                }
                let Some((head, answer)) = scripted::read_message(&mut host).await else { return };
                let answer = lock(&state).change(&body, answer);
                (without_length(&head), answer)
            }
        };
        let message = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
        if client.write_all(message.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The lines of a head, without its end and its length.
fn without_length(head: &str) -> String {
    let kept =
        head.trim_end().lines().filter(|line| !line.to_ascii_lowercase().starts_with("content-length"));
    kept.map(|line| format!("{line}\r\n")).collect()
}

/// The instances of a class in an answer, each with its tags.
fn instances(text: &str, class: &str) -> Vec<String> {
    let (open, close) = (format!("<p:{class} "), format!("</p:{class}>"));
    let parts = text.split(&open).skip(1);
    parts
        .filter_map(|part| part.split_once(&close))
        .map(|(inner, _)| format!("{open}{inner}{close}"))
        .collect()
}

const SETTINGS: &str = "Msvm_VirtualSystemSettingData";
const SYSTEM: &str = "Msvm_ComputerSystem";

impl State {
    /// What is answered without asking the host.
    fn own_answer(&mut self, request: &str, now: Duration) -> Option<Reply> {
        let called = self.called?;
        let asks = |class: &str| request.contains(&format!("from {class}"));
        if asks(SETTINGS) {
            self.readings += 1;
        }
        let is_stale = self.shown == Shown::StaleForThreeSeconds && now < called + Duration::from_secs(3);
        if is_stale && asks(SETTINGS) {
            return Some(items(&self.before));
        }
        let asks_for_jobs = ["AffectedJobElement", "from Msvm_ConcreteJob", "from CIM_ConcreteJob"];
        if self.shown == Shown::JobsDenied && asks_for_jobs.iter().any(|status| request.contains(status)) {
            return Some(fault("Sender", "AccessDenied", 5));
        }
        None
    }

    /// What the host's answer becomes.
    fn change(&mut self, request: &str, answer: String) -> String {
        let settings = instances(&answer, SETTINGS);
        if self.called.is_none() {
            if !settings.is_empty() && request.contains(&format!("from {SETTINGS}")) {
                self.before.clear();
            }
            self.before.extend(settings);
            return answer;
        }
        if request.contains("DestroySnapshot_INPUT") {
            let says = |code: u32| format!("ReturnValue>{code}<");
            return if self.refuses_with_a_job { answer.replace(&says(4096), &says(32774)) } else { answer };
        }
        let mut answer = answer;
        let is_of =
            |instance: &str, id: &str| instance.contains(&format!("<p:InstanceID>{id}</p:InstanceID>"));
        let is_own = |instance: &str| instance.contains("Microsoft:Hyper-V:System:Realized");
        for instance in settings {
            let is_hidden = match self.shown {
                Shown::Nothing | Shown::NoVm => true,
                Shown::OwnSettingsOnly => !is_own(&instance),
                Shown::DanglingParent => is_of(&instance, &self.names.current),
                Shown::KeptMissing => is_of(&instance, &self.names.kept),
                Shown::KeptMissingOnce => self.readings < 2 && is_of(&instance, &self.names.kept),
                _ => false,
            };
            if is_hidden {
                answer = answer.replace(&instance, "");
            }
        }
        for instance in instances(&answer, SYSTEM) {
            if !instance.contains(&format!("<p:Name>{}</p:Name>", self.names.vm)) {
                continue;
            }
            let status = between(&instance, "<p:OperationalStatus>", "</p:OperationalStatus>").unwrap_or("2");
            let (old, new) = ("<p:OperationalStatus>", "</p:OperationalStatus>");
            let deleting = format!("{old}11{new}{old}32770{new}");
            match self.shown {
                Shown::NoVm => answer = answer.replace(&instance, ""),
                Shown::StillDeleting => {
                    let changed = instance.replacen(&format!("{old}{status}{new}"), &deleting, 1);
                    answer = answer.replace(&instance, &changed);
                }
                _ => {}
            }
        }
        answer
    }
}
