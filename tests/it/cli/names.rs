//! Unknown and ambiguous names, and hosts without results: the message and the exit code.

use serde_json::Value;

use crate::cli::{Bench, Ran};

const HOST: &str = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n[service]\nallow_unencrypted = true\n\
    auth = [\"negotiate\", \"basic\"]\n\
    [[user]]\nname = 'LAB\\operator'\npassword = \"correct-horse\"\nrights = \"administrator\"\n\
    [[user]]\nname = 'LAB\\filtered'\npassword = \"half-a-token\"\nrights = \"filtered\"\n";

fn names(value: &Value) -> Vec<&str> {
    let candidates = value["error"]["candidates"].as_array().map(Vec::as_slice).unwrap_or_default();
    candidates.iter().map(|one| one["name"].as_str().unwrap()).collect()
}

async fn filtered(bench: &Bench, arguments: &[&str]) -> Ran {
    let mut command = bench.command(arguments);
    command.env("HVSNAP_USER", r"LAB\filtered").env("HVSNAP_PASSWORD", "half-a-token");
    Ran::of(command).await
}

#[tokio::test]
async fn who_sees_not_even_the_host_is_told_of_the_token_and_not_of_an_empty_host() {
    let bench = Bench::text(HOST).await;
    for arguments in [
        &["vm", "list", "--output", "json"][..],
        &["vm", "show", "web-01", "--output", "json"],
        &["snapshot", "tree", "0A1B2C3D-0001-4000-8000-00000000A001", "--output", "json"],
        &["vm", "list", "--namespace", "root/HyperVCluster/v2", "--output", "json"],
    ] {
        let ran = filtered(&bench, arguments).await;
        ran.shows(4, &["filtered token", "Hyper-V Administrators", "nothing was changed"]);
        let error = &ran.json()["error"];
        let told = (error["id"].as_str(), error["kind"].as_str(), error["exit_code"].as_i64());
        assert_eq!(told, (Some("HVS0505"), Some("nothing_seen"), Some(4)), "{arguments:?}: {error:#}");
    }
    // The same host, for a user who can see that it has no VMs.
    let ran = bench.run(&["vm", "list", "--output", "json"]).await;
    ran.shows(0, &["The host has no VMs."]);
    assert_eq!(ran.json()["vms"], Value::Array(Vec::new()));
    bench.run(&["vm", "show", "web-01"]).await.shows(3, &["no VM named \"web-01\"\n", "HVS0501"]);
}

#[tokio::test]
async fn a_name_that_is_not_found_lists_similar_ones_for_one_more_reading() {
    let bench = Bench::new().await;
    let ran = bench.run(&["vm", "show", "web-1", "--output", "json"]).await;
    ran.shows(3, &["no VM named \"web-1\"; did you mean \"web-01\"?", "HVS0501"]);
    assert_eq!(names(&ran.json()), ["web-01"]);
    let enumerations = |bench: &Bench| {
        let journal = bench.sim.journal();
        journal.iter().filter(|entry| format!("{:?}", entry.kind) == "Enumerate").count()
    };
    assert_eq!(enumerations(&bench), 2);
    bench.run(&["vm", "show", "WEB-01"]).await.shows(0, &[]);
    assert_eq!(enumerations(&bench), 3, "a name that is found costs one");

    let ran = bench.run(&["snapshot", "show", "web-01", "bsae/before-upgrade", "--output", "json"]).await;
    ran.shows(3, &["no snapshot named \"bsae/before-upgrade\"; did you mean \"base/before-upgrade\""]);
    assert_eq!(names(&ran.json())[0], "base/before-upgrade");
    let ran = bench.run(&["snapshot", "show", "web-01", "nobody", "--output", "json"]).await;
    ran.shows(3, &["no snapshot named \"nobody\"\n", "hvsnap snapshot tree"]);
    assert_eq!(names(&ran.json()), [""; 0]);
}

#[tokio::test]
async fn of_many_similar_names_ten_are_listed() {
    let vms: String = (0..30).map(|number| format!("[[vm]]\nname = \"web-{number:02}\"\n")).collect();
    let bench = Bench::text(&format!("{HOST}{vms}")).await;
    let ran = bench.run(&["vm", "show", "web-1", "--output", "json"]).await;
    ran.shows(3, &["did you mean \"web-01\", \"web-10\" or \"web-11\"?", "similar:"]);
    assert_eq!(names(&ran.json()).len(), 10);
}

#[tokio::test]
async fn a_name_that_is_the_id_of_another_is_ambiguous() {
    const GUID: &str = "11111111-0000-4000-8000-00000000A001";
    const SNAPSHOT: &str = "22222222-0000-4000-8000-00000000A002";
    let lab = format!(
        "{HOST}[[vm]]\nname = \"web-01\"\nid = \"{GUID}\"\ncurrent = \"base\"\n\
         [[vm.snapshot]]\nname = \"base\"\nid = \"{SNAPSHOT}\"\n[[vm.snapshot]]\nname = \"other\"\n\
         [[vm]]\nname = \"{}\"\n",
        GUID.to_lowercase()
    );
    let bench = Bench::text(&lab).await;
    let ran = bench.destroy(GUID, "base", &["--output", "json"]).await;
    ran.shows(3, &["2 VMs match", "nothing was changed", "HVS0502"]);
    assert_eq!(names(&ran.json()), ["web-01", &GUID.to_lowercase()]);
    bench.run(&["vm", "show", "web-01"]).await.shows(0, &[GUID]);

    bench.sim.rename_snapshot("web-01", "other", SNAPSHOT).unwrap();
    let ran = bench.destroy("web-01", SNAPSHOT, &["--output", "json"]).await;
    ran.shows(3, &["2 snapshots match", "nothing was changed"]);
    assert_eq!(names(&ran.json()), ["base", SNAPSHOT]);
    // Its complete id is not the name of anything.
    let whole = format!("Microsoft:{SNAPSHOT}");
    bench.run(&["snapshot", "show", "web-01", &whole]).await.shows(0, &["base"]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 0);
}
