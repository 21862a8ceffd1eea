//! Advice that several codes share: rights, quotas, limits, and calls with an unknown outcome.
//!
//! Commands are for an elevated PowerShell on the host, unless they begin with `hvsnap`.

/// Rights in Windows, WinRM and Hyper-V.
pub(crate) const RIGHTS: &str = "the user needs to be in Administrators, or in Remote Management Users and Hyper-V \
    Administrators; a local administrator's token is filtered unless LocalAccountTokenFilterPolicy is 1";

/// Rights in WMI.
pub(crate) const WMI_RIGHTS: &str = "give the user Remote Enable and Execute Methods on the WMI namespace \
    root\\virtualization\\v2 (wmimgmt.msc, Security), and put it into Hyper-V Administrators; or use an administrator";

/// Too many operations at a time.
pub(crate) const QUOTA: &str = "wait and try again, with fewer operations at a time; what runs shows \
    `winrm enumerate winrm/config/plugin`, the bound is MaxConcurrentOperationsPerUser of the WMI plug-in";

/// The call may continue.
pub(crate) const LOOK: &str =
    "do not send it again; look first: {tree} shows what is gone, {vm} whether the VM is still busy";

/// Another operation is running.
pub(crate) const BUSY_MACHINE: &str = "if another operation is running on the VM (snapshot, backup, migration, merge), wait for its end and try again; else its own state does not fit; \
    {vm} shows it";

/// A request of this program is wrong.
pub(crate) const OURS: &str = "this should not come to a request of hvsnap: run it again with {messages}, and report the request and the answer";

/// Namespace and class.
pub(crate) const NAMESPACE: &str = "check that the Hyper-V role is installed (Get-WindowsFeature Hyper-V) and that {namespace} is right; {doctor} \
    looks for both namespaces";

/// User and password.
pub(crate) const PASSWORD: &str = "check user and password before trying again: each try with a wrong one brings the \
    account nearer to being locked";

/// Clocks.
pub(crate) const CLOCKS: &str =
    "make the clocks agree (w32tm /resync on the host): Kerberos allows five minutes";

/// The route to the host.
pub(crate) const WAY: &str =
    "check name and port, and that the service listens: winrm enumerate winrm/config/listener";

/// The service of WMI.
pub(crate) const WINMGMT: &str = "look at the services Winmgmt and vmms on the host (Get-Service Winmgmt, vmms), and \
    at the event log of the WMI-Activity provider";

/// The form of the resource URI, whichever was used.
pub(crate) const URI_FORM: &str = "check {namespace}; the host may know only the other form of resource URIs: {uri-form=wmi} or {uri-form=dmtf}";

/// Not caused by this program.
pub(crate) const ELSEWHERE: &str = "hvsnap asks for nothing of the kind: look at what else talks to this service, and \
    at the event log Microsoft-Windows-WinRM/Operational on the host";

/// One object exceeds the size of an answer.
pub(crate) const ENVELOPE: &str = "one object alone is longer than MaxEnvelopeSize, here 512000 bytes unless given: raise it here{ \
    (max-envelope-size)} and, where it is lower, on the host (winrm set winrm/config @{MaxEnvelopeSizekb=\"8192\"})";
