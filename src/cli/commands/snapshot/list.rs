//! `snapshot list`: the snapshots of a VM, or of all VMs of the host, as a table.

use std::cmp::Reverse;

use clap::{Args, ValueEnum};
use hvsnap::{
    Host, Vm,
    cim::Timestamp,
    hyperv::{Bytes, DiskUsage, Snapshot, SnapshotFilter, SnapshotTree},
};
use serde::Serialize;

use super::{
    ListHead,
    filter::{ABOUT_VMS, FilterArgs, inventory, now},
    read,
};
use crate::cli::{
    answer::{Answer, Item},
    commands::{HostCommand, ListArgs},
    failure::Failure,
    render::{
        Line, bytes, style,
        table::{Column, Table},
        time, tree,
    },
    session::Session,
    view::{SizesView, SnapshotView, TreeHead, VmRef},
};

/// List the snapshots of a VM, or of all VMs of the host
#[derive(Debug, Args)]
#[command(after_help = "\
Without VM, those of all VMs, read by one enumeration, however many there are.
With --sizes: SIZE is what the disk files of a snapshot take, which were frozen when it was taken; those
of a first snapshot are the whole disks. SINCE is what was written since, in the files on top of them.
Destroying a snapshot with one dependent merges SINCE into SIZE, and frees at most the smaller of the
two; one without a dependent frees SIZE; with two or more nothing is merged. Saved memory is not counted.

Examples:
  hvsnap snapshot list
  hvsnap snapshot list --older-than 14d --vm 'web-*' --sort age
  hvsnap snapshot list --kind backup --kind automatic --wide
  hvsnap snapshot list web-01 --sizes")]
pub(crate) struct List {
    /// Name or GUID of the VM; an ambiguous name is refused. Without it, all VMs
    #[arg(conflicts_with_all = ABOUT_VMS)]
    vm: Option<String>,

    /// Also show what the files take; two calls for each file
    #[arg(long)]
    sizes: bool,

    /// The order [default: by VM and tree]
    #[arg(long, value_enum)]
    sort: Option<Sort>,

    #[command(flatten)]
    how: ListArgs,

    #[command(flatten)]
    filter: FilterArgs,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// By VM; within a VM, parents before children
    Vm,
    /// By the name of the snapshot
    Name,
    /// The oldest first; those whose time is not known last
    Age,
    /// The largest first; needs --sizes
    Size,
}

/// The head of a list of the snapshots of all VMs.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct HostHead {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// False if a node or a VM is left out; the warnings say which.
    complete: bool,
    /// The number of VMs that were seen, with and without snapshots.
    vm_count: usize,
}

/// A snapshot of a list.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Listed {
    /// The VM.
    vm: VmRef,
    #[serde(flatten)]
    snapshot: SnapshotView,
    /// How long ago it was taken, in seconds; null if that is not known.
    age_seconds: Option<u64>,
    #[serde(flatten)]
    sizes: Option<SizesOfOne>,
}

/// The sizes of one snapshot.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SizesOfOne {
    /// The bytes of its frozen files, with --sizes; null if not known.
    #[cfg_attr(test, schemars(extend("nullable" = true)))]
    bytes: Option<u64>,
    /// The bytes written since by those that depend on it directly, with --sizes; null if not known.
    #[cfg_attr(test, schemars(extend("nullable" = true)))]
    since_bytes: Option<u64>,
}

impl Listed {
    fn new(row: &Row<'_>, now: Timestamp) -> Self {
        Self {
            vm: VmRef::of(row.tree),
            snapshot: SnapshotView::new(row.tree, row.snapshot),
            age_seconds: row.snapshot.age(now).map(|age| age.as_secs()),
            sizes: row.usage.map(|usage| SizesOfOne {
                bytes: usage.frozen(row.snapshot.id()).exact(),
                since_bytes: usage.since(row.tree, row.snapshot).exact(),
            }),
        }
    }
}

impl Item for Listed {
    const FIELD: &'static str = "snapshots";
    const TYPE: &'static str = "snapshot";
}

/// A row of the table.
struct Row<'t> {
    tree: &'t SnapshotTree,
    snapshot: &'t Snapshot,
    usage: Option<&'t DiskUsage>,
}

impl HostCommand for List {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        if self.sort == Some(Sort::Size) && !self.sizes {
            return Err(Failure::usage("--sort size needs --sizes, which reads them"));
        }
        match &self.vm {
            Some(vm) => self.of_vm(session, vm).await,
            None => self.of_host(session).await,
        }
    }
}

impl List {
    async fn of_vm(&self, session: &mut Session<'_>, vm: &str) -> Result<Answer, Failure> {
        let (vm, tree) = read(session, vm).await?;
        let now = now(session);
        let usage = match self.sizes {
            true => Some(session.reading(vm.disk_usage(&tree)).await?),
            false => None,
        };
        let filter = self.filter.filter();
        let fits = |snapshot: &&Snapshot| filter.matches(&tree, snapshot, now);
        let row = |snapshot| Row { tree: &tree, snapshot, usage: usage.as_ref() };
        let mut rows: Vec<Row<'_>> = tree.snapshots().iter().filter(fits).map(row).collect();
        self.sort(&mut rows);
        let mut table = self.table(&rows, now, false);
        if let Some(usage) = usage.as_ref().filter(|_| filter.is_empty()) {
            table.row([Line::new().styled(style::GOOD, tree::NOW), size(&usage.written_now())]);
        }
        let sizes = usage.as_ref().map(|usage| SizesView::new(&tree, usage));
        let unknown = sizes.as_ref().map(|view| view.unknown.clone());
        let head =
            ListHead { endpoint: session.host.endpoint().to_string(), tree: TreeHead::from(&tree), sizes };
        let listed = rows.iter().map(|row| Listed::new(row, now));
        let mut answer = Answer::list(table.shown(self.how.layout(session.console)), &head, listed)?;
        answer.remarks.extend(nothing(&filter, rows.len(), tree.len(), &format!("{} has", tree.vm_name())));
        if let Some(usage) = &usage {
            answer.remarks.extend(unmerged(session, &vm, usage));
        }
        answer.warnings.extend(unknown.into_iter().flatten());
        Ok(answer)
    }

    async fn of_host(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (all, mut problems) = inventory(session).await?;
        let now = now(session);
        let filter = self.filter.filter();
        let complete = problems.is_empty();
        let selection = filter.select(&all.trees, now);
        let usages = match self.sizes {
            true => self.usages(session, selection.vms().iter().map(|vm| vm.tree()), &mut problems).await?,
            false => Vec::new(),
        };
        let usages = usages.iter().map(Some).chain(std::iter::repeat(None));
        let mut rows = Vec::with_capacity(selection.len());
        for (vm, usage) in selection.vms().iter().zip(usages) {
            rows.extend(vm.snapshots().map(|snapshot| Row { tree: vm.tree(), snapshot, usage }));
        }
        self.sort(&mut rows);
        let listed = rows.iter().map(|row| Listed::new(row, now));
        let endpoint = session.host.endpoint().to_string();
        let head = HostHead { endpoint, complete, vm_count: all.vms() };
        let table = self.table(&rows, now, true);
        let mut answer = Answer::list(table.shown(self.how.layout(session.console)), &head, listed)?;
        let total = all.snapshots().count();
        let whose = format!("{} shown here {}", vms(all.vms()), if all.vms() == 1 { "has" } else { "have" });
        answer.remarks.extend(nothing(&filter, rows.len(), total, &whose));
        answer.warnings.extend(problems);
        Ok(answer)
    }

    /// What the disks of these VMs take; nothing for one whose disks cannot be read, which is told.
    async fn usages(
        &self,
        session: &mut Session<'_>,
        trees: impl Iterator<Item = &SnapshotTree>,
        problems: &mut Vec<String>,
    ) -> Result<Vec<DiskUsage>, Failure> {
        let (hosts, _) = session.of_all(async |host: Host| host.vms().await).await?;
        let vms: Vec<Vm> = hosts.into_iter().flatten().collect();
        let mut usages = Vec::new();
        for tree in trees {
            let vm = vms.iter().find(|vm| vm.id().eq_ignore_ascii_case(tree.vm_id()));
            let usage = match vm {
                Some(vm) => session.interrupt.or(vm.disk_usage(tree)).await,
                None => Ok(Ok(DiskUsage::default())),
            };
            match usage.map_err(crate::cli::session::nothing_changed)? {
                Ok(usage) => {
                    problems.extend(SizesView::new(tree, &usage).unknown);
                    usages.push(usage);
                }
                Err(error) => {
                    problems.push(format!("the sizes of {:?} are not known: {error}", tree.vm_name()));
                    usages.push(DiskUsage::default());
                }
            }
        }
        Ok(usages)
    }

    fn sort(&self, rows: &mut [Row<'_>]) {
        match self.sort {
            None | Some(Sort::Vm) => {}
            Some(Sort::Name) => rows.sort_by_cached_key(|row| row.snapshot.element_name().to_lowercase()),
            Some(Sort::Age) => {
                let created = |row: &Row<'_>| row.snapshot.created.filter(|created| !created.is_never());
                rows.sort_by_key(|row| (created(row).is_none(), created(row)));
            }
            Some(Sort::Size) => rows.sort_by_cached_key(|row| {
                Reverse(row.usage.map_or(0, |usage| usage.frozen(row.snapshot.id()).at_least()))
            }),
        }
    }

    fn table(&self, rows: &[Row<'_>], now: Timestamp, of_host: bool) -> Table {
        let size_columns = self.sizes.then_some([Column::text("SIZE"), Column::text("SINCE")]);
        let columns = of_host.then_some(Column::name("VM")).into_iter();
        let columns =
            columns.chain([Column::name("NAME")]).chain(size_columns.into_iter().flatten()).chain([
                Column::text("CREATED (UTC)"),
                Column::text("AGE"),
                Column::text("KIND"),
                Column::id("PATH"),
                Column::id("ID"),
            ]);
        let mut table = Table::new(&columns.collect::<Vec<_>>());
        for Row { tree, snapshot, usage } in rows {
            let vm = of_host.then(|| Line::plain(tree.vm_name()));
            let name = Line::new().styled(style::STRONG, snapshot.element_name());
            let sizes =
                self.sizes.then(|| usage.map_or_else(Default::default, |usage| sizes(tree, usage, snapshot)));
            let rest = [
                Line::plain(snapshot.created.map(time::short).unwrap_or_default()),
                Line::plain(snapshot.age(now).map(time::length).unwrap_or_default()),
                Line::plain(tree::kind(snapshot)),
                Line::plain(tree.label(snapshot)),
                Line::new().styled(style::FAINT, snapshot.id()),
            ];
            table.row(vm.into_iter().chain([name]).chain(sizes.into_iter().flatten()).chain(rest));
        }
        table
    }
}

/// `1 VM`, `2 VMs`.
pub(in crate::cli::commands) fn vms(count: usize) -> String {
    if count == 1 { "1 VM".to_owned() } else { format!("{count} VMs") }
}

/// What an empty list means.
fn nothing(filter: &SnapshotFilter, shown: usize, total: usize, whose: &str) -> Option<Line> {
    match (shown, total) {
        (1.., _) => None,
        (0, 0) => Some(Line::plain(format_args!("{whose} no snapshots."))),
        _ if filter.is_empty() => None,
        _ => Some(Line::plain(format_args!("None of {} fits.", crate::cli::render::plan::snapshots(total)))),
    }
}

/// A remark on files of earlier snapshots that are not merged.
fn unmerged(session: &Session<'_>, vm: &Vm, usage: &DiskUsage) -> Vec<Line> {
    let count = usage.unmerged().iter().filter(|file| !file.is_kept()).count();
    if count == 0 {
        return Vec::new();
    }
    let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let text = format!("{files} of an earlier snapshot are not merged; to see more:");
    let show = session.reattach.command(&["merge", "show", vm.id()]);
    vec![Line::new().styled(style::CAUTION, text), Line::plain(format_args!("  {show}"))]
}

fn sizes(tree: &SnapshotTree, usage: &DiskUsage, snapshot: &Snapshot) -> [Line; 2] {
    let since = usage.since(tree, snapshot);
    let since = if since.is_zero() { Line::plain("-") } else { size(&since) };
    [size(&usage.frozen(snapshot.id())), since]
}

/// A size, or what is known of it.
pub(super) fn size(bytes: &Bytes) -> Line {
    match bytes.exact() {
        Some(exact) => Line::plain(bytes::size(exact)),
        None => Line::new().styled(style::CAUTION, bytes::sum(bytes)),
    }
}
