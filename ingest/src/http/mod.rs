//! HTTP, kept thin: what a request says goes into pure functions, what they answer goes out.

mod answer;
mod beacon;
mod body;
mod budget;
pub mod codes;
mod connection;
mod ending;
mod front;
mod gate;
mod head;
mod health;
mod keeping;
mod pages;
mod peer;
mod problem;
mod reload;
mod remote_config;
mod rules;
mod seen;
pub mod server;
mod take;

pub use problem::Problem;
pub use reload::ConfigStatus;
pub use rules::Rules;

use crate::accept::apps::AppIds;
use crate::accept::recent::Recent;
use crate::buffer::{BufferCounters, Keeper};
use crate::config::Config;
use crate::metrics::Metrics;
use crate::telemetry::Tracer;
use actix_web::{HttpResponse, web};
use arc_swap::ArcSwap;
use budget::Budget;
use gate::Gate;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// The path that frames are sent to.
pub const BEACON_PATH: &str = "/v1/beacon";

/// The clock: milliseconds since the Unix epoch. Passed in, so that tests have their own.
pub type Now = fn() -> u64;

/// Everything that a request needs, shared by all workers.
pub struct Door {
    /// What requests are judged by; [`Door::reload`] puts others in their place.
    rules: ArcSwap<Rules>,
    ids: Mutex<AppIds>,
    config: Mutex<ConfigStatus>,
    bodies: Budget,
    shards: u16,
    keeper: Keeper,
    recent: Arc<Recent>,
    gate: Gate,
    metrics: Metrics,
    now: Now,
    tracer: Option<Tracer>,
    draining: AtomicBool,
}

impl Door {
    /// A door that keeps what it accepts through `keeper`.
    #[must_use]
    pub fn new(config: &Config, keeper: Keeper, counters: Arc<BufferCounters>, now: Now) -> Self {
        let mut ids = AppIds::default();
        let rules = Rules::new(config, &mut ids, now());
        let rules = rules.expect("one configuration has fewer applications than are counted apart");
        let metrics = Metrics::new(ids.names(), counters);
        Self {
            rules: ArcSwap::from_pointee(rules),
            ids: Mutex::new(ids),
            config: Mutex::new(ConfigStatus::first(now())),
            bodies: Budget::new(config.limits.bodies_bytes_max),
            shards: config.buffer.shards,
            keeper,
            recent: Arc::default(),
            gate: Gate::default(),
            metrics,
            now,
            tracer: None,
            draining: AtomicBool::new(false),
        }
    }

    /// The same, which tells of some requests by `tracer`; its counters are shown in `/metrics`.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        self.metrics.traces(tracer.counters());
        Self { tracer: Some(tracer), ..self }
    }

    /// What a request is judged by, to be taken once and kept to its end.
    #[must_use]
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.load_full()
    }

    /// Says from now on that it is not ready, and that each answer is the last of its connection:
    /// balancers send their requests elsewhere. What comes all the same is still served.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether it is about to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Answers with `problem` and counts it.
    pub(crate) fn refuse(&self, problem: Problem, allow: &'static str) -> HttpResponse {
        self.metrics.refused(problem.code);
        problem.response(allow)
    }
}

/// Mounts everything that the door serves but beacons: see [`server::answering`].
fn routes(service: &mut web::ServiceConfig) {
    service
        .service(beacon::resource())
        .service(remote_config::resource())
        .service(pages::metrics())
        .service(pages::problems())
        .service(health::live())
        .service(health::ready())
        .default_service(web::to(pages::not_found));
}
