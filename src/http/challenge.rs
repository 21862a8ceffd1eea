//! Reads the challenges of a 401 answer, from all `WWW-Authenticate` lines.
//!
//! Services send one line per scheme, or all in one line separated by commas. An element is therefore a new challenge unless it
//! has the form `name = value`. Follows RFC 9110, section 11.6.1.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{limits::Limits, violation::Violation};

/// More challenges than this are ignored; a service offers four.
const MAX_CHALLENGES: usize = 16;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Challenge<'a> {
    pub(crate) scheme: &'a str,
    token: &'a str,
}

impl<'a> Challenge<'a> {
    /// Reads all lines; skips what is not a challenge.
    pub(crate) fn read_all(lines: impl Iterator<Item = &'a str>) -> Vec<Self> {
        lines.flat_map(elements).filter_map(Self::read).take(MAX_CHALLENGES).collect()
    }

    fn read(element: &'a str) -> Option<Self> {
        let end = element.find(|c: char| !is_token_char(c)).unwrap_or(element.len());
        let (scheme, rest) = element.split_at_checked(end)?;
        let rest = rest.trim_start();
        if scheme.is_empty() || rest.starts_with('=') {
            return None;
        }
        Some(Self { scheme, token: if is_token68(rest) { rest } else { "" } })
    }

    /// The token of the challenge, decoded; empty if it has none.
    pub(crate) fn token(&self, limits: &Limits) -> Result<Vec<u8>, Violation> {
        // The size of the token is bounded by the size of the header block.
        let token = STANDARD.decode(self.token).map_err(|_| Violation::BadToken)?;
        if token.len() > limits.token_bytes { Err(Violation::TokenTooLong) } else { Ok(token) }
    }
}

/// The elements of a comma-separated list; a comma in a quoted string does not separate.
fn elements(line: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    line.split(move |c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => return true,
            _ => {}
        }
        false
    })
    .map(str::trim)
}

/// `tchar` of RFC 9110, section 5.6.2.
fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// `token68` of RFC 9110, section 11.2.
fn is_token68(text: &str) -> bool {
    text.trim_end_matches('=').chars().all(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemes(lines: &[&'static str]) -> Vec<&'static str> {
        Challenge::read_all(lines.iter().copied()).into_iter().map(|challenge| challenge.scheme).collect()
    }

    #[test]
    fn schemes_come_in_lines_of_their_own_or_comma_joined() {
        let expected = ["Negotiate", "Kerberos", "CredSSP", "Basic"];
        assert_eq!(schemes(&["Negotiate", "Kerberos", "CredSSP", r#"Basic realm="WSMAN""#]), expected);
        assert_eq!(schemes(&[r#"Negotiate, Kerberos,CredSSP , Basic realm="WSMAN""#]), expected);
        assert_eq!(
            schemes(&["Negotiate, Kerberos", r#"CredSSP, Basic realm="a, \"Digest b", charset = "UTF-8""#]),
            expected
        );
    }

    #[test]
    fn what_is_no_challenge_is_passed_over() {
        assert_eq!(schemes(&["", " , ,", "=x", "realm=x", "\u{1b}[31m", "Basic"]), ["Basic"]);
        assert_eq!(schemes(&[r#"Basic realm="never closed, Negotiate"#]), ["Basic"]);
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let line = "Negotiate,".repeat(10_000);
        assert_eq!(Challenge::read_all([line.as_str()].into_iter()).len(), MAX_CHALLENGES);
    }

    #[test]
    fn tokens_are_decoded_within_bounds() {
        let token = |line| {
            let limits = Limits { token_bytes: 6, ..Limits::default() };
            Challenge::read_all([line].into_iter()).remove(0).token(&limits)
        };
        assert_eq!(token("Negotiate TlRMTQ=="), Ok(b"NTLM".to_vec()));
        assert_eq!(token("Negotiate"), Ok(Vec::new()));
        assert_eq!(token(r#"Basic realm="WSMAN""#), Ok(Vec::new()));
        assert_eq!(token("Negotiate TlRM="), Err(Violation::BadToken));
        assert_eq!(token("Negotiate TlRMTlRM"), Ok(b"NTLNTL".to_vec()));
        assert_eq!(token("Negotiate TlRMTlRMTg=="), Err(Violation::TokenTooLong));
    }
}
