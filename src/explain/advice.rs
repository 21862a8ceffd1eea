//! Advice that depends on more than a code: on the form of URIs in use, and on whether the host may have acted.
//!
//! Advice for single codes is in [`codes::advice`](crate::codes::advice).

use super::ErrorId;
pub(crate) use crate::codes::advice::ENVELOPE;
use crate::codes::advice::LOOK;

/// The request used the WMI form.
pub(crate) const TRY_DMTF: &str = "the host may know only the other form of resource URIs: try {uri-form=dmtf}; \
    if that is not it, check {namespace}";

/// The request used the DMTF form.
pub(crate) const TRY_WMI: &str = "the host may know only the other form of resource URIs: try {uri-form=wmi}; \
    if that is not it, check {namespace}";

/// The advice for an error with this id if it had no effect on the host; `None` if `next` is suitable.
pub(crate) fn nothing_done(id: ErrorId, next: &str) -> Option<&'static str> {
    match id {
        ErrorId::CONNECTION_LOST => Some(
            "check the port (WinRM speaks plain HTTP on 5985, and TLS{ (tls)} on 5986), and what a firewall or a \
             proxy on the way does; if it worked before, try again",
        ),
        ErrorId::ANSWER_TIMED_OUT => Some(
            "try again; look at the load of the host, and at what a firewall on the way does with idle connections",
        ),
        ErrorId::IDENTITY_LOST => {
            Some("try again; if it persists, a proxy mixes the connections of several users")
        }
        ErrorId::TIMED_OUT => Some("try again, or give the host more time{ (operation-timeout)}"),
        ErrorId::UNREPORTABLE => Some(ENVELOPE),
        ErrorId::PROTOCOL => Some("run it again with {messages}, which shows the answer"),
        ErrorId::PROVIDER if next == ErrorId::PROVIDER.entry().next => {
            Some("{explain} says more of the fault's number")
        }
        _ if next == LOOK => Some("try again; nothing was changed"),
        _ => None,
    }
}
