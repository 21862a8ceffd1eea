//! The cost of a part of this process: processor time, elapsed time, memory and threads, from the kernel.
//!
//! Total processor time is exact to the nanosecond; its two parts are in the ratio of the kernel's ticks, so they are useful from
//! about a second on. Memory is the peak of the whole process (`VmHWM`), because parts of it have no peak of their own.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::Any;

/// A measurement in progress.
#[derive(Debug)]
pub(crate) struct Measurement {
    wall: Instant,
    processor: Duration,
    ticks: (u64, u64),
    threads: u64,
}

impl Measurement {
    /// Starts a measurement.
    pub(crate) fn begin() -> Result<Self, Any> {
        let (threads, ticks) = (status("Threads:")?, ticks()?);
        Ok(Self { processor: processor()?, wall: Instant::now(), ticks, threads })
    }

    /// Updates the number of threads.
    pub(crate) fn look(&mut self) -> Result<(), Any> {
        self.threads = self.threads.max(status("Threads:")?);
        Ok(())
    }

    /// Ends the measurement, and prints the cost of `operations`; `more` are further members, each with its number.
    pub(crate) fn print(mut self, operations: usize, more: &[(&str, usize)]) -> Result<(), Any> {
        let (wall, processor) = (self.wall.elapsed(), processor()?.saturating_sub(self.processor));
        let (user, system) = ticks()?;
        let (user, system) = (user - self.ticks.0, system - self.ticks.1);
        let share = if user + system == 0 { 1.0 } else { f64(user)? / f64(user + system)? };
        self.look()?;
        let user_seconds = processor.as_secs_f64() * share;
        let mut line = serde_json::json!({
            "operations": operations,
            "user_seconds": user_seconds,
            "system_seconds": processor.as_secs_f64() - user_seconds,
            "wall_seconds": wall.as_secs_f64(),
            "peak_memory_bytes": status("VmHWM:")? * 1024,
            "threads": self.threads,
        });
        if let Some(members) = line.as_object_mut() {
            members.extend(more.iter().map(|(name, number)| ((*name).to_owned(), (*number).into())));
        }
        println!("{line}");
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn processor() -> Result<Duration, Any> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Ok(Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?))
}

#[cfg(not(target_os = "linux"))]
fn processor() -> Result<Duration, Any> {
    Err("what a loop costs is measured on Linux only".into())
}

/// A number in `/proc/self/status`, unchanged (memory in KiB).
fn status(name: &str) -> Result<u64, Any> {
    let text = fs::read_to_string("/proc/self/status")?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("not in /proc/self/status")?;
    Ok(value.split_whitespace().next().unwrap_or_default().parse()?)
}

/// The user and system time of this process (`proc_pid_stat`, fields 14 and 15).
fn ticks() -> Result<(u64, u64), Any> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in parentheses, may contain anything.
    let (_, fields) = text.rsplit_once(')').ok_or("/proc/self/stat is not as expected")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next().ok_or("/proc/self/stat is too short");
    Ok((next()?.parse()?, next()?.parse()?))
}

fn f64(number: u64) -> Result<f64, Any> {
    Ok(u32::try_from(number)?.into())
}
