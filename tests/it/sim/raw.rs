//! Raw requests to a simulated host: a socket, bytes, and no code of the client.
//!
//! Envelopes are written by hand, answers checked as text.

use std::{net::SocketAddr, time::Duration};

use base64::Engine;
use hvsnap::{
    clock::Clock,
    sim::{RunningSimulator, Simulator},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";
pub(crate) const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
pub(crate) const WQL: &str = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
pub(crate) const OPERATOR: (&str, &str) = ("LAB\\operator", "correct-horse");
pub(crate) const READER: (&str, &str) = ("LAB\\reader", "look-dont-touch");
pub(crate) const FILTERED: (&str, &str) = ("LAB\\filtered", "half-a-token");

/// The published lab on a virtual clock.
pub(crate) async fn lab() -> RunningSimulator {
    let lab = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");
    Simulator::from_lab(lab).unwrap().seed(7).start().await.unwrap()
}

/// Lets virtual time pass.
pub(crate) async fn pass(sim: &RunningSimulator, milliseconds: u64) {
    sim.clock().sleep(Duration::from_millis(milliseconds)).await;
}

/// An answer, with the header lines as received.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The text of the first element with that tag.
    pub(crate) fn element(&self, tag: &str) -> Option<&str> {
        between(self.text(), &format!("<{tag}>"), &format!("</{tag}>"))
    }

    /// `WSManFault/@Code`, or `error_Code` of the other form; the status must be that of a fault.
    pub(crate) fn fault(&self) -> u32 {
        assert_eq!(self.status, "HTTP/1.1 500 ", "{}", self.text());
        let code = between(self.text(), "Code=\"", "\"").or_else(|| self.element("p:error_Code"));
        code.unwrap_or_else(|| panic!("no code in {}", self.text())).parse().unwrap()
    }
}

/// The text between two texts.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

/// What requests are sent to: a simulated host, or one of several addresses.
pub(crate) trait Addressed {
    fn socket(&self) -> SocketAddr;
}

impl Addressed for RunningSimulator {
    fn socket(&self) -> SocketAddr {
        self.address()
    }
}

impl Addressed for SocketAddr {
    fn socket(&self) -> SocketAddr {
        *self
    }
}

/// Sends bytes on a new connection and reads one answer.
pub(crate) async fn send(sim: &impl Addressed, request: &[u8]) -> Raw {
    let mut stream = TcpStream::connect(sim.socket()).await.unwrap();
    stream.write_all(request).await.unwrap();
    read(&mut stream).await
}

/// Reads one answer with a Content-Length.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Raw {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "the connection ended");
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n").map(str::to_owned);
    let (status, headers) = (lines.next().unwrap(), lines.collect());
    let mut raw = Raw { status, headers, body: bytes[head_end + 4..].to_vec() };
    let length: usize = raw.header("content-length").unwrap().parse().unwrap();
    while raw.body.len() < length {
        assert!(stream.read_buf(&mut raw.body).await.unwrap() > 0, "the connection ended");
    }
    raw
}

pub(crate) fn basic(user: (&str, &str)) -> String {
    let token = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", user.0, user.1));
    format!("Authorization: Basic {token}\r\n")
}

/// A POST to `/wsman`.
pub(crate) fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request =
        format!("POST /wsman HTTP/1.1\r\nHost: hv01:5985\r\n{headers}Content-Length: {}\r\n\r\n", body.len())
            .into_bytes();
    request.extend(body);
    request
}

/// Sends an envelope as `user`.
pub(crate) async fn soap(sim: &impl Addressed, user: (&str, &str), envelope: &str) -> Raw {
    let headers = format!("Content-Type: application/soap+xml;charset=UTF-8\r\n{}", basic(user));
    send(sim, &post(&headers, envelope.as_bytes())).await
}

/// An envelope with the usual headers.
pub(crate) fn envelope(action: &str, uri: &str, selectors: &[(&str, &str)], body: &str) -> String {
    let set: String = selectors
        .iter()
        .map(|(name, value)| format!("<w:Selector Name=\"{name}\">{value}</w:Selector>"))
        .collect();
    let set = if set.is_empty() { set } else { format!("<w:SelectorSet>{set}</w:SelectorSet>") };
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><s:Header>\
         <a:To>http://10.1.2.3:5985/wsman</a:To><w:ResourceURI s:mustUnderstand=\"true\">{uri}</w:ResourceURI>\
         <a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         </a:ReplyTo><a:Action s:mustUnderstand=\"true\">{action}</a:Action><a:MessageID>uuid:ASKED</a:MessageID>\
         {set}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

/// A Get as the operator.
pub(crate) async fn get(sim: &impl Addressed, uri: &str, selectors: &[(&str, &str)]) -> Raw {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    soap(sim, OPERATOR, &envelope(action, uri, selectors, "")).await
}

/// An operation of WS-Enumeration as the operator.
pub(crate) async fn enumeration(sim: &impl Addressed, verb: &str, uri: &str, body: &str) -> Raw {
    let action = format!("http://schemas.xmlsoap.org/ws/2004/09/enumeration/{verb}");
    soap(sim, OPERATOR, &envelope(&action, uri, &[], body)).await
}

/// An Enumerate with a query on all classes; `more` goes before the filter.
pub(crate) async fn query(sim: &impl Addressed, more: &str, query: &str) -> Raw {
    let body = format!("<n:Enumerate>{more}<w:Filter Dialect=\"{WQL}\">{query}</w:Filter></n:Enumerate>");
    enumeration(sim, "Enumerate", &format!("{WMI}*"), &body).await
}

/// A Pull with an optional number of elements.
pub(crate) async fn pull(sim: &impl Addressed, context: &str, elements: Option<u32>) -> Raw {
    let most = elements.map_or(String::new(), |most| format!("<n:MaxElements>{most}</n:MaxElements>"));
    let body = format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>{most}</n:Pull>");
    enumeration(sim, "Pull", &format!("{WMI}*"), &body).await
}

/// A reference to settings, as the content of a parameter.
pub(crate) fn settings_reference(instance_id: &str) -> String {
    format!(
        "<a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{WMI}Msvm_VirtualSystemSettingData</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"InstanceID\">{instance_id}</w:Selector></w:SelectorSet></a:ReferenceParameters>"
    )
}

/// An Invoke of a method.
pub(crate) async fn invoke(
    sim: &impl Addressed,
    user: (&str, &str),
    uri: &str,
    selectors: &[(&str, &str)],
    method: &str,
    parameters: &str,
) -> Raw {
    let body = format!("<p:{method}_INPUT xmlns:p=\"{uri}\">{parameters}</p:{method}_INPUT>");
    soap(sim, user, &envelope(&format!("{uri}/{method}"), uri, selectors, &body)).await
}

/// DestroySnapshot of a snapshot of the published lab, given by VM and path.
pub(crate) async fn destroy(sim: &RunningSimulator, vm: &str, path: &str) -> Raw {
    let snapshots = sim.snapshots_of(vm).unwrap();
    let found = snapshots.iter().find(|snapshot| snapshot.path == path).unwrap();
    let parameter =
        format!("<p:AffectedSnapshot>{}</p:AffectedSnapshot>", settings_reference(&found.instance_id));
    let uri = format!("{WMI}Msvm_VirtualSystemSnapshotService");
    let key = [("CreationClassName", "Msvm_VirtualSystemSnapshotService")];
    invoke(sim, OPERATOR, &uri, &key, "DestroySnapshot", &parameter).await
}
