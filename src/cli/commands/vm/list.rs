//! `vm list`: the VMs of the host.

use clap::Args;
use hvsnap::cim::Namespace;
use serde::Serialize;

use super::{activity, state};
use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    failure::Failure,
    render::{Line, style, table::Table, time},
    session::Session,
    view::VmView,
};

/// List the VMs that the user may see
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hvsnap vm list
  hvsnap vm list --output json")]
pub(crate) struct List {}

#[derive(Serialize)]
struct Body {
    endpoint: String,
    vms: Vec<VmView>,
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let host = session.host.clone();
        let mut vms = session.reading(host.vms()).await?;
        vms.sort_by_cached_key(|vm| (vm.name().to_lowercase(), vm.id().to_lowercase()));
        let mut table = Table::new(&["NAME", "STATE", "BUSY WITH", "UPTIME", "ID"]);
        for vm in vms.iter().map(|vm| vm.record()) {
            table.row([
                Line::new().styled(style::STRONG, &vm.element_name),
                state(vm),
                activity(vm),
                vm.uptime
                    .filter(|uptime| !uptime.is_zero())
                    .map(time::length)
                    .map(Line::plain)
                    .unwrap_or_default(),
                Line::new().styled(style::FAINT, &vm.id),
            ]);
        }
        let body = Body {
            endpoint: host.endpoint().to_string(),
            vms: vms.iter().map(|vm| VmView::from(vm.record())).collect(),
        };
        if !vms.is_empty() {
            return Answer::new(table.lines(), &body);
        }
        let mut answer = Answer::new(Vec::new(), &body)?;
        if *host.cim().name() == Namespace::cluster() {
            let text =
                "the cluster shows no VM; a node that cannot reach the cluster's storage shows none either";
            answer.warnings.push(text.to_owned());
        } else {
            answer.remarks.push(Line::plain("The host has no VMs."));
        }
        Ok(answer)
    }
}
