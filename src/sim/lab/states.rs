//! What a VM can be asked to be, and how its guest takes it.

use serde::Deserialize;

/// What a VM can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StateRequest {
    /// Run, from whatever state.
    Start,
    /// Be turned off; a saved state is lost.
    Off,
    /// Have its guest shut down.
    Shutdown,
    /// Be saved to disk.
    Save,
    /// Stand still.
    Pause,
    /// Begin anew.
    Reset,
}

impl StateRequest {
    /// The table of a VM that says what becomes of it.
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

/// How a guest takes a request to shut down.
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
    /// It takes the request, and does not come to an end.
    Hung,
    /// It has no integration services.
    None,
}
