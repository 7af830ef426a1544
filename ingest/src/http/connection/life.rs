//! A connection's life: it arrives, is served by actix while something happens on it, and rests.

use super::direct::{self, Next};
use super::h1::H1;
use super::h2::H2;
use super::rest::{Bed, Resting};
use super::{Connection, Patience};
use crate::edge::arrival::{Arrival, Arrived, Speaks};
use crate::http::Door;
use actix_http::Protocol;
use actix_http::error::DispatchError;
use actix_server::GracefulShutdownSignal;
use actix_service::Service;
use actix_web::rt::net::TcpStream;
use actix_web::web;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;

/// What actix is given of a connection.
type Arriving = (Connection, Protocol, Option<SocketAddr>);

/// What all connections of a worker at an address have in common.
pub(in crate::http) struct Life {
    pub(in crate::http) arrival: Arrival,
    pub(in crate::http) door: web::Data<Door>,
    pub(in crate::http) patience: Patience,
    pub(in crate::http) stopping: GracefulShutdownSignal,
}

impl Life {
    /// Lives through the life of `io`, whose requests go to `requests`.
    ///
    /// What is only held for a while is behind a pointer, for this future is held to the end.
    ///
    /// # Errors
    /// Why it ended, where that was not by what HTTP says.
    pub(in crate::http) async fn of<S>(
        self: Rc<Self>,
        io: TcpStream,
        requests: Rc<S>,
    ) -> Result<(), DispatchError>
    where
        S: Service<Arriving, Response = (), Error = DispatchError>,
    {
        let arrived = Box::pin(self.arrival.receive(io)).await.map_err(|ended| {
            ended.into_iter().for_each(|reason| self.door.metrics.ended(reason));
            DispatchError::SlowRequestTimeout
        })?;
        let Arrived { io, speaks, client, since } = arrived;
        let (door, patience) = (self.door.clone(), self.patience);
        if speaks == Speaks::Http2 {
            poll_fn(|context| requests.poll_ready(context)).await?;
            let connection = Box::new(H2::new(io, door, patience, since, &self.stopping));
            let served = requests.call((Connection::H2(connection), Protocol::Http2, client));
            return Box::pin(served).await;
        }
        let mut resting = Resting { io, until: since + patience.head };
        loop {
            let (awake, early) = match direct::serve(resting, &self, client).await {
                Next::Over => return Ok(()),
                Next::Other(awake, early) => (awake, early),
            };
            let bed = Bed::default();
            poll_fn(|context| requests.poll_ready(context)).await?;
            let connection =
                Box::new(H1::new(awake, early, self.door.clone(), patience, bed.clone()));
            let served = requests.call((Connection::H1(connection), Protocol::Http1, client));
            Box::pin(served).await?;
            match bed.take() {
                Some(rests) => resting = rests,
                None => return Ok(()),
            }
        }
    }
}
