//! Windows errors from WinRM, from a provider, from a logon or from the host's network.
//!
//! As in winerror.h and winhttp.h (MS-ERREF, section 2.2); as an HRESULT they have facility 7. Many come from a provider after a
//! method was called.

use super::advice::{CLOCKS, LOOK, NAMESPACE, PASSWORD, QUOTA, RIGHTS, WINMGMT};

const DOMAIN: &str = "check the host's way to its domain controller: nltest /sc_verify:DOMAIN";

codes! { FAILURES: Win32 u32, "winerror.h";
    0 ERROR_SUCCESS NoError AfterLooking: "it went well", "this is no error", "nothing";
    2 ERROR_FILE_NOT_FOUND Other Unsafe:
        "a file or an object is not there", "a disk file that was moved, or a class that is missing", NAMESPACE;
    3 ERROR_PATH_NOT_FOUND Other Unsafe:
        "a path is not there", "a disk file's folder, or a share, is away",
        "look at the VM's disks: Get-VMHardDiskDrive";
    5 ERROR_ACCESS_DENIED AccessDenied Unsafe "winerror.h (from a provider: s:Receiver w:InternalError)" ["s:Sender" "w:AccessDenied"]:
        "the user may not do this",
        "WinRM lets only administrators and Remote Management Users in; a local administrator's token is filtered",
        RIGHTS;
    8 ERROR_NOT_ENOUGH_MEMORY Other Safe: "the host has no memory left", "it is overloaded", QUOTA;
    14 ERROR_OUTOFMEMORY Other Safe: "the host has no memory left", "it is overloaded", QUOTA;
    31 ERROR_GEN_FAILURE Other AfterLooking: "it failed, without a reason", "a device or provider gave up", WINMGMT;
    32 ERROR_SHARING_VIOLATION Other Safe:
        "a file is used by another program", "a backup or a scanner holds a disk file",
        "find who holds it (Get-SmbOpenFile, a handle viewer), and try again";
    50 ERROR_NOT_SUPPORTED Other Unsafe:
        "this is not supported", "this version or kind of object lacks it", NAMESPACE;
    53 ERROR_BAD_NETPATH Other Safe:
        "another computer cannot be found", "a file share with disks, or another node, is down",
        "look at the share and the network of the host";
    64 ERROR_NETNAME_DELETED Other AfterLooking:
        "a connection was cut", "the network, or the service's restart", LOOK;
    87 ERROR_INVALID_PARAMETER Other Unsafe ["s:Sender" "w:InvalidParameter" "InvalidValue"]:
        "a parameter is wrong", "the object that it names may be gone",
        "read the tree again{ (tree)}";
    112 ERROR_DISK_FULL Other Safe:
        "a volume is full", "a merge needs room for the time that it takes", "make room on the volume of the disks";
    121 ERROR_SEM_TIMEOUT Other AfterLooking:
        "it took too long", "the network or storage does not answer; it may go on", LOOK;
    170 ERROR_BUSY Overloaded AfterLooking: "the resource is in use", "another process is using it", "wait and try again";
    665 ERROR_FILE_SYSTEM_LIMITATION Other Unsafe:
        "the file system cannot grow the file any more",
        "a disk file in too many fragments; merges fail with it again and again",
        "defragment the disk files, or move them to a volume of ReFS or of NTFS with large file records (format /L)";
    995 ERROR_OPERATION_ABORTED Other AfterLooking:
        "the operation was aborted", "the service was stopped, or the operation was cancelled", LOOK;
    1053 ERROR_SERVICE_REQUEST_TIMEOUT Other AfterLooking:
        "a service did not answer", "it hangs or is starting", WINMGMT;
    1058 ERROR_SERVICE_DISABLED Other Unsafe:
        "a service is disabled", "Winmgmt or vmms is switched off",
        "Set-Service vmms -StartupType Automatic; Start-Service vmms";
    1060 ERROR_SERVICE_DOES_NOT_EXIST Other Unsafe: "a service is not installed", "no Hyper-V there", NAMESPACE;
    1062 ERROR_SERVICE_NOT_ACTIVE Other Safe:
        "a service does not run", "Winmgmt or vmms is stopped", "Start-Service vmms";
    1115 ERROR_SHUTDOWN_IN_PROGRESS Other AfterLooking:
        "the host is shutting down", "a restart", "wait for it, and look";
    1168 ERROR_NOT_FOUND Other AfterLooking:
        "the object is not there", "it is gone", "look at what is there{ (tree)}";
    1311 ERROR_NO_LOGON_SERVERS Other Unsafe:
        "no domain controller answers the host", "the host's network or DNS", DOMAIN;
    1312 ERROR_NO_SUCH_LOGON_SESSION Other Unsafe:
        "the logon session is gone", "a second hop: a network logon does not extend to another computer",
        "keep the disks where the host's own account may reach them";
    1314 ERROR_PRIVILEGE_NOT_HELD Other Unsafe: "the user lacks a privilege", "the token is filtered", RIGHTS;
    1317 ERROR_NO_SUCH_USER Other Unsafe: "there is no such user", "a wrong name or domain", PASSWORD;
    1326 ERROR_LOGON_FAILURE Other Unsafe:
        "wrong user or password", "or a local account without its host's name in front", PASSWORD;
    1327 ERROR_ACCOUNT_RESTRICTION Other Unsafe:
        "the account may not log on so", "an empty password, hours, or a policy", "Get-LocalUser; secpol.msc";
    1328 ERROR_INVALID_LOGON_HOURS Other Unsafe: "not at this hour", "the account has logon hours", "net user NAME";
    1329 ERROR_INVALID_WORKSTATION Other Unsafe:
        "not from this machine", "the account is bound to workstations", "net user NAME";
    1330 ERROR_PASSWORD_EXPIRED Other Unsafe:
        "the password has expired", "the account must get a new one", "set a new password";
    1331 ERROR_ACCOUNT_DISABLED Other Unsafe:
        "the account is switched off", "by an administrator", "Enable-LocalUser NAME";
    1355 ERROR_NO_SUCH_DOMAIN Other Unsafe:
        "the domain is not known", "a wrong domain in the user's name, or no route to its domain controllers", DOMAIN;
    1359 ERROR_INTERNAL_ERROR Other AfterLooking: "an internal error of Windows", "no details are given", WINMGMT;
    1385 ERROR_LOGON_TYPE_NOT_GRANTED Other Unsafe:
        "the account may not log on over the network", "a policy (SeNetworkLogonRight, SeDenyNetworkLogonRight)",
        "secpol.msc, User Rights Assignment";
    1396 ERROR_WRONG_TARGET_NAME Other Unsafe:
        "the ticket is for another account than the host's", "a wrong or shared name of the service",
        "setspn -Q HTTP/NAME; give the right one{ (spn)}";
    1398 ERROR_TIME_SKEW Other Unsafe: "the clocks are too far apart", "more than five minutes", CLOCKS;
    1450 ERROR_NO_SYSTEM_RESOURCES Overloaded AfterLooking:
        "the host has no resources left", "it is overloaded", QUOTA;
    1460 ERROR_TIMEOUT TimedOut AfterLooking: "it took too long", "it may go on", LOOK;
    1722 RPC_S_SERVER_UNAVAILABLE Other AfterLooking:
        "a service on the host, or another node, cannot be reached",
        "vmms or Winmgmt does not run; a cluster's node is away", WINMGMT;
    1723 RPC_S_SERVER_TOO_BUSY Overloaded AfterLooking:
        "a service on the host is too busy", "it is overloaded", QUOTA;
    1726 RPC_S_CALL_FAILED Other AfterLooking:
        "a call inside the host was cut off", "the provider's process ended; it may have been done", LOOK;
    1727 RPC_S_CALL_FAILED_DNE Other Safe:
        "a call inside the host was cut off before it was carried out", "the provider's process ended", "try again";
    1793 ERROR_ACCOUNT_EXPIRED Other Unsafe: "the account has expired", "it has an end date", "net user NAME";
    1907 ERROR_PASSWORD_MUST_CHANGE Other Unsafe:
        "the password must be changed first", "set so by an administrator", "set a new password";
    1908 ERROR_DOMAIN_CONTROLLER_NOT_FOUND Other Unsafe:
        "no domain controller is found", "the host's network or DNS", DOMAIN;
    1909 ERROR_ACCOUNT_LOCKED_OUT Other Unsafe:
        "the account is locked", "too many tries with a wrong password",
        "wait, or Unlock-ADAccount NAME; then check the password";
    5023 ERROR_INVALID_STATE Other Safe:
        "the resource is in a wrong state", "a cluster's group is moving, or the VM is busy",
        "wait and try again";
    5050 ERROR_CLUSTER_NODE_DOWN Other Safe:
        "a node of the cluster is down", "the VM may be on its way to another",
        "Get-ClusterGroup, then talk to the owner";
    5908 ERROR_CLUSTER_GROUP_MOVING Other Safe:
        "the VM is on its way to another node", "a move or failover", "wait, then talk to the owner node";
}

const WAY: &str =
    "look at the network of the machine that shows this code, and at name and port of the other";

names! { NETWORK: Win32 u32, Other AfterLooking, "winerror.h, winhttp.h":
    "the network, the domain or a remote call failed, as its name says",
    "codes from 12000 are of Windows' HTTP client, which its WinRM client uses; the others may come from a host or its provider",
    WAY;
    67 ERROR_BAD_NET_NAME;
    109 ERROR_BROKEN_PIPE;
    1219 ERROR_SESSION_CREDENTIAL_CONFLICT;
    1225 ERROR_CONNECTION_REFUSED;
    1229 ERROR_CONNECTION_INVALID;
    1231 ERROR_NETWORK_UNREACHABLE;
    1232 ERROR_HOST_UNREACHABLE;
    1235 ERROR_REQUEST_ABORTED;
    1236 ERROR_CONNECTION_ABORTED;
    1244 ERROR_NOT_AUTHENTICATED;
    1245 ERROR_NOT_LOGGED_ON;
    1702 RPC_S_INVALID_BINDING;
    1717 RPC_S_UNKNOWN_IF;
    1753 EPT_S_NOT_REGISTERED;
    1787 ERROR_NO_TRUST_SAM_ACCOUNT;
    1788 ERROR_TRUSTED_DOMAIN_FAILURE;
    1789 ERROR_TRUSTED_RELATIONSHIP_FAILURE;
    1818 RPC_S_CALL_CANCELLED;
    1825 RPC_S_SEC_PKG_ERROR;
    12001 ERROR_WINHTTP_OUT_OF_HANDLES;
    12002 ERROR_WINHTTP_TIMEOUT;
    12004 ERROR_WINHTTP_INTERNAL_ERROR;
    12005 ERROR_WINHTTP_INVALID_URL;
    12006 ERROR_WINHTTP_UNRECOGNIZED_SCHEME;
    12007 ERROR_WINHTTP_NAME_NOT_RESOLVED;
    12015 ERROR_WINHTTP_LOGIN_FAILURE;
    12017 ERROR_WINHTTP_OPERATION_CANCELLED;
    12029 ERROR_WINHTTP_CANNOT_CONNECT;
    12030 ERROR_WINHTTP_CONNECTION_ERROR;
    12037 ERROR_WINHTTP_SECURE_CERT_DATE_INVALID;
    12038 ERROR_WINHTTP_SECURE_CERT_CN_INVALID;
    12044 ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED;
    12045 ERROR_WINHTTP_SECURE_INVALID_CA;
    12057 ERROR_WINHTTP_SECURE_CERT_REV_FAILED;
    12150 ERROR_WINHTTP_HEADER_NOT_FOUND;
    12152 ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
    12169 ERROR_WINHTTP_SECURE_INVALID_CERT;
    12170 ERROR_WINHTTP_SECURE_CERT_REVOKED;
    12175 ERROR_WINHTTP_SECURE_FAILURE;
    12177 ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR;
    12178 ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    12180 ERROR_WINHTTP_AUTODETECTION_FAILED;
}

names! { OTHER: Win32 u32, Other AfterLooking, "winerror.h":
    "Windows failed, as its name says",
    "a provider or service passes it on",
    WINMGMT;
    6 ERROR_INVALID_HANDLE;
    13 ERROR_INVALID_DATA;
    51 ERROR_REM_NOT_LIST;
    86 ERROR_INVALID_PASSWORD;
    122 ERROR_INSUFFICIENT_BUFFER;
    183 ERROR_ALREADY_EXISTS;
    234 ERROR_MORE_DATA;
    258 WAIT_TIMEOUT;
    259 ERROR_NO_MORE_ITEMS;
    997 ERROR_IO_PENDING;
    1223 ERROR_CANCELLED;
    1315 ERROR_INVALID_ACCOUNT_NAME;
    1332 ERROR_NONE_MAPPED;
}
