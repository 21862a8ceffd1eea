//! What a fault is about, for the client: one table for all forms, and whether the host claims that nothing was done.
//!
//! By numbers, CIM statuses, details and subcodes alone, never by texts, which are localised. Signs as recorded, as in
//! MS-WSMV, section 2.2.4.43, DSP0226 and DSP0200 (CIM status codes); Microsoft's server for Linux sends CIM statuses alone.

use crate::{
    client::Effect,
    explain::{CodeEntry, Family, explain, reading},
    soap::FaultCode,
    wsman::Fault,
};

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FaultClass {
    /// The user may not do this.
    AccessDenied,
    /// The host did not finish in time.
    TimedOut,
    /// A quota, or too much load.
    Overloaded,
    /// There is no such instance.
    NotFound,
    /// Namespace, class or query are not known.
    UnknownClass,
    /// The host does not know resource URIs of this form, or not this one.
    UnknownUri,
    /// The host does not support the operation, the method or the filter.
    Unsupported,
    /// The request is too large.
    RequestTooLarge,
    /// The answer would be too large.
    AnswerTooLarge,
    /// It was done, and could not be reported.
    Unreportable,
    /// The enumeration is no longer known.
    EnumerationLost,
    /// The form of the request was not accepted.
    NotUnderstood,
    /// WMI or a provider failed.
    Provider,
    /// Anything else.
    Other,
}

impl FaultClass {
    /// Whether faults of this class refuse a request before anything is carried out.
    ///
    /// A claim of the host, not a proof: who acts on it looks at the VM as well. Quotas and time-outs claim nothing: a
    /// quota may be met inside the call, and a call that timed out goes on (MS-WSMV, section 3.1.4.1).
    pub(super) fn claims_nothing_done(self) -> bool {
        match self {
            Self::AccessDenied
            | Self::NotFound
            | Self::UnknownClass
            | Self::UnknownUri
            | Self::Unsupported
            | Self::RequestTooLarge
            | Self::NotUnderstood => true,
            Self::TimedOut
            | Self::Overloaded
            | Self::AnswerTooLarge
            | Self::Unreportable
            | Self::EnumerationLost
            | Self::Provider
            | Self::Other => false,
        }
    }
}

/// The signs of one class; a sign belongs to one class alone.
struct Signs {
    class: FaultClass,
    /// WinRM's numbers, WMI's, and Win32's as they are or inside an HRESULT.
    numbers: &'static [u32],
    /// CIM statuses.
    statuses: &'static [u32],
    /// Last segments of `w:FaultDetail`.
    details: &'static [&'static str],
    /// Local names of subcodes.
    subcodes: &'static [&'static str],
}

/// Rows of the table: a class and its signs.
macro_rules! signs {
    ($($(#[$note:meta])* $class:ident: numbers [$($number:literal)*] statuses [$($status:literal)*]
        details [$($detail:ident)*] subcodes [$($subcode:ident)*];)+) => {
        const TABLE: &[Signs] = &[$(Signs {
            class: FaultClass::$class,
            numbers: &[$($number),*],
            statuses: &[$($status),*],
            details: &[$(stringify!($detail)),*],
            subcodes: &[$(stringify!($subcode)),*],
        }),+];
    };
}

signs! {
    AccessDenied:
        numbers [5 0x8007_0005 0x8033_8104 0x8033_8105 0x8033_8106 0x8004_1003 0x8004_1062]
        statuses [2] details [] subcodes [AccessDenied];
    TimedOut:
        numbers [1460 0x8007_05B4 0x8033_801C 0x8033_8029 0x8004_1069 0x8004_1088]
        statuses [] details [] subcodes [TimedOut];
    /// Quotas of the service, of its plug-ins and of WMI; too busy; no resources left.
    Overloaded:
        numbers [0x8033_8014 0x8033_803F 0x8033_81A5 0x8033_81A6 0x8033_81A7 0x8033_81A8 0x8033_81AB 0x8033_81E4
            0x8033_81E5 0x8033_81E6 0x8033_81E7 0x8033_81E8 0x8033_81E9 0x8033_81EA 0x8004_1006 0x8004_1045 0x8004_106C
            0x8004_1081 0x8004_3001 0x8004_3002 170 1450 1723 0x8007_00AA 0x8007_05AA 0x8007_06BB]
        statuses [27] details [] subcodes [QuotaLimit EndpointUnavailable];
    /// Recorded: 2150858752. The subcode was seen without any detail.
    NotFound:
        numbers [0x8033_8000 0x8004_1002]
        statuses [6] details [] subcodes [DestinationUnreachable];
    UnknownClass:
        numbers [0x8033_801A 0x8004_100E 0x8004_1010 0x8004_1017 0x8004_1018 0x8004_1058]
        statuses [3 5 15] details [] subcodes [CannotProcessFilter];
    UnknownUri:
        numbers [0x8033_8002 0x8033_8012 0x8033_803B 0x8033_8139 0x8033_813A 0x8033_813B]
        statuses [] details [] subcodes [];
    Unsupported:
        numbers [0x8033_8001 0x8033_8013 0x8033_8018 0x8033_8019 0x8033_8042 0x8033_8064 0x8033_8066 0x8033_8067
            0x8033_806C 0x8033_806D 0x8033_806E 0x8033_8076 0x8033_8086 0x8033_8087 0x8033_8102 0x8033_8137 0x8000_4001
            0x8004_100C 0x8004_1024 0x8004_1027 0x8004_102E 0x8004_1055 0x8004_1056]
        statuses [7 14 16 17 25 26 29] details []
        subcodes [ActionNotSupported FilteringNotSupported FilterDialectRequestedUnavailable UnsupportedFeature
            PolymorphismModeNotSupported];
    RequestTooLarge:
        numbers [0x8033_8026 0x8033_8049 0x8033_8111]
        statuses [] details [ServiceEnvelopeLimit] subcodes [];
    /// The subcode alone is some bound, perhaps the answer's.
    AnswerTooLarge:
        numbers [0x8033_8047 0x8033_8048]
        statuses [] details [MaxEnvelopeSize MaxEnvelopeSizeExceeded] subcodes [EncodingLimit];
    Unreportable:
        numbers [0x8033_804D]
        statuses [] details [UnreportableSuccess] subcodes [];
    EnumerationLost:
        numbers [0x8033_8006 0x8033_8007 0x8033_801B]
        statuses [21] details [] subcodes [InvalidEnumerationContext];
    NotUnderstood:
        numbers [0x8033_800C 0x8033_800D 0x8033_800F 0x8033_8010 0x8033_8011 0x8033_8015 0x8033_8027 0x8033_802C 0x8033_802D
            0x8033_8031 0x8033_8039 0x8033_803A 0x8033_803D 0x8033_8041 0x8033_8043 0x8033_804A 0x8033_804B 0x8033_804C
            0x8033_804E 0x8033_8051 0x8033_8052 0x8033_8053 0x8033_8054 0x8033_8055 0x8033_8056 0x8033_8057 0x8033_8058
            0x8033_8059 0x8033_805A 0x8033_805B 0x8033_805C 0x8033_805D 0x8033_805E 0x8033_805F 0x8033_807E 0x8033_807F
            0x8033_8081 0x8033_80FA 0x8033_80FB 0x8033_8100 0x8033_8103 0x8033_8108 0x8033_811E
            0x8004_1008 0x8004_102F 0x8004_103A]
        statuses [4 12 13 22] details [SelectorLimit OptionLimit CharacterSet MinimumEnvelopeLimit Whitespace]
        subcodes [InvalidMessageInformationHeader MessageInformationHeaderRequired InvalidRepresentation InvalidOptions
            InvalidParameter InvalidSelectors SchemaValidationError];
    /// Failed, and no more is said.
    Provider:
        numbers [0x8004_1001] statuses [1] details [] subcodes [];
}

/// What this fault is about: by its number, else its CIM status, its detail, its subcode; the first is nearest to the cause.
pub(crate) fn classify(fault: &Fault) -> FaultClass {
    let of = |is_sign: &dyn Fn(&Signs) -> bool| TABLE.iter().find(|signs| is_sign(signs)).map(|s| s.class);
    let by = |value: Option<u32>, list: fn(&Signs) -> &'static [u32]| {
        value.and_then(|value| of(&|signs| list(signs).contains(&value)))
    };
    by(fault.number(), |signs| signs.numbers)
        .or_else(|| by(fault.cim_status(), |signs| signs.statuses))
        .or_else(|| of(&|signs| signs.details.iter().any(|detail| fault.has_detail(detail))))
        .or_else(|| of(&|signs| signs.subcodes.iter().any(|subcode| fault.has_subcode(subcode))))
        .unwrap_or_else(|| unlisted(fault))
}

/// The class of a fault without a sign of the table.
fn unlisted(fault: &Fault) -> FaultClass {
    match (&fault.code, reading_of(fault).map(|entry| entry.family)) {
        // SOAP itself says that these come before the message is processed (SOAP 1.2 part 1, section 5.4.6).
        (FaultCode::MustUnderstand | FaultCode::VersionMismatch, _) => FaultClass::NotUnderstood,
        (FaultCode::Sender, _) => FaultClass::Other,
        (_, Some(_)) => FaultClass::Provider,
        _ if fault.has_subcode("InternalError") => FaultClass::Provider,
        _ => FaultClass::Other,
    }
}

/// The row of the fault's number; of several readings the one that a fault can mean.
pub(super) fn reading_of(fault: &Fault) -> Option<&'static CodeEntry> {
    let Some(number) = fault.number() else {
        return reading(Family::CimStatus, fault.cim_status()?);
    };
    let can_be = |family| matches!(family, Family::WsMan | Family::Wmi | Family::Win32 | Family::HResult);
    explain(number).into_iter().find(|entry| can_be(entry.family))
}

/// Whether the host claims by this fault that it has done nothing of the request.
pub(super) fn claims_nothing_done(fault: &Fault) -> bool {
    // A call that timed out, and a success that could not be reported, whatever number stands beside.
    let may_be_done = fault.has_subcode("TimedOut") || fault.has_detail("UnreportableSuccess");
    !may_be_done && classify(fault).claims_nothing_done()
}

/// Whether the host may have acted before it sent this fault, if the request was a call.
pub(super) fn effect_of(fault: &Fault) -> Effect {
    if claims_nothing_done(fault) { Effect::None } else { Effect::Unknown }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{
        Limits,
        explain::Repeat,
        soap::MessageId,
        wsman::{AnswerError, EndpointReference, Get, SelectorSet},
    };

    /// A fault as a host sends it: who is to blame, the subcode, and what stands in the detail.
    fn fault(blames: &str, subcode: &str, detail: &str) -> Fault {
        let text = format!(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
             xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
             xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Body><s:Fault><s:Code><s:Value>s:{blames}</s:Value>\
             <s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"de-DE\">Nein.</s:Text>\
             </s:Reason><s:Detail>{detail}</s:Detail></s:Fault></s:Body></s:Envelope>"
        );
        let reference = EndpointReference::new("http://x/y".parse().unwrap(), SelectorSet::new());
        let outcome: Result<(), _> =
            Get::of(&reference).answer(&text, &Limits::default(), &MessageId::from_random(1), |_, _| Ok(()));
        match outcome {
            Err(AnswerError::Fault(fault)) => *fault,
            other => panic!("{other:?}"),
        }
    }

    fn wsman(blames: &str, subcode: &str, number: u32) -> Fault {
        let namespace = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
        fault(blames, subcode, &format!("<f:WSManFault xmlns:f=\"{namespace}\" Code=\"{number}\"/>"))
    }

    fn error(class: &str, properties: &[(&str, &str)]) -> String {
        let inner: String =
            properties.iter().map(|(name, value)| format!("<p:{name}>{value}</p:{name}>")).collect();
        format!(
            "<p:{class} xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/{class}\">{inner}</p:{class}>"
        )
    }

    fn mi(code: &str) -> String {
        error("MSFT_WmiError", &[("CIMStatusCode", code), ("error_Code", code), ("error_Type", "MI")])
    }

    fn omi(code: &str) -> String {
        error("OMI_Error", &[("CIMStatusCode", code), ("OMI_Code", code), ("OMI_Type", "MI")])
    }

    #[test]
    fn no_sign_stands_for_two_classes() {
        let mut seen = HashSet::new();
        for signs in TABLE {
            let numbers = signs.numbers.iter().map(|number| format!("number {number:#X}"));
            let statuses = signs.statuses.iter().map(|status| format!("status {status}"));
            let names = signs.details.iter().chain(signs.subcodes).map(|name| (*name).to_owned());
            for sign in numbers.chain(statuses).chain(names) {
                assert!(seen.insert(sign.clone()), "{sign} stands twice");
            }
        }
    }

    #[test]
    fn not_found_is_not_found_in_every_form() {
        let unreachable = |detail: &str| fault("Sender", "a:DestinationUnreachable", detail);
        let status_alone = error("MSFT_WmiError", &[("CIMStatusCode", "6")]);
        let without_type = error("OMI_Error", &[("CIMStatusCode", "6"), ("OMI_Code", "6")]);
        for found in [
            wsman("Sender", "a:DestinationUnreachable", 0x8033_8000),
            wsman("Receiver", "w:InternalError", 0x8004_1002),
            unreachable(""),
            unreachable(&omi("6")),
            unreachable(&mi("6")),
            unreachable(&status_alone),
            fault("Receiver", "w:InternalError", &mi("6")),
            fault("Receiver", "w:InternalError", &without_type),
        ] {
            assert_eq!(classify(&found), FaultClass::NotFound, "{found}");
            assert_eq!(effect_of(&found), Effect::None, "{found}");
        }
    }

    #[test]
    fn a_cim_status_is_told_from_a_number_of_the_same_value() {
        for form in [mi, omi] {
            for (code, class) in [
                ("1", FaultClass::Provider),
                ("2", FaultClass::AccessDenied),
                ("3", FaultClass::UnknownClass),
                ("4", FaultClass::NotUnderstood),
                ("5", FaultClass::UnknownClass),
                ("6", FaultClass::NotFound),
                ("7", FaultClass::Unsupported),
                ("15", FaultClass::UnknownClass),
                ("17", FaultClass::Unsupported),
                ("27", FaultClass::Overloaded),
            ] {
                let found = fault("Receiver", "w:InternalError", &form(code));
                assert_eq!((found.number(), classify(&found)), (None, class), "{found}");
                assert!(found.to_string().contains(&format!("CIM status {code}")), "{found}");
                assert_eq!(reading_of(&found).unwrap().family, Family::CimStatus);
            }
        }
        // Win32's access denied, and a status that says less than the number beside it.
        let denied = [("CIMStatusCode", "1"), ("error_Code", "5"), ("error_Type", "WIN32")];
        let denied = fault("Receiver", "w:InternalError", &error("MSFT_WmiError", &denied));
        assert_eq!((denied.number(), classify(&denied)), (Some(5), FaultClass::AccessDenied));
        let gone = [("CIMStatusCode", "6"), ("error_Code", "2147749890"), ("error_Type", "HRESULT")];
        let gone = fault("Receiver", "w:InternalError", &error("MSFT_WmiError", &gone));
        assert_eq!((gone.number(), classify(&gone)), (Some(0x8004_1002), FaultClass::NotFound));
    }

    #[test]
    fn only_a_refusal_before_the_method_claims_that_nothing_was_done() {
        for (blames, subcode, number, claims) in [
            ("Sender", "w:AccessDenied", 5, true),
            ("Receiver", "w:InternalError", 0x8007_0005, true),
            ("Sender", "w:SchemaValidationError", 0x8033_8041, true),
            ("Sender", "w:InvalidSelectors", 0x8033_805A, true),
            ("Sender", "a:ActionNotSupported", 0x8033_8001, true),
            ("Sender", "a:DestinationUnreachable", 0x8033_803B, true),
            ("MustUnderstand", "w:Unheard", 1, true),
            ("Sender", "w:QuotaLimit", 0x8033_803F, false),
            ("Receiver", "w:InternalError", 0x8033_81A6, false),
            ("Receiver", "w:TimedOut", 0x8033_8029, false),
            ("Receiver", "w:TimedOut", 5, false),
            ("Sender", "w:EncodingLimit", 0x8033_8048, false),
            ("Sender", "w:EncodingLimit", 0x8033_804D, false),
            ("Sender", "w:Concurrency", 0x8033_8032, false),
            ("Sender", "w:Unheard", 4711, false),
            ("Receiver", "w:InternalError", 0x8007_06BA, false),
            ("Receiver", "w:InternalError", 0x8004_1001, false),
        ] {
            let found = wsman(blames, subcode, number);
            assert_eq!(claims_nothing_done(&found), claims, "{found}");
        }
        let detail = "<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnreportableSuccess</w:FaultDetail>";
        assert!(!claims_nothing_done(&fault("Sender", "w:EncodingLimit", detail)));
    }

    #[test]
    fn what_may_have_been_done_is_nowhere_called_safe_to_repeat() {
        for signs in TABLE.iter().filter(|signs| signs.class == FaultClass::Overloaded) {
            for number in signs.numbers {
                let known = explain(*number);
                assert!(!known.is_empty(), "{number:#X}");
                let of_a_fault =
                    |family| !matches!(family, Family::Method | Family::JobType | Family::StorageJobType);
                for entry in known.iter().filter(|entry| of_a_fault(entry.family)) {
                    assert_eq!(entry.repeat, Repeat::AfterLooking, "{}", entry.name);
                    assert!(!entry.what.contains("nothing was done"), "{}", entry.name);
                }
            }
        }
    }
}
