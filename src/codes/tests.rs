//! Tests of the tables: no duplicate rows, all WinRM numbers, valid forms, and no false claim of safety.

use std::collections::BTreeSet;

use super::*;

#[test]
fn no_family_has_a_number_or_a_symbol_twice() {
    let (mut numbers, mut symbols) = (BTreeSet::new(), BTreeSet::new());
    for row in all() {
        assert!(numbers.insert((row.family.key(), row.code)), "{} {}", row.family, row.code);
        assert!(symbols.insert((row.family.key(), row.name)), "{} {}", row.family, row.name);
    }
    for family in FAMILIES {
        assert!(family.rows().all(|row| row.family == family) && family.rows().count() > 4, "{family}");
    }
}

#[test]
fn numbers_that_are_shown_beside_their_meaning_have_one() {
    for family in [Family::Method, Family::StateChange, Family::JobState, Family::Activity] {
        assert!(family.rows().all(|row| row.title.is_some()), "{family}");
    }
}

#[test]
fn no_name_of_a_fault_is_about_two_things() {
    for table in [fault::SUBCODES, fault::DETAILS] {
        let names: BTreeSet<_> = table.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), table.len());
    }
}

#[test]
fn the_form_of_a_fault_is_one_of_the_specifications_and_stands_in_its_source() {
    let blamed = ["s:Sender", "s:Receiver", "s:VersionMismatch", "s:MustUnderstand"];
    for row in all() {
        let Some(form) = row.form else { continue };
        assert!(matches!(row.family, Family::WsMan | Family::Win32), "{}", row.name);
        assert!(blamed.contains(&form.blames), "{}", row.name);
        let is_soap = ["s:VersionMismatch", "s:MustUnderstand"].contains(&form.blames);
        assert_eq!(form.subcode.is_none(), is_soap, "{}", row.name);
        for name in [Some(form.blames), form.subcode, form.detail].into_iter().flatten() {
            assert!(row.source.contains(&format!(" {name}")), "{}: {}", row.name, row.source);
        }
    }
    assert_eq!(form(0xC0FF_EE00), FaultForm::INTERNAL);
    assert_eq!(form(wsman::ERROR_WSMAN_OPERATION_TIMEDOUT).subcode, Some("w:TimedOut"));
}

#[test]
fn what_may_have_been_done_is_nowhere_called_safe_to_repeat() {
    let of_faults = [Family::WsMan, Family::Wmi, Family::Win32, Family::HResult, Family::CimStatus];
    for row in of_faults.into_iter().flat_map(Family::rows) {
        if row.category == Category::Overloaded {
            assert_eq!(row.repeat, Repeat::AfterLooking, "{}", row.name);
            assert!(!row.what.contains("nothing was done"), "{}", row.name);
        }
    }
    // A state or a success says nothing of what a repeat would do.
    for row in
        Family::ALL.iter().flat_map(|family| family.rows()).filter(|row| row.category == Category::NoError)
    {
        assert_ne!(row.repeat, Repeat::Safe, "{}", row.name);
    }
    for category in [Category::Overloaded, Category::TimedOut, Category::Unreportable, Category::Provider] {
        assert!(!category.claims_nothing_done(), "{category:?}");
    }
}

#[test]
fn a_wrapped_error_of_windows_is_about_what_the_bare_one_is_about() {
    for code in [5, 170, 1450, 1460, 1723] {
        assert_eq!(of_fault(0x8007_0000 | code), of_fault(code));
        assert_ne!(of_fault(code).unwrap().category, Category::Other);
    }
    assert_eq!(of_fault(4096), None);
}
