//! Tests of decoding and encoding together, with messages in the recorded forms.

use crate::{
    Limits, Violation,
    cim::{CimType, Datetime, Instance, Interval, Timestamp, Value, decode, encode, parse_embedded},
    wsman::EndpointReference,
    xml::{Reader, Writer},
};

const HEAD: &str = concat!(
    "<p:Msvm_X xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ",
    "xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_X\" ",
    "xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" ",
    "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" ",
    "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" xsi:type=\"p:Msvm_X_Type\">"
);

fn decoded(properties: &str) -> Instance<'static> {
    let limits = Limits::default();
    let text = format!("{HEAD}{properties}</p:Msvm_X>");
    let mut reader = Reader::new(&text, &limits);
    let root = reader.root().unwrap();
    let instance = decode::instance(&mut reader, &root).unwrap().into_owned();
    reader.finish().unwrap();
    instance
}

#[test]
fn the_recorded_forms_are_read_by_type() {
    let instance = decoded(concat!(
        "<p:Caption>仮想マシン</p:Caption><p:CommunicationStatus xsi:nil=\"true\"/>",
        "<p:ElapsedTime><cim:Interval>P0DT0H0M0.014947S</cim:Interval></p:ElapsedTime>",
        "<p:Empty></p:Empty><p:Enabled>TRUE</p:Enabled>",
        "<p:InstallDate><cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime></p:InstallDate>",
        "<p:OnTime>6138293824</p:OnTime><p:OperationalStatus>17</p:OperationalStatus>",
        "<p:OperationalStatus>2</p:OperationalStatus>",
        "<p:Started>2026-10-05T04:23:50+13:50</p:Started>"
    ));
    assert_eq!(instance.class(), "Msvm_X");
    assert_eq!(instance.read::<String>("caption").unwrap().unwrap(), "仮想マシン");
    assert_eq!(instance.read::<u16>("CommunicationStatus").unwrap(), None);
    assert_eq!(instance.read::<u16>("NotSent").unwrap(), None);
    assert_eq!(instance.read::<String>("Empty").unwrap().unwrap(), "");
    assert!(instance.read::<bool>("Enabled").unwrap().unwrap());
    assert!(instance.read::<Timestamp>("InstallDate").unwrap().unwrap().is_never());
    assert_eq!(instance.read::<u64>("OnTime").unwrap(), Some(6_138_293_824));
    assert_eq!(instance.list::<u16>("OperationalStatus").unwrap(), [17, 2]);
    assert_eq!(instance.list::<u16>("NotSent").unwrap(), [0_u16; 0]);
    assert_eq!(instance.read::<Interval>("ElapsedTime").unwrap().unwrap().duration().as_micros(), 14_947);
    assert_eq!(instance.read::<Timestamp>("Started").unwrap().unwrap().to_string(), "2026-10-04T14:33:50Z");
}

#[test]
fn one_unreadable_property_keeps_its_text_and_costs_nothing_else() {
    let instance = decoded(concat!(
        "<p:A>x7</p:A><p:B><p:odd><p:thing>1</p:thing></p:odd></p:B>",
        "<p:C><a:Address>here</a:Address></p:C><p:D>8</p:D><p:E>1</p:E><p:E>2</p:E>"
    ));
    let error = instance.read::<u16>("A").unwrap_err();
    assert_eq!((error.property(), error.raw()), ("A", "x7"));
    assert_eq!(error.to_string(), "Msvm_X.A is no uint16: \"x7\"");
    assert!(instance.read::<String>("B").is_err());
    assert_eq!(instance.read::<EndpointReference>("C").unwrap_err().raw(), "<a:Address>here</a:Address>");
    assert_eq!(instance.read::<u16>("D").unwrap(), Some(8));
    assert!(instance.read::<u16>("E").is_err(), "several values are no scalar");
}

#[test]
fn references_are_read_bare_and_wrapped() {
    let parts = concat!(
        "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>",
        "<a:ReferenceParameters><w:ResourceURI>http://x/root/virtualization/v2/Msvm_Y</w:ResourceURI>",
        "<w:SelectorSet><w:Selector Name=\"InstanceID\">A&amp;B</w:Selector></w:SelectorSet>",
        "</a:ReferenceParameters>"
    );
    let wrapped = format!("<a:EndpointReference>{parts}</a:EndpointReference>");
    let instance = decoded(&format!("<p:Bare>{parts}</p:Bare><p:Wrapped>{wrapped}</p:Wrapped>"));
    let bare = instance.read::<EndpointReference>("Bare").unwrap().unwrap();
    assert_eq!(bare.selectors.text("instanceid"), Some("A&B"));
    assert_eq!(Some(bare), instance.read("Wrapped").unwrap());
}

#[test]
fn nested_instances_are_read_with_the_class_in_the_type_or_in_an_element() {
    let instance = decoded(concat!(
        "<p:Target xsi:type=\"q:Msvm_Job_Type\" xmlns:q=\"http://x/Msvm_Job\"><q:JobState>4</q:JobState></p:Target>",
        "<p:Other><q:Msvm_Job xmlns:q=\"http://x/Msvm_Job\"><q:JobState>7</q:JobState></q:Msvm_Job></p:Other>"
    ));
    for (name, state) in [("Target", "4"), ("Other", "7")] {
        let Value::Object(inner) = instance.value(name, CimType::Object, false).unwrap() else {
            panic!("{name} is no object");
        };
        assert_eq!(inner.class(), "Msvm_Job");
        assert_eq!(inner.read::<String>("JobState").unwrap().unwrap(), state);
    }
}

#[test]
fn every_scalar_type_survives_the_way_out_and_back_alone_and_in_an_array() {
    let interval = Interval::new(std::time::Duration::from_micros(1_004_170));
    let values = [
        (CimType::Boolean, Value::Boolean(true)),
        (CimType::Char16, Value::Char16(65)),
        (CimType::Datetime, Value::Datetime(Datetime::Interval(interval))),
        (CimType::Datetime, Value::Datetime(Datetime::Timestamp(Timestamp::never()))),
        (CimType::Datetime, Value::Datetime(Datetime::Unspecified)),
        (CimType::Real32, Value::Real32(1.5)),
        (CimType::Real64, Value::Real64(f64::NEG_INFINITY)),
        (CimType::Sint8, Value::Sint8(-128)),
        (CimType::Sint16, Value::Sint16(-1)),
        (CimType::Sint32, Value::Sint32(i32::MIN)),
        (CimType::Sint64, Value::Sint64(i64::MIN)),
        (CimType::Uint8, Value::Uint8(255)),
        (CimType::Uint16, Value::Uint16(65535)),
        (CimType::Uint32, Value::Uint32(u32::MAX)),
        (CimType::Uint64, Value::Uint64(u64::MAX)),
        (CimType::String, Value::String("a<b & \\c\" \u{1F980}".to_owned())),
        (CimType::String, Value::Null),
    ];
    for (cim_type, value) in values {
        let round = |value: &Value, array| {
            let mut writer = Writer::new();
            encode::property(&mut writer, "p:X", value);
            decoded(&writer.finish().unwrap()).value("X", cim_type, array).unwrap()
        };
        assert_eq!(round(&value, false), value);
        let array = Value::Array(vec![value.clone(), value.clone()]);
        assert_eq!(round(&array, true), array);
    }
}

#[test]
fn numbers_out_of_range_are_errors_not_other_numbers() {
    let instance = decoded("<p:A>256</p:A><p:B>-1</p:B><p:C>1.0</p:C><p:D></p:D>");
    assert!(instance.read::<u8>("A").is_err());
    assert!(instance.read::<u16>("B").is_err());
    assert!(instance.read::<u16>("C").is_err());
    assert!(instance.read::<u16>("D").is_err());
}

#[test]
fn an_embedded_instance_is_read_from_its_text() {
    let text = concat!(
        "<INSTANCE CLASSNAME=\"Msvm_Error\"><PROPERTY NAME=\"Message\" TYPE=\"string\"><VALUE>a &amp; b</VALUE></PROPERTY>",
        "<PROPERTY NAME=\"Null\" TYPE=\"string\"></PROPERTY>",
        "<PROPERTY.ARRAY NAME=\"MessageArguments\" TYPE=\"string\"><VALUE.ARRAY><VALUE>1</VALUE><VALUE>2</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>",
        "<PROPERTY NAME=\"At\" TYPE=\"datetime\"><VALUE>00000000000500.000000:000</VALUE></PROPERTY></INSTANCE>"
    );
    let instance = parse_embedded(text, &Limits::default()).unwrap();
    assert_eq!(instance.class(), "Msvm_Error");
    assert_eq!(instance.read::<String>("Message").unwrap().unwrap(), "a & b");
    assert_eq!(instance.read::<String>("Null").unwrap(), None);
    assert_eq!(instance.list::<String>("MessageArguments").unwrap(), ["1", "2"]);
    assert_eq!(instance.read::<Interval>("At").unwrap().unwrap().duration().as_secs(), 300);
    for end in 0..text.len() {
        assert!(parse_embedded(text.get(..end).unwrap(), &Limits::default()).is_err(), "cut at {end}");
    }
}

#[test]
fn too_many_properties_or_members_end_in_a_violation() {
    let limits = Limits { instance_properties: 3, ..Limits::default() };
    for properties in ["<p:A/><p:B/><p:C/><p:D/>", "<p:A/><p:A/><p:A/><p:A/>"] {
        let text = format!("{HEAD}{properties}</p:Msvm_X>");
        let mut reader = Reader::new(&text, &limits);
        let root = reader.root().unwrap();
        let error = decode::instance(&mut reader, &root).unwrap_err();
        assert_eq!(error.violation(), Violation::TooManyProperties);
    }
}

#[test]
fn members_of_an_array_are_found_wherever_they_stand() {
    for (order, count) in
        [("ABAB", 2), ("BAAB", 2), ("abAB", 4), ("aBab", 3), ("CSdCS", 3), ("ZYZ", 2), ("_A_", 2)]
    {
        let text: String = order.chars().map(|name| format!("<p:{name}>1</p:{name}>")).collect();
        let instance = decoded(&text);
        let values: usize = instance.properties().map(|property| property.values().len()).sum();
        assert_eq!((instance.properties().count(), values), (count, order.len()), "{order}");
    }
}
