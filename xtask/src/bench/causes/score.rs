//! F1 and recall over cases, as the reference programs of RiskLoc and RobustSpot count them.

use std::collections::BTreeSet;

use super::cases::Set;

/// What a method says of a case.
pub(super) struct Answer {
    /// The sets that it names as the cause.
    pub(super) named: Vec<Set>,
    /// Its sets one by one, the likeliest first.
    pub(super) ranked: Vec<Set>,
}

/// Counts over cases; a set is right when it is exactly one of the true ones.
#[derive(Default, Clone, Copy, Debug)]
pub(super) struct Score {
    pub(super) cases: usize,
    true_sets: usize,
    right: usize,
    wrong: usize,
    missed: usize,
    first_right: usize,
    within: [usize; 3],
}

impl Score {
    pub(super) fn add(&mut self, truth: &BTreeSet<Set>, answer: &Answer) {
        let right = answer.named.iter().filter(|set| truth.contains(*set)).count();
        self.cases += 1;
        self.true_sets += truth.len();
        self.right += right;
        self.wrong += answer.named.len() - right;
        self.missed += truth.len() - right;
        self.first_right +=
            usize::from(answer.ranked.first().is_some_and(|set| truth.contains(set)));
        for (place, within) in self.within.iter_mut().enumerate() {
            let first = answer.ranked.iter().take(place + 1);
            *within += first.filter(|set| truth.contains(*set)).count();
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.true_sets += other.true_sets;
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.first_right += other.first_right;
        for (own, its) in self.within.iter_mut().zip(other.within) {
            *own += its;
        }
    }

    /// 2 TP / (2 TP + FP + FN), summed over all cases.
    pub(super) fn f1(&self) -> f64 {
        part(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    /// The true sets among the first `k` of each case, of all true sets.
    pub(super) fn recall(&self, k: usize) -> f64 {
        part(self.within[k - 1], self.true_sets)
    }

    /// The cases whose first set is a true one.
    pub(super) fn first(&self) -> f64 {
        part(self.first_right, self.cases)
    }
}

fn part(of: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { of as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(value: &str) -> Set {
        Set::from([("bitrate".to_owned(), value.to_owned())])
    }

    #[test]
    fn f1_and_recall_are_counted_over_sets_of_all_cases() {
        let mut score = Score::default();
        // Two true sets, one named and right; the other comes third.
        let truth = BTreeSet::from([set("500"), set("2000")]);
        let ranked = vec![set("500"), set("0"), set("2000")];
        score.add(&truth, &Answer { named: vec![set("500")], ranked });
        // One true set, two named, neither right.
        let truth = BTreeSet::from([set("4000")]);
        let named = vec![set("500"), set("0")];
        score.add(&truth, &Answer { named: named.clone(), ranked: named });
        assert!((score.f1() - 2.0 / (2.0 + 2.0 + 2.0)).abs() < 1e-9);
        assert!((score.recall(1) - 1.0 / 3.0).abs() < 1e-9);
        assert!((score.recall(3) - 2.0 / 3.0).abs() < 1e-9);
        assert!((score.first() - 0.5).abs() < 1e-9);
    }
}
