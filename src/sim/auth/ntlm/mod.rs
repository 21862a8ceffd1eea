//! The host's side of NTLM: NEGOTIATE in, CHALLENGE out, AUTHENTICATE in, and a context for messages.
//!
//! Accepts only NTLMv2 with extended session security and 128-bit keys, as a host does by default. Written from the specification
//! alone and separate from the client, so that the two cannot share a mistake. A wrong user and a wrong password give the same
//! answer. Follows MS-NLMP, sections 2.2, 3.2 and 3.4.

pub(crate) mod authenticate;
mod challenge;
mod keys;
mod session;
mod token;
#[cfg(test)]
mod vectors;

use std::time::Duration;

use super::{
    Account, Denied,
    binding::Binding,
    names::{HostNames, upper},
};
use authenticate::Authenticate;
use keys::{Key, hmac_md5};
pub(super) use session::Session;
use token::flags;

/// The first bytes of every NTLM token.
pub(super) const SIGNATURE: &[u8] = b"NTLMSSP\0";

/// True for a NEGOTIATE, which starts a new exchange.
pub(super) fn is_negotiate(token: &[u8]) -> bool {
    token::is_message(token, 1)
}

/// What a host needs for a challenge.
pub(super) struct Server<'a> {
    pub(super) names: &'a HostNames,
    pub(super) accounts: &'a [Account],
    pub(super) binding: Option<&'a Binding>,
}

/// A challenge that was sent, and the data to check the response.
#[derive(Debug)]
pub(super) struct Challenged {
    negotiate: Vec<u8>,
    challenge: Vec<u8>,
    nonce: [u8; 8],
    flags: u32,
}

/// A client that has proven a password.
#[derive(Debug)]
pub(super) struct Accepted {
    /// Index among the accounts.
    pub(super) account: usize,
    pub(super) session: Session,
}

impl Challenged {
    /// Reads a NEGOTIATE and answers it.
    pub(super) fn by(
        server: &Server<'_>,
        negotiate: &[u8],
        nonce: [u8; 8],
        now: Duration,
    ) -> Result<Self, Denied> {
        let offered = token::negotiate_flags(negotiate).ok_or(Denied::Malformed("NEGOTIATE of NTLM"))?;
        let needed = flags::UNICODE | flags::NTLM | flags::EXTENDED_SESSION_SECURITY | flags::KEY_128;
        if offered & needed != needed {
            return Err(Denied::Weak("NEGOTIATE lacks Unicode, extended session security or 128-bit keys"));
        }
        let flags = challenge::flags(offered, server.names);
        let challenge = challenge::message(flags, nonce, server.names, now);
        Ok(Self { negotiate: negotiate.to_vec(), challenge, nonce, flags })
    }

    /// The CHALLENGE to send.
    pub(super) fn token(&self) -> &[u8] {
        &self.challenge
    }

    /// Reads the AUTHENTICATE that answers the challenge.
    pub(super) fn accept(self, server: &Server<'_>, token: &[u8]) -> Result<Accepted, Denied> {
        let message = Authenticate::read(token)?;
        if message.flags & !self.flags & flags::SECURITY != 0 {
            return Err(Denied::Malformed("AUTHENTICATE with flags that were not offered"));
        }
        let agreed = message.flags & self.flags;
        let needed = flags::UNICODE | flags::EXTENDED_SESSION_SECURITY | flags::KEY_128;
        if agreed & needed != needed {
            return Err(Denied::Weak("AUTHENTICATE gives up extended session security or 128-bit keys"));
        }
        let (account, base_key) = self.find(server.accounts, &message)?;
        let key = match (agreed & flags::KEY_EXCHANGE != 0, message.session_key) {
            (true, sent) => {
                keys::exchanged(&base_key, sent).ok_or(Denied::Malformed("session key of NTLM"))?
            }
            (false, _) => base_key,
        };
        self.check_integrity(&key, &message, token)?;
        if let Some(binding) = server.binding {
            binding.check(message.response.channel_binding())?;
        }
        Ok(Accepted { account, session: Session::new(&key, agreed) })
    }

    /// The account whose password made the response, and the resulting key.
    fn find(&self, accounts: &[Account], message: &Authenticate<'_>) -> Result<(usize, Key), Denied> {
        let (user, domain) = (&message.user, &message.domain);
        for (index, account) in accounts.iter().enumerate() {
            if !account.names.are_meant_by(domain, user) {
                continue;
            }
            let owf = keys::ntowf_v2(account.password.expose(), &upper(user), domain);
            let proof = hmac_md5(&owf, &[&self.nonce, message.response.temp]);
            if proof == message.response.proof {
                return Ok((index, hmac_md5(&owf, &[&proof])));
            }
        }
        Err(Denied::Logon)
    }

    /// Checks the MIC over all three messages; without it, an intermediary could change flags and bindings.
    fn check_integrity(&self, key: &Key, message: &Authenticate<'_>, token: &[u8]) -> Result<(), Denied> {
        // Our challenges always contain a timestamp, so a client that follows the specification sends a MIC.
        if !message.response.promises_mic() {
            return Err(Denied::NoMic);
        }
        let (mic, zeroed) = token::split_mic(token).ok_or(Denied::Malformed("MIC of NTLM"))?;
        if hmac_md5(key, &[&self.negotiate, &self.challenge, &zeroed]) == mic {
            Ok(())
        } else {
            Err(Denied::WrongMic)
        }
    }
}
