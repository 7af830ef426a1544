//! Starting and stopping: the listener, the printed address, the workers.

use std::io::{self, Write};
use std::net::{TcpListener, ToSocketAddrs};

use actix_web::middleware::{Compress, DefaultHeaders};
use actix_web::{App, HttpServer, web};
use thiserror::Error;

use crate::cli::{Args, ListenAddress};
use crate::site::Site;

/// Two are plenty for a demonstration, whatever the machine.
const WORKERS: usize = 2;

/// How long a stop waits for answers under way; idle keep-alive connections must not hold it up.
const STOP_SECONDS: u64 = 2;

/// Why the bank did not start, or stopped by itself.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address is not ours, in use, or does not resolve.
    #[error("--listen {host}:{port}: cannot listen there: {source}")]
    Listen {
        /// As given.
        host: String,
        /// As given.
        port: u16,
        /// From the operating system.
        source: io::Error,
    },
    /// The workers could not start, or the accept loop ended.
    #[error("the server stopped: {0}")]
    Serve(#[from] io::Error),
}

/// Runs the bank until SIGTERM or Ctrl-C, having printed its address once it listens.
///
/// # Errors
/// When it cannot listen at the address, or the server fails.
pub async fn serve(args: Args) -> Result<(), StartError> {
    let listener = listen(&args.listen)?;
    let address = listener.local_addr()?;
    let site = web::Data::new(Site::new(args.settings(), address.ip())?);

    let server = HttpServer::new(move || {
        App::new()
            .app_data(site.clone())
            .wrap(Compress::default())
            .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .configure(Site::routes)
    })
    .workers(WORKERS)
    .shutdown_timeout(STOP_SECONDS)
    .listen(listener)?
    .run();

    announce(&args.listen.host, address.port());
    Ok(server.await?)
}

fn listen(wanted: &ListenAddress) -> Result<TcpListener, StartError> {
    let ListenAddress { host, port } = wanted;
    // Resolved before binding, so that brackets of an IPv6 address are understood.
    let bound = format!("{host}:{port}")
        .to_socket_addrs()
        .and_then(|addresses| TcpListener::bind(addresses.collect::<Vec<_>>().as_slice()));
    bound.map_err(|source| StartError::Listen { host: host.clone(), port: *port, source })
}

/// Tells whoever started us where we listen. A closed stdout is no reason to stop.
fn announce(host: &str, port: u16) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "demo-site listening on http://{host}:{port}");
    let _ = out.flush();
}
