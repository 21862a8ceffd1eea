//! Tests of the tables: no duplicate rows, no empty text, every code of the recorded lists, every usual form.

use std::collections::BTreeSet;

use super::*;

#[test]
fn no_family_explains_a_number_twice_and_no_text_is_empty() {
    let mut seen = BTreeSet::new();
    for entry in all() {
        assert!(seen.insert((entry.family.key(), entry.code)), "{} {} twice", entry.family, entry.code);
        for text in [entry.name, entry.what, entry.why, entry.next, entry.source] {
            assert!(!text.trim().is_empty(), "{} {}: {text:?}", entry.family, entry.code);
            assert!(
                !text.contains("  ") && !text.ends_with('.'),
                "{} {}: {text:?}",
                entry.family,
                entry.code
            );
        }
    }
    assert!(seen.len() > 900, "{}", seen.len());
}

#[test]
fn an_id_has_four_digits_and_finds_its_own_row() {
    assert_eq!(ErrorId::TIMED_OUT.to_string(), "HVS0412");
    for entry in all().filter(|entry| entry.family == Family::Hvsnap) {
        assert!((100..1000).contains(&entry.code), "{}", entry.code);
        let text = format!("hvs{:04}", entry.code);
        let found = look_up(&text).unwrap().entries;
        assert_eq!(found, [entry], "{text}");
    }
    assert_eq!(ErrorId::DEADLINE.entry().name, "DEADLINE");
}

#[test]
fn every_number_of_winrm_has_a_name() {
    for code in 0x8033_8000..=0x8033_81FFu32 {
        assert!(reading(Family::WsMan, code).is_some(), "{code} (0x{code:08X})");
    }
}

#[test]
fn the_faults_that_windows_is_known_to_send_say_more_than_their_names() {
    // By subcode and detail as in DSP0226; the ranges are those of WinRM's answers to requests like ours.
    let codes = [5u32, 87].into_iter().chain([
        2_150_858_752,
        2_150_858_753,
        2_150_858_765,
        2_150_858_767,
        2_150_858_768,
        2_150_858_769,
        2_150_858_770,
        2_150_858_771,
        2_150_858_772,
        2_150_858_773,
        2_150_858_776,
        2_150_858_777,
        2_150_858_778,
        2_150_858_779,
        2_150_858_780,
        2_150_858_793,
        2_150_858_801,
        2_150_858_802,
        2_150_858_803,
        2_150_858_805,
        2_150_858_809,
        2_150_858_810,
        2_150_858_811,
        2_150_858_813,
        2_150_858_815,
        2_150_858_817,
        2_150_858_819,
        2_150_858_878,
        2_150_858_886,
        2_150_858_887,
        2_150_859_002,
        2_150_859_003,
        2_150_859_063,
        2_150_859_173,
        2_150_859_179,
    ]);
    let ranges = [
        2_150_858_823..=2_150_858_829u32,
        2_150_858_833..=2_150_858_847,
        2_150_859_008..=2_150_859_014,
        2_150_859_065..=2_150_859_067,
        2_150_859_174..=2_150_859_176,
        2_150_859_236..=2_150_859_242,
        32_768..=32_779,
        0..=6,
        0x8004_1001..=0x8004_1006,
    ];
    for code in codes.chain(ranges.into_iter().flatten()) {
        let told = explain(code);
        assert!(
            told.iter().any(|entry| !entry.what.contains("the name says")),
            "{code} (0x{code:08X}): {told:?}"
        );
    }
}

#[test]
fn a_code_is_found_in_every_form_that_people_copy() {
    for (text, name) in [
        ("2150858793", "ERROR_WSMAN_OPERATION_TIMEDOUT"),
        (" 0x80338029 ", "ERROR_WSMAN_OPERATION_TIMEDOUT"),
        ("-2144108503", "ERROR_WSMAN_OPERATION_TIMEDOUT"),
        ("80338029", "ERROR_WSMAN_OPERATION_TIMEDOUT"),
        ("error_wsman_operation_timedout", "ERROR_WSMAN_OPERATION_TIMEDOUT"),
        ("0x80041002", "WBEM_E_NOT_FOUND"),
        ("8004100e", "WBEM_E_INVALID_NAMESPACE"),
        ("wbemErrNotFound", "WBEM_E_NOT_FOUND"),
        ("wbemAccessDenied", "WBEM_E_ACCESS_DENIED"),
        ("0x80070005", "ERROR_ACCESS_DENIED"),
        ("-2147024891", "ERROR_ACCESS_DENIED"),
        ("0x8009030C", "SEC_E_LOGON_DENIED"),
        ("w:QuotaLimit", "ERROR_WSMAN_QUOTA_LIMIT"),
        ("UnreportableSuccess", "ERROR_WSMAN_UNREPORTABLE_SUCCESS"),
        ("32775", "VENDOR_INVALID_STATE"),
        ("503", "SERVICE_UNAVAILABLE"),
        ("HVS0511", "STALE_PLAN"),
    ] {
        assert_eq!(look_up(text).unwrap().entries[0].name, name, "{text}");
    }
}

#[test]
fn a_number_that_families_share_has_all_readings() {
    let families: Vec<_> = explain(5).iter().map(|entry| entry.family).collect();
    for family in [Family::Win32, Family::CimStatus, Family::Method, Family::StateChange, Family::JobState] {
        assert!(families.contains(&family), "{family}: {families:?}");
    }
    let merging: Vec<_> = explain(32_772).iter().map(|entry| entry.name).collect();
    assert_eq!(merging, ["VENDOR_TIMEOUT", "MERGING_DISKS"]);
}

#[test]
fn what_nobody_knows_is_said_with_the_families_that_it_could_be_of() {
    let unknown = look_up("0xC0370001").unwrap_err();
    assert!(unknown.could_be[0].contains("hypervisor"), "{unknown:?}");
    assert!(look_up("0x80070FFF").unwrap_err().could_be[0].contains("a Win32 error"));
    assert!(look_up("40000").unwrap_err().could_be.iter().any(|text| text.contains("Microsoft")));
    for text in ["", "HVS9999", "hello", "0x", "99999999999", "-99999999999", "w:"] {
        let unknown = look_up(text).unwrap_err();
        assert!(unknown.could_be.is_empty(), "{unknown:?}");
    }
}
