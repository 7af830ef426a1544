//! Calls of APIs and resources.

use crate::field::{Address, Id, Millis, Text};
use crate::record::record;

/// A record of something that was fetched: its phases, sizes and protocol are fields 10 to 20, between
/// those that only it has.
macro_rules! with_timing {
    ($(#[$meta:meta])* pub struct $record:ident { $($before:tt)* } $(and { $($after:tt)* })?) => {
        record! {
            $(#[$meta])*
            pub struct $record {
                $($before)*
                /// Until the browser began to look for the server: waiting for a free connection, redirects and service workers (HAR 1.2 `blocked`).
                10 => blocked: Millis = "timing.blocked",
                /// Looking up the name (HAR `dns`).
                11 => dns: Millis = "timing.dns",
                /// Connecting, TLS included (HAR `connect`).
                12 => connect: Millis = "timing.connect",
                /// The TLS handshake (HAR `ssl`).
                13 => tls: Millis = "timing.ssl",
                /// From the request to the first byte of the answer (HAR `wait`).
                14 => wait: Millis = "timing.wait",
                /// From the first to the last byte of the answer (HAR `receive`).
                15 => receive: Millis = "timing.receive",
                /// Bytes on the network, headers included; 0 from a cache, absent where another origin hides it.
                16 => transfer_size: u64 = "transfer_size",
                /// Bytes of the body before decompression.
                17 => encoded_body_size: u64 = "encoded_body_size",
                /// Bytes of the body after decompression.
                18 => decoded_body_size: u64 = "decoded_body_size",
                /// Protocol of the connection (ALPN), e.g. h2.
                19 => network_protocol: Text<16> = "network.protocol.name",
                /// Server-Timing of the answer as the header writes it.
                20 => server_timing: Text<512> = "server_timing",
                $($($after)*)?
            }
        }
    };
}

with_timing! {
    /// A call of an API.
    pub struct ApiCall {
        /// The method, in upper case.
        1 => method: Text<16> = "http.request.method",
        /// The address, without query and fragment.
        2 => url: Address<2048> = "url.full",
        /// The HTTP status; absent when there was no answer.
        3 => status: u64 = "http.response.status_code",
        /// From the call to the end of the answer's headers (fetch) or of the answer (XMLHttpRequest).
        4 => duration: Millis = "duration_ms",
        /// Why there was no answer: abort, timeout or network.
        5 => error: Text<16> = "error.type",
        /// W3C `initiatorType`: fetch or xmlhttprequest; in a mini program request, uploadFile or downloadFile.
        6 => initiator: Text<16> = "initiator_type",
        /// The path's pattern, with `{id}` in place of identifiers. Made by ingest; not taken from clients.
        7 => template: Address<1024> = "url.template",
        /// The trace that the call belongs to, where it was told to the server (W3C Trace Context).
        8 => trace_id: Id<16> = "trace_id",
        /// The call's own span: the parent of the server's.
        9 => span_id: Id<8> = "span_id",
    } and {
        /// Bytes of the request's body, where that can be told without reading it.
        21 => request_size: u64 = "http.request.body.size",
        /// Waiting for one of the platform's connections, a part of `timing.blocked`.
        22 => queue: Millis = "timing.queue",
        /// Whether the connection was there already: 1, or 0.
        23 => reused: u64 = "network.connection.reused",
        /// Round trip that the platform measured on the connection.
        24 => rtt: Millis = "network.connection.rtt",
        /// The action that it began with: its number on the page. Absent: none.
        25 => action: u64 = "user_action.id",
    }
}

with_timing! {
    /// Resources of a page (W3C Resource Timing): one that was slow or failed, or several of one kind and origin together.
    pub struct Resource {
        /// W3C `initiatorType`, e.g. img, script, css, link.
        1 => initiator: Text<32> = "initiator_type",
        /// The address, without query and fragment; of several their origin.
        2 => url: Address<2048> = "url.full",
        /// How many; absent: this one.
        3 => count: u64 = "count",
        /// From when it was wanted to its last byte; of several the longest.
        4 => duration: Millis = "duration_ms",
        /// Of several: the sum.
        5 => duration_sum: Millis = "duration_sum_ms",
        /// Of several: how many came from a cache.
        6 => cached: u64 = "cached_count",
        /// The HTTP status.
        7 => status: u64 = "http.response.status_code",
        /// W3C `renderBlockingStatus`: blocking; absent: it was not.
        8 => render_blocking: Text<16> = "render_blocking_status",
        /// When it was wanted: an offset like the event's own time.
        9 => start: Millis = "start_time",
    }
}
