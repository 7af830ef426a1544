//! Ranks operations by their own part in what the requests suffer.

use super::graph::Graph;
use super::{
    Change, Operation, ServiceCause, ServiceExplanation, ServiceWhyNot, Services, ServicesError,
    Symptom, Work,
};
use crate::measure::ratio;

/// Deviations below this many standard deviations may be chance.
const Z_MIN: f64 = 3.0;
/// A call that takes this many times as long as before is slow enough that its callers suffer by it.
const SLOWER: f64 = 1.5;
/// A callee that suffers at least this part of its caller's deviation is what the caller waits for.
const FOLLOWED_PART: f64 = 0.25;
/// An operation is waited for when its callers' times rose by this part of its own rise.
const WAITED_PART: f64 = 0.5;
/// The least part of the deviation that the first must explain, or the cause is outside.
const EXPLAINED_MIN: f64 = 0.3;
/// Causes that are told.
const CAUSES_MAX: usize = 10;
/// Candidates whose call graph is walked.
const WALKED_MAX: usize = 50;

/// The operations that explain the symptom, the likeliest first.
///
/// # Errors
/// [`ServicesError`], where `services` does not fit together.
pub fn explain(services: &Services, symptom: Symptom) -> Result<ServiceExplanation, ServicesError> {
    let ranker = Ranker { services, symptom, graph: Graph::new(services)? };
    Ok(ranker.explanation())
}

struct Ranker<'a> {
    services: &'a Services,
    symptom: Symptom,
    graph: Graph,
}

/// An operation's own part, in a request.
#[derive(Clone, Copy)]
struct Own {
    place: usize,
    before: f64,
    now: f64,
    z: f64,
    change: Change,
}

/// An operation's part, and why it is not a cause by itself.
type Judged = (Own, Option<ServiceWhyNot>);

impl Own {
    fn deviation(&self) -> f64 {
        self.now - self.before
    }
}

impl Ranker<'_> {
    fn explanation(&self) -> ServiceExplanation {
        let of = |work: &Work| match self.symptom {
            Symptom::Slow => ratio(work.total_ms, work.spans),
            Symptom::Failing => ratio(work.errors, work.spans),
        };
        let (before, now) = (of(&self.services.requests_before), of(&self.services.requests_now));
        let mut deviating: Vec<Own> = (0..self.services.operations.len())
            .map(|place| self.own(place))
            .filter(|own| own.deviation() > 0.0)
            .collect();
        deviating.sort_by(|a, b| b.deviation().total_cmp(&a.deviation()));
        deviating.truncate(WALKED_MAX);
        let whole = (now - before).max(0.0);
        let mut judged: Vec<Judged> =
            deviating.iter().map(|own| (*own, self.why_not(own, &deviating))).collect();
        if self.symptom == Symptom::Failing {
            self.charge_the_slow(&mut judged);
        }
        // What stands for itself first, in the order of its part.
        judged.sort_by(|a, b| {
            let order = |one: &Judged| (one.1.is_some(), -one.0.deviation());
            let (a, b) = (order(a), order(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        self.told(&judged, before, now, whole)
    }

    fn told(&self, judged: &[Judged], before: f64, now: f64, whole: f64) -> ServiceExplanation {
        let explained = |own: &Own| ratio(own.deviation(), whole);
        let own_part: f64 =
            judged.iter().filter(|one| one.1.is_none()).map(|one| explained(&one.0)).sum();
        let unexplained = if whole > 0.0 { (1.0 - own_part).clamp(0.0, 1.0) } else { 1.0 };
        let outside = whole <= 0.0
            || judged
                .first()
                .is_none_or(|one| one.1.is_some() || explained(&one.0) < EXPLAINED_MIN);
        let causes = judged
            .iter()
            .take(CAUSES_MAX)
            .enumerate()
            .map(|(rank, (own, why_not))| {
                let behind = (rank > 0).then_some(ServiceWhyNot::ExplainsLess);
                ServiceCause {
                    place: own.place,
                    operation: self.operation(own.place).clone(),
                    change: own.change,
                    before: own.before,
                    now: own.now,
                    explained: explained(own),
                    z: own.z,
                    confidence: match why_not {
                        None => ratio(explained(own), own_part.max(1.0)),
                        Some(_) => 0.0,
                    },
                    why_not: why_not.or(behind),
                }
            })
            .collect();
        ServiceExplanation { symptom: self.symptom, before, now, unexplained, outside, causes }
    }

    fn operation(&self, place: usize) -> &Operation {
        &self.services.operations[place]
    }

    /// An operation's own milliseconds or errors in a request.
    fn own(&self, place: usize) -> Own {
        let operation = self.operation(place);
        let requests = (self.services.requests_before.spans, self.services.requests_now.spans);
        match self.symptom {
            Symptom::Slow => {
                let (before, now) = (&operation.before, &operation.now);
                let change = change(before, now, requests);
                Own {
                    place,
                    before: ratio(before.exclusive_ms, requests.0),
                    now: ratio(now.exclusive_ms, requests.1),
                    z: time_z(before, now, requests),
                    change,
                }
            }
            Symptom::Failing => {
                let (before, now) = self.own_errors(place);
                let expected = ratio(before, requests.0) * requests.1;
                let grown = ratio(requests.1, requests.0);
                let z = (now - expected) / (now + grown * grown * before).max(1.0).sqrt();
                Own {
                    place,
                    before: ratio(before, requests.0),
                    now: ratio(now, requests.1),
                    z,
                    change: Change::Fails,
                }
            }
        }
    }

    /// Errors that did not come from a call that failed.
    fn own_errors(&self, place: usize) -> (f64, f64) {
        let operation = self.operation(place);
        let from_calls = self.graph.failed_calls[place];
        (
            (operation.before.errors - from_calls.0).max(0.0),
            (operation.now.errors - from_calls.1).max(0.0),
        )
    }

    fn why_not(&self, own: &Own, deviating: &[Own]) -> Option<ServiceWhyNot> {
        if own.z < Z_MIN {
            return Some(ServiceWhyNot::MayBeChance);
        }
        if self.symptom == Symptom::Slow && !self.is_waited_for(own.place) {
            return Some(ServiceWhyNot::NotWaitedFor);
        }
        // A pool that is empty, or a client that tries again, shows in the caller's own time.
        let below = self.graph.below(own.place);
        let followed = deviating
            .iter()
            .filter(|other| other.z >= Z_MIN && below.contains(&other.place))
            .filter(|other| other.deviation() >= FOLLOWED_PART * own.deviation())
            .filter(|other| self.symptom == Symptom::Slow && self.slower_by(other.place) >= SLOWER)
            .max_by(|a, b| a.deviation().total_cmp(&b.deviation()));
        followed.map(|other| ServiceWhyNot::Follows { callee: other.place })
    }

    /// How many times as long a call takes itself.
    fn slower_by(&self, place: usize) -> f64 {
        let operation = self.operation(place);
        let each = |work: &Work| ratio(work.exclusive_ms, work.spans);
        match each(&operation.before) {
            before if before > 0.0 => each(&operation.now) / before,
            _ if each(&operation.now) > 0.0 => f64::INFINITY,
            _ => 1.0,
        }
    }

    /// Whether the time of its callers, or of the requests where nobody calls it, rose with its own.
    fn is_waited_for(&self, place: usize) -> bool {
        let requests = (self.services.requests_before.spans, self.services.requests_now.spans);
        let rise = |before: &Work, now: &Work| {
            ratio(now.total_ms, requests.1) - ratio(before.total_ms, requests.0)
        };
        let operation = self.operation(place);
        let own = rise(&operation.before, &operation.now);
        let callers = &self.graph.callers[place];
        let theirs = if callers.is_empty() {
            rise(&self.services.requests_before, &self.services.requests_now)
        } else {
            let its = |caller: &usize| {
                let caller = self.operation(*caller);
                rise(&caller.before, &caller.now)
            };
            callers.iter().map(its).sum()
        };
        own <= 0.0 || theirs >= WAITED_PART * own
    }

    /// Errors of a caller that gave up are charged to what made it wait: the operation below it whose own
    /// time rose most.
    fn charge_the_slow(&self, judged: &mut Vec<Judged>) {
        let requests = (self.services.requests_before.spans, self.services.requests_now.spans);
        let mut charged: Vec<Own> = Vec::new();
        for (own, why_not) in judged.iter_mut().filter(|one| one.1.is_none()) {
            let slowest = self
                .graph
                .below(own.place)
                .into_iter()
                .filter(|place| self.slower_by(*place) >= SLOWER)
                .map(|place| {
                    let operation = self.operation(place);
                    let rise = ratio(operation.now.exclusive_ms, requests.1)
                        - ratio(operation.before.exclusive_ms, requests.0);
                    (rise, time_z(&operation.before, &operation.now, requests), place)
                })
                .filter(|(_, z, _)| *z >= Z_MIN)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            if let Some((_, _, place)) = slowest {
                *why_not = Some(ServiceWhyNot::Follows { callee: place });
                charged.push(Own { place, change: Change::CallersGiveUp, ..*own });
            }
        }
        for own in charged {
            // An operation that makes several callers give up is one cause.
            let known = judged.iter_mut().find(|one| one.0.place == own.place && one.1.is_none());
            match known {
                Some((known, _)) => {
                    known.before += own.before;
                    known.now += own.now;
                    known.z = known.z.max(own.z);
                }
                None => judged.push((own, None)),
            }
        }
    }
}

/// The deviation of an operation's own time in standard deviations, as if times were exponential.
fn time_z(before: &Work, now: &Work, requests: (f64, f64)) -> f64 {
    let grown = ratio(requests.1, requests.0);
    let mean = ratio(before.exclusive_ms + now.exclusive_ms, before.spans + now.spans);
    let variance = mean * mean * (now.spans + grown * grown * before.spans);
    (now.exclusive_ms - before.exclusive_ms * grown) / variance.max(f64::MIN_POSITIVE).sqrt()
}

/// Whether more calls or slower calls make up the larger part of the deviation.
fn change(before: &Work, now: &Work, requests: (f64, f64)) -> Change {
    let (calls_before, calls_now) = (ratio(before.spans, requests.0), ratio(now.spans, requests.1));
    let each = |work: &Work| ratio(work.exclusive_ms, work.spans);
    let by_calls = (calls_now - calls_before) * each(before);
    let by_time = calls_now * (each(now) - each(before));
    if by_calls > by_time { Change::CalledMoreOften } else { Change::SlowerEach }
}
