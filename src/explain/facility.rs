//! What the bits of a number say where no table knows it: the facility of an HRESULT, the family of a small number.
//!
//! It never invents a meaning; it says whose number it would be. MS-ERREF, section 2.1.

use super::Family;

/// The parts of an HRESULT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facility {
    /// Bits 16 to 26.
    pub number: u32,
    /// Whose it is.
    pub name: &'static str,
    /// Bits 0 to 15.
    pub code: u32,
    /// Whether it is a failure.
    pub is_failure: bool,
}

const FACILITY_WIN32: u32 = 7;

/// The parts of an HRESULT; a number below 65536 is none.
pub fn facility(code: u32) -> Option<Facility> {
    if code <= 0xFFFF {
        return None;
    }
    let number = code >> 16 & 0x7FF;
    Some(Facility { number, name: name(number), code: code & 0xFFFF, is_failure: code >> 31 == 1 })
}

/// The Win32 error that an HRESULT of facility 7 wraps.
pub(super) fn wrapped_win32(code: u32) -> Option<u32> {
    facility(code).filter(|parts| parts.is_failure && parts.number == FACILITY_WIN32).map(|parts| parts.code)
}

fn name(number: u32) -> &'static str {
    match number {
        0 => "of no facility (COM's own)",
        1 => "remote procedure calls (RPC)",
        2 => "COM dispatch",
        3 => "COM storage",
        4 => "an interface's own: with 0x8004 mostly WMI",
        7 => "a Win32 error",
        8 => "Windows",
        9 => "security packages (SSPI)",
        10 => "COM controls",
        11 => "certificates",
        12 => "internet",
        16 => "HTTP",
        0x33 => "WS-Management (WinRM)",
        0x37 => "the hypervisor and virtual machines",
        0x3A => "virtual disks (VHD)",
        _ => "one that is not known here",
    }
}

/// In which families the number could be, if no table has it.
pub(super) fn could_be(code: u32) -> Vec<String> {
    if let Some(parts) = facility(code) {
        let kind = if parts.is_failure { "a failure" } else { "no failure" };
        let text =
            format!("an HRESULT: {kind}, facility {} ({}), code {}", parts.number, parts.name, parts.code);
        return vec![text];
    }
    let text = |family: Family, range: &str| format!("{family}: {range}");
    let mut families = Vec::new();
    if (100..600).contains(&code) {
        families.push(text(Family::Http, "100 to 599"));
    }
    if code < 16_000 {
        families.push(text(Family::Win32, "`net helpmsg NUMBER` on Windows tells"));
    }
    families.push(text(
        Family::Method,
        match code {
            0..=4095 => "7 to 4095 are reserved by DMTF",
            4096..=32767 => "4097 to 32767 are reserved for the method",
            _ => "32768 to 65535 are Microsoft's",
        },
    ));
    if code >= 32768 {
        families.push(text(Family::Activity, "32768 and more"));
    }
    families
}
