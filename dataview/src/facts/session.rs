//! What a frame says of its session.

use super::Frame;
use super::calls::is_called_off;
use super::measures::Measures;
use super::values::{Client, versioned};
use super::views::begins_view;
use crate::model::{CallFact, Dimension, Metric, SessionFacts, SessionId, UserChange, Value};
use dna_protocol::{Body, Event};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// A minute, in ms.
const MINUTE_MS: u64 = 60_000;

pub(super) fn read(
    frame: &Frame<'_>,
    client: Client,
    received_at_ms: u64,
    calls: &[CallFact],
    errors: usize,
) -> SessionFacts {
    let times = || frame.events.iter().map(|event| frame.clock.at(event));
    let with_page = |event: &&Event| frame.header.url_of(event).is_some_and(|url| !url.is_empty());
    let first = frame.events.iter().filter(with_page).min_by(|a, b| a.time.total_cmp(&b.time));
    let failed = |event: &&Event| match &event.body {
        Body::ApiCall(call) => {
            call.status.is_none_or(|status| status >= 400) && !is_called_off(call)
        }
        _ => false,
    };
    SessionFacts {
        first_at_ms: times().min().unwrap_or(received_at_ms),
        last_at_ms: times().max().unwrap_or(received_at_ms),
        user: user(frame),
        first_page: first.and_then(|event| frame.header.url_of(event)).map(str::to_owned),
        os: versioned(&client.os),
        browser: versioned(&client.browser),
        region: client.region,
        operator: client.operator,
        device: client.device,
        release: client.release,
        environment: client.environment,
        // A frame has at most 1,000 events.
        events: frame.events.len() as u32,
        views: views(frame),
        errors: errors as u32,
        calls: calls.len() as u32,
        calls_failed: frame.events.iter().filter(failed).count() as u32,
    }
}

/// Views that the frame tells of; one whose page has loaded after all is told twice.
fn views(frame: &Frame<'_>) -> u32 {
    let begins = |event: &&Event| match &event.body {
        Body::PageView(_) => true,
        Body::RouteChange(route) => begins_view(route),
        _ => false,
    };
    let mut named = BTreeSet::new();
    let new = |event: &&Event| frame.view(event).is_none_or(|view| named.insert(view.0));
    // A frame has at most 1,000 events.
    frame.events.iter().filter(begins).filter(new).count() as u32
}

/// The last user that the frame names.
fn user(frame: &Frame<'_>) -> UserChange {
    let named = frame.events.iter().rev().find_map(|event| match &event.body {
        Body::Identity(identity) => Some((identity.hash.as_deref()?, identity.tier.as_deref())),
        _ => None,
    });
    named.map_or(UserChange::Unsaid, |(hash, tier)| UserChange::Known {
        hash: hash.to_owned(),
        tier: tier.map(str::to_owned),
    })
}

/// Counts the events, the session and its user in every minute and on every page that they were on.
pub(super) fn measure(
    frame: &Frame<'_>,
    session: SessionId,
    user: &UserChange,
    measures: &mut Measures,
) {
    let mut events = BTreeMap::<(u64, Option<&str>), u64>::new();
    for event in frame.events {
        let minute = frame.clock.at(event) / MINUTE_MS * MINUTE_MS;
        *events.entry((minute, frame.page(event))).or_default() += 1;
    }
    let session = hash(&session.0);
    for (&(at_ms, page), &count) in &events {
        let by = [(Dimension::Page, page)];
        measures.add(Metric::Events, at_ms, Value::Count(count), &by);
        measures.add(Metric::Sessions, at_ms, Value::Unique(session), &by);
    }
    if let UserChange::Known { hash: user, .. } = user {
        let user = hash(user.as_bytes());
        for (at_ms, page) in events.into_keys() {
            let by = [(Dimension::Page, page)];
            measures.add(Metric::Users, at_ms, Value::Unique(user), &by);
        }
    }
}

/// The first 8 bytes of SHA-256: evenly spread whatever a client chooses.
fn hash(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"))
}
