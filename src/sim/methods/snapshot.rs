//! `Msvm_VirtualSystemSnapshotService`: what is done to snapshots.

use super::{Call, Output, call::UNKNOWN};
use crate::{
    schema::names,
    sim::{
        endpoint::Failed,
        model::{Host, Scope},
    },
};

/// `DestroySnapshot`.
pub(super) fn destroy(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    destroyed(host, call, names::AFFECTED_SNAPSHOT, Scope::Single)
}

/// `DestroySnapshotTree`.
pub(super) fn destroy_tree(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    destroyed(host, call, names::SNAPSHOT_SETTING_DATA, Scope::Tree)
}

fn destroyed(host: &mut Host, call: &Call<'_>, parameter: &str, scope: Scope) -> Result<Output, Failed> {
    let Some(id) = call.settings(host, parameter)? else { return Ok(Output::without_job(UNKNOWN)) };
    let destroyed = host.destroy(&id, scope, call.user);
    Ok(Output::started(host, destroyed))
}
