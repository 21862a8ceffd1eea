//! The `hvsnap` command.

fn main() {}
