//! The HTTP server with its bounds.

use super::{Door, routes};
use crate::config::Config;
use crate::live::{self, LiveSource};
use actix_web::dev::Server;
use actix_web::{App, HttpServer, web};
use std::net::SocketAddr;

/// Binds the server; it takes connections once it is awaited, and those that come before wait.
/// Returns the address with the port that was taken. With `live`, the live view is served too.
///
/// # Errors
/// When the address cannot be bound.
pub fn bind(
    config: &Config,
    door: web::Data<Door>,
    live: Option<web::Data<LiveSource>>,
) -> std::io::Result<(Server, SocketAddr)> {
    let http = &config.http;
    let app = move || {
        let app = App::new().app_data(door.clone());
        match live.clone() {
            Some(live) => app.app_data(live).configure(live::routes).configure(routes),
            None => app.configure(routes),
        }
    };
    let server = HttpServer::new(app)
        .workers(config.workers)
        .keep_alive(http.keep_alive)
        .client_request_timeout(http.header_timeout)
        .max_connections(http.connections_max)
        .shutdown_timeout(http.shutdown_timeout.as_secs())
        // `cli::serve` listens for them, to flush the buffer afterwards.
        .disable_signals()
        .bind(config.listen)?;
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    Ok((server.run(), address))
}
