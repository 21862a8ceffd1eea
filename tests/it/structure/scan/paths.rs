//! The paths in a file: in `use` declarations, with groups expanded, and in expressions and types.
//!
//! A path through an imported name is given in full, a path through `super` or `self` from the crate's root. Macros are read as
//! plain tokens.

use std::collections::BTreeMap;

use super::{items::group_end, lexer::Token};

/// A path of at least two parts, or a whole crate that is imported; `crate` is the first part of the file's own crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedPath {
    pub(crate) parts: Vec<String>,
    pub(crate) line: usize,
}

impl NamedPath {
    /// True if the path is `prefix` (`a::b`) or leads through it.
    pub(crate) fn is_within(&self, prefix: &str) -> bool {
        let mut parts = self.parts.iter();
        prefix.split("::").all(|wanted| parts.next().is_some_and(|part| part == wanted))
    }

    /// As [`is_within`](Self::is_within), and if it is a glob that takes `prefix` in.
    pub(crate) fn may_reach(&self, prefix: &str) -> bool {
        let glob = self.parts.split_last().filter(|(last, _)| *last == "*").map(|(_, parts)| parts);
        let takes_in =
            |parts: &[String]| format!("{prefix}::").starts_with(&format!("{}::", parts.join("::")));
        self.is_within(prefix) || glob.is_some_and(takes_in)
    }
}

struct Leaf {
    path: NamedPath,
    /// What the file calls it.
    name: Option<String>,
}

struct Reader<'t> {
    tokens: &'t [Token],
    imports: Vec<Leaf>,
    named: Vec<NamedPath>,
}

pub(crate) fn paths(tokens: &[Token], module: &[String]) -> Vec<NamedPath> {
    let mut reader = Reader { tokens, imports: Vec::new(), named: Vec::new() };
    reader.read(0, tokens.len(), module);
    let mut aliases = BTreeMap::new();
    for leaf in &reader.imports {
        if let Some(name) = &leaf.name {
            aliases.insert(name.clone(), leaf.path.parts.clone());
        }
    }
    let mut all: Vec<NamedPath> = reader.imports.into_iter().map(|leaf| leaf.path).collect();
    for NamedPath { parts, line } in reader.named {
        let parts = match parts.first().and_then(|first| aliases.get(first)) {
            Some(meant) => meant.iter().chain(parts.iter().skip(1)).cloned().collect(),
            None => parts,
        };
        all.push(NamedPath { parts, line });
    }
    all.sort_by_key(|path| path.line);
    all
}

impl Reader<'_> {
    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn is_identifier(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_identifier)
    }

    fn read(&mut self, mut at: usize, end: usize, module: &[String]) {
        while at < end {
            if self.text(at) == "mod" && self.text(at + 2) == "{" {
                let inner = [module, &[self.text(at + 1).to_owned()]].concat();
                let inner_end = group_end(self.tokens, at + 2);
                self.read(at + 3, inner_end, &inner);
                at = inner_end;
            } else if self.text(at) == "use" && self.text(at + 1) != "<" {
                at = self.import(at + 1, &[], module);
            } else if self.is_identifier(at) && self.text(at + 1) == "::" {
                let line = self.tokens[at].line;
                let mut parts = vec![self.text(at).to_owned()];
                at += 1;
                while self.text(at) == "::" && self.is_identifier(at + 1) {
                    parts.push(self.text(at + 1).to_owned());
                    at += 2;
                }
                // One part is a name before a turbofish.
                if parts.len() > 1 {
                    self.named.push(NamedPath { parts: from_root(parts, module), line });
                }
            } else {
                at += 1;
            }
        }
    }

    /// Reads one tree of a `use` declaration; returns where it ends.
    fn import(&mut self, mut at: usize, before: &[String], module: &[String]) -> usize {
        let mut parts = before.to_vec();
        let line = self.tokens.get(at).map_or(0, |token| token.line);
        loop {
            match self.text(at) {
                "::" => at += 1,
                "{" => {
                    let end = group_end(self.tokens, at);
                    at += 1;
                    while at + 1 < end {
                        at = self.import(at, &parts, module);
                        at += usize::from(self.text(at) == ",");
                    }
                    return end;
                }
                "" | "," | ";" | "}" | "as" => break,
                part => {
                    parts.push(part.to_owned());
                    at += 1;
                }
            }
        }
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
            parts.pop();
        }
        let mut name = parts.last().filter(|last| *last != "*").cloned();
        if self.text(at) == "as" {
            name = Some(self.text(at + 1).to_owned());
            at += 2;
        }
        self.imports.push(Leaf { path: NamedPath { parts: from_root(parts, module), line }, name });
        at
    }
}

/// `super`, `self` and `crate` as a path from the crate's root; others as they are.
fn from_root(parts: Vec<String>, module: &[String]) -> Vec<String> {
    let root = || vec!["crate".to_owned()];
    let up = parts.iter().skip_while(|part| *part == "self").take_while(|part| *part == "super").count();
    let relative = parts.iter().take_while(|part| ["self", "super"].contains(&part.as_str())).count();
    if relative == 0 {
        return parts;
    }
    let base = module.iter().take(module.len().saturating_sub(up)).cloned();
    root().into_iter().chain(base).chain(parts.into_iter().skip(relative)).collect()
}
