//! Oracles for the simulated host: its lab file, requests and tokens sent to it, and its readers of formats that the client also
//! reads.
//!
//! No input may end the host or authenticate without a password.

use std::{sync::LazyLock, time::Duration};

use super::{Verdict, kept, short, sim_auth};
use crate::{
    sim::{
        FaultRule,
        endpoint::{Caller, Endpoint, Silent},
        http::multipart::Envelope,
        lab::{Lab, Rights},
        message::Node,
        path::ObjectPath,
    },
    soap::{ADDRESSING, ANONYMOUS, SOAP},
    wsman::names::{DIALECT_WQL, ENUMERATE, ENUMERATION, WSMAN},
    xml::{self, Writer},
};

const NOW: Duration = Duration::from_secs(1_795_000_000);
const ALL_CLASSES: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/*";
/// Queries of all classes that contain data of the lab.
const QUERIES: [&str; 5] = [
    "select * from Msvm_ComputerSystem",
    "select * from Msvm_VirtualSystemSettingData",
    "select * from Msvm_StorageAllocationSettingData",
    "select * from Msvm_DiskMergeSettingData",
    "references of {Msvm_VirtualSystemSnapshotService.CreationClassName=\"x\"}",
];

static LAB: LazyLock<Lab> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/lab/two-branches.toml");
    kept(Lab::parse(text), "the lab among the fixtures is good")
});

fn administrator() -> Caller {
    let name = Some(r"LAB\operator".to_owned());
    Caller { name, rights: Rights::Administrator, mechanism: None, sealed: false }
}

/// The host's answer, which must be a document.
fn answer(endpoint: &Endpoint, text: &str) -> Verdict {
    let asked = endpoint.meet(text, &administrator(), NOW);
    match endpoint.carry_out(&asked, &administrator(), NOW) {
        Ok(reply) => {
            kept(Node::read(&reply.envelope), "an answer is a document");
            if reply.status == 200 { Verdict::Taken } else { Verdict::Fault }
        }
        Err(silent @ Silent::Unwritable) => Verdict::Refused(format!("{silent:?}")),
        Err(silent @ Silent::Unauthorized) => kept(Err(silent), "this caller has authenticated"),
    }
}

fn ask(endpoint: &Endpoint, query: &str) -> Verdict {
    let mut writer = Writer::new();
    let spaces = [("xmlns:s", SOAP), ("xmlns:a", ADDRESSING), ("xmlns:w", WSMAN), ("xmlns:n", ENUMERATION)];
    writer.start("s:Envelope", &spaces).start("s:Header", &[]);
    writer.leaf("a:To", &[], "http://hv01/wsman").leaf("w:ResourceURI", &[], ALL_CLASSES);
    writer.start("a:ReplyTo", &[]).leaf("a:Address", &[], ANONYMOUS).end();
    writer.leaf("a:Action", &[], ENUMERATE).leaf("a:MessageID", &[], "uuid:1").end();
    writer.start("s:Body", &[]).start("n:Enumerate", &[]).empty("w:OptimizeEnumeration", &[]);
    writer.leaf("w:MaxElements", &[], "100").leaf("w:Filter", &[("Dialect", DIALECT_WQL)], query);
    match writer.finish() {
        Ok(text) => answer(endpoint, &text),
        Err(error) => Verdict::Refused(short(error)),
    }
}

/// A fault rule of the simulated host.
pub fn fault_rule(bytes: &[u8]) -> Verdict {
    let Some(text) = std::str::from_utf8(bytes).ok() else {
        return Verdict::Refused("no text".to_owned());
    };
    match text.parse::<FaultRule>() {
        Ok(fault) => {
            let shown = fault.to_string();
            let again = kept(shown.parse::<FaultRule>(), "what is shown can be given");
            assert_eq!(format!("{again:?}"), format!("{fault:?}"), "what is shown means the same");
            Verdict::Taken
        }
        // Shown only to the user who gave it, in full.
        Err(error) => Verdict::Refused(error.to_string()),
    }
}

/// A lab file.
pub fn lab(bytes: &[u8]) -> Verdict {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Verdict::Refused("a file that is not UTF-8 cannot be read".to_owned());
    };
    match Lab::parse(text) {
        Ok(lab) => {
            let endpoint = Endpoint::new(&lab, 7, NOW);
            // Rules may deliberately make an answer that is not a document.
            endpoint.clear_faults(NOW);
            for query in QUERIES {
                ask(&endpoint, query);
            }
            Verdict::Taken
        }
        Err(error) => {
            let shown = short(&error);
            let lines = text.split('\n').count();
            assert!(
                error.line().is_none_or(|line| (1..=lines).contains(&line)),
                "a line of the file: {shown}"
            );
            assert!(!shown.contains('\n'), "an error is one line: {shown:?}");
            for password in passwords(text) {
                assert!(!shown.contains(&password), "a password is never shown: {shown}");
            }
            Verdict::Refused(shown)
        }
    }
}

/// The passwords in the file, except those that also occur elsewhere or are too short to be distinguished from other words.
fn passwords(text: &str) -> Vec<String> {
    let Ok(file) = toml::from_str::<toml::Table>(text) else { return Vec::new() };
    let users = file.get("user").and_then(toml::Value::as_array).into_iter().flatten();
    let words = users.filter_map(|user| match user.get("password")? {
        toml::Value::String(word) => Some(word.clone()),
        other => Some(other.to_string()),
    });
    words.filter(|word| word.len() >= 6 && text.matches(word.as_str()).count() == 1).collect()
}

/// A request to the simulated host.
pub fn request(bytes: &[u8]) -> Verdict {
    let endpoint = Endpoint::new(&LAB, 7, NOW);
    match xml::decode(bytes, None) {
        Ok(text) => answer(&endpoint, &text),
        Err(error) => {
            let reply = kept(endpoint.undecodable(short(error), &administrator(), NOW), "it is told why");
            kept(Node::read(&reply.envelope), "an answer is a document");
            Verdict::Fault
        }
    }
}

/// A query in a request to the simulated host.
pub fn query(bytes: &[u8]) -> Verdict {
    match std::str::from_utf8(bytes) {
        Ok(text) => ask(&Endpoint::new(&LAB, 7, NOW), text),
        Err(error) => Verdict::Refused(short(error)),
    }
}

/// A token for authentication at the simulated host.
pub fn ntlm_host(bytes: &[u8]) -> Verdict {
    sim_auth::host(&LAB, bytes, NOW)
}

/// Length, signature and data of a frame in the exact form of Windows.
pub(super) fn frame<'a>(content_type: &str, body: &'a [u8]) -> Option<(usize, &'a [u8], &'a [u8])> {
    let frame = Envelope::of(content_type)??.open(body)?;
    Some((frame.length, frame.signature, frame.data))
}

/// Class and keys of a path, read by the host.
pub(super) fn object_path(text: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    let path = ObjectPath::parse(text)?;
    let again = kept(ObjectPath::parse(&path.to_string()).ok_or(text), "what was written can be read");
    assert_eq!(again.keys, path.keys, "what was written means the same");
    // The host accepts both kinds of quotes; the client only those that hosts write.
    (!text.contains('\'')).then_some((path.class.name, path.keys))
}
