//! Rules that the package's own files keep.

mod auto_traits;
mod dependencies;
mod facts;
mod layering;
mod scan;
mod sources;
mod test_code;
