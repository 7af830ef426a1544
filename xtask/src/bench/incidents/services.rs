//! Whether the first cause of an incident in services is the true one.

use std::collections::BTreeMap;

use anyhow::Result;
use dna_causes::services::{
    Call, Operation, Services, SpanTime, Symptom, Work, exclusive_ns, explain,
};
use dna_simulator::services::{Fault, OPERATIONS, Trace, draw, fault};

/// Traces before and in the incident.
const BEFORE: usize = 3_000;
const NOW: usize = 600;
/// So many more of a hundred requests fail: the incident is one of failures.
const FAILING: f64 = 0.02;

/// Right and all, by kind of fault.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) kinds: BTreeMap<&'static str, (usize, usize)>,
}

impl Judged {
    pub(super) fn right(&self) -> usize {
        self.kinds.values().map(|kind| kind.0).sum()
    }

    pub(super) fn all(&self) -> usize {
        self.kinds.values().map(|kind| kind.1).sum()
    }
}

/// Draws so many faults and counts those whose first cause is right.
pub(super) fn judge(seed: u64, faults: usize, judged: &mut Judged) -> Result<()> {
    for turn in 0..faults {
        let fault = fault(seed, turn);
        let own = seed.wrapping_mul(1_000_003).wrapping_add(2 * turn as u64);
        let before = Sums::of(&draw(own, BEFORE, None));
        let now = Sums::of(&draw(own + 1, NOW, Some(fault)));
        let failing = now.requests.errors / now.requests.spans
            - before.requests.errors / before.requests.spans;
        let symptom = if failing > FAILING { Symptom::Failing } else { Symptom::Slow };
        let told = explain(&services(&before, &now), symptom)?;
        let named = told.causes.first().filter(|_| !told.outside).map(|cause| cause.place);
        if std::env::var_os("DNA_BENCH_WRONG").is_some() && named != fault.truth() {
            println!("{fault:?} {symptom:?} named {named:?} unexplained {:.2}", told.unexplained);
            for cause in told.causes.iter().take(4) {
                println!(
                    "    {} {:.2} {:?} {:?}",
                    cause.place, cause.explained, cause.change, cause.why_not
                );
            }
        }
        let (right, all) = judged.kinds.entry(name(&fault)).or_default();
        *right += usize::from(named == fault.truth());
        *all += 1;
    }
    Ok(())
}

fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Slow { operation, .. } if OPERATIONS[*operation].statement.is_some() => {
            "a statement is slow"
        }
        Fault::Slow { operation, .. } if OPERATIONS[*operation].third_party => {
            "a third party is slow"
        }
        Fault::Slow { .. } => "a service is slow",
        Fault::GivenUp { .. } => "a third party is so slow that callers give up",
        Fault::PoolEmpty { .. } => "a statement is slow and its callers' pool empty",
        Fault::Loop { .. } => "a release calls a statement in a loop",
        Fault::Fails { .. } => "an operation fails",
        Fault::Outside { .. } => "a queue before the first service",
    }
}

/// Traces, added up.
struct Sums {
    requests: Work,
    operations: Vec<Work>,
    failed_calls: BTreeMap<(usize, usize), f64>,
}

impl Sums {
    fn of(traces: &[Trace]) -> Self {
        let mut sums = Self {
            requests: Work::default(),
            operations: vec![Work::default(); OPERATIONS.len()],
            failed_calls: BTreeMap::new(),
        };
        for trace in traces {
            add(&mut sums.requests, trace.request_ns, 0, trace.failed);
            let times: Vec<SpanTime> = trace
                .spans
                .iter()
                .map(|span| SpanTime {
                    parent: span.parent,
                    start_ns: span.start_ns,
                    end_ns: span.end_ns,
                })
                .collect();
            for (span, own) in trace.spans.iter().zip(exclusive_ns(&times)) {
                let work = &mut sums.operations[span.operation];
                add(work, span.end_ns - span.start_ns, own, span.failed);
                if let Some(parent) = span.parent {
                    let pair = (trace.spans[parent].operation, span.operation);
                    *sums.failed_calls.entry(pair).or_default() += f64::from(u8::from(span.failed));
                }
            }
        }
        sums
    }
}

fn add(work: &mut Work, total_ns: u64, own_ns: u64, failed: bool) {
    work.spans += 1.0;
    work.errors += f64::from(u8::from(failed));
    work.total_ms += total_ns as f64 / 1e6;
    work.exclusive_ms += own_ns as f64 / 1e6;
}

fn services(before: &Sums, now: &Sums) -> Services {
    let operations = OPERATIONS
        .iter()
        .enumerate()
        .map(|(place, operation)| Operation {
            service: operation.service.to_owned(),
            operation: operation.operation.to_owned(),
            statement: operation.statement.map(str::to_owned),
            third_party: operation.third_party,
            before: before.operations[place],
            now: now.operations[place],
        })
        .collect();
    let pairs: std::collections::BTreeSet<_> =
        before.failed_calls.keys().chain(now.failed_calls.keys()).copied().collect();
    let calls = pairs
        .into_iter()
        .map(|pair| Call {
            caller: pair.0,
            callee: pair.1,
            errors_before: before.failed_calls.get(&pair).copied().unwrap_or(0.0),
            errors_now: now.failed_calls.get(&pair).copied().unwrap_or(0.0),
        })
        .collect();
    Services { requests_before: before.requests, requests_now: now.requests, operations, calls }
}
