//! HTTP statuses without a message, from a WinRM service, from HTTP.sys or from an intermediary.
//!
//! A fault message takes precedence over its status. Follows RFC 9110, sections 15.3 to 15.6; MS-WSMV, sections 3.1.4.1.20 and
//! 3.1.5.1.

use super::advice::PASSWORD;

const ADDRESS: &str = "check name, port and path of the address; WinRM answers at /wsman";

codes! { STATUSES: Http u16, "RFC 9110, section 15.3.1";
    200 OK NoError AfterLooking:
        "the host has answered",
        "of a method, the return value in the answer says how it went; a fault never comes with this status",
        "nothing";
    400 BAD_REQUEST Other Safe "RFC 9110, section 15.5.1; WinRM's client calls it 2150859121":
        "the host could not read the request as HTTP, or not unseal it",
        "most often the security session of the connection was lost; the request was not executed",
        "try again: a new connection authenticates anew; if it stays, a proxy or firewall in between changes requests";
    401 UNAUTHORIZED AccessDenied Unsafe "RFC 9110, section 15.5.2":
        "the host did not accept who is asking",
        "wrong user or password, a scheme that the host does not allow, or an account that may not log on over the network",
        PASSWORD;
    403 FORBIDDEN AccessDenied Unsafe "RFC 9110, section 15.5.4":
        "the host, or a proxy on the way, forbids this",
        "client certificate required or not mapped, an address outside the listener's IPv4Filter or IPv6Filter, or a proxy's rule",
        "winrm get winrm/config/service shows the filters; check the path of the address (/wsman) and the proxy";
    404 NOT_FOUND Other Unsafe "RFC 9110, section 15.5.5; WinRM's client calls it 2150859027":
        "nothing of WinRM answers at this address",
        "the path is not /wsman, or another application of HTTP.sys has the port",
        "WinRM's path is /wsman; winrm enumerate winrm/config/listener shows port and prefix";
    405 METHOD_NOT_ALLOWED Other Unsafe "RFC 9110, section 15.5.6; wsmerror.h 2150858868":
        "the address does not take a POST", "something else than WinRM answers there",
        "check port and path: WinRM answers POST at /wsman";
    407 PROXY_AUTHENTICATION_REQUIRED AccessDenied Unsafe "RFC 9110, section 15.5.8":
        "the proxy wants to know who is asking", "authentication to a proxy is not supported here",
        "use a proxy that allows the tunnel without authentication, or none";
    411 LENGTH_REQUIRED Other Unsafe "RFC 9110, section 15.5.12; MS-WSMV 2.2.9.1":
        "the host wants to know the length of the body beforehand",
        "a proxy or firewall in between took the length out of the request", "look at the proxy on the way";
    413 CONTENT_TOO_LARGE RequestTooLarge Unsafe "RFC 9110, section 15.5.14; MS-WSMV 3.1.4.1.20; WinRM's client calls it 2150859025":
        "the request is longer than the host takes; it was not read",
        "MaxEnvelopeSizekb of the host is smaller than the request",
        "winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}";
    415 UNSUPPORTED_MEDIA_TYPE Other Unsafe "RFC 9110, section 15.5.16; wsmerror.h 2150858869":
        "the host does not take the media type of the request",
        "something else than WinRM answers there, or a proxy changed the request",
        "check port and path, and the proxy on the way";
    500 INTERNAL_SERVER_ERROR Other AfterLooking "MS-WSMV 3.1.5.1; WinRM's client calls it 2150859120":
        "the host failed without a reason",
        "a Windows host answers so to an unencrypted message while AllowUnencrypted is false; else a timer or a quota of the service",
        "use NTLM, Kerberos or negotiate, which seal every message, or TLS{ (tls)}; with Basic over plain HTTP nothing else helps";
    502 BAD_GATEWAY Other AfterLooking "RFC 9110, section 15.6.3":
        "a proxy or firewall in between got no usable answer from the host",
        "a proxy or a balancer stands between, and the host behind it does not answer",
        "reach the host without it, or look there";
    503 SERVICE_UNAVAILABLE Overloaded AfterLooking "RFC 9110, section 15.6.4; WinRM's client calls it 2150859026":
        "the service is stopped, starting, or has more to do than it can",
        "the WinRM service or its listener does not run, or HTTP.sys has no room in its queue",
        "wait and try again; Get-Service WinRM on the host shows whether it runs";
    504 GATEWAY_TIMEOUT TimedOut AfterLooking "RFC 9110, section 15.6.5":
        "a proxy or firewall in between waited too long for the host",
        "the operation takes longer than a proxy or balancer allows; the host may go on with it",
        "give the proxy more time than the operation timeout";
    429 TOO_MANY_REQUESTS Overloaded Safe "RFC 6585, section 4":
        "a proxy or firewall in between allows no more requests for now",
        "a proxy or balancer limits the rate; WinRM itself does not say this",
        "wait as long as Retry-After says, and ask less often";
    302 FOUND Other Unsafe "RFC 9110, section 15.4.3; wsmerror.h 2150859024":
        "a proxy or firewall in between sends the request elsewhere",
        "a portal or a balancer answers instead of WinRM; a redirection is never followed, it would take the password along",
        ADDRESS;
}
