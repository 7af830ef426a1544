//! One turn of a server: started anew, warmed up, loaded, and looked at.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::cases::{Full, TURN_SECONDS, WARM_UP_SECONDS};
use super::load::{Load, Seen, Sender, Target};
use super::servers::{Peer, Programs, Redis, Serving};
use super::usage::{cpu_seconds, peak_bytes};
use crate::progress::note;

/// Shards of ingest's configuration; peers write to the first.
const SHARDS: u16 = 4;

/// How long connections have done nothing before what they hold is looked at.
const IDLE_FOR: Duration = Duration::from_secs(1);

/// What a turn needs.
pub(super) struct Bench {
    pub(super) programs: Programs,
    pub(super) sender: Sender,
    /// Where templates and data are.
    pub(super) folder: PathBuf,
}

/// What a turn has shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub(super) requests_per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// CPU time of the server a request, in µs.
    pub(super) cpu_us: f64,
    /// Cores that Redis took; 0 without one.
    pub(super) redis_cores: f64,
    /// CPU time of Redis a request, in µs.
    pub(super) redis_cpu_us: f64,
    /// The most memory that the server held, in bytes.
    pub(super) memory_bytes: f64,
    /// Bytes in Redis a request.
    pub(super) redis_bytes: f64,
}

impl Bench {
    /// A new folder for data, without what an earlier run has left.
    pub(super) fn fresh(&self) -> Result<PathBuf> {
        let folder = self.folder.join("data");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// A turn of `peer` at full load.
    pub(super) fn full(&self, peer: Peer, case: Full) -> Result<Sample> {
        self.turn(peer, case, 0).with_context(|| format!("{}, {}", peer.name(), case.name()))
    }

    /// A turn in which each connection waits for `delay_ms` between two beacons.
    pub(super) fn turn(&self, peer: Peer, case: Full, delay_ms: u32) -> Result<Sample> {
        let folder = self.fresh()?;
        let serving = Serving::start(&self.programs, peer, &folder)?;
        let template = self.folder.join(case.form.name());
        let target = Target { method: serving.method, url: &serving.url, template: &template };
        let load = |seconds| Load { connections: case.connections, seconds, delay_ms };
        self.sender.send(&target, &load(WARM_UP_SECONDS))?;
        if let Some(redis) = &serving.redis {
            redis.flush()?;
        }
        let redis_pid = serving.redis.as_ref().map(|redis| redis.running.pid());
        let cpu = || -> Result<(f64, f64)> {
            Ok((cpu_seconds(serving.server.pid())?, redis_pid.map_or(Ok(0.0), cpu_seconds)?))
        };
        let before = cpu()?;
        let seen = self.sender.send(&target, &load(TURN_SECONDS))?;
        let after = cpu()?;
        let used = (after.0 - before.0, after.1 - before.1);
        let kept = match &serving.redis {
            Some(redis) => Some(kept(redis, peer, &seen)?),
            None => None,
        };
        Ok(sample(&seen, used, kept, peak_bytes(serving.server.pid())?))
    }
}

/// Bytes that Redis holds of what it was given. Says so when a peer has acknowledged more than
/// Redis has; ours may pack several entries into a message, and its tests hold it to that.
fn kept(redis: &Redis, peer: Peer, seen: &Seen) -> Result<f64> {
    let keys = (0..SHARDS).map(|shard| format!("dna:{{{shard}}}:events"));
    let (mut messages, mut bytes) = (0, 0);
    for key in keys {
        messages += redis.messages(&key)?;
        bytes += redis.stream_bytes(&key)?;
    }
    let (name, requests) = (peer.name(), seen.requests);
    ensure!(messages > 0, "{name} acknowledged {requests} beacons and Redis has none");
    if messages < requests && !peer.is_ours() {
        note(&format!("{name} acknowledged {requests} beacons and Redis has {messages}"));
    }
    Ok(bytes as f64)
}

fn sample(seen: &Seen, used: (f64, f64), kept: Option<f64>, memory: u64) -> Sample {
    let requests = seen.requests.max(1) as f64;
    Sample {
        requests_per_second: requests / seen.seconds,
        p50_ms: seen.p50_ms,
        p99_ms: seen.p99_ms,
        cpu_us: 1e6 * used.0 / requests,
        redis_cores: used.1 / seen.seconds,
        redis_cpu_us: 1e6 * used.1 / requests,
        memory_bytes: memory as f64,
        redis_bytes: kept.unwrap_or_default() / requests,
    }
}

/// Bytes in Redis of `visits` recorded visits by ours, and the bytes of their frames.
pub(super) fn visit_bytes(bench: &Bench, bodies: &[Vec<u8>], peer: Peer) -> Result<(f64, f64)> {
    let folder = bench.fresh()?;
    let serving = Serving::start(&bench.programs, peer, &folder)?;
    super::client::post_all(&serving.url, bodies)?;
    let redis = serving.redis.as_ref().context("a visit is kept in Redis")?;
    let mut bytes = 0;
    for shard in 0..SHARDS {
        bytes += redis.stream_bytes(&format!("dna:{{{shard}}}:events"))?;
    }
    let sent: usize = bodies.iter().map(Vec::len).sum();
    Ok((bytes as f64, sent as f64))
}

/// Memory of ours, in bytes, while `count` connections are idle behind a request each.
pub(super) fn idle_bytes(bench: &Bench, count: usize, peer: Peer) -> Result<f64> {
    // Some files are open besides.
    super::client::allow_files(count as u64 + 100)?;
    let folder = bench.fresh()?;
    let serving = Serving::start(&bench.programs, peer, &folder)?;
    let held = super::client::idle(&serving.url, count)?;
    std::thread::sleep(IDLE_FOR);
    let bytes = super::usage::resident_bytes(serving.server.pid())?;
    ensure!(held.len() == count, "{} of {count} connections", held.len());
    Ok(bytes as f64)
}
