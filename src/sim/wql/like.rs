//! `like`: `%` for any characters, `_` for one, `[a-c]` and `[^a-c]` for one in, or not in, a set.
//!
//! Case does not matter. The number of steps is at most the product of both lengths. Follows Microsoft's "LIKE operator" of WQL.

use super::{QueryError, refuse};

enum Piece {
    Any,
    One,
    Exactly(char),
    Set { ranges: Vec<(char, char)>, inverted: bool },
}

/// Checks the syntax of the pattern.
pub(super) fn check(pattern: &str) -> Result<(), QueryError> {
    match pieces(pattern) {
        Some(_) => Ok(()),
        None => refuse("a set without an end in the pattern"),
    }
}

/// True if the whole text matches the pattern.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let Some(pieces) = pieces(&pattern.to_lowercase()) else { return false };
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut piece, mut at) = (0, 0);
    // Where to continue if the part after the last `%` did not match: the `%` then covers one more character.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let fits = match (pieces.get(piece), text.get(at)) {
            (None, None) => return true,
            (Some(Piece::Any), _) => {
                retry = Some((piece + 1, at));
                piece += 1;
                continue;
            }
            (Some(piece), Some(character)) => piece.fits(*character),
            _ => false,
        };
        if fits {
            piece += 1;
            at += 1;
        } else if let Some((resume, covered)) = retry.filter(|(_, covered)| *covered < text.len()) {
            retry = Some((resume, covered + 1));
            piece = resume;
            at = covered + 1;
        } else {
            return false;
        }
    }
}

impl Piece {
    fn fits(&self, character: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => true,
            Self::Exactly(wanted) => *wanted == character,
            Self::Set { ranges, inverted } => {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)) != *inverted
            }
        }
    }
}

fn pieces(pattern: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        pieces.push(match character {
            '%' => Piece::Any,
            '_' => Piece::One,
            '[' => {
                let inverted = characters.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                loop {
                    let first = characters.next()?;
                    if first == ']' && !ranges.is_empty() {
                        break;
                    }
                    let mut last = first;
                    if characters.next_if_eq(&'-').is_some() {
                        match characters.next()? {
                            ']' => {
                                ranges.extend([(first, first), ('-', '-')]);
                                break;
                            }
                            end => last = end,
                        }
                    }
                    ranges.push((first, last));
                }
                Piece::Set { ranges, inverted }
            }
            other => Piece::Exactly(other),
        });
    }
    Some(pieces)
}
