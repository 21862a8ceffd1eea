//! Rules for the package's own files.

mod auto_traits;
mod dependencies;
mod facts;
mod layering;
mod scan;
mod sources;
mod test_code;
