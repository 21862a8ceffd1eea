//! Reads all instances of a class, one after the other, and keeps none.

use hvsnap::{
    CimNamespace,
    cim::{Namespace, Wql},
};

use crate::{Any, arguments::Arguments, measure::Measurement};

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Any> {
    let (operations, warm_up) = (arguments.number("operations", 1)?, arguments.number("warm-up", 0)?);
    let query = Wql::all(arguments.text("class").unwrap_or("Msvm_ComputerSystem").parse()?);
    let namespace = arguments.client()?.build()?.in_namespace(Namespace::virtualization());
    repeat(&namespace, &query, warm_up).await?;
    let measurement = Measurement::begin()?;
    let instances = repeat(&namespace, &query, operations).await?;
    measurement.print(operations, &[("instances", instances)])
}

async fn repeat(namespace: &CimNamespace, query: &Wql, times: usize) -> Result<usize, Any> {
    let mut instances = 0;
    for _ in 0..times {
        let mut enumeration = namespace.query(query).await?;
        while enumeration.next().await?.is_some() {
            instances += 1;
        }
    }
    Ok(instances)
}
