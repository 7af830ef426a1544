//! How much of what is told is joined, over the real chain: visits of the demo bank that sign in
//! through nginx, the bank, its core in Python and its SMS gateway in Node with OpenTelemetry's
//! agents around them; what their pages tell goes to ingest as beacons.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::chain::{Api, Buffer, Chain};
use crate::demo::visitors::{Visit, now, send};
use crate::progress::{Step, note};
use crate::workspace::Workspace;

/// Visits. Each signs in, one after the other.
const VISITS: u64 = 200;
/// How long the last of agents, nginx and ingest may take to tell.
const TOLD_MAX: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(250);

/// A visit, and what was told of it.
struct Told {
    session: String,
    trace: String,
    at_ms: u128,
    events: u64,
}

/// Measures the shares, in percent, and the reasons of the rest.
pub(super) fn measure(workspace: &Workspace, folder: &Path) -> Result<Value> {
    let step = Step::start(format!("{VISITS} visits of the bank, and what of them is joined"));
    let chain = Chain::start(workspace, &folder.join("chain"), Buffer::Journal, true)?;
    let mut visits = Vec::new();
    for number in 0..VISITS {
        visits.push(visit(&chain, number)?);
        if number % 50 == 49 {
            note(&format!("{} of {VISITS} visits", number + 1));
        }
    }
    let began = Instant::now();
    let measured = loop {
        let measured = joined(&chain.dataview, &visits)?;
        if measured.is_all() || began.elapsed() > TOLD_MAX {
            break measured;
        }
        thread::sleep(PAUSE);
    };
    step.done();
    Ok(json!({
        "visits": VISITS,
        "events": measured.events,
        "events_joined_percent": percent(measured.events_joined, measured.events),
        "calls": measured.calls,
        "calls_joined_percent": percent(measured.calls_joined, measured.calls),
        "gaps": measured.gaps,
    }))
}

fn visit(chain: &Chain, number: u64) -> Result<Told> {
    let mut visit = Visit::new(number, now(), &chain.bank);
    visit.call();
    let frame = visit.frame(now());
    match send(&chain.ingest, &chain.bank, &visit, &frame)? {
        200 => {}
        status => bail!("ingest answered {status} to a beacon"),
    }
    Ok(Told {
        session: visit.session().to_owned(),
        trace: visit.trace().to_owned(),
        at_ms: now().as_millis(),
        events: frame["events"].as_array().map_or(0, Vec::len) as u64,
    })
}

#[derive(Default)]
struct Joined {
    events: u64,
    events_joined: u64,
    calls: u64,
    calls_joined: u64,
    /// Why a call is not joined: how often.
    gaps: BTreeMap<String, u64>,
}

impl Joined {
    fn is_all(&self) -> bool {
        self.events == self.events_joined && self.calls == self.calls_joined
    }
}

/// An event is joined when the session that told it has it; a call when its trace has the call, the
/// hop below it, and a span of a service below that.
fn joined(dataview: &Api, visits: &[Told]) -> Result<Joined> {
    let mut sum = Joined::default();
    for visit in visits {
        let path = format!("/api/v1/sessions/{}?app=demo-bank", visit.session);
        let session = dataview.get(&path)?.unwrap_or_default();
        sum.events += visit.events;
        let told = session["session"]["events"].as_u64().unwrap_or(0);
        sum.events_joined += told.min(visit.events);
        let path = format!("/api/v1/traces/{}?near={}", visit.trace, visit.at_ms);
        let chain = dataview.get(&path)?.unwrap_or_default();
        sum.calls += 1;
        if has_chain(&chain) {
            sum.calls_joined += 1;
        } else {
            *sum.gaps.entry(first_gap(&chain)).or_default() += 1;
        }
    }
    Ok(sum)
}

fn has_chain(chain: &Value) -> bool {
    let rows = chain["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is = |row: &Value, kind: &str| row["kind"] == kind;
    let parent = |row: &Value| row["parent"].as_u64().and_then(|at| rows.get(at as usize));
    rows.iter().filter(|row| is(row, "span")).any(|span| {
        let hop = parent(span).filter(|hop| is(hop, "hop"));
        hop.and_then(parent).is_some_and(|call| is(call, "call"))
    })
}

fn first_gap(chain: &Value) -> String {
    let gaps = chain["gaps"].as_array();
    let told = gaps.into_iter().flatten().find(|gap| gap["between"] != "action and call");
    let words = told.map(|gap| {
        let of = |name: &str| gap[name].as_str().unwrap_or_default();
        format!("{}: {}", of("between"), of("why"))
    });
    words.unwrap_or_else(|| "nobody has told of the trace".to_owned())
}

fn percent(part: u64, of: u64) -> f64 {
    part as f64 * 100.0 / of as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_joined_when_hop_and_span_are_below_it() {
        let row = |kind: &str, parent: Value| json!({"kind": kind, "parent": parent});
        let rows = json!([row("call", Value::Null), row("hop", 0.into()), row("span", 1.into())]);
        assert!(has_chain(&json!({"rows": rows})));
        let apart =
            json!([row("call", Value::Null), row("hop", 0.into()), row("span", Value::Null)]);
        assert!(!has_chain(&json!({"rows": apart})));
        assert!(!has_chain(&Value::Null));
    }

    #[test]
    fn the_reason_is_the_gap_behind_the_call() {
        let gaps = json!([
            {"between": "action and call", "why": "no click"},
            {"between": "call and hop", "why": "no proxy"},
        ]);
        assert_eq!(first_gap(&json!({"gaps": gaps})), "call and hop: no proxy");
        assert_eq!(first_gap(&Value::Null), "nobody has told of the trace");
    }
}
