//! Traces, drawn.

use super::{Fault, OPERATIONS, Span, Step, Trace};
use crate::random::Random;

/// How often each entry is asked for.
const ENTRIES: [f64; 4] = [0.3, 0.4, 0.15, 0.15];
/// What a caller waits at most for one that is given up.
const GIVE_UP_MS: f64 = 3_000.0;
/// Failures of every operation by itself, on a good day.
const FAILS: f64 = 0.0005;
/// How far times spread (the sigma of a log-normal).
const SPREAD: f64 = 0.5;

/// A fault of each kind in turn, its place and size by the seed.
#[must_use]
pub fn fault(seed: u64, turn: usize) -> Fault {
    let mut random = Random::of(seed, &[5, turn as u64]);
    let times = random.between(4.0, 15.0);
    let statement = [(11, 6), (12, 5), (13, 9), (14, 7)][random.below(4)];
    match turn % 9 {
        0 => Fault::Slow { operation: statement.0, times: 3.0 * times },
        1 => Fault::Slow { operation: [4, 5, 6, 7, 8, 9, 10][random.below(7)], times: 3.0 * times },
        2 => Fault::Slow { operation: 15, times: 0.5 * times },
        3 => Fault::GivenUp { operation: [15, 17][random.below(2)], times: 10.0 * times },
        4 => Fault::PoolEmpty { operation: statement.0, caller: statement.1, times: 2.0 * times },
        5 => Fault::Loop {
            operation: statement.0,
            caller: statement.1,
            times: 10 + random.below(30),
        },
        6 => Fault::Fails {
            operation: [5, 7, 8, 9, 10, 11, 12, 13, 15][random.below(9)],
            part: random.between(0.1, 0.5),
        },
        7 => Fault::Fails { operation: 4 + random.below(11), part: random.between(0.1, 0.5) },
        _ => Fault::Outside { wait_ms: random.between(50.0, 500.0) },
    }
}

/// So many requests, by a seed of their own. Each operation is a little slower or faster than usual, as
/// ever, and the audit log, which nobody waits for, may be much slower.
#[must_use]
pub fn draw(seed: u64, requests: usize, fault: Option<Fault>) -> Vec<Trace> {
    let mut random = Random::of(seed, &[6]);
    let mut usual: Vec<f64> = OPERATIONS.iter().map(|_| random.log_normal(1.0, 0.05)).collect();
    if fault.is_some() && random.unit() < 0.5 {
        usual[OPERATIONS.len() - 1] *= 20.0;
    }
    let mut drawing = Drawing { random, usual, fault, spans: Vec::new() };
    (0..requests).map(|_| drawing.trace()).collect()
}

struct Drawing {
    random: Random,
    usual: Vec<f64>,
    fault: Option<Fault>,
    spans: Vec<Span>,
}

impl Drawing {
    fn trace(&mut self) -> Trace {
        let entry = self.random.pick(&ENTRIES);
        let (end, failed) = self.span(entry, None, 0.0);
        let waited = match self.fault {
            Some(Fault::Outside { wait_ms }) => self.random.log_normal(wait_ms, SPREAD),
            _ => 0.0,
        };
        Trace { spans: std::mem::take(&mut self.spans), request_ns: ns(end + waited), failed }
    }

    /// Draws a span and what it calls; gives its end and whether it failed.
    fn span(&mut self, operation: usize, parent: Option<usize>, start: f64) -> (f64, bool) {
        let place = self.spans.len();
        self.spans.push(Span { operation, parent, start_ns: ns(start), end_ns: 0, failed: false });
        let own = self.own_ms(operation);
        let calls = OPERATIONS[operation].calls;
        let part = own / (calls.len() + 1) as f64;
        let mut now = start + part;
        let mut failed = self.random.unit() < self.fails(operation);
        for step in calls {
            let (end, step_failed) = self.step(operation, *step, place, now);
            failed |= step_failed;
            now = end + part;
            if step_failed {
                break;
            }
        }
        let given_up =
            matches!(self.fault, Some(Fault::GivenUp { operation: slow, .. }) if slow == operation);
        if given_up && now - start > GIVE_UP_MS {
            // The client's span ends when it gives up; its caller fails, the call itself says nothing.
            now = start + GIVE_UP_MS;
            self.close(place, now, false);
            return (now, true);
        }
        self.close(place, now, failed);
        (now, failed)
    }

    fn close(&mut self, place: usize, end: f64, failed: bool) {
        self.spans[place].end_ns = ns(end);
        self.spans[place].failed = failed;
    }

    fn step(&mut self, caller: usize, step: Step, place: usize, now: f64) -> (f64, bool) {
        match step {
            Step::Wait(callee) => {
                let mut end = now;
                let mut failed = false;
                for _ in 0..self.times(caller, callee) {
                    let called = self.span(callee, Some(place), end);
                    end = called.0;
                    failed |= called.1;
                }
                (end, failed)
            }
            Step::Together(callees) => {
                callees.iter().fold((now, false), |(latest, failed), callee| {
                    let called = self.span(*callee, Some(place), now);
                    (called.0.max(latest), called.1 || failed)
                })
            }
            Step::Leave(callee) => {
                self.span(callee, Some(place), now);
                (now, false)
            }
        }
    }

    fn own_ms(&mut self, operation: usize) -> f64 {
        let times = match self.fault {
            Some(
                Fault::Slow { operation: slow, times }
                | Fault::GivenUp { operation: slow, times }
                | Fault::PoolEmpty { operation: slow, times, .. },
            ) if slow == operation => times,
            _ => 1.0,
        };
        let waits = match self.fault {
            Some(Fault::PoolEmpty { operation: slow, caller, times }) if caller == operation => {
                OPERATIONS[slow].own_ms * times
            }
            _ => 0.0,
        };
        let median = OPERATIONS[operation].own_ms * self.usual[operation] * times + waits;
        self.random.log_normal(median, SPREAD)
    }

    fn fails(&self, operation: usize) -> f64 {
        match self.fault {
            Some(Fault::Fails { operation: failing, part }) if failing == operation => part,
            _ => FAILS,
        }
    }

    fn times(&self, caller: usize, callee: usize) -> usize {
        match self.fault {
            Some(Fault::Loop { operation, caller: looping, times })
                if operation == callee && looping == caller =>
            {
                times
            }
            _ => 1,
        }
    }
}

fn ns(ms: f64) -> u64 {
    (ms * 1e6) as u64
}
