//! `snapshot tree`: the snapshots of a VM as a tree, in text, as data, or as a drawing.

use clap::{Args, ValueEnum};
use hvsnap::hyperv::{DiskUsage, SnapshotTree};

use super::{answer, list::size, read};
use crate::cli::{
    answer::Answer,
    commands::{HostCommand, ListArgs, vm::VmArgs},
    console,
    failure::Failure,
    render::{
        Line, style,
        table::{Layout, Shown},
        tree::{self, Chart, dot, mermaid, svg},
    },
    session::Session,
    view::SizesView,
};

/// Draw the tree of a VM's snapshots
#[derive(Debug, Args)]
#[command(after_help = "\
\"● now\" marks the snapshot that the VM's current state descends from.
Snapshots more than 64 levels deep are not indented; their level is shown instead.

Formats: text; json, the same as --output json; mermaid, for Markdown pages; dot, for Graphviz; svg, an image
for light and dark pages, in which an arrow points at what a snapshot depends on, and each box has a title with
the whole name and times. Mermaid draws at most 500 lines unless its page allows more.

Examples:
  hvsnap snapshot tree web-01
  hvsnap snapshot tree web-01 --sizes --format svg > web-01.svg")]
pub(crate) struct Tree {
    #[command(flatten)]
    which: VmArgs,

    /// Format of the tree on stdout; text if it is left out
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Also show what the disk files of each snapshot take; two calls for each file
    #[arg(long)]
    sizes: bool,

    #[command(flatten)]
    how: ListArgs,
}

/// How the tree is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Mermaid,
    Dot,
    Svg,
}

impl Tree {
    /// The tree of a VM as text.
    #[cfg(feature = "sim")]
    pub(in crate::cli::commands) fn of(vm: &str) -> Self {
        Self { which: VmArgs { vm: vm.to_owned() }, format: None, sizes: false, how: ListArgs::default() }
    }

    /// The format of stdout that `--format` means, with its name.
    pub(super) fn output(&self) -> Option<(console::Format, String)> {
        let format = self.format?;
        let name = format.to_possible_value().map(|value| value.get_name().to_owned());
        let output = if format == Format::Json { console::Format::Json } else { console::Format::Text };
        Some((output, name.unwrap_or_default()))
    }
}

impl HostCommand for Tree {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let (vm, tree) = read(session, &self.which.vm).await?;
        let usage = match self.sizes {
            true => Some(session.reading(vm.disk_usage(&tree)).await?),
            false => None,
        };
        let chart = || Chart::new(&tree, usage.as_ref(), session.clock.wall());
        let drawing = match self.format {
            None | Some(Format::Text | Format::Json) => None,
            Some(Format::Mermaid) => Some(mermaid::document(&chart())),
            Some(Format::Dot) => Some(dot::document(&chart())),
            Some(Format::Svg) => Some(svg::document(&chart())),
        };
        let shown = match drawing {
            None => text(&tree, usage.as_ref(), self.how.layout(session.console)),
            Some(drawing) => Shown::from(drawing.lines().map(Line::plain).collect::<Vec<_>>()),
        };
        let sizes = usage.as_ref().map(|usage| SizesView::new(&tree, usage));
        let unknown = sizes.as_ref().map(|sizes| sizes.unknown.clone()).unwrap_or_default();
        let mut answer = answer(session, &tree, shown, sizes)?;
        answer.warnings.extend(unknown);
        Ok(answer)
    }
}

fn text(tree: &SnapshotTree, usage: Option<&DiskUsage>, layout: Layout) -> Shown {
    let Some(usage) = usage else { return tree::shown(tree, |_| Line::new(), layout) };
    let mut shown = tree::shown(tree, |snapshot| size(&usage.frozen(snapshot.id())), layout);
    let now = Line::new().styled(style::GOOD, tree::NOW);
    shown.lines.push(now.text("  ").join(size(&usage.written_now())));
    shown
}

#[cfg(all(test, feature = "sim"))]
mod tests {
    use std::{env, fs, path::Path};

    use hvsnap::{Host, clock::Clock, sim::Simulator};

    use super::*;

    /// The kinds that the labs of `fixtures` have not side by side, and names that need care.
    const LAB: &str = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[user]]\nname = 'LAB\\operator'\n\
        password = \"correct-horse\"\n[[vm]]\nname = \"数据库-01 <prod> & \\\"test\\\"\"\nwrites_mib_per_minute = 0\n\
        base_mib = 20480\ncurrent = \"base/nightly\"\n\
        [[vm.snapshot]]\nname = \"base\"\nid = \"5D1B2C3D-0002-4000-8000-00000000B001\"\ncreated = 2026-01-06T09:00:00Z\n\
        [[vm.snapshot]]\nname = \"升级之前的检查点，请不要删除，直到测试全部完成为止 %%{init}%%\"\nparent = \"base\"\nsaved_state = true\n\
        id = \"5D1B2C3D-0002-4000-8000-00000000B002\"\ncreated = 2026-11-02T09:00:00Z\nwritten_mib = 924\n\
        [[vm.snapshot]]\nname = \"nightly\"\nparent = \"base\"\nautomatic = true\n\
        id = \"5D1B2C3D-0002-4000-8000-00000000B003\"\ncreated = 2026-11-22T02:00:00Z\n\
        [[vm.snapshot]]\nname = \"db-01 - Backup - (11/23/2026 - 2:00:00 AM)\"\nparent = \"base/nightly\"\ntype = \"recovery\"\n\
        id = \"5D1B2C3D-0002-4000-8000-00000000B004\"\ncreated = 2026-11-23T02:00:00Z\n";

    #[tokio::test]
    async fn drawings_are_as_recorded() {
        let sim = Simulator::from_lab_text(LAB).unwrap().seed(7).start().await.unwrap();
        let host = Host::new(sim.client_builder().build().unwrap());
        let vm = host.vms().await.unwrap().pop().unwrap();
        let tree = vm.snapshots().await.unwrap();
        let usage = vm.disk_usage(&tree).await.unwrap();
        // Virtual time begins at 2026-11-23T09:00:00Z.
        let chart = Chart::new(&tree, Some(&usage), sim.clock().now());
        for (name, drawing) in [
            ("tree-sizes.svg", svg::document(&chart)),
            ("tree-sizes.mmd", mermaid::document(&chart)),
            ("tree-sizes.dot", dot::document(&chart)),
        ] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cli").join(name);
            if env::var_os("HVSNAP_BLESS").is_some() {
                fs::write(&file, &drawing).unwrap();
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(drawing, expected, "differs from {}", file.display());
        }
        sim.shutdown().await;
    }
}
