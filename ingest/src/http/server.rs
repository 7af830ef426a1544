//! The HTTP server with its bounds.

use super::connection::{Connection, Life, Patience};
use super::{Door, front, routes};
use crate::config::{Config, HttpConfig};
use crate::edge::arrival::Arrival;
use crate::edge::certificates::Certificates;
use crate::edge::limits::{BACKLOG, H2_CONNECTION_WINDOW, H2_STREAM_WINDOW, SEND_BUFFER};
use crate::live::{self, LiveSource};
use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Request, Response};
use actix_server::GracefulShutdownSignal;
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_factory, fn_service,
    map_config,
};
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, Server};
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpResponse, web};
use socket2::{Domain, Socket, Type};
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// How long a connection that has nothing to do is held ready for more. Long against the pauses of
/// those that are busy, for whom being woken costs some µs; short, for thousands that are opened
/// within it cost ten times as much memory as at rest.
const REST_AFTER: Duration = Duration::from_millis(100);

/// How long a client may take to close its side once it was told to.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// A server that is bound: connections that come wait until it is awaited.
pub struct Bound {
    /// The server.
    pub server: Server,
    /// Where it listens, with the port that was taken.
    pub address: SocketAddr,
    /// Where it listens for TLS, if it does.
    pub tls_address: Option<SocketAddr>,
}

/// Binds the server. With `live`, the live view is served too. In a runtime: it follows the files
/// of certificates.
///
/// Done by hand what `HttpServer` does, because it takes no connections of another's making.
///
/// # Errors
/// When an address cannot be bound, or the certificate cannot be served.
pub fn bind(
    config: &Config,
    door: web::Data<Door>,
    live: Option<web::Data<LiveSource>>,
) -> std::io::Result<Bound> {
    let http = config.http.clone();
    let reuse_port = http.reuse_port;
    let listener = listen(config.listen, reuse_port)?;
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(config.workers)
        .max_concurrent_connections(http.connections_max)
        .shutdown_timeout(http.shutdown_timeout.as_secs())
        // `cli::serve` listens for them, to flush the buffer afterwards.
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let parts = Parts { door, live, http, stopping };
    let plain = parts.clone();
    let is_alone = config.workers == 1;
    let builder = builder.listen("door", listener, move || {
        if is_alone {
            drop(plain.door.keeper.commit_here());
        }
        service(plain.clone(), None)
    })?;
    let Some(tls) = &config.tls else {
        return Ok(Bound { server: builder.run(), address, tls_address: None });
    };
    let certificates = Certificates::load(tls.files.clone()).map_err(std::io::Error::other)?;
    let certificates = Arc::new(certificates);
    let server_config = certificates.server_config().map_err(std::io::Error::other)?;
    let acceptor = TlsAcceptor::from(Arc::new(server_config));
    let listener = listen(tls.listen, reuse_port)?;
    let tls_address = Some(listener.local_addr()?);
    parts.door.metrics.serves(Arc::clone(&certificates));
    tokio::spawn(certificates.follow());
    let service = move || service(parts.clone(), Some(acceptor.clone()));
    let server = builder.listen("door under TLS", listener, service)?.run();
    Ok(Bound { server, address, tls_address })
}

/// What every worker's service is made of.
#[derive(Clone)]
struct Parts {
    door: web::Data<Door>,
    live: Option<web::Data<LiveSource>>,
    http: HttpConfig,
    stopping: GracefulShutdownSignal,
}

/// Serves the connections of one worker at one address.
fn service(
    parts: Parts,
    tls: Option<TlsAcceptor>,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()>
{
    let Parts { door, live, http, stopping } = parts;
    let app = answering(door.clone(), live);
    let until_stop = stopping.clone();
    let requests = HttpService::build()
        // Deadlines are ours: see `connection`.
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(Duration::ZERO)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .h2_initial_window_size(H2_STREAM_WINDOW)
        .h2_initial_connection_window_size(H2_CONNECTION_WINDOW)
        .graceful_shutdown_signal(move || {
            let stopping = until_stop.clone();
            async move { stopping.notified().await }
        })
        .on_connect_ext(|connection: &Connection, data| {
            data.insert(connection.turn());
        })
        .finish(app);
    let requests = Rc::new(requests);
    let patience = Patience {
        head: http.header_timeout,
        idle: http.keep_alive,
        rest: REST_AFTER,
        write: http.write_timeout,
        linger: DISCONNECT_TIMEOUT,
    };
    let arrival = Arrival { proxies: http.proxy_protocol, tls, patience: http.header_timeout };
    let life = Rc::new(Life { arrival, door, patience, stopping });
    fn_factory(move || {
        let (requests, life) = (Rc::clone(&requests), Rc::clone(&life));
        async move {
            let requests = Rc::new(requests.new_service(()).await?);
            // Behind a pointer, or the task would have room for it twice.
            Ok(fn_service(move |io| Box::pin(Rc::clone(&life).of(io, Rc::clone(&requests)))))
        }
    })
}

/// All that is answered, whatever connection a request comes by; what tests call that need none.
pub fn answering(
    door: web::Data<Door>,
    live: Option<web::Data<LiveSource>>,
) -> impl ServiceFactory<
    Request,
    Config = (),
    Response = Response<BoxBody>,
    Error = HttpResponse,
    InitError = (),
    Service = impl Service<Request, Response = Response<BoxBody>, Error = HttpResponse> + use<>,
> {
    let app = App::new().app_data(door.clone());
    let app = match live {
        Some(live) => app.app_data(live).configure(live::routes).configure(routes),
        None => app.configure(routes),
    };
    let app = app.into_factory().map_err(|error: actix_web::Error| error.error_response());
    front::factory(map_config(app, |()| AppConfig::default()), door)
}

/// A socket that takes connections at `address`. With `reuse_port` another process may listen
/// there too, so that the next ingest can start before this one stops.
fn listen(address: SocketAddr, reuse_port: bool) -> std::io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(reuse_port)?;
    // Connections have what the socket has that takes them.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
