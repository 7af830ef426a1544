//! What a minute of many series costs: time on one core, and memory.

use dna_baselines::{Baselines, Calendar, Figure, Holidays, Series};
use serde_json::{Value, json};
use std::error::Error;
use std::fs;

/// As many as the target speaks of.
const SERIES: u32 = 10_000;
/// Monday, 2026-03-02.
const FROM: i64 = 1_772_409_600;
/// Four weeks fill every slot of working days and weekends.
const WARM_S: i64 = 28 * 24 * 60 * 60;
/// Minutes that are measured.
const MINUTES: i64 = 5;

pub(crate) fn measure() -> Result<Value, Box<dyn Error>> {
    let before = bytes()?;
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let mut baselines = Baselines::new(Calendar::new(zone, Holidays::china()));
    // One series of each kind learns, the others go on from where it is.
    let calendar = baselines.calendar().clone();
    let learnt = [0, 1, 2].map(|key| {
        let mut series = Series::default();
        for at in (FROM..FROM + WARM_S).step_by(60) {
            series.observe(&calendar, at, figure(key, at));
        }
        series.snapshot()
    });
    for key in 0..SERIES {
        baselines.restore(key, FROM + WARM_S - 60, &learnt[key as usize % 3])?;
    }
    let (filled, begun) = (bytes()?, cpu_seconds()?);
    for at in 0..MINUTES {
        minute(&mut baselines, FROM + WARM_S + at * 60);
    }
    let seconds = (cpu_seconds()? - begun) / MINUTES as f64;
    let snapshots: usize = baselines.iter().map(|(_, series, _)| series.snapshot().len()).sum();
    Ok(json!({
        "series": baselines.len(),
        "cpu_seconds_a_minute": seconds,
        "cpu_us_a_figure": seconds * 1e6 / f64::from(SERIES),
        "bytes": filled.saturating_sub(before),
        "bytes_a_series": filled.saturating_sub(before) as f64 / f64::from(SERIES),
        "snapshot_bytes_a_series": snapshots as f64 / f64::from(SERIES),
    }))
}

fn minute(baselines: &mut Baselines<u32>, at_s: i64) {
    for key in 0..SERIES {
        baselines.observe(&key, at_s, figure(key, at_s));
    }
}

/// A third are of each kind.
fn figure(key: u32, at_s: i64) -> Figure {
    let hour = (at_s.rem_euclid(86_400) / 3_600).unsigned_abs();
    let noise = (u64::from(key) ^ at_s.unsigned_abs()).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
    let all = 200 + hour * 20 + noise;
    match key % 3 {
        0 => Figure::Rate { bad: noise / 50, all },
        1 => Figure::Count(all),
        _ => Figure::Level { value: 180.0 + noise as f64, volume: all },
    }
}

/// Bytes that the process has in memory (Linux).
fn bytes() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib * 1_024)
}

/// Seconds of processor that it has taken (Linux).
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: f64 = text.split_whitespace().next().ok_or("no figure")?.parse()?;
    Ok(nanoseconds / 1e9)
}
