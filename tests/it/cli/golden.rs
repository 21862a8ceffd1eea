//! Golden outputs: the exact output of the commands. `HVSNAP_BLESS=1` rewrites them.

use std::{env, fs, path::Path};

use crate::cli::{Bench, Ran, words};

/// The keys of web-01.
const VM_CLASS: &str = "CreationClassName=Msvm_ComputerSystem";
const VM_NAME: &str = "Name=0A1B2C3D-0001-4000-8000-00000000A001";

#[track_caller]
pub(crate) fn golden(name: &str, printed: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cli").join(name);
    if env::var_os("HVSNAP_BLESS").is_some() {
        fs::write(&file, printed).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(printed, expected, "differs from {}", file.display());
}

/// The text with each age of a table as `AGE`, and without the spaces behind it: what a lab dates grows older.
pub(crate) fn ageless(text: &str) -> String {
    let is_age = |cell: &str| {
        let unit = cell.split_once(' ').filter(|(number, _)| number.parse::<u64>().is_ok());
        let units = ["second", "minute", "hour", "day", "month", "year"];
        cell == "AGE" || unit.is_some_and(|(_, unit)| units.contains(&unit.trim_end_matches('s')))
    };
    let mut shown = String::new();
    for line in text.lines() {
        let mut is_behind = false;
        for (at, cell) in line.split("  ").enumerate() {
            let cell = if is_behind { cell.trim_start() } else { cell };
            if is_behind && cell.is_empty() {
                continue;
            }
            if at > 0 {
                shown.push_str("  ");
            }
            is_behind = is_age(cell.trim());
            let blank = if cell.starts_with(' ') { " " } else { "" };
            shown.push_str(&if is_behind { format!("{blank}AGE") } else { cell.to_owned() });
        }
        shown.push('\n');
    }
    shown
}

#[tokio::test]
async fn the_readings_of_a_host_are_printed_as_recorded() {
    // Files that are written to grow with time.
    let bench = Bench::still().await;
    for (name, arguments) in [
        ("snapshot-list.txt", words(&["snapshot", "list", "web-01"])),
        ("snapshot-tree.txt", &["snapshot", "tree", "web-01"]),
        ("snapshot-tree.json", &["snapshot", "tree", "web-01", "--output", "json"]),
        ("snapshot-tree-marks.txt", &["snapshot", "tree", "auto-01"]),
        ("snapshot-tree-empty.txt", &["snapshot", "tree", "bare-01"]),
        (
            "cim-get.json",
            &[
                "cim",
                "get",
                "Msvm_ComputerSystem",
                VM_CLASS,
                VM_NAME,
                "-p",
                "EnabledState",
                "-p",
                "InstallDate",
                "-p",
                "OperationalStatus",
                "-p",
                "Name",
                "--output",
                "json",
            ],
        ),
        ("cim-enumerate.txt", &["cim", "enumerate", "Msvm_ComputerSystem"]),
        (
            "cim-invoke.txt",
            &[
                "cim",
                "invoke",
                "Msvm_ComputerSystem",
                "-k",
                VM_CLASS,
                "-k",
                VM_NAME,
                "RequestStateChange",
                "RequestedState=3",
                "TimeoutPeriod=PT5M",
                "--dry-run",
            ],
        ),
        ("plan.txt", &["snapshot", "destroy", "web-01", "base/before-upgrade", "--dry-run"]),
        (
            "plan-tree.txt",
            &["snapshot", "destroy", "web-01", "before-upgrade", "--scope", "tree", "--dry-run"],
        ),
        ("plan.json", &["snapshot", "destroy", "web-01", "hotfix", "--dry-run", "--output", "json"]),
        (
            "plan-backup.txt",
            &["snapshot", "destroy", "auto-01", "auto-01 - Backup - (3/9/2026 - 2:00:00 AM)", "--dry-run"],
        ),
    ] {
        let ran = bench.run(arguments).await;
        ran.shows(0, &[]);
        let text = ran.stdout.replace(bench.sim.endpoint(), "http://127.0.0.1:5985/wsman");
        golden(name, &if name == "snapshot-list.txt" { ageless(&text) } else { text });
    }
}

#[tokio::test]
async fn the_help_is_printed_as_recorded() {
    let bench = Bench::new().await;
    for (name, arguments) in [
        ("help.txt", words(&["--help"])),
        ("help-destroy.txt", &["snapshot", "destroy", "-h"]),
        ("help-cim-invoke.txt", &["cim", "invoke", "--help"]),
        ("help-resume.txt", &["resume", "-h"]),
        ("help-sim-serve.txt", &["sim", "serve", "-h"]),
    ] {
        let ran = Ran::of(bench.bare(arguments)).await;
        ran.shows(0, &[]);
        golden(name, &ran.stdout);
    }
}

#[tokio::test]
async fn refusals_are_printed_as_recorded() {
    let bench = Bench::new().await;
    for (name, arguments, code) in [
        ("error-ambiguous.txt", words(&["snapshot", "show", "twins-01", "nightly"]), 3),
        ("error-ambiguous.json", &["snapshot", "show", "twins-01", "nightly", "--output", "json"], 3),
    ] {
        let ran = bench.run(arguments).await;
        ran.shows(code, &[]);
        let printed = format!("{}---- stderr\n{}", ran.stdout, ran.stderr);
        golden(name, &printed.replace(bench.sim.endpoint(), "http://127.0.0.1:5985/wsman"));
    }
}
