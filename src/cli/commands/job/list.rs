//! `job list`: all jobs that the host still keeps.

use std::cmp::Reverse;

use clap::Args;
use hvsnap::{Host, HostJob};
use serde::Serialize;

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
    view::{JobView, VmRef},
};

/// List the jobs of the host: of its services, and of virtual disks
#[derive(Debug, Args)]
#[command(after_help = "\
A host keeps a job for five minutes after its end. Jobs that have not ended come first, then the latest.
The description is the host's text, in its language; the type is named after Microsoft's list.

Examples:
  hvsnap job list
  hvsnap job list --vm web-01 --running
  hvsnap job list --output json")]
pub(crate) struct List {
    /// Only jobs of this VM, by name or GUID
    #[arg(long, value_name = "VM")]
    vm: Option<String>,

    /// Only jobs that have not ended
    #[arg(long)]
    running: bool,

    #[command(flatten)]
    how: ListArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Head {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// False if a node or a class of jobs is left out; the warnings say why.
    complete: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ListedJob"))]
pub(crate) struct Listed {
    #[serde(flatten)]
    job: JobView,
    /// The VM that it affects; null if the host does not tie it to one.
    vm: Option<VmRef>,
}

impl Item for Listed {
    const FIELD: &'static str = "jobs";
    const TYPE: &'static str = "job";
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let host = session.host.clone();
        let wanted = match &self.vm {
            Some(wanted) => Some(session.vm(wanted).await?),
            None => None,
        };
        let read = async |host: Host| {
            let vms = if wanted.is_none() { host.vms().await? } else { Vec::new() };
            Ok((vms, Host::jobs(&host).await?))
        };
        let (found, left_out) = session.of_all(read).await?;
        let (mut vms, mut all, mut problems) = (Vec::from_iter(wanted.clone()), Vec::new(), left_out);
        for (of_host, jobs) in found {
            vms.extend(of_host);
            all.extend(jobs.jobs);
            problems.extend(jobs.problems);
        }
        let vm_of = |job: &HostJob| {
            let id = job.vm_id.as_deref()?;
            let name = vms.iter().find(|vm| vm.id().eq_ignore_ascii_case(id)).map(|vm| vm.name());
            Some(VmRef { id: id.to_owned(), name: name.unwrap_or_default().to_owned() })
        };
        let is_wanted = |job: &&HostJob| {
            let is_of_vm = self.vm.is_none() || vm_of(job).is_some_and(|vm| vm.is_one_of(&vms));
            is_of_vm && !(self.running && job.job.has_ended())
        };
        let mut jobs: Vec<&HostJob> = all.iter().filter(is_wanted).collect();
        jobs.sort_by_cached_key(|job| {
            let job = &job.job;
            (job.has_ended(), Reverse(job.submitted.or(job.started)), job.instance_id.clone())
        });
        session.recent.jobs(all.iter().map(|job| job.job.instance_id.as_str()));
        let mut table = Table::new(&[
            Column::text("ID"),
            Column::name("TYPE"),
            Column::name("VM"),
            Column::text("STATE"),
            Column::text("%"),
            Column::text("SINCE (UTC)"),
            Column::name("DESCRIPTION"),
        ]);
        for listed in &jobs {
            table.row(cells(listed, vm_of(listed)));
        }
        let is_empty = jobs.is_empty();
        let listed = jobs.iter().map(|job| Listed { job: JobView::new(&job.job, &[]), vm: vm_of(job) });
        let complete = problems.is_empty();
        let head = Head { endpoint: host.endpoint().to_string(), complete };
        let mut answer = Answer::list(table.shown(self.how.layout(session.console)), &head, listed)?;
        answer.warnings.extend(problems);
        if is_empty {
            let what = if self.vm.is_some() || self.running { "No such job" } else { "No jobs" };
            let left_out = if complete { "" } else { ", apart from what is left out" };
            answer.remarks.push(Line::plain(format_args!("{what}{left_out}.")));
        }
        Ok(answer)
    }
}

fn cells(listed: &HostJob, vm: Option<VmRef>) -> [Line; 7] {
    let job = &listed.job;
    let state = match (job.has_ended(), job.has_succeeded()) {
        (true, true) => style::GOOD,
        (true, false) => style::BAD,
        _ => style::PLAIN,
    };
    let number = || job.job_type.map(|number| format!("type {}", number.0));
    let vm = vm.map(|vm| if vm.name.is_empty() { vm.id } else { vm.name });
    let since = job.started.filter(|time| !time.is_never()).or(job.submitted);
    let description = job.description.clone().or_else(|| job.caption.clone());
    [
        Line::new().styled(style::STRONG, &job.instance_id),
        Line::plain(job.type_words().or_else(number).unwrap_or_default()),
        Line::plain(vm.unwrap_or_default()),
        Line::new().styled(state, job.state),
        Line::plain(job.percent_complete.map(|percent| percent.to_string()).unwrap_or_default()),
        Line::plain(since.map(time::short).unwrap_or_default()),
        Line::plain(description.unwrap_or_default()),
    ]
}

impl VmRef {
    fn is_one_of(&self, vms: &[hvsnap::Vm]) -> bool {
        vms.iter().any(|vm| vm.id().eq_ignore_ascii_case(&self.id))
    }
}
