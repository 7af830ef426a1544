//! How long it takes from a beacon to its session in the query API: ingest and DataView of the
//! release build, each a process of its own, and beacons at a steady rate.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::chain::{Buffer, Chain};
use super::quantile;
use crate::demo::visitors::{Visit, now, send};
use crate::progress::Step;
use crate::workspace::Workspace;

/// Beacons a second. Each tells of a whole visit, some 24 events.
const RATE: u32 = 25;
/// Beacons in all.
const BEACONS: u32 = 30 * RATE;
/// Threads that send: one that waits for its answer does not hold the others up.
const SENDERS: u32 = 4;
/// How long before it is sent the visit began that a beacon tells of: its events lie in the past.
const VISIT: Duration = Duration::from_secs(12);
/// How often the query API is asked: the latencies are exact to this and one answer.
const POLL: Duration = Duration::from_millis(20);
/// From when on a session is asked for by its identifier, because many came after it.
const LONG: Duration = Duration::from_secs(5);
/// When the last one must be there.
const GIVE_UP: Duration = Duration::from_secs(60);

/// When each beacon was sent whose session is not there yet, by session.
type Waiting = Mutex<HashMap<String, Instant>>;

/// Measures; the latencies in ms.
pub(super) fn measure(workspace: &Workspace, folder: &Path, buffer: Buffer) -> Result<Value> {
    let step = Step::start(format!("beacon to query API, by {}", buffer.name()));
    let chain = Chain::start(workspace, &folder.join(buffer.name()), buffer, false)?;
    // What is opened at the first request is not what a day is like.
    for number in 0..RATE {
        tell(&chain, u64::from(BEACONS + number), &Waiting::default())?;
    }
    let waiting = Waiting::default();
    let began = Instant::now();
    let (mut ms, events) = thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|first| {
                let (chain, waiting) = (&chain, &waiting);
                scope.spawn(move || send_some(chain, first, began, waiting))
            })
            .collect();
        let seen =
            look(&chain.dataview, &waiting, || senders.iter().all(ScopedJoinHandle::is_finished));
        let mut events = 0;
        for sender in senders {
            events += sender.join().unwrap_or_else(|_| bail!("a sender has panicked"))?;
        }
        seen.map(|ms| (ms, events))
    })?;
    step.done();
    let seconds = f64::from(BEACONS) / f64::from(RATE);
    Ok(json!({
        "beacons": ms.len(),
        "beacons_per_second": RATE,
        "events_per_second": events as f64 / seconds,
        "p50_ms": quantile(&mut ms, 0.5),
        "p95_ms": quantile(&mut ms, 0.95),
        "max_ms": quantile(&mut ms, 1.0),
    }))
}

/// Sends each [`SENDERS`]th beacon, from `first` on, at its time; how many events they had.
fn send_some(chain: &Chain, first: u32, began: Instant, waiting: &Waiting) -> Result<usize> {
    let mut events = 0;
    for number in (first..BEACONS).step_by(SENDERS as usize) {
        let due = began + Duration::from_secs(1) * number / RATE;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        events += tell(chain, u64::from(number), waiting)?;
    }
    Ok(events)
}

fn tell(chain: &Chain, number: u64, waiting: &Waiting) -> Result<usize> {
    let mut visit = Visit::new(number, now() - VISIT, &chain.bank);
    let session = visit.session().to_owned();
    let frame = visit.frame(now());
    waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(session, Instant::now());
    match send(&chain.ingest, &chain.bank, &visit, &frame)? {
        200 => Ok(frame["events"].as_array().map_or(0, Vec::len)),
        status => bail!("ingest answered {status} to a beacon"),
    }
}

/// Asks until everything that was sent is there, and notes how long each took, in ms.
fn look(
    dataview: &super::chain::Api,
    waiting: &Waiting,
    is_all_sent: impl Fn() -> bool,
) -> Result<Vec<f64>> {
    let mut ms = Vec::new();
    let mut last_sent = None;
    let lock = || waiting.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let is_over = is_all_sent();
        let list = dataview.get("/api/v1/sessions?app=demo-bank&limit=500")?;
        let rows = list.as_ref().and_then(|list| list["sessions"].as_array());
        let mut seen: Vec<String> = rows
            .into_iter()
            .flatten()
            .filter_map(|row| row["id"].as_str().map(str::to_owned))
            .collect();
        let late: Vec<String> = lock()
            .iter()
            .filter(|(_, sent)| sent.elapsed() > LONG)
            .map(|(id, _)| id.clone())
            .collect();
        for id in late {
            if dataview.get(&format!("/api/v1/sessions/{id}?app=demo-bank"))?.is_some() {
                seen.push(id);
            }
        }
        let mut waiting = lock();
        ms.extend(
            seen.iter()
                .filter_map(|id| waiting.remove(id))
                .map(|sent| sent.elapsed().as_secs_f64() * 1e3),
        );
        let left = waiting.len();
        drop(waiting);
        if is_over && left == 0 {
            return Ok(ms);
        }
        if is_over && last_sent.get_or_insert_with(Instant::now).elapsed() > GIVE_UP {
            bail!("{left} of {BEACONS} beacons are not in the query API after {GIVE_UP:?}");
        }
        thread::sleep(POLL);
    }
}
