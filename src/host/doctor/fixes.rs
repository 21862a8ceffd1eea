//! What to do about a problem, as commands: for PowerShell on the host, and for a local shell.
//!
//! It runs none of them. Names from the outside are quoted so that they cannot end the quotes.

use super::{Command, Fix, Place};
use crate::{
    client::{Client, ConnectionError},
    explain::{ErrorId, Setting, Step},
};

/// The commands for an error id; none if only its text helps. It never suggests a scheme that the host does not offer, as far as
/// the host has said what it offers.
pub(super) fn of(client: &Client, id: ErrorId, offered: &[String]) -> Vec<Fix> {
    let endpoint = client.endpoint();
    let (name, port) = (shell(endpoint.host()), endpoint.port());
    let given = endpoint.host().to_owned();
    let user = client.0.user.as_deref().unwrap_or("DOMAIN\\user");
    let account = powershell(user);
    let local = user.rsplit('\\').next().unwrap_or(user);
    let local = powershell(local.split('@').next().unwrap_or(local));
    let host = |purpose, command: &str| Fix {
        place: Place::Host,
        purpose,
        command: Command::Shell(command.to_owned()),
    };
    let here =
        |purpose, command: String| Fix { place: Place::Here, purpose, command: Command::Shell(command) };
    let with =
        |purpose, steps: Vec<Step>| Fix { place: Place::Here, purpose, command: Command::Check(steps) };
    let tls = || Step::Set(Setting::Tls, None);
    let client_certificates = || {
        host(
            "show whether the binding asks for client certificates in the handshake (Negotiate Client Certificate)",
            "netsh http show sslcert",
        )
    };
    let scheme = ConnectionError::usable_scheme(offered);
    // Without the host's offer, assume the default of Windows.
    let sealing =
        if offered.is_empty() { Some("negotiate") } else { scheme.filter(|scheme| *scheme != "basic") };
    let auth = |scheme: &'static str| {
        let needs_tls = scheme == "basic" && !endpoint.is_tls();
        std::iter::once(Step::set(Setting::Scheme, scheme)).chain(needs_tls.then(tls)).collect()
    };
    let listeners = || host("show what WinRM listens on", "winrm enumerate winrm/config/listener");
    match id {
        ErrorId::NAME_RESOLUTION => vec![
            here("ask the name service", format!("getent hosts {name} || nslookup {name}")),
            host("show the host's own name", "[System.Net.Dns]::GetHostByName('').HostName"),
        ],
        ErrorId::CONNECTION_REFUSED | ErrorId::UNREACHABLE | ErrorId::CONNECT_TIMED_OUT => vec![
            host("set up WinRM and its firewall rule", "winrm quickconfig -quiet"),
            listeners(),
            host("open the firewall", "Enable-NetFirewallRule -DisplayGroup 'Windows Remote Management'"),
            here("try the port", format!("nc -vz -w 5 {name} {port}")),
        ],
        ErrorId::TLS_UNKNOWN_ISSUER
        | ErrorId::TLS_WRONG_NAME
        | ErrorId::TLS_NO_NAME
        | ErrorId::TLS_WEAK_SIGNATURE
        | ErrorId::TLS_CERTIFICATE
        | ErrorId::TLS_WRONG_FINGERPRINT => vec![
            here(
                "show the certificate; compare it with the host's own before it is trusted",
                format!(
                    "openssl s_client -connect {name}:{port} </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName -fingerprint -sha256"
                ),
            ),
            with(
                "trust the authority that issued it",
                vec![Step::set(Setting::CaCertificates, "AUTHORITY.pem")],
            ),
            with("trust only this certificate instead", vec![Step::set(Setting::Pin, "SHA256")]),
            host(
                "show the host's own certificate",
                "Get-ChildItem Cert:\\LocalMachine\\My | Format-List Subject, DnsNameList, NotAfter, Thumbprint",
            ),
        ],
        ErrorId::TLS_EXPIRED | ErrorId::TLS_NOT_YET_VALID => vec![
            here("compare the clocks", "date -u".to_owned()),
            host(
                "show the certificates and their dates",
                "Get-ChildItem Cert:\\LocalMachine\\My | Format-List Subject, NotBefore, NotAfter, Thumbprint",
            ),
            host(
                "give the listener another certificate",
                "winrm set winrm/config/Listener?Address=*+Transport=HTTPS '@{CertificateThumbprint=\"THUMBPRINT\"}'",
            ),
        ],
        ErrorId::NOT_TLS | ErrorId::TLS_HANDSHAKE | ErrorId::TLS_NOTHING_IN_COMMON => vec![
            listeners(),
            with(
                "use plain HTTP with sealed messages",
                vec![Step::set(Setting::Host, given.clone()), Step::set(Setting::Scheme, "negotiate")],
            ),
        ],
        ErrorId::SPEAKS_TLS => {
            let address = format!("{given}:{port}");
            vec![with("use TLS", vec![Step::set(Setting::Host, address), tls()]), listeners()]
        }
        ErrorId::NO_WINRM_HERE | ErrorId::NOT_SOAP | ErrorId::UNAVAILABLE => {
            vec![listeners(), host("start the service", "Start-Service WinRM; Get-Service WinRM")]
        }
        ErrorId::CLOCK_SKEW => vec![
            host("set the host's clock", "w32tm /resync /force; w32tm /query /status"),
            here("look at this computer's clock", "timedatectl status || date -u".to_owned()),
        ],
        ErrorId::BASIC_NOT_OFFERED | ErrorId::KERBEROS_NOT_OFFERED | ErrorId::SCHEME_NOT_OFFERED => {
            let offers = scheme.map(|scheme| with("use a scheme that the host offers", auth(scheme)));
            let shows = host("show what it allows", "winrm get winrm/config/service/auth");
            offers.into_iter().chain([shows]).collect()
        }
        ErrorId::NTLM_REFUSED | ErrorId::PASSWORD_REFUSED => vec![
            host(
                "check that a local account exists, is enabled and is not locked",
                &format!(
                    "Get-LocalUser -Name {local} | Format-List Name, Enabled, PasswordExpires, LastLogon"
                ),
            ),
            host("check the same of a domain account", &format!("net user {local} /domain")),
            host(
                "read why the host refused the logon",
                "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 5 | Format-List",
            ),
        ],
        ErrorId::KDC_REFUSED => {
            vec![host(
                "show whether the account exists, is enabled and is not locked",
                &format!("net user {local} /domain"),
            )]
        }
        ErrorId::KERBEROS_REFUSED | ErrorId::AUTHENTICATION => {
            let mut fixes = vec![
                here("look at the tickets", "klist".to_owned()),
                host(
                    "show which account owns the service principal name",
                    &format!("setspn -Q HTTP/{}", powershell(endpoint.host())),
                ),
            ];
            // NTLM goes through Negotiate.
            if sealing == Some("negotiate") {
                fixes.push(with("use NTLM instead", auth("ntlm")));
            }
            fixes
        }
        ErrorId::CERTIFICATE_REFUSED => vec![
            host("allow certificates", "winrm set winrm/config/service/auth '@{Certificate=\"true\"}'"),
            host("show the mappings", "Get-ChildItem WSMan:\\localhost\\ClientCertificate"),
            client_certificates(),
        ],
        ErrorId::CLIENT_CERTIFICATE_LATE => vec![client_certificates()],
        ErrorId::UNENCRYPTED_REFUSED | ErrorId::NOT_ENCRYPTED => {
            let sealed = sealing.map(|scheme| with("seal the messages", auth(scheme)));
            let others = [
                with("or use TLS", vec![Step::set(Setting::Host, given), tls()]),
                host("show what the host allows", "winrm get winrm/config/service"),
            ];
            sealed.into_iter().chain(others).collect()
        }
        ErrorId::UNKNOWN_CLASS | ErrorId::URI_FORM | ErrorId::NOT_THERE => vec![
            host("check whether Hyper-V is installed", "Get-WindowsFeature Hyper-V"),
            host(
                "install it; the host restarts",
                "Install-WindowsFeature -Name Hyper-V -IncludeManagementTools -Restart",
            ),
            host(
                "show the namespaces",
                "Get-CimInstance -Namespace root/virtualization -ClassName __Namespace",
            ),
        ],
        ErrorId::ACCESS_DENIED | ErrorId::NO_SERVICE | ErrorId::FILTERED_TOKEN => vec![
            host(
                "allow the user remote management",
                &format!("Add-LocalGroupMember -Group 'Remote Management Users' -Member {account}"),
            ),
            host(
                "allow the user to manage Hyper-V",
                &format!("Add-LocalGroupMember -Group 'Hyper-V Administrators' -Member {account}"),
            ),
            host(
                "stop filtering the token of a local administrator over the network",
                "New-ItemProperty -Path HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System -Name LocalAccountTokenFilterPolicy -PropertyType DWord -Value 1 -Force",
            ),
        ],
        ErrorId::OVERLOADED => vec![
            host(
                "show the quotas of the WMI plug-in",
                "Get-ChildItem 'WSMan:\\localhost\\Plugin\\WMI Provider\\Quotas'",
            ),
            host(
                "allow a user more operations at a time",
                "Set-Item 'WSMan:\\localhost\\Plugin\\WMI Provider\\Quotas\\MaxConcurrentOperationsPerUser' 100; Restart-Service WinRM",
            ),
        ],
        _ => Vec::new(),
    }
}

/// A PowerShell string literal.
fn powershell(text: &str) -> String {
    // PowerShell accepts typographic quotes as straight ones.
    let doubled = |c: char| match c {
        '\'' | '\u{2018}'..='\u{201B}' => vec![c, c],
        c => vec![c],
    };
    format!("'{}'", text.chars().flat_map(doubled).collect::<String>())
}

/// A word for a POSIX shell, taken literally.
fn shell(word: &str) -> String {
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    if !word.is_empty() && word.chars().all(is_harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Credentials, Secret};

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let credentials = Credentials::ntlm("LAB\\o'brien\u{2019}; Stop-VM *", Secret::new("p"));
        let client = Client::builder("http://hv01").credentials(credentials).build().unwrap();
        let fixes = of(&client, ErrorId::FILTERED_TOKEN, &[]);
        let command = fixes[0].command.to_string();
        assert!(command.ends_with("-Member 'LAB\\o''brien\u{2019}\u{2019}; Stop-VM *'"), "{command}");
        assert_eq!(shell("a'b"), r"'a'\''b'");
        assert_eq!(shell("hv01.lab.example"), "hv01.lab.example");
    }

    #[test]
    fn a_scheme_that_the_host_does_not_offer_is_not_advised() {
        let credentials = Credentials::negotiate("ops", Secret::new("p"));
        let client = Client::builder("http://hv01").credentials(credentials).build().unwrap();
        let advised = |id, offered: &[&str]| {
            let offered: Vec<String> = offered.iter().map(ToString::to_string).collect();
            let commands = of(&client, id, &offered).into_iter().map(|fix| fix.command.to_string());
            commands.filter(|command| command.contains("the scheme")).collect::<Vec<_>>()
        };
        for (id, offered, wanted) in [
            (ErrorId::SCHEME_NOT_OFFERED, &["Kerberos"][..], &["check again with the scheme kerberos"][..]),
            (
                ErrorId::KERBEROS_NOT_OFFERED,
                &["Basic", "Negotiate"],
                &["check again with the scheme negotiate"],
            ),
            (ErrorId::SCHEME_NOT_OFFERED, &["basic"], &["check again with the scheme basic, TLS"]),
            (ErrorId::SCHEME_NOT_OFFERED, &["CredSSP"], &[]),
            (ErrorId::KERBEROS_REFUSED, &["Kerberos"], &[]),
            (ErrorId::KERBEROS_REFUSED, &["Negotiate", "Kerberos"], &["check again with the scheme ntlm"]),
            (ErrorId::NOT_ENCRYPTED, &["Basic"], &[]),
            (ErrorId::UNENCRYPTED_REFUSED, &[], &["check again with the scheme negotiate"]),
        ] {
            assert_eq!(advised(id, offered), wanted, "{id} {offered:?}");
        }
    }
}
