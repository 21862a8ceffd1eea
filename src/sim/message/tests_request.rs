//! The header rules, one request per rule.

use super::*;

const TO: &str = "<a:To>http://hv01:5985/wsman</a:To>";
const URI: &str = "<w:ResourceURI s:mustUnderstand=\"true\">http://schemas.microsoft.com/wbem/wsman/1/wmi/\
                   root/virtualization/v2/Msvm_ConcreteJob</w:ResourceURI>";
const REPLY: &str = "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">http://schemas.xmlsoap.org/ws/2004/08/\
                     addressing/role/anonymous</a:Address></a:ReplyTo>";
const ACTION: &str =
    "<a:Action s:mustUnderstand=\"true\">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>";
const ID: &str = "<a:MessageID>uuid:1</a:MessageID>";

fn envelope(headers: &str, body: &str) -> String {
    let namespaces = "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
        xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
        xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
        xmlns:m=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"";
    format!("<s:Envelope {namespaces}><s:Header>{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>")
}

/// Reads a request for a service with default settings.
fn read(text: &str) -> Result<Message, Box<Rejected>> {
    super::read(text, 512_000)
}

fn accepted(headers: &str) -> Request {
    match read(&envelope(headers, "")) {
        Ok(Message::Request(request)) => *request,
        Ok(Message::Identify) => panic!("an Identify"),
        Err(rejected) => panic!("{:?}", rejected.fault),
    }
}

fn code(headers: &str) -> (u32, String) {
    match read(&envelope(headers, "")) {
        Ok(_) => panic!("accepted: {headers}"),
        Err(rejected) => (rejected.fault.kind.code, rejected.fault.about),
    }
}

fn usual() -> String {
    format!("{TO}{URI}{REPLY}{ACTION}{ID}")
}

#[test]
fn the_least_that_clients_in_the_field_send_is_enough() {
    let request = accepted(&usual());
    assert_eq!(request.message_id, "uuid:1");
    assert_eq!(request.max_envelope, 512_000);
    assert!(request.selectors.is_empty() && request.body.is_none());
    assert!(request.resource_uri.unwrap().ends_with("/Msvm_ConcreteJob"));
}

#[test]
fn all_that_windows_sends_is_accepted_in_any_order() {
    let more = "<m:SequenceId s:mustUnderstand=\"false\">1</m:SequenceId>\
        <m:OperationID s:mustUnderstand=\"false\">uuid:2</m:OperationID><m:SessionId>uuid:3</m:SessionId>\
        <w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/><m:DataLocale xml:lang=\"en-US\"/>\
        <w:OperationTimeout>PT60.000S</w:OperationTimeout>\
        <w:MaxEnvelopeSize s:mustUnderstand=\"true\">153600</w:MaxEnvelopeSize>\
        <w:OptionSet><w:Option Name=\"wmi:x\">1</w:Option></w:OptionSet>\
        <o:Odd xmlns:o=\"urn:x\" s:mustUnderstand=\"false\"/>\
        <w:SelectorSet><w:Selector Name=\"InstanceID\">A&amp;B</w:Selector></w:SelectorSet>";
    let request = accepted(&format!("{more}{}", usual()));
    assert_eq!(request.max_envelope, 153_600);
    assert_eq!(request.selectors[0].value, SelectorValue::Text("A&B".to_owned()));
}

#[test]
fn a_missing_header_is_named() {
    for (header, name) in [(ACTION, "Action"), (TO, "To"), (REPLY, "ReplyTo")] {
        assert_eq!(code(&usual().replace(header, "")), (2150858769, name.to_owned()));
    }
}

#[test]
fn a_message_id_is_any_text_that_is_neither_empty_nor_too_long() {
    assert_eq!(code(&usual().replace(ID, "")).0, 2150858767);
    assert_eq!(code(&usual().replace(ID, "<a:MessageID> </a:MessageID>")).0, 2150858767);
    let of = |length| usual().replace("uuid:1", &"x".repeat(length));
    assert_eq!(accepted(&of(2048)).message_id.len(), 2048);
    assert_eq!(code(&of(2049)).0, 2150858767);
}

#[test]
fn answers_go_back_on_the_same_connection_only() {
    assert_eq!(code(&usual().replace("role/anonymous", "role/none")).0, 2150858870);
    let fault_to = "<a:FaultTo><a:Address>http://elsewhere/</a:Address></a:FaultTo>";
    assert_eq!(code(&format!("{}{fault_to}", usual())).0, 2150858870);
}

#[test]
fn a_locale_must_not_have_to_be_understood() {
    for header in ["w:Locale", "m:DataLocale"] {
        let block = format!("<{header} xml:lang=\"en-US\" s:mustUnderstand=\"true\"/>");
        assert_eq!(code(&format!("{}{block}", usual())).0, 2150858887);
    }
}

#[test]
fn envelope_sizes_are_lowered_to_the_cap_and_have_a_least_value() {
    let of = |size: &str| format!("{}<w:MaxEnvelopeSize>{size}</w:MaxEnvelopeSize>", usual());
    assert_eq!(accepted(&of("99999999999")).max_envelope, 512_000);
    assert_eq!(accepted(&of("8192")).max_envelope, 8192);
    assert_eq!(code(&of("8191")).0, 2150858878);
    assert_eq!(code(&of("-5")).0, 2150858767);
}

#[test]
fn timeouts_are_durations_that_are_not_negative() {
    let of = |text: &str| format!("{}<w:OperationTimeout>{text}</w:OperationTimeout>", usual());
    for good in ["PT60.000S", "PT20S", "PT1M", "P1DT2H3M4.5S", "P0D"] {
        accepted(&of(good));
    }
    for bad in ["-PT60S", "60", "P", "PT", "PT5", "PTS", "PT1S2M", "PT1.5M", ""] {
        assert_eq!(code(&of(bad)).0, 2150858767, "{bad}");
    }
}

#[test]
fn an_unknown_header_that_must_be_understood_is_refused_before_anything_else() {
    let odd = "<o:Odd xmlns:o=\"urn:x\" s:mustUnderstand=\"1\"/>";
    assert_eq!(code(odd), (2150858768, "{urn:x}Odd".to_owned()));
    assert_eq!(code(&format!("{}<w:Odd s:mustUnderstand=\"true\"/>", usual())).0, 2150858768);
}

#[test]
fn selectors_are_named_once() {
    let set = |inner: &str| format!("{}<w:SelectorSet>{inner}</w:SelectorSet>", usual());
    let twice = "<w:Selector Name=\"A\">1</w:Selector><w:Selector Name=\"a\">1</w:Selector>";
    assert_eq!(code(&set(twice)).0, 2150858847);
    assert_eq!(code(&set("<w:Selector>1</w:Selector>")).0, 2150858817);
}

#[test]
fn what_is_no_soap_is_refused_by_its_own_codes() {
    let code = |text: &str| read(text).map(|_| ()).unwrap_err().fault.kind.code;
    assert_eq!(code("<a><b></a>"), 2150858819);
    assert_eq!(code("<!DOCTYPE a><a/>"), 2150858819);
    let old = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>";
    assert_eq!(code(old), 2150858765);
    assert_eq!(code("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"/>"), 2150858817);
    let two = envelope(&usual(), "<x/><y/>");
    assert_eq!(code(&two), 2150858817);
    assert_eq!(read(&two).unwrap_err().message_id.as_deref(), Some("uuid:1"));
}

#[test]
fn identify_needs_no_headers_and_is_known_in_both_spellings() {
    for word in ["identity", "identify"] {
        let body = format!(
            "<i:Identify xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/{word}/1/wsmanidentity.xsd\"/>"
        );
        assert!(matches!(read(&envelope("", &body)), Ok(Message::Identify)));
    }
}

#[test]
fn a_reference_must_not_be_wrapped_and_must_be_whole() {
    let reference = |inner: &str| {
        let namespaces = "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
            xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
            xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
        let node = Node::read(&format!("<p {namespaces}>{inner}</p>")).unwrap();
        read_reference(&node).map_err(|fault| fault.kind.code)
    };
    let whole = "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>u</w:ResourceURI><w:SelectorSet>\
        <w:Selector Name=\"InstanceID\">1</w:Selector></w:SelectorSet></a:ReferenceParameters>";
    assert_eq!(reference(whole).unwrap().unwrap().1.len(), 1);
    let wrapped = format!("<a:EndpointReference>{whole}</a:EndpointReference>");
    assert_eq!(reference(&wrapped), Err(2150858817));
    for part in ["<a:Address>x</a:Address>", "<w:ResourceURI>u</w:ResourceURI>"] {
        assert_eq!(reference(&whole.replace(part, "")), Err(2150858817));
    }
    assert_eq!(reference(""), Err(2150858817));
}

#[test]
fn a_request_cut_anywhere_is_refused() {
    let whole = envelope(&usual(), "<w:x><w:y>1</w:y></w:x>");
    assert!(read(&whole).is_ok());
    for end in 0..whole.len() {
        assert!(read(whole.get(..end).unwrap()).is_err(), "cut at {end}");
    }
}
