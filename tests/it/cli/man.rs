//! `man`: a manual page for each command.

use std::{fs, path::Path};

use crate::cli::{Bench, words};

/// The page without the escapes of hyphens.
fn page(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap().replace("\\-", "-")
}

#[tokio::test]
async fn each_command_has_a_page_with_its_options_and_examples() {
    let bench = Bench::new().await;
    let folder = bench.home().join("share/man/man1");
    let arguments = ["man", folder.to_str().unwrap()];
    let ran = bench.bare_run(&arguments).await;
    ran.shows(0, &["hvsnap-snapshot-destroy.1", "hvsnap-cim-invoke.1"]);
    assert!(ran.stdout.lines().all(|file| Path::new(file).is_file()), "{ran:#?}");
    let program = page(&folder, "hvsnap.1");
    for text in [
        ".TH \"HVSNAP\" 1",
        ".SH CONNECTION\n",
        "Authorities (PEM) to trust",
        ".SH \"EXIT CODES\"\n.TP\n\\fB0\\fR\ndone\n.TP\n\\fB1\\fR\n",
        ".nf\nhvsnap demo\nhvsnap vm list ",
        "\nhvsnap-snapshot(1)\n",
    ] {
        assert!(program.contains(text), "no {text:?} in {program}");
    }
    assert!(!program.contains("--clock-speed"), "hidden options stay hidden");
    let destroy = page(&folder, "hvsnap-snapshot-destroy.1");
    for text in [
        "hvsnap-snapshot-destroy - Destroy snapshots",
        "\\fBhvsnap snapshot destroy\\fR [OPTIONS] <VM> <SNAPSHOT>...",
        "Also called delete.",
        ".SH EXAMPLES\n",
        "\nhvsnap snapshot destroy web-01 base --scope tree --yes --timeout 30m\n",
        "\\fBhvsnap-snapshot-create\\fR(1)",
    ] {
        assert!(destroy.contains(text), "no {text:?} in {destroy}");
    }
    assert!(!destroy.contains("--ca-file"), "options of all commands are on the page of the program");
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let page = page(&folder, &name);
        assert!(page.contains(".SH NAME\n") && page.contains(".SH SYNOPSIS\n"), "{name}: {page}");
        assert_eq!(page.matches(".nf\n").count(), page.matches(".fi\n").count(), "{name}");
    }
}

#[tokio::test]
async fn earlier_pages_are_replaced_and_other_files_are_not() {
    let bench = Bench::new().await;
    let folder = bench.home().join("man1");
    let arguments = ["man", folder.to_str().unwrap(), "--output", "json"];
    let first = bench.bare_run(&arguments).await.json();
    assert!(first["files"].as_array().unwrap().len() > 40, "{first:#}");
    let text = fs::read(folder.join("hvsnap.1")).unwrap();
    let earlier = [&text[..], b"earlier"].concat();
    fs::write(folder.join("hvsnap.1"), earlier).unwrap();
    bench.bare_run(&arguments).await.shows(0, &[]);
    assert_eq!(fs::read(folder.join("hvsnap.1")).unwrap(), text, "replaced, and the same each time");
    fs::write(folder.join("hvsnap-job.1"), "mine").unwrap();
    fs::remove_file(folder.join("hvsnap.1")).unwrap();
    bench.bare_run(&arguments).await.shows(2, &["hvsnap-job.1 is no manual page that hvsnap has written"]);
    assert_eq!(fs::read_to_string(folder.join("hvsnap-job.1")).unwrap(), "mine");
    assert!(!folder.join("hvsnap.1").exists(), "nothing is written");
    let file = bench.file("file", "");
    bench.bare_run(words(&["man", &file])).await.shows(1, &["cannot be written"]);
}
