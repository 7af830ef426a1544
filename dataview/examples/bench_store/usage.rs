//! What this process has used (Linux).

use std::error::Error;
use std::fs;

/// Bytes that it had in memory at most so far.
pub(crate) fn peak_bytes() -> Result<u64, Box<dyn Error>> {
    field("VmHWM:")
}

/// Bytes that it has in memory.
pub(crate) fn bytes() -> Result<u64, Box<dyn Error>> {
    field("VmRSS:")
}

fn field(name: &str) -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such field")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib * 1_024)
}

/// Seconds of all cores that it has taken so far.
pub(crate) fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("no name in stat")?.1;
    let ticks = |at: usize| -> Result<f64, Box<dyn Error>> {
        Ok(after_name.split_whitespace().nth(at).ok_or("too few fields")?.parse()?)
    };
    // utime and stime, fields 14 and 15, in hundredths of a second.
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
