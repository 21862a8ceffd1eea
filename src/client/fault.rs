//! Classifies faults, and decides whether the host claims that nothing was done.
//!
//! Uses numbers, CIM statuses, details and subcodes, but not texts, which are localised. The tables are in
//! [`codes`](crate::codes). Microsoft's server for Linux sends CIM statuses only.

use crate::{
    client::Effect,
    codes::{self, Category, Code, Family},
    soap::FaultCode,
    wsman::Fault,
};

/// The category of this fault: from its number, else its CIM status, its detail, its subcode; the first is nearest to the cause.
pub(crate) fn classify(fault: &Fault) -> Category {
    // A known number need not determine the category; then the next indication decides.
    let says = |code: &Code| {
        Some(code.category).filter(|class| !matches!(class, Category::Other | Category::NoError))
    };
    let status = || codes::reading(Family::CimStatus, fault.cim_status()?);
    fault
        .number()
        .and_then(codes::of_fault)
        .and_then(says)
        .or_else(|| status().and_then(says))
        .or_else(|| codes::of_detail(|detail| fault.has_detail(detail)))
        .or_else(|| codes::of_subcode(|subcode| fault.has_subcode(subcode)))
        .unwrap_or_else(|| unlisted(fault))
}

/// The category of an HTTP status without a message.
pub(super) fn of_status(status: u16) -> Category {
    codes::category(Family::Http, status.into())
}

/// The category of a fault that the tables do not contain.
fn unlisted(fault: &Fault) -> Category {
    match (&fault.code, reading_of(fault)) {
        // By SOAP, these occur before the message is processed (SOAP 1.2 part 1, section 5.4.6).
        (FaultCode::MustUnderstand | FaultCode::VersionMismatch, _) => Category::NotUnderstood,
        (FaultCode::Sender, _) => Category::Other,
        (_, Some(_)) => Category::Provider,
        _ if fault.has_subcode("InternalError") => Category::Provider,
        _ => Category::Other,
    }
}

/// The row of the fault's number; if there are several, the one that applies to faults.
pub(super) fn reading_of(fault: &Fault) -> Option<&'static Code> {
    match fault.number() {
        Some(number) => codes::of_fault(number),
        None => codes::reading(Family::CimStatus, fault.cim_status()?),
    }
}

/// True if this fault states that the request had no effect.
pub(super) fn claims_nothing_done(fault: &Fault) -> bool {
    // A call that timed out, or whose success could not be reported, regardless of its number.
    let may_be_done = fault.has_subcode("TimedOut") || fault.has_detail("UnreportableSuccess");
    !may_be_done && classify(fault).claims_nothing_done()
}

/// The possible effect of a call that this fault answers.
pub(super) fn effect_of(fault: &Fault) -> Effect {
    if claims_nothing_done(fault) { Effect::None } else { Effect::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Limits,
        soap::MessageId,
        wsman::{AnswerError, EndpointReference, Get, SelectorSet},
    };

    /// A fault in the form of a host: the code, the subcode, and the content of the detail.
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
            assert_eq!(classify(&found), Category::NotFound, "{found}");
            assert_eq!(effect_of(&found), Effect::None, "{found}");
        }
    }

    #[test]
    fn a_cim_status_is_told_from_a_number_of_the_same_value() {
        for form in [mi, omi] {
            for (code, class) in [
                ("1", Category::Provider),
                ("2", Category::AccessDenied),
                ("3", Category::UnknownClass),
                ("4", Category::NotUnderstood),
                ("5", Category::UnknownClass),
                ("6", Category::NotFound),
                ("7", Category::Unsupported),
                ("15", Category::UnknownClass),
                ("17", Category::Unsupported),
                ("27", Category::Overloaded),
            ] {
                let found = fault("Receiver", "w:InternalError", &form(code));
                assert_eq!((found.number(), classify(&found)), (None, class), "{found}");
                assert!(found.to_string().contains(&format!("CIM status {code}")), "{found}");
                assert_eq!(reading_of(&found).unwrap().family, Family::CimStatus);
            }
        }
        // Win32's access denied, with a CIM status that is less specific.
        let denied = [("CIMStatusCode", "1"), ("error_Code", "5"), ("error_Type", "WIN32")];
        let denied = fault("Receiver", "w:InternalError", &error("MSFT_WmiError", &denied));
        assert_eq!((denied.number(), classify(&denied)), (Some(5), Category::AccessDenied));
        let gone = [("CIMStatusCode", "6"), ("error_Code", "2147749890"), ("error_Type", "HRESULT")];
        let gone = fault("Receiver", "w:InternalError", &error("MSFT_WmiError", &gone));
        assert_eq!((gone.number(), classify(&gone)), (Some(0x8004_1002), Category::NotFound));
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
}
