//! What stands around every answer, and the way of beacons past actix-web: nearly every request is
//! one, and choosing a route for it, by way of services in boxes, cost as much as judging it.

use super::beacon::{self, Posted};
use super::connection::Turn;
use super::ending::{body_length, close, is_last, unheard};
use super::head::Head;
use super::seen::Seen;
use super::{BEACON_PATH, Door};
use actix_http::{Request, Response};
use actix_service::{Service, ServiceFactory, fn_factory};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::{HttpResponse, web};
use std::future::{Future, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

/// The services of `app`, each behind a [`Front`].
pub(super) fn factory<A>(
    app: A,
    door: web::Data<Door>,
) -> impl ServiceFactory<
    Request,
    Config = (),
    Response = Response<BoxBody>,
    Error = HttpResponse,
    InitError = A::InitError,
    Service = Front<A::Service>,
>
where
    A: ServiceFactory<Request, Config = (), Response = ServiceResponse, Error = HttpResponse>,
    A::Service: 'static,
    <A::Service as Service<Request>>::Future: 'static,
    A::Future: 'static,
{
    fn_factory(move || {
        let (app, door) = (app.new_service(()), door.clone());
        async move { Ok(Front { app: app.await?, door, ahead: Rc::default() }) }
    })
}

/// Answers beacons by itself, and gives all else to actix-web's `app`.
pub(super) struct Front<S> {
    app: S,
    door: web::Data<Door>,
    ahead: Rc<Ahead>,
}

/// Lets those through one by one, a turn of the runtime each, that ask for more before they have what
/// they asked for. A page of metrics takes a hundred times as long to make and write as a beacon:
/// some hundred clients that asked for several at once held up all others for half a second.
struct Ahead(Semaphore);

impl Default for Ahead {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

impl Ahead {
    /// Waits for a turn.
    async fn turn(&self) {
        // It is never closed. Who comes next is woken behind all that is ready then.
        let _permit = self.0.acquire().await;
        yield_now().await;
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<BoxBody>, HttpResponse>>>>;

impl<S> Service<Request> for Front<S>
where
    S: Service<Request, Response = ServiceResponse, Error = HttpResponse>,
    S::Future: 'static,
{
    type Response = Response<BoxBody>;
    type Error = HttpResponse;
    type Future = Answering;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.app.poll_ready(context)
    }

    fn call(&self, mut request: Request) -> Answering {
        let door = self.door.clone();
        let seen = Seen::begin(&Head::from(request.head()), &door);
        let turn = request.conn_data::<Turn>().cloned().unwrap_or_default();
        if turn.is_closed() {
            return Box::pin(ready(Ok(unheard())));
        }
        let body = body_length(request.head().headers());
        turn.begin(body);
        let has_body = body != Some(0);
        let is_last = is_last(request.head());
        if beacon::is_beacon(request.head()) {
            return Box::pin(async move {
                turn.taken().await;
                let payload = request.take_payload();
                let head = Head::from(request.head());
                let posted = beacon::post(&head, payload, &door, seen.span()).await;
                let Posted { reply, is_read } = posted;
                door.metrics.took(seen.began().elapsed());
                let answer = reply.into_response();
                let ends = is_last || has_body && !is_read;
                Ok(complete(answer, BEACON_PATH, ends, seen, &turn, &door))
            });
        }
        let (answering, ahead) = (self.app.call(request), Rc::clone(&self.ahead));
        Box::pin(async move {
            turn.taken().await;
            if turn.is_ahead() {
                ahead.turn().await;
            }
            let answer = answering.await.inspect_err(|_| turn.end())?;
            // Names of ours, not the path, which is a stranger's word.
            let route = answer.request().match_pattern();
            let route = route.as_deref().unwrap_or("(none)");
            Ok(complete(answer.into(), route, is_last || has_body, seen, &turn, &door))
        })
    }
}

/// The answer to a request on its way to the connection whose turn it is, and which `ends` with it
/// where the rest of a body would follow, or the client has said so.
fn complete(
    mut answer: Response<BoxBody>,
    route: &str,
    ends: bool,
    seen: Seen,
    turn: &Turn,
    door: &Door,
) -> Response<BoxBody> {
    turn.end();
    seen.end(route, &mut answer);
    if turn.is_multiplexed() {
        return answer.map_body(|_, body| turn.watch(body));
    }
    if answer.body().size() == BodySize::Stream {
        turn.go_on();
    }
    if ends || door.is_draining() {
        close(&mut answer, turn);
    }
    answer
}
