//! Interaction to Next Paint: the 98th percentile of the interactions' latencies, which up to 49
//! interactions is the longest (web.dev/articles/inp; web-vitals `onINP`).

use super::long_frames::{LongFrames, Scripts};
use super::page::{Page, at_least, at_most, load_state};
use super::report::Report;
use super::view::{Begun, View};
use dna_protocol::model::WebVital;

/// An `event` or `first-input` entry (W3C Event Timing).
#[derive(Debug, Clone, Copy, Default)]
pub struct EventTiming {
    /// `interactionId`; 0 for what is no interaction.
    pub interaction_id: f64,
    /// `startTime`.
    pub start: f64,
    /// `duration`: until the next paint, to 8 ms.
    pub duration: f64,
    /// `processingStart`.
    pub processing_start: f64,
    /// `processingEnd`.
    pub processing_end: f64,
    /// `name` begins with `key`.
    pub keyboard: bool,
}

/// The longest interactions that are kept: the 98th percentile of up to 500.
const INTERACTIONS_MAX: usize = 10;

/// Frames that are kept for attribution: those of the interactions above, and as many recent
/// ones, since entries of a frame come one by one.
const FRAMES_MAX: usize = 2 * INTERACTIONS_MAX;

/// Of so many interactions one may be longer than the reported one.
const INTERACTIONS_PER_OUTLIER: f64 = 50.0;

/// Entries whose paints are not further apart than their rounding belong to one frame.
const SAME_FRAME: f64 = 8.0;

/// What is told when there were interactions, but none long enough for an entry.
const LATENCY_MIN: f64 = 8.0;

#[derive(Debug)]
pub(super) struct Inp<S> {
    /// The longest first.
    longest: Vec<Interaction>,
    frames: Vec<Frame>,
    frames_begun: u32,
    long_frames: LongFrames<S>,
    /// What browsers without a count are counted by: identifiers grow by 7.
    ids: Option<(f64, f64)>,
    count_before: f64,
    reported: Option<f64>,
}

#[derive(Debug)]
struct Interaction {
    id: f64,
    latency: f64,
    start: f64,
    keyboard: bool,
    frame: u32,
    element: String,
}

/// The events that one paint answered.
#[derive(Debug)]
struct Frame {
    id: u32,
    start: f64,
    processing_start: f64,
    processing_end: f64,
    rendered: f64,
}

impl<S: Scripts> Inp<S> {
    pub(super) fn new() -> Self {
        Self {
            longest: Vec::new(),
            frames: Vec::new(),
            frames_begun: 0,
            long_frames: LongFrames::new(),
            ids: None,
            count_before: 0.0,
            reported: None,
        }
    }

    pub(super) fn event(&mut self, event: &EventTiming, element: impl FnOnce() -> String) {
        let frame = self.frame_of(event);
        if event.interaction_id > 0.0 {
            self.count_id(event.interaction_id);
            self.interaction(event, frame, element);
        }
    }

    pub(super) fn long_frame(&mut self, start: f64, end: f64, scripts: S) {
        let frames = &self.frames;
        let needed = |start: f64, end: f64| {
            frames.iter().any(|frame| end >= frame.start && start <= frame.processing_end)
        };
        self.long_frames.push(start, end, scripts, needed);
    }

    /// Interactions count anew. Frames stay, as their entries may be on the way.
    pub(super) fn restart(&mut self, page: &impl Page) {
        self.count_before = self.count(page);
        self.longest.clear();
        self.reported = None;
    }

    /// The value, unless it is known already, or there was no interaction.
    pub(super) fn report(&mut self, now: f64, view: &View, page: &impl Page) -> Option<Report> {
        let count = self.count(page) - self.count_before;
        let outliers = (count / INTERACTIONS_PER_OUTLIER) as usize;
        let interaction = self.longest.get(outliers).or(self.longest.last());
        // The first input of a load has an entry however short it was; later views have none.
        let too_short = count > 0.0 && view.begun != Begun::Loaded;
        let value = match interaction {
            Some(interaction) => interaction.latency,
            None if too_short => LATENCY_MIN,
            None => return None,
        };
        if self.reported == Some(value) {
            return None;
        }
        self.reported = Some(value);
        let mut report = Report::new("INP", now, value);
        let start = interaction.map_or(view.start, |interaction| interaction.start);
        report.word(WebVital::load_state, load_state(page.navigation().as_ref(), start));
        match interaction {
            Some(interaction) => self.attribute(interaction, &mut report),
            None => report.millis(WebVital::presentation_delay, value),
        }
        Some(report)
    }

    fn attribute(&self, interaction: &Interaction, report: &mut Report) {
        let start = interaction.start;
        report.text(WebVital::element, &interaction.element);
        let kind = if interaction.keyboard { "keyboard" } else { "pointer" };
        report.word(WebVital::interaction_type, kind);
        report.millis(WebVital::time, start);
        let Some(frame) = self.frames.iter().find(|frame| frame.id == interaction.frame) else {
            return;
        };
        // A handler of an earlier event of the frame may have begun before the interaction.
        let processing_start = at_least(start, frame.processing_start);
        // Durations may be rounded down to before the processing.
        let painted = at_least(processing_start, start + interaction.latency);
        // A handler may outlast the paint, as one that opens a dialogue does.
        let processing_end = at_most(painted, frame.processing_end);
        report.millis(WebVital::input_delay, processing_start - start);
        report.millis(WebVital::processing_duration, processing_end - processing_start);
        report.millis(WebVital::presentation_delay, painted - processing_end);
        if let Some(script) = self.long_frames.longest_script(start, processing_end) {
            let source = script.source();
            report.address(WebVital::script_url, &source.url);
            report.text(WebVital::script_invoker, &source.invoker);
            report.millis(WebVital::script_duration, script.duration);
        }
    }

    /// The frame whose paint answered the event, widened by it.
    fn frame_of(&mut self, event: &EventTiming) -> u32 {
        let rendered = event.start + event.duration;
        for frame in self.frames.iter_mut().rev() {
            let apart = rendered - frame.rendered;
            if (-SAME_FRAME..=SAME_FRAME).contains(&apart) {
                frame.start = at_most(frame.start, event.start);
                frame.processing_start = at_most(frame.processing_start, event.processing_start);
                frame.processing_end = at_least(frame.processing_end, event.processing_end);
                return frame.id;
            }
        }
        if self.frames.len() >= FRAMES_MAX {
            self.forget_frame();
        }
        self.frames_begun = self.frames_begun.wrapping_add(1);
        self.frames.push(Frame {
            id: self.frames_begun,
            start: event.start,
            processing_start: event.processing_start,
            processing_end: event.processing_end,
            rendered,
        });
        self.frames_begun
    }

    /// Forgets the oldest frame that belongs to no candidate.
    fn forget_frame(&mut self) {
        let longest = &self.longest;
        let mut forgotten = false;
        self.frames.retain(|frame| {
            let keep = forgotten || longest.iter().any(|known| known.frame == frame.id);
            forgotten |= !keep;
            keep
        });
    }

    fn interaction(&mut self, event: &EventTiming, frame: u32, element: impl FnOnce() -> String) {
        let known = self.longest.iter().position(|known| known.id == event.interaction_id);
        let mut at = known.unwrap_or(self.longest.len());
        if known.is_none() {
            if at >= INTERACTIONS_MAX {
                if self.longest.last().is_some_and(|least| event.duration <= least.latency) {
                    return;
                }
                self.longest.pop();
                at -= 1;
            }
            self.longest.push(Interaction {
                id: event.interaction_id,
                latency: -1.0,
                start: 0.0,
                keyboard: false,
                frame,
                element: String::new(),
            });
        }
        let Some(interaction) = self.longest.get_mut(at) else { return };
        // An interaction is as long as its longest event, and starts with it.
        if event.duration > interaction.latency {
            interaction.latency = event.duration;
            interaction.start = event.start;
            interaction.keyboard = event.keyboard;
            interaction.frame = frame;
        }
        // Of any of its events: Chromium does not tell the target of a pointer's.
        if interaction.element.is_empty() {
            interaction.element = element();
        }
        while let Some([.., above, this]) = self.longest.get_mut(..=at) {
            if above.latency >= this.latency {
                break;
            }
            std::mem::swap(above, this);
            at -= 1;
        }
    }

    fn count_id(&mut self, id: f64) {
        let (min, max) = self.ids.unwrap_or((id, id));
        self.ids = Some((at_most(min, id), at_least(max, id)));
    }

    fn count(&self, page: &impl Page) -> f64 {
        let estimate = || self.ids.map_or(0.0, |(min, max)| (max - min) / 7.0 + 1.0);
        page.interaction_count().unwrap_or_else(estimate)
    }
}
