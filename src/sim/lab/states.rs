//! State requests of a VM, and how its guest responds to a shutdown request.

use serde::Deserialize;

/// A requested state change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StateRequest {
    /// Start, resume or restore.
    Start,
    /// Turn off; a saved state is lost.
    Off,
    /// Shut down by the guest.
    Shutdown,
    /// Save to disk.
    Save,
    /// Pause.
    Pause,
    /// Reset.
    Reset,
}

impl StateRequest {
    /// The name of its table in the lab.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Start => "request.start",
            Self::Off => "request.off",
            Self::Shutdown => "request.shutdown",
            Self::Save => "request.save",
            Self::Pause => "request.pause",
            Self::Reset => "request.reset",
        }
    }
}

/// How a guest responds to a shutdown request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Guest {
    /// It shuts down.
    #[default]
    Ready,
    /// It does not answer yet.
    NotReady,
    /// It shuts down only if it is forced.
    Locked,
    /// It accepts the request and never finishes.
    Hung,
    /// It has no integration services.
    None,
}
