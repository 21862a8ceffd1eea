//! The host's reading of the frame of a sealed message, for the oracle of the client's.
//!
//! It never unseals.

use super::multipart::Envelope;

/// Length, signature and data of a frame that is in the one form of Windows.
pub(crate) fn frame<'a>(content_type: &str, body: &'a [u8]) -> Option<(usize, &'a [u8], &'a [u8])> {
    let frame = Envelope::of(content_type)??.open(body)?;
    Some((frame.length, frame.signature, frame.data))
}
