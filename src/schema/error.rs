//! `Msvm_Error`: the record that `GetErrorEx` returns as embedded text.
//!
//! Members after Microsoft's documentation of the class and the Windows Server 2019 schema.

use super::{BOTH, Class, cim, names};

/// Why a job failed. Has no key: it exists embedded only.
pub(super) static ERROR: Class = Class::new(names::ERROR, Some(&cim::ERROR), BOTH);
