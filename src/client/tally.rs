//! The limits of an enumeration as a whole: pages, consecutive empty pages, items, bytes.
//!
//! A host may return the same context again; only items count as progress.

use crate::{
    Limits,
    violation::{ProtocolError, Violation},
};

/// The totals of all pages so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pages: usize,
    /// The number of consecutive empty pages up to the last one.
    empty_pages: usize,
    items: usize,
    bytes: u64,
}

impl Tally {
    /// Adds a page.
    ///
    /// # Errors
    /// If a limit is exceeded. The limits on the number of pages do not apply to the last page, because no further page is
    /// requested.
    pub(super) fn add(
        &mut self,
        items: usize,
        bytes: usize,
        is_last: bool,
        limits: &Limits,
    ) -> Result<(), ProtocolError> {
        self.pages += 1;
        self.empty_pages = if items == 0 { self.empty_pages + 1 } else { 0 };
        self.items = self.items.saturating_add(items);
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        let offence = if self.items > limits.enumeration_items {
            (Violation::TooManyItems, format!("{} allowed in all", limits.enumeration_items))
        } else if self.bytes > limits.enumeration_bytes {
            (Violation::TooManyBytes, format!("{} allowed in all pages", limits.enumeration_bytes))
        } else if !is_last && self.empty_pages >= limits.empty_pages {
            (Violation::NoProgress, format!("{} pages in a row had none", self.empty_pages))
        } else if !is_last && self.pages >= limits.pages {
            (Violation::TooManyPages, format!("{} read", self.pages))
        } else {
            return Ok(());
        };
        Err(ProtocolError::new(offence.0, offence.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits = Limits::default;

    /// The violation that ends an enumeration with pages of this size, and the number of pages read.
    fn ends(items: usize, bytes: usize, limits: &Limits) -> (Violation, usize) {
        let mut tally = Tally::default();
        loop {
            if let Err(error) = tally.add(items, bytes, false, limits) {
                return (error.violation(), tally.pages);
            }
        }
    }

    #[test]
    fn pages_without_end_end_by_the_bound_that_they_come_to_first() {
        let limits = LIMITS();
        assert_eq!(ends(0, 700, &limits), (Violation::NoProgress, 100));
        assert_eq!(ends(1, 700, &limits), (Violation::TooManyPages, 1_000_000));
        assert_eq!(ends(32_000, 700, &limits), (Violation::TooManyItems, 313));
        assert_eq!(ends(1, 9 << 20, &limits), (Violation::TooManyBytes, 456));
    }

    #[test]
    fn pages_with_items_among_empty_ones_are_progress() {
        let (limits, mut tally) = (LIMITS(), Tally::default());
        for page in 1..=10_000 {
            tally.add(usize::from(page % 100 == 0), 700, false, &limits).unwrap();
        }
    }

    #[test]
    fn the_last_page_is_too_much_only_by_what_it_brings() {
        let mut limits = LIMITS();
        (limits.pages, limits.empty_pages) = (1, 1);
        Tally::default().add(0, 700, true, &limits).unwrap();
        limits.enumeration_items = 7;
        Tally::default().add(7, 700, true, &limits).unwrap();
        let error = Tally::default().add(8, 700, true, &limits).unwrap_err();
        assert_eq!(error.violation(), Violation::TooManyItems);
        limits.enumeration_bytes = 699;
        let error = Tally::default().add(7, 700, true, &limits).unwrap_err();
        assert_eq!(error.to_string(), "an enumeration of too many bytes: 699 allowed in all pages");
    }
}
