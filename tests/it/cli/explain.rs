//! `hvsnap explain`: codes in the forms of error messages, and the JSON output.

use crate::cli::{Bench, Ran, golden::golden};

async fn explained(code: &str, more: &[&str]) -> Ran {
    let bench = Bench::new().await;
    Ran::of(bench.bare(&[&["explain", code], more].concat())).await
}

#[tokio::test]
async fn codes_are_explained_as_recorded() {
    for (file, code, more) in [
        ("explain-timed-out.txt", "2150858793", &[][..]),
        ("explain-not-found.txt", "0x80041002", &[]),
        ("explain-several.txt", "32775", &[]),
        ("explain-id.txt", "HVS0412", &[]),
        ("explain-not-found.json", "0x80041002", &["--output", "json"]),
    ] {
        let ran = explained(code, more).await;
        ran.shows(0, &[]);
        golden(file, &ran.stdout);
    }
}

#[tokio::test]
async fn an_unknown_code_is_not_found_and_says_whose_it_could_be() {
    let ran = explained("0xC0370103", &[]).await;
    ran.shows(3, &["error[HVS0112]", "it could be an HRESULT", "hypervisor"]);
    let ran = explained("nonsense", &["--output", "json"]).await;
    ran.shows(3, &[]);
    let error = &ran.json()["error"];
    assert_eq!((error["id"].as_str(), error["kind"].as_str()), (Some("HVS0112"), Some("unknown_code")));
}

#[tokio::test]
async fn a_negative_number_is_no_flag() {
    explained("-2144108503", &[]).await.shows(0, &["ERROR_WSMAN_OPERATION_TIMEDOUT", "0x80338029"]);
}

#[tokio::test]
async fn the_id_in_an_error_leads_to_its_page_and_json_holds_all_parts() {
    let bench = Bench::new().await;
    let ran = bench.run(&["vm", "show", "nobody", "--output", "json"]).await;
    ran.shows(3, &["error[HVS0501]"]);
    let error = ran.json()["error"].clone();
    for key in ["id", "what", "why", "next", "repeat", "effect", "message", "kind"] {
        assert!(error[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {error:#}");
    }
    explained(error["id"].as_str().unwrap(), &[]).await.shows(0, &["NOT_FOUND", "hvsnap vm list"]);
}

#[tokio::test]
async fn after_a_deadline_the_operation_is_resumed() {
    let bench = Bench::new().await;
    let ran = bench.bare_run(&["explain", "HVS0613"]).await;
    ran.shows(0, &["hvsnap resume"]);
    assert!(!ran.stdout.contains("job wait"), "{ran:#?}");
}
