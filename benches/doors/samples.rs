//! Answers in the form of a Windows host, of any size; for benchmarks and counts.
//!
//! They contain no recorded bytes.

use std::fmt::Write as _;

use crate::cim::{CimType, Raw};

/// The VM of all answers.
pub const MACHINE: &str = "9B1DEB4D-3B7D-4BAD-9BDD-2B0D7B3DCB6D";
/// A snapshot of it.
pub const SNAPSHOT: &str = "Microsoft:5D1B2C3D-0001-4000-8000-00000000B003";

const ROOT: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";

fn envelope(action: &str, body: &str) -> String {
    format!(
        r#"<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:e="http://schemas.xmlsoap.org/ws/2004/08/eventing" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:0F1E2D3C-4B5A-4697-8877-665544332211</a:MessageID><a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To><a:RelatesTo>uuid:00000000-0000-4000-8000-000000000001</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

/// The answer to a `DestroySnapshot` that has started a job.
pub fn output() -> String {
    let class = format!("{ROOT}Msvm_VirtualSystemSnapshotService");
    let body = format!(
        r#"<p:DestroySnapshot_OUTPUT xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="{class}" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><p:Job><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address><a:ReferenceParameters><w:ResourceURI>{ROOT}Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet><w:Selector Name="InstanceID">8621A03F-E0BB-4B7B-8E1F-7555983AA92F</w:Selector><w:Selector Name="__cimnamespace">root/virtualization/v2</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job><p:ReturnValue>4096</p:ReturnValue></p:DestroySnapshot_OUTPUT>"#
    );
    envelope(&format!("{class}/DestroySnapshotResponse"), &body)
}

/// A running job, as the answer to a Get.
pub fn job() -> String {
    let properties: [(&str, Option<&str>); 38] = [
        ("Cancellable", Some("true")),
        ("Caption", Some("Deleting Virtual Machine Snapshot")),
        ("CommunicationStatus", None),
        ("DeleteOnCompletion", Some("false")),
        ("Description", Some("Deleting Virtual Machine Snapshot")),
        ("DetailedStatus", None),
        ("ElapsedTime", Some("@P0DT0H0M2.104S")),
        ("ElementName", Some("Deleting Virtual Machine Snapshot")),
        ("ErrorCode", Some("0")),
        ("ErrorDescription", Some("")),
        ("ErrorSummaryDescription", Some("")),
        ("HealthState", Some("5")),
        ("InstallDate", None),
        ("InstanceID", Some(SNAPSHOT)),
        ("JobRunTimes", Some("1")),
        ("JobState", Some("4")),
        ("JobStatus", Some("Job is running")),
        ("JobType", Some("8")),
        ("LocalOrUtcTime", Some("2")),
        ("Name", Some("Msvm_ConcreteJob")),
        ("Notify", None),
        ("OperatingStatus", None),
        ("OperationalStatus", Some("2")),
        ("OtherRecoveryAction", None),
        ("Owner", Some(r"LAB\operator")),
        ("PercentComplete", Some("53")),
        ("PrimaryStatus", None),
        ("Priority", Some("0")),
        ("RecoveryAction", Some("2")),
        ("RunDay", None),
        ("RunDayOfWeek", None),
        ("RunMonth", None),
        ("RunStartInterval", None),
        ("ScheduledStartTime", Some("2026-03-09T07:45:11.000000Z")),
        ("StartTime", Some("2026-03-09T07:45:11.104223Z")),
        ("Status", Some("OK")),
        ("TimeBeforeRemoval", Some("@P0DT0H5M0S")),
        ("TimeSubmitted", Some("2026-03-09T07:45:11.004119Z")),
    ];
    let mut body = String::new();
    instance(&mut body, "Msvm_ConcreteJob", &properties);
    envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse", &body)
}

/// A fault of the provider.
pub fn fault() -> String {
    let body = r#"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">The WS-Management service cannot process the request. The WMI service returned an 'access denied' error.</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="2150859002" Machine="HV01"><f:Message><f:ProviderFault provider="WMI Provider" path="%systemroot%\system32\WsmWmiPl.dll"><f:WSManFault Code="2147942405" Machine="HV01"><f:Message>Access is denied.</f:Message></f:WSManFault></f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>"#;
    envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", body)
}

/// A page of `count` settings of one VM, of about 4 KiB each.
pub fn page(count: usize) -> String {
    let mut items = String::with_capacity(count * 4200);
    for number in 0..count {
        settings(&mut items, number);
    }
    let body = format!(
        "<n:EnumerateResponse><n:EnumerationContext/><w:Items>{items}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    envelope("http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse", &body)
}

fn settings(out: &mut String, number: usize) {
    let id = format!("Microsoft:5D1B2C3D-0001-4000-8000-{number:012X}");
    let parent = format!(
        r#"\\HV01\root\virtualization\v2:Msvm_VirtualSystemSettingData.InstanceID="Microsoft:5D1B2C3D-0001-4000-8000-{:012X}""#,
        number.saturating_sub(1)
    );
    let name = format!("before upgrade & reboot no. {number} — 検証");
    let folder = r"C:\ProgramData\Microsoft\Windows\Hyper-V";
    let properties: [(&str, Option<&str>); 62] = [
        ("AdditionalRecoveryInformation", None),
        ("AllowFullSCSICommandSet", Some("false")),
        ("AllowReducedFcRedundancy", Some("false")),
        ("Architecture", Some("x64")),
        ("AutomaticCriticalErrorAction", Some("1")),
        ("AutomaticCriticalErrorActionTimeout", Some("@P0DT0H30M0S")),
        ("AutomaticRecoveryAction", Some("2")),
        ("AutomaticShutdownAction", Some("3")),
        ("AutomaticSnapshotsEnabled", Some("false")),
        ("AutomaticStartupAction", Some("3")),
        ("AutomaticStartupActionDelay", Some("@P0DT0H0M0S")),
        ("AutomaticStartupActionSequenceNumber", None),
        ("BaseBoardSerialNumber", Some("7214-2163-4870-3412-3395-6620-11")),
        ("BIOSGUID", Some("{1C3B7E2C-5E0C-4E9F-8D6B-0B6A3C2B7F10}")),
        ("BIOSNumLock", Some("false")),
        ("BIOSSerialNumber", Some("7214-2163-4870-3412-3395-6620-11")),
        ("BootOrder", Some("3")),
        ("BootOrder", Some("1")),
        ("BootOrder", Some("2")),
        ("BootOrder", Some("0")),
        ("Caption", Some("Virtual Machine Settings")),
        ("ChassisAssetTag", Some("3160-8421-3300-0201-5547-1920-62")),
        ("ChassisSerialNumber", Some("7214-2163-4870-3412-3395-6620-11")),
        ("ConfigurationDataRoot", Some(folder)),
        ("ConfigurationFile", Some(r"Virtual Machines\9B1DEB4D-3B7D-4BAD-9BDD-2B0D7B3DCB6D.vmcx")),
        ("ConfigurationID", Some(MACHINE)),
        ("ConsoleMode", Some("3")),
        ("CreationTime", Some("2026-03-09T07:45:11.104223Z")),
        ("DebugChannelId", Some("4294967295")),
        ("DebugPort", Some("0")),
        ("DebugPortEnabled", Some("0")),
        ("Description", Some("Checkpoint Settings")),
        ("ElementName", Some(&name)),
        ("EnableHibernation", Some("false")),
        ("EnhancedSessionTransportType", Some("0")),
        ("GuestControlledCacheTypes", Some("false")),
        ("GuestStateDataRoot", Some(folder)),
        ("HighMmioGapSize", Some("512")),
        ("IncrementalBackupEnabled", Some("true")),
        ("InstanceID", Some(&id)),
        ("IsAutomaticSnapshot", Some("false")),
        ("IsSaved", Some("false")),
        ("LockOnDisconnect", Some("false")),
        ("LogDataRoot", Some(folder)),
        ("LowMmioGapSize", Some("128")),
        ("NetworkBootPreferredProtocol", Some("4096")),
        ("Notes", Some("")),
        ("Parent", Some(&parent)),
        ("PauseAfterBootFailure", Some("false")),
        ("RecoveryFile", None),
        ("SecureBootEnabled", Some("true")),
        ("SecureBootTemplateId", Some("{1734C6E8-3154-4DDA-BA5F-A874CC483422}")),
        ("SnapshotDataRoot", Some(folder)),
        ("SuspendDataRoot", None),
        ("SwapFileDataRoot", Some(folder)),
        ("TurnOffOnGuestRestart", Some("false")),
        ("UserSnapshotType", Some("3")),
        ("Version", Some("10.0")),
        ("VirtualNumaEnabled", Some("true")),
        ("VirtualSystemIdentifier", Some(MACHINE)),
        ("VirtualSystemSubType", Some("Microsoft:Hyper-V:SubType:2")),
        ("VirtualSystemType", Some("Microsoft:Hyper-V:Snapshot:Realized")),
    ];
    instance(out, "Msvm_VirtualSystemSettingData", &properties);
}

/// An instance: nulls by `xsi:nil`, datetimes and (after `@`) intervals in their own element, arrays as siblings.
fn instance(out: &mut String, class: &str, properties: &[(&str, Option<&str>)]) {
    let _ = write!(
        out,
        r#"<p:{class} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="{ROOT}{class}" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xsi:type="p:{class}_Type">"#
    );
    for (name, value) in properties {
        let _ = match value {
            None => write!(out, r#"<p:{name} xsi:nil="true"/>"#),
            Some("") => write!(out, "<p:{name}></p:{name}>"),
            Some(text) if text.starts_with('@') => {
                let text = text.trim_start_matches('@');
                write!(out, "<p:{name}><cim:Interval>{text}</cim:Interval></p:{name}>")
            }
            Some(text) if text.ends_with('Z') && text.starts_with("20") => {
                write!(out, "<p:{name}><cim:Datetime>{text}</cim:Datetime></p:{name}>")
            }
            Some(text) => {
                let text = text.replace('&', "&amp;");
                write!(out, "<p:{name}>{text}</p:{name}>")
            }
        };
    }
    let _ = write!(out, "</p:{class}>");
}

/// A text of each kind of value, and its type.
pub const TEXTS: [(&str, CimType); 8] = [
    ("true", CimType::Boolean),
    ("18446744073709551615", CimType::Uint64),
    ("-42", CimType::Sint32),
    ("32768", CimType::Uint16),
    ("2.5e-3", CimType::Real64),
    ("before upgrade & reboot", CimType::String),
    ("2026-03-09T07:45:11.104223Z", CimType::Datetime),
    ("P0DT0H0M2.104S", CimType::Datetime),
];

/// The same in the form of an instance.
pub fn raws() -> Vec<(Raw<'static>, CimType)> {
    let raw = |(text, cim_type): (&'static str, CimType)| match cim_type {
        CimType::Datetime => (Raw::Datetime(text.into()), cim_type),
        _ => (Raw::Text(text.into()), cim_type),
    };
    TEXTS.into_iter().map(raw).collect()
}
