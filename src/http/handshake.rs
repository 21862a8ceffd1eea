//! The legs of a connection-bound authentication: requests that carry tokens and no body.
//!
//! An identity results only if the exchange itself reports that everything was proven. Follows [MS-WSMV], section 2.2.9.1 (the
//! header is sent until the host answers 200), and RFC 4559, section 4, for the form.

use std::time::SystemTime;

use bytes::Bytes;
use reqwest::StatusCode;
use zeroize::Zeroizing;

use super::{
    Authentication, HttpError, HttpErrorKind, NotSoap, Written,
    challenge::Challenge,
    connection::{Connection, authorization, soap},
    pool::EndpointContext,
    waiting,
};
use crate::{
    auth::{AuthError, ChannelBinding, Entropy, Exchange, Moment, Refusal, Session, Step},
    violation::Violation,
};

/// NTLM needs two legs, Kerberos one, and SPNEGO one more.
const MAX_LEGS: usize = 8;

/// Authenticates the caller; `None` if the connection was closed before a leg was written.
pub(super) async fn establish(
    connection: &mut Connection,
    exchange: Exchange,
) -> Result<Option<Session>, HttpError> {
    // The host has received tokens only, never a request.
    legs(connection, exchange).await.map_err(|error| error.with_written(Written::Nothing))
}

async fn legs(connection: &mut Connection, mut exchange: Exchange) -> Result<Option<Session>, HttpError> {
    let context = std::sync::Arc::clone(&connection.context);
    let scheme = exchange.scheme();
    let binding = connection.open().await?;
    let mut challenge = None;
    let mut offered = Vec::new();
    for _ in 0..MAX_LEGS {
        let step;
        (exchange, step) = take_step(&context, exchange, challenge, binding.clone()).await?;
        let Step::Send(token) = step else { return Err(refused(&context, &exchange, offered)) };
        let authorization = authorization(&context, scheme, &token)?;
        let sent = connection.send(Some(authorization), soap(), Bytes::new()).await;
        let Some(mut reply) = connection.arrived(sent)? else {
            return Ok(None);
        };
        let (status, keeps) = (reply.status(), reply.keeps_connection());
        let retry_after = reply.retry_after();
        let challenges = reply.challenges();
        let token = token_of(&context, &challenges, scheme)?;
        offered = schemes(&challenges);
        let (content_type, content_encoding) =
            (reply.content_type().map(str::to_owned), reply.content_encoding().map(str::to_owned));
        // The next leg uses the same connection, which is free once this answer is read to its end.
        let body = connection.read(&mut reply).await?;
        if status.is_success() {
            // The answer to a leg has no body; a body comes from a service that does not know the exchange.
            let what = NotSoap::of(content_type.as_deref(), content_encoding.as_deref(), &body);
            if let Some(what) = what.filter(|_| token.is_none()) {
                return Err(context.error(HttpErrorKind::NotSoap(what), Written::Nothing));
            }
            if let Some((preferred, reason)) = exchange.passed_over() {
                tracing::info!(channel = connection.number, preferred, %reason, "not the preferred mechanism");
            }
            let mut by = Authentication::of(&exchange, !context.endpoint.is_tls(), binding.is_some());
            let session = exchange.finish(token.as_deref()).map_err(|error| failed(&context, error))?;
            if !keeps {
                return Err(violation(&context, Violation::IdentityDropped));
            }
            by.mechanism = session.mechanism();
            tracing::debug!(channel = connection.number, %by, "host convinced");
            context.convinced(by);
            return Ok(Some(session));
        }
        if status != StatusCode::UNAUTHORIZED {
            let kind = HttpErrorKind::AuthenticationStatus(status.as_u16());
            return Err(context.error(kind, Written::Nothing).with_retry_after(retry_after));
        }
        // Without a token there is nothing to reply to: the host has refused.
        let Some(token) = token else { return Err(refused(&context, &exchange, offered)) };
        if !keeps {
            return Err(violation(&context, Violation::IdentityDropped));
        }
        challenge = Some(token);
    }
    Err(violation(&context, Violation::EndlessAuthentication))
}

/// Takes one step of the exchange. A step that may wait for a key distribution centre (Kerberos) runs on a thread for
/// blocking work.
async fn take_step(
    context: &EndpointContext,
    mut exchange: Exchange,
    challenge: Option<Vec<u8>>,
    binding: Option<ChannelBinding>,
) -> Result<(Exchange, Step), HttpError> {
    let mut moment = moment(context)?;
    let may_wait = exchange.may_wait();
    let step = move || {
        let step = exchange.step(challenge.as_deref(), binding.as_ref(), &mut moment);
        step.map(|step| (exchange, step))
    };
    let step = if may_wait {
        let step = waiting::on_a_thread(step).await;
        step.map_err(|error| context.error(HttpErrorKind::Setup, Written::Nothing).with_source(error))?
    } else {
        step()
    };
    step.map_err(|error| failed(context, error))
}

/// The randomness and the time for one step.
fn moment(context: &EndpointContext) -> Result<Moment, HttpError> {
    let mut bytes = Zeroizing::new([0; Entropy::SIZE]);
    getrandom::fill(&mut *bytes)
        .map_err(|error| context.error(HttpErrorKind::Setup, Written::Nothing).with_source(error))?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok(Moment { random: Entropy::new(&bytes), now })
}

/// The token of this scheme, if there is one. More than one is a violation.
pub(super) fn token_of(
    context: &EndpointContext,
    challenges: &[Challenge<'_>],
    scheme: &str,
) -> Result<Option<Vec<u8>>, HttpError> {
    let mut found = None;
    for challenge in challenges.iter().filter(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme)) {
        let token =
            challenge.token(&context.options.limits).map_err(|offence| violation(context, offence))?;
        if !token.is_empty() && found.replace(token).is_some() {
            return Err(violation(context, Violation::SeveralTokens));
        }
    }
    Ok(found)
}

pub(super) fn schemes(challenges: &[Challenge<'_>]) -> Vec<String> {
    let mut schemes: Vec<String> = Vec::new();
    for challenge in challenges {
        if !schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(challenge.scheme)) {
            schemes.push(challenge.scheme.to_owned());
        }
    }
    schemes
}

pub(super) fn refused(context: &EndpointContext, exchange: &Exchange, offered: Vec<String>) -> HttpError {
    let (tried, mechanism) = (exchange.scheme(), exchange.mechanism());
    context.logon.refused();
    context.credentials.refused(context.authority(), Refusal { tried, mechanism, offered: offered.clone() });
    let kind = HttpErrorKind::NotAuthenticated { tried, mechanism, offered };
    let error = context.error(kind, Written::Nothing);
    match exchange.passed_over() {
        Some((preferred, reason)) => error.with_source(format!("{preferred} could not begin: {reason}")),
        None if context.has_unasked_identity() => {
            error.with_source("it did not ask for it in the TLS handshake")
        }
        None => error,
    }
}

/// The error for a failed step or session.
pub(super) fn failed(context: &EndpointContext, error: AuthError) -> HttpError {
    let kind = match error {
        AuthError::Violation(violation) => HttpErrorKind::Violation(violation),
        error => HttpErrorKind::Authentication(error),
    };
    context.error(kind, Written::Nothing)
}

fn violation(context: &EndpointContext, violation: Violation) -> HttpError {
    context.error(HttpErrorKind::Violation(violation), Written::Nothing)
}
