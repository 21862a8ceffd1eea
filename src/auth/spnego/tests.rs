//! Negotiations with fake mechanisms.

use std::time::Duration;

use super::*;
use crate::auth::{
    Entropy, Sealed,
    gssapi::{KerberosError, Reason},
    session::Context,
};
use NegState::{AcceptCompleted, AcceptIncomplete, Reject, RequestMic};

/// Sends one token and takes one; a signature is its name followed by the signed message.
struct Fake {
    name: &'static str,
    identifiers: &'static [&'static [u8]],
    /// The error of its first step, if any.
    fails: Option<AuthError>,
    heard: bool,
}

const FIRST: &[u8] = &[0x2a, 0x01];
const ALIAS: &[u8] = &[0x2a, 0x11];
const SECOND: &[u8] = &[0x2a, 0x02];

fn first(able: bool) -> Box<dyn Mechanism> {
    first_that((!able).then_some(AuthError::NothingInCommon))
}

fn first_that(fails: Option<AuthError>) -> Box<dyn Mechanism> {
    Box::new(Fake { name: "First", identifiers: &[FIRST, ALIAS], fails, heard: false })
}

fn second() -> Box<dyn Mechanism> {
    Box::new(Fake { name: "Second", identifiers: &[SECOND], fails: None, heard: false })
}

impl Mechanism for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    fn may_wait(&self) -> bool {
        false
    }

    fn identifiers(&self) -> &'static [&'static [u8]] {
        self.identifiers
    }

    fn step(
        &mut self,
        challenge: Option<&[u8]>,
        _binding: Option<&ChannelBinding>,
        _moment: &mut Moment,
    ) -> Result<Option<Token>, AuthError> {
        self.heard |= challenge.is_some();
        let token = challenge.is_none().then(|| Zeroizing::new(self.name.as_bytes().to_vec()));
        self.fails.clone().map_or(Ok(token), Err)
    }

    fn conclude(&mut self, _last: &[u8]) -> Result<(), AuthError> {
        self.heard = true;
        Ok(())
    }

    fn is_established(&self) -> bool {
        self.heard
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, AuthError> {
        Ok([self.name.as_bytes(), message].concat())
    }

    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), AuthError> {
        let expected = self.sign(message)?;
        if expected == signature { Ok(()) } else { Err(Violation::BadSignature.into()) }
    }

    fn into_context(self: Box<Self>) -> Result<Box<dyn Context>, AuthError> {
        Ok(self)
    }
}

impl Context for Fake {
    fn seal(&mut self, _plain: &[u8]) -> Result<Sealed, AuthError> {
        Err(AuthError::NoSession)
    }

    fn unseal(&mut self, _signature: &[u8], _data: &[u8]) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        Err(AuthError::NoSession)
    }
}

/// Both mechanisms in DER, the form that is signed.
const LIST: &[u8] = &[0x30, 8, 6, 2, 0x2a, 0x01, 6, 2, 0x2a, 0x02];

fn signature(name: &str) -> Vec<u8> {
    [name.as_bytes(), LIST].concat()
}

/// A negotiation that has offered both mechanisms.
fn offered() -> Spnego {
    let mut spnego = Spnego::new(vec![first(true), second()]);
    let mut expected = vec![0x60, 0x21, 6, 6, 0x2b, 6, 1, 5, 5, 2, 0xa0, 0x17, 0x30, 0x15, 0xa0, 10];
    expected.extend(LIST);
    expected.extend([0xa2, 7, 4, 5]);
    expected.extend(b"First");
    assert_eq!(say(&mut spnego, None), Ok(Some(expected)));
    spnego
}

fn say(spnego: &mut Spnego, challenge: Option<&[u8]>) -> Result<Option<Vec<u8>>, AuthError> {
    let random = Entropy::new(&Zeroizing::new([0; Entropy::SIZE]));
    let mut moment = Moment { random, now: Duration::ZERO };
    match spnego.step(challenge, None, &mut moment)? {
        Step::Send(token) => Ok(Some(token.to_vec())),
        Step::Refused => Ok(None),
    }
}

/// An answer of the host.
fn answer(
    state: NegState,
    mechanism: Option<&[u8]>,
    token: Option<&[u8]>,
    signature: Option<&[u8]>,
) -> Vec<u8> {
    let octets = |bytes: Option<&[u8]>| bytes.map(|bytes| token::octets(bytes).unwrap());
    let answer = NegTokenResp {
        neg_state: Some(state),
        supported_mech: mechanism.map(|mechanism| ObjectIdentifier::from_bytes(mechanism).unwrap()),
        response_token: octets(token),
        mech_list_mic: octets(signature),
    };
    answer.write().unwrap()
}

fn read(token: Option<Vec<u8>>) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let token = NegTokenResp::read(&token.unwrap()).unwrap();
    assert!(token.neg_state.is_none() && token.supported_mech.is_none());
    let bytes = |octets: Option<der::asn1::OctetString>| octets.map(|octets| octets.as_bytes().to_vec());
    (bytes(token.response_token), bytes(token.mech_list_mic))
}

fn violation<T>(violation: Violation) -> Result<T, AuthError> {
    Err(AuthError::Violation(violation))
}

#[test]
fn the_preferred_mechanism_needs_no_signature_if_the_host_wants_none() {
    for identifier in [FIRST, ALIAS] {
        let last = answer(AcceptCompleted, Some(identifier), Some(b"reply"), None);
        let session = offered().finish(Some(&last)).unwrap();
        assert_eq!(session.mechanism(), "First");
        assert_eq!(session.protocol(), "application/HTTP-SPNEGO-session-encrypted");
    }
}

#[test]
fn a_signature_that_the_host_wants_is_sent_and_its_own_demanded() {
    let mut spnego = offered();
    let answered = say(&mut spnego, Some(&answer(RequestMic, Some(FIRST), Some(b"reply"), None))).unwrap();
    assert_eq!(read(answered), (None, Some(signature("First"))));
    let last = answer(AcceptCompleted, None, None, Some(&signature("First")));
    assert!(spnego.finish(Some(&last)).is_ok());

    let wanted_too_late = answer(AcceptCompleted, Some(FIRST), Some(b"reply"), Some(&signature("First")));
    assert_eq!(offered().finish(Some(&wanted_too_late)).err(), Some(AuthError::EndedEarly));
}

#[test]
fn another_mechanism_is_taken_only_with_the_list_signed_by_both() {
    let change = |spnego: &mut Spnego| {
        let answered = say(spnego, Some(&answer(RequestMic, Some(SECOND), None, None))).unwrap();
        assert_eq!(read(answered), (Some(b"Second".to_vec()), None));
        assert_eq!(spnego.mechanism(), "Second");
        let answered = say(spnego, Some(&answer(AcceptIncomplete, None, Some(b"reply"), None))).unwrap();
        assert_eq!(read(answered), (None, Some(signature("Second"))));
    };
    let mut spnego = offered();
    change(&mut spnego);
    let last = answer(AcceptCompleted, None, None, Some(&signature("Second")));
    assert_eq!(spnego.finish(Some(&last)).unwrap().mechanism(), "Second");

    let mut spnego = offered();
    change(&mut spnego);
    let unsigned = answer(AcceptCompleted, None, None, None);
    assert_eq!(spnego.finish(Some(&unsigned)).err(), Some(AuthError::EndedEarly));

    let mut spnego = offered();
    change(&mut spnego);
    let wrong = answer(AcceptCompleted, None, None, Some(&signature("First")));
    let error = spnego.finish(Some(&wrong)).err();
    assert_eq!(error, Some(AuthError::Violation(Violation::BadMechanismListSignature)));
}

#[test]
fn a_mechanism_that_was_not_offered_or_comes_too_late_is_a_violation() {
    let unoffered = answer(AcceptIncomplete, Some(&[0x2a, 0x03]), None, None);
    assert_eq!(say(&mut offered(), Some(&unoffered)), violation(Violation::UnofferedMechanism));
    let mut spnego = offered();
    say(&mut spnego, Some(&answer(RequestMic, Some(SECOND), None, None))).unwrap();
    let back = answer(AcceptIncomplete, Some(FIRST), Some(b"reply"), None);
    assert_eq!(say(&mut spnego, Some(&back)), violation(Violation::UnofferedMechanism));
    let mut spnego = offered();
    say(&mut spnego, Some(&answer(RequestMic, None, Some(b"reply"), None))).unwrap();
    let other = answer(AcceptCompleted, Some(SECOND), None, Some(&signature("First")));
    assert_eq!(spnego.finish(Some(&other)).err(), Some(AuthError::Violation(Violation::UnofferedMechanism)));
    // A reply to the other mechanism's token is not a reply to this one.
    let both = answer(AcceptIncomplete, Some(SECOND), Some(b"reply"), None);
    assert_eq!(say(&mut offered(), Some(&both)), violation(Violation::UnexpectedToken));
    // The mechanism cannot change once the exchange is complete.
    let late = answer(AcceptCompleted, Some(SECOND), None, Some(&signature("Second")));
    assert_eq!(offered().finish(Some(&late)).err(), Some(AuthError::EndedEarly));
}

#[test]
fn ntlm_without_a_wrapping_is_no_answer_to_another_mechanism() {
    assert_eq!(say(&mut offered(), Some(b"NTLMSSP\0\x02\0\0\0")), violation(Violation::UnexpectedToken));
}

#[test]
fn a_signature_before_its_time_is_a_violation() {
    let early = answer(AcceptIncomplete, Some(FIRST), None, Some(&signature("First")));
    assert_eq!(say(&mut offered(), Some(&early)), violation(Violation::BadMechanismListSignature));
}

#[test]
fn what_cannot_begin_is_passed_over_and_what_is_left_is_offered() {
    let mut spnego = Spnego::new(vec![first(false), second()]);
    assert!(say(&mut spnego, None).unwrap().unwrap().ends_with(b"Second"));
    assert_eq!(spnego.mechanism(), "Second");
    assert_eq!(spnego.passed_over(), Some(&("First", AuthError::NothingInCommon)));
    let last = answer(AcceptCompleted, Some(SECOND), Some(b"reply"), None);
    assert!(spnego.finish(Some(&last)).is_ok());

    let mut alone = Spnego::new(vec![first(false)]);
    assert_eq!(say(&mut alone, None), Err(AuthError::NothingInCommon));
    assert_eq!(say(&mut Spnego::new(Vec::new()), None), Err(AuthError::NothingInCommon));
}

#[test]
fn a_password_that_one_mechanism_was_refused_for_goes_into_no_other() {
    for reason in [Reason::WrongPassword, Reason::AccountClosed, Reason::NotByPassword, Reason::Refused] {
        let error = AuthError::from(KerberosError::from(reason));
        let mut spnego = Spnego::new(vec![first_that(Some(error.clone())), second()]);
        assert_eq!(say(&mut spnego, None), Err(error));
        assert_eq!(spnego.mechanism(), "First", "{reason:?}");
    }
    for reason in [Reason::NoLibrary, Reason::NoKdc, Reason::UnknownUser, Reason::UnknownService] {
        let error = AuthError::from(KerberosError::from(reason));
        let mut spnego = Spnego::new(vec![first_that(Some(error)), second()]);
        assert!(say(&mut spnego, None).unwrap().unwrap().ends_with(b"Second"), "{reason:?}");
    }
}

#[test]
fn a_host_that_says_no_or_nothing_is_heard() {
    let no = answer(Reject, None, None, None);
    assert_eq!(say(&mut offered(), Some(&no)), Ok(None));
    assert_eq!(say(&mut offered(), Some(&[])), Ok(None));
    assert_eq!(say(&mut offered(), None), Ok(None));
    assert_eq!(say(&mut offered(), Some(&answer(AcceptIncomplete, Some(FIRST), None, None))), Ok(None));
    assert_eq!(offered().finish(Some(&no)).err(), Some(AuthError::EndedEarly));
    assert_eq!(offered().finish(None).err(), Some(AuthError::EndedEarly));
}
