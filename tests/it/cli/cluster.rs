//! The command with a failover cluster: VMs on their nodes, contradictory settings, moves, and failovers.

use hvsnap::sim::RunningSimulator;
use tokio::process::Command;

use crate::cli::{Bench, Ran};

const LAB: &str = "cluster.toml";

/// `--cluster`, and the address of each node: in a test names have none.
pub(crate) fn settings(sim: &RunningSimulator) -> Vec<String> {
    let nodes =
        sim.nodes().into_iter().flat_map(|(node, url)| ["--node".to_owned(), format!("{node}={url}")]);
    ["--cluster".to_owned()].into_iter().chain(nodes).collect()
}

fn command(bench: &Bench, arguments: &[&str]) -> Command {
    let mut command = bench.command(arguments);
    command.args(settings(&bench.sim));
    command
}

async fn run(bench: &Bench, arguments: &[&str]) -> Ran {
    Ran::of(command(bench, arguments)).await
}

pub(super) fn called_on(sim: &RunningSimulator, method: &str) -> Vec<String> {
    let calls = sim.journal().into_iter().filter(|entry| entry.method.as_deref() == Some(method));
    calls.map(|entry| entry.node).collect()
}

#[tokio::test]
async fn the_vms_of_all_nodes_are_listed_with_their_node() {
    let bench = Bench::of(LAB).await;
    let ran = run(&bench, &["vm", "list"]).await;
    ran.shows(0, &["NODE", "HV01", "HV02", "HV03"]);
    assert_eq!(ran.stdout.lines().count(), 5, "{ran:#?}");
    let json = run(&bench, &["vm", "list", "--output", "json"]).await.json();
    let nodes: Vec<_> = json["vms"].as_array().unwrap().iter().map(|vm| (&vm["name"], &vm["node"])).collect();
    let wanted = [("app-01", "HV03"), ("db-01", "HV02"), ("db-02", "HV02"), ("web-01", "HV01")];
    assert_eq!(
        nodes,
        wanted
            .map(|(vm, node)| (vm.into(), node.into()))
            .iter()
            .map(|(a, b)| (a, b))
            .collect::<Vec<(&serde_json::Value, &serde_json::Value)>>()
    );
    // A host by itself has no column for it.
    let alone = bench.run(&["vm", "list", "--output", "json"]).await.json();
    assert!(alone["vms"][0].get("node").is_none(), "{alone:#}");
}

#[tokio::test]
async fn every_command_on_a_vm_works_on_its_node_and_names_it() {
    let bench = Bench::of(LAB).await;
    for (arguments, said) in [
        (&["vm", "show", "db-01"][..], "HV02"),
        (&["vm", "checkpoints", "db-01"], "production"),
        (&["snapshot", "list", "app-01"], "patched"),
        (&["snapshot", "tree", "app-01"], "patched"),
        (&["snapshot", "show", "app-01", "patched"], "patched"),
        (&["snapshot", "notes", "app-01", "patched"], ""),
    ] {
        run(&bench, arguments).await.shows(0, &[said]);
        let json = run(&bench, &[arguments, &["--output", "json"]].concat()).await.json();
        let node = if arguments.contains(&"db-01") { "HV02" } else { "HV03" };
        assert_eq!(json["node"], node, "{json:#}");
        assert_eq!(json["endpoint"], bench.sim.endpoint());
    }
    run(&bench, &["snapshot", "create", "db-02", "--name", "new", "--yes"])
        .await
        .shows(0, &["on the node HV02", "Took"]);
    run(&bench, &["snapshot", "rename", "db-02", "new", "newer", "--yes"]).await.shows(0, &["HV02"]);
    run(&bench, &["snapshot", "apply", "db-02", "base", "--yes"]).await.shows(0, &["HV02"]);
    run(&bench, &["vm", "start", "db-02", "--yes"]).await.shows(0, &["HV02"]);
    run(&bench, &["vm", "save", "db-02", "--yes"]).await.shows(0, &["HV02"]);
    let ran = run(&bench, &["snapshot", "destroy", "db-01", "nightly", "--yes", "--output", "json"]).await;
    ran.shows(0, &["on the node HV02 of the cluster"]);
    let json = ran.json();
    assert_eq!((&json["node"], &json["outcome"]["node"]), (&"HV02".into(), &"HV02".into()), "{json:#}");
    for method in ["CreateSnapshot", "ApplySnapshot", "DestroySnapshot"] {
        assert_eq!(called_on(&bench.sim, method), ["HV02"], "{method}");
    }
    let listed = bench.bare_run(&["journal", "list", "--output", "json"]).await.json();
    assert_eq!(listed["operations"][0]["node"], "HV02");
    let dry = run(&bench, &["snapshot", "destroy", "app-01", "patched", "--dry-run", "--output", "json"])
        .await
        .json();
    assert_eq!(dry["node"], "HV03");
    let failed = run(&bench, &["snapshot", "show", "app-01", "nothing", "--output", "json"]).await;
    failed.shows(3, &[]);
    assert_eq!(failed.json()["node"], "HV03");
}

#[tokio::test]
async fn a_profile_and_the_environment_name_a_cluster_too() {
    let bench = Bench::of(LAB).await;
    let nodes: Vec<_> = bench.sim.nodes().into_iter().map(|(node, url)| format!("{node}={url}")).collect();
    let list = nodes.iter().map(|node| format!("'{node}'")).collect::<Vec<_>>().join(", ");
    let profile =
        format!("[profiles.clu]\nendpoint = '{}'\ncluster = true\nnode = [{list}]\n", bench.sim.endpoint());
    bench.file("config/hvsnap/config.toml", &profile);
    let mut by_profile = bench.bare(&["vm", "show", "db-01", "--profile", "clu"]);
    by_profile.env("HVSNAP_USER", r"LAB\operator").env("HVSNAP_PASSWORD", crate::cli::PASSWORD);
    Ran::of(by_profile).await.shows(0, &["HV02"]);
    let mut by_environment = bench.command(&["vm", "show", "app-01"]);
    by_environment.env("HVSNAP_CLUSTER", "1").env("HVSNAP_NODE", nodes.join(","));
    Ran::of(by_environment).await.shows(0, &["HV03"]);
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused() {
    let bench = Bench::of(LAB).await;
    for (arguments, said) in [
        (&["vm", "list", "--node", "HV02=http://hv02"][..], "it goes with --cluster"),
        (&["vm", "list", "--cluster", "--node", "HV02"], "NAME=URL"),
        (
            &["vm", "list", "--through-cluster", "--namespace", "virtualization"],
            "--through-cluster works in root/HyperVCluster/v2",
        ),
        (
            &["vm", "list", "--cluster", "--namespace", "cluster"],
            "--through-cluster works in the namespace of the cluster",
        ),
        (&["vm", "show", "web-01", "--cluster", "--namespace", "root/cimv2"], "--namespace names root/cimv2"),
    ] {
        let ran = bench.run(arguments).await;
        ran.shows(2, &[said]);
    }
    assert_eq!(bench.sim.requests(), 0);
    // Any class by hand is asked for in any namespace, wherever the profile says that VMs are.
    run(&bench, &["cim", "enumerate", "MSCluster_Node", "--namespace", "root/MSCluster"])
        .await
        .shows(0, &["HV03"]);
}

#[tokio::test]
async fn through_the_cluster_the_method_is_called_in_its_namespace() {
    let bench = Bench::of(LAB).await;
    // Disks cannot be read there, so the end of a merge may be missed.
    let through = ["--cluster", "--through-cluster", "--wait", "job"];
    bench.destroy("db-01", "nightly", &through).await.shows(0, &["Destroyed"]);
    let call = bench
        .sim
        .journal()
        .into_iter()
        .find(|entry| entry.method.as_deref() == Some("DestroySnapshot"))
        .unwrap();
    assert!(call.resource.to_lowercase().contains("root/hypervcluster/v2"), "{}", call.resource);
    assert_eq!(call.node, "HV01", "the node that the name of the cluster leads to");
    // What is open there is resumed there, without another flag.
    bench.destroy("app-01", "patched", &["--through-cluster", "--no-wait"]).await.shows(0, &[]);
    bench.run(&["resume", "--cluster", "--wait", "job"]).await.shows(0, &["done"]);
}

#[tokio::test]
async fn a_vm_that_moves_while_a_command_waits_is_followed_and_the_command_says_so() {
    let bench = Bench::of(LAB).await;
    bench.sim.inject("on=get,class=Msvm_ConcreteJob,nth=1,do=moves,node=HV03".parse().unwrap());
    let ran = run(&bench, &["snapshot", "destroy", "db-01", "nightly", "--yes", "--output", "json"]).await;
    ran.shows(0, &["on the node HV02 of the cluster", "the VM has moved to HV03"]);
    let json = ran.json();
    assert_eq!(
        (&json["outcome"]["status"], &json["outcome"]["node"]),
        (&"done".into(), &"HV03".into()),
        "{json:#}"
    );
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
}

#[tokio::test]
async fn an_operation_is_resumed_after_a_failover_by_the_printed_command() {
    let bench = Bench::of(LAB).await;
    bench.sim.inject("on=DestroySnapshot,nth=1,do=job-stuck".parse().unwrap());
    let ran =
        run(&bench, &["snapshot", "destroy", "db-01", "nightly", "--yes", "--no-wait", "--output", "json"])
            .await;
    ran.shows(0, &[]);
    let json = ran.json();
    let (id, resume) =
        (json["operation"]["id"].as_str().unwrap(), json["operation"]["resume"].as_str().unwrap());
    assert!(resume.contains(" --cluster --node HV01="), "{resume}");
    bench.sim.fail_node("HV02").await.unwrap();
    let words: Vec<&str> = resume.split_whitespace().skip(1).collect();
    let resumed = bench.run(&words).await;
    // The job of the node ended with it, without an effect.
    resumed.shows(1, &["not done", "HV03", id]);
    assert_eq!(bench.sim.calls("DestroySnapshot"), 1);
    // Nothing is in the way of another one, on the new node.
    run(&bench, &["snapshot", "destroy", "db-01", "nightly", "--yes"]).await.shows(0, &["HV03"]);
}

#[tokio::test]
async fn an_owner_that_cannot_be_reached_leaves_an_operation_not_known() {
    let bench = Bench::of(LAB).await;
    run(&bench, &["snapshot", "destroy", "db-01", "nightly", "--yes", "--no-wait"]).await.shows(0, &[]);
    bench.sim.move_vm("db-01", "HV03").unwrap();
    // The address of HV03 is not the right one.
    let nowhere = ["--cluster", "--node", "HV03=http://127.0.0.1:9", "--timeout", "1m"];
    let ran = bench.run(&[&["resume"], &nowhere[..]].concat()).await;
    ran.shows(5, &["on the node HV03", "the host cannot be read"]);
    // Before anything is begun, it is a node that is not reached.
    let ran = bench.run(&[&["snapshot", "tree", "db-01"], &nowhere[..3]].concat()).await;
    ran.shows(7, &["on the node HV03", "127.0.0.1:9", "--node NAME=URL"]);
    // Nor is a name guessed that has no address here.
    let ran = bench.run(&["snapshot", "tree", "db-01", "--cluster"]).await;
    ran.shows(7, &["HV03", "--node NAME=URL"]);
    run(&bench, &["resume"]).await.shows(0, &["done", "HV03"]);
}

#[tokio::test]
async fn a_job_is_found_on_whichever_node_has_it() {
    let bench = Bench::of(LAB).await;
    let ran =
        run(&bench, &["snapshot", "destroy", "app-01", "patched", "--yes", "--no-wait", "--output", "json"])
            .await;
    let job = ran.json()["job"]["id"].as_str().unwrap().to_owned();
    let json = run(&bench, &["job", "wait", &job, "--output", "json"]).await.json();
    assert_eq!((&json["node"], &json["job"]["succeeded"]), (&"HV03".into(), &true.into()), "{json:#}");
    run(&bench, &["job", "show", "5F0C2A7E-0000-4000-8000-00000000FFFF"]).await.shows(3, &["on all nodes"]);
}

#[tokio::test]
async fn the_doctor_asks_each_node_whether_it_answers() {
    let bench = Bench::of(LAB).await;
    let ran = run(&bench, &["doctor", "--output", "json"]).await;
    ran.shows(0, &[]);
    let nodes = ran.json()["nodes"].clone();
    let answering = nodes.as_array().unwrap().iter().filter(|node| node["answers"] == true).count();
    assert_eq!(answering, 3, "{nodes:#}");
    bench.sim.fail_node("HV02").await.unwrap();
    let ran = run(&bench, &["doctor"]).await;
    ran.shows(7, &["node HV02", "Not ready: the node HV02 does not answer", "node HV03"]);
    // A host by itself has no nodes.
    assert!(bench.run(&["doctor", "--output", "json"]).await.json().get("nodes").is_none());
}

#[tokio::test]
async fn jobs_and_merges_of_all_nodes_are_listed_and_a_node_that_is_down_is_told() {
    let bench = Bench::of(LAB).await;
    run(&bench, &["snapshot", "destroy", "db-01", "nightly", "--yes"]).await.shows(0, &[]);
    run(&bench, &["snapshot", "destroy", "app-01", "patched", "--yes"]).await.shows(0, &[]);
    let listed = async |more: &[&str]| {
        let json = run(&bench, &[&["job", "list", "--output", "json"], more].concat()).await.json();
        let jobs = json["jobs"].as_array().unwrap().clone();
        jobs.iter().map(|job| job["vm"]["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let all = listed(&[]).await;
    assert!(all.contains(&"db-01".to_owned()) && all.contains(&"app-01".to_owned()), "{all:?}");
    let of_one = listed(&["--vm", "db-01"]).await;
    assert!(!of_one.is_empty() && of_one.iter().all(|vm| vm == "db-01"), "{of_one:?}");
    let merges = run(&bench, &["merge", "list", "--output", "json"]).await.json();
    assert_eq!(merges["vms"].as_array().unwrap().len(), 4, "{merges:#}");
    run(&bench, &["merge", "show", "app-01", "--output", "json"]).await.shows(0, &["\"node\": \"HV03\""]);
    bench.sim.fail_node("HV03").await.unwrap();
    let ran = run(&bench, &["merge", "list", "--output", "json"]).await;
    ran.shows(0, &["left out, the node HV03"]);
    ran.json();
}
