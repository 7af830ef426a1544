//! HTTP, kept thin: what a request says goes into pure functions, what they answer goes out.

mod answer;
mod beacon;
mod body;
mod budget;
pub mod codes;
mod connection;
mod ending;
mod health;
mod pages;
mod peer;
mod problem;
mod remote_config;
pub mod server;

pub use problem::Problem;

use crate::accept::apps::Apps;
use crate::accept::pseudonym::Pseudonyms;
use crate::accept::recent::Recent;
use crate::buffer::{BufferCounters, Keeper};
use crate::config::{Config, LimitsConfig};
use crate::metrics::Metrics;
use actix_web::{HttpResponse, web};
use budget::Budget;
use ipnet::IpNet;
use remote_config::RemoteConfigs;
use std::sync::Arc;

/// The path that frames are sent to.
pub const BEACON_PATH: &str = "/v1/beacon";

/// The clock: milliseconds since the Unix epoch. Passed in, so that tests have their own.
pub type Now = fn() -> u64;

/// Everything that a request needs, shared by all workers.
pub struct Door {
    apps: Apps,
    remote: RemoteConfigs,
    pseudonyms: Pseudonyms,
    limits: LimitsConfig,
    bodies: Budget,
    trusted_proxies: Vec<IpNet>,
    shards: u16,
    keeper: Keeper,
    recent: Recent,
    metrics: Metrics,
    now: Now,
}

impl Door {
    /// A door that keeps what it accepts through `keeper`.
    #[must_use]
    pub fn new(config: &Config, keeper: Keeper, counters: Arc<BufferCounters>, now: Now) -> Self {
        let apps = Apps::new(config.apps.clone());
        let remote = RemoteConfigs::new(config.remote.key.as_ref(), &config.apps, now());
        let metrics = Metrics::new(apps.names(), counters);
        Self {
            apps,
            remote,
            pseudonyms: Pseudonyms::new(&config.privacy.pseudonym_key),
            limits: config.limits.clone(),
            bodies: Budget::new(config.limits.bodies_bytes_max),
            trusted_proxies: config.http.trusted_proxies.clone(),
            shards: config.buffer.shards,
            keeper,
            recent: Recent::default(),
            metrics,
            now,
        }
    }

    /// Answers with `problem` and counts it.
    pub(crate) fn refuse(&self, problem: Problem, allow: &'static str) -> HttpResponse {
        self.metrics.refused(problem.code);
        problem.response(allow)
    }
}

/// Mounts everything that the door serves.
pub fn routes(service: &mut web::ServiceConfig) {
    service
        .service(beacon::resource())
        .service(remote_config::resource())
        .service(pages::metrics())
        .service(pages::problems())
        .service(health::live())
        .service(health::ready())
        .default_service(web::to(pages::not_found));
}
