//! What ingest tells of itself: an identifier for each request, given back in its answer, and
//! traces of some of them by OTLP.
//!
//! Neither holds anything personal: no address, no user agent, no path that a client wrote, no
//! content. Why OTLP is written by hand: `docs/decisions/0017-otlp-by-hand.md`.

mod context;
mod export;
pub mod limits;
mod otlp;
mod request_id;
mod span;

pub use context::TraceContext;
pub use export::{ExportCounters, Exporter};
pub use request_id::RequestId;
pub use span::{ActiveSpan, Attribute, Phase, Span, Tracer};

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};

/// A random number: for identifiers that need not be secret, only different.
fn random() -> u64 {
    thread_local! {
        /// Seeded by the system once a thread.
        static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one(std::thread::current().id()));
    }
    // SplitMix64 (Steele, Lea and Flood 2014).
    let state = STATE.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    STATE.set(state);
    let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
