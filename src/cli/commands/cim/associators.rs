//! `cim associators`: the instances that are associated with an instance.

use clap::Args;
use hvsnap::{
    cim::ClassName,
    wsman::{AssociatedInstances, AssociationInstances},
};

use super::{
    ListArgs, by_keys, list, namespace_of,
    target::{Target, TargetArgs},
};
use crate::cli::{answer::Answer, commands::HostCommand, failure::Failure, session::Session};

/// List the instances that associations link to an instance, or the associations
#[derive(Debug, Args)]
#[command(after_help = "\
The reference of a result is shown where this version knows the keys of its class.

Examples:
  hvsnap cim associators @vm.json --via Msvm_SnapshotOfVirtualSystem
  hvsnap cim associators @vm.json --class Msvm_VirtualSystemSettingData --output json
  hvsnap cim associators Win32_Service Name=vmms --references --namespace root/cimv2")]
pub(crate) struct Associators {
    #[command(flatten)]
    which: TargetArgs,

    /// Only over associations of this class, or of one that derives from it
    #[arg(long, value_name = "CLASS")]
    via: Option<ClassName>,

    /// Only instances of this class, or of one that derives from it
    #[arg(long, value_name = "CLASS", conflicts_with = "references")]
    class: Option<ClassName>,

    /// List the associations themselves
    #[arg(long)]
    references: bool,

    #[command(flatten)]
    list: ListArgs,
}

impl HostCommand for Associators {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let target = Target::read(session, &self.which.target, &self.which.keys)?;
        let reference = target.find(session).await?;
        let namespace = namespace_of(session, &reference);
        if self.references {
            let mut filter = AssociationInstances::of(reference);
            if let Some(via) = &self.via {
                filter = filter.result_class(via.as_str());
            }
            return list(session, &namespace, &self.list, namespace.associations(filter), by_keys).await;
        }
        let mut filter = AssociatedInstances::of(reference);
        if let Some(via) = &self.via {
            filter = filter.association_class(via.as_str());
        }
        if let Some(class) = &self.class {
            filter = filter.result_class(class.as_str());
        }
        list(session, &namespace, &self.list, namespace.associators(filter), by_keys).await
    }
}
