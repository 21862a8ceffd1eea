//! One authentication on one connection, from leg to leg, and the session that it ends in.
//!
//! It belongs to its connection and never outlives it. After any refusal it begins anew. Follows RFC 4178, section 3.2,
//! MS-SPNG, section 3.2.5, and MS-NLMP, section 3.2.5.

use std::{mem, time::Duration};

use super::{
    Account, Authority, Denied, Scheme,
    ntlm::{self, Challenged},
    spnego::{self, Init, Response, State},
};
use crate::sim::journal::Mechanism;

/// Where an authentication stands.
#[derive(Debug, Default)]
pub(crate) struct Conversation(Stage);

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    /// A challenge was sent as it is.
    Raw(Challenged),
    /// NTLM was chosen for a client that would rather have had something else.
    Chosen(List),
    /// A challenge was sent inside SPNEGO.
    Wrapped(List, Challenged),
}

/// The client's list of mechanisms.
#[derive(Debug)]
struct List {
    der: Vec<u8>,
    /// Whether the choice is not the client's first: then both sides sign the list.
    must_be_signed: bool,
}

/// What a token led to.
#[derive(Debug)]
pub(crate) enum Progress {
    /// The host's next token; the client is to go on.
    Continue(Vec<u8>),
    /// The client is who it says.
    Established(Box<Established>),
}

/// A client that is who it says.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) account: Account,
    pub(crate) mechanism: Mechanism,
    pub(crate) session: Session,
    /// What is still to be told the client.
    pub(crate) token: Option<Vec<u8>>,
}

/// The security context of a connection.
#[derive(Debug)]
pub(crate) struct Session {
    scheme: Scheme,
    context: ntlm::Session,
}

impl Conversation {
    /// Takes the client's token. After a refusal the conversation is back at its beginning.
    pub(crate) fn step(
        &mut self,
        authority: &Authority,
        scheme: Scheme,
        token: &[u8],
        now: Duration,
    ) -> Result<Progress, Denied> {
        let stage = mem::take(&mut self.0);
        if scheme == Scheme::Kerberos {
            return Err(Denied::NothingInCommon);
        }
        if token.starts_with(ntlm::SIGNATURE) {
            return match stage {
                Stage::Raw(challenged) if !ntlm::is_negotiate(token) => {
                    let (account, session) = finish(authority, challenged, token)?;
                    Ok(established(account, Mechanism::Ntlm, session, None))
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
        let mut known = init.mechanisms().filter(|(_, mechanism, _)| *mechanism == spnego::Mechanism::Ntlm);
        let (place, _, identifier) = known.next().ok_or(Denied::NothingInCommon)?;
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
                let (account, mut session) = finish(authority, challenged, token)?;
                let list_mic = match response.list_mic {
                    Some(mic) if session.verify_list(&list.der, mic) => Some(session.sign_list(&list.der)),
                    Some(_) => return Err(Denied::WrongListMic),
                    None if list.must_be_signed => return Err(Denied::NoListMic),
                    None => None,
                };
                let list_mic = list_mic.as_ref().map(<[u8; 16]>::as_slice);
                let answer = Response::write(State::Completed, None, None, list_mic);
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

fn established(
    account: &Account,
    mechanism: Mechanism,
    context: ntlm::Session,
    token: Option<Vec<u8>>,
) -> Progress {
    let session = Session { scheme: Scheme::Negotiate, context };
    Progress::Established(Box::new(Established { account: account.clone(), mechanism, session, token }))
}

impl Session {
    /// The media type of messages that are sealed in it.
    pub(crate) fn protocol(&self) -> &'static str {
        match self.scheme {
            Scheme::Negotiate => "application/HTTP-SPNEGO-session-encrypted",
            Scheme::Kerberos => "application/HTTP-Kerberos-session-encrypted",
        }
    }

    /// Decrypts the next message. After an error the session is not to be used.
    pub(crate) fn unseal(&mut self, signature: &[u8], data: &[u8]) -> Result<Vec<u8>, Denied> {
        if !self.context.seals() {
            return Err(Denied::NoContext);
        }
        self.context.unseal(signature, data).ok_or(Denied::BadSeal)
    }

    /// Encrypts the next answer: signature and data.
    pub(crate) fn seal(&mut self, plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        self.context.seal(plain)
    }
}
