//! `POST /v1/beacon`: takes a frame.
//!
//! Judged in this order, the first that fails answers: media type and coding, size, the address's
//! rate, the frame's header, the application's key, the page's origin, whether the buffer has room
//! for the application, its rate, each event, its quota. 200 only after the buffer has the frame.
//! While many are refused, origin, room and rate are judged before the frame is read too.

use super::answer::{Answer, LeftOut, SkippedCounts};
pub(super) use super::body::Body;
use super::codes::Code;
use super::gate::{self, Quota};
use super::keeping::{Keeping, Settled, not_kept};
use super::{BEACON_PATH, Door, Problem, Rules, body, pages, peer};
use crate::accept::apps::{App, KeyError, Sender};
use crate::accept::recent::{Claim, FrameName};
use crate::accept::{Judged, Rejected, form, judge, places};
use crate::buffer::Item;
use crate::metrics::Metrics;
use crate::telemetry::{ActiveSpan, Attribute, Phase};
use actix_http::{RequestHead, Response};
use actix_web::body::BoxBody;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderMap, HeaderValue, ORIGIN, REFERER,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, Resource, guard, web};
use dna_buffer::shard_of;
use dna_protocol::{Header, Skipped};

/// The methods of the path, for `Allow`.
const METHODS: &str = "POST, OPTIONS";

/// The CORS headers that stand on every answer of the path: without them a page cannot read why it
/// was refused. `*` is safe, since no cookie or other credential is ever looked at; which pages may
/// send is judged by `Origin` for each application.
const ORIGINS: &str = "*";
const EXPOSED: &str = "Retry-After, X-Request-Id";

/// Whether a request brings a beacon.
pub(super) fn is_beacon(head: &RequestHead) -> bool {
    is_beacon_at(head.method.as_str(), head.uri.path())
}

/// Whether `method` at `path` brings a beacon.
pub(super) fn is_beacon_at(method: &str, path: &str) -> bool {
    method == Method::POST.as_str() && path == BEACON_PATH
}

/// The path for all but beacons, which do not come so far: see `front`.
pub(super) fn resource() -> Resource<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let cors = DefaultHeaders::new()
        .add((ACCESS_CONTROL_ALLOW_ORIGIN, ORIGINS))
        .add((ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED));
    web::resource(BEACON_PATH)
        // Written in another way, it is another path.
        .guard(guard::fn_guard(|context| context.head().uri.path() == BEACON_PATH))
        .route(web::method(Method::OPTIONS).to(preflight))
        .default_service(pages::wrong_method(METHODS))
        .wrap(cors)
}

/// What a beacon is answered, and whether its body was read to its end.
pub(super) struct Posted {
    pub(super) answer: Response<BoxBody>,
    pub(super) is_read: bool,
}

/// Takes a beacon.
pub(super) async fn post(
    head: &RequestHead,
    body: Body,
    door: &web::Data<Door>,
    span: Option<&ActiveSpan>,
) -> Posted {
    let mut is_read = false;
    let mut answer = match take(head, body, door, span, &mut is_read).await {
        Ok(answer) => answer.response(),
        Err(Refusal::Counted(problem)) => problem.response(METHODS).into(),
        Err(Refusal::Frame(problem)) => {
            tracing::debug!(reason = problem.code.name(), "frame refused");
            door.refuse(problem, METHODS).into()
        }
    };
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ORIGINS));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    Posted { answer, is_read }
}

/// A refusal, and whether its events were counted one by one instead of the frame.
enum Refusal {
    Frame(Problem),
    Counted(Problem),
}

impl<P: Into<Problem>> From<P> for Refusal {
    fn from(problem: P) -> Self {
        Self::Frame(problem.into())
    }
}

async fn take(
    head: &RequestHead,
    body: Body,
    door: &web::Data<Door>,
    span: Option<&ActiveSpan>,
    is_read: &mut bool,
) -> Result<Answer, Refusal> {
    // At the head of the request: a slow upload must not count as the client's clock.
    let now = (door.now)();
    let rules = door.rules();
    let phase = |phase| span.iter().for_each(|span| span.phase(phase));
    phase(Phase::ReadBody);
    let address = peer::address(head, &rules.trust);
    // The share is held to the end: what is decoded is about as large as the body was.
    let sent = body::read(head, body, &rules.limits, &door.bodies).await?;
    *is_read = true;
    phase(Phase::Judge);
    // Behind the body, so that the connection can go on, and before all that costs more.
    door.gate.address(address, &rules)?;
    let (body, _share) = sent.decompressed(&rules.limits)?;
    let opened = form::open(&body, rules.limits.decompressed_bytes_max)?;
    refuse_unread(head, &opened, door, &rules, now)?;
    let decoded = opened.decode()?;
    drop(body);
    let sender = sender(&decoded.frame.header, &rules, now)?;
    let app = sender.app;
    if let Some(span) = span {
        span.note("dna.app", Attribute::Text(app.name.to_string()));
    }
    check_origin(head.headers(), app)?;
    let lane = lane(app);
    gate::check_pressure(door, &rules, lane, now)?;
    door.gate.app(app)?;
    let name = name(&decoded.frame.header, app)?;
    let ticket = match door.recent.claim(name).await {
        Claim::First(ticket) => ticket,
        Claim::Repeat(Ok(accepted)) => {
            door.metrics.duplicate(app.index);
            return Ok(Answer::duplicate(accepted));
        }
        Claim::Repeat(Err(error)) => return Err(not_kept(&error).into()),
    };
    let client = peer::client(head, address, rules.address_bits);
    let mut judged = judge(decoded, now, sender, &client);
    let shed = gate::shed(&mut judged, gate::pressure(door, &rules, lane));
    let left_out = LeftOut { sampled_out: judged.sampled_out, shed: shed.len() };
    let shed = Metrics::tally(&shed);
    let Judged { entry, sampled_out, rejected, skipped } = judged;
    let (accepted, tally) = (entry.frame.events.len(), Metrics::tally(&entry.frame.events));
    if accepted == 0 {
        door.metrics.judged(&rejected, skipped);
        door.metrics.sampled_out(app.index, sampled_out);
        if rejected.count() > 0 && sampled_out == 0 && left_out.shed == 0 {
            return Err(Refusal::Counted(no_good_event(&rejected, skipped)));
        }
        // Only unknown kinds, when the client is newer than this server, or a session that is left
        // out, or nothing that is worth keeping now: nothing is wrong.
        door.metrics.accepted(app.index, &tally);
        door.metrics.shed(&shed);
        return Ok(Answer::kept(0, left_out, rejected, skipped));
    }
    let quota = Quota::take(app, accepted, now)?;
    let item = Item { shard: shard_of(&name.session, door.shards), bytes: entry.encode().into() };
    phase(Phase::Keep);
    let app = app.index;
    let keeping =
        Keeping { app, lane, accepted, tally, left_out, shed, rejected, skipped, ticket, quota };
    Ok(Settled::new(keeping.keep(door.clone(), item)).await?)
}

/// Refuses a frame before it is read, while so much comes that many are refused: reading one costs
/// more than all that is judged before it. What is not refused here is judged in its order.
fn refuse_unread(
    head: &RequestHead,
    opened: &form::Opened<'_>,
    door: &Door,
    rules: &Rules,
    now: u64,
) -> Result<(), Problem> {
    if !door.gate.is_crowded(door, rules) {
        return Ok(());
    }
    let sender = opened.app_key().and_then(|key| rules.apps.by_key(key, now).ok());
    let Some(Sender { app, .. }) = sender else { return Ok(()) };
    check_origin(head.headers(), app)?;
    gate::check_pressure(door, rules, lane(app), now)?;
    door.gate.would_let(app)
}

/// The lane of an application in the buffer's queue. More of them than that share the last.
fn lane(app: &App) -> u16 {
    u16::try_from(app.index).unwrap_or(u16::MAX)
}

fn sender<'a>(header: &Header, rules: &'a Rules, now: u64) -> Result<Sender<'a>, Problem> {
    let key = header.app_key.as_deref().unwrap_or_default();
    rules.apps.by_key(key, now).map_err(|error| wrong_key("app_key", key, error))
}

/// The refusal of a key, called `name` in the request.
pub(super) fn wrong_key(name: &str, key: &str, error: KeyError) -> Problem {
    let code = match error {
        KeyError::Unknown => Code::UnknownKey,
        KeyError::Expired { .. } => Code::ExpiredKey,
    };
    Problem::new(code, format!("`{name}` {key:?} {error}"))
}

/// Judges where the request comes from.
pub(super) fn check_origin(headers: &HeaderMap, app: &App) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|it| String::from_utf8_lossy(it.as_bytes()));
    let (origin, referer) = (text(ORIGIN), text(REFERER));
    places::judge(&app.places, origin.as_deref(), referer.as_deref()).map_err(|error| {
        let detail = format!("application {:?}: {error}", &*app.name);
        Problem::new(Code::OriginNotAllowed, detail)
    })
}

fn name(header: &Header, app: &App) -> Result<FrameName, Problem> {
    match (header.session_id, header.sequence) {
        (Some(session), Some(sequence)) => {
            Ok(FrameName { app: app.index, session: session.0, sequence })
        }
        // The readers refuse a header without them.
        _ => Err(Problem::plain(Code::InvalidHeader)),
    }
}

/// The refusal of a frame whose events were all refused.
fn no_good_event(rejected: &Rejected, skipped: Skipped) -> Problem {
    let count = rejected.count();
    let first = rejected.listed.first().map(|first| first.detail.as_str()).unwrap_or_default();
    let detail = format!("all {count} events were refused; the first: {first}");
    // Lists and maps of texts and numbers always have a JSON form.
    let listed = serde_json::to_value(&rejected.listed).unwrap_or_default();
    let problem = Problem::new(Code::NoGoodEvent, detail)
        .with("rejected", listed)
        .with("rejected_count", count);
    match SkippedCounts::of(skipped) {
        None => problem,
        Some(skipped) => problem.with("skipped", serde_json::to_value(skipped).unwrap_or_default()),
    }
}

/// Allows pages to send other media types than the ones that need no preflight.
async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Content-Encoding"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}
