//! Splits source text into tokens, and removes tokens that exist only for tests.
//!
//! Comments are dropped and each literal is one token; keywords are identifiers.

use std::iter;

/// An identifier, a number, `::`, one other character, or a literal: a quote and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub(crate) fn is_identifier(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let found = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(found == '\n');
        Some(found)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            if self.looking_at("/*") {
                depth += 1;
                self.skip(2);
            } else if self.looking_at("*/") {
                depth -= 1;
                self.skip(2);
            } else if self.next().is_none() {
                return;
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// The opening quote is read already; escapes stay as they are.
    fn quoted(&mut self, end: char) -> String {
        let mut literal = String::from('"');
        while let Some(c) = self.next().filter(|c| *c != end) {
            literal.push(c);
            if c == '\\' {
                literal.extend(self.next());
            }
        }
        literal
    }

    fn raw_string(&mut self, hashes: usize) -> String {
        let end: String = iter::once('"').chain(iter::repeat_n('#', hashes)).collect();
        let mut literal = String::from('"');
        while !self.looking_at(&end) {
            let Some(c) = self.next() else { break };
            literal.push(c);
        }
        self.skip(end.len());
        literal
    }

    /// The string literal, of any kind, that begins here.
    fn string(&mut self) -> Option<String> {
        for prefix in ["\"", "b\"", "c\""] {
            if self.looking_at(prefix) {
                self.skip(prefix.len());
                return Some(self.quoted('"'));
            }
        }
        for prefix in ["r", "br", "cr"].into_iter().filter(|prefix| self.looking_at(prefix)) {
            let hashes = (prefix.len()..).take_while(|at| self.peek(*at) == Some('#')).count();
            if self.peek(prefix.len() + hashes) == Some('"') {
                self.skip(prefix.len() + hashes + 1);
                return Some(self.raw_string(hashes));
            }
        }
        None
    }

    fn word(&mut self) -> String {
        if self.looking_at("r#") {
            self.skip(2);
        }
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            self.next();
        }
        word
    }

    fn token(&mut self) -> Option<String> {
        loop {
            let c = self.peek(0)?;
            if c.is_whitespace() {
                self.next();
            } else if self.looking_at("//") {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.next();
                }
            } else if self.looking_at("/*") {
                self.block_comment();
            } else if let Some(literal) = self.string() {
                return Some(literal);
            } else if c == '\'' {
                let is_character = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
                self.next();
                if is_character {
                    return Some(self.quoted('\''));
                }
                self.word();
            } else if c.is_alphanumeric() || c == '_' {
                return Some(self.word());
            } else if self.looking_at("::") {
                self.skip(2);
                return Some("::".to_owned());
            } else {
                self.next();
                return Some(c.to_string());
            }
        }
    }
}

pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some(text) = lexer.token() {
        // A token never spans lines but for a literal, whose last line is as good as its first.
        tokens.push(Token { text, line: lexer.line });
    }
    tokens
}
