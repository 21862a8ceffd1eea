//! All instances of a class, one after the other, as a program would look at many and keep none.

use hvsnap::{Client, cim::Wql};

use crate::{Any, arguments::Arguments, measure::Measurement};

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Any> {
    let (operations, warm_up) = (arguments.number("operations", 1)?, arguments.number("warm-up", 0)?);
    let query = Wql::all(arguments.text("class").unwrap_or("Msvm_ComputerSystem").parse()?);
    let client = arguments.client()?.build()?;
    repeat(&client, &query, warm_up).await?;
    let measurement = Measurement::begin()?;
    let instances = repeat(&client, &query, operations).await?;
    measurement.print(operations, &[("instances", instances)])
}

async fn repeat(client: &Client, query: &Wql, times: usize) -> Result<usize, Any> {
    let mut instances = 0;
    for _ in 0..times {
        let mut enumeration = client.query(query).await?;
        while enumeration.next().await?.is_some() {
            instances += 1;
        }
    }
    Ok(instances)
}
