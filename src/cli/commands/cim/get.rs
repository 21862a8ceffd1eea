//! `cim get`: one instance.

use clap::Args;
use serde::Serialize;

use super::{
    ShownArgs, missing_properties, namespace_of,
    target::{Target, TargetArgs, failed},
    text,
    view::InstanceView,
};
use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    failure::Failure,
    session::{Session, nothing_changed},
};

/// Show one instance
#[derive(Debug, Args)]
#[command(after_help = "\
As JSON the instance has a type beside each property, and its reference. `cim invoke` takes the
document, edited or as it is: as an instance or as a reference.

Examples:
  hvsnap cim get Win32_OperatingSystem --namespace root/cimv2
  hvsnap cim get Msvm_VirtualSystemManagementService
  hvsnap cim get Msvm_ConcreteJob InstanceID=5F0C2A7E-0000-4000-8000-000000000001
  hvsnap cim get @vm.json --property ElementName --output json")]
pub(crate) struct Get {
    #[command(flatten)]
    which: TargetArgs,

    #[command(flatten)]
    shown: ShownArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The instance.
    instance: InstanceView,
}

impl HostCommand for Get {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let target = Target::read(session, &self.which.target, &self.which.keys)?;
        let reference = target.find(session).await?;
        let client = session.host.client().clone();
        let read = session.interrupt.or(client.get(&reference)).await;
        let instance = read.map_err(nothing_changed)?.map_err(failed)?;
        let namespace = namespace_of(session, &reference).name().to_string();
        let only = &self.shown.properties;
        let view = InstanceView::new(&instance, &namespace, Some(&reference), only);
        let lines = text::instance(&instance, &namespace, only);
        let mut answer =
            Answer::new(lines, &Body { endpoint: session.host.endpoint().to_string(), instance: view })?;
        answer.warnings = missing_properties(std::iter::once(&instance), only);
        Ok(answer)
    }
}
