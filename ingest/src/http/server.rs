//! The HTTP server with its bounds.

use super::connection::{Connection, Patience, Turn};
use super::ending::{close_if_unread, unheard};
use super::seen::Seen;
use super::{Door, routes};
use crate::config::Config;
use crate::live::{self, LiveSource};
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server, Service};
use actix_web::rt::net::TcpStream;
use actix_web::{App, web};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

/// How long a client may take to close its side once it was told to.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Binds the server; it takes connections once it is awaited, and those that come before wait.
/// Returns the address with the port that was taken. With `live`, the live view is served too.
///
/// Done by hand what `HttpServer` does, because it takes no connections of another's making.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(
    config: &Config,
    door: web::Data<Door>,
    live: Option<web::Data<LiveSource>>,
) -> std::io::Result<(Server, SocketAddr)> {
    let http = config.http.clone();
    let listener = TcpListener::bind(config.listen)?;
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(config.workers)
        .max_concurrent_connections(http.connections_max)
        .shutdown_timeout(http.shutdown_timeout.as_secs())
        // `cli::serve` listens for them, to flush the buffer afterwards.
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let service = move || {
        let (door, live, stopping) = (door.clone(), live.clone(), stopping.clone());
        let app = App::new().app_data(door.clone()).wrap_fn(|request, service| {
            let seen = Seen::begin(&request);
            let turn = request.conn_data::<Turn>().cloned().unwrap_or_default();
            let answer = if turn.is_closed() {
                Err(unheard(request))
            } else {
                turn.begin();
                Ok(service.call(request))
            };
            async move {
                let mut answer = match answer {
                    Ok(answer) => answer.await?,
                    Err(unheard) => return Ok(unheard),
                };
                seen.end(&mut answer);
                close_if_unread(&mut answer, &turn);
                turn.end();
                Ok(answer)
            }
        });
        let app = match live {
            Some(live) => app.app_data(live).configure(live::routes).configure(routes),
            None => app.configure(routes),
        };
        let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
        let requests = HttpService::build()
            .keep_alive(KeepAlive::Timeout(http.keep_alive))
            // Ours: see `connection`.
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.turn());
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let patience = Patience {
            head: http.header_timeout,
            idle: http.keep_alive + http.header_timeout,
            linger: DISCONNECT_TIMEOUT,
        };
        fn_service(move |io: TcpStream| {
            let peer = io.peer_addr().ok();
            // Answers are small and wait for nothing that is still to be written.
            let _ = io.set_nodelay(true);
            let connection = Connection::new(io, door.clone(), patience);
            async move { Ok((connection, Protocol::Http1, peer)) }
        })
        .and_then(requests)
    };
    let server = builder.listen("door", listener, service)?.run();
    Ok((server, address))
}
