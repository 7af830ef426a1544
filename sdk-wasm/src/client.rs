//! The state machine of a page: what happened goes in, frames come out.

use crate::batch::{Batch, Parcel, Rank, Waiting};
use crate::config::Config;
use crate::consent::Consent;
use crate::delivery::{Answer, Delivery};
use crate::dropped::Dropped;
use crate::filter::Filter;
use crate::frame::{Frame, header};
use crate::host::Host;
use crate::joining::Last;
use crate::limits::{FLUSH_DELAY, FLUSH_DELAY_ERROR, FLUSH_DELAY_URGENT};
use crate::repeats::Repeats;
use crate::route::View;
use crate::sequence::Sequence;
use crate::session::{Kept, Session};
use dna_protocol::field::Millis;
use dna_protocol::model::Header;
use dna_protocol::privacy::listed;
use dna_protocol::{Draft, Kind};
use std::rc::Rc;

/// The client of one page. `now` is always in ms since the Unix epoch.
#[derive(Debug)]
pub struct Client<H> {
    pub(crate) host: H,
    pub(crate) config: Config,
    pub(crate) consent: Consent,
    /// None while there is no consent.
    pub(crate) session: Option<Session>,
    /// Why the session is to be kept that consent will begin.
    pub(crate) why: Option<Kept>,
    pub(crate) visitor: Option<[u8; 16]>,
    pub(crate) sequence: Sequence,
    /// The frame that was made last, where more may come into it.
    pub(crate) last: Option<Last>,
    /// How many were made, those of more anew too.
    pub(crate) sealed: u32,
    pub(crate) view: Rc<View>,
    pub(crate) batch: Batch,
    pub(crate) filter: Filter,
    flush_at: Option<u64>,
    /// What the host was last asked to wake us for.
    wake_at: Option<u64>,
    pub(crate) delivery: Delivery,
    pub(crate) repeats: Repeats,
    /// What was last said of the user, to say it once a session.
    pub(crate) identity: Option<Draft>,
    /// Whether the user's sessions are always kept.
    pub(crate) vip: bool,
    /// The route that is being shown, and when it began.
    pub(crate) route: Option<(f64, Draft)>,
    /// Since the last frame.
    pub(crate) dropped: Dropped,
}

impl<H: Host> Client<H> {
    /// Starts a client. Event times count from `time_base`.
    pub fn start(mut host: H, config: Config, now: u64, time_base: u64) -> Self {
        let view = View::begin(&mut host, &config.url_params, time_base);
        let mut client = Self {
            host,
            consent: config.consent,
            config,
            session: None,
            why: None,
            vip: false,
            visitor: None,
            sequence: Sequence::default(),
            last: None,
            sealed: 0,
            view,
            batch: Batch::default(),
            filter: Filter::None,
            flush_at: None,
            wake_at: None,
            delivery: Delivery::new(now),
            repeats: Repeats::default(),
            identity: None,
            route: None,
            dropped: Dropped::default(),
        };
        client.consent(now, client.consent);
        client
    }

    /// Where it runs.
    pub fn host(&mut self) -> &mut H {
        &mut self.host
    }

    /// The parameters that stay in addresses.
    pub fn url_params(&self) -> &str {
        &self.config.url_params
    }

    /// Something happened, `time` ms after the time base.
    ///
    /// An identity is said when it is news: repeats within a page say nothing. Without an id
    /// the user is no longer known.
    pub fn record(&mut self, now: u64, time: f64, draft: impl Into<Draft>) {
        self.take(now, time, draft.into());
    }

    pub(crate) fn take(&mut self, now: u64, time: f64, draft: Draft) {
        if self.is_denied() {
            return;
        }
        self.touch(now);
        if draft.kind == Kind::Identity {
            if self.identity.as_ref() != Some(&draft) {
                self.identity = Some(draft);
                self.say_identity(now, time);
            }
        } else if self.repeats.allow(&draft, now) {
            self.enqueue(now, time, &draft);
        } else {
            self.dropped.rate_limited += 1;
        }
    }

    /// The user is of that tier, which may be one that is always kept; empty for none.
    pub fn tier(&mut self, now: u64, tier: &str) {
        self.vip = self.consent != Consent::Denied && listed(&self.config.vip_tiers, tier);
        self.keep_vip(now);
        self.advance(now);
    }

    pub(crate) fn keep_vip(&mut self, now: u64) {
        if self.vip {
            self.keep(Kept::Vip, now);
        }
    }

    /// Whether consent is refused.
    pub fn is_denied(&self) -> bool {
        self.consent == Consent::Denied
    }

    /// Events that were lost before they came here.
    pub fn lost(&mut self, events: u64) {
        self.dropped.queue_full += events;
    }

    /// The page is being left, or is covered: what waits goes out now.
    pub fn hide(&mut self, now: u64) {
        self.delivery.hide();
        self.routed(now, None);
        self.flush(now);
    }

    /// The page is seen again. The time base is taken anew: clocks may have been set, or have
    /// stood still while the machine slept.
    pub fn show(&mut self, now: u64, time_base: u64) {
        self.flush(now);
        self.view = self.view.with(self.view.id, time_base);
        self.delivery.show(now);
        self.touch(now);
        self.advance(now);
    }

    /// Events that one page made too many of, before they came here.
    pub fn limited(&mut self, events: u64) {
        self.dropped.rate_limited += events;
    }

    /// The request of frame `sequence` has ended.
    pub fn answered(&mut self, now: u64, sequence: u64, answer: Answer) {
        self.dropped += self.delivery.answered(&mut self.host, sequence, answer, now);
        self.advance(now);
    }

    /// The time that [`Host::wake_in`] asked for has come.
    pub fn woken(&mut self, now: u64) {
        self.wake_at = None;
        if self.flushes(now) {
            self.seal_all(now);
        }
        self.advance(now);
    }

    /// Whether what waits is sent now.
    pub fn flushes(&self, now: u64) -> bool {
        self.flush_at.is_some_and(|at| at <= now)
    }

    /// Something will be told by `at` that is no event yet: what waits is sent then at the latest.
    pub fn expect(&mut self, now: u64, at: u64) {
        self.flush_at = Some(self.flush_at.map_or(at, |earlier| earlier.min(at)));
        self.advance(now);
    }

    /// Whether frames are on their way: not while there is no consent, and not while a pause after
    /// a failure lasts.
    pub fn delivers(&self, now: u64) -> bool {
        self.consent.allows() && self.delivery.is_busy(now)
    }

    /// Sends what waits.
    pub fn flush(&mut self, now: u64) {
        self.seal_all(now);
        self.advance(now);
    }

    fn touch(&mut self, now: u64) {
        let Some(session) = &mut self.session else { return };
        let before = session.clone();
        if session.touch(&mut self.host, self.config.sample_percent, now) {
            // What waits belongs to the session that is over, and the new one does not know
            // its user yet.
            let after = self.session.replace(before);
            self.seal_all(now);
            // And what was held of one that is left out ends with it.
            if self.filter != Filter::Coming {
                self.batch = Batch::default();
            }
            self.session = after;
            self.keep_vip(now);
            self.say_identity(now, now.saturating_sub(self.view.time_base) as f64);
        }
    }

    /// Keeps the session, should sampling leave it out.
    pub(crate) fn keep(&mut self, why: Kept, now: u64) {
        match &mut self.session {
            Some(session) => session.keep(&mut self.host, why, now),
            None => self.why = Some(why),
        }
    }

    /// Whether what happens has to wait: for consent, for the filter, or for a reason to keep
    /// the session.
    fn held(&self) -> bool {
        self.filter == Filter::Coming || !self.session.as_ref().is_some_and(Session::is_kept)
    }

    /// Of a session that is left out little is held.
    pub(crate) fn trim(&mut self) {
        if self.session.as_ref().is_some_and(|session| !session.is_kept()) {
            self.batch.trim();
        }
    }

    fn say_identity(&mut self, now: u64, time: f64) {
        if let Some(identity) = self.identity.take() {
            self.enqueue(now, time, &identity);
            self.identity = Some(identity);
        }
    }

    fn enqueue(&mut self, now: u64, time: f64, draft: &Draft) {
        let Some(bytes) = self.filtered(draft.event(Millis::rounded(time).get())) else { return };
        if matches!(draft.kind, Kind::Exception | Kind::UnhandledRejection) {
            self.keep(Kept::Error, now);
        }
        let rank = Rank::of(draft.kind);
        self.dropped.queue_full +=
            self.batch.push(Waiting { rank, bytes, view: self.view.clone() });
        self.trim();
        let delay = match rank {
            Rank::Detail | Rank::Told => FLUSH_DELAY,
            Rank::Error => FLUSH_DELAY_ERROR,
            Rank::Identity => FLUSH_DELAY_URGENT,
        };
        let at = now + delay;
        self.flush_at = Some(self.flush_at.map_or(at, |earlier| earlier.min(at)));
        while !self.held() && self.batch.fills_a_frame() {
            self.seal_next(now);
        }
        self.advance(now);
    }

    /// Makes frames of all that waits and need not wait longer.
    pub(crate) fn seal_all(&mut self, now: u64) {
        self.flush_at = None;
        while !self.held() && !self.batch.is_empty() {
            self.seal_next(now);
        }
    }

    fn seal_next(&mut self, now: u64) {
        let (parcel, again) = self.next_parcel();
        let Some(mut frame) = self.seal(now, &parcel, again) else { return };
        if H::TERMS.durable
            && let Some(session) = &self.session
        {
            frame.failure = parcel.has_failure();
            self.last = Some(Last { sequence: frame.sequence, session: *session.id(), parcel });
            self.sealed += 1;
        }
        self.dropped += self.delivery.push(&mut self.host, frame, now);
    }

    /// A frame of a new number, or `again` of one that it had.
    fn seal(&mut self, now: u64, parcel: &Parcel, again: Option<u64>) -> Option<Frame> {
        let (session, first) = (self.session.as_ref()?, parcel.views.first()?);
        let sequence = again.unwrap_or_else(|| self.sequence.next(&mut self.host));
        let mut fields = header(now);
        fields.text(Header::app_key, &self.config.key);
        fields.bytes(Header::session_id, session.id());
        fields.uint(Header::sequence, sequence);
        fields.uint(Header::time_base, first.time_base);
        if let [view] = &parcel.views[..] {
            view.tell(&mut fields);
        } else {
            fields.list(Header::views, &parcel.views, |view, fields| view.tell(fields));
        }
        fields.text(Header::release, &self.config.release);
        fields.text(Header::sdk_name, H::TERMS.sdk_name);
        fields.text(Header::sdk_version, env!("CARGO_PKG_VERSION"));
        fields.text(Header::platform, self.host.platform());
        fields.text(Header::sampled_by, session.reason());
        if let Some(visitor) = &self.visitor {
            fields.bytes(Header::visitor_id, visitor);
        }
        let dropped = std::mem::take(&mut self.dropped);
        let percent = self.config.sample_percent;
        for (slot, count) in [
            (Header::dropped_queue_full, dropped.queue_full),
            (Header::dropped_rate_limited, dropped.rate_limited),
            (Header::dropped_filtered, dropped.filtered),
            (Header::sample_percent, if percent < 100 { u64::from(percent) } else { 0 }),
        ] {
            if count > 0 {
                fields.uint(slot, count);
            }
        }
        Some(Frame { dropped, ..Frame::seal(sequence, &fields, parcel) })
    }

    pub(crate) fn advance(&mut self, now: u64) {
        if self.held() {
            self.flush_at = None;
        } else if !self.batch.is_empty() && self.flush_at.is_none() {
            // What was held has to wait no longer.
            self.flush_at = Some(now + FLUSH_DELAY_URGENT);
        }
        let mut due = None;
        if self.consent.allows() {
            self.dropped += self.delivery.advance(&mut self.host, now);
            due = self.delivery.next_due(now);
        }
        let next = due.into_iter().chain(self.flush_at).min();
        if let Some(at) = next.filter(|at| Some(*at) != self.wake_at) {
            self.host.wake_in(at.saturating_sub(now));
        }
        self.wake_at = next;
    }
}
