//! What the door counts, shown by `/metrics`.
//!
//! Every frame that arrives moves exactly one of `frames_accepted`, `frames_duplicate` and
//! `frames_refused`, except one whose events were all refused: it moves `events_rejected` once an
//! event, so that nothing lost is counted twice. `frames_refused` has every other refused request
//! too: a client with a wrong address or method loses its frames so. Labels are names of the configuration and codes
//! of this program, never what a client sent, so the number of series is bounded.

mod buffer;
mod config;
mod edge;
mod encode;
mod text;
mod traces;

pub use edge::Ended;

use crate::accept::Rejected;
use crate::accept::times::TimeError;
use crate::accept::values::ValueError;
use crate::buffer::BufferCounters;
use crate::http::codes::Code;
use crate::telemetry::ExportCounters;
use arc_swap::ArcSwap;
use bytes::Bytes;
use dna_protocol::limits::FRAME_EVENTS_MAX;
use dna_protocol::model::KINDS;
use dna_protocol::{Event, FieldProblem, Skipped};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// One label whose values are names of this program.
type Labelled = Family<[(&'static str, &'static str); 1], Counter>;

/// Upper bounds of the request durations' buckets, in seconds: half a millisecond, about what a
/// request costs that waits for nothing, to ten seconds, a body's deadline.
const DURATION_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Events of a frame by kind, in the order of [`KINDS`]. A frame has fewer than this counts to.
#[derive(Debug, Clone, Copy)]
pub struct Tally([u16; KINDS.len()]);

const _: () = assert!(FRAME_EVENTS_MAX <= u16::MAX as usize);

/// All counters of the door.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    text: text::LastText,
    /// In the order of their numbers. Those that are configured no more stay: a counter that goes
    /// away looks like a restart.
    apps: ArcSwap<Vec<AppCounters>>,
    families: AppFamilies,
    config: config::ConfigMetrics,
    refused: Labelled,
    rejected: Labelled,
    skipped_events: Counter,
    skipped_keys: Counter,
    durations: Histogram,
    traces: Arc<OnceLock<Arc<ExportCounters>>>,
    ended: Labelled,
    served: edge::Served,
    shed: Labelled,
}

#[derive(Debug, Clone)]
struct AppCounters {
    accepted: Counter,
    duplicate: Counter,
    sampled_out: Counter,
    /// In the order of [`KINDS`].
    events: Vec<Counter>,
}

/// What is counted for each application.
#[derive(Debug, Clone, Default)]
struct AppFamilies {
    accepted: Family<[(&'static str, String); 1], Counter>,
    duplicate: Family<[(&'static str, String); 1], Counter>,
    sampled_out: Family<[(&'static str, String); 1], Counter>,
    events: Family<[(&'static str, String); 2], Counter>,
}

impl AppFamilies {
    /// The counters of `app`, at 0 if there were none.
    fn of(&self, app: &str) -> AppCounters {
        let labels = [("app", app.to_owned())];
        AppCounters {
            accepted: self.accepted.get_or_create_owned(&labels),
            duplicate: self.duplicate.get_or_create_owned(&labels),
            sampled_out: self.sampled_out.get_or_create_owned(&labels),
            events: KINDS
                .iter()
                .map(|kind| [("app", app.to_owned()), ("kind", kind.name.to_owned())])
                .map(|labels| self.events.get_or_create_owned(&labels))
                .collect(),
        }
    }
}

impl Metrics {
    /// Counters at 0 for applications of these names, shown together with the buffer's.
    #[must_use]
    pub fn new(apps: &[String], buffer: Arc<BufferCounters>) -> Self {
        let mut registry = Registry::with_prefix("dna_ingest");
        let families = AppFamilies::default();
        let AppFamilies { accepted, duplicate, sampled_out, events } = families.clone();
        let metrics = Self {
            apps: ArcSwap::from_pointee(apps.iter().map(|app| families.of(app)).collect()),
            families,
            config: config::ConfigMetrics::default(),
            refused: starting_at_zero(Code::ALL.iter().map(|code| code.name())),
            rejected: starting_at_zero(rejection_codes()),
            skipped_events: Counter::default(),
            skipped_keys: Counter::default(),
            durations: Histogram::new(DURATION_BUCKETS),
            traces: Arc::default(),
            ended: starting_at_zero(Ended::ALL.iter().map(|reason| reason.name())),
            served: edge::Served::default(),
            shed: edge::shed_by_kind(),
            text: text::LastText::default(),
            registry: Registry::default(),
        };
        registry.register(
            "frames_accepted",
            "Frames acknowledged: their good events are kept",
            accepted,
        );
        registry.register("frames_duplicate", "Frames recognised as sent again", duplicate);
        let help = "Requests refused, on any path, by the code of the problem: frames among them";
        registry.register("frames_refused", help, metrics.refused.clone());
        registry.register("events_accepted", "Events kept", events);
        let help = "Good events of sessions that the application's sampling rules leave out";
        registry.register("events_sampled_out", help, sampled_out);
        let help = "Events refused while others of their frame may have been kept, by code";
        registry.register("events_rejected", help, metrics.rejected.clone());
        let help = "Events of an unknown kind: the mark of a newer client";
        registry.register("events_skipped", help, metrics.skipped_events.clone());
        let help = "Unknown keys passed over: the mark of a newer client";
        registry.register("keys_skipped", help, metrics.skipped_keys.clone());
        let help = "From the head of a request for /v1/beacon to its answer";
        registry.register("request_duration_seconds", help, metrics.durations.clone());
        metrics.config.register(&mut registry);
        registry.register_collector(Box::new(traces::TraceCollector(Arc::clone(&metrics.traces))));
        let help = "Connections ended by the door with no answer to say why, by reason";
        registry.register("connections_ended", help, metrics.ended.clone());
        let help = "Events not kept because too much came, by kind: those of little worth go first";
        registry.register("events_shed", help, metrics.shed.clone());
        registry.register_collector(Box::new(metrics.served.clone()));
        registry.register_collector(Box::new(buffer::BufferCollector(buffer)));
        Self { registry, ..metrics }
    }

    /// Has counters for applications of these names, the known ones first and in their order.
    pub fn know(&self, apps: &[String]) {
        let mut counters = self.apps.load().to_vec();
        counters.extend(apps.iter().skip(counters.len()).map(|app| self.families.of(app)));
        self.apps.store(Arc::new(counters));
    }

    /// Notes that another configuration was taken over.
    pub fn reloaded(&self, generation: u64, needs_restart: usize) {
        self.config.applied(generation, needs_restart);
    }

    /// Notes that a configuration was refused.
    pub fn reload_refused(&self) {
        self.config.refused();
    }

    /// Counts a refusal.
    pub fn refused(&self, code: Code) {
        self.refused.get_or_create(&[("reason", code.name())]).inc();
    }

    /// Counts what the judgement of a frame refused and passed over.
    pub fn judged(&self, rejected: &Rejected, skipped: Skipped) {
        for (code, count) in &rejected.counts {
            self.rejected.get_or_create(&[("reason", *code)]).inc_by(*count as u64);
        }
        self.skipped_events.inc_by(u64::from(skipped.kinds));
        self.skipped_keys.inc_by(u64::from(skipped.keys));
    }

    /// How many events of each kind.
    #[must_use]
    pub fn tally(events: &[Event]) -> Tally {
        let mut tally = Tally([0; KINDS.len()]);
        for event in events {
            let key = event.body.key();
            if let Some(place) = KINDS.iter().position(|kind| kind.key == key) {
                tally.0[place] += 1;
            }
        }
        tally
    }

    /// Counts a frame that was kept, with its events by kind.
    pub fn accepted(&self, app: usize, tally: &Tally) {
        let apps = self.apps.load();
        let Some(app) = apps.get(app) else { return };
        app.accepted.inc();
        for (counter, count) in app.events.iter().zip(tally.0).filter(|(_, count)| *count > 0) {
            counter.inc_by(u64::from(count));
        }
    }

    /// Counts a frame that was kept before.
    pub fn duplicate(&self, app: usize) {
        if let Some(app) = self.apps.load().get(app) {
            app.duplicate.inc();
        }
    }

    /// Counts events of sessions that are left out.
    pub fn sampled_out(&self, app: usize, count: usize) {
        if let Some(app) = self.apps.load().get(app).filter(|_| count > 0) {
            app.sampled_out.inc_by(count as u64);
        }
    }

    /// Shows what becomes of ingest's own traces from now on.
    pub fn traces(&self, counters: Arc<ExportCounters>) {
        // There is one tracer in a service; a second changes nothing.
        let _ = self.traces.set(counters);
    }

    /// Notes how long a request took.
    pub fn took(&self, duration: Duration) {
        self.durations.observe(duration.as_secs_f64());
    }

    /// Everything in the OpenMetrics text format, which Prometheus reads; up to a second old for
    /// whoever `is_ahead`, asking for more before it has this one.
    ///
    /// # Errors
    /// Never in practice: writing to a string does not fail.
    pub async fn render(&self, is_ahead: bool) -> Result<Bytes, std::fmt::Error> {
        let make = || {
            let mut text = String::new();
            encode(&mut text, &self.registry).map(|()| text)
        };
        self.text.get(is_ahead, make).await
    }
}

/// A family with a series for each of `reasons`, so that rates see the first of them.
fn starting_at_zero(reasons: impl Iterator<Item = &'static str>) -> Labelled {
    labelled_by("reason", reasons)
}

/// The same with another label.
fn labelled_by(label: &'static str, values: impl Iterator<Item = &'static str>) -> Labelled {
    let family = Labelled::default();
    for value in values {
        drop(family.get_or_create(&[(label, value)]));
    }
    family
}

/// The codes that an event can be refused with.
fn rejection_codes() -> impl Iterator<Item = &'static str> {
    let fields = [
        FieldProblem::WrongType(""),
        FieldProblem::TooLong { len: 0, max: 0 },
        FieldProblem::NotFinite,
        FieldProblem::OutOfRange { min: 0.0, max: 0.0 },
        FieldProblem::InvalidUtf8,
        FieldProblem::Repeated,
        FieldProblem::Missing,
    ];
    let fields = fields.map(|problem| problem.code()).into_iter();
    fields.chain(TimeError::CODES).chain(ValueError::CODES)
}
