//! The time that each span of a trace spent itself, while the request waited.

/// When a span was, and in which other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanTime {
    /// The place of its parent among the trace's spans.
    pub parent: Option<usize>,
    /// In nanoseconds, by one clock for the whole trace.
    pub start_ns: u64,
    /// The same.
    pub end_ns: u64,
}

/// Nanoseconds that each span of a trace spent in nothing that it called, in the order of `spans`.
///
/// A span counts while its parent is open, and its parent's parent, and so on: what goes on after the
/// answer, as an audit log, nobody waited for. Children that run beside each other are taken off once:
/// while one of them runs the span waits, however many run. A parent that is not there, or a circle
/// of parents, makes a span a root.
#[must_use]
pub fn exclusive_ns(spans: &[SpanTime]) -> Vec<u64> {
    let open = open(spans);
    let mut children: Vec<Vec<(u64, u64)>> = vec![Vec::new(); spans.len()];
    for (span, time) in spans.iter().zip(&open) {
        if let Some(of_parent) = span.parent.and_then(|parent| children.get_mut(parent)) {
            of_parent.push(*time);
        }
    }
    open.iter().zip(&mut children).map(|(time, children)| without(*time, children)).collect()
}

/// Each span's time within the times of all spans above it; nothing where they do not meet.
fn open(spans: &[SpanTime]) -> Vec<(u64, u64)> {
    let mut known: Vec<Option<(u64, u64)>> = vec![None; spans.len()];
    let mut is_waiting = vec![false; spans.len()];
    for place in 0..spans.len() {
        // Up to a span that is known, a root, or one that waits for itself; then down again.
        let mut chain = vec![];
        let mut next = Some(place);
        while let Some(this) =
            next.filter(|this| known.get(*this).is_some_and(Option::is_none) && !is_waiting[*this])
        {
            is_waiting[this] = true;
            chain.push(this);
            next = spans[this].parent;
        }
        let mut above = next.and_then(|place| known.get(place).copied().flatten());
        for this in chain.into_iter().rev() {
            let (start, end) = (spans[this].start_ns, spans[this].end_ns);
            let (start, end) =
                above.map_or((start, end), |(from, until)| (start.max(from), end.min(until)));
            above = Some((start, end.max(start)));
            known[this] = above;
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

/// The length of a time without the union of others.
fn without((start, end): (u64, u64), others: &mut [(u64, u64)]) -> u64 {
    others.sort_unstable();
    let mut covered_until = start;
    let mut covered = 0;
    for (from, until) in others.iter() {
        let (from, until) = ((*from).max(covered_until), (*until).min(end));
        if until > from {
            covered += until - from;
            covered_until = until;
        }
    }
    end.saturating_sub(start) - covered
}

#[cfg(test)]
mod tests {
    use super::{SpanTime, exclusive_ns};

    fn own(spans: &[(Option<usize>, u64, u64)]) -> Vec<u64> {
        let spans: Vec<SpanTime> = spans
            .iter()
            .map(|(parent, start_ns, end_ns)| SpanTime {
                parent: *parent,
                start_ns: *start_ns,
                end_ns: *end_ns,
            })
            .collect();
        exclusive_ns(&spans)
    }

    #[test]
    fn parallel_children_are_taken_off_once() {
        assert_eq!(own(&[(None, 0, 100), (Some(0), 10, 50), (Some(0), 20, 60)]), [50, 40, 40]);
        let inner = [(None, 0, 100), (Some(0), 10, 90), (Some(0), 20, 30), (Some(0), 85, 95)];
        assert_eq!(own(&inner)[0], 15);
    }

    #[test]
    fn what_goes_on_after_the_answer_does_not_count() {
        // The audit log is written long after its request has ended, and writes to a database then.
        let audit = [(None, 0, 100), (Some(0), 90, 900), (Some(1), 95, 800)];
        assert_eq!(own(&audit), [90, 5, 5]);
        assert_eq!(own(&[(None, 0, 100), (Some(0), 300, 400)]), [100, 0]);
    }

    #[test]
    fn the_order_of_spans_does_not_matter() {
        assert_eq!(own(&[(Some(1), 10, 30), (None, 0, 100)]), [20, 80]);
    }

    #[test]
    fn nonsense_is_no_panic() {
        assert_eq!(own(&[(None, 200, 100), (Some(0), 120, 150)]), [0, 0]);
        assert_eq!(own(&[(Some(9), 0, 10)]), [10]);
        own(&[(Some(0), 0, 10)]);
        own(&[(Some(1), 0, 10), (Some(0), 0, 10), (Some(1), 5, 20)]);
    }
}
