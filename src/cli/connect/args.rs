//! The flags that say which host, as whom, and how.
//!
//! There is none for the password itself: arguments can be read by everybody on the machine.

use std::path::PathBuf;

use clap::Args;
use hvsnap::cim::ClassName;

use crate::cli::values::{Form, Length, NamespaceName, Scheme, Size};

/// Flags of every command that talks to a host.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// Host to talk to: 5985, or with --tls 5986 [env: HVSNAP_HOST]
    #[arg(long, global = true, value_name = "NAME[:PORT]")]
    pub(crate) host: Option<String>,

    /// The same as a URL: http[s]://NAME[:PORT][/PATH] [env: HVSNAP_ENDPOINT]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) endpoint: Option<String>,

    /// Encrypt by TLS [env: HVSNAP_TLS]
    #[arg(long, global = true)]
    pub(crate) tls: bool,

    /// Authorities (PEM) to trust besides the platform's [env: HVSNAP_CA_FILE]
    #[arg(long, global = true, value_name = "PEM", hide_short_help = true)]
    pub(crate) ca_file: Option<PathBuf>,

    /// The only certificate to accept, of whatever kind, by the SHA-256 of it: 64 hexadecimal digits [env: HVSNAP_PIN]
    #[arg(long, global = true, value_name = "SHA256", hide_short_help = true)]
    pub(crate) pin: Option<String>,

    /// Name that the host's certificate must be for, if not the one connected to [env: HVSNAP_SERVER_NAME]
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub(crate) server_name: Option<String>,

    /// HTTP proxy on the way to the host [env: HVSNAP_PROXY]
    #[arg(long, global = true, value_name = "URL", hide_short_help = true)]
    pub(crate) proxy: Option<String>,

    /// How to prove who asks: by default negotiate, which is Kerberos for user@REALM and else NTLM [env: HVSNAP_AUTH]
    #[arg(
        long,
        global = true,
        value_name = "negotiate|kerberos|ntlm|basic|certificate",
        hide_possible_values = true
    )]
    pub(crate) auth: Option<Scheme>,

    /// User: DOMAIN\user, user@REALM, or user [env: HVSNAP_USER]
    #[arg(long, global = true, value_name = "USER")]
    pub(crate) user: Option<String>,

    /// For --auth certificate: certificate and unencrypted key, both in one PEM file; a Windows host asks for it in the
    /// handshake only with clientcertnegotiation=enable (netsh http add sslcert) [env: HVSNAP_CLIENT_CERT]
    #[arg(long, global = true, value_name = "PEM", hide_short_help = true)]
    pub(crate) client_cert: Option<PathBuf>,

    /// For --auth kerberos: keytab with the key of the user, instead of a password [env: HVSNAP_KEYTAB]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) keytab: Option<PathBuf>,

    /// Name of the service, if not HTTP/ and the host connected to: HTTP/host, HTTP/host@REALM or HTTP@host [env: HVSNAP_SPN]
    #[arg(long, global = true, value_name = "SPN", hide_short_help = true)]
    pub(crate) spn: Option<String>,

    /// File that holds the password [env: HVSNAP_PASSWORD_FILE, or the password itself: HVSNAP_PASSWORD]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Read the password from stdin, up to its end
    #[arg(long, global = true)]
    pub(crate) password_stdin: bool,

    /// Let the password cross the network unencrypted [env: HVSNAP_ALLOW_PLAINTEXT]
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) allow_plaintext: bool,

    /// CIM namespace: virtualization, cluster, or a full name [env: HVSNAP_NAMESPACE]
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub(crate) namespace: Option<NamespaceName>,

    /// Form of resource URIs [env: HVSNAP_URI_FORM]
    #[arg(long, global = true, value_name = "wmi|dmtf", hide_possible_values = true, hide_short_help = true)]
    pub(crate) uri_form: Option<Form>,

    /// Class that the destroy methods are called on [env: HVSNAP_SERVICE_CLASS]
    #[arg(long, global = true, value_name = "CLASS", hide_short_help = true)]
    pub(crate) service_class: Option<ClassName>,

    /// How long the host may take for one operation [env: HVSNAP_OPERATION_TIMEOUT]
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    pub(crate) operation_timeout: Option<Length>,

    /// How long opening a connection may take [env: HVSNAP_CONNECT_TIMEOUT]
    #[arg(long, global = true, value_name = "DURATION", hide_short_help = true)]
    pub(crate) connect_timeout: Option<Length>,

    /// How long the whole command may take, with all that it waits for, such as 90s, 5m, 1h30m; the host goes on by itself
    #[arg(long, global = true, value_name = "DURATION")]
    pub(crate) timeout: Option<Length>,

    /// How large a message of the host may be, in bytes or as 500k, 8M; the host has its own bound [env: HVSNAP_MAX_ENVELOPE_SIZE]
    #[arg(long, global = true, value_name = "SIZE", hide_short_help = true)]
    pub(crate) max_envelope_size: Option<Size>,

    /// Profile of the configuration file to use [env: HVSNAP_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// Configuration file, instead of hvsnap/config.toml in ~/.config or its like [env: HVSNAP_CONFIG]
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) config: Option<PathBuf>,
}
