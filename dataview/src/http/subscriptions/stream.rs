//! A stream of Server-Sent Events (HTML, section 9.2).

use super::events::{End, is_pulled, read, take, unwrap, wrap};
use super::{Subscriptions, is_readable};
use crate::http::params::Params;
use crate::http::who::{Credentials, Who};
use crate::http::{App, Code, Problem};
use crate::store::FeedCursor;
use crate::subscribe::Subscription;
use crate::subscribe::limits::LINES_MAX;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::fmt::Write;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::timeout;

/// What a browser that comes back sends: the last `id` that it saw.
const LAST_EVENT_ID: &str = "Last-Event-ID";

/// How often a stream that has nothing to tell says that it is there: proxies cut silent ones.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// When a stream that could not be opened is worth another try.
const RETRY: Duration = Duration::from_secs(30);

/// What one stream knows.
struct Listener {
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    /// What the listener has shown; asked again before each piece, because a stream is open longer
    /// than a right may last.
    credentials: Credentials,
    subscription: Subscription,
    cursor: FeedCursor,
    /// The number of the last line that was told.
    lines: u64,
    stored: watch::Receiver<u64>,
    _turn: OwnedSemaphorePermit,
}

/// The lines of a subscription as they come: events `line`, and after some of them an event `cursor`
/// whose `id` a browser sends when it connects again, which acknowledges them where they are pulled. It
/// ends with the session or the token that asked, and with the subscription.
#[utoipa::path(
    get, path = "/api/v1/subscriptions/{name}/stream", tag = "subscriptions",
    params(
        ("name" = String, Path, description = "The subscription."),
        ("Last-Event-ID" = Option<String>, Header, description = "The last `id` that was seen."),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String)),
)]
pub(in crate::http) async fn stream(
    app: web::Data<App>,
    mine: web::Data<Subscriptions>,
    who: Who,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Params::read(request.query_string(), &[])?;
    let subscription = mine.running(&name, &who)?;
    let turn = mine.streams.clone().try_acquire_owned().map_err(|_| {
        Problem::new(Code::TooManyStreams, "all streams are taken").retry_after(RETRY)
    })?;
    let last = request.headers().get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    // An `id` that is no cursor, or one from before a replay, says nothing.
    let seen = last.and_then(|word| unwrap(&app.cursors, &subscription, word).ok());
    if let Some((cursor, lines)) = seen.as_ref().filter(|_| is_pulled(&subscription)) {
        take(&app, &mine, &subscription, cursor, *lines)?;
    }
    let (cursor, lines) =
        seen.unwrap_or_else(|| (subscription.cursor.clone(), subscription.progress.lines));
    let credentials = Credentials::of(&request)?;
    let stored = mine.store.changes();
    let listener =
        Listener { app, mine, credentials, subscription, cursor, lines, stored, _turn: turn };
    // The next piece is made when the one before is on its way: who listens slowly is behind.
    let pieces = unfold(listener, |mut listener| async move {
        let piece = listener.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(piece)), listener))
    });
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(pieces))
}

impl Listener {
    /// The next piece of the stream; `None` ends it: the client comes back.
    async fn next(&mut self) -> Option<String> {
        loop {
            self.stored.mark_unchanged();
            if !self.may_go_on() {
                return None;
            }
            let (mine, subscription) = (&self.mine, &self.subscription);
            let found = read(mine, subscription, self.cursor.clone(), LINES_MAX).await.ok()?;
            let is_news = found.next != self.cursor;
            if is_news {
                self.cursor = found.next;
            }
            if !found.texts.is_empty() {
                // It may have been paused, or the right withdrawn, while this was read.
                if !self.may_go_on() {
                    return None;
                }
                self.lines = self.lines.saturating_add(found.texts.len() as u64);
                return Some(self.piece(&found.texts, found.behind));
            }
            if !is_news && timeout(KEEP_ALIVE, self.stored.changed()).await.is_err() {
                return self.may_go_on().then(|| ": there is nothing new\n\n".to_owned());
            }
        }
    }

    /// Whether the listener may still read this, and it is the same: not removed or paused, not made
    /// anew under its name, not told to read on from another time.
    fn may_go_on(&self) -> bool {
        let Ok(known) = self.mine.registry.get(&self.subscription.name) else { return false };
        let is_same = known.epoch == self.subscription.epoch
            && known.definition == self.subscription.definition
            && !known.paused;
        is_same
            && self
                .credentials
                .still(&self.app)
                .is_ok_and(|who| !who.identity.must_change && is_readable(&known.definition, &who))
    }

    fn piece(&self, texts: &[String], behind: u64) -> String {
        let cursor = wrap(&self.app.cursors, &self.subscription, &self.cursor, self.lines);
        let mut piece = String::new();
        for text in texts {
            // Writing to a string does not fail.
            let _ = write!(piece, "event: line\ndata: {text}\n\n");
        }
        let id = cursor.clone();
        let end = serde_json::to_string(&End { cursor, behind }).unwrap_or_default();
        let _ = write!(piece, "id: {id}\nevent: cursor\ndata: {end}\n\n");
        piece
    }
}
