//! What DataView stores, and what it reads from each thing that arrives.
//!
//! A frame is stored as the buffer had it, so nothing is lost in reading it; beside it stand the
//! facts by which it is found: the session it belongs to, its views, calls and errors, and the
//! measures that go into roll-ups. Spans, hops and log lines come from the services and the network.

mod dimension;
mod facts;
mod id;
mod measure;
mod network;
mod trace;

pub use dimension::{Dimension, Dimensions};
pub use facts::{CallFact, ErrorFact, FrameFacts, SessionFacts, UserChange, ViewFact};
pub use id::{SessionId, SpanId, TraceId, ViewId};
pub use measure::{Measure, Metric, Value};
pub use network::Hop;
pub use trace::{LogLine, Span, SpanKind, SpanStatus};
