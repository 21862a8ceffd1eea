//! Sizes: `snapshot list --sizes`, and what a destroy merges and frees, in its plan.

use serde_json::Value;

use crate::cli::{Bench, STILL};
use hvsnap::sim::Simulator;

/// A VM whose snapshots and current state have files of known sizes on a small volume, one on a share, and one without snapshots.
const LAB: &str = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[[user]]\nname = 'LAB\\operator'\n\
    password = \"correct-horse\"\n[[volume]]\npath = 'D:\\'\ncapacity_gib = 22\nused_gib = 0\n\
    [[vm]]\nname = \"sized-01\"\nbase_mib = 20480\nwritten_mib = 768\nwrites_mib_per_minute = 0\n\
    disk_folder = 'D:\\Hyper-V'\ndisk_gib = 60\ncurrent = \"upgrade\"\n[[vm.snapshot]]\nname = \"base\"\n\
    [[vm.snapshot]]\nname = \"upgrade\"\nparent = \"base\"\nwritten_mib = 924\n\
    [[vm.snapshot]]\nname = \"leaf\"\nparent = \"upgrade\"\nwritten_mib = 100\n\
    [[vm]]\nname = \"share-01\"\nstate = \"off\"\ndisk_folder = '\\\\files\\vms'\n\
    [[vm.snapshot]]\nname = \"base\"\n[[vm]]\nname = \"bare-01\"\nstate = \"off\"\n";

const MIB: u64 = 1 << 20;

async fn bench() -> Bench {
    Bench::with(Simulator::from_lab_text(LAB).unwrap(), STILL).await
}

async fn json(bench: &Bench, words: &[&str]) -> Value {
    let ran = bench.run(&[words, &["--output", "json"]].concat()).await;
    ran.shows(0, &[]);
    ran.json()
}

fn mib(value: &Value) -> Option<u64> {
    value.as_u64().map(|bytes| bytes / MIB)
}

#[tokio::test]
async fn the_list_shows_what_the_files_take_only_where_that_is_asked_for() {
    let bench = bench().await;
    let ran = bench.run(&["snapshot", "list", "sized-01", "--sizes"]).await;
    ran.shows(0, &["SIZE", "SINCE", "20 GiB", "924 MiB", "868 MiB", "768 MiB", "● now"]);
    let told = json(&bench, &["snapshot", "list", "sized-01", "--sizes"]).await;
    let sizes: Vec<_> = told["sizes"]["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), mib(&one["bytes"]), mib(&one["since_bytes"])))
        .collect();
    let wanted =
        [("base", Some(20480), Some(924)), ("upgrade", Some(924), Some(868)), ("leaf", Some(100), Some(0))];
    assert_eq!(sizes, wanted, "{told:#}");
    assert_eq!(mib(&told["sizes"]["current"]["bytes"]), Some(768));
    let chain = &told["sizes"]["current"]["chains"][0];
    assert_eq!((chain["files"].as_array().unwrap().len(), &chain["whole"]), (3, &true.into()));
    let before = bench.sim.calls("GetVirtualHardDiskState");
    assert!(json(&bench, &["snapshot", "list", "sized-01"]).await.get("sizes").is_none());
    assert_eq!(bench.sim.calls("GetVirtualHardDiskState"), before);
    bench.run(&["snapshot", "list", "bare-01", "--sizes"]).await.shows(0, &["12 GiB", "has no snapshots"]);
}

#[tokio::test]
async fn a_plan_says_what_is_merged_and_freed_and_whether_the_space_is_enough() {
    let bench = bench().await;
    let destroy = ["snapshot", "destroy", "sized-01"];
    // With `leaf` gone, 20480, 924 and 768 MiB take 21.6 of 22 GiB.
    let ran = bench.run(&[&destroy[..], &["leaf", "--dry-run"]].concat()).await;
    ran.shows(0, &["frees", "100 MiB"]);
    assert!(!ran.stdout.contains("free space"), "{}", ran.stdout);
    let ran = bench.run(&[&destroy[..], &["base", "--dry-run"]].concat()).await;
    ran.shows(0, &["merges", "924 MiB", "free space", "256 MiB on D:\\, and merging may need 924 MiB"]);
    let told = json(&bench, &[&destroy[..], &["base", "--dry-run"]].concat()).await;
    let cost = &told["plan"]["cost"];
    assert_eq!((mib(&cost["merged_bytes"]), mib(&cost["freed_bytes"])), (Some(924), Some(0)), "{cost:#}");
    let space = &cost["space"][0];
    assert_eq!(
        (space["volume"].as_str(), mib(&space["free_bytes"]), &space["short"]),
        (Some("D:\\"), Some(256), &true.into())
    );
    // The fingerprint does not depend on it, and `--yes` does not ask for it.
    let fingerprint = told["fingerprint"].as_str().unwrap();
    let kept = json(&bench, &[&destroy[..], &["upgrade", "--dry-run"]].concat()).await;
    assert_eq!(mib(&kept["plan"]["cost"]["merged_bytes"]), Some(0), "two dependents keep its file");
    let read = bench.sim.calls("GetVirtualHardDiskState");
    let approved = [&destroy[..], &["base", "--yes", "--no-wait", "--fingerprint", fingerprint]].concat();
    let done = json(&bench, &approved).await;
    assert!(done["plan"].get("cost").is_none(), "{done:#}");
    assert_eq!(bench.sim.calls("GetVirtualHardDiskState"), read);
}

#[tokio::test]
async fn of_several_destroys_each_and_all_are_told() {
    let bench = bench().await;
    let words = ["snapshot", "destroy", "sized-01", "base", "upgrade", "leaf", "--dry-run"];
    bench.run(&words).await.shows(0, &["frees 100 MiB", "merges 768 MiB", "merges 1.7 GiB", "2.4 GiB"]);
    let told = json(&bench, &words).await;
    let merged = |step: &Value| mib(&step["plan"]["cost"]["merged_bytes"]);
    assert_eq!(
        (merged(&told), merged(&told["then"][0]), merged(&told["then"][1])),
        (Some(0), Some(768), Some(768 + 924)),
        "{told:#}"
    );
    assert_eq!(
        (mib(&told["cost"]["merged_bytes"]), mib(&told["cost"]["freed_bytes"])),
        (Some(2460), Some(100))
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_not_known_with_its_reason_and_stops_nothing() {
    let bench = bench().await;
    bench
        .run(&["snapshot", "destroy", "share-01", "base", "--dry-run"])
        .await
        .shows(0, &["merges", "256 MiB", "free space", "not known", "is on a share"]);
    // One file that the host does not find leaves the others known.
    bench.sim.inject("on=GetVirtualHardDiskState,nth=1,do=fault,code=2150858752".parse().unwrap());
    let ran = bench.run(&["snapshot", "list", "sized-01", "--sizes"]).await;
    ran.shows(0, &["not known", "924 MiB", "warning: D:\\Hyper-V"]);
    bench.sim.clear_faults();
    // Without rights on any file it is asked once.
    bench.sim.inject("on=GetVirtualHardDiskState,do=fault,code=5".parse().unwrap());
    bench.sim.inject("on=GetVirtualHardDiskSettingData,do=fault,code=5".parse().unwrap());
    let ran = bench.run(&["snapshot", "list", "sized-01", "--sizes", "--output", "json"]).await;
    ran.shows(0, &["warning"]);
    assert_eq!(ran.json()["sizes"]["current"]["bytes"], Value::Null);
    let words = ["snapshot", "destroy", "sized-01", "base"];
    bench.run(&[&words[..], &["--dry-run"]].concat()).await.shows(0, &["merges", "not known"]);
    let told = json(&bench, &[&words[..], &["--dry-run"]].concat()).await;
    assert_eq!(told["plan"]["cost"]["merged_bytes"], Value::Null, "{told:#}");
    assert!(!told["plan"]["cost"]["unknown"].as_array().unwrap().is_empty());
    bench.run(&[&words[..], &["--yes", "--no-wait"]].concat()).await.shows(0, &[]);
}

#[tokio::test]
async fn a_relative_parent_is_in_the_folder_of_its_file() {
    let lab = LAB.replace("name = \"HV01\"", "name = \"HV01\"\nrelative_parents = true");
    let bench = Bench::with(Simulator::from_lab_text(&lab).unwrap(), STILL).await;
    let told = json(&bench, &["snapshot", "list", "sized-01", "--sizes"]).await;
    let chain = &told["sizes"]["current"]["chains"][0];
    assert_eq!((chain["files"].as_array().unwrap().len(), &chain["whole"]), (3, &true.into()), "{chain:#}");
    let folder = chain["files"]
        .as_array()
        .unwrap()
        .iter()
        .all(|file| file["path"].as_str().unwrap().starts_with("D:\\Hyper-V"));
    assert!(folder, "{chain:#}");
    let plan = bench.run(&["snapshot", "destroy", "sized-01", "base", "--dry-run"]).await;
    plan.shows(0, &["merges", "924 MiB"]);
}

#[tokio::test]
async fn volumes_that_cannot_be_read_leave_the_rest_of_the_cost_known() {
    let bench = bench().await;
    bench.sim.inject("class=Win32_Volume,do=fault,code=5".parse().unwrap());
    let ran = bench.run(&["snapshot", "destroy", "sized-01", "base", "--dry-run"]).await;
    ran.shows(0, &["merges", "924 MiB", "free space", "not known"]);
}
