//! `identify`: who answers at the address.
//!
//! One request. Its answer is also the quickest proof that address, user and password are right.

use serde::Serialize;

use crate::cli::{
    answer::Answer,
    failure::Failure,
    render::{Line, style, table::facts},
    session::Session,
};

#[derive(Serialize)]
struct Body {
    endpoint: String,
    identity: IdentityView,
}

#[derive(Serialize)]
struct IdentityView {
    product_vendor: Option<String>,
    product_version: Option<String>,
    protocol_version: Option<String>,
    security_profiles: Vec<String>,
}

pub(crate) async fn run(session: &mut Session<'_>) -> Result<Answer, Failure> {
    let client = session.client.clone();
    let identity = session.reading(client.identify()).await?;
    let text = |text: &Option<String>| text.as_deref().map(Line::plain).unwrap_or_default();
    let mut lines = vec![Line::new().styled(style::STRONG, client.endpoint())];
    let mut rows = vec![
        ("vendor", text(&identity.product_vendor)),
        ("version", text(&identity.product_version)),
        ("protocol", text(&identity.protocol_version)),
    ];
    rows.extend(identity.security_profiles.iter().map(|profile| ("security", Line::plain(profile))));
    lines.extend(facts(rows));
    let body = Body {
        endpoint: client.endpoint().to_string(),
        identity: IdentityView {
            product_vendor: identity.product_vendor,
            product_version: identity.product_version,
            protocol_version: identity.protocol_version,
            security_profiles: identity.security_profiles,
        },
    };
    Answer::new(lines, &body)
}
