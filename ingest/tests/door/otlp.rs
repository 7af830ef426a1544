//! A small receiver of OTLP, which decodes what it gets by the messages of
//! `opentelemetry/proto/trace/v1/trace.proto` and those around it, as far as they are looked at.

use prost::Message;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::time::{Duration, Instant};

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ExportTraceServiceRequest {
    #[prost(message, repeated, tag = "1")]
    pub(crate) resource_spans: Vec<ResourceSpans>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ResourceSpans {
    #[prost(message, optional, tag = "1")]
    pub(crate) resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) scope_spans: Vec<ScopeSpans>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Resource {
    #[prost(message, repeated, tag = "1")]
    pub(crate) attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct ScopeSpans {
    #[prost(message, repeated, tag = "2")]
    pub(crate) spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Span {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) trace_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) span_id: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    pub(crate) parent_span_id: Vec<u8>,
    #[prost(string, tag = "5")]
    pub(crate) name: String,
    #[prost(int32, tag = "6")]
    pub(crate) kind: i32,
    #[prost(fixed64, tag = "7")]
    pub(crate) start_time_unix_nano: u64,
    #[prost(fixed64, tag = "8")]
    pub(crate) end_time_unix_nano: u64,
    #[prost(message, repeated, tag = "9")]
    pub(crate) attributes: Vec<KeyValue>,
    #[prost(message, optional, tag = "15")]
    pub(crate) status: Option<Status>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Status {
    #[prost(int32, tag = "3")]
    pub(crate) code: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct KeyValue {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) value: Option<AnyValue>,
}

/// A choice on the wire is the same as fields of which one is there.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct AnyValue {
    #[prost(string, optional, tag = "1")]
    pub(crate) string_value: Option<String>,
    #[prost(int64, optional, tag = "3")]
    pub(crate) int_value: Option<i64>,
}

impl ExportTraceServiceRequest {
    pub(crate) fn spans(&self) -> impl Iterator<Item = &Span> {
        self.resource_spans.iter().flat_map(|it| &it.scope_spans).flat_map(|it| &it.spans)
    }
}

/// A receiver on a port of its own.
pub(crate) struct Receiver {
    address: SocketAddr,
    received: mpsc::Receiver<(String, Vec<u8>)>,
}

impl Receiver {
    /// One that gives everybody `answer`.
    pub(crate) fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let (sender, received) = mpsc::channel();
        // Ends with the process, or when nobody listens any more.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut bytes = Vec::new();
                let mut chunk = [0; 8192];
                let request = loop {
                    if let Some(request) = complete(&bytes) {
                        break request;
                    }
                    match stream.read(&mut chunk).expect("readable") {
                        0 => panic!("half a request"),
                        read => bytes.extend_from_slice(&chunk[..read]),
                    }
                };
                stream.write_all(answer.as_bytes()).expect("taken");
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self { address, received }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first head, and the requests until there are `count` spans.
    pub(crate) fn wait_for_spans(&self, count: usize) -> (String, Vec<ExportTraceServiceRequest>) {
        let until = Instant::now() + Duration::from_secs(30);
        let (mut heads, mut requests) = (Vec::new(), Vec::<ExportTraceServiceRequest>::new());
        while requests.iter().flat_map(ExportTraceServiceRequest::spans).count() < count {
            let left = until.saturating_duration_since(Instant::now());
            let (head, body) = self.received.recv_timeout(left).expect("spans come");
            heads.push(head);
            requests.push(Message::decode(&*body).expect("the messages of OTLP"));
        }
        (heads.swap_remove(0), requests)
    }
}

/// Head and body, when both are there.
fn complete(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).expect("ASCII");
    let length = head.split("Content-Length: ").nth(1).expect("a length");
    let length: usize = length.split("\r\n").next().and_then(|it| it.parse().ok()).expect("it");
    (bytes.len() == end + length).then(|| (head, bytes[end..].to_vec()))
}
