//! The Numenta Anomaly Benchmark's rules, as published (Lavin & Ahmad 2015, and the repository's
//! wiki "NAB Scoring Algorithm"): ours, so that nothing but a folder of data is needed.

/// What a missed window and a false alarm cost beside a found window's 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    false_alarm: f64,
    missed: f64,
}

pub(crate) const PROFILES: [Profile; 3] = [
    Profile { name: "standard", false_alarm: 0.11, missed: 1.0 },
    Profile { name: "reward_low_FP", false_alarm: 0.22, missed: 1.0 },
    Profile { name: "reward_low_FN", false_alarm: 0.11, missed: 2.0 },
];

/// Rows that are not scored: 15 % of a series, of 5,000 rows at most.
pub(crate) fn probation(rows: usize) -> usize {
    (rows.min(5_000) as f64 * 0.15) as usize
}

/// A series of scores, prepared: what each row would earn if it were an alarm.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    /// Score, window (if in one), and what an alarm earns before weights.
    rows: Vec<(f64, Option<usize>, f64)>,
    pub(crate) windows: usize,
}

/// `windows` are first and last row of each, by rising row.
pub(crate) fn judge(scores: &[f64], windows: &[(usize, usize)]) -> Judged {
    let mut rows = Vec::new();
    for (at, score) in scores.iter().enumerate().skip(probation(scores.len())) {
        let inside = windows.iter().position(|(first, last)| (*first..=*last).contains(&at));
        let earns = match inside {
            Some(window) => {
                let (first, last) = windows[window];
                let width = (last - first + 1) as f64;
                sigmoid(-((last - at + 1) as f64) / width) / sigmoid(-1.0)
            }
            None => match windows.iter().rev().find(|(_, last)| *last < at) {
                None => -1.0,
                Some((first, last)) => {
                    let width = ((last - first) as f64).max(1.0);
                    sigmoid((at - last) as f64 / width)
                }
            },
        };
        rows.push((*score, inside, earns));
    }
    Judged { rows, windows: windows.len() }
}

/// The scaled sigmoid: 1 well before the window's end, 0 at it, -1 well behind.
fn sigmoid(position: f64) -> f64 {
    if position > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * position).exp()) - 1.0 }
}

/// What a set of series earns at a threshold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Earned {
    pub(crate) points: f64,
    pub(crate) found: usize,
    pub(crate) windows: usize,
    pub(crate) false_alarms: usize,
}

impl Earned {
    /// 100 is every window found at once and nothing else, 0 is never an alarm.
    pub(crate) fn normalised(&self, profile: Profile) -> f64 {
        let nothing = -profile.missed * self.windows as f64;
        100.0 * (self.points - nothing) / (self.windows as f64 - nothing)
    }
}

pub(crate) fn earn(series: &[&Judged], profile: Profile, threshold: f64) -> Earned {
    let mut earned = Earned { points: 0.0, found: 0, windows: 0, false_alarms: 0 };
    for one in series {
        let mut best = vec![None::<f64>; one.windows];
        for (score, window, earns) in &one.rows {
            if *score < threshold {
                continue;
            }
            match window {
                Some(window) => {
                    best[*window] = Some(best[*window].map_or(*earns, |it| it.max(*earns)));
                }
                None => {
                    earned.points += earns * profile.false_alarm;
                    earned.false_alarms += 1;
                }
            }
        }
        earned.found += best.iter().flatten().count();
        earned.windows += one.windows;
        earned.points += best.iter().map(|it| it.unwrap_or(-profile.missed)).sum::<f64>();
    }
    earned
}

/// The threshold that earns most; above 1 if it is best to say nothing.
pub(crate) fn best_threshold(series: &[&Judged], profile: Profile) -> f64 {
    let mut rows: Vec<(f64, usize, Option<usize>, f64)> = Vec::new();
    let mut points = 0.0;
    for (index, one) in series.iter().enumerate() {
        points -= profile.missed * one.windows as f64;
        // A score of 0 is never an alarm.
        let alarms = one.rows.iter().filter(|(score, ..)| *score > 0.0);
        rows.extend(alarms.map(|(score, window, earns)| (*score, index, *window, *earns)));
    }
    rows.sort_by(|one, other| other.0.total_cmp(&one.0));
    let mut best: Vec<Vec<f64>> =
        series.iter().map(|one| vec![-profile.missed; one.windows]).collect();
    let (mut most, mut threshold) = (points, 1.1);
    for (at, (score, index, window, earns)) in rows.iter().enumerate() {
        match window {
            Some(window) => {
                let before = &mut best[*index][*window];
                points += before.max(*earns) - *before;
                *before = before.max(*earns);
            }
            None => points += earns * profile.false_alarm,
        }
        // All rows of one score are alarms together.
        let is_last = rows.get(at + 1).is_none_or(|next| next.0 < *score);
        if is_last && points > most {
            (most, threshold) = (points, *score);
        }
    }
    threshold
}
