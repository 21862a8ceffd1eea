//! Makes messages of other libraries readable: the last cause, without links to manuals and debug forms.
//!
//! Messages of rustls are handled in `tls`.

use std::error::Error;

/// The last cause in the chain of this error.
pub(super) fn told(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    plain(&last.to_string())
}

/// Removes links; an error in Rust's debug form is reduced to its message.
fn plain(text: &str) -> String {
    let debug = [("Os { code:", "message: \""), ("Custom { kind:", "error: \"")];
    let message = debug.into_iter().find_map(|(form, before)| {
        let (_, rest) = text.split_once(form)?;
        rest.split_once(before)?.1.split_once('"').map(|(message, _)| message)
    });
    let words = message.unwrap_or(text).split(' ').filter(|word| !word.contains("://"));
    words.collect::<Vec<_>>().join(" ").trim_end_matches([':', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn no_address_of_a_manual_and_no_debug_form_is_told() {
        let manual =
            "peer closed connection: https://docs.rs/rustls/latest/rustls/manual/index.html#unexpected-eof";
        for (error, text) in [
            (io::Error::other(manual), "peer closed connection"),
            (
                io::Error::other("bad file: Os { code: 2, kind: NotFound, message: \"No such file\" }"),
                "No such file",
            ),
            (
                io::Error::other("Custom { kind: InvalidData, error: \"section end missing\" }"),
                "section end missing",
            ),
        ] {
            assert_eq!(told(&error), text);
        }
        let reset = io::Error::from_raw_os_error(104);
        assert_eq!(told(&reset), reset.to_string());
    }
}
