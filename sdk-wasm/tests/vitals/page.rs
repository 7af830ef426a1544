//! A page in memory, what may happen on it, and what is told of it in words.

use dna_protocol::cbor::{decode_frame, encode_frame_of};
use dna_protocol::field::{Id, Millis, Number, Text};
use dna_protocol::{Body, Header};
use dna_sdk_wasm::vitals::{
    EventTiming, LargestPaint, Navigation, Page, Report, Resource, Scripts, Shift, Source, Vitals,
};
use std::fmt::Write;

/// Start and duration, address, invoker.
pub(crate) type Script = (f64, f64, &'static str, &'static str);

/// What happens on a page.
pub(crate) enum Did {
    /// activationStart, responseStart
    Navigated(f64, f64),
    /// requestStart, responseEnd of the one resource there is
    Fetched(f64, f64),
    Loaded,
    FirstPaint(f64),
    Paint(f64),
    /// rendered, url, element
    Largest(f64, &'static str, &'static str),
    /// start, value, element
    Shifted(f64, f64, &'static str),
    ShiftedByInput(f64, f64),
    /// id, start, duration, processing, name, element
    Event(f64, f64, f64, (f64, f64), &'static str, &'static str),
    /// start, duration
    LongFrame(f64, f64, &'static [Script]),
    /// performance.interactionCount
    Count(f64),
    Input,
    Hidden(f64),
    Left(f64),
    Restored(f64),
    RestoredPaint(f64),
    /// start, paint, interaction
    Soft(f64, f64, f64),
    /// interaction, start, rendered, element
    SoftPaint(f64, f64, f64, &'static str),
}

struct Memory {
    navigation: Navigation,
    resource: Option<Resource>,
    interactions: Option<f64>,
}

impl Page for Memory {
    fn navigation(&self) -> Option<Navigation> {
        self.navigation.checked(1e6)
    }

    fn interaction_count(&self) -> Option<f64> {
        self.interactions
    }

    fn resource(&self, _: &str, rendered: f64) -> Option<Resource> {
        self.resource.filter(|resource| resource.request_start <= rendered)
    }
}

#[derive(Debug)]
pub(crate) struct List(&'static [Script]);

impl Scripts for List {
    fn span(&self, index: usize) -> Option<(f64, f64)> {
        self.0.get(index).map(|script| (script.0, script.1))
    }

    fn source(&self, index: usize) -> Source {
        self.0.get(index).map_or_else(Source::default, |script| Source {
            url: script.2.to_owned(),
            invoker: script.3.to_owned(),
        })
    }
}

/// What is told of a page on which this happens.
pub(crate) fn told(first_hidden: Option<f64>, happened: &[Did]) -> Vec<String> {
    told_by(Vitals::new(first_hidden, true), happened)
}

/// What these vitals tell then.
pub(crate) fn told_by(mut vitals: Vitals<List>, happened: &[Did]) -> Vec<String> {
    let mut page = Memory {
        navigation: Navigation {
            activation_start: 0.0,
            response_start: 200.0,
            dom_interactive: 500.0,
            dom_content_loaded_event_start: 600.0,
            dom_complete: 1000.0,
        },
        resource: None,
        interactions: None,
    };
    for did in happened {
        happen(&mut vitals, &mut page, did);
    }
    vitals.take().iter().map(words).collect()
}

fn happen(vitals: &mut Vitals<List>, page: &mut Memory, did: &Did) {
    match *did {
        Did::Navigated(activation_start, response_start) => {
            page.navigation = Navigation { activation_start, response_start, ..page.navigation };
        }
        Did::Fetched(request_start, response_end) => {
            page.resource = Some(Resource { request_start, response_end });
        }
        Did::Count(count) => page.interactions = Some(count),
        Did::Loaded => vitals.loaded(page),
        Did::FirstPaint(start) => vitals.paint(false, start, page),
        Did::Paint(start) => vitals.paint(true, start, page),
        Did::Largest(rendered, url, element) => {
            let paint = LargestPaint { rendered, url: url.to_owned() };
            vitals.largest_paint(paint, page, || element.to_owned());
        }
        Did::Shifted(start, value, element) => {
            let shift = Shift { start, value, had_recent_input: false };
            vitals.shift(shift, || element.to_owned());
        }
        Did::ShiftedByInput(start, value) => {
            let shift = Shift { start, value, had_recent_input: true };
            vitals.shift(shift, || panic!("nobody needs its element"));
        }
        Did::Event(interaction_id, start, duration, processing, name, element) => {
            let (processing_start, processing_end) = processing;
            let keyboard = name.starts_with("key");
            let event = EventTiming {
                interaction_id,
                start,
                duration,
                processing_start,
                processing_end,
                keyboard,
            };
            vitals.event(&event, || element.to_owned());
        }
        Did::LongFrame(start, duration, scripts) => {
            vitals.long_frame(start, duration, List(scripts));
        }
        Did::Input => vitals.input(page),
        Did::Hidden(time) => vitals.hidden(time, page),
        Did::Left(time) => vitals.leave(time, page),
        Did::Restored(time) => vitals.restored(time, page),
        Did::RestoredPaint(now) => vitals.restored_paint(now, page),
        Did::Soft(start, painted, interaction) => {
            vitals.soft_navigation(start, painted, interaction, page);
        }
        Did::SoftPaint(interaction, start, rendered, element) => {
            let paint = LargestPaint { rendered, url: String::new() };
            vitals.soft_paint(interaction, start, paint, || element.to_owned());
        }
    }
}

/// `NAME value @time`, then what made it: parts joined by `+`, `element`, `!script`.
fn words(report: &Report) -> String {
    let vital = match decoded(report) {
        Body::WebVital(vital) => vital,
        other => panic!("{other:?}"),
    };
    let name = vital.name.as_deref().expect("a name");
    let value = vital.value.map_or(f64::NAN, Number::get);
    let mut words = format!("{name} {} @{}", (value * 1e4).round() / 1e4, report.time);
    let parts = [
        vital.time_to_first_byte,
        vital.resource_load_delay,
        vital.resource_load_duration,
        vital.element_render_delay,
        vital.input_delay,
        vital.processing_duration,
        vital.presentation_delay,
    ];
    let parts: Vec<String> = parts.iter().flatten().map(|part| part.get().to_string()).collect();
    let mut word = |sign: &str, word: Option<&str>| {
        if let Some(word) = word {
            write!(words, " {sign}{word}").expect("a String takes it");
        }
    };
    word("=", Some(parts.join("+").as_str()).filter(|parts| !parts.is_empty()));
    word("", vital.element.as_deref());
    word("", vital.url.as_deref());
    word("", vital.interaction_type.as_deref());
    word("largest ", vital.largest_shift.map(|shift| format!("{:.2}", shift.get())).as_deref());
    word("at ", vital.time.map(|time| time.get().to_string()).as_deref());
    word("", vital.load_state.as_deref());
    word("!", vital.script_url.as_deref());
    word("!", vital.script_invoker.as_deref());
    word("!", vital.script_duration.map(Millis::get).map(|ran| ran.to_string()).as_deref());
    words
}

/// What ingest reads of it.
fn decoded(report: &Report) -> Body {
    let event = report.draft.event(report.time);
    let header = Header {
        app_key: Some(Text::cut("k")),
        session_id: Some(Id([1; 16])),
        sequence: Some(1),
        ..Header::default()
    };
    let frame = encode_frame_of(&header, std::iter::once(event.as_slice()));
    let frame = decode_frame(&frame).expect("a frame").frame;
    frame.events.into_iter().next().expect("an event").body
}
