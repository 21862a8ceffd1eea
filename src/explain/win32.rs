//! Errors of Windows that come from WinRM, from a provider, from a logon or from the network on the host's side.
//!
//! Numbers and names as in winerror.h (MS-ERREF, section 2.2); as an HRESULT they carry facility 7. Many come out of a provider,
//! after a method was called.

use super::advice::{CLOCKS, LOOK, NAMESPACE, PASSWORD, QUOTA, RIGHTS, WINMGMT};

const DOMAIN: &str = "check the host's way to its domain controller: nltest /sc_verify:DOMAIN";

codes! { WIN32, Win32;
    0 ERROR_SUCCESS Safe "winerror.h": "it went well", "this is no error", "nothing";
    2 ERROR_FILE_NOT_FOUND Unsafe "winerror.h": "a file or an object is not there", "a disk file that was moved, or a class that is missing", NAMESPACE;
    3 ERROR_PATH_NOT_FOUND Unsafe "winerror.h": "a path is not there", "a disk file's folder, or a share, is away", "look at the machine's disks: Get-VMHardDiskDrive";
    5 ERROR_ACCESS_DENIED Unsafe "winerror.h; s:Sender w:AccessDenied, or s:Receiver w:InternalError":
        "the user may not do this",
        "WinRM lets only administrators and Remote Management Users in; a local administrator's token is filtered", RIGHTS;
    8 ERROR_NOT_ENOUGH_MEMORY Safe "winerror.h": "the host has no memory left", "it is overloaded", QUOTA;
    14 ERROR_OUTOFMEMORY Safe "winerror.h": "the host has no memory left", "it is overloaded", QUOTA;
    31 ERROR_GEN_FAILURE AfterLooking "winerror.h": "it failed, without a reason", "a device or provider gave up", WINMGMT;
    32 ERROR_SHARING_VIOLATION Safe "winerror.h": "a file is used by another program", "a backup or a scanner holds a disk file",
        "find who holds it (Get-SmbOpenFile, a handle viewer), and try again";
    50 ERROR_NOT_SUPPORTED Unsafe "winerror.h": "this is not supported", "this version or kind of object lacks it", NAMESPACE;
    53 ERROR_BAD_NETPATH Safe "winerror.h": "another machine cannot be found", "a file share with disks, or another node, is away", "look at the share and the network of the host";
    64 ERROR_NETNAME_DELETED AfterLooking "winerror.h": "a connection was cut", "the network, or the service's restart", LOOK;
    87 ERROR_INVALID_PARAMETER Unsafe "winerror.h; s:Sender w:InvalidParameter InvalidValue":
        "a parameter is wrong", "the object that it names may be gone", "read the tree again{ (tree)}";
    112 ERROR_DISK_FULL Safe "winerror.h": "a volume is full", "a merge needs room for the time that it takes", "make room on the volume of the disks";
    121 ERROR_SEM_TIMEOUT AfterLooking "winerror.h": "it took too long", "the network or storage does not answer; it may go on", LOOK;
    170 ERROR_BUSY AfterLooking "winerror.h": "the resource is in use", "something else is at it", "wait and try again";
    665 ERROR_FILE_SYSTEM_LIMITATION Unsafe "winerror.h": "the file system cannot grow the file any more",
        "a disk file in too many fragments; merges fail with it again and again", "defragment the disk files, or move them to a volume of ReFS or of NTFS with large file records (format /L)";
    995 ERROR_OPERATION_ABORTED AfterLooking "winerror.h": "the operation was broken off", "the service was stopped, or somebody cancelled it", LOOK;
    1053 ERROR_SERVICE_REQUEST_TIMEOUT AfterLooking "winerror.h": "a service did not answer", "it hangs or is starting", WINMGMT;
    1058 ERROR_SERVICE_DISABLED Unsafe "winerror.h": "a service is disabled", "Winmgmt or vmms is switched off", "Set-Service vmms -StartupType Automatic; Start-Service vmms";
    1060 ERROR_SERVICE_DOES_NOT_EXIST Unsafe "winerror.h": "a service is not installed", "no Hyper-V there", NAMESPACE;
    1062 ERROR_SERVICE_NOT_ACTIVE Safe "winerror.h": "a service does not run", "Winmgmt or vmms is stopped", "Start-Service vmms";
    1115 ERROR_SHUTDOWN_IN_PROGRESS AfterLooking "winerror.h": "the host is shutting down", "a restart", "wait for it, and look";
    1168 ERROR_NOT_FOUND AfterLooking "winerror.h": "the object is not there", "it is gone", "look at what is there{ (tree)}";
    1311 ERROR_NO_LOGON_SERVERS Unsafe "winerror.h": "no domain controller answers the host", "the host's network or DNS", DOMAIN;
    1312 ERROR_NO_SUCH_LOGON_SESSION Unsafe "winerror.h": "the logon session is gone", "a second hop: a network logon cannot go on to another machine", "keep the disks where the host's own account may reach them";
    1314 ERROR_PRIVILEGE_NOT_HELD Unsafe "winerror.h": "the user lacks a privilege", "the token is filtered", RIGHTS;
    1317 ERROR_NO_SUCH_USER Unsafe "winerror.h": "there is no such user", "a wrong name or domain", PASSWORD;
    1326 ERROR_LOGON_FAILURE Unsafe "winerror.h": "wrong user or password", "or a local account without its host's name in front", PASSWORD;
    1327 ERROR_ACCOUNT_RESTRICTION Unsafe "winerror.h": "the account may not log on so", "an empty password, hours, or a policy", "Get-LocalUser; secpol.msc";
    1328 ERROR_INVALID_LOGON_HOURS Unsafe "winerror.h": "not at this hour", "the account has logon hours", "net user NAME";
    1329 ERROR_INVALID_WORKSTATION Unsafe "winerror.h": "not from this machine", "the account is bound to workstations", "net user NAME";
    1330 ERROR_PASSWORD_EXPIRED Unsafe "winerror.h": "the password has expired", "the account must get a new one", "set a new password";
    1331 ERROR_ACCOUNT_DISABLED Unsafe "winerror.h": "the account is switched off", "by an administrator", "Enable-LocalUser NAME";
    1355 ERROR_NO_SUCH_DOMAIN Unsafe "winerror.h": "the domain is not known", "a wrong domain in the user's name, or no way to it", DOMAIN;
    1359 ERROR_INTERNAL_ERROR AfterLooking "winerror.h": "an error inside of Windows", "no more is said", WINMGMT;
    1385 ERROR_LOGON_TYPE_NOT_GRANTED Unsafe "winerror.h": "the account may not log on over the network", "a policy (SeNetworkLogonRight, SeDenyNetworkLogonRight)", "secpol.msc, User Rights Assignment";
    1396 ERROR_WRONG_TARGET_NAME Unsafe "winerror.h": "the ticket is for another account than the host's", "a wrong or shared name of the service", "setspn -Q HTTP/NAME; give the right one{ (spn)}";
    1398 ERROR_TIME_SKEW Unsafe "winerror.h": "the clocks are too far apart", "more than five minutes", CLOCKS;
    1450 ERROR_NO_SYSTEM_RESOURCES AfterLooking "winerror.h": "the host has no resources left", "it is overloaded", QUOTA;
    1460 ERROR_TIMEOUT AfterLooking "winerror.h": "it took too long", "it may go on", LOOK;
    1722 RPC_S_SERVER_UNAVAILABLE AfterLooking "winerror.h": "a service on the host, or another node, cannot be reached", "vmms or Winmgmt does not run; a cluster's node is away", WINMGMT;
    1723 RPC_S_SERVER_TOO_BUSY AfterLooking "winerror.h": "a service on the host has too much to do", "it is overloaded", QUOTA;
    1726 RPC_S_CALL_FAILED AfterLooking "winerror.h": "a call inside of the host broke off", "the provider's process ended; it may have been done", LOOK;
    1727 RPC_S_CALL_FAILED_DNE Safe "winerror.h": "a call inside of the host broke off before it was carried out", "the provider's process ended", "try again";
    1793 ERROR_ACCOUNT_EXPIRED Unsafe "winerror.h": "the account has expired", "it has an end date", "net user NAME";
    1907 ERROR_PASSWORD_MUST_CHANGE Unsafe "winerror.h": "the password must be changed first", "set so by an administrator", "set a new password";
    1908 ERROR_DOMAIN_CONTROLLER_NOT_FOUND Unsafe "winerror.h": "no domain controller is found", "the host's network or DNS", DOMAIN;
    1909 ERROR_ACCOUNT_LOCKED_OUT Unsafe "winerror.h": "the account is locked", "too many tries with a wrong password", "wait, or Unlock-ADAccount NAME; then check the password";
    5023 ERROR_INVALID_STATE Safe "winerror.h": "the resource is in a wrong state", "a cluster's group is moving, or the machine is busy", "wait and try again";
    5050 ERROR_CLUSTER_NODE_DOWN Safe "winerror.h": "a node of the cluster is down", "the machine may be on its way to another", "Get-ClusterGroup, then talk to the owner";
    5908 ERROR_CLUSTER_GROUP_MOVING Safe "winerror.h": "the machine is on its way to another node", "a move or failover", "wait, then talk to the owner node";
}
