//! The common part of all targets besides their oracles: limits the memory that the input makes us allocate.
//!
//! libFuzzer limits the time (`-timeout`). The oracles are the module `fuzzing` of the crate (`tests/oracles`), where tests run
//! them too.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use hvsnap::fuzzing::Verdict;

/// The memory for any input: tables, the simulated host of a target, the text of an error.
const ALLOWANCE: usize = 2 * 1024 * 1024;
/// The memory for each byte: an element of four bytes becomes a property with its vectors.
const PER_BYTE: usize = 200;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
struct Counting;

impl Counting {
    fn took(size: usize) {
        let held = HELD.fetch_add(size, Ordering::Relaxed).wrapping_add(size);
        MOST.fetch_max(held, Ordering::Relaxed);
    }

    fn gave(size: usize) {
        HELD.fetch_sub(size, Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::took(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        Self::gave(layout.size());
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::took(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Old and new memory exist at the same time if it moves.
        Self::took(size);
        Self::gave(layout.size());
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs an oracle, and panics if it ever used more memory than allowed for `data`.
pub fn watch(data: &[u8], oracle: fn(&[u8]) -> Verdict) {
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    drop(oracle(data));
    let most = MOST.load(Ordering::Relaxed).saturating_sub(before);
    let allowed = ALLOWANCE + PER_BYTE * data.len();
    assert!(most <= allowed, "{} bytes of input made us hold {most} bytes", data.len());
}
