//! The methods that the simulated host has, of those in the schema.

use crate::schema::names;

/// Class and method. What a method does is in [`endpoint`](super::endpoint).
pub(super) const METHODS: [(&str, &str); 8] = [
    (names::SNAPSHOT_SERVICE, names::DESTROY_SNAPSHOT),
    (names::SNAPSHOT_SERVICE, names::DESTROY_SNAPSHOT_TREE),
    (names::CONCRETE_JOB, names::REQUEST_STATE_CHANGE),
    (names::CONCRETE_JOB, names::GET_ERROR_EX),
    (names::STORAGE_JOB, names::REQUEST_STATE_CHANGE),
    (names::STORAGE_JOB, names::GET_ERROR_EX),
    (names::IMAGE_SERVICE, names::GET_VIRTUAL_DISK),
    (names::MANAGEMENT_SERVICE, names::MODIFY_SYSTEM_SETTINGS),
];

/// The name of each method once.
pub(super) fn method_names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for (_, method) in METHODS {
        if !names.contains(&method) {
            names.push(method);
        }
    }
    names
}
