//! `prune`: destroys old snapshots of all VMs by a retention policy.

mod policy;

use std::{collections::BTreeMap, num::NonZeroUsize, path::PathBuf, time::Duration};

use clap::Args;
use hvsnap::{
    cim::Timestamp,
    clock::shown,
    hyperv::{Kept, PrunePolicy, Pruning},
};

use super::{
    HostCommand,
    many::{KeptView, Many, Order},
    operation::OperationArgs,
    snapshot::filter::{self, FilterArgs, inventory, now},
};
use crate::cli::{
    answer::Answer,
    console::Console,
    failure::Failure,
    render::{Line, plan::snapshots, status::Row, style, time},
    session::Session,
    values::before,
    view::VmRef,
};

/// Destroy old snapshots of all VMs by a policy: an age, a number to keep
#[derive(Debug, Args)]
#[command(after_help = "\
Of the snapshots that the selection covers, the newest of each VM are kept as --keep says; of the others
those go that are older than --older-than. Without --kind it covers checkpoints of users only, never those
of backups, of Hyper-V Replica, or automatic ones. Kept in any case: the parent of the VM's current state
(unless --parent-of-current), and what has no known age. Sizes and free space are not read: see
`snapshot list --sizes` and `snapshot destroy --dry-run`.
The plan is always shown. Nothing is sent without --yes or an answer on the terminal: from cron without
--yes it is a dry run. The oldest go first; --max bounds how many go in one run. Each snapshot is a call
and a record of its own. A surprise stops its VM, and the others go on.

A policy file has the flags as keys, in TOML; a flag counts before it, and --exclude adds to its list:
  older_than = \"14d\"
  keep = 2
  exclude = [\"db-*\", \"dc-01\"]
  name = [\"nightly-*\"]
  max = 50

Examples:
  hvsnap prune --older-than 14d --keep 2
  hvsnap prune --older-than 14d --keep 2 --exclude 'db-*' --max 20 --yes
  hvsnap prune --policy nightly.toml --yes --wait job --output json
  hvsnap prune --keep 3 --vm 'test-*' --name 'ci-*' --dry-run")]
pub(crate) struct Prune {
    /// File with the policy (TOML)
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    policy: Option<PathBuf>,

    /// Keep this many of each VM, the newest ones of those that the selection covers
    #[arg(long, value_name = "NUMBER")]
    keep: Option<usize>,

    /// Destroy at most this many in one run, the oldest ones
    #[arg(long, value_name = "NUMBER")]
    max: Option<NonZeroUsize>,

    /// Also destroy the parent of a VM's current state; a running VM works on the disks that are merged
    #[arg(long)]
    parent_of_current: bool,

    /// Also destroy snapshots that a backup, Hyper-V Replica or an import made, if --kind covers them
    #[arg(long)]
    accept_foreign: bool,

    #[command(flatten)]
    operation: OperationArgs,

    #[command(flatten)]
    filter: FilterArgs,
}

impl HostCommand for Prune {
    fn on_busy(&self) -> hvsnap::OnBusy {
        self.operation.on_busy.on_busy()
    }

    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (policy, accept_foreign) = self.policy()?;
        let (all, left_out) = inventory(session).await?;
        filter::warn_of_misses(session, &policy.filter, &all);
        let now = now(session);
        let pruning = policy.apply(&all.trees, now);
        // Without a terminal to ask on it only shows.
        let unasked = !self.operation.yes && !Console::can_ask();
        let dry_run = self.operation.dry_run || unasked;
        let many = Many {
            args: &self.operation,
            selection: &pruning.selection,
            order: Order::AsSelected,
            accept_foreign,
            dry_run,
            lines: lines(&policy, &pruning, now, session),
            rows: rows(&policy, &pruning, now),
            kept: Some(kept(&pruning)),
            left_out,
        };
        let mut answer = many.carry_out(session).await?;
        if unasked && !self.operation.dry_run && !pruning.selection.is_empty() {
            answer.remarks.push(Line::new().styled(style::CAUTION, "Nothing was sent: this needs --yes."));
        }
        Ok(answer)
    }
}

impl Prune {
    /// The policy of the file and the flags, and whether snapshots of others may go.
    fn policy(&self) -> Result<(PrunePolicy, bool), Failure> {
        let file = match &self.policy {
            Some(path) => policy::read(path)?,
            None => policy::File::default(),
        };
        let mut policy = PrunePolicy::new(self.filter.over(file.filter()));
        policy.keep = self.keep.or(file.keep).unwrap_or(0);
        policy.at_most = self.max.or(file.max).map(NonZeroUsize::get);
        policy.parent_of_current = self.parent_of_current || file.parent_of_current;
        if !policy.has_a_limit() {
            let text = "the policy does not say what goes: it has neither an age nor a number to keep";
            return Err(
                Failure::usage(text).hint("give --older-than, --keep, or both; or a file with --policy")
            );
        }
        Ok((policy, self.accept_foreign || file.accept_foreign))
    }
}

/// What goes, and by which policy.
fn lines(policy: &PrunePolicy, pruning: &Pruning, now: Timestamp, session: &Session<'_>) -> Vec<Line> {
    let total = pruning.selection.len() + pruning.kept.len();
    let head = match pruning.selection.len() {
        0 => format!("None of {} goes", snapshots(total)),
        count => format!("Plan: destroy {count} of {}", snapshots(total)),
    };
    let mut lines = vec![Line::new().styled(style::STRONG, head).text(format_args!(" ({})", words(policy)))];
    lines.extend(filter::lines(session, &pruning.selection, now));
    lines
}

/// The policy in words.
fn words(policy: &PrunePolicy) -> String {
    let age = policy.filter.older_than.map(|age| format!("older than {}", spelled(age)));
    let keep = (policy.keep > 0).then(|| format!("keeping the newest {} of each VM", policy.keep));
    let most = policy.at_most.map(|most| format!("at most {most}"));
    age.into_iter().chain(keep).chain(most).collect::<Vec<_>>().join(", ")
}

/// A length of time in the largest unit that it is a whole number of: `14m` are minutes, and the word says so.
fn spelled(length: Duration) -> String {
    let is_whole = |unit: u64| length.as_secs().is_multiple_of(unit) && length.subsec_nanos() == 0;
    for (unit, name) in [(86_400, "day"), (3_600, "hour"), (60, "minute")] {
        if is_whole(unit) && length.as_secs() >= unit {
            let number = length.as_secs() / unit;
            return format!("{number} {name}{}", if number == 1 { "" } else { "s" });
        }
    }
    shown(length).to_string()
}

/// What is old enough, and how many are kept for which reason.
fn rows(policy: &PrunePolicy, pruning: &Pruning, now: Timestamp) -> Vec<Row> {
    let mut counts = BTreeMap::<Kept, usize>::new();
    for kept in &pruning.kept {
        *counts.entry(kept.why()).or_default() += 1;
    }
    let old = policy.filter.older_than.map(|age| {
        let moment = time::short(before(now, age));
        ("old", Line::plain(format_args!("taken before {moment} UTC")))
    });
    let mut rows: Vec<Row> = Vec::from_iter(old);
    rows.extend(counts.iter().map(|(why, count)| ("kept", Line::plain(format_args!("{count}  {why}")))));
    if !pruning.selection.is_empty() {
        rows.push(("order", Line::plain("VM by VM, the oldest first")));
    }
    rows
}

fn kept(pruning: &Pruning) -> Vec<KeptView> {
    let view = |kept: &hvsnap::hyperv::KeptSnapshot| {
        Some(KeptView {
            vm: VmRef::of(kept.tree()),
            snapshot: kept.snapshot()?.into(),
            why: kept.why().key(),
        })
    };
    pruning.kept.iter().filter_map(view).collect()
}
