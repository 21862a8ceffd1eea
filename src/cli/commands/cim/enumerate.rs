//! `cim enumerate`: all instances of a class.

use clap::Args;
use hvsnap::cim::ClassName;

use super::{ListArgs, list};
use crate::cli::{answer::Answer, commands::HostCommand, failure::Failure, session::Session};

/// List the instances of a class, and of the classes that derive from it
#[derive(Debug, Args)]
#[command(
    visible_alias = "list",
    after_help = "\
The table shows keys and a few usual properties, or those of --property; JSON shows all of them.

Examples:
  hvsnap cim enumerate Msvm_ComputerSystem
  hvsnap cim enumerate Win32_Processor --namespace root/cimv2 -p DeviceID -p NumberOfCores
  hvsnap cim enumerate Msvm_VirtualSystemSettingData --output json"
)]
pub(crate) struct Enumerate {
    /// Name of the class
    class: ClassName,

    #[command(flatten)]
    list: ListArgs,
}

impl HostCommand for Enumerate {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let namespace = session.host.cim().clone();
        let opened = namespace.instances_with_references(self.class.clone());
        list(session, &namespace, &self.list, opened, |_, (instance, reference)| (instance, Some(reference)))
            .await
    }
}
