//! Rows as they are written.

use super::limits::ERROR_CHARS_MAX;
use super::register::register;
use crate::model::{
    CallFact, Dimension, Dimensions, ErrorFact, FrameFacts, Measure, Metric, UserChange, Value,
};
use crate::rollup::minute_of;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dna_protocol::packed::EntryPacker;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The base of the bins of samples: a value and its bin's middle are at most 0.1 % apart, which is
/// what [`Percentiles`](crate::sketch::Percentiles) has left of its 1 %.
const BASE: f64 = 1.002;

/// The bin of nought.
const NOUGHT: i32 = i32::MIN;

/// What is smaller counts as nought.
const SMALLEST: f64 = 1e-4;

/// A row of `frames`.
#[derive(Serialize)]
pub(super) struct FrameRow<'a> {
    app: &'a str,
    session: String,
    sequence: u64,
    version: u64,
    place: u64,
    received_at: u64,
    first_at: u64,
    last_at: u64,
    user: &'a str,
    tier: &'a str,
    first_page: &'a str,
    region: &'a str,
    operator: &'a str,
    device: &'a str,
    os: &'a str,
    browser: &'a str,
    release: &'a str,
    environment: &'a str,
    events: u32,
    errors: u32,
    calls: u32,
    calls_failed: u32,
    entry: String,
}

impl<'a> FrameRow<'a> {
    pub(super) fn new(frame: &'a FrameFacts, place: u64, packer: &mut EntryPacker) -> Self {
        let facts = &frame.of_session;
        let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default();
        let (user, tier) = match &facts.user {
            UserChange::Unsaid => ("", ""),
            UserChange::Known { hash, tier } => (hash.as_str(), text(tier)),
        };
        let packed = packer.pack(&frame.entry);
        Self {
            app: &frame.app,
            session: frame.session.to_string(),
            sequence: frame.sequence,
            version: version(place),
            place,
            received_at: frame.received_at_ms,
            first_at: facts.first_at_ms,
            last_at: facts.last_at_ms,
            user,
            tier,
            first_page: text(&facts.first_page),
            region: text(&facts.region),
            operator: text(&facts.operator),
            device: text(&facts.device),
            os: text(&facts.os),
            browser: text(&facts.browser),
            release: text(&facts.release),
            environment: text(&facts.environment),
            events: facts.events,
            errors: facts.errors,
            calls: facts.calls,
            calls_failed: facts.calls_failed,
            entry: STANDARD.encode(packed.as_deref().unwrap_or(&frame.entry)),
        }
    }
}

/// Of two rows of one key the one of the greater version stays: the one that was written first.
pub(super) fn version(place: u64) -> u64 {
    u64::MAX - place
}

/// The version of what the last told one of stays.
fn later(at_ms: u64, sequence: u64) -> u64 {
    // 44 bits of time last until the year 2527.
    at_ms.min((1 << 44) - 1) << 20 | sequence.min((1 << 20) - 1)
}

/// A row of `measures`.
#[derive(Serialize)]
pub(super) struct MeasureRow<'a> {
    app: &'a str,
    metric: u8,
    session: String,
    key: u64,
    version: u64,
    minute: u64,
    count: u64,
    bin: i32,
    hash: u64,
    register: u16,
    rank: u8,
    page: &'a str,
    api: &'a str,
    region: &'a str,
    operator: &'a str,
    device: &'a str,
    os: &'a str,
    browser: &'a str,
    release: &'a str,
    transaction: &'a str,
}

impl<'a> MeasureRow<'a> {
    /// The row of the measure that is the frame's `number`th.
    pub(super) fn new(
        frame: &'a FrameFacts,
        number: usize,
        measure: &'a Measure,
        place: u64,
    ) -> Self {
        let key = match measure.once {
            Some(view) => format!("view {view}"),
            None => format!("{} {number}", frame.sequence),
        };
        let (count, bin, hash) = match measure.value {
            Value::Count(count) => (count, 0, 0),
            Value::Sample(value) => (1, bin(value), 0),
            Value::Unique(hash) => (1, 0, hash),
        };
        let (register, rank) = register(hash);
        let by = |wanted| dimension(&measure.dimensions, wanted);
        Self {
            app: &frame.app,
            metric: measure.metric as u8,
            session: frame.session.to_string(),
            key: hash_of(key.as_bytes()),
            version: match measure.metric {
                // The last one counts, by its own time: frames may come in another order.
                Metric::Cls | Metric::Inp => later(measure.at_ms, frame.sequence),
                _ => version(place),
            },
            // As in the embedded store, near its receipt, however wrong the client's clock is.
            minute: minute_of(measure.at_ms, frame.received_at_ms).max(0).cast_unsigned(),
            count,
            bin,
            hash,
            register,
            rank,
            page: by(Dimension::Page),
            api: by(Dimension::Api),
            region: by(Dimension::Region),
            operator: by(Dimension::Operator),
            device: by(Dimension::Device),
            os: by(Dimension::Os),
            browser: by(Dimension::Browser),
            release: by(Dimension::Release),
            transaction: by(Dimension::Transaction),
        }
    }
}

fn dimension(dimensions: &Dimensions, wanted: Dimension) -> &str {
    let found = dimensions.iter().find(|(dimension, _)| *dimension == wanted);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// The bin of a sample.
fn bin(value: f64) -> i32 {
    // What is no number is not counted by sketches either; here it is nought.
    if value.is_nan() || value < SMALLEST { NOUGHT } else { value.log(BASE).ceil() as i32 }
}

/// The middle of a bin.
pub(super) fn value_of(bin: i32) -> f64 {
    if bin == NOUGHT { 0.0 } else { BASE.powf(f64::from(bin) - 0.5) }
}

/// A row of `calls`.
#[derive(Serialize)]
pub(super) struct CallRow<'a> {
    trace: String,
    span: String,
    session: String,
    app: &'a str,
    version: u64,
    view: String,
    at: u64,
    duration: f64,
    api: &'a str,
    status: u16,
    ok: bool,
}

impl<'a> CallRow<'a> {
    /// The row of a call; `None` of one that cannot be joined.
    pub(super) fn new(frame: &'a FrameFacts, call: &'a CallFact, place: u64) -> Option<Self> {
        let (trace, span) = call.trace?;
        Some(Self {
            trace: trace.to_string(),
            span: span.to_string(),
            session: frame.session.to_string(),
            app: &frame.app,
            version: version(place),
            view: call.view.map(|view| view.to_string()).unwrap_or_default(),
            at: call.at_ms,
            duration: call.duration_ms,
            api: &call.api,
            status: call.status,
            ok: call.ok,
        })
    }
}

/// A row of `errors`.
#[derive(Serialize)]
pub(super) struct ErrorRow<'a> {
    app: &'a str,
    fingerprint: u64,
    session: String,
    sequence: u64,
    number: usize,
    version: u64,
    at: u64,
    kind: &'a str,
    r#type: String,
    message: String,
    page: &'a str,
}

impl<'a> ErrorRow<'a> {
    /// The row of the error that is the frame's `number`th.
    pub(super) fn new(
        frame: &'a FrameFacts,
        number: usize,
        error: &'a ErrorFact,
        place: u64,
    ) -> Self {
        let cut = |text: &str| text.chars().take(ERROR_CHARS_MAX).collect();
        Self {
            app: &frame.app,
            fingerprint: error.fingerprint,
            session: frame.session.to_string(),
            sequence: frame.sequence,
            number,
            version: version(place),
            at: error.at_ms,
            kind: error.kind,
            r#type: cut(&error.r#type),
            message: cut(&error.message),
            page: &error.page,
        }
    }
}

/// A row of `told`.
#[derive(Serialize)]
pub(super) struct ToldRow {
    pub(super) trace: String,
    pub(super) what: &'static str,
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) at: u64,
    pub(super) told: String,
}

impl ToldRow {
    /// The row of something that services or proxies told at `at_us`; `id` where it has one.
    pub(super) fn new(
        what: &'static str,
        trace: Option<String>,
        id: Option<String>,
        at_us: u64,
        told: &impl Serialize,
        place: u64,
    ) -> Self {
        // Maps with string keys, strings and numbers always have a JSON form.
        let told = serde_json::to_string(told).unwrap_or_default();
        let id = id.unwrap_or_else(|| format!("{:016x}", hash_of(told.as_bytes())));
        let trace = trace.unwrap_or_default();
        Self { trace, what, id, version: version(place), at: at_us / 1000, told }
    }
}

/// The same in every process and version: it is part of keys.
fn hash_of(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bins_middle_is_near_its_values() {
        for value in [0.0002, 0.1, 1.0, 3.7, 250.0, 86_400_000.0] {
            let middle = value_of(bin(value));
            assert!((middle - value).abs() <= value * 0.001_01, "{value}: {middle}");
        }
        for nought in [0.0, -3.0, 1e-9, f64::NAN] {
            assert!(value_of(bin(nought)).abs() < f64::EPSILON);
        }
    }
}
