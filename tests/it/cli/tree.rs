//! `snapshot tree` in its formats.

use crate::cli::{Bench, Ran, golden::golden, words};

/// The SVG is recorded beside the command, where time can be fixed.
#[tokio::test]
async fn the_drawings_without_ages_are_printed_as_recorded() {
    let bench = Bench::still().await;
    for (name, arguments) in [
        ("snapshot-tree-sizes.txt", words(&["snapshot", "tree", "web-01", "--sizes"])),
        ("snapshot-tree.mmd", &["snapshot", "tree", "web-01", "--format", "mermaid"]),
        ("snapshot-tree.dot", &["snapshot", "tree", "web-01", "--format", "dot"]),
    ] {
        let ran = bench.run(arguments).await;
        ran.shows(0, &[]);
        golden(name, &ran.stdout);
    }
}

#[tokio::test]
async fn an_image_is_one_document_on_stdout_also_of_a_vm_without_snapshots() {
    let bench = Bench::still().await;
    let ran = bench.run(&["snapshot", "tree", "web-01", "--format", "svg"]).await;
    ran.shows(0, &[">before-upgrade</text>", "months ago", ">Now</text>", "prefers-color-scheme:dark"]);
    assert_eq!((ran.stderr.as_str(), ran.stdout.matches("<svg ").count()), ("", 1));
    assert!(ran.stdout.starts_with("<svg ") && ran.stdout.ends_with("</svg>\n"), "{}", ran.stdout);
    let ran = bench.run(&["snapshot", "tree", "bare-01", "--format", "svg", "--sizes"]).await;
    ran.shows(0, &["0 snapshots", "based on no snapshot", "12 GiB written"]);
}

#[tokio::test]
async fn json_is_the_same_whichever_option_asks_for_it() {
    let bench = Bench::still().await;
    let one = bench.run(&["snapshot", "tree", "web-01", "--format", "json"]).await;
    let other = bench.run(&["snapshot", "tree", "web-01", "--output", "json"]).await;
    one.json();
    assert_eq!(one.stdout, other.stdout);
    let both = bench.run(&["snapshot", "tree", "web-01", "--output", "json", "--format", "json"]).await;
    assert_eq!(both.stdout, other.stdout);
    let sizes = bench.run(&["snapshot", "tree", "web-01", "--format", "json", "--sizes"]).await.json();
    assert!(sizes["sizes"]["snapshots"].is_array(), "{sizes:#}");
    // Failures too.
    let ran = bench.run(&["snapshot", "tree", "web-1", "--format", "json"]).await;
    ran.shows(3, &["did you mean"]);
    assert_eq!(ran.json()["error"]["exit_code"], 3);
}

#[tokio::test]
async fn two_formats_for_one_stdout_are_refused_before_anything_is_sent() {
    let bench = Bench::still().await;
    for (format, output) in [("svg", "json"), ("text", "json"), ("json", "text")] {
        let ran = bench.run(&["snapshot", "tree", "web-01", "--format", format, "--output", output]).await;
        ran.shows(2, &[&format!("--format {format} and --output name different formats of stdout")]);
        assert_eq!(ran.stdout.is_empty(), output == "text", "{ran:#?}");
    }
    assert_eq!(bench.sim.journal().len(), 0);
    // The environment counts after both options.
    let mut command = bench.command(&["snapshot", "tree", "web-01", "--format", "svg"]);
    command.env("HVSNAP_OUTPUT", "json");
    let ran = Ran::of(command).await;
    ran.shows(0, &[]);
    assert!(ran.stdout.starts_with("<svg "), "{}", ran.stdout);
}

#[tokio::test]
async fn a_size_that_cannot_be_read_is_said_to_be_unknown_in_every_format() {
    let bench = Bench::still().await;
    bench.sim.inject("on=GetVirtualHardDiskState,do=fault,code=5".parse().unwrap());
    bench.sim.inject("on=GetVirtualHardDiskSettingData,do=fault,code=5".parse().unwrap());
    for format in ["text", "mermaid", "dot", "svg"] {
        let ran = bench.run(&["snapshot", "tree", "web-01", "--sizes", "--format", format]).await;
        ran.shows(0, &["not known", "warning: "]);
        assert!(!ran.stdout.contains("warning"), "{}", ran.stdout);
    }
}
