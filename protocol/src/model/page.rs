//! Pages and the routes in them.

use crate::field::{Address, Millis, Number, Text};
use crate::record::record;

record! {
    /// A page and its navigation timing (W3C Navigation Timing 2): offsets from the start of the navigation.
    pub struct PageView {
        /// W3C `PerformanceNavigationTiming.type`: navigate, reload, back_forward, prerender.
        1 => navigation_type: Text<16> = "navigation.type",
        /// Address of the page before, without query and fragment.
        2 => referrer: Address<2048> = "document.referrer",
        /// First byte of the answer.
        3 => response_start: Millis = "response_start",
        /// Last byte of the answer.
        4 => response_end: Millis = "response_end",
        /// The parser has finished.
        5 => dom_interactive: Millis = "dom_interactive",
        /// The DOMContentLoaded handlers have run.
        6 => dom_content_loaded_event_end: Millis = "dom_content_loaded_event_end",
        /// The page and its resources are complete.
        7 => dom_complete: Millis = "dom_complete",
        /// The load handlers have run.
        8 => load_event_end: Millis = "load_event_end",
        /// The request was sent.
        9 => request_start: Millis = "request_start",
        /// The browser began to fetch.
        10 => fetch_start: Millis = "fetch_start",
        /// Name look-up began.
        11 => domain_lookup_start: Millis = "domain_lookup_start",
        /// Name look-up ended.
        12 => domain_lookup_end: Millis = "domain_lookup_end",
        /// Connecting began.
        13 => connect_start: Millis = "connect_start",
        /// Connecting ended, TLS included.
        14 => connect_end: Millis = "connect_end",
        /// The TLS handshake began.
        15 => secure_connection_start: Millis = "secure_connection_start",
        /// The load handlers began.
        16 => load_event_start: Millis = "load_event_start",
        /// The DOMContentLoaded handlers began.
        17 => dom_content_loaded_event_start: Millis = "dom_content_loaded_event_start",
        /// Redirects began.
        18 => redirect_start: Millis = "redirect_start",
        /// Redirects ended.
        19 => redirect_end: Millis = "redirect_end",
        /// Number of redirects.
        20 => redirect_count: u64 = "redirect_count",
        /// Bytes on the network, headers included; 0 from a cache.
        21 => transfer_size: u64 = "transfer_size",
        /// Bytes of the body before decompression.
        22 => encoded_body_size: u64 = "encoded_body_size",
        /// Bytes of the body after decompression.
        23 => decoded_body_size: u64 = "decoded_body_size",
        /// Protocol of the connection (ALPN), e.g. h2.
        24 => network_protocol: Text<16> = "network.protocol.name",
        /// HTTP status of the page.
        25 => response_status: u64 = "http.response.status_code",
        /// Width of the viewport in CSS pixels.
        26 => viewport_width: u64 = "viewport.width",
        /// Height of the viewport in CSS pixels.
        27 => viewport_height: u64 = "viewport.height",
        /// Preferred language of the browser (BCP 47).
        28 => language: Text<35> = "browser.language",
        /// W3C `document.visibilityState` when the page began: visible, hidden.
        29 => visibility_state: Text<16> = "document.visibility_state",
        /// The prerendered page was shown (W3C `activationStart`).
        30 => activation_start: Millis = "activation_start",
        /// The service worker was started, or asked.
        31 => worker_start: Millis = "worker_start",
        /// The route that a script keeps behind the `#` of the address, without query.
        32 => fragment: Address<1024> = "url.fragment",
        /// The route's pattern: path and fragment, with `{id}` in place of identifiers. Made by ingest; not taken from clients.
        33 => template: Address<1024> = "url.template",
        /// Server-Timing of the answer as the header writes it: `name;dur=ms;desc=text`, separated by commas.
        34 => server_timing: Text<512> = "server_timing",
        /// How the device is connected (W3C Network Information `type`): wifi, cellular, ethernet.
        35 => connection_type: Text<16> = "network.connection.type",
        /// How fast the connection is, as a class (`effectiveType`): slow-2g, 2g, 3g, 4g.
        36 => effective_type: Text<16> = "network.connection.effective_type",
        /// Estimated round trip (`rtt`), to 25 ms.
        37 => rtt: Millis = "network.connection.rtt",
        /// Estimated bandwidth in Mbit/s (`downlink`).
        38 => downlink: Number = "network.connection.downlink",
        /// Memory of the device in GiB (W3C Device Memory), rounded by the browser.
        39 => device_memory: Number = "device.memory",
        /// Logical processors (`hardwareConcurrency`).
        40 => processors: u64 = "device.processors",
    }
}

record! {
    /// Another route of a page that a script draws.
    pub struct RouteChange {
        /// W3C `NavigationType`: push, replace, traverse (also a link to a fragment); absent where a view only gets a name.
        1 => navigation_type: Text<16> = "navigation.type",
        /// Address of the view before, without query and fragment.
        2 => referrer: Address<2048> = "document.referrer",
        /// The route that a script keeps behind the `#` of the address, without query.
        3 => fragment: Address<1024> = "url.fragment",
        /// The route's pattern: path and fragment, with `{id}` in place of identifiers. Made by ingest; not taken from clients.
        4 => template: Address<1024> = "url.template",
        /// What the application calls the route; the last name that a view was given holds.
        5 => name: Text<128> = "route.name",
        /// From the change of the address to the first paint after which the page was quiet.
        6 => duration: Millis = "duration_ms",
    }
}

record! {
    /// The page was covered, or seen again.
    pub struct Visibility {
        /// W3C `document.visibilityState` from now on: visible, hidden.
        1 => state: Text<16> = "document.visibility_state",
    }
}
