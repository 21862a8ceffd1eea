//! The cost of the codec's operations in counts, which are repeatable, unlike times. `benches/counts/run` compares them with the
//! limits in `budgets.tsv`; this program alone measures allocations only.
//!
//! - Without an argument it runs each operation and writes a line with its name, the number of repeats needed to count it, its
//!   limit, its allocations, and their bytes. A reallocation counts as one more, with the additional bytes.
//! - `NAME hvsnap|limit TIMES` runs one operation, or its limit, this many times and writes nothing. The runner uses callgrind to
//!   count this for N and for 2 N times: the difference is N operations, without the start, the sample, and the first time.
//!
//! Callgrind counts the instructions of a processor that valgrind emulates, without AVX-512 and other unknown extensions. Code
//! that chooses its instructions at run time (memchr and thus quick-xml, the copies of the C library) may take other paths there
//! than on the real processor, and others again without AVX2. The counts show whether a change costs more; `benches/codec`
//! measures the speed. They are valid for one architecture, and only approximately for other compilers and C libraries. The
//! allocator adds the same few instructions to each allocation on either side.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a bench fails by panicking, and says on stdout what it has counted"
)]

mod operations;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use operations::{OPERATIONS, Work};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    // `cargo bench` adds an argument of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [] => count_allocations(),
        [name, side, times] => repeat(name, side, times.parse().unwrap()),
        _ => panic!("usage: counts [NAME hvsnap|limit TIMES]"),
    }
}

fn count_allocations() {
    for operation in OPERATIONS {
        let mut work = (operation.make)().hvsnap;
        // Initialization once per process belongs to no operation.
        work();
        let (count, bytes) = allocations(&mut work);
        assert_eq!((count, bytes), allocations(&mut work), "{} does not repeat", operation.name);
        println!("{}\t{}\t{}\t{count}\t{bytes}", operation.name, operation.repeats, operation.limit);
    }
}

fn allocations(work: &mut Work) -> (usize, usize) {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    (change.allocations + change.reallocations, change.bytes_allocated)
}

fn repeat(name: &str, side: &str, times: u32) {
    let operation = OPERATIONS.iter().find(|operation| operation.name == name);
    let sides = (operation.unwrap_or_else(|| panic!("no operation {name}")).make)();
    let mut work = match side {
        "hvsnap" => sides.hvsnap,
        "limit" => sides.limit,
        _ => panic!("no side {side}"),
    };
    (0..times).for_each(|_| work());
}
