//! The live page: what is kept, as it is kept, in a browser. It reads the buffer itself.
//!
//! Mount [`routes`] with a [`LiveSource`] as application data. `GET /live` is the page, its
//! script and style beside it, `GET /live/events` the stream. Nothing here judges who may look:
//! the page is off unless the operator turns it on.

mod limits;
mod stream;

use crate::http::codes::Code;
use crate::http::{Door, Problem};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, guard, web};
use dna_buffer::read::{BufferReader, Source, Start};
use dna_source_maps::Maps;
use limits::{BACKLOG, BATCHES_WAITING_MAX, RETRY_AFTER, VIEWERS_MAX};
use std::sync::Arc;
use stream::EventStream;
use tokio::sync::{Semaphore, mpsc, watch};

/// Where the page reads, and who reads now. One for all workers.
pub struct LiveSource {
    source: Source,
    maps: Option<Arc<Maps>>,
    viewers: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

impl LiveSource {
    /// Shows `source`, its stacks as the source maps have them.
    #[must_use]
    pub fn new(source: Source, maps: Option<Maps>) -> Self {
        let maps = maps.map(Arc::new);
        let viewers = Arc::new(Semaphore::new(VIEWERS_MAX));
        Self { source, maps, viewers, closing: watch::Sender::new(false) }
    }

    /// Ends all streams, and those that are asked for later, so that a server that stops need
    /// not wait for its viewers.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

/// Adds the page. Needs `web::Data<LiveSource>`.
pub fn routes(config: &mut web::ServiceConfig) {
    for (path, content_type, text) in FILES {
        let read = guard::Any(guard::Get()).or(guard::Head());
        config.route(path, web::route().guard(read).to(move || page(content_type, text)));
    }
    config.route("/live/events", web::get().to(events));
}

/// The page and what it loads: path, media type, text.
const FILES: [(&str, &str, &str); 6] = [
    ("/live", HTML, include_str!("page/live.html")),
    ("/live/style.css", CSS, include_str!("page/style.css")),
    ("/live/app.js", JS, include_str!("page/app.js")),
    ("/live/rows.js", JS, include_str!("page/rows.js")),
    ("/live/describe.js", JS, include_str!("page/describe.js")),
    ("/live/words.js", JS, include_str!("page/words.js")),
];

const HTML: &str = "text/html; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The page runs its own script and nothing else, talks to its own server and nobody else, and
/// stands in no frame. What it shows was written by strangers.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

async fn page(content_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text)
}

async fn events(live: web::Data<LiveSource>, request: HttpRequest) -> HttpResponse {
    let Ok(viewer) = Arc::clone(&live.viewers).try_acquire_owned() else {
        return refuse(&request, Code::TooManyViewers);
    };
    let reader = match BufferReader::open(&live.source, Start::Last(BACKLOG)).await {
        Ok(reader) => reader,
        Err(error) => {
            tracing::warn!(%error, "the live page cannot read the buffer");
            return refuse(&request, Code::Unreadable);
        }
    };
    let (batches, received) = mpsc::channel(BATCHES_WAITING_MAX);
    tokio::spawn(stream::feed(
        reader,
        live.maps.clone(),
        batches,
        live.closing.subscribe(),
        viewer,
    ));
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Neither compression here nor a proxy's buffer may hold events back.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(EventStream(received))
}

/// Answers with the problem `code`, counted where there is a door to count it.
fn refuse(request: &HttpRequest, code: Code) -> HttpResponse {
    let problem = Problem::plain(code).retry_after(RETRY_AFTER);
    match request.app_data::<web::Data<Door>>() {
        Some(door) => door.refuse(problem, "GET"),
        None => problem.response("GET"),
    }
}
