//! Envelopes for the scripted host, written by hand in the recorded forms.

use crate::scripted::Reply;

pub(crate) const VM: &str = "11111111-0000-4000-8000-000000000001";
pub(crate) const JOB: &str = "5F0C2A7E-0000-4000-8000-00000000000A";
const V2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

pub(crate) fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Header><a:RelatesTo>{{ID}}</a:RelatesTo>\
         </s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

pub(crate) fn soap(body: &str) -> Reply {
    Reply::Soap(200, envelope(body))
}

/// The complete result of a query in the first answer.
pub(crate) fn items(instances: &[String]) -> Reply {
    soap(&format!(
        "<n:EnumerateResponse><n:EnumerationContext/><w:Items>{}</w:Items><w:EndOfSequence/></n:EnumerateResponse>",
        instances.concat()
    ))
}

pub(crate) fn instance(class: &str, properties: &[(&str, &str)]) -> String {
    let inner: String =
        properties.iter().map(|(name, value)| format!("<p:{name}>{value}</p:{name}>")).collect();
    format!(
        "<p:{class} xmlns:xsi=\"{XSI}\" xmlns:p=\"{V2}/{class}\" xsi:type=\"p:{class}_Type\">{inner}</p:{class}>"
    )
}

pub(crate) fn computer_system(statuses: &[&str]) -> String {
    let mut properties = vec![("ElementName", "web-01"), ("EnabledState", "2"), ("Name", VM)];
    properties.extend(statuses.iter().map(|status| ("OperationalStatus", *status)));
    instance("Msvm_ComputerSystem", &properties)
}

/// A snapshot `id` under `parent`; with an empty `id` the VM's own settings.
pub(crate) fn setting(id: &str, parent: &str) -> String {
    let path = if parent.is_empty() {
        String::new()
    } else {
        format!(
            r#"\\HV01\root\virtualization\v2:Msvm_VirtualSystemSettingData.InstanceID="Microsoft:{parent}""#
        )
    };
    let kind = if id.is_empty() { "System" } else { "Snapshot" };
    instance(
        "Msvm_VirtualSystemSettingData",
        &[
            ("ElementName", &format!("name-{id}")),
            ("InstanceID", &format!("Microsoft:{id}")),
            ("Parent", &path),
            ("VirtualSystemIdentifier", VM),
            ("VirtualSystemType", &format!("Microsoft:Hyper-V:{kind}:Realized")),
        ],
    )
}

/// A → B → C, and the current state under C.
pub(crate) fn tree_before() -> Reply {
    items(&[setting("A", ""), setting("B", "A"), setting("C", "B"), setting("", "C")])
}

/// The same without B.
pub(crate) fn tree_after() -> Reply {
    items(&[setting("A", ""), setting("C", "A"), setting("", "C")])
}

pub(crate) fn service() -> Reply {
    let class = "Msvm_VirtualSystemSnapshotService";
    items(&[instance(class, &[("CreationClassName", class), ("Name", "vssnapsvc")])])
}

pub(crate) fn output(job: bool, return_value: u32) -> Reply {
    let job = if job {
        format!(
            "<p:Job><a:Address>anonymous</a:Address><a:ReferenceParameters><w:ResourceURI>{V2}/Msvm_ConcreteJob\
             </w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">{JOB}</w:Selector></w:SelectorSet>\
             </a:ReferenceParameters></p:Job>"
        )
    } else {
        "<p:Job xsi:nil=\"true\"/>".to_owned()
    };
    soap(&format!(
        "<p:DestroySnapshot_OUTPUT xmlns:xsi=\"{XSI}\" xmlns:p=\"{V2}/Msvm_VirtualSystemSnapshotService\">{job}\
         <p:ReturnValue>{return_value}</p:ReturnValue></p:DestroySnapshot_OUTPUT>"
    ))
}

pub(crate) fn job(state: u16, error_code: u32) -> Reply {
    soap(&instance(
        "Msvm_ConcreteJob",
        &[
            ("ErrorCode", &error_code.to_string()),
            ("ErrorDescription", if error_code == 0 { "" } else { "It did not work." }),
            ("InstanceID", JOB),
            ("JobState", &state.to_string()),
            ("JobType", "72"),
            ("PercentComplete", "40"),
        ],
    ))
}

/// A fault with the HTTP status that WinRM uses for all faults.
pub(crate) fn fault(code: &str, subcode: &str, number: u32) -> Reply {
    let detail = format!(
        "<f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" Code=\"{number}\" Machine=\"\"/>"
    );
    Reply::Soap(500, envelope(&fault_body(code, &format!("w:{subcode}"), &detail)))
}

/// A fault whose detail is an error as a CIM instance, as other servers and Microsoft's for Linux send it.
pub(crate) fn cim_fault(class: &str, properties: &[(&str, &str)]) -> Reply {
    let detail = instance(class, properties);
    Reply::Soap(500, envelope(&fault_body("Receiver", "w:InternalError", &detail)))
}

/// A fault without any detail.
pub(crate) fn bare_fault(subcode: &str) -> Reply {
    Reply::Soap(500, envelope(&fault_body("Sender", subcode, "")))
}

fn fault_body(code: &str, subcode: &str, detail: &str) -> String {
    format!(
        "<s:Fault><s:Code><s:Value>s:{code}</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>\
         <s:Reason><s:Text>Text of the host.</s:Text></s:Reason><s:Detail>{detail}</s:Detail></s:Fault>"
    )
}

/// The object does not exist.
pub(crate) fn gone() -> Reply {
    fault("Sender", "DestinationUnreachable", 2_150_858_752)
}
