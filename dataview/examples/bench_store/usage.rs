//! What this process has used (Linux).

use rustix::time::{ClockId, clock_gettime};
use std::error::Error;
use std::fs;
use std::time::Duration;

/// Bytes that it had in memory at most so far.
pub(crate) fn peak_bytes() -> Result<u64, Box<dyn Error>> {
    Ok(field("/proc/self/status", "VmHWM:")? * 1_024)
}

/// Bytes that it has in memory.
pub(crate) fn bytes() -> Result<u64, Box<dyn Error>> {
    Ok(field("/proc/self/status", "VmRSS:")? * 1_024)
}

/// Bytes that it has read from files, whether the disk or the system's memory had them.
pub(crate) fn bytes_read() -> Result<u64, Box<dyn Error>> {
    field("/proc/self/io", "rchar:")
}

fn field(file: &str, name: &str) -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such field")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

/// Time of all cores that it has taken so far.
pub(crate) fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}
