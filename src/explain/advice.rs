//! Advice that several codes share: what to do about rights, quotas, limits, and about a call that may have been done.
//!
//! Words only; what they depend on is whether anything can have been done. Commands are for a PowerShell with raised rights on the host, unless they begin with `hvsnap`.

use super::ErrorId;

/// Rights on three layers.
pub(super) const RIGHTS: &str = "the user needs to be in Administrators, or in Remote Management Users and Hyper-V \
    Administrators; a local administrator's token is filtered unless LocalAccountTokenFilterPolicy is 1";

/// Rights in WMI.
pub(super) const WMI_RIGHTS: &str = "give the user Remote Enable and Execute Methods on the WMI namespace \
    root\\virtualization\\v2 (wmimgmt.msc, Security), and put it into Hyper-V Administrators; or use an administrator";

/// Too many at a time.
pub(super) const QUOTA: &str = "wait and try again, with fewer operations at a time; what runs shows \
    `winrm enumerate winrm/config/plugin`, the bound is MaxConcurrentOperationsPerUser of the WMI plug-in";

/// The call may go on.
pub(super) const LOOK: &str = "do not send it again; look first: {tree} shows what is gone, \
    {vm} whether the VM is still busy";

/// Somebody else is at it.
pub(super) const BUSY_MACHINE: &str = "another operation is running on the VM (snapshot, backup, migration, merge): \
    wait for its end and try again; {vm} shows it";

/// What this program writes is wrong.
pub(super) const OURS: &str = "this should not come to a request of hvsnap: run it again with {messages}, and report the request \
    and the answer";

/// Namespace and class.
pub(super) const NAMESPACE: &str = "check that the Hyper-V role is installed (Get-WindowsFeature Hyper-V) and that \
    {namespace} is right; {doctor} looks for both namespaces";

/// User and password.
pub(super) const PASSWORD: &str = "check user and password before trying again: each try with a wrong one brings the \
    account nearer to being locked";

/// Clocks.
pub(super) const CLOCKS: &str =
    "make the clocks agree (w32tm /resync on the host): Kerberos allows five minutes";

/// The way to the host.
pub(super) const WAY: &str =
    "check name and port, and that the service listens: winrm enumerate winrm/config/listener";

/// WMI's own service.
pub(super) const WINMGMT: &str = "look at the services Winmgmt and vmms on the host (Get-Service Winmgmt, vmms), and \
    at the event log of the WMI-Activity provider";

/// One object is longer than an answer may be.
pub(crate) const ENVELOPE: &str = "one object alone is longer than MaxEnvelopeSize, here 512000 bytes unless given: raise it here{ (max-envelope-size)} \
    and, where it is lower, on the host (winrm set winrm/config @{MaxEnvelopeSizekb=\"8192\"})";

/// The form of the URI, whichever was used.
pub(super) const URI_FORM: &str = "check {namespace}; the host may know only the other form of resource URIs: {uri-form=wmi} or \
    {uri-form=dmtf}";

/// The request used the WMI form.
pub(crate) const TRY_DMTF: &str = "the host may know only the other form of resource URIs: try {uri-form=dmtf}; \
    if that is not it, check {namespace}";

/// The request used the DMTF form.
pub(crate) const TRY_WMI: &str = "the host may know only the other form of resource URIs: try {uri-form=wmi}; \
    if that is not it, check {namespace}";

/// Nothing to do with this program.
pub(super) const ELSEWHERE: &str = "hvsnap asks for nothing of the kind: look at what else talks to this service, and \
    at the event log Microsoft-Windows-WinRM/Operational on the host";

/// What to do about an error with this id where nothing can have been done; `None` if `next` says so as well.
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
            Some("try again; if it stays, something on the way mixes the connections of several users")
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
