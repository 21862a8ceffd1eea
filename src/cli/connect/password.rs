//! Reads the password.
//!
//! The order is: `--password-stdin` or `--password-file`, `HVSNAP_PASSWORD`, `HVSNAP_PASSWORD_FILE`, the profile's file, a
//! prompt. A byte-order mark and one line end are removed. A password is never an argument, never shown and never empty.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::Path,
};

use hvsnap::Secret;
use zeroize::Zeroizing;

use super::{given::ConnectionArgs, permissions, settings::Settings};
use crate::cli::{
    console::Console,
    failure::Failure,
    interrupt::{Question, nothing_asked},
    render::clean,
};

/// Longer than any password, but a limit for a wrong file.
const LONGEST: usize = 64 * 1024;

const VARIABLE: &str = "HVSNAP_PASSWORD";

pub(super) fn find(
    console: &mut Console,
    args: &ConnectionArgs,
    settings: &Settings,
    user: &str,
    address: &str,
) -> Result<Secret, Failure> {
    if args.password_stdin {
        if io::stdin().is_terminal() {
            return Err(Failure::usage("--password-stdin needs a pipe or a file as stdin")
                .hint("leave it out to be asked for the password"));
        }
        return read(io::stdin().lock(), "the password from stdin");
    }
    if let Some(path) = &args.settings.password_file {
        return from_file(console, path);
    }
    // An empty variable is an error: the program that should have set it has failed.
    if std::env::var_os(VARIABLE).is_some() {
        return Secret::from_env(VARIABLE).map_err(|error| {
            Failure::usage("the password cannot be used")
                .cause(error)
                .hint(format!("set {VARIABLE}, or unset it to give the password in another way"))
        });
    }
    if let Some(path) = &settings.password_file {
        return from_file(console, path);
    }
    if io::stdin().is_terminal() {
        return ask(user, address);
    }
    Err(Failure::usage("no password was given, and there is no terminal to ask for it")
        .hint("give HVSNAP_PASSWORD, --password-file or --password-stdin; a password is never an argument"))
}

fn from_file(console: &mut Console, path: &Path) -> Result<Secret, Failure> {
    let name = format!("the password file {}", path.display());
    let file =
        File::open(path).map_err(|error| Failure::usage(format!("{name} cannot be read")).cause(error))?;
    permissions::warn_if_open(console, &name, path);
    read(file, &name)
}

fn read(source: impl Read, name: &str) -> Result<Secret, Failure> {
    // Reserve the maximum: a buffer that grows leaves copies in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
    source
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::usage(format!("{name} cannot be read")).cause(error))?;
    let text = text(&bytes).map_err(|why| Failure::usage(format!("{name} cannot be used")).cause(why))?;
    Ok(Secret::new(text))
}

/// The password in a file's content; the error says what is wrong with it.
fn text(bytes: &[u8]) -> Result<String, &'static str> {
    if bytes.len() > LONGEST {
        return Err("it is longer than 64 KiB");
    }
    let mut text = decoded(bytes)?;
    for end in ['\n', '\r'] {
        if text.ends_with(end) {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.contains('\0') {
        return Err("it holds a NUL character, as UTF-16 without a byte-order mark does; write it as UTF-8");
    }
    Ok(text)
}

/// Decodes by the byte-order mark; without one, UTF-8 (Unicode, section 23.8).
fn decoded(bytes: &[u8]) -> Result<String, &'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err("it is UTF-32; write it as UTF-8"),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => match std::str::from_utf8(rest) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err("it is neither UTF-8 nor UTF-16 with a byte-order mark"),
        },
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, &'static str> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    // At most three bytes per unit, so the buffer never grows.
    let mut text = Zeroizing::new(String::with_capacity(pairs.len() * 3));
    for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(c.map_err(|_| BROKEN_UTF_16)?);
    }
    if rest.is_empty() { Ok(std::mem::take(&mut *text)) } else { Err(BROKEN_UTF_16) }
}

const BROKEN_UTF_16: &str = "it begins as UTF-16 and is not valid in it";

fn ask(user: &str, address: &str) -> Result<Secret, Failure> {
    let prompt = format!("Password of {} at {}: ", clean(user), clean(address));
    let question = Question::open();
    let typed = rpassword::prompt_password(prompt);
    drop(question);
    let typed = typed.map_err(|error| match error.kind() {
        // Ctrl-C, which the prompt reads from the terminal and reports.
        io::ErrorKind::Interrupted => nothing_asked(),
        _ => Failure::usage("the password cannot be asked for").cause(error),
    })?;
    if typed.is_empty() {
        return Err(Failure::usage("no password was typed"));
    }
    Ok(Secret::new(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(mark: [u8; 2], text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
    }

    #[test]
    fn neither_a_mark_nor_one_line_end_is_part_of_the_password() {
        let little = |text| utf_16([0xff, 0xfe], text, u16::to_le_bytes);
        let big = |text| utf_16([0xfe, 0xff], text, u16::to_be_bytes);
        for (bytes, expected) in [
            (b"hush".to_vec(), "hush"),
            (b"hush\n".to_vec(), "hush"),
            (b"hush\r\n".to_vec(), "hush"),
            (b"hush\n\n".to_vec(), "hush\n"),
            (b" hush ".to_vec(), " hush "),
            ("\u{feff}hüsh€\r\n".into(), "hüsh€"),
            (little("hüsh€👩\r\n"), "hüsh€👩"),
            (big("hüsh€👩\n"), "hüsh€👩"),
            // Only the first one is a byte-order mark.
            ("\u{feff}\u{feff}x".into(), "\u{feff}x"),
        ] {
            assert_eq!(text(&bytes).as_deref(), Ok(expected), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_holds_no_password_is_refused() {
        for empty in ["", "\n", "\r\n", "\u{feff}", "\u{feff}\r\n"] {
            assert_eq!(text(empty.as_bytes()), Err("it is empty"), "{empty:?}");
        }
        assert_eq!(text(&utf_16([0xff, 0xfe], "\r\n", u16::to_le_bytes)), Err("it is empty"));
        for broken in [
            &b"h\xfcsh"[..],
            b"\xff\xfeh",
            b"\xff\xfe\x00\xd8",
            b"\xff\xfe\0\0h\0\0\0",
            b"\0\0\xfe\xff\0\0\0h",
            b"h\0u\0s\0h\0",
        ] {
            assert!(text(broken).is_err(), "{broken:02x?}");
        }
        assert!(text(&vec![b'x'; LONGEST]).is_ok());
        assert_eq!(text(&vec![b'x'; LONGEST + 1]), Err("it is longer than 64 KiB"));
    }
}
