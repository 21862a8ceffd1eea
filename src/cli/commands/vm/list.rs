//! `vm list`: the VMs of the host.

use clap::Args;
use hvsnap::{cim::Namespace, hyperv::VmRecord};
use serde::Serialize;

use super::{activity, state};
use crate::cli::{
    answer::{Answer, Item},
    commands::{HostCommand, ListArgs},
    failure::Failure,
    render::{
        Line, style,
        table::{Column, Table},
        time,
    },
    session::Session,
    view::VmView,
};

/// List the VMs that the user may see
#[derive(Debug, Args)]
#[command(after_help = "\
With --cluster, those of all nodes, each with its owner node.

Examples:
  hvsnap vm list
  hvsnap vm list --wide
  hvsnap vm list --host clu1.corp.example --cluster
  hvsnap vm list --output json")]
pub(crate) struct List {
    #[command(flatten)]
    how: ListArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Head {
    /// URL of the endpoint that was asked.
    endpoint: String,
}

impl Item for VmView {
    const FIELD: &'static str = "vms";
    const TYPE: &'static str = "vm";
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let host = session.host.clone();
        let endpoint = host.endpoint().to_string();
        if let Some(cluster) = session.cluster()? {
            let mut vms = session.reading(cluster.vms()).await?;
            vms.sort_by_cached_key(|vm| key(&vm.record));
            session.recent.all_vms(vms.iter().map(|vm| vm.record.element_name.as_str()));
            let mut table = Table::new(&[NAME, Column::text("NODE"), STATE, BUSY, UPTIME, ID]);
            for vm in &vms {
                let [name, rest @ ..] = cells(&vm.record);
                let unknown = || Line::new().styled(style::CAUTION, "not known");
                let node = vm.node.as_ref().map_or_else(unknown, Line::plain);
                table.row([name, node].into_iter().chain(rest));
            }
            let shown = table.shown(self.how.layout(session.console));
            let mut answer = Answer::list(shown, &Head { endpoint }, vms.iter().map(VmView::from))?;
            answer.warnings.extend(vms.is_empty().then(|| NO_VM_OF_CLUSTER.to_owned()));
            return Ok(answer);
        }
        let mut vms = session.reading(host.vms()).await?;
        vms.sort_by_cached_key(|vm| key(vm.record()));
        session.recent.all_vms(vms.iter().map(|vm| vm.name()));
        let mut table = Table::new(&[NAME, STATE, BUSY, UPTIME, ID]);
        for vm in &vms {
            table.row(cells(vm.record()));
        }
        let shown = table.shown(self.how.layout(session.console));
        let views = vms.iter().map(|vm| VmView::from(vm.record()));
        let mut answer = Answer::list(shown, &Head { endpoint }, views)?;
        if !vms.is_empty() {
            return Ok(answer);
        }
        if *host.cim().name() == Namespace::cluster() {
            answer.warnings.push(NO_VM_OF_CLUSTER.to_owned());
        } else {
            answer.remarks.push(Line::plain("The host has no VMs."));
        }
        Ok(answer)
    }
}

const NAME: Column = Column::name("NAME");
const STATE: Column = Column::text("STATE");
const BUSY: Column = Column::text("BUSY WITH");
const UPTIME: Column = Column::text("UPTIME");
const ID: Column = Column::id("ID");

const NO_VM_OF_CLUSTER: &str =
    "the cluster shows no VM; a node that cannot reach the cluster's storage shows none either";

fn key(vm: &VmRecord) -> (String, String) {
    (vm.element_name.to_lowercase(), vm.id.to_lowercase())
}

fn cells(vm: &VmRecord) -> [Line; 5] {
    let uptime = vm.uptime.filter(|uptime| !uptime.is_zero());
    [
        Line::new().styled(style::STRONG, &vm.element_name),
        state(vm),
        activity(vm),
        uptime.map(time::length).map(Line::plain).unwrap_or_default(),
        Line::new().styled(style::FAINT, &vm.id),
    ]
}
