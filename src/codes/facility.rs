//! Splits an HRESULT that no table contains into facility and code. Follows MS-ERREF, section 2.1.

/// The parts of an HRESULT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facility {
    /// Bits 16 to 26.
    pub number: u32,
    /// The name of the facility.
    pub name: &'static str,
    /// Bits 0 to 15.
    pub code: u32,
    /// True for a failure.
    pub is_failure: bool,
}

const FACILITY_WIN32: u32 = 7;

/// Splits an HRESULT; a number below 65536 is not one.
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
