//! A query API on a port of its own.

use crate::client::Client;
use crate::store::Double;
use actix_web::dev::ServerHandle;
use actix_web::web;
use dataview::http::{App, Cursors, server};
use std::net::TcpListener;
use std::sync::Arc;

/// The time of the tests' clock: 2025-01-01T00:00:30Z.
pub(crate) const NOW: u64 = 1_735_689_630_000;

pub(crate) struct Server {
    pub(crate) store: Arc<Double>,
    pub(crate) client: Client,
    handle: ServerHandle,
}

impl Server {
    /// A server over an empty double.
    pub(crate) fn start() -> Self {
        let store = Arc::new(Double::default());
        let app =
            App { store: store.clone(), maps: None, cursors: Cursors::new(&[1; 32]), now: || NOW };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let bound = server::bind(listener, web::Data::new(app), |_| ()).unwrap();
                send.send((bound.address, bound.server.handle())).unwrap();
                bound.server.await.unwrap();
            });
        });
        let (address, handle) = receive.recv().unwrap();
        Self { store, client: Client::new(address), handle }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The thread serves until then; nobody waits for it.
        drop(self.handle.stop(false));
    }
}
