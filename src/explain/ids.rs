//! Error ids of this library: settings, connection, TLS, authentication, and answers of the host.
//!
//! An id is stable: its meaning never changes, and a retired id is not used again. Hundreds: 1 settings, 2 connection and TLS,
//! 3 authentication, 4 answers; 5 and above are in `ids_call`.

use std::fmt;

use crate::codes::advice::{LOOK, NAMESPACE, OURS, PASSWORD, QUOTA, RIGHTS, URI_FORM};

/// The stable id of an error: `HVS0123`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorId(pub(super) u16);

impl ErrorId {
    /// The number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// What it means.
    pub fn entry(self) -> &'static super::CodeEntry {
        let own = [OWN, super::ids_call::OWN].into_iter().flatten();
        // Constants and rows have one source, so every id has a row; a test checks this.
        own.into_iter().find(|entry| entry.code == u32::from(self.0)).unwrap_or(&super::ids_call::UNKNOWN)
    }
}

impl fmt::Display for ErrorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HVS{:04}", self.0)
    }
}

/// Rows of our own table; each becomes a constant and an entry.
macro_rules! ids {
    ($($code:literal $name:ident $repeat:ident: $what:expr, $why:expr, $next:expr;)+) => {
        impl $crate::explain::ErrorId {
            $(#[doc = $what] pub const $name: Self = Self($code);)+
        }
        pub(super) const OWN: &[$crate::explain::CodeEntry] = &[$($crate::explain::CodeEntry {
            family: $crate::explain::Family::Hvsnap,
            code: $code,
            name: stringify!($name),
            title: None,
            category: $crate::explain::Category::Other,
            form: None,
            what: $what,
            why: $why,
            next: $next,
            repeat: $crate::explain::Repeat::$repeat,
            source: "hvsnap",
        }),+];
    };
}
pub(super) use ids;

ids! {
    101 ADDRESS Unsafe: "invalid address", "a part of it is missing, wrong or not allowed",
        "give NAME[:PORT], or a URL such as https://hv01.corp.example:5986";
    102 NAME Unsafe: "invalid name", "it holds characters that are not allowed in such a name", "check namespace, class or id";
    103 SETTING Unsafe: "invalid setting", "the text says which, and why", "correct it; {help} shows the settings";
    104 UNWRITABLE Unsafe: "a text cannot be sent", "XML does not allow one of its characters", "remove the character";
    105 USAGE Unsafe: "invalid command line", "the text says why", "{help} shows commands, flags and exit codes";
    106 CONFIGURATION Unsafe: "invalid configuration file", "the text says where and why", "correct the file; {help} shows its form";
    107 NO_CONSENT Unsafe: "not confirmed", "there is no terminal to ask on, or the answer was not yes", "look at the plan with {dry-run}, then give {yes}";
    108 OUTPUT Unsafe: "the output could not be written", "the stream is closed or full; the work itself is not undone",
        "look at the host before doing it again";
    109 SYSTEM Unsafe: "the program cannot run here", "the system lacks or refuses something that the program needs", "see the cause";
    110 INTERRUPTED AfterLooking: "interrupted", "by Ctrl-C, or a request to terminate", "a job that was started continues on the host";
    111 SIMULATOR Unsafe: "the simulated host cannot do this", "the lab file or the address cannot be used", "see the cause";
    112 UNKNOWN_CODE Unsafe: "unknown code", "it belongs to a family that is not explained here, or is mistyped",
        "give it as decimal, as 0x…, by its name, or as HVS and four digits";
    113 JOURNAL AfterLooking: "the journal failed", "its folder cannot be read or written, or other users can write to it",
        "see the cause; the journal's folder is {state-dir}";

    201 NAME_RESOLUTION Safe: "the host's name has no address", "the name is wrong, or the name service does not know it",
        "check the host's name";
    202 CONNECTION_REFUSED Safe: "the host refused the connection", "nothing listens on this port",
        WAY;
    203 UNREACHABLE Safe: "no route to host", "routing, a cable or a firewall", WAY;
    204 CONNECT_TIMED_OUT Safe: "the host did not accept a connection in time", "a firewall drops what is sent, or the host is down", WAY;
    205 ANSWER_TIMED_OUT AfterLooking: "the host did not answer in time", "it is overloaded, or the connection was dropped in silence", LOOK;
    206 CONNECTION_LOST AfterLooking: "the connection ended before the answer was complete", "a restart of host or service, a firewall, or the network", LOOK;
    207 PROXY Safe: "the proxy opens no tunnel to the host", "it cannot be reached, or does not allow the tunnel",
        "check the proxy's address, and that it allows a tunnel (CONNECT) to that port without authentication";
    208 SETUP Unsafe: "a connection could not be prepared", "this computer lacks or refuses something that is needed", "see the cause";
    209 TRUST_ROOTS Unsafe: "the trusted certificates cannot be loaded", "the platform has none, or a file is damaged", "give the authority's certificate{ (ca-file)}";
    210 CLIENT_CERTIFICATE Unsafe: "the client certificate cannot be used", "certificate and key do not go together, or are of an unknown kind",
        "give certificate and key that belong together, as PEM (RSA, ECDSA or Ed25519)";
    211 TIME_OVER AfterLooking: "the time limit of the command has passed", "the host was silent or busy for too long, or the time limit is short",
        "give it more time{ (timeout)}";

    221 TLS_UNKNOWN_ISSUER Unsafe: "the issuer of the host's certificate is not trusted here", "a private authority, or a self-signed certificate",
        "give the certificate authority that signed the host's certificate{ (ca-file)}, or pin its fingerprint{ (pin)}";
    222 TLS_WRONG_NAME Unsafe: "the host's certificate is for another name", "the host is reached by an address or alias",
        "use the name that the certificate is for as the address, or give it as the server name{ (server-name)}";
    223 TLS_NO_NAME Unsafe: "the host's certificate has no subject alternative name", "it was made with a common name alone",
        "give the host a certificate with a subject alternative name; until then its fingerprint can be pinned{ (pin)}";
    224 TLS_EXPIRED Unsafe: "the host's certificate has expired", "it was not renewed, or a clock is wrong", CERTIFICATE_CLOCKS;
    225 TLS_NOT_YET_VALID Unsafe: "the host's certificate is not valid yet", "a clock is wrong", CERTIFICATE_CLOCKS;
    226 TLS_REVOKED Unsafe: "the host's certificate was revoked", "its authority has taken it back", "give the host a new certificate";
    227 TLS_WEAK_SIGNATURE Unsafe: "the host's certificate is signed with an outdated algorithm", "SHA-1 or MD5",
        "give the host a certificate that is signed with SHA-256; until then its fingerprint can be pinned{ (pin)}";
    228 TLS_WRONG_FINGERPRINT Unsafe: "the host's certificate is not the pinned one", "it was renewed, or something else answers",
        "if the host has a new certificate, pin that one; if not, something else answers in its place";
    229 TLS_CERTIFICATE Unsafe: "the host's certificate is not acceptable", "the cause says why: that of an authority, an old version, another purpose, an unknown extension",
        "give the host a certificate of X.509 version 3 for a server (CA:FALSE, server authentication); until then its fingerprint can be pinned{ (pin)}";
    230 TLS_NOTHING_IN_COMMON Unsafe: "host and client have no safe protocol version and cipher in common", "an old Windows offers CBC alone",
        "allow TLS 1.2 with ECDHE and AES-GCM, or TLS 1.3, on the host (before Windows Server 2016 its defaults have CBC with \
         RSA certificates only: an ECDSA certificate helps); without TLS, messages are sealed by NTLM or Kerberos";
    231 TLS_CLIENT_CERTIFICATE_WANTED Unsafe: "the host demands a client certificate", "its listener requires one",
        "give a client certificate{ (client-cert)}";
    232 TLS_CLIENT_CERTIFICATE_REFUSED Unsafe: "the host does not accept the client certificate", "it does not trust the issuer, or maps the certificate to no account",
        "the host must trust the authority of the client certificate, and map the certificate to an account";
    233 NOT_TLS Unsafe: "the host does not answer in TLS", "the port serves plain HTTP",
        "check the port; WinRM speaks TLS on 5986 and plain HTTP on 5985";
    234 TLS_HANDSHAKE Unsafe: "the TLS handshake failed", "the cause says why", "check the port, and what stands between";
    235 SPEAKS_TLS Unsafe: "the port speaks TLS, not plain HTTP", "it is a listener of HTTPS",
        "use TLS{ (tls)} or an https:// address, or the port of plain HTTP; WinRM speaks TLS on 5986 and plain HTTP on 5985";

    301 CREDENTIALS Unsafe: "the scheme cannot carry these credentials", "the cause says why", "choose another scheme{ (auth)}, or other credentials";
    302 PLAINTEXT_REFUSED Unsafe: "the password would cross the network in clear text", "Basic without TLS",
        "use TLS{ (tls)} or an https:// address, so that the password cannot be read on the network";
    303 CERTIFICATE_NEEDS_TLS Unsafe: "a client certificate needs TLS", "the address is plain HTTP", USE_TLS;
    304 PROXY_NEEDS_TLS Unsafe: "an authenticated connection through a proxy needs TLS", "without TLS a proxy may share connections", USE_TLS;
    305 BASIC_NOT_OFFERED Unsafe: "the host does not offer Basic", "it is off by default",
        "use {auth=negotiate}; on a Windows host Basic is off by default";
    306 KERBEROS_NOT_OFFERED Unsafe: "the host does not offer Kerberos", "it is in no domain, or Kerberos is switched off",
        "the host does not allow Kerberos; {auth=negotiate} uses it where it is available, and NTLM elsewhere";
    307 SCHEME_NOT_OFFERED Unsafe: "the host does not offer the scheme", "it is switched off there",
        "the host does not allow this scheme; choose one that it offers{ (auth)}";
    308 NTLM_REFUSED Unsafe: "the host did not accept user and password", "user or password is wrong; or the account is locked, not allowed \
         to log on over the network or to use NTLM; or, with TLS, a proxy on the way shows a certificate of its own, \
         or the host's clock is far off: both break the channel binding",
        "check user and password (HOST\\user for a local account, DOMAIN\\user for another)";
    309 KERBEROS_REFUSED Unsafe: "the host did not accept the Kerberos ticket", "clocks, names or the channel binding",
        "check that the clocks agree, that the ticket has not expired (klist), and that the service principal belongs \
         to the host that answers; with TLS, a proxy or firewall in between that shows a certificate of its own breaks the channel binding";
    310 CERTIFICATE_REFUSED Unsafe: "the host did not accept the client certificate", "it does not allow certificates, or maps this one to no account",
        "allow certificates on the host (winrm set winrm/config/service/auth @{Certificate=\"true\"}), map this one to \
         an account (WSMan:\\localhost\\ClientCertificate), and let its binding ask for it in the handshake \
         (netsh http add sslcert ... clientcertnegotiation=enable)";
    311 PASSWORD_REFUSED Unsafe: "the host did not accept user and password", "by Basic, which is for local accounts",
        "check user and password; a local account may need its host's name in front (HOST\\user)";
    312 AUTHENTICATION Unsafe: "the authentication cannot go on", "host and client cannot agree, or no ticket is available; the cause says why",
        "see the cause; {auth=ntlm}, kerberos or negotiate may do, and {log} shows what was chosen";
    // No longer used: such a status is reported as without authentication.
    313 AUTHENTICATION_STATUS Unsafe: "the host neither accepted nor refused the authentication", "something other than WinRM answers there, or its path differs",
        "check the path of the address; WinRM answers at /wsman";
    314 IDENTITY_LOST AfterLooking: "the host lost the authentication of a connection", "the service was restarted, or a proxy or firewall in between mixes connections",
        "a read is tried again by itself; before a call is made again, look at the tree";

    315 CLOCK_SKEW Unsafe: "the clocks of host and client are too far apart", "Kerberos allows five minutes, and certificates have dates",
        "make the clocks agree: w32tm /resync on the host, and the time service here";
    316 NOT_ENCRYPTED Unsafe: "password and messages cross the network in clear text", "Basic without TLS, which the host allows (AllowUnencrypted)",
        "use TLS{ (tls)}, or a scheme that seals: negotiate, kerberos or ntlm";
    317 KDC_REFUSED Unsafe: "the KDC did not accept user and password", "the password is wrong, or the account is locked, disabled or expired; the host was not asked",
        PASSWORD;
    318 CLIENT_CERTIFICATE_LATE Unsafe: "the host does not ask for the client certificate in the TLS handshake",
        "a Windows host by default asks after the request, by renegotiation (TLS 1.2) or after the handshake (TLS 1.3), which is not supported here",
        "let the host's binding ask in the handshake: netsh http delete sslcert ipport=0.0.0.0:5986, then netsh http add sslcert with \
         the same certhash and appid (netsh http show sslcert) and clientcertnegotiation=enable";

    401 HTTP_STATUS AfterLooking: "the host answered with an HTTP status and no message", "HTTP.sys, the service, or a proxy or firewall in between sent it",
        "see what the status means{ (explain)}";
    402 UNENCRYPTED_REFUSED AfterLooking: "the host failed without a reason (HTTP 500)", "a Windows host answers so to an unencrypted message while AllowUnencrypted is false",
        "a Windows host answers so to an unencrypted message (AllowUnencrypted is false): use TLS, or a scheme that seals: negotiate, kerberos or ntlm";
    403 NO_WINRM_HERE Unsafe: "WinRM does not answer at this address (HTTP 404)", "the path is not /wsman", "check host, port and path of the address; the path of WinRM is /wsman";
    404 UNAVAILABLE AfterLooking: "the service is not available (HTTP 503)", "it is stopped, starting or overloaded", "the WinRM service is stopped or overloaded; try again later";
    410 FAULT AfterLooking: "the host refused with a fault", "its code says why", "{explain} says more of the fault's number";
    411 ACCESS_DENIED Unsafe: "access denied", "by WinRM, WMI or a provider", RIGHTS;
    412 TIMED_OUT AfterLooking: "the host did not finish within the operation timeout", "a call may go on there; a read has done nothing", LOOK;
    413 OVERLOADED AfterLooking: "host overloaded or quota exceeded", "too many operations at a time, of this user or of all", QUOTA;
    414 NOT_THERE AfterLooking: "the host has no such instance", "a job that has expired, or an object that is gone",
        "a host deletes a job five minutes after its end; {tree} shows its effect";
    415 UNKNOWN_CLASS Unsafe: "the host does not know namespace, class or query", "no Hyper-V there, another namespace, or another version", NAMESPACE;
    416 TOO_LARGE AfterLooking: "a message is larger than one side takes", "MaxEnvelopeSize of the client, MaxEnvelopeSizekb of the host",
        "raise it on the host: winrm set winrm/config @{MaxEnvelopeSizekb=\"8192\"}";
    417 UNREPORTABLE AfterLooking: "done, but the host could not report the result", "the answer did not fit", LOOK;
    418 NOT_UNDERSTOOD Unsafe: "the host does not accept the form of the request; nothing was done", "another version of the service or of the class", OURS;
    419 ENUMERATION_LOST Safe: "the host no longer knows the enumeration", "its timer ran out, or the service was restarted", "read it again from its beginning";
    420 PROVIDER AfterLooking: "WMI or a provider on the host failed", "the fault's number says more", "{explain} says more of the fault's number; a call may have been done";
    421 URI_FORM Unsafe: "the host does not know the resource URI; nothing was done", "it knows another form of URIs, or lacks the namespace", URI_FORM;
    422 NOT_SUPPORTED Unsafe: "the host does not support the operation, the method or the filter; nothing was done", "another class or version, or another kind of host",
        "check {service-class} and {namespace}";
    450 PROTOCOL AfterLooking: "the host's answer breaks the protocol", "an unusual service, or a proxy or firewall in between changed it",
        "run it again with {messages}, which shows the answer; before a call is made again, look at the tree";
    451 NOT_SOAP AfterLooking: "what answers is no WS-Management service", "a login page, a proxy or another service; or a proxy or firewall in between compresses answers",
        "check name, port and path of the address, and the proxy on the way; WinRM answers with SOAP at /wsman, never compressed";
}

const WAY: &str = "check name and port; WinRM listens on 5985 (HTTP) or 5986 (HTTPS) once `winrm quickconfig` was run there";
const CERTIFICATE_CLOCKS: &str = "check the clocks, and renew the host's certificate";
const USE_TLS: &str = "use TLS{ (tls)} or an https:// address";
