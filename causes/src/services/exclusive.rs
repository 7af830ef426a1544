//! The time that a span spent itself.

/// The length of `start..end` without the union of its children's times, in nanoseconds.
///
/// Children that run beside each other are counted once: while one of them runs the span waits, however
/// many run. What a child does before its parent's start or after its end does not count. Children
/// are put in order of their starts.
pub fn exclusive_ns(start: u64, end: u64, children: &mut [(u64, u64)]) -> u64 {
    children.sort_unstable();
    let mut covered_until = start;
    let mut covered = 0;
    for (child_start, child_end) in children.iter() {
        let from = (*child_start).max(covered_until);
        let until = (*child_end).min(end);
        if until > from {
            covered += until - from;
            covered_until = until;
        }
    }
    end.saturating_sub(start) - covered
}

#[cfg(test)]
mod tests {
    use super::exclusive_ns;

    #[test]
    fn parallel_children_count_once() {
        assert_eq!(exclusive_ns(0, 100, &mut [(10, 50), (20, 60)]), 50);
        assert_eq!(exclusive_ns(0, 100, &mut [(10, 90), (20, 30), (85, 95)]), 15);
    }

    #[test]
    fn what_a_child_does_outside_its_parent_does_not_count() {
        assert_eq!(exclusive_ns(100, 200, &mut [(50, 110), (190, 900)]), 80);
        assert_eq!(exclusive_ns(100, 200, &mut [(300, 400), (0, 50)]), 100);
    }

    #[test]
    fn times_that_run_backwards_are_nothing() {
        assert_eq!(exclusive_ns(200, 100, &mut [(120, 150)]), 0);
        assert_eq!(exclusive_ns(0, 100, &mut [(60, 20)]), 100);
    }
}
