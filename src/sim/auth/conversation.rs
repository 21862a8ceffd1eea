//! One authentication on one connection, and the session that it establishes.
//!
//! It belongs to its connection and starts again after any refusal. Follows RFC 4178, section 3.2, MS-SPNG, section 3.2.5, and
//! MS-NLMP, section 3.2.5.

use std::{mem, time::Duration};

use super::{
    Account, Authority, Denied, Scheme, kerberos,
    ntlm::{self, Challenged},
    spnego::{self, Init, Response, State},
};
use crate::sim::journal::Mechanism;

/// The state of an authentication.
#[derive(Debug, Default)]
pub(crate) struct Conversation(Stage);

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    /// A challenge was sent without SPNEGO.
    Raw(Challenged),
    /// NTLM was chosen although the client prefers another mechanism.
    Chosen(List),
    /// A challenge was sent inside SPNEGO.
    Wrapped(List, Challenged),
}

/// The client's list of mechanisms.
#[derive(Debug)]
struct List {
    der: Vec<u8>,
    /// True if the choice is not the client's first one: then both sides sign the list.
    must_be_signed: bool,
}

/// The result of a token.
#[derive(Debug)]
pub(crate) enum Progress {
    /// The host's next token; the exchange continues.
    Continue(Vec<u8>),
    /// The client is authenticated.
    Established(Box<Established>),
}

/// An authenticated client.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) account: Account,
    pub(crate) mechanism: Mechanism,
    pub(crate) session: Session,
    /// The last token for the client, if any.
    pub(crate) token: Option<Vec<u8>>,
}

/// The security context of a connection.
#[derive(Debug)]
pub(crate) struct Session {
    scheme: Scheme,
    context: Context,
}

/// The context that seals messages.
#[derive(Debug)]
enum Context {
    Ntlm(Box<ntlm::Session>),
    Kerberos(kerberos::Protected),
}

impl Conversation {
    /// Takes the client's token. After a refusal the conversation starts again.
    pub(crate) fn step(
        &mut self,
        authority: &Authority,
        scheme: Scheme,
        token: &[u8],
        now: Duration,
    ) -> Result<Progress, Denied> {
        let stage = mem::take(&mut self.0);
        // Windows also accepts plain Kerberos tokens under `Negotiate`, and clients rely on it.
        if scheme == Scheme::Kerberos || spnego::is_kerberos(token) {
            let accepted = kerberos::accept(authority, token)?;
            let session = Session { scheme, context: Context::Kerberos(accepted.context) };
            return Ok(established(accepted.account, Mechanism::Kerberos, session, accepted.token));
        }
        if token.starts_with(ntlm::SIGNATURE) {
            return match stage {
                Stage::Raw(challenged) if !ntlm::is_negotiate(token) => {
                    let (account, context) = finish(authority, challenged, token)?;
                    Ok(established(
                        account,
                        Mechanism::Ntlm,
                        Session::negotiated(Context::Ntlm(context.into())),
                        None,
                    ))
                }
                _ => {
                    let challenged = Challenged::by(&authority.ntlm(), token, authority.nonce(), now)?;
                    let token = challenged.token().to_vec();
                    self.0 = Stage::Raw(challenged);
                    Ok(Progress::Continue(token))
                }
            };
        }
        if Init::is_like(token) {
            let init = Init::read(token).ok_or(Denied::Malformed("NegTokenInit"))?;
            return self.begin(authority, &init, now);
        }
        if Response::is_like(token) {
            let response = Response::read(token).ok_or(Denied::Malformed("NegTokenResp"))?;
            return self.go_on(authority, stage, &response, now);
        }
        Err(Denied::Malformed("neither SPNEGO nor NTLM"))
    }

    /// Chooses a mechanism.
    fn begin(&mut self, authority: &Authority, init: &Init<'_>, now: Duration) -> Result<Progress, Denied> {
        let has_keys = authority.keys.is_some();
        let mut known = init.mechanisms().filter(|(place, mechanism, _)| match mechanism {
            spnego::Mechanism::Ntlm => true,
            // Only the token of the client's first choice comes with the list.
            spnego::Mechanism::Kerberos => has_keys && *place == 0,
        });
        let (place, mechanism, identifier) = known.next().ok_or(Denied::NothingInCommon)?;
        if mechanism == spnego::Mechanism::Kerberos {
            return accept_kerberos(authority, init, identifier);
        }
        let list = List { der: init.list.to_vec(), must_be_signed: place > 0 };
        // Only the first mechanism's token comes with the list.
        let token = init.token.filter(|_| place == 0);
        let state = if place == 0 { State::Incomplete } else { State::RequestMic };
        let Some(token) = token else {
            self.0 = Stage::Chosen(list);
            return Ok(Progress::Continue(Response::write(state, Some(identifier), None, None)));
        };
        let challenged = Challenged::by(&authority.ntlm(), token, authority.nonce(), now)?;
        let answer = Response::write(state, Some(identifier), Some(challenged.token()), None);
        self.0 = Stage::Wrapped(list, challenged);
        Ok(Progress::Continue(answer))
    }

    fn go_on(
        &mut self,
        authority: &Authority,
        stage: Stage,
        response: &Response<'_>,
        now: Duration,
    ) -> Result<Progress, Denied> {
        let token = response.token.ok_or(Denied::Malformed("NegTokenResp without a token"))?;
        match stage {
            Stage::Idle | Stage::Raw(_) => Err(Denied::Malformed("NegTokenResp at the beginning")),
            Stage::Chosen(list) => {
                let challenged = Challenged::by(&authority.ntlm(), token, authority.nonce(), now)?;
                let answer = Response::write(State::Incomplete, None, Some(challenged.token()), None);
                self.0 = Stage::Wrapped(list, challenged);
                Ok(Progress::Continue(answer))
            }
            Stage::Wrapped(list, challenged) => {
                let (account, mut context) = finish(authority, challenged, token)?;
                let list_mic = match response.list_mic {
                    Some(mic) if context.verify_list(&list.der, mic) => Some(context.sign_list(&list.der)),
                    Some(_) => return Err(Denied::WrongListMic),
                    None if list.must_be_signed => return Err(Denied::NoListMic),
                    None => None,
                };
                let list_mic = list_mic.as_ref().map(<[u8; 16]>::as_slice);
                let answer = Response::write(State::Completed, None, None, list_mic);
                let session = Session::negotiated(Context::Ntlm(context.into()));
                Ok(established(account, Mechanism::NtlmInSpnego, session, Some(answer)))
            }
        }
    }
}

fn finish<'a>(
    authority: &'a Authority,
    challenged: Challenged,
    token: &[u8],
) -> Result<(&'a Account, ntlm::Session), Denied> {
    let accepted = challenged.accept(&authority.ntlm(), token)?;
    Ok((authority.account(accepted.account)?, accepted.session))
}

fn accept_kerberos(authority: &Authority, init: &Init<'_>, identifier: &[u8]) -> Result<Progress, Denied> {
    let token = init.token.ok_or(Denied::Malformed("NegTokenInit without a token of Kerberos"))?;
    let accepted = kerberos::accept(authority, token)?;
    // The client's first choice, complete in one leg: the list need not be signed (RFC 4178, section 5).
    let answer = Response::write(State::Completed, Some(identifier), accepted.token.as_deref(), None);
    let session = Session::negotiated(Context::Kerberos(accepted.context));
    Ok(established(accepted.account, Mechanism::KerberosInSpnego, session, Some(answer)))
}

fn established(
    account: &Account,
    mechanism: Mechanism,
    session: Session,
    token: Option<Vec<u8>>,
) -> Progress {
    Progress::Established(Box::new(Established { account: account.clone(), mechanism, session, token }))
}

impl Session {
    fn negotiated(context: Context) -> Self {
        Self { scheme: Scheme::Negotiate, context }
    }

    /// The media type of messages sealed in this session.
    pub(crate) fn protocol(&self) -> &'static str {
        match self.scheme {
            Scheme::Negotiate => "application/HTTP-SPNEGO-session-encrypted",
            Scheme::Kerberos => "application/HTTP-Kerberos-session-encrypted",
        }
    }

    /// Decrypts the next message. After an error the session must not be used.
    pub(crate) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Vec<u8>, Denied> {
        match &mut self.context {
            Context::Ntlm(context) if !context.seals() => Err(Denied::NoContext),
            Context::Ntlm(context) => context.unseal(signature, data).ok_or(Denied::BadSeal),
            Context::Kerberos(context) => context.unseal(signature, data),
        }
    }

    /// Encrypts the next answer: signature and data. After an error the session must not be used.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> Result<(Vec<u8>, Vec<u8>), Denied> {
        match &mut self.context {
            Context::Ntlm(context) => Ok(context.seal(plain)),
            Context::Kerberos(context) => context.seal(plain),
        }
    }
}
