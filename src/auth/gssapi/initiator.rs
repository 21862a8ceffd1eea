//! The caller's side of Kerberos.
//!
//! All protections are required: mutual authentication, detection of repeated and reordered messages, signatures and
//! encryption. Follows RFC 4121, section 4.1, and RFC 2743, section 2.2.1.

use std::{fmt, mem};

use super::{
    error::{KerberosError, Reason},
    protected::Protected,
    source::{Shared, Source, lock, service},
    sys::{Context, Library, Name},
    token::Sender,
};
use crate::auth::Peer;

/// `GSS_C_MUTUAL_FLAG`, `…_REPLAY_…`, `…_SEQUENCE_…`, `…_CONF_…`, `…_INTEG_…`
const PROTECTIONS: u32 = 2 | 4 | 8 | 16 | 32;

/// A context that is being established.
pub(crate) struct Initiator {
    source: Source,
    target: Name,
    library: &'static Library,
    state: State,
}

enum State {
    New,
    /// The host has the ticket and must still prove that it can read it.
    Waiting {
        context: Context,
        credential: Shared,
        binding: Option<Vec<u8>>,
    },
    Established(Protected),
    /// An error has ended the exchange.
    Over,
}

impl Initiator {
    /// Prepares a context with a host. Opens the library, but sends nothing.
    pub(crate) fn new(source: &Source, peer: &Peer) -> Result<Self, KerberosError> {
        let library = Library::open()?;
        let target = service(library, peer)?;
        Ok(Self { source: source.clone(), target, library, state: State::New })
    }

    /// The next token to the host, if any; `token` is the host's. The binding of the first step counts.
    ///
    /// The first step **may block** while the library waits for a KDC, for up to about a minute; later steps only compute.
    pub(crate) fn step(
        &mut self,
        token: Option<&[u8]>,
        binding: Option<&[u8]>,
    ) -> Result<Option<Vec<u8>>, KerberosError> {
        let (mut context, credential, binding) = match (mem::replace(&mut self.state, State::Over), token) {
            (State::New, None) => {
                let credential = self.source.acquire(self.library)?;
                (Context::new(self.library), credential, binding.map(<[u8]>::to_vec))
            }
            (State::Waiting { context, credential, binding }, Some(_)) => (context, credential, binding),
            _ => return Err(Reason::NotInTurn.into()),
        };
        let leg = context.initiate(
            &mut lock(&credential),
            &mut self.target,
            PROTECTIONS,
            binding.as_deref(),
            token,
        );
        let leg = leg.map_err(|failure| {
            let error = KerberosError::from(failure);
            if token.is_some() { error.of_answer() } else { error }
        })?;
        self.state = if leg.is_complete {
            if leg.flags & PROTECTIONS != PROTECTIONS {
                return Err(Reason::Unprotected.into());
            }
            State::Established(Protected::new(context, Sender::Initiator))
        } else {
            State::Waiting { context, credential, binding }
        };
        Ok(Some(leg.token).filter(|token| !token.is_empty()))
    }

    /// True if both sides have proven their identity.
    pub(crate) fn is_established(&self) -> bool {
        matches!(self.state, State::Established(_))
    }

    /// The protection of messages, once the context is established.
    pub(crate) fn protected(&mut self) -> Result<&mut Protected, KerberosError> {
        match &mut self.state {
            State::Established(protected) => Ok(protected),
            _ => Err(Reason::NotInTurn.into()),
        }
    }

    /// As [`Self::protected`], by value, when the negotiation is complete.
    pub(crate) fn into_protected(self) -> Result<Protected, KerberosError> {
        match self.state {
            State::Established(protected) => Ok(protected),
            _ => Err(Reason::NotInTurn.into()),
        }
    }
}

impl fmt::Debug for Initiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Initiator").field("source", &self.source).finish_non_exhaustive()
    }
}
