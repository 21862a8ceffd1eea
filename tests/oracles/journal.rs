//! The oracle for the file of an operation: what is read from it can be written, and reads the same.
//!
//! No disk is used.

use super::{Verdict, kept, short};
use crate::{Limits, host::journal::format::Document};

/// The file of an operation in the journal.
pub fn journal(bytes: &[u8]) -> Verdict {
    // Longer files are not read at all.
    if bytes.len() > Limits::default().journal_bytes {
        return Verdict::Refused("too long".to_owned());
    }
    let document = match Document::parse(bytes) {
        Ok(document) => document,
        Err(why) => return Verdict::Refused(short(why)),
    };
    let text = kept(document.text(), "what was read can be written");
    let again = kept(Document::parse(text.as_bytes()), "what was written can be read");
    assert_eq!(again.text(), Ok(text), "nothing is lost on the way, known or not");
    let operation = match document.into_operation() {
        Ok(operation) => operation,
        Err(why) => return Verdict::Refused(short(why)),
    };
    assert!(operation.intent.target().is_some(), "an operation has a target");
    let mut document = Document::begun(&operation.intent);
    operation.answer.iter().for_each(|answer| document.set_answer(answer));
    operation.conclusion.iter().for_each(|conclusion| document.set_conclusion(conclusion));
    operation.closed.iter().for_each(|closing| document.set_closing(closing));
    let text = kept(document.text(), "an operation can be written");
    let again = kept(Document::parse(text.as_bytes()), "what was written can be read");
    let again = kept(again.into_operation(), "what was written is an operation");
    assert_eq!(format!("{again:?}"), format!("{operation:?}"), "what was written means the same");
    Verdict::Taken
}
