//! A fault requested by a rule of the lab: any number, with its parts.
//!
//! In the form of WinRM's own faults; `fault` has the faults of the simulated host itself.

use super::{
    answer::{Answer, Vocabulary},
    fault::{FaultContext, begin, family},
    names::FAULT_DETAIL,
};
use crate::{sim::faults::SoapFault, xml::UnwritableText};

/// The whole answer.
pub(crate) fn injected(
    fault: &SoapFault,
    context: &FaultContext<'_>,
    message_id: &str,
) -> Result<String, UnwritableText> {
    let action = family(&fault.subcode);
    let mut answer = Answer::begin(Vocabulary::Fault, action, message_id, context.relates_to, None);
    let writer = answer.body();
    let blames = if fault.sender { "s:Sender" } else { "s:Receiver" };
    writer.start("s:Fault", &[]).start("s:Code", &[]).leaf("s:Value", &[], blames);
    writer.start("s:Subcode", &[]).leaf("s:Value", &[], &fault.subcode).end().end();
    writer.start("s:Reason", &[]).leaf("s:Text", &[("xml:lang", "en-US")], &fault.reason).end();
    writer.start("s:Detail", &[]);
    if let Some(detail) = fault.detail {
        writer.leaf("w:FaultDetail", &[], &format!("{FAULT_DETAIL}{detail}"));
    }
    begin(writer, fault.code, context.machine);
    writer.text(&fault.reason).end().end();
    writer.end().end();
    answer.finish()
}
