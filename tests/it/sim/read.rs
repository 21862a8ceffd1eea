//! Get, Enumerate, Pull and Release of the simulated host, on the wire.

use hvsnap::sim::RequestKind;

use crate::sim::raw::{
    DMTF, FILTERED, OPERATOR, READER, WMI, WQL, between, enumeration, envelope, get, lab, pass, pull, query,
    settings_reference, soap,
};

const WEB: &str = "0A1B2C3D-0001-4000-8000-00000000A001";
const SNAPSHOTS: &str = "select * from Msvm_VirtualSystemSettingData where VirtualSystemIdentifier = \
                         '0A1B2C3D-0001-4000-8000-00000000A001'";

#[tokio::test]
async fn a_get_answers_the_whole_instance_in_the_recorded_form() {
    let sim = lab().await;
    let keys = [("CreationClassName", "Msvm_ComputerSystem"), ("Name", &WEB.to_lowercase())];
    let raw = get(&sim, &format!("{WMI}Msvm_ComputerSystem"), &keys).await;
    assert_eq!(raw.status, "HTTP/1.1 200 ");
    assert_eq!(raw.header("content-type"), Some("application/soap+xml;charset=UTF-8"));
    let start = "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
        xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
        xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" \
        xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
        xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"><s:Header>\
        <a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</a:Action><a:MessageID>uuid:";
    assert!(raw.text().starts_with(start), "{}", raw.text());
    assert_eq!(raw.element("a:RelatesTo"), Some("uuid:ASKED"));
    for part in [
        "xsi:type=\"p:Msvm_ComputerSystem_Type\"><p:AvailableRequestedStates>2</p:AvailableRequestedStates>",
        "<p:CommunicationStatus xsi:nil=\"true\"/><p:CreationClassName>Msvm_ComputerSystem</p:CreationClassName>",
        "<p:LastReplicationTime><cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime></p:LastReplicationTime>",
        "<p:OperationalStatus>2</p:OperationalStatus>",
        "<p:ElementName>web-01</p:ElementName>",
    ] {
        assert!(raw.text().contains(part), "{part}");
    }
    assert!(!raw.text().contains("OtherDedicatedDescriptions"), "a null array is absent");
}

#[tokio::test]
async fn the_dmtf_form_reaches_the_same_objects_through_its_namespace_selector() {
    let sim = lab().await;
    let id = "Microsoft:0A1B2C3D-0001-4000-8000-00000000B002";
    let uri = format!("{DMTF}Msvm_VirtualSystemSettingData");
    let namespace = ("__cimnamespace", "root/virtualization/v2");
    let raw = get(&sim, &uri, &[("InstanceID", id), namespace]).await;
    assert!(raw.text().contains(&format!("xmlns:p=\"{uri}\"")), "{}", raw.text());
    assert_eq!(raw.element("p:ElementName"), Some("before-upgrade"));
    assert_eq!(get(&sim, &uri, &[("InstanceID", id)]).await.fault(), 2150858752);
    let cluster = [("InstanceID", id), ("__cimnamespace", "root\\HyperVCluster\\v2")];
    assert_eq!(get(&sim, &uri, &cluster).await.element("p:ElementName"), Some("before-upgrade"));
    let wmi = format!("{WMI}Msvm_VirtualSystemSettingData");
    assert_eq!(get(&sim, &wmi, &[("InstanceID", id), namespace]).await.status, "HTTP/1.1 200 ");
    let other = [("InstanceID", id), ("__cimnamespace", "root/cimv2")];
    assert_eq!(get(&sim, &wmi, &other).await.fault(), 2150859067);
}

#[tokio::test]
async fn selectors_must_name_one_instance() {
    let sim = lab().await;
    let system = format!("{WMI}Msvm_ComputerSystem");
    let class = ("CreationClassName", "Msvm_ComputerSystem");
    for (keys, code) in [
        (vec![], 2150859002),
        (vec![class], 2150858842),
        (vec![class, ("Name", WEB), ("ElementName", "web-01")], 2150858843),
        (vec![class, ("Name", WEB), ("name", WEB)], 2150858847),
        (vec![class, ("Name", "nobody")], 2150858752),
    ] {
        assert_eq!(get(&sim, &system, &keys).await.fault(), code, "{keys:?}");
    }
    let service = format!("{WMI}Msvm_VirtualSystemSnapshotService");
    let raw = get(&sim, &service, &[("CreationClassName", "Msvm_VirtualSystemSnapshotService")]).await;
    assert_eq!(raw.element("p:SystemName"), Some("HV01"));
    assert_eq!(get(&sim, &service, &[("Name", "vssnapsvc")]).await.fault(), 2150858842);
    assert_eq!(get(&sim, &format!("{WMI}Msvm_Nothing"), &[("X", "1")]).await.fault(), 2150858752);
    assert_eq!(get(&sim, "http://example.com/x", &[]).await.fault(), 2150858811);
}

#[tokio::test]
async fn a_vanished_instance_is_named_in_the_extended_status() {
    let sim = lab().await;
    let raw = get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", "5F0C")]).await;
    assert_eq!(raw.fault(), 2150858752);
    assert_eq!(raw.element("a:Action"), Some("http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"));
    assert_eq!(raw.element("a:RelatesTo"), Some("uuid:ASKED"));
    assert_eq!(raw.element("p:Operation"), Some("GetObject"));
    assert_eq!(raw.element("p:ParameterInfo"), Some("Msvm_ConcreteJob.InstanceID=\"5F0C\""));
    assert_eq!(between(raw.text(), "Machine=\"", "\""), Some("10.1.2.3"));
}

#[tokio::test]
async fn a_plain_enumerate_gives_a_context_and_each_pull_one_item_and_a_new_one() {
    let sim = lab().await;
    let raw = query(&sim, "", SNAPSHOTS).await;
    assert!(!raw.text().contains("Items"));
    let mut context = raw.element("n:EnumerationContext").unwrap().to_owned();
    let mut names = Vec::new();
    loop {
        let page = pull(&sim, &context, None).await;
        assert_eq!(page.text().matches("<p:ElementName>").count(), 1);
        names.push(page.element("p:ElementName").unwrap().to_owned());
        let Some(next) = page.element("n:EnumerationContext") else {
            assert!(page.text().contains("</n:Items><n:EndOfSequence/></n:PullResponse>"));
            break;
        };
        assert!(page.text().find("EnumerationContext").unwrap() < page.text().find("<n:Items>").unwrap());
        assert_ne!(next, context);
        assert_eq!(pull(&sim, &context, None).await.fault(), 2150858779, "a context is good for one pull");
        context = next.to_owned();
    }
    assert_eq!(names, ["web-01", "base", "before-upgrade", "after-upgrade", "hotfix", "rollback"]);
    assert_eq!(sim.open_enumerations(), 0);
}

#[tokio::test]
async fn an_optimized_enumerate_gives_one_item_and_a_live_context() {
    let sim = lab().await;
    let optimize = "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>";
    let raw = query(&sim, optimize, SNAPSHOTS).await;
    assert_eq!(raw.text().matches("<p:ElementName>").count(), 1);
    assert!(
        raw.text().contains("<w:Items><p:Msvm_VirtualSystemSettingData ") && !raw.text().contains("EndOf")
    );
    let rest = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(100)).await;
    assert_eq!(rest.text().matches("<p:ElementName>").count(), 5);
    let one = query(&sim, optimize, "select * from Msvm_VirtualSystemSnapshotService").await;
    let start = "<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext><w:Items><p:Msvm_V";
    assert!(one.text().contains(start), "{}", one.text());
    assert!(one.text().contains("</w:Items><w:EndOfSequence/></n:EnumerateResponse>"));
    let none = query(&sim, optimize, "select * from Msvm_ConcreteJob").await;
    assert!(none.text().contains("<w:Items></w:Items><w:EndOfSequence/>"), "{}", none.text());
    assert_eq!(sim.open_enumerations(), 0);
}

#[tokio::test]
async fn a_page_ends_near_76_000_characters_and_by_the_size_that_the_request_allows() {
    let sim = lab().await;
    let all = "select * from Msvm_VirtualSystemSettingData";
    let context = query(&sim, "", all).await.element("n:EnumerationContext").unwrap().to_owned();
    let page = pull(&sim, &context, Some(32_000)).await;
    assert!((70_000..77_500).contains(&page.text().len()), "{}", page.text().len());
    let context = page.element("n:EnumerationContext").unwrap();
    let small = |size: u32| {
        let body = format!(
            "<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext><n:MaxElements>99</n:MaxElements></n:Pull>"
        );
        let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
        envelope(action, &format!("{WMI}*"), &[], &body)
            .replace("</s:Header>", &format!("<w:MaxEnvelopeSize>{size}</w:MaxEnvelopeSize></s:Header>"))
    };
    let page = soap(&sim, OPERATOR, &small(20_000)).await;
    assert!((12_000..20_000).contains(&page.text().len()), "{}", page.text().len());
}

#[tokio::test]
async fn a_context_belongs_to_its_user_and_dies_when_nobody_pulls() {
    let sim = lab().await;
    let context = query(&sim, "", SNAPSHOTS).await.element("n:EnumerationContext").unwrap().to_owned();
    let body = format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext></n:Pull>");
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
    let stolen = soap(&sim, READER, &envelope(action, &format!("{WMI}*"), &[], &body)).await;
    assert_eq!(stolen.fault(), 2150858779);
    pass(&sim, 239_000).await;
    let page = pull(&sim, &context, None).await;
    let next = page.element("n:EnumerationContext").unwrap();
    pass(&sim, 240_000).await;
    assert_eq!(pull(&sim, next, None).await.fault(), 2150858779);
}

#[tokio::test]
async fn a_released_context_is_gone() {
    let sim = lab().await;
    let context = query(&sim, "", SNAPSHOTS).await.element("n:EnumerationContext").unwrap().to_owned();
    assert_eq!(sim.open_enumerations(), 1);
    let body = format!("<n:Release><n:EnumerationContext>{context}</n:EnumerationContext></n:Release>");
    let raw = enumeration(&sim, "Release", &format!("{WMI}*"), &body).await;
    assert!(raw.text().contains("ReleaseResponse</a:Action>") && raw.text().contains("<s:Body></s:Body>"));
    assert_eq!(sim.open_enumerations(), 0);
    assert_eq!(enumeration(&sim, "Release", &format!("{WMI}*"), &body).await.fault(), 2150858779);
}

#[tokio::test]
async fn the_three_modes_differ_in_their_items() {
    let sim = lab().await;
    let items = |mode: &'static str| {
        let sim = &sim;
        async move {
            let more = format!("<w:EnumerationMode>{mode}</w:EnumerationMode>");
            let raw = query(sim, &more, SNAPSHOTS).await;
            pull(sim, raw.element("n:EnumerationContext").unwrap(), Some(9)).await
        }
    };
    let references = items("EnumerateEPR").await;
    assert_eq!(references.text().matches("<a:EndpointReference ").count(), 6);
    assert!(!references.text().contains("ElementName"));
    let both = items("EnumerateObjectAndEPR").await;
    assert_eq!(both.text().matches("</p:Msvm_VirtualSystemSettingData><a:EndpointReference ").count(), 6);
    assert_eq!(both.text().matches("<w:Item>").count(), 6);
    let unknown = query(&sim, "<w:EnumerationMode>Other</w:EnumerationMode>", SNAPSHOTS).await;
    assert_eq!(unknown.fault(), 2150858886);
    assert!(unknown.text().contains("/faultDetail/EnumerationMode</w:FaultDetail>"));
}

#[tokio::test]
async fn named_properties_come_as_fragments() {
    let sim = lab().await;
    let raw =
        query(&sim, "<w:OptimizeEnumeration/>", "select Name, CreationClassName from Msvm_ComputerSystem")
            .await;
    let item = between(raw.text(), "<w:Items>", "</w:Items>").unwrap();
    assert!(item.starts_with("<w:XmlFragment "), "{item}");
    assert!(item.ends_with(
        "<CreationClassName>Msvm_ComputerSystem</CreationClassName><Name>HV01</Name></w:XmlFragment>"
    ));
}

#[tokio::test]
async fn a_query_goes_to_all_classes_and_must_be_sound() {
    let sim = lab().await;
    let filter = format!("<w:Filter Dialect=\"{WQL}\">select * from Msvm_ConcreteJob</w:Filter>");
    let to = |uri: String, filter: &str| {
        let (sim, body) = (&sim, format!("<n:Enumerate>{filter}</n:Enumerate>"));
        async move { enumeration(sim, "Enumerate", &uri, &body).await }
    };
    assert_eq!(to(format!("{WMI}Msvm_ConcreteJob"), &filter).await.fault(), 2150859003);
    let nowhere = to(format!("{}*", WMI.replace("/v2/", "/v1/")), &filter).await;
    assert_eq!(nowhere.fault(), 2150858778);
    assert!(nowhere.text().contains("n:CannotProcessFilter") && !nowhere.text().contains("RelatesTo"));
    for bad in ["select * from Msvm_Nothing", "select", "select * from Msvm_ConcreteJob where X = 1"] {
        assert_eq!(query(&sim, "", bad).await.fault(), 2150858778, "{bad}");
    }
    let standard = filter.replace("w:Filter", "n:Filter");
    assert_eq!(to(format!("{WMI}*"), &standard).await.status, "HTTP/1.1 200 ");
    let xpath = "<w:Filter>*</w:Filter>";
    assert_eq!(to(format!("{WMI}Msvm_ConcreteJob"), xpath).await.fault(), 2150858777);
    assert_eq!(to(format!("{WMI}*"), "").await.fault(), 2150858778);
    assert_eq!(to(format!("{WMI}CIM_ConcreteJob"), "").await.status, "HTTP/1.1 200 ");
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    let keyed = envelope(action, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", "1")], "<n:Enumerate/>");
    assert_eq!(soap(&sim, OPERATOR, &keyed).await.fault(), 2150859016);
}

#[tokio::test]
async fn selector_and_association_filters_find_the_same_snapshots() {
    let sim = lab().await;
    let selectors = format!(
        "<n:Enumerate><w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter\">\
         <w:SelectorSet><w:Selector Name=\"VirtualSystemIdentifier\">{}</w:Selector></w:SelectorSet></w:Filter>\
         </n:Enumerate>",
        WEB.to_lowercase()
    );
    let uri = format!("{WMI}Msvm_VirtualSystemSettingData");
    let raw = enumeration(&sim, "Enumerate", &uri, &selectors).await;
    let page = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(99)).await;
    assert_eq!(page.text().matches("<p:ElementName>").count(), 6);
    let quoted = selectors.replace(&WEB.to_lowercase(), "it's");
    assert_eq!(enumeration(&sim, "Enumerate", &uri, &quoted).await.fault(), 2150858778);

    let system = settings_reference("x").replace("VirtualSystemSettingData", "ComputerSystem").replace(
        "<w:Selector Name=\"InstanceID\">x</w:Selector>",
        &format!(
            "<w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector>\
             <w:Selector Name=\"Name\">{WEB}</w:Selector>"
        ),
    );
    let associated = format!(
        "<n:Enumerate><w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter\">\
         <b:AssociatedInstances xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\">\
         <b:Object>{system}</b:Object><b:AssociationClassName>Msvm_SnapshotOfVirtualSystem\
         </b:AssociationClassName></b:AssociatedInstances></w:Filter></n:Enumerate>"
    );
    let raw = enumeration(&sim, "Enumerate", &format!("{WMI}*"), &associated).await;
    let page = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(99)).await;
    assert_eq!(page.text().matches("<p:ElementName>").count(), 5);
    let rows = associated.replace("AssociatedInstances", "AssociationInstances");
    let rows = rows.replace("AssociationClassName", "ResultClassName");
    let raw = enumeration(&sim, "Enumerate", &format!("{WMI}*"), &rows).await;
    let page = pull(&sim, raw.element("n:EnumerationContext").unwrap(), Some(99)).await;
    assert_eq!(page.text().matches("</p:Msvm_SnapshotOfVirtualSystem>").count(), 5);
}

#[tokio::test]
async fn a_filtered_user_gets_empty_sets_and_not_a_fault() {
    let sim = lab().await;
    let body = format!(
        "<n:Enumerate><w:OptimizeEnumeration/><w:Filter Dialect=\"{WQL}\">{SNAPSHOTS}</w:Filter></n:Enumerate>"
    );
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    let raw = soap(&sim, FILTERED, &envelope(action, &format!("{WMI}*"), &[], &body)).await;
    assert!(raw.text().contains("<w:Items></w:Items><w:EndOfSequence/>"), "{}", raw.text());
}

#[tokio::test]
async fn the_journal_tells_what_was_asked_and_by_whom() {
    let sim = lab().await;
    query(&sim, "", SNAPSHOTS).await;
    get(&sim, &format!("{WMI}Msvm_ConcreteJob"), &[("InstanceID", "5F0C")]).await;
    let journal = sim.journal();
    assert_eq!((journal[0].kind, journal[1].kind), (RequestKind::Enumerate, RequestKind::Get));
    assert_eq!(journal[0].filter.as_deref(), Some(SNAPSHOTS));
    assert_eq!(journal[1].selectors, [("InstanceID".to_owned(), "5F0C".to_owned())]);
    assert_eq!(journal[1].user.as_deref(), Some("LAB\\operator"));
    assert_eq!(journal[1].message_id, "uuid:ASKED");
}

#[tokio::test]
async fn actions_that_the_host_does_not_have_are_refused() {
    let sim = lab().await;
    let uri = format!("{WMI}Msvm_ConcreteJob");
    for (action, code) in [
        ("http://schemas.xmlsoap.org/ws/2004/08/eventing/Unsubscribe", 2150858771),
        ("http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe", 2150858771),
        ("urn:other", 2150858801),
    ] {
        let asked = envelope(action, &uri, &[("InstanceID", "1")], "");
        assert_eq!(soap(&sim, OPERATOR, &asked).await.fault(), code, "{action}");
    }
}
