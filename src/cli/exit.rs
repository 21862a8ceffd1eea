//! The exit codes.
//!
//! The table is part of the interface and shown by `hvsnap --help`. Only a finished command exits with 0.

use std::process::ExitCode;

use hvsnap::{Outcome, journal::Status};

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// The host refused, the job failed, or another failure without its own code.
    Failed,
    /// The command line or the configuration is not usable; nothing was changed.
    Usage,
    /// The name matches nothing, or more than one thing.
    NotFound,
    /// The user was not authenticated or lacks the permission.
    Access,
    /// The outcome is not known.
    Unknown,
    /// Destroyed, but the merge is blocked, or was still running at the deadline.
    MergePending,
    /// No connection to the host: name, route, port or proxy. Nothing was sent.
    NotReached,
    /// Not begun: the VM is busy or locked, the plan is stale, an earlier operation is open, or the VM or
    /// the snapshot does not allow it. Nothing was sent.
    NotBegun,
    /// Interrupted by Ctrl-C or a request to terminate.
    Interrupted,
}

impl Exit {
    /// The exit code for the outcome of an operation.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        match outcome.status {
            // The snapshot is gone, but the host reported a failure that needs attention.
            Status::Done if outcome.is_refused || outcome.job.has_failed() => Self::Failed,
            Status::Done if outcome.is_merge_open() => Self::MergePending,
            Status::Done => Self::Done,
            Status::NotDone | Status::Partly => Self::Failed,
            _ => Self::Unknown,
        }
    }

    /// The most serious of these exit codes.
    pub(crate) fn worst(exits: &[Self]) -> Self {
        let rank = |exit: &&Self| match exit {
            Self::Done => 0,
            Self::MergePending => 1,
            Self::Failed => 2,
            Self::Unknown => 4,
            // After an interruption there may be more to do.
            Self::Interrupted => 5,
            _ => 3,
        };
        exits.iter().max_by_key(rank).copied().unwrap_or(Self::Done)
    }

    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Access => 4,
            Self::Unknown => 5,
            Self::MergePending => 6,
            Self::NotReached => 7,
            Self::NotBegun => 8,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
