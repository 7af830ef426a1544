//! What a process has used, as the system counts it.

use std::fs;

use anyhow::{Context, Result};

/// The system counts CPU time in hundredths of a second (`USER_HZ`, the same on every Linux).
const TICKS_A_SECOND: f64 = 100.0;

/// CPU time of process `pid` with all its threads, in seconds.
pub(super) fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    parse_cpu(&text).with_context(|| format!("{path} is not as expected"))
}

/// The fields behind the name, which may hold spaces and brackets itself (proc(5)): utime and
/// stime are the 14th and 15th of all.
fn parse_cpu(stat: &str) -> Option<f64> {
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_ascii_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_A_SECOND)
}

/// Resident memory of process `pid` in bytes.
pub(super) fn resident_bytes(pid: u32) -> Result<u64> {
    memory(pid, "VmRSS:")
}

/// The most memory that process `pid` has held, in bytes.
pub(super) fn peak_bytes(pid: u32) -> Result<u64> {
    memory(pid, "VmHWM:")
}

fn memory(pid: u32, name: &str) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let kib = text.lines().find_map(|line| line.strip_prefix(name));
    let kib = kib.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    Ok(1024 * kib.with_context(|| format!("{path} has no {name}"))?)
}

/// How many processes wanted a core in the last minute, on average.
pub(super) fn system_load() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    let first = text.split_ascii_whitespace().next();
    first.and_then(|load| load.parse().ok()).context("/proc/loadavg is not as expected")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_is_no_field() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0 100";
        assert_eq!(parse_cpu(stat), Some(3.0));
    }

    #[test]
    fn the_test_itself_uses_memory_and_time() {
        let pid = std::process::id();
        assert!(resident_bytes(pid).unwrap() > 100_000);
        assert!(peak_bytes(pid).unwrap() >= resident_bytes(pid).unwrap());
        assert!(cpu_seconds(pid).unwrap() >= 0.0 && system_load().unwrap() >= 0.0);
    }
}
