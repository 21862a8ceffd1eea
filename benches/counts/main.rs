//! What the operations of the codec cost in counts, which repeat where time does not. `benches/counts/run` holds them to the
//! bounds in `budgets.tsv`; this program alone measures nothing but allocations.
//!
//! - Without an argument it does each operation and writes a line of its name, the repeats that are enough to count it, its
//!   limit, how often it allocates, and how many bytes. A reallocation counts as one more, with the bytes that it adds.
//! - `NAME hvsnap|limit TIMES` does one operation, or its limit, so many times and writes nothing. The runner has callgrind
//!   count this for N and for 2 N times: the difference is N operations, without the start, the sample, and the first time.
//!
//! Callgrind counts the instructions of a processor that valgrind emulates, without AVX-512 and what else it does not know.
//! What chooses its instructions at run time (memchr and with it quick-xml, the copies of the C library) may take other paths
//! there than on the real one, and others again where that has no AVX2. The counts tell whether a change costs more; how fast
//! something is, `benches/codec` tells. They hold for one architecture, and for other compilers and C libraries only about.
//! The allocator adds the same few instructions to each allocation of either side.
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
        // What is made once in a process belongs to no operation.
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
