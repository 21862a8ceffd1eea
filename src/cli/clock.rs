//! The clock that waiting is measured with: the system's, or a faster one for a simulated host that runs as fast.
//!
//! It changes nothing but the pace of waiting; both begin at the same wall-clock time.

use std::sync::Arc;

use hvsnap::{SystemClock, clock::Clock};

use crate::cli::args::GeneralArgs;

/// The clock that was asked for.
pub(crate) fn chosen(args: &GeneralArgs) -> Arc<dyn Clock> {
    #[cfg(feature = "sim")]
    if let Some(speed) = args.clock_speed {
        return Arc::new(hvsnap::sim::SimClock::real(speed));
    }
    let _ = args;
    Arc::new(SystemClock::new())
}
