//! The tracing span of an operation.

use tracing::{Span, info_span};

use crate::host::{Host, journal::OperationId};

/// `operation{host, vm, id}`, with the host's address and the VM's GUID.
pub(super) fn operation(host: &Host, vm_id: &str, id: OperationId) -> Span {
    info_span!("operation", host = %host.client().endpoint(), vm = vm_id, %id)
}
