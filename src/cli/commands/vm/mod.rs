//! `vm`: lists and shows the VMs of a host. Each command sends one query.

pub(crate) mod checkpoints;
pub(crate) mod list;
pub(crate) mod show;
pub(crate) mod state;

use clap::Args;
use hvsnap::hyperv::VmRecord;

use crate::cli::{
    commands::host_verbs,
    render::{Line, style},
};

host_verbs! {
    /// Virtual machines
    Vm {
        List(list::List),
        Show(show::Show),
        Start(state::Start),
        Stop(state::Stop),
        Shutdown(state::Shutdown),
        Save(state::Save),
        Pause(state::Pause),
        Resume(state::Resume),
        Checkpoints(checkpoints::Checkpoints),
    }
}

/// Which VM.
#[derive(Clone, Debug, Args)]
pub(crate) struct VmArgs {
    /// Name or GUID of the VM; an ambiguous name is refused
    pub(super) vm: String,
}

fn state(vm: &VmRecord) -> Line {
    match vm.state {
        Some(state) if state.0 == 2 => Line::new().styled(style::GOOD, state),
        Some(state) => Line::plain(state),
        None => Line::new(),
    }
}

fn activity(vm: &VmRecord) -> Line {
    vm.activity().map(|activity| Line::new().styled(style::CAUTION, activity)).unwrap_or_default()
}
