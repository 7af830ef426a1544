//! What is remembered of a rule and one value from minute to minute.

use super::judge::{Fares, Found, Verdict};
use super::rule::{Rule, Severity};
use serde::{Deserialize, Serialize};

/// How long it has been out, or well. Without anything to remember there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// When the first of the minutes began that it has been out, in ms since the Unix epoch.
    pub out_since_ms: u64,
    /// Minutes on end that it was out.
    pub out_minutes: u32,
    /// Minutes on end that it was not.
    pub well_minutes: u32,
    /// Since when it fires; `None`: not yet.
    pub firing_since_ms: Option<u64>,
    /// The worst that it was since.
    pub severity: Severity,
    /// What was found last while it was out.
    pub found: Found,
}

/// What a minute has changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Nothing that anybody must know.
    Nothing,
    /// It fires.
    Began,
    /// It still fires, with other figures.
    GoesOn,
    /// It is well again.
    Ended,
}

/// Takes the minute that ends at `end_ms` into account. `track` becomes `None` when there is nothing
/// to remember.
pub fn advance(track: &mut Option<Track>, rule: &Rule, verdict: Verdict, end_ms: u64) -> Change {
    let Verdict { fares, severity, found } = verdict;
    if fares == Fares::Out {
        let track = track.get_or_insert_with(|| Track {
            out_since_ms: end_ms.saturating_sub(60_000),
            out_minutes: 0,
            well_minutes: 0,
            firing_since_ms: None,
            severity,
            found: found.clone(),
        });
        track.out_minutes = track.out_minutes.saturating_add(1);
        track.well_minutes = 0;
        track.severity = track.severity.max(severity);
        track.found = found;
        return match track.firing_since_ms {
            Some(_) => Change::GoesOn,
            None if track.out_minutes >= rule.for_minutes => {
                track.firing_since_ms = Some(end_ms);
                Change::Began
            }
            None => Change::Nothing,
        };
    }
    let Some(known) = track else { return Change::Nothing };
    if known.firing_since_ms.is_none() {
        // Where too little is there to say, what is known is neither more nor less.
        if fares == Fares::Well {
            *track = None;
        } else {
            known.well_minutes = known.well_minutes.saturating_add(1);
            if known.well_minutes >= rule.clear_minutes {
                *track = None;
            }
        }
        return Change::Nothing;
    }
    known.well_minutes = known.well_minutes.saturating_add(1);
    if known.well_minutes >= rule.clear_minutes {
        *track = None;
        return Change::Ended;
    }
    Change::Nothing
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule() -> Rule {
        serde_json::from_value(json!({
            "name": "r", "app": "bank", "for_minutes": 2, "clear_minutes": 3,
            "when": {"type": "threshold", "measure": "errors", "above": 1.0},
        }))
        .unwrap()
    }

    /// What each minute changes: `o`ut, `w`ell or `u`nknown.
    fn changes(minutes: &str) -> Vec<Change> {
        let (rule, mut track) = (rule(), None);
        let one = |(at, letter): (usize, char)| {
            let fares = match letter {
                'o' => Fares::Out,
                'w' => Fares::Well,
                _ => Fares::Unknown,
            };
            let verdict = Verdict { fares, severity: rule.severity, found: Found::default() };
            advance(&mut track, &rule, verdict, at as u64 * 60_000)
        };
        minutes.chars().enumerate().map(one).collect()
    }

    #[test]
    fn it_fires_after_a_while_and_ends_after_a_while() {
        use Change::{Began, Ended, GoesOn, Nothing};
        assert_eq!(changes("ow"), [Nothing, Nothing]);
        assert_eq!(changes("owo"), [Nothing, Nothing, Nothing], "not on end");
        assert_eq!(changes("oow"), [Nothing, Began, Nothing]);
        assert_eq!(
            changes("oowwoww"),
            [Nothing, Began, Nothing, Nothing, GoesOn, Nothing, Nothing]
        );
        assert_eq!(changes("oowww"), [Nothing, Began, Nothing, Nothing, Ended]);
        assert_eq!(changes("ouo"), [Nothing, Nothing, Began], "what is not known says nothing");
        assert_eq!(changes("oouuu"), [Nothing, Began, Nothing, Nothing, Ended]);
        assert_eq!(changes("ouuuo"), [Nothing, Nothing, Nothing, Nothing, Nothing]);
    }
}
