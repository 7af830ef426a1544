//! Adtributor as its paper has it, a referee: single values of one dimension, by explanatory power and
//! surprise, for a derived measure (Bhagwan et al., NSDI 2014). Ours, plain; it does not ship.

use std::collections::BTreeMap;

use super::cases::{Case, PAPER_MINUTES, Set};

/// The paper's: a dimension's values must explain this much together …
const EXPLAINED: f64 = 0.67;
/// … and each this much.
const EACH_EXPLAINED: f64 = 0.10;

/// Forecast and actual of both parts of the rate.
#[derive(Default, Clone, Copy)]
struct Element {
    bad_forecast: f64,
    bad: f64,
    all_forecast: f64,
    all: f64,
}

/// The sets of each dimension that explains the deviation, the most surprising dimension first.
pub(super) fn ranked(case: &Case) -> Vec<Vec<Set>> {
    let mut whole = Element::default();
    let mut elements: Vec<BTreeMap<&str, Element>> = vec![BTreeMap::new(); case.dimensions.len()];
    for row in &case.paper {
        let parts = elements.iter_mut().zip(&row.values);
        let own = parts.map(|(dimension, value)| dimension.entry(value.as_str()).or_default());
        for element in own.chain(std::iter::once(&mut whole)) {
            if row.now {
                element.bad += row.bad;
                element.all += row.all;
            } else {
                element.bad_forecast += row.bad / f64::from(PAPER_MINUTES);
                element.all_forecast += row.all / f64::from(PAPER_MINUTES);
            }
        }
    }
    let mut candidates: Vec<(f64, Vec<Set>)> = elements
        .iter()
        .zip(&case.dimensions)
        .filter_map(|(dimension, name)| candidate(dimension, name, &whole))
        .collect();
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    candidates.into_iter().map(|(_, sets)| sets).collect()
}

/// The fewest surprising values of a dimension that explain enough, with their surprise.
fn candidate(
    dimension: &BTreeMap<&str, Element>,
    name: &str,
    whole: &Element,
) -> Option<(f64, Vec<Set>)> {
    // The derived measure's explanatory power is the partial derivative in the element's change,
    // made to sum to one over the dimension.
    let power = |element: &Element| {
        ((element.bad - element.bad_forecast) * whole.all_forecast
            - (element.all - element.all_forecast) * whole.bad_forecast)
            / (whole.all_forecast * whole.all).max(f64::MIN_POSITIVE)
    };
    let sum: f64 = dimension.values().map(power).sum();
    let mut surprising: Vec<(f64, f64, &str)> = dimension
        .iter()
        .map(|(value, element)| {
            let bad = surprise(element.bad_forecast, whole.bad_forecast, element.bad, whole.bad);
            let all = surprise(element.all_forecast, whole.all_forecast, element.all, whole.all);
            (bad + all, power(element) / sum, *value)
        })
        .collect();
    surprising.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut explained, mut surprise, mut sets) = (0.0, 0.0, Vec::new());
    for (its, power, value) in surprising {
        if power > EACH_EXPLAINED {
            explained += power;
            surprise += its;
            sets.push(Set::from([(name.to_owned(), value.to_owned())]));
            if explained > EXPLAINED {
                return Some((surprise, sets));
            }
        }
    }
    None
}

/// The element's part of the divergence of Jensen and Shannon.
fn surprise(forecast: f64, whole_forecast: f64, actual: f64, whole: f64) -> f64 {
    let (p, q) = (forecast / whole_forecast.max(1e-9), actual / whole.max(1e-9));
    let half = |a: f64, b: f64| if a > 0.0 { a * (2.0 * a / (a + b)).ln() } else { 0.0 };
    0.5 * (half(p, q) + half(q, p))
}
