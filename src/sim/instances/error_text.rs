//! The `Msvm_Error` that `GetErrorEx` returns: an instance as CIM-XML text.
//!
//! Form of DSP0201 (`INSTANCE`, `PROPERTY`, `VALUE`); null is a property without a value. It is empty while a job runs and after
//! it ended well, as documented.

use crate::{
    cim::CimType,
    hyperv::schema::{self, names},
    sim::{
        instance::{Instance, Scalar, Value},
        model::Job,
    },
    xml::{UnwritableText, Writer},
};

/// The texts for `Errors`; none when nothing went wrong.
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
                .with("RecommendedActions", vec!["Look at the event log of the host.".to_owned()]),
        )
    });
    record.iter().map(cim_xml).collect()
}

fn cim_xml(instance: &Instance) -> Result<String, UnwritableText> {
    let mut writer = Writer::new();
    writer.start("INSTANCE", &[("CLASSNAME", instance.class.name)]);
    for (property, value) in instance.properties() {
        let kind = match property.cim_type {
            CimType::Uint16 => "uint16",
            CimType::Uint32 => "uint32",
            _ => "string",
        };
        let attributes = [("NAME", property.name), ("TYPE", kind)];
        match value {
            Value::Many(members) => {
                writer.start("PROPERTY.ARRAY", &attributes).start("VALUE.ARRAY", &[]);
                for member in members {
                    writer.leaf("VALUE", &[], &text(member));
                }
                writer.end().end();
            }
            Value::Null if property.array => {
                writer.empty("PROPERTY.ARRAY", &attributes);
            }
            Value::Null => {
                writer.empty("PROPERTY", &attributes);
            }
            Value::One(scalar) => {
                writer.start("PROPERTY", &attributes).leaf("VALUE", &[], &text(scalar)).end();
            }
        }
    }
    debug_assert!(schema::class(instance.class.name).is_some());
    writer.finish()
}

fn text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        // The class has no other kind of member.
        _ => String::new(),
    }
}
