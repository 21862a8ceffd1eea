//! Two recorded exchanges with pyspnego 0.12.4, which accepted them: it verified the responses, the integrity code and the
//! signatures, and made its own. It also computed the session base keys.
//!
//! The recordings are fixed: a difference is either a mistake or needs a new recording.

use super::*;

pub(super) struct Recording {
    pub(super) credentials: fn() -> Credentials,
    pub(super) challenge: &'static str,
    answer: &'static str,
    pub(super) last: &'static str,
    /// Signature and data of a message in each direction.
    to_host: [&'static str; 2],
    from_host: [&'static str; 2],
    /// A secret that must not appear on the wire.
    pub(super) session_base_key: &'static str,
}

pub(super) const RAW: Recording = Recording {
    credentials: || ntlm(USER, PASSWORD),
    challenge: "\
        4e544c4d5353500002000000080008003800000035828ae20f09aec5e140bb2200000000000000004200420040000000\
        000c04000000000f48005600300031000100080048005600300031000200160057004f0052004b005300540041005400\
        49004f004e00030008006800760030003100070008003a7ea3bd097bdd0100000000",
    answer: "\
        4e544c4d53535000030000001800180058000000a400a400700000000600060014010000100010001a01000000000000\
        2a010000100010002a010000358288e20a0000000000000f3359129620e2302fa52b823b86399cf80000000000000000\
        00000000000000000000000000000000132e06eaedf664157b6d94ff76d162b201010000000000003a7ea3bd097bdd01\
        5a5b58595e5f5c5d000000000100080048005600300031000200160057004f0052004b00530054004100540049004f00\
        4e00030008006800760030003100070008003a7ea3bd097bdd0106000400020000000a00100000000000000000000000\
        0000000000000900120048005400540050002f00680076003000310000000000000000004c00410042006f0070006500\
        7200610074006f0072000f8199ba4993fcbb2e41587c10c2a83d",
    last: "",
    to_host: ["010000001d657345aab1b28c00000000", "4a5d67e3d390d3b486fa15"],
    from_host: ["010000003c9113298274d44100000000", "cc318d5d5c4c8e0bc53df288bc"],
    session_base_key: "0925529356684f9b2f06762e28f76854",
};

pub(super) const WRAPPED: Recording = Recording {
    credentials: || negotiate(USER, PASSWORD),
    challenge: "\
        a1819e30819ba0030a0103a10c060a2b06010401823702020aa281850481824e544c4d53535000020000000800080038\
        00000035828ae22c6bbce371895f9300000000000000004200420040000000000c04000000000f480056003000310001\
        00080048005600300031000200160057004f0052004b00530054004100540049004f004e000300080068007600300031\
        0007000800a25ea6bd097bdd0100000000",
    answer: "\
        a182015a30820156a282013e0482013a4e544c4d53535000030000001800180058000000a400a4007000000006000600\
        14010000100010001a010000000000002a010000100010002a010000358288e20a0000000000000f3d405904a92c1e8b\
        c772e75eb6a2e80300000000000000000000000000000000000000000000000077b943b3880ad3ba5b8b3846506fe8d7\
        0101000000000000a25ea6bd097bdd015a5b58595e5f5c5d000000000100080048005600300031000200160057004f00\
        52004b00530054004100540049004f004e0003000800680076003000310007000800a25ea6bd097bdd01060004000200\
        00000a001000000000000000000000000000000000000900120048005400540050002f00680076003000310000000000\
        000000004c00410042006f00700065007200610074006f0072003d11ccc5d18d08756bdec0f406cf3133a31204100100\
        000001a9906fd43e8c4f00000000",
    last: "a11b3019a0030a0100a3120410010000000ac769f6b2d41b3f00000000",
    to_host: ["010000007b05015963b19eef01000000", "4a5d67e3d390d3b486fa15"],
    from_host: ["01000000c5cf155a2b9c3cb401000000", "cc318d5d5c4c8e0bc53df288bc"],
    session_base_key: "0b8186eae3cf397e3e3b4a31e51cc092",
};

#[test]
fn a_recorded_exchange_is_held_again_to_the_byte() {
    for recording in [RAW, WRAPPED] {
        let mut exchange = exchange(&(recording.credentials)(), false);
        say(&mut exchange, None);
        let answer = say(&mut exchange, Some(&from_hex(recording.challenge)));
        assert_eq!(to_hex(&answer), recording.answer);
        let mut session = exchange.finish(Some(&from_hex(recording.last))).unwrap();
        let sealed = session.seal(b"to the host").unwrap();
        assert_eq!([to_hex(&sealed.signature), to_hex(&sealed.data)], recording.to_host);
        let [signature, data] = recording.from_host.map(from_hex);
        assert_eq!(session.unseal(&signature, &data).unwrap().as_slice(), b"from the host");
    }
}

#[test]
fn a_host_without_a_clock_gets_our_time_and_the_short_response_too() {
    let time = [7, 0, 8, 0];
    let mut challenge = from_hex(RAW.challenge);
    let at = challenge.windows(4).position(|window| window == time).unwrap();
    // An unknown kind of attribute, which is skipped.
    challenge[at] = 0x77;
    let answers = [from_hex(RAW.challenge), challenge].map(|challenge| {
        let mut exchange = exchange(&(RAW.credentials)(), false);
        say(&mut exchange, None);
        say(&mut exchange, Some(&challenge))
    });
    // The short response comes first, then the long one: proof, eight bytes of versions, time.
    let [told, ours] = answers.each_ref().map(|answer| (&answer[88..112], &answer[136..144]));
    assert_eq!(told.0, [0; 24]);
    assert!(ours.0.ends_with(&moment().random.nonce()));
    assert_ne!(told.1, ours.1);
    let tenths = (1_795_000_000 + 11_644_473_600_u64) * 10_000_000;
    assert_eq!(ours.1, tenths.to_le_bytes());
}
