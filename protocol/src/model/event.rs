//! The kinds of events.

use crate::cbor::{Reader, Writer};
use crate::field::{Attributes, Millis, Number, Text};
use crate::problem::{FieldError, FieldProblem};
use crate::record::{FieldInfo, Record, read_record, record, write_record};

/// Something that happened in a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, in milliseconds after the header's `time_base_ms`: finite, 0 to 2^53 - 1.
    pub time: f64,
    /// What.
    pub body: Body,
}

/// One row of the table of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindInfo {
    /// Number in the CBOR form.
    pub key: u64,
    /// Name in the JSON form.
    pub name: &'static str,
    /// The fields of its body.
    pub fields: &'static [FieldInfo],
    /// Names of the fields that must be there.
    pub required: &'static [&'static str],
}

macro_rules! kinds {
    ($( #[doc = $doc:literal] $key:literal => $kind:ident($record:ident in $held:ty) = $name:literal, required [$($required:ident = $required_name:literal),*]; )*) => {
        /// What happened, by kind. Page views and vitals are boxed: they are many times the size of
        /// the others, and come a few times a page.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $( #[doc = $doc] $kind($held), )*
        }

        /// The kinds by themselves.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Kind {
            $( #[doc = $doc] $kind = $key, )*
        }

        /// All kinds, in the order of their numbers.
        pub const KINDS: &[KindInfo] = &[
            $( KindInfo { key: $key, name: $name, fields: $record::FIELDS, required: &[$($required_name),*] }, )*
        ];

        impl Body {
            /// What it is.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $( Self::$kind(_) => Kind::$kind, )* }
            }

            /// Number of the kind in the CBOR form.
            #[must_use]
            pub fn key(&self) -> u64 {
                self.kind() as u64
            }

            pub(crate) fn present(&self) -> usize {
                match self { $( Self::$kind(record) => record.present(), )* }
            }

            pub(crate) fn write_fields(&self, writer: &mut Writer) {
                match self { $( Self::$kind(record) => record.write_fields(writer), )* }
            }

            /// Name of the kind in the JSON form.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $( Self::$kind(_) => $name, )* }
            }

            pub(crate) fn write(&self, writer: &mut Writer) {
                match self { $( Self::$kind(record) => write_record::<$record>(record, writer), )* }
            }

            /// Reads the body of an event of kind `key`; `None` when the kind is unknown.
            pub(crate) fn read(key: u64, reader: &mut Reader<'_>) -> Result<Option<Self>, FieldError> {
                match key {
                    $( $key => read_record::<$record>("body", reader).map(|record| Some(Self::$kind(record.into()))), )*
                    _ => Ok(None),
                }
            }

            /// An empty body of the kind called `name`; `None` when there is no such kind.
            #[cfg(feature = "json")]
            pub(crate) fn empty(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$kind($record::default().into())), )* _ => None }
            }

            #[cfg(feature = "json")]
            pub(crate) fn read_json(&mut self, name: &str, raw: &serde_json::value::RawValue) -> Result<bool, FieldError> {
                match self { $( Self::$kind(record) => record.read_json(name, raw), )* }
            }

            #[cfg(feature = "json")]
            pub(crate) fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut map = serde_json::Map::new();
                match self { $( Self::$kind(record) => record.to_json(&mut map), )* }
                map
            }

            /// Checks that what must be there is.
            pub(crate) fn check_required(&self) -> Result<(), FieldError> {
                match self { $( Self::$kind(_record) => { $( if _record.$required.is_none() {
                    return Err(FieldError { field: $required_name, problem: FieldProblem::Missing });
                } )* } )* }
                Ok(())
            }
        }
    };
}

kinds! {
    /// A page was shown. Sent when it has loaded, or when it is left earlier.
    1 => PageView(PageView in Box<PageView>) = "page_view", required [];
    /// A paint or Web Vital became known.
    2 => WebVital(WebVital in Box<WebVital>) = "web_vital", required [name = "browser.web_vital.name", value = "browser.web_vital.value"];
    /// An exception reached the top of a script.
    3 => Exception(Exception in Exception) = "exception", required [];
    /// A promise was rejected and nobody caught it.
    4 => UnhandledRejection(Exception in Exception) = "unhandled_rejection", required [];
    /// An image, script, style or other resource of the page did not load.
    5 => ResourceFailure(ResourceFailure in ResourceFailure) = "resource_failure", required [url = "url.full"];
    /// The page called an API with fetch or XMLHttpRequest.
    6 => ApiCall(ApiCall in ApiCall) = "api_call", required [url = "url.full"];
    /// The application reported something of its own.
    7 => Custom(Custom in Custom) = "custom", required [name = "event.name"];
    /// From here on the session's user is known, or, without `user.id`, no longer known.
    8 => Identity(Identity in Identity) = "identity", required [];
    /// A page without a load of its own: a script has shown another route, or named the one it shows.
    9 => RouteChange(RouteChange in RouteChange) = "route_change", required [];
}

record! {
    /// A page and its navigation timing (W3C Navigation Timing 2): offsets from the start of the navigation.
    pub struct PageView {
        /// W3C `PerformanceNavigationTiming.type`: navigate, reload, back_forward, prerender.
        1 => navigation_type: Text<16> = "navigation.type",
        /// Address of the page before, without query and fragment.
        2 => referrer: Text<2048> = "document.referrer",
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
        32 => fragment: Text<1024> = "url.fragment",
        /// The route's pattern: path and fragment, with `{id}` in place of identifiers. Made by ingest; not taken from clients.
        33 => template: Text<1024> = "url.template",
    }
}

/// The names that a [`WebVital`] may have. A reader takes any; ingest refuses what is none of them,
/// because a name is kept as it is.
pub const WEB_VITALS: [&str; 6] = ["FP", "FCP", "LCP", "CLS", "INP", "TTFB"];

record! {
    /// A paint or Web Vital.
    pub struct WebVital {
        /// FP, FCP, LCP, CLS, INP or TTFB.
        1 => name: Text<16> = "browser.web_vital.name",
        /// Its value: milliseconds, for CLS a score.
        2 => value: Number = "browser.web_vital.value",
        /// Selector of the element: the largest paint, the largest shift, the interaction's target.
        3 => element: Text<128> = "browser.web_vital.element",
        /// LCP: address of the resource that was painted, without query and fragment.
        4 => url: Text<2048> = "browser.web_vital.url",
        /// How far the page had loaded then: loading, dom-interactive, dom-content-loaded or complete.
        5 => load_state: Text<32> = "browser.web_vital.load_state",
        /// CLS: the largest shift; INP: the interaction began. An offset like the event's own time.
        6 => time: Millis = "browser.web_vital.time",
        /// CLS: score of the largest shift.
        7 => largest_shift: Number = "browser.web_vital.largest_shift",
        /// FCP, LCP: the part until the first byte of the page.
        8 => time_to_first_byte: Millis = "browser.web_vital.time_to_first_byte",
        /// LCP: from there until the resource was asked for.
        9 => resource_load_delay: Millis = "browser.web_vital.resource_load_delay",
        /// LCP: until the resource was there.
        10 => resource_load_duration: Millis = "browser.web_vital.resource_load_duration",
        /// LCP: until it was painted.
        11 => element_render_delay: Millis = "browser.web_vital.element_render_delay",
        /// INP: pointer or keyboard.
        12 => interaction_type: Text<16> = "browser.web_vital.interaction_type",
        /// INP: until the first handler of the frame ran.
        13 => input_delay: Millis = "browser.web_vital.input_delay",
        /// INP: until the last handler had run.
        14 => processing_duration: Millis = "browser.web_vital.processing_duration",
        /// INP: until the next paint.
        15 => presentation_delay: Millis = "browser.web_vital.presentation_delay",
        /// INP: address of the script that ran longest meanwhile, without query and fragment.
        16 => script_url: Text<2048> = "browser.web_vital.script.url",
        /// INP: W3C `invoker` of that script, e.g. BUTTON#pay.onclick.
        17 => script_invoker: Text<128> = "browser.web_vital.script.invoker",
        /// INP: how long it ran within the interaction.
        18 => script_duration: Millis = "browser.web_vital.script.duration",
    }
}

record! {
    /// An exception or the reason of a rejection.
    pub struct Exception {
        /// Its class, e.g. TypeError.
        1 => r#type: Text<128> = "exception.type",
        /// Its message.
        2 => message: Text<1024> = "exception.message",
        /// Its stack as the engine wrote it.
        3 => stacktrace: Text<8192> = "exception.stacktrace",
        /// Address of the script, without query and fragment.
        4 => file: Text<2048> = "code.file.path",
        /// Line in the script, from 1.
        5 => line: u64 = "code.line.number",
        /// Column in the line, from 1.
        6 => column: u64 = "code.column.number",
    }
}

record! {
    /// A resource that did not load.
    pub struct ResourceFailure {
        /// Its address, without query and fragment.
        1 => url: Text<2048> = "url.full",
        /// Name of the element that wanted it, in lower case, e.g. img.
        2 => element: Text<32> = "element.name",
    }
}

record! {
    /// A call of an API.
    pub struct ApiCall {
        /// The method, in upper case.
        1 => method: Text<16> = "http.request.method",
        /// The address, without query and fragment.
        2 => url: Text<2048> = "url.full",
        /// The HTTP status; absent when there was no answer.
        3 => status: u64 = "http.response.status_code",
        /// From the call to the end of the answer's headers (fetch) or of the answer (XMLHttpRequest).
        4 => duration: Millis = "duration_ms",
        /// Why there was no answer: abort, timeout or network.
        5 => error: Text<16> = "error.type",
        /// W3C `initiatorType`: fetch or xmlhttprequest.
        6 => initiator: Text<16> = "initiator_type",
        /// The path's pattern, with `{id}` in place of identifiers. Made by ingest; not taken from clients.
        7 => template: Text<1024> = "url.template",
    }
}

record! {
    /// An event of the application's own.
    pub struct Custom {
        /// Its name.
        1 => name: Text<128> = "event.name",
        /// What the application says of it.
        2 => attributes: Attributes = "attributes",
    }
}

record! {
    /// Who uses the session.
    pub struct Identity {
        /// The user's ID as the application knows it. Only on the way to ingest; never kept.
        1 => id: Text<256> = "user.id",
        /// The keyed pseudonym that ingest puts in its place. Not taken from clients.
        2 => hash: Text<128> = "user.hash",
        /// The user's tier, e.g. vip.
        3 => tier: Text<32> = "user.tier",
        /// What else the application says of the user.
        4 => attributes: Attributes = "attributes",
    }
}

record! {
    /// Another route of a page that a script draws.
    pub struct RouteChange {
        /// W3C `NavigationType`: push, replace, traverse (also a link to a fragment); absent where a view only gets a name.
        1 => navigation_type: Text<16> = "navigation.type",
        /// Address of the view before, without query and fragment.
        2 => referrer: Text<2048> = "document.referrer",
        /// The route that a script keeps behind the `#` of the address, without query.
        3 => fragment: Text<1024> = "url.fragment",
        /// The route's pattern: path and fragment, with `{id}` in place of identifiers. Made by ingest; not taken from clients.
        4 => template: Text<1024> = "url.template",
        /// What the application calls the route; the last name that a view was given holds.
        5 => name: Text<128> = "route.name",
    }
}
