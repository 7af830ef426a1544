//! Frames of docs/protocol.md with bytes and tokens changed, through the real door: always an answer
//! that explains itself, never a panic, and no memory that grows.
//!
//! Ten seconds; ten minutes with `DNA_SOAK=1`. `DNA_FUZZ_SEED` repeats a run.

use actix_http::Response;
use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service, ServiceFactory};
use actix_web::{test, web};
use dna_protocol::cbor;
use ingest::buffer::commit::{Bounds, Sink, Written};
use ingest::buffer::{BufferCounters, Group, KeepError, Keeper};
use ingest::config::{Config, Layers};
use ingest::http::Door;
use ingest::http::server::answering;
use serde_json::{Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::time::{Duration, Instant};

const NOW: u64 = 1_800_000_000_000;
const KEY: &str = "demo-bank";

/// What may be held more at the end than after the first part of the run: tables that grow by
/// doubling while they fill up to their bounds.
const GROWTH_MAX: isize = 4 * 1024 * 1024;

/// What one request may hold at its worst: the largest body, decompressed, and what is read of it.
const PEAK_MAX: isize = 32 * 1024 * 1024;

/// Counts the bytes that the process holds.
struct Counting;

static HELD: AtomicIsize = AtomicIsize::new(0);
static PEAK: AtomicIsize = AtomicIsize::new(0);

#[allow(unsafe_code, reason = "an allocator cannot be written without; it only counts")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size() as isize, Ordering::Relaxed);
        PEAK.fetch_max(held + layout.size() as isize, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Takes everything and keeps nothing, so that what is held is the door's.
struct Nowhere;

impl Sink for Nowhere {
    const KIND: &'static str = "nowhere";

    async fn write_group(&mut self, group: Group) -> Written {
        for item in group.iter() {
            dna_protocol::entry::Entry::decode(&item.bytes).expect("what is kept can be read");
        }
        Ok(())
    }

    async fn probe(&mut self) -> Result<(), KeepError> {
        Ok(())
    }

    fn durability(&self) -> String {
        "none".to_owned()
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Below `end`, which is above 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Good frames in both forms: the golden ones, with a key that is known.
fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/frames");
    let mut seeds = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("readable").collect();
    files.sort_by_key(|file| file.as_ref().expect("readable").path());
    for file in files {
        let path = file.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read(&path).expect("readable");
        let Ok(mut decoded) = dna_protocol::json::decode_frame(&text) else { continue };
        decoded.frame.header.app_key = Some(dna_protocol::field::Text::cut(KEY));
        seeds.push(cbor::encode_frame(&decoded.frame));
        seeds.push(dna_protocol::json::frame_value(&decoded.frame).to_string().into_bytes());
    }
    assert!(seeds.len() >= 6, "{} seeds", seeds.len());
    seeds
}

/// What breaks readers: numbers at their bounds, openings, closings, escapes, half characters.
const TOKENS: [&[u8]; 22] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"-0",
    b"null",
    b"18446744073709551616",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xbf",
    b"\x7f",
    b"\xf9\x7e\x00",
    b"\xfb\x7f\xf0\x00\x00\x00\x00\x00\x00",
    b"\xd9\xd9\xf7",
    b"\xc2",
    b"\xed\xa0\x80",
    b"",
    b"13800138000",
];

/// Puts what no good client would say in the place of values, in a frame that can be read.
fn mutate_values(random: &mut Random, value: &mut Value, chance: usize) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(|item| mutate_values(random, item, chance));
            if random.below(chance) == 0
                && let Some(first) = items.first().cloned()
            {
                items.extend(std::iter::repeat_n(first, random.below(1100)));
            }
        }
        Value::Object(members) => {
            members.values_mut().for_each(|member| mutate_values(random, member, chance));
            if random.below(chance) == 0 {
                members.insert("unknown".to_owned(), json!([{"a": 1}, "13800138000"]));
            }
        }
        leaf if random.below(chance) == 0 => {
            let long = "6222021234567890 ".repeat(1 + random.below(700));
            *leaf = match random.below(12) {
                0 => Value::Null,
                1 => json!(-1),
                2 => json!(f64::MAX),
                3 => json!(u64::MAX),
                4 => json!(random.next() as f64 / 1e3),
                5 => json!(""),
                6 => json!(long),
                7 => json!("https://u:p@h/K-4711/13800138000?a=%31%33800138000&lang=zh#x"),
                8 => json!("\u{0}\u{202e}\u{10ffff}\u{fffd}"),
                9 => json!([[[[{}]]]]),
                10 => json!(true),
                _ => json!({"13800138000": 1, "": "x", "a": {"b": 1}}),
            };
        }
        _ => {}
    }
}

/// A frame with bytes changed, or with values changed, in either form.
fn mutate(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    if random.below(2) == 0 {
        return mutate_bytes(random, seeds);
    }
    let seed = random.pick(seeds);
    let Ok(mut frame) = serde_json::from_slice::<Value>(seed) else {
        // CBOR: one byte, so that most of the frame can still be read.
        let mut body = seed.clone();
        let at = random.below(body.len());
        body[at] = random.next() as u8;
        return body;
    };
    let chance = 4 + random.below(60);
    mutate_values(random, &mut frame, chance);
    // The key stays, or nothing behind it would be reached.
    frame["app_key"] = KEY.into();
    frame.to_string().into_bytes()
}

fn mutate_bytes(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut body = random.pick(seeds).clone();
    for _ in 0..1 + random.below(6) {
        let at = random.below(body.len().max(1)).min(body.len());
        match random.below(8) {
            0 if at < body.len() => body[at] ^= 1 << random.below(8),
            1 if at < body.len() => body[at] = random.next() as u8,
            2 => body.truncate(at),
            3 => drop(body.drain(at..(at + random.below(16)).min(body.len()))),
            4 => drop(body.splice(at..at, random.pick(&TOKENS).iter().copied())),
            5 => {
                // A part of it twice, or of another.
                let other = random.pick(seeds);
                let from = random.below(other.len());
                let part = &other[from..(from + random.below(200)).min(other.len())];
                drop(body.splice(at..at, part.iter().copied()));
            }
            6 => {
                let end = (at + 8).min(body.len());
                drop(body.splice(at..end, random.pick(&TOKENS).iter().copied()));
            }
            // Many of one thing.
            _ => {
                let byte = *random.pick(b"[{\"a9\x81\xa1\xff ");
                drop(body.splice(at..at, std::iter::repeat_n(byte, random.below(5000))));
            }
        }
    }
    body
}

/// The body as it goes over the wire, sometimes compressed, sometimes only said to be.
fn encoded(random: &mut Random, body: Vec<u8>) -> (Option<&'static str>, Vec<u8>) {
    match random.below(12) {
        0 => {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&body).expect("to memory");
            (Some("gzip"), encoder.finish().expect("to memory"))
        }
        1 => (Some(*random.pick::<&str>(&["gzip", "br", "zstd", "deflate"])), body),
        2 => (Some("zstd"), zstd::encode_all(&*body, 1).expect("to memory")),
        _ => (None, body),
    }
}

fn config() -> Config {
    let text = format!(
        "[privacy]\npseudonym_key = {:?}\n[[apps]]\nname = \"bank\"\nkeys = [{KEY:?}]\n\
         origins = [\"*\"]\nurl_params = [\"lang\"]\ndrop_fields = [\"attributes.iban\"]\n\
         [[apps.sampling]]\nkinds = [\"resource\"]\nrate = 0.5\n\
         [[apps.scrub]]\nname = \"contract\"\npattern = \"K-[0-9]+\"\n",
        "ab".repeat(32)
    );
    let layers = Layers::from_text(Path::new("fuzz.toml"), &text).expect("TOML");
    Config::load(&layers).expect("good")
}

#[actix_web::test]
async fn mutated_frames_are_answered_and_cost_nothing_that_stays() {
    let is_full = std::env::var("DNA_SOAK").is_ok_and(|value| value == "1");
    let time = Duration::from_secs(if is_full { 600 } else { 10 });
    let seed = std::env::var("DNA_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| std::process::id().into());
    let mut random = Random(seed);
    let counters = Arc::new(BufferCounters::default());
    let bounds = Bounds::new(1000, 64 * 1024 * 1024);
    let keeper = Keeper::start(Nowhere, bounds, Arc::clone(&counters)).await;
    let door = web::Data::new(Door::new(&config(), keeper, counters, || NOW));
    let app = answering(door, None).new_service(()).await.expect("services");
    let seeds = seeds();
    let mut statuses: BTreeMap<u16, u64> = BTreeMap::new();
    let start = Instant::now();
    let (mut after_warming, mut worst, mut count) = (None, 0, 0_u64);
    while start.elapsed() < time {
        let body = mutate(&mut random, &seeds);
        let (encoding, body) = encoded(&mut random, body);
        let before = HELD.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        let mut request = test::TestRequest::post().uri("/v1/beacon").set_payload(body);
        if let Some(encoding) = encoding {
            request = request.insert_header(("Content-Encoding", encoding));
        }
        let answer = app.call(request.to_request()).await.expect("an answer");
        let status = check(answer, &format!("seed {seed}, request {count}")).await;
        worst = worst.max(PEAK.load(Ordering::Relaxed) - before);
        *statuses.entry(status).or_default() += 1;
        count += 1;
        if count % 1000 == 0 {
            // The door still does its work.
            let good = good(&mut random);
            let request = test::TestRequest::post().uri("/v1/beacon").set_payload(good);
            let answer = app.call(request.to_request()).await.expect("an answer");
            assert_eq!(answer.status().as_u16(), 200, "seed {seed}, after {count}");
        }
        if after_warming.is_none() && start.elapsed() > time / 3 {
            after_warming = Some(HELD.load(Ordering::Relaxed));
        }
    }
    let grown = HELD.load(Ordering::Relaxed) - after_warming.expect("a third is over");
    eprintln!(
        "seed {seed}: {count} frames, answers {statuses:?}, at most {worst} bytes for one, \
         {grown} bytes more at the end"
    );
    assert!(statuses.contains_key(&200) && statuses.contains_key(&400), "{statuses:?}");
    assert!(grown < GROWTH_MAX, "{grown} bytes more at the end");
    assert!(worst < PEAK_MAX, "{worst} bytes for one request");
}

/// An answer explains itself: what was kept, or the problem with its own status.
async fn check(answer: Response<BoxBody>, at: &str) -> u16 {
    let status = answer.status().as_u16();
    assert!([200, 400, 401, 413, 415, 422].contains(&status), "{at}: {status}");
    let body = to_bytes(answer.into_body()).await.expect(at);
    let body: serde_json::Value = serde_json::from_slice(&body).expect(at);
    if status == 200 {
        assert!(body["accepted"].is_u64(), "{at}: {body}");
    } else {
        assert_eq!(body["status"], status, "{at}: {body}");
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{at}: {body}");
    }
    status
}

fn good(random: &mut Random) -> String {
    let session = format!("{:016x}{:016x}", random.next(), random.next());
    format!(
        "{{\"app_key\":{KEY:?},\"session.id\":{session:?},\"sequence\":1,\"events\":\
         [{{\"kind\":\"custom\",\"time\":{NOW},\"body\":{{\"event.name\":\"n\"}}}}]}}"
    )
}
