//! The table of problems: each reason to refuse a request, its status and what it means.

use dna_protocol::FrameProblem;

macro_rules! codes {
    ($( $variant:ident = $code:literal, $status:literal, $title:literal, $explanation:literal; )*) => {
        /// Why a request is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $( #[doc = $title] $variant, )*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// Its stable name, in problems and metrics.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $code, )* }
            }

            /// The HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $( Self::$variant => $status, )* }
            }

            /// A short summary, the same for each occurrence.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )* }
            }

            /// What the sender can do about it.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $( Self::$variant => $explanation, )* }
            }
        }
    };
}

codes! {
    Truncated = "truncated", 400, "The frame ends too early",
        "The body stops inside a CBOR item. Send the whole frame; `detail` names the first missing byte.";
    MalformedCbor = "malformed_cbor", 400, "The body is no well-formed CBOR",
        "`detail` names the byte. Lengths must be definite (RFC 8949, section 3.2).";
    WrongTag = "wrong_tag", 400, "The body is no frame",
        "A frame opens with `{` (JSON) or with tag 55799, the bytes d9 d9 f7 (CBOR, RFC 8949 section 3.4.6).";
    TooDeep = "too_deep", 400, "Items are nested too deep",
        "A frame may nest 16 levels, in CBOR and in JSON.";
    TrailingBytes = "trailing_bytes", 400, "Bytes follow the frame",
        "A body holds exactly one frame.";
    MalformedJson = "malformed_json", 400, "The body is no well-formed JSON",
        "`detail` names line and column. A frame is one JSON object.";
    InvalidUtf8 = "invalid_utf8", 400, "The body is not UTF-8",
        "JSON must be UTF-8 (RFC 8259, section 8.1); `detail` names the first bad byte.";
    InvalidHeader = "invalid_header", 400, "A field of the frame's header is wrong",
        "`detail` names the field and what is allowed. Required are `app_key`, `session.id` and `sequence`.";
    NoEvents = "no_events", 400, "The frame has no events",
        "`events` must have at least one event.";
    TooManyEvents = "too_many_events", 400, "The frame has too many events",
        "A frame holds at most 1,000 events. Split it, each part with a `sequence` of its own.";
    MalformedEncoding = "malformed_encoding", 400, "The body cannot be decompressed",
        "The body is not what its `Content-Encoding` says, or no packed frame or base64 as `detail` says, or it ends too early.";
    BodyIncomplete = "body_incomplete", 400, "The body did not arrive as a whole",
        "The connection ended, or its chunks were malformed, before the body was complete.";
    MalformedRequest = "malformed_request", 400, "The request is no HTTP",
        "The request line, a header or the length of the body cannot be read (RFC 9112).";
    UnknownKey = "unknown_key", 401, "The application key is not known",
        "`app_key` must be one of the keys in this server's configuration.";
    ExpiredKey = "expired_key", 401, "The application key has ended",
        "The configuration gives the key an end (`not_after`), which is over. Pages need a newer key.";
    OriginNotAllowed = "origin_not_allowed", 403, "The origin may not send for this application",
        "Pages may send from the origins that the configuration lists for the application, exactly scheme://host[:port]. Mini programs are judged by the `Referer` that their platform sets. Requests with neither are not judged, unless the configuration says `require_origin`.";
    NotFound = "not_found", 404, "There is nothing here",
        "Frames are sent to /v1/beacon.";
    MethodNotAllowed = "method_not_allowed", 405, "The method is not allowed here",
        "The `Allow` header says which are. Frames are sent with POST.";
    HeadTimeout = "head_timeout", 408, "The head of the request took too long",
        "Request line and headers must arrive within the time that the configuration allows.";
    BodyTimeout = "body_timeout", 408, "The body took too long",
        "The whole body must arrive within the time that `detail` names. Send it again.";
    BodyTooLarge = "body_too_large", 413, "The body is too large",
        "Send fewer events a frame. `detail` names the limit and what was seen.";
    DecompressedTooLarge = "decompressed_too_large", 413, "The body is too large after decompression",
        "Send fewer events a frame. Decompression stops at the limit that `detail` names.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The media type is not supported",
        "`Content-Type` must be text/plain, application/json or application/cbor, or absent.";
    UnsupportedEncoding = "unsupported_encoding", 415, "The content encoding is not supported",
        "`Content-Encoding` must be gzip, br, deflate, zstd or identity, or absent.";
    HeadTooLarge = "head_too_large", 431, "The head of the request is too large",
        "Request line and headers may have 128 KiB and 96 headers.";
    NoGoodEvent = "no_good_event", 422, "No event of the frame can be kept",
        "Each event was refused; `rejected` lists the first with their reasons.";
    AddressRate = "address_rate_limited", 429, "Too many requests come from this address",
        "The server takes so many requests a second of one address as `detail` says. Send it again after `Retry-After`.";
    AppRate = "app_rate_limited", 429, "Too many requests come for this application",
        "The server takes so many requests a second for this application as its operator allows. Send it again after `Retry-After`.";
    AppQuota = "app_quota_used", 429, "The application has used its day's events",
        "The server keeps so many events a day (UTC) for this application as `detail` says. `Retry-After` is when the next day begins.";
    Overloaded = "overloaded", 503, "The server is overloaded",
        "Nearly as much waits to be kept as may. Send it again after `Retry-After`.";
    BodiesFull = "bodies_full", 503, "Too many bodies are being read",
        "All bodies that arrive at this moment hold as many bytes as the server allows. Send it again after `Retry-After`.";
    NotReady = "not_ready", 503, "Frames cannot be kept now",
        "`/health/ready` says of what kind the buffer is and how it fares.";
    QueueFull = "buffer_queue_full", 503, "The buffer is busy",
        "More arrives than the buffer can take. Send it again after `Retry-After`.";
    Unavailable = "buffer_unavailable", 503, "The buffer cannot be reached",
        "Nothing was kept, or it is not known whether it was. Send it again after `Retry-After`.";
    Full = "buffer_full", 503, "The buffer is full",
        "With Redis this ends when Redis takes entries again. A journal has room again when its registered readers have stored more of it, or when the operator gives it a larger `total_bytes_max`; `/health/ready` says which reader holds it back. Send it again after `Retry-After`.";
    TooManyViewers = "too_many_viewers", 503, "Too many live pages are open",
        "A live page reads the whole buffer for itself, so few may be open. Close one.";
    Unreadable = "buffer_unreadable", 503, "The buffer cannot be read now",
        "The live page shows what is kept as soon as it can be read again.";
    Internal = "internal", 500, "Something went wrong here",
        "The fault is the server's. Its log says more.";
}

impl Code {
    /// The problem called `name`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl From<&FrameProblem> for Code {
    fn from(problem: &FrameProblem) -> Self {
        match problem {
            FrameProblem::Truncated { .. } => Self::Truncated,
            FrameProblem::Malformed { .. } => Self::MalformedCbor,
            FrameProblem::WrongTag { .. } => Self::WrongTag,
            FrameProblem::TooDeep { .. } => Self::TooDeep,
            FrameProblem::TrailingBytes { .. } => Self::TrailingBytes,
            FrameProblem::Json { .. } => Self::MalformedJson,
            FrameProblem::InvalidUtf8 { .. } => Self::InvalidUtf8,
            FrameProblem::Header(_) => Self::InvalidHeader,
            FrameProblem::NoEvents => Self::NoEvents,
            FrameProblem::TooManyEvents { .. } => Self::TooManyEvents,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_agree_with_the_protocol() {
        for code in Code::ALL {
            assert_eq!(Code::by_name(code.name()), Some(*code));
        }
        for problem in [
            FrameProblem::Truncated { at: 0 },
            FrameProblem::Malformed { at: 0, what: "" },
            FrameProblem::WrongTag { found: None },
            FrameProblem::TooDeep { at: 0 },
            FrameProblem::TrailingBytes { at: 0 },
            FrameProblem::Json { line: 0, column: 0, what: String::new() },
            FrameProblem::InvalidUtf8 { at: 0 },
            FrameProblem::NoEvents,
            FrameProblem::TooManyEvents { count: 0 },
        ] {
            assert_eq!(Code::from(&problem).name(), problem.code());
        }
    }
}
