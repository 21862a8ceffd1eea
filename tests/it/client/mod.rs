//! The client: requests, retries, deadlines, limits, and the content of errors.

mod deadlines;
mod endless;
mod forms;
mod many;
mod reports;
mod requests;
mod transfer;
mod waiting;
