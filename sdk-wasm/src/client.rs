//! The state machine of a page: what happened goes in, frames come out.

use crate::batch::{Batch, Rank, Waiting};
use crate::config::Config;
use crate::delivery::{Answer, Delivery};
use crate::frame::{Frame, header};
use crate::host::Host;
use crate::limits::{FLUSH_DELAY, FLUSH_DELAY_URGENT};
use crate::repeats::Repeats;
use crate::route::{Place, View};
use crate::sequence::Sequence;
use crate::session::Session;
use dna_protocol::field::Millis;
use dna_protocol::model::{Header, RouteChange};
use dna_protocol::{Draft, Kind};

/// The client of one page. `now` is always in ms since the Unix epoch.
#[derive(Debug)]
pub struct Client<H> {
    host: H,
    config: Config,
    session: Session,
    sequence: Sequence,
    view: View,
    time_base: u64,
    batch: Batch,
    flush_at: Option<u64>,
    /// What the host was last asked to wake us for.
    wake_at: Option<u64>,
    delivery: Delivery,
    repeats: Repeats,
    /// What was last said of the user, to say it once a session.
    identity: Option<Draft>,
    /// The route that is being shown, and when it began.
    route: Option<(f64, Draft)>,
    dropped_queue_full: u64,
    dropped_rate_limited: u64,
}

impl<H: Host> Client<H> {
    /// Starts a client. Event times count from `time_base`.
    pub fn start(mut host: H, config: Config, now: u64, time_base: u64) -> Self {
        let session = Session::resume(&mut host, config.sample_percent, now);
        let view = View::begin(&mut host);
        let mut client = Self {
            host,
            config,
            session,
            sequence: Sequence::default(),
            view,
            time_base,
            batch: Batch::default(),
            flush_at: None,
            wake_at: None,
            delivery: Delivery::new(now),
            repeats: Repeats::default(),
            identity: None,
            route: None,
            dropped_queue_full: 0,
            dropped_rate_limited: 0,
        };
        client.advance(now);
        client
    }

    /// Where it runs.
    pub fn host(&mut self) -> &mut H {
        &mut self.host
    }

    /// Something happened, `time` ms after the time base.
    ///
    /// An identity is said when it is news: repeats within a page say nothing. Without an id
    /// the user is no longer known.
    pub fn record(&mut self, now: u64, time: f64, draft: impl Into<Draft>) {
        self.take(now, time, draft.into());
    }

    fn take(&mut self, now: u64, time: f64, draft: Draft) {
        self.touch(now);
        if draft.kind == Kind::Identity {
            if self.identity.as_ref() != Some(&draft) {
                self.identity = Some(draft);
                self.say_identity(now, time);
            }
        } else if self.repeats.allow(&draft, now) {
            self.enqueue(now, time, &draft);
        } else {
            self.dropped_rate_limited += 1;
        }
    }

    /// Events that were lost before they came here.
    pub fn lost(&mut self, events: u64) {
        self.dropped_queue_full += events;
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
        self.time_base = time_base;
        self.delivery.show(now);
        self.touch(now);
        self.advance(now);
    }

    /// Events that one page made too many of, before they came here.
    pub fn limited(&mut self, events: u64) {
        self.dropped_rate_limited += events;
    }

    /// Whether the page is elsewhere than when its view began. A query alone makes no difference,
    /// nor does a place on the page.
    pub fn has_moved(&self) -> bool {
        Place::of(&self.host.address()) != self.view.place
    }

    /// The page may show another route now; `true` when it does.
    pub fn route(&mut self, now: u64, time: f64, navigation_type: &str) -> bool {
        let another = self.has_moved();
        if another {
            self.new_route(now, time, navigation_type);
        }
        another
    }

    /// The page shows another route, whatever its address says. It is told when it is there, see
    /// [`Self::routed`].
    pub fn new_route(&mut self, now: u64, time: f64, navigation_type: &str) {
        if !self.repeats.allow_route(now) {
            self.dropped_rate_limited += 1;
            return;
        }
        let mut draft = Draft::new(Kind::RouteChange);
        draft.fields.text(RouteChange::navigation_type, navigation_type);
        draft.fields.text(RouteChange::referrer, &self.view.place.url);
        self.begin_view(now);
        draft.fields.text(RouteChange::fragment, &self.view.place.fragment);
        self.route = Some((time, draft));
    }

    /// The route is there, after so long, or nobody waits for it any more.
    pub fn routed(&mut self, now: u64, duration: Option<f64>) {
        if let Some((time, mut draft)) = self.route.take() {
            if let Some(duration) = duration {
                draft.fields.millis(RouteChange::duration, duration);
            }
            self.take(now, time, draft);
        }
    }

    /// Another page view begins in the same page load.
    pub fn view(&mut self, now: u64, time: f64, page: impl Into<Draft>) {
        self.begin_view(now);
        self.record(now, time, page);
    }

    /// What was told before belongs to the view before.
    fn begin_view(&mut self, now: u64) {
        self.routed(now, None);
        self.flush(now);
        self.view = View::begin(&mut self.host);
    }

    /// The page view that was begun before the client started.
    pub fn resume_view(&mut self, id: [u8; 8]) {
        self.view.id = id;
    }

    /// The view that the page shows.
    pub fn current_view(&self) -> &View {
        &self.view
    }

    /// What `act` records belongs to `view`, which may be an earlier one of this page load.
    pub fn within(&mut self, view: &View, now: u64, act: impl FnOnce(&mut Self)) {
        if *view == self.view {
            return act(self);
        }
        self.seal_all(now);
        let current = std::mem::replace(&mut self.view, view.clone());
        act(self);
        self.seal_all(now);
        self.view = current;
        self.advance(now);
    }

    /// The request of frame `sequence` has ended.
    pub fn answered(&mut self, now: u64, sequence: u64, answer: Answer) {
        self.delivery.answered(&mut self.host, sequence, answer, now);
        self.advance(now);
    }

    /// The time that [`Host::wake_in`] asked for has come.
    pub fn woken(&mut self, now: u64) {
        self.wake_at = None;
        if self.flush_at.is_some_and(|at| at <= now) {
            self.seal_all(now);
        }
        self.advance(now);
    }

    /// Sends what waits.
    pub fn flush(&mut self, now: u64) {
        self.seal_all(now);
        self.advance(now);
    }

    fn touch(&mut self, now: u64) {
        let before = self.session.clone();
        if self.session.touch(&mut self.host, self.config.sample_percent, now) {
            // What waits belongs to the session that is over, and the new one does not know
            // its user yet.
            let after = std::mem::replace(&mut self.session, before);
            self.seal_all(now);
            self.session = after;
            self.say_identity(now, now.saturating_sub(self.time_base) as f64);
        }
    }

    fn say_identity(&mut self, now: u64, time: f64) {
        if let Some(identity) = self.identity.take() {
            self.enqueue(now, time, &identity);
            self.identity = Some(identity);
        }
    }

    fn enqueue(&mut self, now: u64, time: f64, draft: &Draft) {
        if !self.session.is_kept() {
            return;
        }
        let rank = Rank::of(draft.kind);
        let event = draft.event(Millis::rounded(time).get());
        self.dropped_queue_full += self.batch.push(rank, event);
        let delay = if rank >= Rank::Error { FLUSH_DELAY_URGENT } else { FLUSH_DELAY };
        let at = now + delay;
        self.flush_at = Some(self.flush_at.map_or(at, |earlier| earlier.min(at)));
        while self.batch.fills_a_frame() {
            self.seal_next(now);
        }
        self.advance(now);
    }

    /// Makes frames of all that waits.
    fn seal_all(&mut self, now: u64) {
        self.flush_at = None;
        while !self.batch.is_empty() {
            self.seal_next(now);
        }
    }

    fn seal_next(&mut self, now: u64) {
        let events = self.batch.take();
        let frame = self.seal(now, &events);
        self.dropped_queue_full += self.delivery.push(&mut self.host, frame, now);
    }

    fn seal(&mut self, now: u64, events: &[Waiting]) -> Frame {
        let sequence = self.sequence.next(&mut self.host);
        let mut fields = header(now);
        fields.text(Header::app_key, &self.config.key);
        fields.bytes(Header::session_id, self.session.id());
        fields.uint(Header::sequence, sequence);
        fields.uint(Header::time_base, self.time_base);
        fields.bytes(Header::view_id, &self.view.id);
        fields.text(Header::url, &self.view.place.url);
        fields.text(Header::release, &self.config.release);
        fields.text(Header::sdk_name, "dna-web");
        fields.text(Header::sdk_version, env!("CARGO_PKG_VERSION"));
        let percent = self.config.sample_percent;
        for (slot, count) in [
            (Header::dropped_queue_full, std::mem::take(&mut self.dropped_queue_full)),
            (Header::dropped_rate_limited, std::mem::take(&mut self.dropped_rate_limited)),
            (Header::sample_percent, if percent < 100 { u64::from(percent) } else { 0 }),
        ] {
            if count > 0 {
                fields.uint(slot, count);
            }
        }
        Frame::seal(sequence, &fields, events)
    }

    fn advance(&mut self, now: u64) {
        self.dropped_queue_full += self.delivery.advance(&mut self.host, now);
        let next = self.delivery.next_due(now).into_iter().chain(self.flush_at).min();
        if let Some(at) = next.filter(|at| Some(*at) != self.wake_at) {
            self.host.wake_in(at.saturating_sub(now));
        }
        self.wake_at = next;
    }
}
