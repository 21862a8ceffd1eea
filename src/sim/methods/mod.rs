//! The methods of the simulated host: a row and a function on the model for each.
//!
//! A new method is one row of [`METHODS`] and one function. `endpoint::invoke` validates the message against the schema, finds the
//! row by class and method, and writes the answer. Refusals by Hyper-V are return values, never faults.

mod call;
mod disk;
mod job;
mod merge;
mod settings;
mod settings_text;
mod snapshot;
mod state;

pub(super) use call::{Call, Output};

use super::{endpoint::Failed, model::Host};
use crate::schema::names;

/// A method of a class.
pub(super) struct Method {
    class: &'static str,
    pub(super) name: &'static str,
    /// True if it can start a job, which fault rules can change.
    pub(super) starts_job: bool,
    /// Runs it. The call matches the schema, the instance exists and the user has the right to call.
    pub(super) run: fn(&mut Host, &Call<'_>) -> Result<Output, Failed>,
}

const METHODS: &[Method] = &[
    row(names::SNAPSHOT_SERVICE, names::CREATE_SNAPSHOT, snapshot::create).with_job(),
    row(names::SNAPSHOT_SERVICE, names::APPLY_SNAPSHOT, snapshot::apply).with_job(),
    row(names::SNAPSHOT_SERVICE, names::CLEAR_SNAPSHOT_STATE, snapshot::clear).with_job(),
    row(names::SNAPSHOT_SERVICE, names::DESTROY_SNAPSHOT, snapshot::destroy).with_job(),
    row(names::SNAPSHOT_SERVICE, names::DESTROY_SNAPSHOT_TREE, snapshot::destroy_tree).with_job(),
    row(names::CONCRETE_JOB, names::REQUEST_STATE_CHANGE, job::request_state_change),
    row(names::CONCRETE_JOB, names::GET_ERROR_EX, job::error_texts),
    row(names::STORAGE_JOB, names::REQUEST_STATE_CHANGE, job::request_state_change),
    row(names::STORAGE_JOB, names::GET_ERROR_EX, job::error_texts),
    row(names::COMPUTER_SYSTEM, names::REQUEST_STATE_CHANGE, state::request_state_change).with_job(),
    row(names::SHUTDOWN_COMPONENT, names::INITIATE_SHUTDOWN, state::initiate_shutdown),
    row(names::IMAGE_SERVICE, names::GET_VIRTUAL_DISK, disk::setting_data),
    row(names::IMAGE_SERVICE, names::GET_VIRTUAL_DISK_STATE, disk::state),
    row(names::MANAGEMENT_SERVICE, names::MODIFY_DISK_MERGE, merge::modify),
    row(names::MANAGEMENT_SERVICE, names::MODIFY_SYSTEM_SETTINGS, settings::modify),
];

const fn row(
    class: &'static str,
    name: &'static str,
    run: fn(&mut Host, &Call<'_>) -> Result<Output, Failed>,
) -> Method {
    Method { class, name, starts_job: false, run }
}

impl Method {
    const fn with_job(mut self) -> Self {
        self.starts_job = true;
        self
    }
}

/// The method of that class and name, as the schema spells them.
pub(super) fn method(class: &str, name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.class == class && method.name == name)
}

/// The name of each method once.
pub(super) fn method_names() -> Vec<&'static str> {
    names_of(|_| true)
}

/// The name of each method that can start a job, once.
pub(super) fn job_method_names() -> Vec<&'static str> {
    names_of(|method| method.starts_job)
}

fn names_of(is_wanted: impl Fn(&Method) -> bool) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for method in METHODS.iter().filter(|method| is_wanted(method)) {
        if !names.contains(&method.name) {
            names.push(method.name);
        }
    }
    names
}
