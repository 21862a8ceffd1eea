//! The long tests: every fault at every step, every read-back, random cases, random kills, and thousands of operations.

mod commands;
mod killed;
mod matrix;
mod model;
mod properties;
mod readback;
mod soak;

use std::{env, fs::OpenOptions, io::Write as _};

/// Reports the result of a campaign: in the output of its test, and at the end of the file that `HVSNAP_TABLES` names.
#[expect(clippy::print_stdout, reason = "what was tried is what a reader of the test's output wants")]
fn report(text: &str) {
    println!("{text}");
    if let Some(file) = env::var_os("HVSNAP_TABLES") {
        let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
        // In one write, because other tests write to it too.
        file.write_all(format!("{text}\n").as_bytes()).unwrap();
    }
}
