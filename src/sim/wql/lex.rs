//! Splits a query into tokens: names, texts, numbers, operators, and the object path between braces.
//!
//! A text is in single or double quotes; `\\`, `\'` and `\"` stand for the second character, and a doubled quote for one. A
//! backslash before any other character is an error, so that a client that does not double its backslashes notices.

use super::{MAX_LENGTH, QueryError, refuse};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name.
    Status(String),
    Text(String),
    Number(String),
    Sign(&'static str),
    /// The text between braces.
    Path(String),
}

const SIGNS: [&str; 10] = ["<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ","];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    if text.len() > MAX_LENGTH {
        return refuse("the query is too long");
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => quoted(rest, first)?,
            '{' => path(rest)?,
            '*' => (Token::Sign("*"), 1),
            c if c.is_ascii_digit() || matches!(c, '-' | '+') => {
                let length = 1 + run(rest, 1, |c| c.is_ascii_digit());
                (Token::Number(slice(rest, 0, length)), length)
            }
            c if c.is_alphabetic() || c == '_' => {
                let length = run(rest, 0, |c| c.is_alphanumeric() || matches!(c, '_' | '.'));
                (Token::Status(slice(rest, 0, length)), length)
            }
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Token::Sign(sign), sign.len()),
                None => return refuse(format!("\"{first}\" has no place in a query")),
            },
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

fn quoted(rest: &str, quote: char) -> Result<(Token, usize), QueryError> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            match characters.next() {
                Some((_, escaped @ ('\\' | '\'' | '"'))) => text.push(escaped),
                _ => return refuse("a backslash that is not doubled"),
            }
        } else if character != quote {
            text.push(character);
        } else if characters.next_if(|(_, next)| *next == quote).is_some() {
            text.push(quote);
        } else {
            return Ok((Token::Text(text), at + 1));
        }
    }
    refuse("a text without an end")
}

fn path(rest: &str) -> Result<(Token, usize), QueryError> {
    let mut quote = None;
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match (character, quote) {
            ('\\', Some(_)) => {
                characters.next();
            }
            ('"' | '\'', None) => quote = Some(character),
            (end, Some(open)) if end == open => quote = None,
            ('}', None) => return Ok((Token::Path(slice(rest, 1, at)), at + 1)),
            _ => {}
        }
    }
    refuse("an object path without an end")
}

fn run(text: &str, from: usize, accepts: impl Fn(char) -> bool) -> usize {
    let tail = text.get(from..).unwrap_or_default();
    tail.find(|c| !accepts(c)).unwrap_or(tail.len())
}

fn slice(text: &str, from: usize, to: usize) -> String {
    text.get(from..to).unwrap_or_default().to_owned()
}
