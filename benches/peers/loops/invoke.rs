//! Calls one after the other on one connection, with the library: encode, send, receive, decode.

use hvsnap::benching::Nothing;

use crate::{Any, arguments::Arguments, measure::Measurement};

/// The return value of a host that does not find the snapshot.
const INVALID_PARAMETER: u32 = 32773;

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Any> {
    let (operations, warm_up) = (arguments.number("operations", 1000)?, arguments.number("warm-up", 100)?);
    let host = hvsnap::Host::new(arguments.client()?.build()?);
    let nothing = Nothing::on(&host).await?;
    repeat(&nothing, warm_up).await?;
    let measurement = Measurement::begin()?;
    repeat(&nothing, operations).await?;
    measurement.print(operations, &[])
}

async fn repeat(nothing: &Nothing, times: usize) -> Result<(), Any> {
    for _ in 0..times {
        let code = nothing.destroy().await?;
        if code != INVALID_PARAMETER {
            return Err(format!("the call returned {code}").into());
        }
    }
    Ok(())
}

/// Prints the request of the calls, as a message with a number of its own.
pub(crate) async fn print(arguments: &Arguments) -> Result<(), Any> {
    let host = hvsnap::Host::new(arguments.client()?.build()?);
    print!("{}", Nothing::on(&host).await?.request(1)?);
    Ok(())
}
