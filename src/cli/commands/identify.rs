//! `identify`: the service at the address, and how the user was authenticated.
//!
//! It sends one request, so it is also the quickest check of address, user and password.

use clap::Args;
use hvsnap::Authentication;
use serde::Serialize;

use crate::cli::{
    answer::Answer,
    commands::HostCommand,
    failure::Failure,
    render::{Line, style, table::facts},
    session::Session,
};

/// Identify the host: the quickest test of address, user and password
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hvsnap identify --host hv01.corp.example --tls")]
pub(crate) struct Identify {}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Body {
    /// URL of the endpoint that was asked.
    endpoint: String,
    /// What the host says of itself.
    identity: IdentityView,
    /// How the user was authenticated; null if no authentication was needed.
    authentication: Option<AuthenticationView>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AuthenticationView {
    /// The scheme of HTTP, such as Negotiate.
    scheme: &'static str,
    /// The mechanism inside of the scheme: Kerberos, NTLM, or the scheme itself.
    mechanism: &'static str,
    /// True if messages are signed and encrypted by it.
    sealed: bool,
    /// True if it is bound to the TLS connection.
    channel_bound: bool,
    /// Why a better mechanism could not begin.
    passed_over: Option<String>,
}

impl From<Authentication> for AuthenticationView {
    fn from(by: Authentication) -> Self {
        Self {
            scheme: by.scheme(),
            mechanism: by.mechanism(),
            sealed: by.is_sealed(),
            channel_bound: by.is_channel_bound(),
            passed_over: by.passed_over().map(str::to_owned),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct IdentityView {
    /// Vendor of the product.
    product_vendor: Option<String>,
    /// Version of the operating system and of WinRM.
    product_version: Option<String>,
    /// URI of the version of the protocol.
    protocol_version: Option<String>,
    /// URIs of the security profiles that the host offers.
    security_profiles: Vec<String>,
}

impl HostCommand for Identify {
    async fn run(&self, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let client = session.host.client().clone();
        let identity = session.reading(client.identify()).await?;
        let text = |text: &Option<String>| text.as_deref().map(Line::plain).unwrap_or_default();
        let mut lines = vec![Line::new().styled(style::STRONG, client.endpoint())];
        let mut rows = vec![
            ("vendor", text(&identity.product_vendor)),
            ("version", text(&identity.product_version)),
            ("protocol", text(&identity.protocol_version)),
        ];
        rows.extend(identity.security_profiles.iter().map(|profile| ("security", Line::plain(profile))));
        let authentication = client.authentication();
        if let Some(by) = &authentication {
            rows.push(("authenticated", Line::plain(by)));
            rows.extend(by.passed_over().map(|reason| ("", Line::plain(reason))));
        }
        lines.extend(facts(rows));
        let body = Body {
            endpoint: client.endpoint().to_string(),
            identity: IdentityView {
                product_vendor: identity.product_vendor,
                product_version: identity.product_version,
                protocol_version: identity.protocol_version,
                security_profiles: identity.security_profiles,
            },
            authentication: authentication.map(Into::into),
        };
        Answer::new(lines, &body)
    }
}
