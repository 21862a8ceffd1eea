//! The flags that select snapshots, of all VMs of a host: for `snapshot list`, `snapshot destroy --match`, and `prune`.

use std::collections::BTreeMap;

use std::time::Duration;

use clap::{Args, builder::PossibleValuesParser, builder::TypedValueParser};
use hvsnap::{
    Host,
    cim::Timestamp,
    hyperv::{NamePattern, Origin, Selection, SnapshotFilter, SnapshotInventory, SnapshotTree},
};

use crate::cli::{
    failure::Failure,
    render::{
        Line, style,
        table::{Column, Table},
        time, tree,
    },
    session::Session,
    values::Length,
};

/// Which snapshots. All conditions must hold; of several values of one flag, one must fit.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(in crate::cli::commands) struct FilterArgs {
    /// Only of VMs with such a name (* ? [a-z] are wildcards; quote them for the shell) or this GUID; repeatable
    #[arg(long = "vm", id = "vm_pattern", value_name = "GLOB")]
    vms: Vec<NamePattern>,

    /// Not of VMs with such a name or this GUID; repeatable
    #[arg(long = "exclude", value_name = "GLOB")]
    excluded: Vec<NamePattern>,

    /// Only with such a name; repeatable
    #[arg(long = "name", value_name = "GLOB")]
    names: Vec<NamePattern>,

    /// Only of this kind; repeatable
    #[arg(long = "kind", value_name = "KIND", value_parser = origin())]
    origins: Vec<Origin>,

    /// Only those taken longer ago than this, such as 14d, 12h or 30m (minutes); one whose time is not known never fits
    #[arg(long, value_name = "DURATION")]
    older_than: Option<Length>,

    /// Only those taken less long ago than this
    #[arg(long, value_name = "DURATION")]
    newer_than: Option<Length>,
}

/// The ids of the flags about VMs, which a command for one VM does not take.
pub(in crate::cli::commands) const ABOUT_VMS: [&str; 2] = ["vm_pattern", "excluded"];

impl FilterArgs {
    /// The filter; empty without flags.
    pub(in crate::cli::commands) fn filter(&self) -> SnapshotFilter {
        self.over(SnapshotFilter::default())
    }

    /// The filter of these flags, completed by another one, such as that of a file.
    pub(in crate::cli::commands) fn over(&self, mut lower: SnapshotFilter) -> SnapshotFilter {
        fn list<T: Clone>(given: &[T], lower: &mut Vec<T>) {
            if !given.is_empty() {
                given.clone_into(lower);
            }
        }
        list(&self.vms, &mut lower.vms);
        // What a file protects stays protected.
        lower.excluded_vms.extend(self.excluded.iter().cloned());
        list(&self.names, &mut lower.names);
        list(&self.origins, &mut lower.origins);
        lower.older_than = self.older_than.map(|length| length.0).or(lower.older_than);
        lower.newer_than = self.newer_than.map(|length| length.0).or(lower.newer_than);
        lower
    }
}

/// Parses the name of an origin.
fn origin() -> impl TypedValueParser<Value = Origin> {
    PossibleValuesParser::new(Origin::ALL.map(Origin::key))
        .map(|key| origin_of(&key).unwrap_or(Origin::Other))
}

/// The origin with this name.
pub(in crate::cli::commands) fn origin_of(key: &str) -> Option<Origin> {
    Origin::ALL.into_iter().find(|origin| origin.key() == key)
}

/// All snapshots of the host, or of all nodes of the cluster, with what is left out.
pub(in crate::cli::commands) async fn inventory(
    session: &mut Session<'_>,
) -> Result<(SnapshotInventory, Vec<String>), Failure> {
    let (found, mut problems) = session.of_all(async |host: Host| host.snapshots().await).await?;
    let mut all = SnapshotInventory::default();
    found.into_iter().for_each(|of_host| all.merge(of_host));
    session.recent.all_vms(all.trees.iter().map(SnapshotTree::vm_name));
    all.trees.iter().for_each(|tree| session.recent.tree(tree));
    problems.extend(all.unreadable.iter().map(ToString::to_string));
    Ok((all, problems))
}

/// Warns of names that no VM has: a mistake in an excluded one would destroy what it is to protect, and one in another would never
/// do anything.
pub(in crate::cli::commands) fn warn_of_misses(
    session: &mut Session<'_>,
    filter: &SnapshotFilter,
    all: &SnapshotInventory,
) {
    for pattern in filter.excluding_none(&all.trees) {
        session.console.warn(&format!("the excluded name {:?} fits no VM", pattern.to_string()));
    }
    for pattern in filter.selecting_none(&all.trees) {
        session.console.warn(&format!("the name {:?} fits no VM", pattern.to_string()));
    }
}

/// The clocks of host and computer may differ by this without a word: ages are in hours and days.
const MOST_SKEW: Duration = Duration::from_secs(3600);

/// How far the clocks of host and computer are apart, if that is more than ages may be wrong by.
pub(in crate::cli::commands) fn skew(session: &Session<'_>) -> Option<Duration> {
    let ours = session.clock.wall();
    let skew = session.host.client().host_time()?.abs_diff(ours);
    (skew > MOST_SKEW).then_some(skew)
}

/// The present time, which ages are counted from, once the host has answered. Hosts date snapshots by their own clock; where it and
/// this computer's differ, the earlier one counts, so that nothing is taken for older than both say.
pub(in crate::cli::commands) fn now(session: &mut Session<'_>) -> Timestamp {
    let mut now = session.clock.wall();
    if let Some(skew) = skew(session) {
        now = session.host.client().host_time().unwrap_or(now).min(now);
        session.console.warn(&format!(
            "the host's clock and this computer's differ by {}: ages are counted by the earlier one",
            time::length(skew)
        ));
    }
    Timestamp::from_unix_micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
}

/// The selected snapshots as the lines of a plan, which an empty line precedes; none for an empty selection.
pub(in crate::cli::commands) fn lines(
    session: &Session<'_>,
    selection: &Selection,
    now: Timestamp,
) -> impl Iterator<Item = Line> {
    const INDENT: &str = "  ";
    let mut layout = session.console.layout(false);
    layout.width = layout.width.map(|width| width.saturating_sub(INDENT.len()));
    let lines = table(selection, now).shown(layout).lines;
    let head = (!lines.is_empty()).then(Line::new);
    head.into_iter().chain(lines.into_iter().map(|line| Line::plain(INDENT).join(line)))
}

fn table(selection: &Selection, now: Timestamp) -> Table {
    let mut table = Table::new(&[
        Column::name("VM"),
        Column::name("SNAPSHOT"),
        Column::text("CREATED (UTC)"),
        Column::text("AGE"),
        Column::text("KIND"),
        Column::id("ID"),
    ]);
    let mut vms_of = BTreeMap::<&str, usize>::new();
    selection.vms().iter().for_each(|vm| *vms_of.entry(vm.tree().vm_name()).or_default() += 1);
    for vm in selection.vms() {
        let (name, id) = (vm.tree().vm_name(), vm.tree().vm_id());
        let is_one_of_several = vms_of.get(name).is_some_and(|count| *count > 1);
        let shown = if is_one_of_several { format!("{name} ({id})") } else { name.to_owned() };
        for snapshot in vm.snapshots() {
            table.row([
                Line::plain(&shown),
                Line::new().styled(style::STRONG, vm.tree().label(snapshot)),
                Line::plain(snapshot.created.map(time::short).unwrap_or_default()),
                Line::plain(snapshot.age(now).map(time::length).unwrap_or_default()),
                Line::plain(tree::kind(snapshot)),
                Line::new().styled(style::FAINT, snapshot.id()),
            ]);
        }
    }
    table
}
