//! Advice that several codes share: what to do about rights, quotas, limits, and about a call that may have been done.
//!
//! Words only. Commands are for a PowerShell with raised rights on the host, unless they begin with `hvsnap`.

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
pub(super) const LOOK: &str = "do not send it again; look first: `hvsnap snapshot tree VM` shows what is gone, \
    `hvsnap vm show VM` whether the VM is still busy";

/// Somebody else is at it.
pub(super) const BUSY_MACHINE: &str = "another operation is running on the VM (snapshot, backup, migration, merge): \
    wait for its end and try again; `hvsnap vm show VM` shows it";

/// What this program writes is wrong.
pub(super) const OURS: &str = "this should not come to a request of hvsnap: run it again with -vv, and report the request \
    and the answer";

/// Namespace and class.
pub(super) const NAMESPACE: &str = "check that the Hyper-V role is installed (Get-WindowsFeature Hyper-V) and that \
    --namespace is right; `hvsnap doctor` looks for both namespaces";

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

/// Nothing to do with this program.
pub(super) const ELSEWHERE: &str = "hvsnap asks for nothing of the kind: look at what else talks to this service, and \
    at the event log Microsoft-Windows-WinRM/Operational on the host";
