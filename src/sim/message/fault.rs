//! A fault with its detail, in the form of recorded answers.
//!
//! There are three forms: `WSManFault` alone for errors of WinRM; the same around a provider's fault with `__ExtendedStatus` for
//! errors of WMI; `MSFT_WmiError`, without `RelatesTo`, for errors of WinRM's newer layer. The caller chooses the form. Follows
//! MS-WSMV 2.2.4.43 and recorded faults.

use super::{
    answer::{Answer, Vocabulary},
    fault_text,
    kinds::FaultKind,
    names::{FAULT_DETAIL, ns},
};
use crate::xml::{UnwritableText, Writer};

/// A fault to send.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: &'static FaultKind,
    form: FaultForm,
    /// The cause in detail; for the journal and for people, not for programs.
    pub(crate) about: String,
}

#[derive(Clone, Debug)]
pub(super) enum FaultForm {
    /// From WinRM itself.
    Service,
    /// From WMI: the operation, and its object.
    Provider { operation: &'static str, object: String },
    /// From the layer of Windows Server 2012 and later.
    WmiError,
    /// The header that was not understood.
    NotUnderstood { namespace: String, local: String },
}

/// The parts of the request and of the host that a fault contains.
#[derive(Clone, Debug)]
pub(crate) struct FaultContext<'a> {
    pub(crate) relates_to: Option<&'a str>,
    /// The host of `a:To`.
    pub(crate) machine: &'a str,
    /// The host's own name.
    pub(crate) fqdn: &'a str,
}

impl Fault {
    /// A fault of WinRM.
    pub(crate) fn new(kind: &'static FaultKind, about: impl Into<String>) -> Self {
        Self { kind, form: FaultForm::Service, about: about.into() }
    }

    /// A fault of WMI during `operation` on `object`.
    pub(crate) fn provider(kind: &'static FaultKind, operation: &'static str, object: String) -> Self {
        Self { kind, about: object.clone(), form: FaultForm::Provider { operation, object } }
    }

    /// A fault of the layer of Windows Server 2012 and later.
    pub(crate) fn wmi_error(kind: &'static FaultKind, about: impl Into<String>) -> Self {
        Self { kind, form: FaultForm::WmiError, about: about.into() }
    }

    /// A mandatory header block is not supported.
    pub(crate) fn not_understood(namespace: &str, local: &str) -> Self {
        Self {
            kind: &super::kinds::MUST_UNDERSTAND,
            about: format!("{{{namespace}}}{local}"),
            form: FaultForm::NotUnderstood { namespace: namespace.to_owned(), local: local.to_owned() },
        }
    }

    /// The whole answer.
    pub(crate) fn write(
        &self,
        context: &FaultContext<'_>,
        message_id: &str,
    ) -> Result<String, UnwritableText> {
        let form = self.kind.form();
        let subcode = form.subcode.unwrap_or_default();
        // Both known recordings of this form lack the header.
        let relates_to = context.relates_to.filter(|_| !matches!(self.form, FaultForm::WmiError));
        let not_understood = match &self.form {
            FaultForm::NotUnderstood { namespace, local } => Some((namespace.as_str(), local.as_str())),
            _ => None,
        };
        let mut answer =
            Answer::begin(Vocabulary::Fault, family(subcode), message_id, relates_to, not_understood);
        let writer = answer.body();
        writer.start("s:Fault", &[]).start("s:Code", &[]).leaf("s:Value", &[], form.blames);
        if !subcode.is_empty() {
            writer.start("s:Subcode", &[]).leaf("s:Value", &[], subcode).end();
        }
        writer.end().start("s:Reason", &[]);
        writer.leaf("s:Text", &[("xml:lang", "en-US")], self.kind.reason).end();
        self.detail(writer, context);
        writer.end();
        answer.finish()
    }

    fn detail(&self, writer: &mut Writer, context: &FaultContext<'_>) {
        let form = self.kind.form();
        if form.subcode.is_none() {
            return;
        }
        writer.start("s:Detail", &[]);
        if let Some(detail) = form.detail {
            writer.leaf("w:FaultDetail", &[], &format!("{FAULT_DETAIL}{detail}"));
        }
        match &self.form {
            FaultForm::WmiError => fault_text::wmi_error(writer, self.kind),
            FaultForm::Provider { operation, object } => {
                begin(writer, self.kind.code, context.machine);
                let plugin = r"C:\Windows\system32\WsmWmiPl.dll";
                writer.start("f:ProviderFault", &[("provider", "WMI Provider"), ("path", plugin)]);
                begin(writer, self.kind.code, context.fqdn);
                writer.text(self.kind.reason).end().end();
                writer.start("f:ExtendedError", &[]);
                fault_text::extended_status(writer, operation, object);
                writer.end().end().end().end();
            }
            FaultForm::Service | FaultForm::NotUnderstood { .. } => {
                begin(writer, self.kind.code, context.machine);
                writer.text(self.kind.reason).end().end();
            }
        }
        writer.end();
    }
}

/// The action of a fault, determined by the family of its subcode.
pub(super) fn family(subcode: &str) -> &'static str {
    match subcode.split_once(':') {
        Some(("a", _)) => "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
        Some(("n", _)) => "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
        _ => "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
    }
}

/// Opens `f:WSManFault` and `f:Message`.
pub(super) fn begin(writer: &mut Writer, code: u32, machine: &str) {
    let code = code.to_string();
    let attributes = [("xmlns:f", ns::FAULT), ("Code", code.as_str()), ("Machine", machine)];
    writer.start("f:WSManFault", &attributes).start("f:Message", &[]);
}
