//! Other HRESULTs, outside WinRM, WMI and wrapped Win32 errors: those of COM and of the security packages.
//!
//! Numbers and symbols as in winerror.h (MS-ERREF, section 2.1).

use super::advice::{CLOCKS, LOOK, PASSWORD, WINMGMT};

const SPN: &str = "check which account owns the name (setspn -Q HTTP/NAME), and give the right one{ (spn)}";

codes! { FAILURES: HResult u32, "winerror.h";
    0x8000_4001 E_NOTIMPL Unsupported Unsafe: "not implemented", "the provider lacks it", WINMGMT;
    0x8000_4002 E_NOINTERFACE Other Unsafe: "a part of the provider is missing", "a damaged installation", WINMGMT;
    0x8000_4005 E_FAIL Other AfterLooking: "it failed, without a reason", "an error inside of the provider", WINMGMT;
    0x8000_FFFF E_UNEXPECTED Other AfterLooking:
        "something that was not expected", "an error inside of the provider", WINMGMT;
    0x8001_0108 RPC_E_DISCONNECTED Other AfterLooking:
        "the provider's process is gone", "Hyper-V's management service was restarted; a call may have been done",
        LOOK;
    0x8009_0302 SEC_E_UNSUPPORTED_FUNCTION Other Unsafe:
        "the security package cannot do this", "another scheme is needed", "use {auth=negotiate}";
    0x8009_0308 SEC_E_INVALID_TOKEN Other Unsafe:
        "a token that cannot be read", "a proxy or firewall in between changed it", PASSWORD;
    0x8009_030C SEC_E_LOGON_DENIED Other Unsafe:
        "the logon failed", "wrong user or password, or a locked account", PASSWORD;
    0x8009_030E SEC_E_NO_CREDENTIALS Other Unsafe:
        "there are no credentials", "no ticket, no password", "kinit, or a password";
    0x8009_030F SEC_E_MESSAGE_ALTERED Other AfterLooking:
        "a sealed message was altered or arrived out of order", "two requests on one session, or a proxy in between",
        LOOK;
    0x8009_0311 SEC_E_NO_AUTHENTICATING_AUTHORITY Other Unsafe:
        "no domain controller answers", "the host cannot ask its domain", "nltest /sc_query:DOMAIN on the host";
    0x8009_0322 SEC_E_WRONG_PRINCIPAL Other Unsafe:
        "the ticket is for another account than the host's", "a wrong or shared name of the service", SPN;
    0x8009_0324 SEC_E_TIME_SKEW Other Unsafe: "the clocks are too far apart", "more than five minutes", CLOCKS;
    0x8009_0325 SEC_E_UNTRUSTED_ROOT Other Unsafe:
        "the issuer of the certificate is not trusted", "its authority is not known there",
        "install the authority's certificate there, or give it here{ (ca-file)}";
    0x8009_0346 SEC_E_BAD_BINDINGS Other Unsafe:
        "the authentication belongs to another TLS connection", "a proxy or firewall in between shows a certificate of its own",
        "reach the host without the proxy that opens TLS";
}
