//! Kinds of failures: name, error id and exit code of each, and the library errors that map to it.
//!
//! A new failure needs one row. The first row that matches an error counts: patterns after `@` match errors of a request,
//! patterns after `=` errors of an operation.

use hvsnap::{ClientErrorKind, Effect, Error, ErrorKind, explain::ErrorId, hyperv::FindError};

use crate::cli::exit::Exit;

macro_rules! kinds {
    ($($(#[$only:meta])* $kind:ident $name:literal $id:ident $exit:ident $(@ $request:pat $(if ($($way:tt)+))?)? $(= $error:pat $(if ($($condition:tt)+))?)?,)+) => {
        /// The kind of a failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($(#[$only])* $kind,)+ }

        impl Kind {
            /// The name for programs.
            pub(crate) fn name(self) -> &'static str {
                match self { $($(#[$only])* Self::$kind => $name,)+ }
            }

            /// The id of a failure found by this program; an error of the library has a more specific one.
            pub(crate) fn id(self) -> ErrorId {
                match self { $($(#[$only])* Self::$kind => ErrorId::$id,)+ }
            }

            /// The exit code if nothing was changed.
            pub(crate) fn exit(self) -> Exit {
                match self { $($(#[$only])* Self::$kind => Exit::$exit,)+ }
            }

            fn of_request(kind: &ClientErrorKind) -> Self {
                match kind {
                    $($($request $(if $($way)+)? => Self::$kind,)?)+
                    _ => Self::Other,
                }
            }

            fn of_operation(kind: &ErrorKind) -> Self {
                match kind {
                    ErrorKind::Client(error) => Self::of_request(error.kind()),
                    $($($error $(if $($condition)+)? => Self::$kind,)?)+
                    _ => Self::Other,
                }
            }
        }

        #[cfg(test)]
        pub(super) mod rows {
            pub(in crate::cli) const ALL: &[super::Kind] = &[$($(#[$only])* super::Kind::$kind,)+];
        }
    };
}

kinds! {
    // Found by this program.
    Usage            "usage"             USAGE            Usage,
    Config           "config"            CONFIGURATION    Usage,
    NoConsent        "no_consent"        NO_CONSENT       Usage,
    Output           "output"            OUTPUT           Failed,
    System           "system"            SYSTEM           Failed,
    Interrupted      "interrupted"       INTERRUPTED      Interrupted,
    UnknownCode      "unknown_code"      UNKNOWN_CODE     NotFound,
    Planning         "other"             PLANNING         Failed,
    #[cfg(feature = "sim")]
    Simulator        "simulator"         SIMULATOR        Usage,

    // Given values.
    Endpoint         "endpoint"          ADDRESS          Usage       @ ClientErrorKind::Endpoint(_),
    Name             "name"              NAME             Usage       @ ClientErrorKind::Name(_),
    Setting          "setting"           SETTING          Usage       @ ClientErrorKind::Setting(_),
    Unwritable       "unwritable"        UNWRITABLE       Usage       @ ClientErrorKind::Unwritable(_),

    Unusable         "setting"           SETTING          Usage       @ ClientErrorKind::Connection(error) if (error.is_settings()),

    // The connection to the host, and its answers.
    NotAuthenticated "not_authenticated" AUTHENTICATION   Access      @ ClientErrorKind::Connection(error) if (error.is_authentication()),
    NotReached       "connection"        UNREACHABLE      NotReached  @ ClientErrorKind::Connection(error) if (error.is_unreached()),
    Connection       "connection"        CONNECTION_LOST  Failed      @ ClientErrorKind::Connection(_),
    Status           "status"            HTTP_STATUS      Failed      @ ClientErrorKind::Status(_),
    NotSoap          "not_soap"          NOT_SOAP         Failed      @ ClientErrorKind::NotSoap(_),
    Fault            "fault"             FAULT            Failed      @ ClientErrorKind::Fault(_),
    Protocol         "protocol"          PROTOCOL         Failed      @ ClientErrorKind::Protocol(_),
    Timeout          "timeout"           TIME_OVER        Failed      @ ClientErrorKind::TimedOut { .. },

    // Names.
    Ambiguous        "ambiguous"         AMBIGUOUS        NotFound    = ErrorKind::Find(FindError::Ambiguous { .. }),
    NothingSeen      "nothing_seen"      FILTERED_TOKEN   Access      = ErrorKind::Find(FindError::NothingSeen),
    NotFound         "not_found"         NOT_FOUND        NotFound    = ErrorKind::Find(_),
    NoService        "no_service"        NO_SERVICE       Access      = ErrorKind::NoService,

    NodeUnknown      "node_unknown"      NODE_UNKNOWN     Failed      = ErrorKind::NodeUnknown { .. },
    NodeAddress      "node_address"      NODE_ADDRESS     NotReached  = ErrorKind::NodeAddress { .. },

    // Before a call.
    OtherVm     "other_vm"     OTHER_VM    Failed      = ErrorKind::OtherVm,
    Stale            "stale_plan"        STALE_PLAN       NotBegun    = ErrorKind::Stale(_),
    UncertainPlan    "uncertain_plan"    UNCERTAIN_PLAN   Failed      = ErrorKind::UncertainPlan,
    Obstacle         "obstacle"         OBSTACLE         NotBegun    = ErrorKind::Obstacle(_),
    Locked           "locked"             LOCKED            NotBegun    = ErrorKind::Locked(_),
    Busy             "busy"              BUSY             NotBegun    = ErrorKind::Busy { .. },
    EarlierOpen        "earlier_open"         EARLIER_OPEN        NotBegun    = ErrorKind::EarlierOpen(_) | ErrorKind::OpenElsewhere(_),
    OtherHost        "other_host"        OTHER_HOST       Failed      = ErrorKind::OtherHost(_) | ErrorKind::OtherNamespace(_),
    UnreadableRecord "journal"           JOURNAL          NotBegun    = ErrorKind::Journal(error) if (error.is_unreadable_record()),
    Journal          "journal"           JOURNAL          Failed      = ErrorKind::Journal(_),

    // A call and its job.
    Refused          "refused"           REFUSED          Failed      = ErrorKind::Refused { .. },
    JobRefused       "refused"           JOB_REFUSED      Failed,
    JobFailed        "job_failed"        JOB_FAILED       Failed      = ErrorKind::JobFailed { .. },
    JobVanished      "job_vanished"      JOB_VANISHED     Failed      = ErrorKind::JobVanished,
    StillThere       "still_there"       STILL_THERE      Failed      = ErrorKind::StillThere(_),
    Deadline         "deadline"          DEADLINE         Failed      = ErrorKind::Deadline(_),
    ReadBack         "read_back"         READ_BACK        Failed      = ErrorKind::ReadBack(_),
    Unanswered       "unanswered"        CONNECTION_LOST  Failed      = ErrorKind::Unanswered(_),
    Undecided        "undecided"         UNDECIDED        Failed      = ErrorKind::Undecided(_),

    // Errors of later library versions.
    Other            "other"             SYSTEM           Failed,
}

impl Kind {
    /// The kind of a library error.
    pub(crate) fn of(error: &Error) -> Self {
        Self::of_operation(error.kind())
    }
}

/// The exit code of a library error, for all commands: an unknown outcome takes precedence.
pub(crate) fn exit_of(error: &Error) -> Exit {
    match (error.effect(), Kind::of(error).exit()) {
        (Effect::Unknown, _) => Exit::Unknown,
        // A given value is not usable; nothing was sent.
        (Effect::None, Exit::Usage) => Exit::Usage,
        // If the host changed something in spite of a denial, that counts more.
        (Effect::None, _) if error.is_access() => Exit::Access,
        // These exit codes would state that nothing was done.
        (Effect::Applied, Exit::Access | Exit::NotReached | Exit::NotBegun) => Exit::Failed,
        (_, exit) => exit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_id_with_texts() {
        for kind in rows::ALL {
            let entry = kind.id().entry();
            assert_eq!(u32::from(kind.id().number()), entry.code, "{kind:?}");
            assert!(![entry.what, entry.why].contains(&""), "{kind:?}");
        }
    }
}
