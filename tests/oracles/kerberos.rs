//! The oracle for wrap tokens, split and joined.
//!
//! The library is not used: only the layout is checked. Follows RFC 4121, section 4.2.

use super::Verdict;
use crate::auth::gssapi::token::{Sender, join, split};

/// A wrap token of Kerberos to be split, or already split. The first two bytes are the length of its message.
pub fn kerberos_token(bytes: &[u8]) -> Verdict {
    let Some((length, token)) = bytes.split_first_chunk() else {
        return Verdict::Refused("no length".to_owned());
    };
    let length = usize::from(u16::from_be_bytes(*length));
    for sender in [Sender::Initiator, Sender::Acceptor] {
        let (signature, data) = token.split_at(length.min(token.len()));
        if let Ok(whole) = join(signature, data, sender) {
            assert_eq!(whole, token, "nothing is lost on the way together");
        }
    }
    match split(token.to_vec(), length) {
        Ok(sealed) => {
            assert_eq!(sealed.data.len(), length, "the message stands apart");
            assert_eq!(sealed.signature.len() + sealed.data.len(), token.len(), "nothing is lost");
            let joined = [Sender::Initiator, Sender::Acceptor]
                .into_iter()
                .any(|sender| join(&sealed.signature, &sealed.data, sender).is_ok());
            assert!(joined, "what was split can be joined");
            Verdict::Taken
        }
        Err(reason) => Verdict::Refused(format!("{reason:?}")),
    }
}
