//! Hosts that send false, repeated, incomplete or insecure messages.

use super::{
    recorded::{RAW, WRAPPED},
    *,
};
use crate::auth::error::Missing;

type Outcome = Result<bool, AuthError>;

/// The client's reaction to a challenge.
fn hear(credentials: &Credentials, tls: bool, token: &[u8]) -> Outcome {
    let mut exchange = exchange(credentials, tls);
    say(&mut exchange, None);
    match exchange.step(Some(token), None, &mut moment())? {
        Step::Send(answer) => {
            assert!(answer.len() < 16 * 1024);
            Ok(true)
        }
        Step::Refused => Ok(false),
    }
}

type Hear = fn(&[u8]) -> Outcome;

fn raw(token: &[u8]) -> Outcome {
    hear(&ntlm(USER, PASSWORD), false, token)
}

fn wrapped(token: &[u8]) -> Outcome {
    hear(&negotiate(USER, PASSWORD), false, token)
}

fn violation(violation: Violation) -> Outcome {
    Err(AuthError::Violation(violation))
}

/// A challenge up to the target information, which follows directly.
fn challenge(flags: u32, target_info: &[u8]) -> Vec<u8> {
    let length = u16::try_from(target_info.len()).unwrap().to_le_bytes();
    let [a, b] = length;
    let mut token = b"NTLMSSP\0\x02\0\0\0\0\0\0\0\x38\0\0\0".to_vec();
    token.extend(flags.to_le_bytes());
    token.extend([0x11; 8]);
    token.extend([0; 8]);
    token.extend([a, b, a, b, 0x38, 0, 0, 0]);
    token.extend([0; 8]);
    token.extend(target_info);
    token
}

const FLAGS: u32 = 0xe28a_8235;
const END: [u8; 4] = [0; 4];

#[test]
fn the_challenges_that_follow_would_be_good_without_their_fault() {
    assert_eq!(raw(&challenge(FLAGS, &END)), Ok(true));
    assert_eq!(raw(&from_hex(RAW.challenge)), Ok(true));
    assert_eq!(wrapped(&from_hex(WRAPPED.challenge)), Ok(true));
}

#[test]
fn a_challenge_cut_at_any_byte_is_a_violation() {
    let whole = from_hex(RAW.challenge);
    assert_eq!(raw(&[]), Ok(false));
    for length in 1..whole.len() {
        assert!(matches!(raw(&whole[..length]), Err(AuthError::Violation(_))), "{length}");
    }
    let whole = from_hex(WRAPPED.challenge);
    assert_eq!(wrapped(&[]), Ok(false));
    for length in 1..whole.len() {
        assert_eq!(wrapped(&whole[..length]), violation(Violation::BadNegotiationToken), "{length}");
    }
}

#[test]
fn no_byte_of_a_challenge_leads_astray() {
    // Other tests cover whether it is accepted; this one only reads it, within bounds and without a panic.
    let both: [(Hear, _); 2] = [(raw, RAW.challenge), (wrapped, WRAPPED.challenge)];
    for (hear, whole) in both {
        let whole = from_hex(whole);
        for at in 0..whole.len() {
            for value in [whole[at] ^ 0xff, whole[at] ^ 0x01, whole[at] ^ 0x80, 0, 0xff] {
                let mut token = whole.clone();
                token[at] = value;
                let _ = hear(&token);
                token.splice(at..at, [value; 4]);
                let _ = hear(&token);
            }
        }
    }
}

#[test]
fn the_last_token_is_as_it_was_sent_or_nothing() {
    let finish = |last: &[u8]| {
        let mut exchange = exchange(&negotiate(USER, PASSWORD), false);
        say(&mut exchange, None);
        say(&mut exchange, Some(&from_hex(WRAPPED.challenge)));
        exchange.finish(Some(last)).err()
    };
    let whole = from_hex(WRAPPED.last);
    assert_eq!(finish(&whole), None);
    // Without the signature of the list the host has not proven its identity.
    assert_eq!(finish(&[]), Some(AuthError::EndedEarly));
    assert_eq!(finish(&from_hex("a1073005a0030a0100")), Some(AuthError::EndedEarly));
    for length in 1..whole.len() {
        assert_eq!(finish(&whole[..length]), Some(AuthError::Violation(Violation::BadNegotiationToken)));
    }
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut last = whole.clone();
            last[at] ^= 1 << bit;
            assert!(finish(&last).is_some(), "{at}, {bit}");
        }
    }
}

#[test]
fn lengths_and_offsets_that_lie_are_violations() {
    let bad = violation(Violation::BadNtlmMessage);
    let good = challenge(FLAGS, &END);
    // The fields of the target's name and of the target information.
    for field in [12, 40] {
        for (length, offset) in
            [(0xffff_u16, 0x38_u32), (4, 0x39), (4, u32::MAX), (4, i32::MAX.cast_unsigned()), (4, 8)]
        {
            let mut token = good.clone();
            token.splice(field..field + 2, length.to_le_bytes());
            token.splice(field + 4..field + 8, offset.to_le_bytes());
            assert_eq!(raw(&token), bad, "{field}, {length}, {offset}");
        }
    }
    for info in [[1, 0, 5, 0].as_slice(), &[1, 0, 0xff, 0xff, 0, 0], &[1, 0, 1, 0, 0, 0, 0, 0, 0], &[0, 0]] {
        assert_eq!(raw(&challenge(FLAGS, info)), bad);
    }
}

#[test]
fn absurd_target_information_is_a_violation() {
    let too_much = violation(Violation::TooMuchTargetInfo);
    assert_eq!(raw(&challenge(FLAGS, &[[1, 0, 0, 0].repeat(10_000), END.to_vec()].concat())), too_much);
    assert_eq!(raw(&challenge(FLAGS, &END.repeat(10_000))), too_much);
    assert_eq!(raw(&challenge(FLAGS, &[&[1, 0, 0, 0x40], &[0; 0x4000][..], &END].concat())), too_much);

    let bad = violation(Violation::BadTargetInfo);
    let twice = [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    let without_end = [1, 0, 2, 0, 0x41, 0];
    let short_time = [7, 0, 2, 0, 1, 2, 0, 0, 0, 0];
    let long_flags = [6, 0, 6, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0];
    for info in [twice.as_slice(), &without_end, &short_time, &long_flags] {
        assert_eq!(raw(&challenge(FLAGS, info)), bad);
    }
}

#[test]
fn a_host_that_offers_less_than_is_safe_is_left() {
    for (flag, missing) in [
        (0x0080_0000, Missing::NtlmV2),
        (0x0008_0000, Missing::ExtendedSessionSecurity),
        (0x2000_0000, Missing::StrongKeys),
        (0x4000_0000, Missing::KeyExchange),
        (0x0000_0010, Missing::Signing),
        (0x0000_0020, Missing::Sealing),
    ] {
        assert_eq!(raw(&challenge(FLAGS & !flag, &END)), Err(AuthError::Weak(missing)));
        // Over TLS nothing is sealed.
        let over_tls = hear(&ntlm(USER, PASSWORD), true, &challenge(FLAGS & !flag, &END));
        let sealing = missing == Missing::Sealing;
        assert_eq!(over_tls, if sealing { Ok(true) } else { Err(AuthError::Weak(missing)) });
    }
    assert_eq!(raw(&challenge(FLAGS & !1 | 2, &END)), Err(AuthError::Weak(Missing::Unicode)));
    assert_eq!(raw(&challenge(FLAGS | 0x800, &END)), Err(AuthError::Weak(Missing::Identity)));
    assert_eq!(raw(&challenge(FLAGS, &[])), Err(AuthError::Weak(Missing::NtlmV2)));
    // Old hosts leave out even the version.
    let mut old = challenge(FLAGS & !0x0200_0000, &[]);
    old.truncate(48);
    assert_eq!(raw(&old), Err(AuthError::Weak(Missing::NtlmV2)));
}

#[test]
fn messages_out_of_turn_are_violations() {
    let out_of_turn = violation(Violation::UnexpectedToken);
    let mut client = exchange(&ntlm(USER, PASSWORD), false);
    let negotiate_message = say(&mut client, None);
    assert_eq!(raw(&negotiate_message.repeat(2)), violation(Violation::BadNtlmMessage));
    let mut reflected = challenge(FLAGS, &END);
    for number in [1, 3, 4] {
        reflected[8] = number;
        assert!(matches!(raw(&reflected), Err(AuthError::Violation(_))), "{number}");
    }
    say(&mut client, Some(&challenge(FLAGS, &END)));
    let again = client.step(Some(&challenge(FLAGS, &END)), None, &mut moment());
    assert_eq!(again.map(|_| true), out_of_turn);
    assert_eq!(client.finish(None).err(), Some(AuthError::EndedEarly));

    for credentials in [ntlm(USER, PASSWORD), negotiate(USER, PASSWORD)] {
        // A token before the first request.
        let early = exchange(&credentials, false).step(Some(b"NTLMSSP\0"), None, &mut moment());
        assert_eq!(early.map(|_| true), out_of_turn);
        // A host that accepts every caller, as an impostor could.
        let mut client = exchange(&credentials, false);
        say(&mut client, None);
        assert_eq!(client.finish(None).err(), Some(AuthError::EndedEarly));
    }
    let mut client = exchange(&ntlm(USER, PASSWORD), false);
    say(&mut client, None);
    say(&mut client, Some(&challenge(FLAGS, &END)));
    assert_eq!(client.finish(Some(b"x")).err(), Some(AuthError::Violation(Violation::UnexpectedToken)));
}

#[test]
fn a_challenge_without_a_token_turns_the_proof_down() {
    for recording in [RAW, WRAPPED] {
        let mut client = exchange(&(recording.credentials)(), false);
        // An earlier empty challenge makes no difference.
        say(&mut client, Some(&[]));
        say(&mut client, Some(&from_hex(recording.challenge)));
        assert!(matches!(client.step(Some(&[]), None, &mut moment()), Ok(Step::Refused)));
    }
}
