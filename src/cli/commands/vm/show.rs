//! `vm show`: one VM.

use clap::Args;
use serde::Serialize;

use super::{VmArgs, activity, state};
use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    failure::Failure,
    render::{Line, style, table::facts, time},
    session::Session,
    view::VmView,
};

/// Show one VM
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap vm show web-01")]
pub(crate) struct Show {
    #[command(flatten)]
    which: VmArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// The VM.
    vm: VmView,
}

impl HostCommand for Show {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let vm = session.vm(&self.which.vm).await?;
        let node = vm.node().map(Line::plain).unwrap_or_default();
        let vm = vm.record();
        let mut lines = vec![Line::new().styled(style::STRONG, &vm.element_name)];
        let plain = |text: Option<String>| text.map(Line::plain).unwrap_or_default();
        let mut rows = vec![
            ("id", Line::plain(&vm.id)),
            ("node", node),
            ("state", state(vm)),
            ("busy with", activity(vm)),
            ("health", vm.health_state.map(health).unwrap_or_default()),
            ("status", Line::plain(vm.status_descriptions.join("; "))),
            ("uptime", plain(vm.uptime.filter(|uptime| !uptime.is_zero()).map(time::length))),
            ("installed", plain(vm.installed.map(time::full))),
            ("replication", plain(vm.replication_state.map(replication))),
        ];
        rows.extend(
            vm.unreadable.iter().map(|error| ("unreadable", Line::new().styled(style::CAUTION, error))),
        );
        lines.extend(facts(rows));
        Answer::new(lines, &Body { endpoint: session.host.endpoint().to_string(), vm: VmView::from(vm) })
    }
}

/// `HealthState` (CIM_ManagedSystemElement): 5 is OK, a greater number is worse.
fn health(code: u16) -> Line {
    match code {
        5 => Line::new().styled(style::GOOD, "well"),
        20 => Line::new().styled(style::BAD, "major failure"),
        25 => Line::new().styled(style::BAD, "critical failure"),
        code => Line::new().styled(style::CAUTION, format_args!("health state {code}")),
    }
}

fn replication(code: u16) -> String {
    match code {
        0 => "off".to_owned(),
        code => format!("on (state {code})"),
    }
}
