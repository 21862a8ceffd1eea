//! Reads classes of Windows and of Hyper-V as Rust types, and calls a method with an embedded instance.
//!
//! The host is the embedded simulator: `cargo run --example any_class`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use std::error::Error;

use hvsnap::{
    cim::{CimClass, EmbeddedInstance, Parameters, Wql},
    sim::Simulator,
};
use serde::Deserialize;

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lab/two-branches.toml");

/// A type for each class; properties without a field are dropped.
macro_rules! class {
    ($name:ident: $class:literal { $($field:ident: $kind:ty),+ }) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct $name { $($field: $kind),+ }
        impl CimClass for $name { const CLASS: &'static str = $class; }
    };
}
class!(System: "Win32_OperatingSystem" { caption: String, version: String });
class!(Processor: "Win32_Processor" { name: String, number_of_cores: u32 });
class!(Computer: "Msvm_ComputerSystem" { element_name: String, enabled_state: u16 });
class!(Settings: "Msvm_VirtualSystemSettingData" { element_name: String, notes: Option<Vec<String>> });

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sim = Simulator::from_lab(LAB)?.seed(7).start().await?;
    let client = sim.client_builder().connect().await?;
    let (windows, hyperv) = (client.namespace("root/cimv2")?, client.namespace("root/virtualization/v2")?);
    for system in windows.enumerate::<System>().await? {
        println!("{} {}", system.caption, system.version);
    }
    for processor in windows.enumerate::<Processor>().await? {
        println!("{}, {} cores", processor.name, processor.number_of_cores);
    }
    for vm in hyperv.enumerate::<Computer>().await? {
        println!("{}: state {}", vm.element_name, vm.enabled_state);
    }
    let snapshot = "Microsoft:0A1B2C3D-0001-4000-8000-00000000B001";
    let text = EmbeddedInstance::new(Settings::CLASS.parse()?)
        .with("InstanceID", snapshot)?
        .with("ElementName", "base & <more>")?;
    let services = Wql::all("Msvm_VirtualSystemManagementService".parse()?);
    let service = hyperv.query_references(&services).await?.next().await?.ok_or("no Hyper-V")?;
    let parameters = Parameters::new().with("SystemSettings", text);
    let output = client.invoke(&service, "ModifySystemSettings", &parameters).await?;
    println!("ModifySystemSettings returned {:?}", output.return_value());
    let query = Wql::all(Settings::CLASS.parse()?).and_equals("InstanceID", snapshot)?;
    let settings = hyperv.query_as::<Settings>(&query).await?.pop().ok_or("the snapshot is gone")?;
    println!("renamed: {}, notes {:?}", settings.element_name, settings.notes.unwrap_or_default());
    if settings.element_name == "base & <more>" { Ok(()) } else { Err("not renamed".into()) }
}
