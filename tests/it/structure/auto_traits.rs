//! Traits of public types that a change could break unnoticed: `Send`, `Sync`, `Clone` and `Error`.
//!
//! Checked by the compiler; hardly anything is run.

use std::error::Error as StdError;

use hvsnap::{
    CancelAnswer, CimNamespace, Client, ClientBuilder, ClientError, ClientErrorKind, Cluster, Credentials,
    Effect, Endpoint, Enumeration, Error, ErrorKind, Host, InstanceStream, Job, JobEnd, Limits,
    OperationHandle, Outcome, Progress, ProtocolError, Secret, SystemClock, Until, Violation, Vm,
    cim::{Instance, Wql},
    clock::{Clock, VirtualClock},
    hyperv::{DestroyPlan, JobRecord, Snapshot, SnapshotTree, VmRecord},
    sim::{FaultError, FaultRule, RunningSimulator, SimClock, Simulator},
};

fn is_send<T: Send>(value: T) -> T {
    value
}

const fn may_cross_threads<T: Send + Sync + 'static>() {}

const fn is_error<T: StdError + Send + Sync + 'static>() {}

const fn is_cheap_to_share<T: Clone + Send + Sync + 'static>() {}

const _: () = {
    is_cheap_to_share::<Client>();
    is_cheap_to_share::<Host>();
    is_cheap_to_share::<Cluster>();
    is_cheap_to_share::<CimNamespace>();
    is_cheap_to_share::<Vm>();
    is_cheap_to_share::<Job>();
    is_cheap_to_share::<Credentials>();
    is_cheap_to_share::<Secret>();
    is_cheap_to_share::<Limits>();
    is_cheap_to_share::<SnapshotTree>();
    is_cheap_to_share::<DestroyPlan>();
    is_cheap_to_share::<VirtualClock>();
    is_cheap_to_share::<SimClock>();
    may_cross_threads::<ClientBuilder>();
    may_cross_threads::<OperationHandle>();
    may_cross_threads::<Outcome>();
    may_cross_threads::<JobEnd>();
    may_cross_threads::<Progress>();
    may_cross_threads::<CancelAnswer>();
    may_cross_threads::<Effect>();
    may_cross_threads::<Endpoint>();
    may_cross_threads::<SystemClock>();
    may_cross_threads::<Box<dyn Clock>>();
    may_cross_threads::<VmRecord>();
    may_cross_threads::<JobRecord>();
    may_cross_threads::<Snapshot>();
    may_cross_threads::<Instance<'static>>();
    may_cross_threads::<Simulator>();
    may_cross_threads::<RunningSimulator>();
    is_cheap_to_share::<FaultRule>();
    is_error::<FaultError>();
    may_cross_threads::<Violation>();
    is_error::<Error>();
    is_error::<ErrorKind>();
    is_error::<ClientError>();
    is_error::<ClientErrorKind>();
    is_error::<ProtocolError>();
};

/// Every step of the paved path can be a task of a runtime with many threads.
#[expect(dead_code, reason = "the types of the futures are the test")]
async fn every_future_of_the_paved_path_is_send(
    builder: ClientBuilder,
    plan: &DestroyPlan,
    query: &Wql,
) -> Result<(), Error> {
    let client = is_send(builder.connect()).await?;
    is_send(client.identify()).await?;
    let host = Host::new(client.clone());
    is_send(host.vms()).await?;
    let vm = is_send(host.vm("web-01")).await?;
    is_send(vm.refresh()).await?;
    is_send(vm.snapshots()).await?;
    let job = is_send(vm.begin(plan)).await?;
    is_send(job.wait(Until::Merged, |_| {})).await?;
    let (job, _) = is_send(host.job("0")).await?;
    is_send(job.read()).await?;
    is_send(job.errors()).await?;
    is_send(job.wait(Until::JobEnded, |_| {})).await?;
    let mut enumeration: Enumeration = is_send(host.cim().query(query)).await?;
    is_send(enumeration.next()).await?;
    let _: InstanceStream<Instance<'static>> = is_send(enumeration.into_stream());
    Ok(())
}

#[test]
fn an_error_that_was_boxed_still_says_what_became_of_the_host() {
    let error: Box<dyn StdError + Send + Sync> = Client::builder("").build().unwrap_err().into();
    let error = error.downcast_ref::<ClientError>().expect("it stays what it was");
    assert_eq!(error.effect(), Effect::None);
    assert!(error.source().is_none() && error.to_string().contains(&error.kind().to_string()), "{error}");
}
