//! What an operator wants done to an application's events, beyond what is always done: sessions
//! left out, texts replaced, fields dropped.

use crate::config::{AppConfig, DropRule, PrivacyConfig, SamplingRule, ScrubRule};
use dna_protocol::Record;
use dna_protocol::field::{Edit, Id, Verbatim};
use dna_protocol::model::{Body, Event, Header, KINDS};
use regex::{NoExpand, Regex};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What holds for all applications.
#[derive(Debug)]
pub struct Installation {
    scrub: Vec<ScrubRule>,
    drop_fields: Vec<DropRule>,
}

impl Installation {
    /// As the configuration says.
    #[must_use]
    pub fn new(privacy: &PrivacyConfig) -> Self {
        Self { scrub: privacy.scrub.clone(), drop_fields: privacy.drop_fields.clone() }
    }
}

/// What is done to the events of one application.
#[derive(Debug, Default)]
pub struct Handling {
    sampling: Vec<SamplingRule>,
    /// The same in words, for consumers.
    shares: Option<Verbatim<768>>,
    patterns: Vec<(Regex, String)>,
    header: Vec<u64>,
    events: Vec<(u64, u64)>,
    attributes: Vec<(Option<u64>, String)>,
}

impl Handling {
    /// The rules of `app`, behind those of the installation.
    #[must_use]
    pub fn new(app: &AppConfig, installation: &Installation) -> Self {
        let scrub = installation.scrub.iter().chain(&app.scrub);
        let mut handling = Self {
            sampling: app.sampling.clone(),
            shares: shares(&app.sampling),
            patterns: scrub.map(|rule| (rule.pattern.clone(), rule.replacement.clone())).collect(),
            ..Self::default()
        };
        for rule in installation.drop_fields.iter().chain(&app.drop_fields) {
            match rule {
                DropRule::Header(key) => handling.header.push(*key),
                DropRule::Event { kind, key } => handling.events.push((*kind, *key)),
                DropRule::Attribute { kind, name } => {
                    handling.attributes.push((*kind, name.clone()));
                }
            }
        }
        handling
    }

    /// The shares of sessions that are kept, by kind, where not all are.
    #[must_use]
    pub fn shares(&self) -> Option<&Verbatim<768>> {
        self.shares.as_ref()
    }

    /// Judges which events of a session are kept.
    #[must_use]
    pub fn sample(&self, app: &str, session: Option<Id<16>>) -> Sample<'_> {
        // Where nothing is left out, nothing is computed.
        let place = match session {
            Some(session) if !self.sampling.is_empty() => place(app, &session.0),
            _ => 0.0,
        };
        Sample { rules: &self.sampling, place }
    }

    /// Edits a header.
    pub fn edit_header(&self, header: &mut Header) {
        for key in &self.header {
            header.drop_field(*key);
        }
        if !self.patterns.is_empty() {
            header.edit(&Editor { handling: self, kind: None });
        }
    }

    /// Edits an event.
    pub fn edit_event(&self, event: &mut Event) {
        let kind = event.body.key();
        for (_, key) in self.events.iter().filter(|(of, _)| *of == kind) {
            event.body.drop_field(*key);
        }
        if !self.patterns.is_empty() || !self.attributes.is_empty() {
            event.body.edit(&Editor { handling: self, kind: Some(kind) });
        }
    }
}

/// Which events of a session are kept. All of a session's events are judged by one number, so a
/// session that is kept for a share of a tenth is kept for every larger one, as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    rules: &'a [SamplingRule],
    /// Where the session lies, from 0 to 1.
    place: f64,
}

impl Sample<'_> {
    /// Whether events like `body` are kept.
    #[must_use]
    pub fn keeps(&self, body: &Body) -> bool {
        rate(self.rules, body.key()).is_none_or(|rate| self.place < rate)
    }
}

/// The share for a kind: the first rule that is for it counts.
fn rate(rules: &[SamplingRule], kind: u64) -> Option<f64> {
    rules.iter().find(|rule| rule.kinds.is_empty() || rule.kinds.contains(&kind)).map(|it| it.rate)
}

fn shares(rules: &[SamplingRule]) -> Option<Verbatim<768>> {
    let share = KINDS.iter().filter_map(|kind| {
        let rate = rate(rules, kind.key).filter(|rate| *rate < 1.0)?;
        Some(format!("{}={rate}", kind.name))
    });
    let text = share.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| Verbatim::cut(text))
}

/// A number from 0 to 1 (exclusive) for a session, the same on every ingest and at every time.
/// Not by the bytes of the session alone: whoever makes its identifier need not roll fair dice.
fn place(app: &str, session: &[u8]) -> f64 {
    let digest = Sha256::new().chain_update(app).chain_update([0]).chain_update(session).finalize();
    let bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    // The 53 bits that a number holds exactly.
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

struct Editor<'a> {
    handling: &'a Handling,
    /// The kind of the event; absent: a header.
    kind: Option<u64>,
}

impl Edit for Editor<'_> {
    fn text(&self, text: &str) -> Option<String> {
        let mut edited = Cow::Borrowed(text);
        for (pattern, replacement) in &self.handling.patterns {
            if let Cow::Owned(text) = pattern.replace_all(&edited, NoExpand(replacement)) {
                edited = Cow::Owned(text);
            }
        }
        match edited {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        }
    }

    fn keeps_attribute(&self, name: &str) -> bool {
        let is_for = |kind: &Option<u64>| kind.is_none() || *kind == self.kind;
        !self.handling.attributes.iter().any(|(kind, dropped)| dropped == name && is_for(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_kept_as_a_whole_and_the_shares_are_right() {
        let rules = |rate| [SamplingRule { kinds: Vec::new(), rate }];
        let (tenth, half) = (rules(0.1), rules(0.5));
        let (mut kept_tenth, mut kept_half) = (0, 0);
        let body = Body::Mark(dna_protocol::model::Mark::default());
        for number in 0_u128..10_000 {
            let place = place("bank", &number.to_be_bytes());
            let keeps = |rules: &[SamplingRule]| Sample { rules, place }.keeps(&body);
            kept_tenth += u32::from(keeps(&tenth));
            kept_half += u32::from(keeps(&half));
            assert!(!keeps(&tenth) || keeps(&half), "what a tenth keeps, a half keeps");
            assert!(keeps(&rules(1.0)) && !keeps(&rules(0.0)));
        }
        // Three standard deviations.
        assert!((910..1090).contains(&kept_tenth), "{kept_tenth}");
        assert!((4850..5150).contains(&kept_half), "{kept_half}");
    }

    #[test]
    fn the_first_rule_for_a_kind_counts_and_shares_are_told() {
        let rules = [
            SamplingRule { kinds: vec![10], rate: 0.25 },
            SamplingRule { kinds: vec![8], rate: 1.0 },
            SamplingRule { kinds: vec![10, 11], rate: 0.5 },
        ];
        assert_eq!(shares(&rules).as_deref(), Some("resource=0.25 long_frame=0.5"));
        assert_eq!(shares(&[]), None);
        let all = [SamplingRule { kinds: Vec::new(), rate: 0.123_456_789_012 }];
        // All kinds find room.
        let last = format!("{}=0.123456789012", KINDS.last().expect("kinds").name);
        assert!(shares(&all).is_some_and(|shares| shares.ends_with(&last)));
    }
}
