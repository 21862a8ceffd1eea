//! WinRM codes that Windows' own client shows (winrm.cmd, PowerShell remoting), and what they mean for a client elsewhere.
//!
//! hvsnap gives these situations ids of its own; the codes are here because a colleague's window shows them. As in wsmerror.h.

use super::advice::{PASSWORD, WAY};

const THEIR_SIDE: &str =
    "a setting of the Windows machine that asks, not of the host; hvsnap does not need it";

codes! { WINDOWS, WsMan;
    0x8033_8036 ERROR_WSMAN_FAILED_AUTHENTICATION Unsafe "DSP0226; wsmerror.h":
        "the host did not accept the user", "wrong user or password, or a scheme that is off", PASSWORD;
    0x8033_809D ERROR_WSMAN_SECURITY_UNMAPPED Unsafe "wsmerror.h":
        "the security of the channel cannot be told apart", "a certificate without an account", PASSWORD;
    0x8033_80DE ERROR_WSMAN_CLIENT_UNENCRYPTED_DISABLED Unsafe "wsmerror.h":
        "Windows' client refuses to talk unencrypted", THEIR_SIDE,
        "use TLS, or a scheme that seals: hvsnap does so with negotiate, kerberos and ntlm";
    0x8033_80DF ERROR_WSMAN_CLIENT_BASIC_AUTHENTICATION_DISABLED Unsafe "wsmerror.h":
        "Basic is off in Windows' client", THEIR_SIDE, "hvsnap: {auth=basic} needs it on at the host, and TLS";
    0x8033_80E1 ERROR_WSMAN_CLIENT_NEGOTIATE_AUTHENTICATION_DISABLED Unsafe "wsmerror.h":
        "Negotiate is off in Windows' client", THEIR_SIDE, "winrm set winrm/config/client/auth @{Negotiate=\"true\"} there";
    0x8033_80E2 ERROR_WSMAN_CLIENT_KERBEROS_AUTHENTICATION_DISABLED Unsafe "wsmerror.h":
        "Kerberos is off in Windows' client", THEIR_SIDE, "winrm set winrm/config/client/auth @{Kerberos=\"true\"} there";
    0x8033_80E4 ERROR_WSMAN_SERVER_NOT_TRUSTED Unsafe "wsmerror.h":
        "Windows' client does not trust the host outside of a domain", THEIR_SIDE,
        "there: TrustedHosts or TLS; with hvsnap: {tls}, or {auth=ntlm} over plain HTTP, which seals";
    0x8033_80E5 ERROR_WSMAN_EXPLICIT_CREDENTIALS_REQUIRED Unsafe "wsmerror.h":
        "Windows' client wants a user and a password", THEIR_SIDE, "give user{ (user)} and password";
    0x8033_80F8 ERROR_WSMAN_HTTP_CONTENT_TYPE_MISSMATCH_RESPONSE_DATA Unsafe "wsmerror.h":
        "content type and content of the answer differ", "something else than WinRM answers, or a proxy changed the answer", WAY;
    0x8033_80F9 ERROR_WSMAN_CANNOT_DECRYPT AfterLooking "wsmerror.h":
        "a sealed message cannot be opened", "the security session was lost on one side", "try again on a new connection";
    0x8033_810B ERROR_WSMAN_KERBEROS_IPADDRESS Unsafe "wsmerror.h":
        "Kerberos was asked for by an address instead of a name", "tickets are for names",
        "use the host's name, or give the name of the service: {spn=HTTP/NAME}";
    0x8033_810C ERROR_WSMAN_CLIENT_WORKGROUP_NO_KERBEROS Unsafe "wsmerror.h":
        "no Kerberos outside of a domain", THEIR_SIDE, "use {auth=ntlm}, or TLS";
    0x8033_810F ERROR_WSMAN_UNKNOWN_HTTP_STATUS_RETURNED Unsafe "wsmerror.h":
        "an unexpected HTTP status", "something else than WinRM answers", WAY;
    0x8033_8110 ERROR_WSMAN_UNSUPPORTED_HTTP_STATUS_REDIRECT Unsafe "wsmerror.h; HTTP 3xx":
        "something sends the request elsewhere", "a portal or a balancer answers instead of WinRM", WAY;
    0x8033_8112 ERROR_WSMAN_HTTP_SERVICE_UNAVAILABLE_STATUS AfterLooking "wsmerror.h; HTTP 503":
        "the service is stopped or overloaded", "WinRM or its listener does not run", "wait and try again; Get-Service WinRM";
    0x8033_8113 ERROR_WSMAN_HTTP_NOT_FOUND_STATUS Unsafe "wsmerror.h; HTTP 404":
        "nothing of WinRM answers at this address", "the path is not /wsman", WAY;
    0x8033_8126 ERROR_WSMAN_NETWORK_TIMEDOUT AfterLooking "wsmerror.h":
        "the host did not answer in time", "a firewall drops what is sent, or the host is down", WAY;
    0x8033_8169 ERROR_WSMAN_PUBLIC_FIREWALL_PROFILE_ACTIVE Unsafe "wsmerror.h":
        "the host's network counts as public, where WinRM's firewall rule is not set up", "quickconfig refuses so",
        "Set-NetConnectionProfile -NetworkCategory Private, or winrm quickconfig -SkipNetworkProfileCheck";
    0x8033_8170 ERROR_WSMAN_HTTP_STATUS_SERVER_ERROR AfterLooking "wsmerror.h; HTTP 500":
        "the host failed without a word", "most often an unencrypted message while AllowUnencrypted is false",
        "use a scheme that seals (negotiate, kerberos, ntlm), or TLS";
    0x8033_8171 ERROR_WSMAN_HTTP_STATUS_BAD_REQUEST Safe "wsmerror.h; HTTP 400":
        "the host could not read the request", "a broken security session, or headers too long (a large Kerberos ticket)",
        "try again; for large tickets raise MaxFieldLength and MaxRequestBytes of HTTP.sys on the host";
    0x8033_81B9 ERROR_WSMAN_NAME_NOT_RESOLVED Unsafe "wsmerror.h":
        "the host's name has no address", "the name is wrong, or the name service lacks it", "check the name: nslookup NAME";
    0x8033_81BA ERROR_WSMAN_SSL_CONNECTION_ABORTED Unsafe "wsmerror.h":
        "TLS was broken off", "port without TLS, or a certificate that one side does not accept",
        "winrm enumerate winrm/config/listener shows port and CertificateThumbprint";
    0x8033_81BB ERROR_WSMAN_DEFAULTAUTH_IPADDRESS Unsafe "wsmerror.h":
        "Windows' client wants TLS or TrustedHosts for an address", THEIR_SIDE, "hvsnap takes addresses; Kerberos needs {spn}";
    0x8033_81DD ERROR_WSMAN_SERVICE_REMOTE_ACCESS_DISABLED Unsafe "wsmerror.h":
        "remote access through WinRM is off on the host", "Disable-PSRemoting or a policy", "Enable-PSRemoting -Force";
    0x8033_81DE ERROR_WSMAN_SERVICE_STREAM_DISCONNECTED AfterLooking "wsmerror.h":
        "the host's side of the connection is gone", "the service was restarted", "look before doing it again";
    0x8033_81E3 ERROR_WSMAN_REMOTE_CONNECTION_NOT_ALLOWED Unsafe "wsmerror.h":
        "the host does not take connections from elsewhere", "no listener, or a policy", "winrm quickconfig";
    0x8033_81F0 ERROR_WSMAN_MUTUAL_AUTH_FAILED Unsafe "wsmerror.h":
        "the host could not prove who it is", "wrong service principal, or another machine answers", "check {spn} and the name";
}
