//! Takes a beacon: all that is judged without waiting, in one go, so that nothing of it has to be
//! held while it waits for the buffer but what it becomes.
//!
//! Judged in this order, the first that fails answers: media type and coding, size, the address's
//! rate, the frame's header, the application's key, the page's origin, whether the buffer has room
//! for the application, its rate, each event, its quota. 200 only after the buffer has the frame.
//! While many are refused, origin, room and rate are judged before the frame is read too.

use super::answer::{Answer, LeftOut, SkippedCounts};
use super::codes::Code;
use super::gate::{self, Quota};
use super::head::Head;
use super::keeping::{Keeping, Settled, not_kept};
use super::{Door, Problem, Rules, body, peer};
use crate::accept::apps::{App, KeyError, Sender};
use crate::accept::decompress::Encoding;
use crate::accept::recent::{Claim, FrameName, Ticket, Waiter};
use crate::accept::{Judged, Rejected, form, judge, places};
use crate::buffer::Item;
use crate::enrich::Client;
use crate::metrics::Metrics;
use crate::telemetry::{ActiveSpan, Attribute, Phase};
use actix_web::http::header::{ORIGIN, REFERER};
use actix_web::web;
use dna_buffer::shard_of;
use dna_protocol::{Decoded, Header, Skipped};
use std::net::IpAddr;
use std::sync::Arc;

/// A beacon of which the head has come, and was not refused.
pub(super) struct Arriving<'a> {
    head: &'a Head<'a>,
    door: &'a web::Data<Door>,
    span: Option<&'a ActiveSpan>,
    /// What it is judged by to its end.
    pub(super) rules: Arc<Rules>,
    /// When the head came: a slow upload must not count as the client's clock.
    now: u64,
    address: Option<IpAddr>,
    encoding: Encoding,
}

/// What becomes of a beacon.
pub(super) enum Taken {
    /// It is answered.
    Done(Result<Answer, Refusal>),
    /// It is to be kept.
    Keeping(Settled<Result<Answer, Problem>>),
    /// The same frame is being kept by another request. Behind a pointer: it happens seldom.
    Copy(Box<Copy>),
}

/// A refusal, and whether its events were counted one by one instead of the frame.
pub(super) enum Refusal {
    Frame(Problem),
    Counted(Problem),
}

impl<P: Into<Problem>> From<P> for Refusal {
    fn from(problem: P) -> Self {
        Self::Frame(problem.into())
    }
}

impl<'a> Arriving<'a> {
    /// Judges a head.
    ///
    /// # Errors
    /// The refusal.
    pub(super) fn new(
        head: &'a Head<'a>,
        door: &'a web::Data<Door>,
        span: Option<&'a ActiveSpan>,
    ) -> Result<Self, Problem> {
        let (now, rules) = ((door.now)(), door.rules());
        if let Some(span) = span {
            span.phase(Phase::ReadBody);
        }
        let address = peer::address(head, &rules.trust);
        let encoding = body::check(head, &rules.limits)?;
        Ok(Self { head, door, span, rules, now, address, encoding })
    }

    /// Takes the beacon, whose body was `sent`.
    pub(super) fn take(self, sent: &[u8]) -> Taken {
        if let Some(span) = self.span {
            span.phase(Phase::Judge);
        }
        self.judged(sent).unwrap_or_else(|refusal| Taken::Done(Err(refusal)))
    }

    fn judged(self, sent: &[u8]) -> Result<Taken, Refusal> {
        let Self { head, door, span, rules, now, address, encoding } = self;
        // Behind the body, so that the connection can go on, and before all that costs more.
        door.gate.address(address, &rules)?;
        let body = body::decompressed(encoding, sent, &rules.limits)?;
        let opened = form::open(&body, rules.limits.decompressed_bytes_max)?;
        refuse_unread(head, &opened, door, &rules, now)?;
        let decoded = opened.decode()?;
        drop(body);
        let Sender { app, .. } = sender(&decoded.frame.header, &rules, now)?;
        if let Some(span) = span {
            span.note("dna.app", Attribute::Text(app.name.to_string()));
        }
        check_origin(head, app)?;
        gate::check_pressure(door, &rules, lane(app), now)?;
        door.gate.app(app)?;
        let name = name(&decoded.frame.header, app)?;
        let claim = door.recent.claim(name);
        if let Claim::Kept(accepted) = claim {
            door.metrics.duplicate(app.index);
            return Ok(Taken::Done(Ok(Answer::duplicate(accepted))));
        }
        if let Some(span) = span {
            span.phase(Phase::Keep);
        }
        let client = peer::client(head, address, rules.address_bits);
        match claim {
            Claim::First(ticket) => keep(decoded, ticket, &client, (door, &rules, now)),
            Claim::UnderWay(first) => {
                let door = door.clone();
                let copy = Copy { first, name, decoded, client, door, rules, now };
                Ok(Taken::Copy(Box::new(copy)))
            }
            // Answered above.
            Claim::Kept(accepted) => Ok(Taken::Done(Ok(Answer::duplicate(accepted)))),
        }
    }
}

impl Taken {
    /// What to answer, once that is known.
    pub(super) async fn outcome(self) -> Result<Answer, Refusal> {
        match self {
            Self::Done(outcome) => outcome,
            Self::Keeping(keeping) => Ok(keeping.await?),
            Self::Copy(copy) => Box::pin(copy.outcome()).await,
        }
    }
}

/// A frame that another request is about to keep, and all that it takes to keep it if that does not.
pub(super) struct Copy {
    first: Waiter,
    name: FrameName,
    decoded: Decoded,
    client: Client,
    door: web::Data<Door>,
    rules: Arc<Rules>,
    now: u64,
}

impl Copy {
    async fn outcome(self) -> Result<Answer, Refusal> {
        let Self { mut first, name, decoded, client, door, rules, now } = self;
        let duplicate = |accepted| {
            door.metrics.duplicate(name.app);
            Ok(Answer::duplicate(accepted))
        };
        let ticket = loop {
            match first.outcome().await {
                Some(Ok(accepted)) => return duplicate(accepted),
                Some(Err(error)) => return Err(not_kept(&error).into()),
                None => {}
            }
            match door.recent.claim(name) {
                Claim::First(ticket) => break ticket,
                Claim::Kept(accepted) => return duplicate(accepted),
                Claim::UnderWay(waiter) => first = waiter,
            }
        };
        match keep(decoded, ticket, &client, (&door, &rules, now))? {
            Taken::Keeping(keeping) => Ok(keeping.await?),
            Taken::Done(outcome) => outcome,
            Taken::Copy(_) => Err(Problem::plain(Code::Internal).into()),
        }
    }
}

/// Judges the events of a frame that is nobody else's, and has it kept.
fn keep(
    decoded: Decoded,
    ticket: Ticket,
    client: &Client,
    (door, rules, now): (&web::Data<Door>, &Rules, u64),
) -> Result<Taken, Refusal> {
    let sender = sender(&decoded.frame.header, rules, now)?;
    let app = sender.app;
    let name = name(&decoded.frame.header, app)?;
    let lane = lane(app);
    let mut judged = judge(decoded, now, sender, client);
    let shed = gate::shed(&mut judged, gate::pressure(door, rules, lane));
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
        return Ok(Taken::Done(Ok(Answer::kept(0, left_out, rejected, skipped))));
    }
    let quota = Quota::take(app, accepted, now)?;
    let item = Item { shard: shard_of(&name.session, door.shards), bytes: entry.encode().into() };
    let app = app.index;
    let keeping =
        Keeping { app, lane, accepted, tally, left_out, shed, rejected, skipped, ticket, quota };
    Ok(Taken::Keeping(Settled::new(keeping.keep(door.clone(), item))))
}

/// Refuses a frame before it is read, while so much comes that many are refused: reading one costs
/// more than all that is judged before it. What is not refused here is judged in its order.
fn refuse_unread(
    head: &Head<'_>,
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
    check_origin(head, app)?;
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
pub(super) fn check_origin(head: &Head<'_>, app: &App) -> Result<(), Problem> {
    let text = |name| head.get(name).map(String::from_utf8_lossy);
    let (origin, referer) = (text(&ORIGIN), text(&REFERER));
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
