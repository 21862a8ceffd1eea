//! SPNEGO tokens, in DER.
//!
//! All lengths are checked, and anything but DER is refused. Follows RFC 4178, section 4.2, and RFC 2743, section 3.1, for the
//! tag around the first token.

use der::{
    Decode as _, Encode as _, Enumerated, Sequence, TagMode, TagNumber,
    asn1::{Application, ContextSpecific, ObjectIdentifier, OctetString},
};

use crate::{auth::AuthError, violation::Violation};

/// `iso.org.dod.internet.security.mechanism.snego`
const SPNEGO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.2");

/// `MechTypeList`, with the preferred one first.
pub(super) type MechTypeList = Vec<ObjectIdentifier>;

#[derive(Sequence)]
struct InitialContextToken {
    this_mech: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    inner_context_token: NegTokenInit,
}

#[derive(Sequence)]
struct NegTokenInit {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    mech_types: MechTypeList,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT")]
    mech_token: OctetString,
}

/// `NegTokenResp`, in either direction.
#[derive(Default, Sequence)]
pub(crate) struct NegTokenResp {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) neg_state: Option<NegState>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    pub(super) supported_mech: Option<ObjectIdentifier>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) response_token: Option<OctetString>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    pub(crate) mech_list_mic: Option<OctetString>,
}

#[derive(Clone, Copy, Debug, Enumerated, PartialEq, Eq)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
pub(super) enum NegState {
    AcceptCompleted = 0,
    AcceptIncomplete = 1,
    Reject = 2,
    RequestMic = 3,
}

/// The first token: the offered mechanisms, and the first token of the preferred one.
pub(super) fn initial(mech_types: MechTypeList, mech_token: &[u8]) -> Result<Vec<u8>, AuthError> {
    let mech_token = octets(mech_token)?;
    let value = InitialContextToken {
        this_mech: SPNEGO,
        inner_context_token: NegTokenInit { mech_types, mech_token },
    };
    let token = Application { tag_number: TagNumber(0), tag_mode: TagMode::Implicit, value };
    token.to_der().map_err(|_| AuthError::TooLong)
}

/// The signed form of the list: DER, without the tag that surrounds it in the token.
pub(super) fn list(mech_types: &MechTypeList) -> Result<Vec<u8>, AuthError> {
    mech_types.to_der().map_err(|_| AuthError::TooLong)
}

pub(super) fn octets(bytes: &[u8]) -> Result<OctetString, AuthError> {
    OctetString::new(bytes).map_err(|_| AuthError::TooLong)
}

impl NegTokenResp {
    const TAG: TagNumber = TagNumber(1);

    pub(crate) fn read(token: &[u8]) -> Result<Self, AuthError> {
        match ContextSpecific::<Self>::from_der(token) {
            Ok(ContextSpecific { tag_number: Self::TAG, value, .. }) => Ok(value),
            _ => Err(Violation::BadNegotiationToken.into()),
        }
    }

    pub(crate) fn write(self) -> Result<Vec<u8>, AuthError> {
        let token = ContextSpecific { tag_number: Self::TAG, tag_mode: TagMode::Explicit, value: self };
        token.to_der().map_err(|_| AuthError::TooLong)
    }
}
