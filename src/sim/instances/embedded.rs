//! Embedded instances as CIM-XML text, as methods return them: the `Msvm_Error` of `GetErrorEx`, and the writer for others.
//!
//! The form is that of DSP0201 (`INSTANCE`, `PROPERTY`, `VALUE`). Null is a property without a value, marked `PROPAGATED`; an
//! empty text is an empty `VALUE` (recorded for `GetVirtualHardDiskSettingData`). Only a failed job has an error.

use crate::{
    schema::names,
    sim::{
        instance::{Instance, Scalar, Value},
        model::Job,
    },
    xml::{UnwritableText, Writer},
};

/// The texts for `Errors`; empty if the job has no error.
pub(crate) fn error_text(job: &Job) -> Result<Vec<String>, UnwritableText> {
    let record = job.error_description().filter(|_| job.error_code() != 0).and_then(|description| {
        Some(
            Instance::of(names::ERROR)?
                .with("CIMStatusCode", 1_u32)
                .with("ErrorSourceFormat", 0_u16)
                .with("ErrorType", 4_u16)
                .with("Message", description)
                .with("MessageID", u64::from(job.error_code()).to_string())
                .with("OwningEntity", "Microsoft Hyper-V")
                .with("PerceivedSeverity", 5_u16)
                .with("ProbableCause", 0_u16)
                .with("ProbableCauseDescription", "Unknown")
                .with(
                    "RecommendedActions",
                    vec!["See Microsoft-Windows-Hyper-V-VMMS-Admin on the host.".to_owned()],
                ),
        )
    });
    record.iter().map(|record| cim_xml(record, u32::MAX)).collect()
}

/// The text of an instance, with the members that the host's build has.
pub(super) fn cim_xml(instance: &Instance, build: u32) -> Result<String, UnwritableText> {
    let mut writer = Writer::new();
    writer.start("INSTANCE", &[("CLASSNAME", instance.class.name)]);
    for (property, value) in instance.properties().filter(|(property, _)| property.since <= build) {
        let kind = property.cim_type.to_string();
        let attributes = [("NAME", property.name), ("TYPE", &kind)];
        let null = [("NAME", property.name), ("PROPAGATED", "true"), ("TYPE", &kind)];
        match value {
            Value::Many(members) => {
                writer.start("PROPERTY.ARRAY", &attributes).start("VALUE.ARRAY", &[]);
                for member in members {
                    writer.leaf("VALUE", &[], &text(member));
                }
                writer.end().end();
            }
            Value::Null if property.array => {
                writer.empty("PROPERTY.ARRAY", &null);
            }
            Value::Null => {
                writer.empty("PROPERTY", &null);
            }
            Value::One(scalar) => {
                writer.start("PROPERTY", &attributes).leaf("VALUE", &[], &text(scalar)).end();
            }
        }
    }
    writer.finish()
}

fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        // Other kinds of members are always null in embedded classes.
        _ => String::new(),
    }
}
