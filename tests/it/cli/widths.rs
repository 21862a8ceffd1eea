//! Lists on terminals of 40, 80 and 200 columns, in a pipe and with --wide, with names of all kinds. `HVSNAP_BLESS=1` rewrites the
//! golden files.

use std::fmt::Write as _;

use crate::cli::{
    Bench, Ran,
    golden::{ageless, golden},
    words,
};

const LAB: &str = r#"schema = "hvsnap-lab/1"
[host]
name = "HV01"

[[user]]
name = 'LAB\operator'
password = "correct-horse"

[[vm]]
name = "web-01"
id = "0A1B2C3D-0001-4000-8000-00000000A001"
state = "running"
current = "base/vor dem Umzug/检查点：升级之前"

[[vm.snapshot]]
name = "base"
id = "0A1B2C3D-0001-4000-8000-00000000B001"
created = 2026-01-06T09:00:00Z

[[vm.snapshot]]
name = "vor dem Umzug"
parent = "base"
id = "0A1B2C3D-0001-4000-8000-00000000B002"
created = 2026-01-07T09:00:00Z

[[vm.snapshot]]
name = "检查点：升级之前"
parent = "base/vor dem Umzug"
id = "0A1B2C3D-0001-4000-8000-00000000B003"
created = 2026-01-08T09:00:00Z

[[vm.snapshot]]
name = "web-01 - nightly backup of the whole production environment before the second attempt at the upgrade"
parent = "base/vor dem Umzug"
id = "0A1B2C3D-0001-4000-8000-00000000B004"
type = "recovery"
created = 2026-01-09T09:00:00Z

[[vm]]
name = "东京数据库服务器（生产环境）"
id = "0A1B2C3D-0002-4000-8000-00000000A002"

[[vm.snapshot]]
name = "nur eine"
id = "0A1B2C3D-0002-4000-8000-00000000B005"
created = 2026-01-06T09:00:00Z

[[vm]]
name = "cafe\u0301-build-and-integration-test-runner-for-the-payment-services-of-the-northern-region-01"
id = "0A1B2C3D-0003-4000-8000-00000000A003"
merging = false

[[vm]]
name = "db"
id = "0A1B2C3D-0004-4000-8000-00000000A004"
"#;

/// The output without what differs between two runs, at its width.
fn steady(text: &str) -> String {
    // The port, also of an address that is shortened.
    let ports = text.split("/wsman").map(|part| {
        let kept = part.trim_end_matches(|c: char| c.is_ascii_digit());
        format!("{kept}{}", "9".repeat(part.len() - kept.len()))
    });
    let text = ports.collect::<Vec<_>>().join("/wsman");
    let is_date = |text: &str| {
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
        shape == "9999-99-99 99:99" && !text.starts_with("2026-01")
    };
    let is_id = |text: &str| {
        let parts = text.split('-').map(str::len).collect::<Vec<_>>();
        parts == [8, 4, 4, 4, 12]
            && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
            && !text.starts_with("0A1B2C3D-000")
    };
    let mut steady = String::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let replaced = [(16, "2026-03-09 07:45"), (36, "01234567-89ab-4cde-8f01-23456789abcd")];
        let found = replaced
            .into_iter()
            .find(|(length, _)| rest.get(..*length).is_some_and(|part| is_date(part) || is_id(part)));
        let length = found.map_or(c.len_utf8(), |(length, _)| length);
        steady.push_str(found.map_or(rest.get(..length).unwrap(), |(_, text)| text));
        rest = rest.get(length..).unwrap();
    }
    steady
}

#[tokio::test]
async fn lists_fit_the_terminal_and_are_whole_where_there_is_none() {
    let bench = Bench::text_still(LAB).await;
    let destroy = ["snapshot", "destroy", "web-01", "base", "--yes", "--no-wait"];
    bench.run(&destroy).await.shows(0, &[]);
    let nothing = ["snapshot", "destroy", "东京数据库服务器（生产环境）", "nur eine", "--yes", "--no-wait"];
    bench.run(&nothing).await.shows(0, &[]);
    for (name, arguments) in [
        ("vm-list", words(&["vm", "list"])),
        ("snapshot-list", &["snapshot", "list", "web-01"]),
        ("snapshot-tree", &["snapshot", "tree", "web-01"]),
        ("job-list", &["job", "list"]),
        ("merge-list", &["merge", "list"]),
        ("journal-list", &["journal", "list"]),
    ] {
        let mut printed = String::new();
        for (columns, more) in
            [(Some(40), None), (Some(80), None), (Some(200), None), (None, None), (Some(80), Some("--wide"))]
        {
            let mut command =
                if name == "journal-list" { bench.bare(arguments) } else { bench.command(arguments) };
            command.args(more);
            if let Some(columns) = columns {
                command.env("COLUMNS", columns.to_string());
            }
            let ran = Ran::of(command).await;
            ran.shows(0, &[]);
            let columns =
                columns.map_or("no terminal".to_owned(), |columns: u8| format!("{columns} columns"));
            let text = ageless(&steady(&ran.stdout));
            writeln!(printed, "---- {columns} {}\n{text}", more.unwrap_or_default()).unwrap();
        }
        golden(&format!("widths-{name}.txt"), &printed);
    }
}
