//! Page views, how fast and how well they came.

use super::Frame;
use super::measures::Measures;
use crate::model::{Dimension, Metric, Value, ViewFact};
use dna_protocol::model::{PageView, RouteChange, Transaction, WebVital};
use dna_protocol::{Body, Event};
use std::collections::BTreeSet;

pub(super) fn read(frame: &Frame<'_>, measures: &mut Measures) -> Vec<ViewFact> {
    let broken = broken(frame);
    let mut views = Vec::new();
    for event in frame.events {
        match &event.body {
            Body::PageView(page) => {
                let ok = has_loaded(page, frame) && !broken.contains(&event.view);
                views.push(view(frame, event, ok, measures));
                measure_load(frame, event, load_time(page), measures);
            }
            Body::RouteChange(route) if begins_view(route) => {
                views.push(view(frame, event, !broken.contains(&event.view), measures));
            }
            Body::PageLoad(load) => {
                let duration = load.duration.map(dna_protocol::field::Millis::get);
                measure_load(frame, event, duration, measures);
            }
            Body::WebVital(vital) => measure_vital(frame, event, vital, measures),
            Body::Transaction(transaction) => {
                measure_transaction(frame, event, transaction, measures);
            }
            _ => {}
        }
    }
    let broken = frame.events.iter().filter(is_broken);
    for event in broken {
        if let Some(view) = frame.view(event) {
            let (at_ms, by) = (frame.clock.at(event), [(Dimension::Page, frame.page(event))]);
            let metric = Metric::PageViewsBroken;
            measures.add_once(metric, at_ms, Value::Count(1), &by, Some(view));
        }
    }
    views
}

/// Whether a change of route begins a view; the others only name one.
pub(super) fn begins_view(route: &RouteChange) -> bool {
    route.navigation_type.is_some()
}

/// The views in which something was thrown that nobody caught, as far as this frame tells: a client
/// cuts frames as it likes, and another one may tell the same of these views.
fn broken(frame: &Frame<'_>) -> BTreeSet<usize> {
    frame.events.iter().filter(is_broken).map(|event| event.view).collect()
}

fn is_broken(event: &&Event) -> bool {
    match &event.body {
        Body::Exception(exception) => exception.mechanism.is_none(),
        Body::UnhandledRejection(_) => true,
        _ => false,
    }
}

fn view(frame: &Frame<'_>, event: &Event, ok: bool, measures: &mut Measures) -> ViewFact {
    let (id, at_ms) = (frame.view(event), frame.clock.at(event));
    let page = frame.page(event);
    let by = [(Dimension::Page, page)];
    measures.add_once(Metric::PageViews, at_ms, Value::Count(1), &by, id);
    if ok {
        measures.add_once(Metric::PageViewsOk, at_ms, Value::Count(1), &by, id);
    }
    ViewFact { id, at_ms, page: page.unwrap_or_default().to_owned() }
}

/// Whether a page came. A mini program's page and one that comes back from the browser's own cache
/// load nothing.
fn has_loaded(page: &PageView, frame: &Frame<'_>) -> bool {
    let refused = page.response_status.is_some_and(|status| status >= 400);
    let loads = page.fetch_start.is_some() || page.response_start.is_some();
    let needs_no_load = frame.header.platform.is_some()
        || (page.navigation_type.as_deref() == Some("back_forward") && !loads);
    !refused && (page.load_event_end.is_some() || needs_no_load)
}

/// From the navigation's start to the end of `load`; of a prerendered page from when it was shown.
fn load_time(page: &PageView) -> Option<f64> {
    let shown = page.activation_start.map_or(0.0, dna_protocol::field::Millis::get);
    page.load_event_end.map(|end| (end.get() - shown).max(0.0))
}

fn measure_load(frame: &Frame<'_>, event: &Event, ms: Option<f64>, measures: &mut Measures) {
    let Some(ms) = ms else { return };
    let (at_ms, by) = (frame.clock.at(event), [(Dimension::Page, frame.page(event))]);
    measures.add_once(Metric::PageLoad, at_ms, Value::Sample(ms), &by, frame.view(event));
}

fn measure_vital(frame: &Frame<'_>, event: &Event, vital: &WebVital, measures: &mut Measures) {
    let metric = match vital.name.as_deref() {
        Some("LCP") => Metric::Lcp,
        Some("INP") => Metric::Inp,
        Some("CLS") => Metric::Cls,
        Some("FCP") => Metric::Fcp,
        Some("TTFB") => Metric::Ttfb,
        _ => return,
    };
    // Ingest has checked it; who writes into the buffer by other ways may not have.
    let in_range = |value: &f64| (0.0..=dna_protocol::limits::MILLIS_MAX).contains(value);
    let Some(value) = vital.value.map(dna_protocol::field::Number::get).filter(in_range) else {
        return;
    };
    let (at_ms, by) = (frame.clock.at(event), [(Dimension::Page, frame.page(event))]);
    measures.add_once(metric, at_ms, Value::Sample(value), &by, frame.view(event));
}

fn measure_transaction(
    frame: &Frame<'_>,
    event: &Event,
    transaction: &Transaction,
    measures: &mut Measures,
) {
    let at_ms = frame.clock.at(event);
    let name = transaction.name.as_deref();
    let by = [(Dimension::Page, frame.page(event)), (Dimension::Transaction, name)];
    measures.add(Metric::Transactions, at_ms, Value::Count(1), &by);
    if transaction.outcome.as_deref() != Some("ok") {
        measures.add(Metric::TransactionsFailed, at_ms, Value::Count(1), &by);
    } else if let Some(duration) = transaction.duration {
        let value = Value::Sample(duration.get());
        measures.add(Metric::TransactionDuration, at_ms, value, &by);
    }
}
