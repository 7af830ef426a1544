//! HTTP, kept thin: what a request says goes into [`query`](crate::query), what it answers goes
//! out.

mod accounts;
pub mod alerts;
mod audit;
mod body;
pub mod codes;
mod cursor;
pub mod dead_letters;
mod errors;
mod health;
mod limits;
mod login;
mod metrics;
pub mod openapi;
mod overview;
mod pages;
mod params;
mod peer;
mod problem;
pub mod server;
mod sessions;
pub mod subscriptions;
mod tokens;
mod traces;
mod ui;
mod users;
mod who;

pub use codes::Code;
pub use cursor::Cursors;
pub use problem::Problem;
pub use traces::Told;

use crate::access::Access;
use crate::consume::ConsumeCounters;
use crate::query::users::UserPseudonyms;
use crate::store::Store;
use actix_web::{Resource, web};
use dna_source_maps::Maps;
use ipnet::IpNet;
use std::sync::Arc;

/// The clock: milliseconds since the Unix epoch. Passed in, so that tests have their own.
pub type Now = fn() -> u64;

/// What somebody has dropped since the start, by reason.
pub type Drops = Arc<dyn Fn() -> Vec<(String, u64)> + Send + Sync>;

/// What an asker gets: an answer, or why there is none.
type Asked<T> = Result<web::Json<T>, Problem>;

/// Everything that a request needs, shared by all workers.
pub struct App {
    /// What is asked.
    pub store: Arc<dyn Store>,
    /// The maps that stacks are read through; without them they are told as engines wrote them.
    pub maps: Option<Arc<Maps>>,
    /// How the consumers fare.
    pub consumed: Arc<ConsumeCounters>,
    /// What others have dropped since the start, by reason.
    pub drops: Vec<Drops>,
    /// What services and proxies have told.
    pub told: Told,
    /// Who may ask.
    pub access: Access,
    /// Finds users by their real IDs.
    pub pseudonyms: UserPseudonyms,
    /// Proxies that are believed what they say of clients.
    pub trusted_proxies: Vec<IpNet>,
    /// Makes cursors.
    pub cursors: Cursors,
    /// The clock.
    pub now: Now,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// Mounts the query API.
pub fn routes(service: &mut web::ServiceConfig) {
    service
        .service(sent("/api/v1/login").post(login::log_in))
        .service(sent("/api/v1/logout").post(login::log_out))
        .service(sent("/api/v1/password").post(login::change_password))
        .service(asked("/api/v1/me").get(login::me))
        .service(sent("/api/v1/users/lookup").post(users::look_up))
        .service(accounts::all())
        .service(accounts::one())
        .service(tokens::all())
        .service(tokens::one())
        .service(asked("/api/v1/audit").get(audit::audit))
        .service(asked("/api/v1/apps").get(overview::apps))
        .service(asked("/api/v1/overview").get(overview::overview))
        .service(asked("/api/v1/breakdown").get(overview::breakdown))
        .service(asked("/api/v1/availability").get(overview::availability))
        .service(asked("/api/v1/errors").get(errors::errors))
        .service(asked("/api/v1/errors/{fingerprint}").get(errors::error))
        .service(asked("/api/v1/sessions").get(sessions::sessions))
        .service(asked("/api/v1/sessions/{id}").get(sessions::session))
        .service(asked("/api/v1/health").get(health::chain))
        .service(asked("/health/live").get(health::live))
        .service(asked("/health/ready").get(health::ready))
        .service(asked("/metrics").get(health::metrics))
        .service(asked("/api/v1/traces/{trace_id}").get(traces::trace))
        .service(asked("/api/v1/openapi.json").get(openapi::openapi))
        .service(asked("/problems/{code}").get(pages::problem))
        .configure(ui::routes);
}

/// What is only sent.
fn sent(path: &str) -> Resource {
    web::resource(path).default_service(pages::wrong_method("POST"))
}

/// What is only read.
fn asked(path: &str) -> Resource {
    web::resource(path).default_service(pages::wrong_method("GET"))
}
