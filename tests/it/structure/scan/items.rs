//! Items and attributes: removes items that exist only for tests.
//!
//! An item ends with its block or its semicolon; its content is skipped.

use super::lexer::Token;

/// The tokens of a file without the items under `#[cfg(test)]`, and the modules in other files among those items: the
/// name, or the file after a quote if an attribute gives it.
pub(crate) fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let attribute = attribute_end(tokens, at);
        if attribute.is_some_and(|end| is_test_only(&tokens[at..end])) {
            let end = item_end(tokens, at);
            modules.extend(module_elsewhere(&tokens[at..end]));
            at = end;
        } else {
            kept.push(token.clone());
            at += 1;
        }
    }
    (kept, modules)
}

/// Where the tokens go on behind the bracket that closes the one at `open`.
pub(crate) fn group_end(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Behind the outer attribute that begins at `at`, if one does.
fn attribute_end(tokens: &[Token], at: usize) -> Option<usize> {
    let begins = tokens.get(at)?.is("#") && tokens.get(at + 1)?.is("[");
    begins.then(|| group_end(tokens, at + 1))
}

fn is_test_only(attribute: &[Token]) -> bool {
    let text: String = attribute.iter().map(|token| token.text.as_str()).collect();
    text == "#[cfg(test)]" || text.starts_with("#[cfg(all(test,")
}

/// Behind the item that begins, with its attributes, at `at`.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while let Some(end) = attribute_end(tokens, at) {
        at = end;
    }
    let mut ends_with_block = true;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            ";" => return at + 1,
            "use" | "static" | "type" => ends_with_block = false,
            "const" => ends_with_block = tokens.get(at + 1).is_some_and(|next| next.is("fn")),
            "{" if ends_with_block => return group_end(tokens, at),
            "(" | "[" | "{" => {
                at = group_end(tokens, at);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

fn module_elsewhere(item: &[Token]) -> Option<String> {
    let declared = item.windows(3).find(|three| three[0].is("mod") && three[2].is(";"))?;
    let given = item.windows(3).find(|three| three[0].is("path") && three[1].is("="));
    Some(given.map_or(&declared[1].text, |three| &three[2].text).clone())
}
