//! The client as such: requests, retries, deadlines, bounds, and what an error says.

mod deadlines;
mod endless;
mod forms;
mod many;
mod reports;
mod requests;
mod transfer;
mod waiting;
