//! The HTTP server with its bounds.

use super::limits::{CONNECTIONS_MAX, HEAD_TIMEOUT, STOP_TIMEOUT, WORKERS};
use super::{App, pages, routes};
use actix_web::dev::Server;
use actix_web::middleware::{Compress, DefaultHeaders};
use actix_web::{HttpServer, web};
use std::net::{SocketAddr, TcpListener};

/// A server that is bound: connections that come wait until it is awaited.
#[expect(missing_debug_implementations, reason = "actix's server has none")]
pub struct Bound {
    /// The server; awaited, it serves until it is stopped by its handle.
    pub server: Server,
    /// Where it listens, with the port that was taken.
    pub address: SocketAddr,
}

/// Serves the query API at `listener`, and what `more` mounts beside it.
///
/// # Errors
/// When the socket cannot be listened at.
pub fn bind<F>(listener: TcpListener, app: web::Data<App>, more: F) -> std::io::Result<Bound>
where
    F: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let address = listener.local_addr()?;
    let make = move || {
        // What is answered is about people: it stays in no cache, and is nothing but what it says.
        let headers = DefaultHeaders::new()
            .add(("Cache-Control", "no-store"))
            .add(("X-Content-Type-Options", "nosniff"));
        actix_web::App::new()
            .app_data(app.clone())
            .wrap(Compress::default())
            .wrap(headers)
            .configure(routes)
            .configure(more.clone())
            .default_service(web::to(pages::not_found))
    };
    let server = HttpServer::new(make)
        .workers(WORKERS)
        .max_connections(CONNECTIONS_MAX)
        .client_request_timeout(HEAD_TIMEOUT)
        .shutdown_timeout(STOP_TIMEOUT.as_secs())
        .disable_signals()
        .listen(listener)?
        .run();
    Ok(Bound { server, address })
}
