//! Advice that several codes share: what to do about rights, quotas, limits, and about a call that may have been done.
//!
//! Commands are for a PowerShell with raised rights on the host, unless they begin with `hvsnap`.

/// Rights on three layers.
pub(crate) const RIGHTS: &str = "the user needs to be in Administrators, or in Remote Management Users and Hyper-V \
    Administrators; a local administrator's token is filtered unless LocalAccountTokenFilterPolicy is 1";

/// Rights in WMI.
pub(crate) const WMI_RIGHTS: &str = "give the user Remote Enable and Execute Methods on the WMI namespace \
    root\\virtualization\\v2 (wmimgmt.msc, Security), and put it into Hyper-V Administrators; or use an administrator";

/// Too many at a time.
pub(crate) const QUOTA: &str = "wait and try again, with fewer operations at a time; what runs shows \
    `winrm enumerate winrm/config/plugin`, the bound is MaxConcurrentOperationsPerUser of the WMI plug-in";

/// The call may go on.
pub(crate) const LOOK: &str =
    "do not send it again; look first: {tree} shows what is gone, {vm} whether the VM is still busy";

/// Somebody else is at it.
pub(crate) const BUSY_MACHINE: &str = "another operation is running on the VM (snapshot, backup, migration, merge): wait for its end and try again; \
    {vm} shows it";

/// What this program writes is wrong.
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

/// The way to the host.
pub(crate) const WAY: &str =
    "check name and port, and that the service listens: winrm enumerate winrm/config/listener";

/// WMI's own service.
pub(crate) const WINMGMT: &str = "look at the services Winmgmt and vmms on the host (Get-Service Winmgmt, vmms), and \
    at the event log of the WMI-Activity provider";

/// The form of the URI, whichever was used.
pub(crate) const URI_FORM: &str = "check {namespace}; the host may know only the other form of resource URIs: {uri-form=wmi} or {uri-form=dmtf}";

/// Nothing to do with this program.
pub(crate) const ELSEWHERE: &str = "hvsnap asks for nothing of the kind: look at what else talks to this service, and \
    at the event log Microsoft-Windows-WinRM/Operational on the host";

/// One object is longer than an answer may be.
pub(crate) const ENVELOPE: &str = "one object alone is longer than MaxEnvelopeSize, here 512000 bytes unless given: raise it here{ \
    (max-envelope-size)} and, where it is lower, on the host (winrm set winrm/config @{MaxEnvelopeSizekb=\"8192\"})";
