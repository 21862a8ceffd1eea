//! The kinds of faults: their names and keys.
//!
//! Each kind determines whether the host executes the request, which is what a client cannot see.

use std::time::Duration;

use super::given::{Given, Problem};
use crate::{
    codes::{self, FaultForm, method::JOB_FAILED, wsman::ERROR_WSMAN_OPERATION_TIMEDOUT},
    schema::names,
    sim::{methods::job_method_names, model::UnderWay},
};

/// The key that names a node to move to, or one that fails.
pub(super) const NODE: &str = "node";

/// The key that names the kind.
pub(super) const DO: &str = "do";

/// All kinds by their names, with their keys.
pub(super) const KINDS: [(&str, &[&str]); 25] = [
    ("refuse", &["seconds"]),
    ("delay-before", &["seconds"]),
    ("delay-after", &["seconds"]),
    ("reset-before", &[]),
    ("reset-after", &[]),
    ("truncate", &["bytes", "level"]),
    ("garbage", &["level", "executed"]),
    ("status", &["code", "body", "executed"]),
    ("fault", &["code", "subcode", "blames", "reason", "executed"]),
    ("timed-out", &["executed"]),
    ("quota", &[]),
    ("wrong-relates-to", &[]),
    ("replay", &["level"]),
    ("drip", &["bytes", "seconds"]),
    ("oversize", &["bytes"]),
    ("job-stuck", &[]),
    ("job-exception", &["code", "description", "takes_effect"]),
    ("job-vanishes", &["takes_effect"]),
    ("object-late", &["seconds"]),
    ("disk-late", &["seconds"]),
    ("merge-blocked", &[]),
    ("merge-fails", &["code", "description"]),
    ("merge-stops", &[]),
    ("moves", &["node", "vm", "before", "job"]),
    ("node-fails", &["node", "before"]),
];

/// A fault.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A connection that is reset as soon as it is accepted, or a host that does not listen for a while.
    Refuse(Option<Duration>),
    /// The request is executed later.
    DelayBefore(Duration),
    /// It is executed at once and answered later.
    DelayAfter(Duration),
    /// A fault of the job that the call starts.
    Job(JobFault),
    /// A change of the cluster.
    Turn(Turn),
    /// A fault of the answer.
    Spoil(Spoil),
}

/// What happens to the cluster with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// True if it happens before the request is carried out, and not after.
    pub(crate) before: bool,
    pub(crate) event: Event,
}

/// A change of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A VM moves to a node; by default the VM that the request is about.
    Moves { vm: Option<String>, node: String, under_way: UnderWay },
    /// A node fails; by default the one that the request has reached.
    Fails { node: Option<String> },
}

/// The kinds of faults of an answer; some also prevent the request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spoil {
    /// The connection is reset.
    Reset { executed: bool },
    /// The host does not listen for a while.
    Down(Duration),
    /// The answer ends after this many bytes; by default after half of them.
    Truncate { bytes: Option<usize>, level: Level },
    /// Other data is sent instead.
    Garbage { level: Level, executed: bool },
    /// An HTTP status without a message.
    Status { code: u16, body: Option<String>, executed: bool },
    /// A fault is sent instead.
    Soap { fault: SoapFault, executed: bool },
    /// The quota of operations is used up.
    Quota,
    /// The answer names another request.
    WrongRelatesTo,
    /// An earlier answer is sent instead.
    Replay(Level),
    /// This many bytes are sent at a time, with a pause between.
    Drip { bytes: usize, pause: Duration },
    /// The answer is padded to this many bytes.
    Oversize(usize),
}

/// The level at which an answer is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// The envelope, before it is sealed; the rest is valid.
    Message,
    /// The bytes on the connection, after sealing.
    Connection,
}

/// A fault to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SoapFault {
    pub(crate) code: u32,
    pub(crate) sender: bool,
    /// With its prefix.
    pub(crate) subcode: String,
    pub(crate) detail: Option<&'static str>,
    pub(crate) reason: String,
}

/// The kinds of faults of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JobFault {
    /// It never ends.
    Stuck,
    /// It ends in state 10.
    Exception { code: u16, description: Option<String>, takes_effect: bool },
    /// Its object goes before its end can be seen.
    Vanishes { takes_effect: bool },
    /// Its effect on a snapshot is visible this long after its end.
    ObjectLate(Duration),
    /// The disks point to the files that are left so long after the end of the merge.
    DiskLate(Duration),
    /// The merge after it goes on for good.
    MergeBlocked,
    /// The merge after it ends in state 10.
    MergeFails { code: u16, description: Option<String> },
    /// The merge after it is gone without an end.
    MergeStops,
}

impl Spoil {
    /// True if the host executes the request.
    pub(crate) fn executes(&self) -> bool {
        match self {
            Self::Reset { executed }
            | Self::Garbage { executed, .. }
            | Self::Status { executed, .. }
            | Self::Soap { executed, .. } => *executed,
            Self::Down(_) | Self::Quota => false,
            Self::Truncate { .. }
            | Self::WrongRelatesTo
            | Self::Replay(_)
            | Self::Drip { .. }
            | Self::Oversize(_) => true,
        }
    }
}

impl Kind {
    /// The kind in the rule, and its keys.
    pub(super) fn named(given: &Given) -> Result<(&'static str, &'static [&'static str]), Problem> {
        let allowed = || KINDS.map(|(name, _)| name).join(", ");
        let Some(name) = given.text(DO) else {
            return Err(Problem::new(DO, format!("missing; allowed are {}", allowed())));
        };
        let kind = KINDS.into_iter().find(|(known, _)| *known == name);
        kind.ok_or_else(|| Problem::new(DO, format!("\"{name}\" is no kind; allowed are {}", allowed())))
    }

    pub(super) fn read(name: &str, given: &Given) -> Result<Self, Problem> {
        let executed = |default: bool| given.boolean("executed").map(|executed| executed.unwrap_or(default));
        let takes_effect =
            |default: bool| given.boolean("takes_effect").map(|takes_effect| takes_effect.unwrap_or(default));
        let needs = |key: &str, what: &str| Problem::new(key, format!("missing: {what}"));
        let seconds = || given.seconds("seconds")?.ok_or_else(|| needs("seconds", "how long"));
        Ok(match name {
            "refuse" => Self::Refuse(given.seconds("seconds")?),
            "delay-before" => Self::DelayBefore(seconds()?),
            "delay-after" => Self::DelayAfter(seconds()?),
            "job-stuck" => Self::Job(JobFault::Stuck),
            "job-exception" => Self::Job(JobFault::Exception {
                code: given.count("code", u16::MAX)?.unwrap_or(JOB_FAILED),
                description: given.text("description").map(str::to_owned),
                takes_effect: takes_effect(false)?,
            }),
            "job-vanishes" => Self::Job(JobFault::Vanishes { takes_effect: takes_effect(true)? }),
            "object-late" => Self::Job(JobFault::ObjectLate(seconds()?)),
            "disk-late" => Self::Job(JobFault::DiskLate(seconds()?)),
            "merge-blocked" => Self::Job(JobFault::MergeBlocked),
            "merge-fails" => Self::Job(JobFault::MergeFails {
                code: given.count("code", u16::MAX)?.unwrap_or(JOB_FAILED),
                description: given.text("description").map(str::to_owned),
            }),
            "merge-stops" => Self::Job(JobFault::MergeStops),
            "moves" => Self::Turn(Turn {
                before: given.boolean("before")?.unwrap_or(false),
                event: Event::Moves {
                    vm: given.text("vm").map(str::to_owned),
                    node: given.text(NODE).ok_or_else(|| needs(NODE, "to which node"))?.to_owned(),
                    under_way: given
                        .value("job", "\"continues\" or \"is-cut-off\"", |text| match text {
                            "continues" => Some(UnderWay::Continues),
                            "is-cut-off" => Some(UnderWay::IsCutOff),
                            _ => None,
                        })?
                        .unwrap_or(UnderWay::Continues),
                },
            }),
            "node-fails" => Self::Turn(Turn {
                before: given.boolean("before")?.unwrap_or(false),
                event: Event::Fails { node: given.text(NODE).map(str::to_owned) },
            }),
            "reset-before" => Self::Spoil(Spoil::Reset { executed: false }),
            "reset-after" => Self::Spoil(Spoil::Reset { executed: true }),
            "truncate" => Self::Spoil(Spoil::Truncate {
                bytes: given.value("bytes", "a whole number", |text| text.parse().ok())?,
                level: level(given, Level::Connection)?,
            }),
            "garbage" => Self::Spoil(Spoil::Garbage {
                level: level(given, Level::Message)?,
                executed: executed(true)?,
            }),
            "status" => {
                let code = given.value("code", "an HTTP status from 200 to 599", |text| {
                    text.parse().ok().filter(|code| (200..600).contains(code))
                })?;
                Self::Spoil(Spoil::Status {
                    code: code.ok_or_else(|| needs("code", "which HTTP status"))?,
                    body: given.text("body").map(str::to_owned),
                    executed: executed(false)?,
                })
            }
            "fault" => {
                let code = given.count("code", u32::MAX)?;
                let fault = soap(given, code.ok_or_else(|| needs("code", "which WSManFault code"))?)?;
                Self::Spoil(Spoil::Soap { fault, executed: executed(false)? })
            }
            "timed-out" => {
                let fault = soap(given, ERROR_WSMAN_OPERATION_TIMEDOUT)?;
                Self::Spoil(Spoil::Soap { fault, executed: executed(true)? })
            }
            "quota" => Self::Spoil(Spoil::Quota),
            "wrong-relates-to" => Self::Spoil(Spoil::WrongRelatesTo),
            "replay" => Self::Spoil(Spoil::Replay(level(given, Level::Message)?)),
            "drip" => Self::Spoil(Spoil::Drip {
                bytes: given.count("bytes", 1_048_576_u32)?.map_or(64, size),
                pause: given.seconds("seconds")?.unwrap_or(Duration::from_secs(1)),
            }),
            // Just above the client's default limit.
            _ => Self::Spoil(Spoil::Oversize(
                given.count("bytes", 268_435_456_u32)?.map_or(17 * 1024 * 1024, size),
            )),
        })
    }

    /// True if it changes the job of a call.
    pub(super) fn is_about_a_job(&self) -> bool {
        matches!(self, Self::Job(_))
    }

    /// The methods whose jobs it can change: all that start one; for a merge, those that destroy.
    pub(super) fn methods(&self) -> Vec<&'static str> {
        match self {
            Self::Job(
                JobFault::DiskLate(_)
                | JobFault::MergeBlocked
                | JobFault::MergeFails { .. }
                | JobFault::MergeStops,
            ) => vec![names::DESTROY_SNAPSHOT, names::DESTROY_SNAPSHOT_TREE],
            Self::Job(_) => job_method_names(),
            _ => Vec::new(),
        }
    }
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn level(given: &Given, default: Level) -> Result<Level, Problem> {
    let level = given.value("level", "\"message\" or \"connection\"", |text| match text {
        "message" => Some(Level::Message),
        "connection" => Some(Level::Connection),
        _ => None,
    });
    level.map(|level| level.unwrap_or(default))
}

/// The prefixes that the envelope of a fault declares for subcodes.
const PREFIXES: [&str; 5] = ["w", "a", "n", "x", "e"];

fn has_prefix(subcode: &str) -> bool {
    subcode.split_once(':').is_some_and(|(prefix, _)| PREFIXES.contains(&prefix))
}

fn soap(given: &Given, code: u32) -> Result<SoapFault, Problem> {
    let form = Some(codes::form(code)).filter(|form| form.subcode.is_some_and(has_prefix));
    let form = form.unwrap_or(FaultForm::INTERNAL);
    let blames = given.value("blames", "\"sender\" or \"receiver\"", |text| match text {
        "sender" => Some(true),
        "receiver" => Some(false),
        _ => None,
    })?;
    let allowed = "a subcode with the prefix w, a, n, x or e, such as w:TimedOut";
    let subcode = given.value("subcode", allowed, |text| {
        let (_, local) = text.split_once(':')?;
        let is_name = !local.is_empty() && local.chars().all(|c| c.is_ascii_alphanumeric());
        (is_name && has_prefix(text)).then(|| text.to_owned())
    })?;
    let detail = form.detail.filter(|_| subcode.is_none());
    Ok(SoapFault {
        code,
        sender: blames.unwrap_or(form.blames == "s:Sender"),
        subcode: subcode.unwrap_or_else(|| form.subcode.unwrap_or_default().to_owned()),
        detail,
        reason: given.text("reason").unwrap_or("A rule of the lab lets this request fail. ").to_owned(),
    })
}
