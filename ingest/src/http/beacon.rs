//! `POST /v1/beacon`: the path, and the answers to those who send frames there. What becomes of a
//! frame: see `take`.

use super::answer::Answer;
use super::head::Head;
use super::take::{Arriving, Refusal, Taken};
use super::{BEACON_PATH, Door, body, pages};
use crate::http::budget::Share;
use crate::telemetry::ActiveSpan;
use actix_http::{Payload, RequestHead, Response};
use actix_web::body::BoxBody;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderName, HeaderValue,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpResponse, Resource, web};

/// The methods of the path, for `Allow`.
const METHODS: &str = "POST, OPTIONS";

/// The CORS headers that stand on every answer of the path: without them a page cannot read why it
/// was refused. `*` is safe, since no cookie or other credential is ever looked at; which pages may
/// send is judged by `Origin` for each application.
pub(super) const CORS: [(HeaderName, &str); 2] = [
    (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After, X-Request-Id"),
];

/// Whether a request brings a beacon.
pub(super) fn is_beacon(head: &RequestHead) -> bool {
    head.method == Method::POST && is_path(head.uri.path())
}

/// Whether `path` is that of beacons: also with letters of it percent-encoded, which says the same
/// (RFC 3986, section 6.2.2.2).
fn is_path(path: &str) -> bool {
    path == BEACON_PATH || path.contains('%') && is_same(path.as_bytes(), BEACON_PATH.as_bytes())
}

/// Whether `path` says `plain`, which has nothing in it that must be encoded.
fn is_same(mut path: &[u8], plain: &[u8]) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    for byte in plain {
        let (said, rest) = match *path {
            // An encoded slash is no separator (section 2.2).
            [b'%', high, low, ref rest @ ..] => match (digit(high), digit(low)) {
                (Some(high), Some(low)) if high << 4 | low != u32::from(b'/') => {
                    (high << 4 | low, rest)
                }
                _ => return false,
            },
            [byte, ref rest @ ..] => (u32::from(byte), rest),
            [] => return false,
        };
        if said != u32::from(*byte) {
            return false;
        }
        path = rest;
    }
    path.is_empty()
}

/// The path for all but beacons, which do not come so far: see `front`.
pub(super) fn resource() -> Resource<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let cors = CORS.into_iter().fold(DefaultHeaders::new(), DefaultHeaders::add);
    web::resource(BEACON_PATH)
        .route(web::method(Method::OPTIONS).to(preflight))
        .default_service(pages::wrong_method(METHODS))
        .wrap(cors)
}

/// An answer to a beacon. Nearly all are kept, and need nothing that others do.
pub(super) enum Reply {
    /// 200.
    Kept(Answer),
    /// Anything else, without the headers of [`CORS`].
    Refused(Response<BoxBody>),
}

impl Reply {
    fn new(outcome: Result<Answer, Refusal>, door: &Door) -> Self {
        Self::Refused(match outcome {
            Ok(answer) => return Self::Kept(answer),
            Err(Refusal::Counted(problem)) => problem.response(METHODS).into(),
            Err(Refusal::Frame(problem)) => {
                tracing::debug!(reason = problem.code.name(), "frame refused");
                door.refuse(problem, METHODS).into()
            }
        })
    }

    /// As actix has it.
    pub(super) fn into_response(self) -> Response<BoxBody> {
        let mut response = match self {
            Self::Kept(answer) => answer.response(),
            Self::Refused(response) => response,
        };
        for (name, value) in CORS {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// What a beacon is answered, and whether its body was read to its end.
pub(super) struct Posted {
    pub(super) reply: Reply,
    pub(super) is_read: bool,
}

/// Takes a beacon whose body is on its way.
pub(super) async fn post(
    head: &Head<'_>,
    payload: Payload,
    door: &web::Data<Door>,
    span: Option<&ActiveSpan>,
) -> Posted {
    // Held to the end: what is decoded is about as large as the body was.
    let mut share = door.bodies.share();
    let mut is_read = false;
    let outcome = async {
        let arriving = Arriving::new(head, door, span)?;
        // Behind a pointer: few bodies need so much room.
        let limits = &arriving.rules.limits;
        let sent = Box::pin(body::arrival(payload, limits, &mut share)).await?;
        is_read = true;
        let taken = arriving.take(&sent);
        drop(sent);
        taken.outcome().await
    };
    let outcome = outcome.await;
    Posted { reply: Reply::new(outcome, door), is_read }
}

/// A beacon that has come whole, on its way to its answer.
pub(super) struct Posting<'a> {
    taken: Taken,
    is_read: bool,
    share: Share<'a>,
    door: &'a Door,
}

/// Takes a beacon whose body has come with its head; what is left is to wait.
pub(super) fn post_whole<'a>(
    head: &Head<'_>,
    sent: &[u8],
    door: &'a web::Data<Door>,
    span: Option<&ActiveSpan>,
) -> Posting<'a> {
    let mut share = door.bodies.share();
    let mut is_read = false;
    let taken = match Arriving::new(head, door, span) {
        Err(problem) => Taken::Done(Err(problem.into())),
        // As long as was announced.
        Ok(_) if !share.take(sent.len()) => Taken::Done(Err(body::full().into())),
        Ok(arriving) => {
            is_read = true;
            arriving.take(sent)
        }
    };
    Posting { taken, is_read, share, door }
}

impl Posting<'_> {
    /// Waits for what becomes of it.
    pub(super) async fn posted(self) -> Posted {
        let Self { taken, is_read, share, door } = self;
        let reply = Reply::new(taken.outcome().await, door);
        drop(share);
        Posted { reply, is_read }
    }
}

/// Allows pages to send other media types than the ones that need no preflight.
async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Content-Encoding"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_be_written_in_several_ways() {
        for same in ["/v1/beacon", "/v1/%62eacon", "/v1/beaco%6E", "/v1/beaco%6e", "/%76%31/beacon"]
        {
            assert!(is_path(same), "{same}");
        }
        for other in [
            "/v1/beacons",
            "/v1/beaco",
            "/v1/Beacon",
            "/v1%2Fbeacon",
            "/v1/%2562eacon",
            "/v1/%6",
            "/v1/beacon%",
            "/v1/beacon%00",
            "/v1/%xxeacon",
        ] {
            assert!(!is_path(other), "{other}");
        }
    }
}
