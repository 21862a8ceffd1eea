//! Exchanges with pyspnego, an independent acceptor for NTLM and SPNEGO.
//!
//! Skipped unless `HVSNAP_PYSPNEGO` names a Python interpreter that has it. The tests run `tests/interop/pyspnego_acceptor.py`.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::*;

/// A flat JSON object, the only form that the acceptor sends.
pub(super) type Answer = Result<Vec<(String, String)>, String>;

pub(super) struct Acceptor {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    users: PathBuf,
}

impl Acceptor {
    /// `None` if no Python interpreter is named.
    pub(super) fn start(name: &str, protocol: &str, binding: Option<&ChannelBinding>) -> Option<Self> {
        let python = env::var_os("HVSNAP_PYSPNEGO")?;
        let users = env::temp_dir().join(format!("hvsnap-{}-{name}.users", std::process::id()));
        fs::write(
            &users,
            format!("LAB:operator:{PASSWORD}\n:operator@lab.example:{PASSWORD}\n:Jürgen.Ökonom:süß€\n"),
        )
        .unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/pyspnego_acceptor.py");
        let mut child = Command::new(python)
            .arg(script)
            .env("NTLM_USER_FILE", &users)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let to = child.stdin.take().unwrap();
        let from = BufReader::new(child.stdout.take().unwrap());
        let mut acceptor = Self { child, to, from, users };
        acceptor.renew(protocol, binding);
        Some(acceptor)
    }

    fn renew(&mut self, protocol: &str, binding: Option<&ChannelBinding>) {
        let binding = binding
            .map_or("null".to_owned(), |binding| format!("\"{}\"", to_hex(binding.application_data())));
        self.ask(&format!(r#"{{"op":"new","protocol":"{protocol}","binding":{binding}}}"#)).unwrap();
    }

    pub(super) fn ask(&mut self, line: &str) -> Answer {
        writeln!(self.to, "{line}").unwrap();
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        // Flat objects of strings: split them at the quotes and colons.
        let fields: Vec<_> = line
            .trim()
            .trim_matches(['{', '}'])
            .split(", \"")
            .filter_map(|field| field.split_once(':'))
            .map(|(name, value)| {
                (name.trim_matches('"').to_owned(), value.trim().trim_matches('"').to_owned())
            })
            .collect();
        match fields.iter().find(|(name, _)| name == "error") {
            Some((_, error)) => Err(error.clone()),
            None if line.is_empty() => Err("ended".to_owned()),
            None => Ok(fields),
        }
    }

    fn step(&mut self, token: &[u8]) -> Result<(Option<Vec<u8>>, bool), String> {
        let fields = self.ask(&format!(r#"{{"op":"step","token":"{}"}}"#, to_hex(token)))?;
        let field = |name| fields.iter().find(|(known, _)| known == name).unwrap().1.clone();
        let token = Some(field("token")).filter(|token| token != "null").map(|token| from_hex(&token));
        Ok((token, field("complete") == "true"))
    }

    pub(super) fn wrap(&mut self, plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let fields = self.ask(&format!(r#"{{"op":"wrap","data":"{}"}}"#, to_hex(plain))).unwrap();
        let field = |name| from_hex(&fields.iter().find(|(known, _)| known == name).unwrap().1);
        (field("signature"), field("data"))
    }

    pub(super) fn unwrap(&mut self, signature: &[u8], data: &[u8]) -> Result<Vec<u8>, String> {
        let (signature, data) = (to_hex(signature), to_hex(data));
        let fields = self.ask(&format!(r#"{{"op":"unwrap","signature":"{signature}","data":"{data}"}}"#))?;
        Ok(from_hex(&fields[0].1))
    }

    /// Runs the whole exchange; `tamper`, if any, changes tokens in transit.
    pub(super) fn convince(
        &mut self,
        mut exchange: Exchange,
        binding: Option<&ChannelBinding>,
        spoil: impl Fn(usize, &mut Vec<u8>),
    ) -> Result<Session, String> {
        let mut challenge = None;
        for leg in 0..4 {
            let step = exchange.step(challenge.as_deref(), binding, &mut moment());
            let Step::Send(token) = step.map_err(|error| error.to_string())? else { break };
            let mut token = token.to_vec();
            spoil(leg, &mut token);
            let (answer, complete) = self.step(&token)?;
            if complete {
                return exchange.finish(answer.as_deref()).map_err(|error| error.to_string());
            }
            challenge = answer;
        }
        Err("refused".to_owned())
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.users);
    }
}

pub(super) fn untouched(_: usize, _: &mut Vec<u8>) {}

/// Makes credentials of one kind from a user and a password.
type Form = fn(&str, &str) -> Credentials;

/// Each protocol of the acceptor with the credentials for it.
const FORMS: [(&str, Form); 3] = [("ntlm", ntlm), ("negotiate", negotiate), ("negotiate", ntlm)];

#[test]
fn three_hundred_messages_pass_each_way() {
    let Some(mut acceptor) = Acceptor::start("messages", "ntlm", None) else { return };
    for (protocol, form) in FORMS {
        acceptor.renew(protocol, None);
        let mut session = acceptor.convince(exchange(&form(USER, PASSWORD), false), None, untouched).unwrap();
        assert_eq!(session.mechanism(), "NTLM");
        assert_eq!(session.protocol(), "application/HTTP-SPNEGO-session-encrypted");
        for length in 0..300 {
            let plain: Vec<u8> = (0..length * 7).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let sealed = session.seal(&plain).unwrap();
            assert_eq!(acceptor.unwrap(&sealed.signature, &sealed.data).unwrap(), plain);
            let (signature, data) = acceptor.wrap(&plain);
            assert_eq!(*session.unseal(&signature, &data).unwrap(), plain);
        }
    }
}

#[test]
fn users_are_known_by_any_form_of_their_name() {
    let Some(mut acceptor) = Acceptor::start("users", "ntlm", None) else { return };
    for (protocol, form) in FORMS {
        for (user, password) in
            [(USER, PASSWORD), ("operator@lab.example", PASSWORD), ("Jürgen.Ökonom", "süß€")]
        {
            acceptor.renew(protocol, None);
            acceptor.convince(exchange(&form(user, password), false), None, untouched).unwrap();
        }
        acceptor.renew(protocol, None);
        assert!(acceptor.convince(exchange(&form(USER, "wrong"), false), None, untouched).is_err());
        acceptor.renew(protocol, None);
        assert!(acceptor.convince(exchange(&form("nobody", PASSWORD), false), None, untouched).is_err());
    }
}

#[test]
fn a_host_may_leave_spnego_out() {
    let Some(mut acceptor) = Acceptor::start("unwrapped", "ntlm", None) else { return };
    let outcome = acceptor.convince(exchange(&negotiate(USER, PASSWORD), false), None, |leg, token| {
        if leg == 0 {
            // The mechanism's token is last in the wrapping.
            let at = token.windows(8).position(|window| window == b"NTLMSSP\0").unwrap();
            token.drain(..at);
        }
    });
    let mut session = outcome.unwrap();
    let (signature, data) = acceptor.wrap(b"a message");
    assert_eq!(session.unseal(&signature, &data).unwrap().as_slice(), b"a message");
}

#[test]
fn the_channel_is_bound() {
    let ours = ChannelBinding::tls_server_end_point(&[7; 32]);
    let other = ChannelBinding::tls_server_end_point(&[8; 32]);
    let Some(mut acceptor) = Acceptor::start("bound", "ntlm", None) else { return };
    for (protocol, form) in FORMS {
        for (theirs, sent, accepted) in [
            (Some(&ours), Some(&ours), true),
            (None, Some(&ours), true),
            (Some(&ours), Some(&other), false),
            (Some(&ours), None, false),
        ] {
            acceptor.renew(protocol, theirs);
            let outcome = acceptor.convince(exchange(&form(USER, PASSWORD), true), sent, untouched);
            assert_eq!(outcome.is_ok(), accepted, "{theirs:?} {sent:?}: {:?}", outcome.err());
        }
    }
}

#[test]
fn the_integrity_code_is_there_and_holds() {
    let Some(mut acceptor) = Acceptor::start("code", "ntlm", None) else { return };
    for (protocol, form) in FORMS {
        acceptor.renew(protocol, None);
        let outcome = acceptor.convince(exchange(&form(USER, PASSWORD), false), None, |leg, token| {
            if leg == 1 {
                let at = token.windows(8).position(|window| window == b"NTLMSSP\0").unwrap();
                token[at + 80] ^= 1;
            }
        });
        let error = outcome.err().unwrap();
        assert!(error.contains("InvalidToken"), "{error}");
    }
}

#[test]
fn a_list_that_was_changed_on_the_way_is_found_out() {
    let Some(mut acceptor) = Acceptor::start("list", "negotiate", None) else { return };
    let outcome = acceptor.convince(exchange(&negotiate(USER, PASSWORD), false), None, |leg, token| {
        if leg == 1 {
            // The last four bytes of the list's signature are its sequence number; those before them are its checksum.
            let at = token.len() - 6;
            token[at] ^= 1;
        }
    });
    let error = outcome.err().unwrap();
    assert!(error.contains("BadMIC"), "{error}");
}

#[test]
fn tampered_and_repeated_messages_are_refused_by_both_sides() {
    let Some(mut acceptor) = Acceptor::start("tampered", "ntlm", None) else { return };
    for (protocol, form) in FORMS {
        let session = |acceptor: &mut Acceptor| {
            acceptor.renew(protocol, None);
            acceptor.convince(exchange(&form(USER, PASSWORD), false), None, untouched).unwrap()
        };
        let mut client = session(&mut acceptor);
        let sealed = client.seal(b"a message").unwrap();
        assert!(acceptor.unwrap(&sealed.signature, &sealed.data).is_ok());
        assert!(acceptor.unwrap(&sealed.signature, &sealed.data).is_err());

        let mut client = session(&mut acceptor);
        let (signature, data) = acceptor.wrap(b"a message");
        assert!(client.unseal(&signature, &data).is_ok());
        let again = client.unseal(&signature, &data).err();
        assert_eq!(again, Some(AuthError::Violation(Violation::OutOfSequence)));
        assert_eq!(client.seal(b"more").err(), Some(AuthError::SessionOver));

        let mut client = session(&mut acceptor);
        let (signature, mut data) = acceptor.wrap(b"a message");
        data[3] ^= 1;
        assert_eq!(
            client.unseal(&signature, &data).err(),
            Some(AuthError::Violation(Violation::BadSignature))
        );
    }
}
