//! `vm`: the VMs of a host.
//!
//! Reads only, by one query each.

use clap::{Args, Subcommand};
use hvsnap::{cim::Namespace, hyperv::VmRecord};
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    failure::Failure,
    help,
    render::{
        Line, style,
        table::{Table, facts},
        time,
    },
    session::Session,
    view::VmView,
};

/// The verbs of `vm`.
#[derive(Debug, Subcommand)]
pub(crate) enum VmCommand {
    /// List the VMs that the user may see
    #[command(after_help = help::VM_LIST)]
    List,
    /// Show one VM
    #[command(after_help = help::VM_SHOW)]
    Show(VmArgs),
}

/// Which VM.
#[derive(Clone, Debug, Args)]
pub(crate) struct VmArgs {
    /// Name or GUID of the VM; an ambiguous name is refused
    pub(crate) vm: String,
}

#[derive(Serialize)]
struct ListBody {
    endpoint: String,
    vms: Vec<VmView>,
}

#[derive(Serialize)]
struct ShowBody {
    endpoint: String,
    vm: VmView,
}

pub(crate) async fn run(session: &mut Session<'_>, command: &VmCommand) -> Result<Answer, Failure> {
    match command {
        VmCommand::List => list(session).await,
        VmCommand::Show(args) => show(session, args).await,
    }
}

async fn list(session: &mut Session<'_>) -> Result<Answer, Failure> {
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
    let body = ListBody {
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

async fn show(session: &mut Session<'_>, args: &VmArgs) -> Result<Answer, Failure> {
    let host = session.host.clone();
    let vm = session.reading(host.vm(&args.vm)).await?;
    let vm = vm.record();
    let mut lines = vec![Line::new().styled(style::STRONG, &vm.element_name)];
    let plain = |text: Option<String>| text.map(Line::plain).unwrap_or_default();
    let mut rows = vec![
        ("id", Line::plain(&vm.id)),
        ("state", state(vm)),
        ("busy with", activity(vm)),
        ("health", vm.health_state.map(health).unwrap_or_default()),
        ("status", Line::plain(vm.status_descriptions.join("; "))),
        ("uptime", plain(vm.uptime.filter(|uptime| !uptime.is_zero()).map(time::length))),
        ("installed", plain(vm.installed.map(time::full))),
        ("replication", plain(vm.replication_state.map(replication))),
    ];
    rows.extend(vm.unreadable.iter().map(|error| ("unreadable", Line::new().styled(style::CAUTION, error))));
    lines.extend(facts(rows));
    Answer::new(lines, &ShowBody { endpoint: host.endpoint().to_string(), vm: VmView::from(vm) })
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

/// `HealthState` (CIM_ManagedSystemElement): 5 is well, more is worse.
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
