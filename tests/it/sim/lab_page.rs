//! The page on lab files, `docs/lab-files.md`, names every key and every word that a lab may have.

use hvsnap::sim::{FaultRule, Simulator};

const PAGE: &str = include_str!("../../../docs/lab-files.md");
const HEAD: &str = "schema = \"hvsnap-lab/1\"\n";
const HOST: &str = "[host]\nname = \"A\"\n";

fn refusal(lab: &str) -> String {
    Simulator::from_lab_text(lab).map(drop).expect_err(lab).to_string()
}

/// The names between backticks in what the reader expects in place of an unknown key or word.
fn expected(error: &str) -> Vec<String> {
    let (_, list) = error.split_once("expected ").expect(error);
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn assert_is_named(names: &[String]) {
    for name in names {
        let forms = [
            format!("`{name}`"),
            format!("\"{name}\""),
            format!("[{name}]"),
            format!(".{name}]"),
            format!(".{name}."),
        ];
        assert!(forms.iter().any(|form| PAGE.contains(form)), "the page does not name {name}");
    }
}

#[test]
fn every_key_of_a_lab_is_on_the_page() {
    let vm = format!("{HOST}[[vm]]\nname = \"v\"\n");
    let snapshot = format!("{vm}[[vm.snapshot]]\nname = \"s\"\n");
    let tables = [
        (String::from("zzz = 1\n"), 10),
        (format!("{HOST}zzz = 1\n"), 7),
        (format!("{HOST}[cluster]\nzzz = 1\n"), 1),
        (format!("{HOST}[[node]]\nzzz = 1\n"), 2),
        (format!("{HOST}[service]\nzzz = 1\n"), 5),
        (format!("{HOST}[timing]\nzzz = 1\n"), 11),
        (format!("{HOST}[[user]]\nzzz = 1\n"), 4),
        (format!("{HOST}[[volume]]\nzzz = 1\n"), 3),
        (format!("{vm}zzz = 1\n"), 23),
        (format!("{snapshot}zzz = 1\n"), 12),
        (format!("{snapshot}[vm.snapshot.destroy]\nzzz = 1\n"), 15),
    ];
    for (table, least) in tables {
        let names = expected(&refusal(&format!("{HEAD}{table}")));
        assert!(names.len() >= least, "{} of {least}: {table}", names.len());
        assert_is_named(&names);
    }
}

#[test]
fn every_word_that_a_key_may_have_is_on_the_page() {
    let user = "[[user]]\nname = \"u\"\npassword = \"p\"\n";
    let vm = "[[vm]]\nname = \"v\"\n";
    let snapshot = "[[vm.snapshot]]\nname = \"s\"\n";
    let values = [
        format!("{user}rights = \"zzz\"\n"),
        "[service]\nauth = [\"zzz\"]\n".to_owned(),
        "[service]\ncbt = \"zzz\"\n".to_owned(),
        format!("{vm}state = \"zzz\"\n"),
        format!("{vm}checkpoints = \"zzz\"\n"),
        format!("{vm}guest = \"zzz\"\n"),
        format!("{vm}[vm.request.zzz]\n"),
        format!("{vm}{snapshot}type = \"zzz\"\n"),
        format!("{vm}{snapshot}[vm.snapshot.destroy]\njob = \"zzz\"\n"),
        format!("{vm}{snapshot}[vm.snapshot.destroy]\nmerge = \"zzz\"\n"),
    ];
    for value in values {
        let words = expected(&refusal(&format!("{HEAD}{HOST}{value}")));
        assert!(words.len() >= 3, "{value}");
        assert_is_named(&words);
    }
}

#[test]
fn every_fault_and_its_keys_are_on_the_page() {
    let refused = |rule: &str| rule.parse::<FaultRule>().expect_err(rule).to_string();
    let listed = |error: &str, before: &str| -> Vec<String> {
        let (_, list) = error.split_once(before).expect(before);
        list.split(", ").map(|name| name.trim().to_owned()).collect()
    };
    let kinds = listed(&refused("do=zzz"), "allowed are ");
    assert_eq!(kinds.len(), 25, "{kinds:?}");
    assert_is_named(&kinds);
    for kind in &kinds {
        assert_is_named(&listed(&refused(&format!("do={kind},zzz=1")), "allowed are "));
    }
}

#[test]
fn the_lab_of_the_page_can_be_served() {
    let labs: Vec<&str> = PAGE
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .filter(|text| text.contains("[host]"))
        .collect();
    let faults = PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let faults: Vec<&str> = faults.filter(|text| text.starts_with("[[fault]]")).collect();
    assert_eq!((labs.len(), faults.len()), (1, 1));
    Simulator::from_lab_text(&format!("{}\n{}", labs[0], faults[0])).unwrap();
}
