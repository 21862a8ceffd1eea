//! `merge list`: what merges on the host, and what was left over, over all VMs.

use clap::Args;
use hvsnap::hyperv::MergeFinding;
use serde::Serialize;

use super::{FindingView, lines, views};
use crate::cli::{
    answer::{Answer, Item},
    commands::{HostCommand, ListArgs},
    failure::Failure,
    render::{Line, style},
    session::Session,
    view::VmRef,
};

/// List what merges on the host, and what was left over
#[derive(Debug, Args)]
#[command(after_help = "\
Shows for all VMs: running merges, the last merge if it failed, merging that is switched off, files that
were not merged, and snapshots of backups. Each finding comes with a proposal; nothing is changed.
Without --chains it takes nine queries for the whole host, and finds a file that was not merged where the
VM has no snapshot that explains it. With --chains it reads the parent of each file too.

Examples:
  hvsnap merge list
  hvsnap merge list --chains --output json")]
pub(crate) struct List {
    /// Also read the chain of each disk; one call for each file
    #[arg(long)]
    chains: bool,

    #[command(flatten)]
    how: ListArgs,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Head {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// False if a node or a class is left out; the warnings say why.
    complete: bool,
    /// True if the chains of the disks were read.
    chains: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "VmMergesView"))]
pub(crate) struct VmView {
    #[serde(flatten)]
    vm: VmRef,
    /// Whether the disks may merge; null if the host does not show it.
    merging_enabled: Option<bool>,
    /// What merges, and what was left over.
    findings: Vec<FindingView>,
}

impl Item for VmView {
    const FIELD: &'static str = "vms";
    const TYPE: &'static str = "vm";
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let host = session.host.clone();
        let chains = self.chains;
        let (found, left_out) = session.of_all(async |host| host.merges(chains).await).await?;
        let (mut vms, mut problems) = (Vec::new(), left_out);
        for merges in found {
            vms.extend(merges.vms);
            problems.extend(merges.problems);
        }
        vms.sort_by_cached_key(|of| (of.vm.element_name.to_lowercase(), of.vm.id.to_lowercase()));
        let layout = self.how.layout(session.console);
        let mut text: Vec<Line> = Vec::new();
        // Reference points alone are usual with backups.
        let is_usual = |finding: &MergeFinding| matches!(finding, MergeFinding::ReferencePoints(_));
        for of in vms.iter().filter(|of| !of.findings.iter().all(is_usual)) {
            if !text.is_empty() {
                text.push(Line::new());
            }
            let name = Line::new().styled(style::STRONG, &of.vm.element_name);
            let id = if layout.wide { format!("  {}", of.vm.id) } else { String::new() };
            text.push(name.styled(style::FAINT, id));
            text.extend(lines(of, &session.reattach, layout));
        }
        let views = vms.iter().map(|of| VmView {
            vm: VmRef { id: of.vm.id.clone(), name: of.vm.element_name.clone() },
            merging_enabled: of.setting.as_ref().and_then(|setting| setting.is_enabled),
            findings: views(of, &session.reattach),
        });
        let (endpoint, complete) = (host.endpoint().to_string(), problems.is_empty());
        let head = Head { endpoint, complete, chains: self.chains };
        let is_empty = text.is_empty();
        let mut answer = Answer::list(text, &head, views)?;
        answer.warnings.extend(problems);
        if is_empty {
            let count = vms.len();
            let vms = if count == 1 { "1 VM".to_owned() } else { format!("{count} VMs") };
            let left_out = if complete { "" } else { ", apart from what is left out" };
            let line =
                format_args!("Nothing merges, and nothing was left over{left_out}: {vms}.").to_string();
            answer.remarks.push(Line::plain(line));
        }
        Ok(answer)
    }
}
