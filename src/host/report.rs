//! The report of an operation's error: its id, and what the job or the method says. The client's rules apply.

use crate::{
    client::{ClientError, ClientErrorKind, Effect, Report, Said},
    codes::Category,
    explain::{CodeEntry, ErrorId, Family, Remedy, reading},
    host::{Error, ErrorKind},
    hyperv::{FindError, JobError, JobRecord, JobState},
};

impl Error {
    /// The stable id of the error.
    pub fn id(&self) -> ErrorId {
        match self.kind() {
            ErrorKind::Client(error) => error.id(),
            ErrorKind::Journal(_) => ErrorId::JOURNAL,
            ErrorKind::Locked(_) => ErrorId::LOCKED,
            ErrorKind::Busy { .. } => ErrorId::BUSY,
            ErrorKind::EarlierOpen(_) | ErrorKind::OpenElsewhere(_) => ErrorId::EARLIER_OPEN,
            ErrorKind::OtherHost(_) | ErrorKind::OtherNamespace(_) => ErrorId::OTHER_HOST,
            ErrorKind::Find(FindError::Ambiguous { .. }) => ErrorId::AMBIGUOUS,
            ErrorKind::Find(FindError::NothingSeen) => ErrorId::FILTERED_TOKEN,
            ErrorKind::Find(_) => ErrorId::NOT_FOUND,
            ErrorKind::NoService => ErrorId::NO_SERVICE,
            ErrorKind::NodeUnknown { .. } => ErrorId::NODE_UNKNOWN,
            ErrorKind::NodeAddress { .. } => ErrorId::NODE_ADDRESS,
            ErrorKind::OtherVm => ErrorId::OTHER_VM,
            ErrorKind::Stale(_) => ErrorId::STALE_PLAN,
            ErrorKind::UncertainPlan => ErrorId::UNCERTAIN_PLAN,
            ErrorKind::Obstacle(_) => ErrorId::OBSTACLE,
            ErrorKind::Refused { code, .. } => match code.category() {
                Category::AccessDenied => ErrorId::REFUSED_ACCESS,
                Category::Busy => ErrorId::REFUSED_BUSY,
                Category::InvalidParameter => ErrorId::REFUSED_PARAMETER,
                _ => ErrorId::REFUSED,
            },
            ErrorKind::JobFailed { .. } => ErrorId::JOB_FAILED,
            ErrorKind::JobVanished => ErrorId::JOB_VANISHED,
            ErrorKind::StillThere(_) => ErrorId::STILL_THERE,
            ErrorKind::Unanswered(_) => ErrorId::CONNECTION_LOST,
            ErrorKind::Undecided(_) => ErrorId::UNDECIDED,
            ErrorKind::Deadline(_) => ErrorId::DEADLINE,
            ErrorKind::ReadBack(_) => ErrorId::READ_BACK,
        }
    }

    /// The error, decoded.
    pub fn report(&self) -> Report {
        let what = self.to_string();
        let said = match self.kind() {
            ErrorKind::Client(error) if self.is_node_unreached() => {
                Said { next: Some(ErrorId::NODE_ADDRESS.entry().next()), ..error.said() }
            }
            ErrorKind::Client(error) => error.said(),
            kind => Said {
                id: self.id(),
                what: String::new(),
                effect: Effect::None,
                code: code(kind),
                why: why(kind),
                next: next(kind),
                raw: raw(kind),
            },
        };
        Said { what, effect: self.effect(), ..said }.report()
    }

    /// True if a cluster node was not reached, of which only the name may be known.
    fn is_node_unreached(&self) -> bool {
        let is_unreached = |error: &ClientError| match error.kind() {
            ClientErrorKind::Connection(error) => error.is_unreached(),
            _ => false,
        };
        self.node().is_some() && self.client().is_some_and(is_unreached)
    }

    /// What to do next, as neutral text; [`Report::next`] names settings and commands as data.
    pub fn hint(&self) -> Option<String> {
        Some(self.report().next.to_string())
    }
}

/// The table entry of the code that the host sent, if it is known.
fn code(kind: &ErrorKind) -> Option<&'static CodeEntry> {
    match kind {
        ErrorKind::Refused { code, .. } => reading(Family::Method, code.0),
        ErrorKind::JobFailed { job, .. } => job_code(job),
        _ => None,
    }
}

fn job_code(job: &JobRecord) -> Option<&'static CodeEntry> {
    let code = job.error_code.filter(|code| *code != 0)?;
    reading(Family::Method, code).or_else(|| crate::explain::explain(code).first().copied())
}

fn next(kind: &ErrorKind) -> Option<Remedy> {
    let ErrorKind::JobFailed { job, errors, .. } = kind else { return None };
    if matches!(job.state, JobState::TERMINATED | JobState::KILLED) {
        return Some(Remedy::of("the job was cancelled on the host; {tree} shows the result"));
    }
    let actions: Vec<_> =
        errors.iter().flat_map(|error| &error.recommended_actions).map(String::as_str).collect();
    (!actions.is_empty()).then(|| Remedy::text(actions.join("; ")))
}

fn why(kind: &ErrorKind) -> Option<String> {
    match kind {
        ErrorKind::JobFailed { job, errors, .. } => {
            let cause = errors.iter().find_map(|error| error.probable_cause.clone());
            cause.or_else(|| job.error_text().map(str::to_owned))
        }
        ErrorKind::ReadBack(error) => Some(error.report().why),
        _ => None,
    }
}

fn raw(kind: &ErrorKind) -> Option<String> {
    match kind {
        ErrorKind::JobFailed { job, errors, .. } => {
            let raw_of = |error: &JobError| error.raw.clone();
            let raw: Vec<String> =
                errors.iter().map(raw_of).chain(job.error_text().map(str::to_owned)).collect();
            (!raw.is_empty()).then(|| raw.join("\n"))
        }
        ErrorKind::ReadBack(error) => error.report().raw,
        _ => None,
    }
}
