//! `/api/v1/subscriptions`: what administrators do with subscriptions, and what subscribers ask.

pub(super) mod edit;
pub(super) mod events;
pub(super) mod stream;

use super::accounts::record;
use super::params::Params;
use super::who::Who;
use super::{App, Asked, Code, Problem, body, pages};
use crate::access::{Action, Right};
use crate::store::{FeedCursor, Feeder};
use crate::subscribe::{
    Definition, Delivery, DeliveryError, Filter, Mask, Name, Registry, RegistryError, Secret,
    Subscription, WaitingForFile,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// Streams that are open at once: each holds a connection, and a reading in memory.
const STREAMS_MAX: usize = 64;

/// What requests about subscriptions need.
pub struct Subscriptions {
    /// The subscriptions.
    registry: Arc<Registry>,
    /// What they read.
    store: Arc<dyn Feeder>,
    streams: Arc<Semaphore>,
}

impl std::fmt::Debug for Subscriptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscriptions")
    }
}

impl Subscriptions {
    /// Subscriptions of `registry` to `store`.
    #[must_use]
    pub fn new(registry: Arc<Registry>, store: Arc<dyn Feeder>) -> Self {
        Self { registry, store, streams: Arc::new(Semaphore::new(STREAMS_MAX)) }
    }

    /// What waits for the file of the subscriptions.
    pub(super) fn waiting(&self) -> WaitingForFile {
        self.registry.waiting()
    }

    /// The one called `name`, for whom it is to be told something of now.
    ///
    /// # Errors
    /// When it is paused, too.
    fn running(&self, name: &str, who: &Who) -> Result<Subscription, Problem> {
        let subscription = self.readable(name, who)?;
        match subscription.paused {
            true => Err(Problem::plain(Code::SubscriptionPaused)),
            false => Ok(subscription),
        }
    }

    /// The one called `name`, if `who` may read it: somebody who may ask about all that it has.
    fn readable(&self, name: &str, who: &Who) -> Result<Subscription, Problem> {
        let subscription = self.registry.get(&known(name)?)?;
        match is_readable(&subscription.definition, who) {
            true => Ok(subscription),
            false => Err(Problem::plain(Code::ForbiddenApp)),
        }
    }
}

/// A name of a path: one that cannot be a name is not there.
fn known(name: &str) -> Result<Name, Problem> {
    let missing = |_| Problem::new(Code::UnknownName, "there is no such subscription");
    Name::parse(name).map_err(missing)
}

fn is_readable(definition: &Definition, who: &Who) -> bool {
    match who.identity.scope.apps() {
        None => true,
        Some(_) => {
            let apps = &definition.filter.apps;
            !apps.is_empty() && apps.iter().all(|app| who.may_ask(app))
        }
    }
}

/// All subscriptions.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct All {
    /// By name.
    subscriptions: Vec<Told>,
}

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Told {
    /// Its name.
    name: String,
    /// Which events.
    filter: Filter,
    /// What of them.
    fields: Mask,
    /// How they come.
    delivery: Delivery,
    /// Whether nobody gets anything for now.
    paused: bool,
    /// Until when a webhook's bodies have a signature with the secret before as well, in ms since the
    /// Unix epoch.
    old_secret_until: Option<u64>,
    /// When it was made, in ms since the Unix epoch.
    created_at: u64,
    /// Lines that its subscriber has.
    lines: u64,
    /// When it got the last of them, in ms since the Unix epoch.
    progressed_at: Option<u64>,
    /// Frames that are stored and not read for it yet.
    behind: u64,
    /// Deliveries that have failed since.
    failures: u64,
    /// Why the last one did.
    error: Option<DeliveryError>,
}

/// A subscription to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    /// Its name: letters, digits, `-`, `_` and `.`.
    name: String,
    /// Which events.
    #[serde(default)]
    filter: Filter,
    /// What of them.
    #[serde(default)]
    fields: Mask,
    /// How they come.
    #[serde(default)]
    delivery: Delivery,
    /// From when on, in ms since the Unix epoch; absent: from now on.
    from: Option<u64>,
}

/// A subscription that was made or changed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WithSecret {
    /// It.
    subscription: Told,
    /// What a webhook's bodies are signed with from now on, as libraries of Standard Webhooks take
    /// it; null: as before. It is told here and never again.
    secret: Option<String>,
}

/// Where to read on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplaySent {
    /// From when on, in ms since the Unix epoch.
    from: u64,
}

impl Subscriptions {
    async fn told(&self, subscription: Subscription) -> Result<Told, Problem> {
        let Subscription { name, definition, paused, cursor, .. } = subscription;
        let Subscription { old_secret, created_at_ms, progress, .. } = subscription;
        let behind = self.store.feed(cursor, 0).await?.behind;
        Ok(Told {
            name: name.to_string(),
            filter: definition.filter,
            fields: definition.fields,
            delivery: definition.delivery,
            paused,
            old_secret_until: old_secret.map(|old| old.until_ms),
            created_at: created_at_ms,
            lines: progress.lines,
            progressed_at: progress.at_ms,
            behind,
            failures: progress.failures,
            error: progress.error,
        })
    }
}

/// Mounts them.
pub fn routes(service: &mut web::ServiceConfig, subscriptions: web::Data<Subscriptions>) {
    let one = |path: &str| web::resource(format!("/api/v1/subscriptions/{{name}}{path}"));
    service
        .app_data(subscriptions)
        .service(
            web::resource("/api/v1/subscriptions")
                .get(list)
                .post(add)
                .default_service(pages::wrong_method("GET, POST")),
        )
        .service(
            one("")
                .get(get)
                .patch(edit::edit)
                .delete(remove)
                .default_service(pages::wrong_method("GET, PATCH, DELETE")),
        )
        .service(one("/events").get(events::events).default_service(pages::wrong_method("GET")))
        .service(one("/ack").post(events::acknowledge).default_service(pages::wrong_method("POST")))
        .service(one("/stream").get(stream::stream).default_service(pages::wrong_method("GET")))
        .service(one("/replay").post(replay).default_service(pages::wrong_method("POST")));
}

/// The subscriptions whose applications the asker may ask about.
#[utoipa::path(
    get, path = "/api/v1/subscriptions", tag = "subscriptions",
    responses((status = 200, body = All)),
)]
pub(super) async fn list(mine: web::Data<Subscriptions>, who: Who) -> Asked<All> {
    let mut subscriptions = Vec::new();
    for subscription in mine.registry.all()? {
        if is_readable(&subscription.definition, &who) {
            subscriptions.push(mine.told(subscription).await?);
        }
    }
    Ok(web::Json(All { subscriptions }))
}

/// Makes a subscription. For administrators.
#[utoipa::path(
    post, path = "/api/v1/subscriptions", tag = "subscriptions",
    request_body = Sent,
    responses((status = 201, body = WithSecret)),
)]
pub(super) async fn add(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let sent: Sent = body::read(&request, payload).await?;
    let name = Name::new(&sent.name).map_err(RegistryError::Wrong)?;
    let Sent { filter, fields, delivery, from, .. } = sent;
    let definition = Definition { filter, fields, delivery };
    if !is_readable(&definition, &who) {
        return Err(Problem::plain(Code::ForbiddenApp));
    }
    let cursor = match from {
        Some(from_ms) => FeedCursor::at(from_ms),
        None => mine.store.feed_end().await?,
    };
    mine.registry.may_add(&name, &definition)?;
    // What is not in the audit log is not done.
    record(&app, &who, Action::SubscriptionAdded, name.as_str())?;
    let subscription = mine.registry.add(name, definition, cursor, (app.now)())?;
    let secret = subscription.secret.as_ref().map(Secret::text);
    let subscription = mine.told(subscription).await?;
    Ok(HttpResponse::Created().json(WithSecret { subscription, secret }))
}

/// A subscription.
#[utoipa::path(
    get, path = "/api/v1/subscriptions/{name}", tag = "subscriptions",
    params(("name" = String, Path, description = "The subscription.")),
    responses((status = 200, body = Told)),
)]
pub(super) async fn get(
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
) -> Asked<Told> {
    Params::read(request.query_string(), &[])?;
    let subscription = mine.readable(&name, &who)?;
    mine.told(subscription).await.map(web::Json)
}

/// Removes a subscription. For administrators.
#[utoipa::path(
    delete, path = "/api/v1/subscriptions/{name}", tag = "subscriptions",
    params(("name" = String, Path, description = "The subscription.")),
    responses((status = 204)),
)]
pub(super) async fn remove(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who.check(Right::Administer)?;
    let subscription = mine.readable(&name, &who)?;
    record(&app, &who, Action::SubscriptionRemoved, &name)?;
    mine.registry.remove(&subscription.name)?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads on from a time, earlier or later. For administrators.
#[utoipa::path(
    post, path = "/api/v1/subscriptions/{name}/replay", tag = "subscriptions",
    params(("name" = String, Path, description = "The subscription.")),
    request_body = ReplaySent,
    responses((status = 200, body = Told)),
)]
pub(super) async fn replay(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Asked<Told> {
    who.check(Right::Administer)?;
    let sent: ReplaySent = body::read(&request, payload).await?;
    let name = mine.readable(&name, &who)?.name;
    record(&app, &who, Action::SubscriptionReplayed, name.as_str())?;
    mine.registry.restart(&name, &FeedCursor::at(sent.from))?;
    mine.told(mine.registry.get(&name)?).await.map(web::Json)
}
