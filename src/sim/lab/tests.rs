//! Tests of the errors of lab files.

use super::*;

const HEAD: &str = "schema = \"hvsnap-lab/1\"\n[host]\nname = \"HV01\"\n";

fn refused(rest: &str) -> (Option<usize>, String) {
    let error = Lab::parse(&format!("{HEAD}{rest}")).unwrap_err();
    (error.line(), error.to_string())
}

#[test]
fn the_least_lab_is_a_host_without_vms() {
    let lab = Lab::parse(HEAD).unwrap();
    assert_eq!((lab.host.name.as_str(), lab.host.build, lab.vms.len()), ("HV01", 17763, 0));
    assert_eq!(lab.timing.retention, Duration::from_secs(300));
}

#[test]
fn a_parent_is_found_by_name_by_path_and_by_id() {
    let lab = Lab::parse(&format!(
        "{HEAD}[[vm]]\nname = \"web\"\ncurrent = \"base/b/leaf\"\n\
         [[vm.snapshot]]\nname = \"base\"\nid = \"6b0d1c4a-bced-4cae-981b-8dda57181c9f\"\n\
         [[vm.snapshot]]\nname = \"a\"\nparent = \"6B0D1C4A-BCED-4CAE-981B-8DDA57181C9F\"\n\
         [[vm.snapshot]]\nname = \"leaf\"\nparent = \"base/a\"\n\
         [[vm.snapshot]]\nname = \"leaf\"\nparent = \"base/b\"\n\
         [[vm.snapshot]]\nname = \"b\"\nparent = \"base\"\n"
    ))
    .unwrap();
    let parents: Vec<_> = lab.vms[0].snapshots.iter().map(|snapshot| snapshot.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(1), Some(4), Some(0)]);
    assert_eq!(lab.vms[0].current, Some(3));
}

#[test]
fn an_only_leaf_is_current_and_several_leaves_must_be_told_apart() {
    let lab = Lab::parse(&format!(
        "{HEAD}[[vm]]\nname = \"w\"\n[[vm.snapshot]]\nname = \"a\"\n[[vm.snapshot]]\nname = \"b\"\nparent = \"a\"\n"
    ))
    .unwrap();
    assert_eq!(lab.vms[0].current, Some(1));
    let (line, text) =
        refused("[[vm]]\nname = \"w\"\n[[vm.snapshot]]\nname = \"a\"\n[[vm.snapshot]]\nname = \"b\"\n");
    assert_eq!(line, Some(5));
    assert!(text.contains("vm \"w\": current: there are several branches"), "{text}");
}

#[test]
fn an_unknown_field_is_refused_with_its_line() {
    let (line, text) = refused("speed = 3\n");
    assert_eq!(line, Some(4));
    assert!(text.contains("speed"), "{text}");
}

#[test]
fn a_password_of_a_wrong_type_is_refused_without_being_shown() {
    for (value, word) in [("12345678", "12345678"), ("[\"hunter2\"]", "hunter2"), ("2026-01-05", "2026")] {
        let (line, text) = refused(&format!("[[user]]\nname = \"u\"\npassword = {value}\n"));
        assert_eq!((line, text.as_str()), (Some(6), "line 6: user \"u\": password: not a text in quotes"));
        assert!(!text.contains(word));
    }
}

#[test]
fn text_that_is_no_toml_is_refused_with_its_line() {
    let (line, _) = refused("[[vm]\n");
    assert_eq!(line, Some(4));
}

#[test]
fn another_schema_is_refused() {
    let error = Lab::parse("schema = \"hvsnap-lab/9\"\n[host]\nname = \"A\"\n").unwrap_err();
    assert_eq!(error.to_string(), "line 1: schema: only \"hvsnap-lab/1\" is understood");
}

#[test]
fn an_id_must_be_a_guid_and_be_used_once() {
    let (line, text) = refused("[[vm]]\nname = \"a\"\nid = \"1234\"\n");
    assert_eq!((line, text.as_str()), (Some(6), "line 6: vm \"a\": id: \"1234\" is no GUID"));
    let id = "id = \"6B0D1C4A-BCED-4CAE-981B-8DDA57181C9F\"\n";
    let (line, text) = refused(&format!("[[vm]]\nname = \"a\"\n{id}[[vm]]\nname = \"b\"\n{id}"));
    assert_eq!(line, Some(9));
    assert!(text.ends_with("vm \"b\": id: 6B0D1C4A-BCED-4CAE-981B-8DDA57181C9F is taken"), "{text}");
}

#[test]
fn a_parent_that_is_unknown_ambiguous_or_circular_is_refused() {
    let vm = "[[vm]]\nname = \"w\"\n[[vm.snapshot]]\nname = \"a\"\n";
    let (line, text) = refused(&format!("{vm}parent = \"zzz\"\n"));
    assert_eq!(line, Some(8));
    assert!(text.ends_with("snapshot \"a\": parent: \"zzz\" names no snapshot of this VM"), "{text}");
    let (_, text) = refused(&format!(
        "{vm}[[vm.snapshot]]\nname = \"a\"\nparent = \"a\"\n[[vm.snapshot]]\nname = \"c\"\nparent = \"a\"\n"
    ));
    assert!(text.contains("names 2 snapshots: use a path or an id"), "{text}");
    let (_, text) = refused(&format!("{vm}parent = \"b\"\n[[vm.snapshot]]\nname = \"b\"\nparent = \"a\"\n"));
    assert!(text.ends_with("the snapshot descends from itself"), "{text}");
}

#[test]
fn a_current_snapshot_that_does_not_exist_is_refused() {
    let (_, text) = refused("[[vm]]\nname = \"w\"\ncurrent = \"gone\"\n");
    assert!(text.ends_with("vm \"w\": current: \"gone\" names no snapshot of this VM"), "{text}");
}

#[test]
fn users_are_unique_and_their_passwords_never_shown() {
    let (_, text) = refused(
        "[[user]]\nname = \"ops\"\npassword = \"hunter2\"\n[[user]]\nname = \"OPS\"\npassword = \"hunter2\"\n",
    );
    assert!(text.ends_with("user: name: \"OPS\" is listed twice"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let (line, text) = refused("[[user]]\nname = \"ops\"\npassword = \"hunter2\"\nrights = \"emperor\"\n");
    assert_eq!(line, Some(7));
    assert!(text.contains("emperor") && !text.contains("hunter2"), "{text}");
    let (_, text) = refused("[[user]]\nname = \"a:b\"\npassword = \"x\"\n");
    assert!(text.contains("a colon cannot be sent"), "{text}");
}

#[test]
fn a_refusal_starts_no_job_and_does_nothing() {
    let snapshot = "[[vm]]\nname = \"w\"\n[[vm.snapshot]]\nname = \"a\"\n[vm.snapshot.destroy]\n";
    let (_, text) = refused(&format!("{snapshot}return_value = 32774\njob = \"exception\"\n"));
    assert!(text.ends_with("destroy: job: with return_value 32774 no job starts"), "{text}");
    let (_, text) = refused(&format!("{snapshot}return_value = 32774\ntakes_effect = true\n"));
    assert!(text.ends_with("return_value 32774 refuses: nothing is done"), "{text}");
}

#[test]
fn a_table_of_a_call_has_the_keys_of_its_method_alone() {
    let snapshot = "[[vm]]\nname = \"w\"\n[[vm.snapshot]]\nname = \"a\"\n";
    for (table, line, said) in [
        (
            "[vm.snapshot.apply]\nmerge = \"none\"\n",
            9,
            "vm \"w\": snapshot \"a\": apply: merge: only a call that destroys",
        ),
        (
            "[vm.snapshot.clear]\n\nlink_delay_seconds = 1.0\n",
            10,
            "clear: link_delay_seconds: only a call that creates",
        ),
        (
            "[vm.snapshot.destroy]\nmerge_error_code = 5\n",
            9,
            "destroy: merge_error_code: only a merge that \"fails\"",
        ),
        ("[vm.snapshot.apply]\njob_seconds = -1.0\n", 9, "apply: job_seconds: not a number of seconds"),
    ] {
        let (at, text) = refused(&format!("{snapshot}{table}"));
        assert!(at == Some(line) && text.contains(said), "{text}");
    }
    let (line, text) = refused("[[vm]]\nname = \"w\"\n[vm.create]\ndisk_delay_seconds = 1.0\n");
    assert_eq!(line, Some(7));
    assert!(text.contains("vm \"w\": create: disk_delay_seconds: only a call that destroys"), "{text}");
}

#[test]
fn settings_change_without_a_job_unless_the_lab_says_so() {
    let lab = |more: &str| Lab::parse(&format!("{HEAD}[[vm]]\nname = \"w\"\n{more}")).unwrap().vms.remove(0);
    let spec = lab("").modify;
    assert_eq!((spec.return_value, lab("").create.return_value), (0, 4096));
    assert_eq!(lab("[vm.modify]\ntakes_effect = false\n").modify, CallSpec { takes_effect: false, ..spec });
}

#[test]
fn times_must_be_sensible() {
    let (_, text) = refused("[timing]\njob_seconds = -1.0\n");
    assert!(text.contains("timing: job_seconds: not a number of seconds"), "{text}");
    let (_, text) = refused("[[vm]]\nname = \"w\"\ncreated = 2026-01-05\n");
    assert!(text.contains("vm \"w\": created: not a time with date and offset"), "{text}");
    let lab =
        Lab::parse(&format!("{HEAD}[[vm]]\nname = \"w\"\ncreated = 2026-01-05T10:00:00+02:00\n")).unwrap();
    assert_eq!(lab.vms[0].created, Duration::from_secs(1_767_600_000));
}

#[test]
fn a_disk_must_be_a_virtual_one() {
    let (_, text) = refused("[[vm]]\nname = \"w\"\ndisks = [\"C:\\\\a.iso\"]\n");
    assert!(text.ends_with("vm \"w\": disks: neither a .vhdx nor a .vhd file"), "{text}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = Lab::read(Path::new("fixtures/lab/no-such-lab.toml")).unwrap_err();
    assert_eq!(error.to_string(), "fixtures/lab/no-such-lab.toml: the lab file cannot be read");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn the_published_lab_is_sound_and_its_header_names_its_users() {
    let text = include_str!("../../../fixtures/lab/two-branches.toml");
    let lab = Lab::parse(text).unwrap();
    let header: String = text.lines().take_while(|line| line.starts_with('#')).collect();
    for user in &lab.users {
        assert!(header.contains(&user.name) && header.contains(user.password.expose()), "{}", user.name);
    }
    for vm in &lab.vms {
        assert!(header.contains(&vm.name), "{}", vm.name);
    }
    let web = &lab.vms[0];
    let dependents = web.snapshots.iter().filter(|snapshot| snapshot.parent == Some(1)).count();
    assert_eq!((web.snapshots[1].name.as_str(), dependents), ("before-upgrade", 2));
}

#[test]
fn disks_are_counted_or_listed() {
    let disks =
        |more: &str| Lab::parse(&format!("{HEAD}[[vm]]\nname = \"w\"\n{more}")).unwrap().vms.remove(0).disks;
    assert_eq!(disks(""), ["C:\\ClusterStorage\\Volume1\\w\\w.vhdx"]);
    assert_eq!(disks("disks = 0\n"), [""; 0]);
    assert_eq!(
        disks("disks = 3\ndisk_folder = 'D:\\Disks\\'\n"),
        ["D:\\Disks\\w.vhdx", "D:\\Disks\\w-2.vhdx", "D:\\Disks\\w-3.vhdx"]
    );
    assert_eq!(disks("disks = ['D:\\a.vhdx', 'E:\\b.vhd']\n"), ["D:\\a.vhdx", "E:\\b.vhd"]);
    for (more, said) in [
        (
            "disks = 65\n",
            "line 6: invalid value: integer `65`, expected a number of disks from 0 to 64, or a list",
        ),
        ("disks = -1\n", "line 6: invalid value"),
        ("disks = \"one\"\n", "line 6: invalid type"),
        ("disks = ['D:\\a.vhdx',\n'D:\\A.VHDX']\n", "line 7: vm \"w\": disks: listed twice"),
        ("disk_folder = \" \"\n", "line 6: vm \"w\": disk_folder: empty"),
        ("disks = ['D:\\a.vhdx']\ndisk_folder = 'D:'\n", "line 7: vm \"w\": disk_folder: contradicts disks"),
    ] {
        let (_, text) = refused(&format!("[[vm]]\nname = \"w\"\n{more}"));
        assert!(text.starts_with(said), "{text}");
    }
}

#[test]
fn only_a_merge_that_fails_has_an_error() {
    let snapshot = "[[vm]]\nname = \"w\"\n[[vm.snapshot]]\nname = \"a\"\n[vm.snapshot.destroy]\n";
    for field in ["merge_error_code = 5", "merge_error_description = \"why\""] {
        let (line, text) = refused(&format!("{snapshot}merge = \"stops\"\n{field}\n"));
        assert_eq!(line, Some(10));
        assert!(text.ends_with("only a merge that \"fails\" has an error"), "{text}");
        assert!(Lab::parse(&format!("{HEAD}{snapshot}merge = \"fails\"\n{field}\n")).is_ok());
    }
}

#[test]
fn sizes_that_no_disk_and_no_volume_has_are_refused() {
    let vm = "[[vm]]\nname = \"w\"\n";
    for (rest, problem) in [
        (format!("{vm}disk_gib = 0\n"), "line 6: vm \"w\": disk_gib: a disk has from 1 GiB to 64 TiB"),
        (format!("{vm}base_mib = 67108865\n"), "line 6: vm \"w\": base_mib: more than 64 TiB"),
        (format!("{vm}written_mib = 1\n"), "written_mib: a VM without snapshots writes to the first file"),
        (
            format!("{vm}[[vm.snapshot]]\nname = \"a\"\nwritten_mib = 1\n"),
            "line 8: vm \"w\": snapshot \"a\": written_mib: it has the first file of each disk",
        ),
        ("[[volume]]\npath = '\\\\files\\vms'\n".to_owned(), "line 5: volume: path: neither a drive nor"),
        (
            "[[volume]]\npath = 'D:'\n[[volume]]\npath = 'd:\\'\n".to_owned(),
            "line 7: volume: path: listed twice",
        ),
        (
            "[[volume]]\npath = 'D:'\ncapacity_gib = 1\nused_gib = 2\n".to_owned(),
            "volume \"D:\\\": used_gib: more than the volume has",
        ),
    ] {
        let (_, text) = refused(&rest);
        assert!(text.contains(problem), "{text}");
    }
}

#[test]
fn the_first_of_several_roots_has_a_file_of_its_own_on_a_base_that_is_lost() {
    let lab = Lab::parse(&format!(
        "{HEAD}[[vm]]\nname = \"w\"\ncurrent = \"a\"\n[[vm.snapshot]]\nname = \"a\"\nwritten_mib = 3\n\
         [[vm.snapshot]]\nname = \"b\"\n"
    ))
    .unwrap();
    let written: Vec<_> = lab.vms[0].snapshots.iter().map(|snapshot| snapshot.written >> 20).collect();
    assert_eq!(written, [3, 512]);
}
