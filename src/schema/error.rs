//! `Msvm_Error`: the record that `GetErrorEx` returns as embedded text.
//!
//! Members after Microsoft's documentation of the class and the Windows Server 2019 schema.

use super::{BOTH, Class, cim, names};

/// The reason for the failure of a job. It has no key: it exists only embedded.
pub(super) static ERROR: Class = Class::new(names::ERROR, Some(&cim::ERROR), BOTH);
