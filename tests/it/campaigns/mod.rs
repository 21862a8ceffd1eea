//! The long tests: every fault at every step, every reading, random cases, kills at random, and thousands of operations.

mod killed;
mod matrix;
mod properties;
mod readback;
mod soak;
