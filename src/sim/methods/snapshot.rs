//! `Msvm_VirtualSystemSnapshotService`: takes, applies and destroys snapshots.

use super::{Call, Output, call::UNKNOWN, settings_text};
use crate::{
    schema::{
        names,
        values::{consistency_level, snapshot_type},
    },
    sim::{
        endpoint::Failed,
        instances::settings_path,
        message::Parameter,
        model::{Host, Scope, SnapshotRequest, Started},
    },
};

/// `CreateSnapshot`: a reference with a wrong selector is a fault; other errors are return values.
pub(super) fn create(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    let output = |host: &Host, started, snapshot: Option<String>| {
        let path = snapshot.and_then(|id| settings_path(&id));
        Output::started(host, started).with(Parameter::Reference(names::RESULTING_SNAPSHOT, path))
    };
    let vm = call.reference(host, names::AFFECTED_SYSTEM)?.transpose()?;
    let vm = vm.filter(|path| path.class.name == names::COMPUTER_SYSTEM && path.is_of_its_class());
    let vm = vm.and_then(|path| path.key("Name").map(str::to_owned));
    let vm = vm.filter(|id| call.view(host).vm(id).is_some());
    let request = request(call)?;
    let (started, snapshot) = match (vm, request) {
        (Some(vm), Ok(request)) => host.create_snapshot(&vm, request, call.user),
        (None, _) => (Started::without_job(UNKNOWN), None),
        (_, Err(refusal)) => (Started::without_job(refusal), None),
    };
    Ok(output(host, started, snapshot))
}

/// The request of `SnapshotType` and `SnapshotSettings`; the inner error is a return value.
fn request(call: &Call<'_>) -> Result<Result<SnapshotRequest, u32>, Failed> {
    let text = call.text(names::SNAPSHOT_SETTINGS);
    let settings = if text.trim().is_empty() {
        None
    } else {
        match settings_text::read(text, names::SNAPSHOT_SETTING) {
            Ok(values) => Some(values),
            Err(refusal) => return Ok(Err(refusal)),
        }
    };
    let level = || {
        let values = settings.iter().flatten();
        let mut levels = values.filter(|(property, _)| property.name == names::CONSISTENCY_LEVEL);
        levels.next().and_then(|(_, values)| values.first()?.parse::<u8>().ok())
    };
    Ok(match call.value::<u16>(names::SNAPSHOT_TYPE)? {
        Some(snapshot_type::FULL) => Ok(SnapshotRequest::User { settings: settings.is_some() }),
        Some(snapshot_type::AUTOMATIC) => Ok(SnapshotRequest::Automatic),
        Some(snapshot_type::RECOVERY) => {
            Ok(SnapshotRequest::Recovery { consistent: level() == Some(consistency_level::APPLICATION) })
        }
        Some(snapshot_type::DISK) => Ok(SnapshotRequest::Disk),
        _ => Err(UNKNOWN),
    })
}

/// `ApplySnapshot`.
pub(super) fn apply(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    on_snapshot(host, call, names::SNAPSHOT, |host, id| host.apply_snapshot(id, call.user))
}

/// `ClearSnapshotState`.
pub(super) fn clear(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    on_snapshot(host, call, names::SNAPSHOT_SETTING_DATA, |host, id| host.clear_snapshot(id, call.user))
}

/// `DestroySnapshot`.
pub(super) fn destroy(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    on_snapshot(host, call, names::AFFECTED_SNAPSHOT, |host, id| host.destroy(id, Scope::Single, call.user))
}

/// `DestroySnapshotTree`.
pub(super) fn destroy_tree(host: &mut Host, call: &Call<'_>) -> Result<Output, Failed> {
    on_snapshot(host, call, names::SNAPSHOT_SETTING_DATA, |host, id| host.destroy(id, Scope::Tree, call.user))
}

fn on_snapshot(
    host: &mut Host,
    call: &Call<'_>,
    parameter: &str,
    run: impl Fn(&mut Host, &str) -> Started,
) -> Result<Output, Failed> {
    let started = match call.settings(host, parameter)? {
        Some(id) => run(host, &id),
        None => Started::without_job(UNKNOWN),
    };
    Ok(Output::started(host, started))
}
