//! The limit: what redis-benchmark alone adds to a stream, itself on the other core.

use std::path::Path;

use anyhow::{Context, Result};

use super::cores::{SERVER_CORE, on_core};
use super::servers::{Fsync, Redis};
use crate::process::output_of;

/// Commands that are sent before an answer is waited for.
pub(super) const PIPELINES: [u32; 3] = [1, 16, 64];

/// Events of a run at each depth: some seconds of work.
fn count(pipeline: u32) -> u32 {
    if pipeline == 1 { 150_000 } else { 600_000 }
}

/// XADDs a second of `bytes` each, with 64 connections.
pub(super) fn xadds(
    redis_server: &Path,
    folder: &Path,
    fsync: Fsync,
    pipeline: u32,
    bytes: usize,
) -> Result<f64> {
    let redis = Redis::start(redis_server, fsync, folder)?;
    let mut command = on_core(SERVER_CORE, "redis-benchmark");
    command
        .args(["-p", &redis.port.to_string(), "-c", "64", "--csv"])
        .args(["-n", &count(pipeline).to_string(), "-P", &pipeline.to_string()])
        .args(["XADD", "dna:{0}:events", "*", "e", &"x".repeat(bytes)]);
    let output = output_of(&mut command)?;
    parse(&output).with_context(|| format!("redis-benchmark says {output}"))
}

/// The second field of the line below the names.
fn parse(output: &str) -> Option<f64> {
    let line = output.lines().rfind(|line| !line.trim().is_empty())?;
    let mut fields = line.rsplit("\",\"");
    // From the end, because the command, which may hold commas, is first: the rate is followed
    // by six times.
    fields.nth(6)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_found_behind_the_command() {
        let output = "\"test\",\"rps\",\"avg\",\"min\",\"p50\",\"p95\",\"p99\",\"max\"\n\
                      \"XADD a \"\",\"\" b\",\"243902.45\",\"0.1\",\"0.1\",\"0.1\",\"0.1\",\"0.1\",\"0.2\"\n";
        assert_eq!(parse(output), Some(243_902.45));
        assert_eq!(parse(""), None);
    }
}
