//! What the network tells: access logs of nginx in the format of `deploy/nginx-dataview.conf`, by
//! syslog (UDP, TCP) or from files.
//!
//! [`line`] and [`syslog`] are pure; [`Network`] listens, follows files and stores.

mod counters;
mod intake;
pub mod limits;
pub mod line;
mod listen;
pub mod syslog;
mod tail;

pub use counters::{Counters, Dropped};

use crate::store::Store;
use intake::Intake;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Where lines come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Address for syslog in datagrams, as nginx sends it; port 0 takes any.
    pub udp: Option<SocketAddr>,
    /// Address for syslog on connections, as rsyslog and syslog-ng forward it; port 0 takes any.
    pub tcp: Option<SocketAddr>,
    /// Access logs to follow.
    pub files: Vec<PathBuf>,
    /// The folder in which is kept how far they have been read.
    pub cursors: PathBuf,
}

/// The running listeners and followers.
#[derive(Debug)]
pub struct Network {
    counters: Arc<Counters>,
    udp: Option<SocketAddr>,
    tcp: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Network {
    /// Listens and follows, storing in `store`. Lines of files whose format does not name their
    /// host are told under `host`.
    ///
    /// # Errors
    /// When an address cannot be listened on, or the folder of the cursors cannot be made.
    pub async fn start(sources: Sources, host: String, store: Arc<dyn Store>) -> io::Result<Self> {
        if !sources.files.is_empty() {
            std::fs::create_dir_all(&sources.cursors)?;
        }
        let (stop, stopped) = watch::channel(false);
        let intake = Intake::new(store, stopped);
        let (queue, lines) = intake::queue();
        let (mut udp, mut tcp, mut tasks) = (None, None, Vec::new());
        if let Some(address) = sources.udp {
            let socket = UdpSocket::bind(address).await?;
            udp = Some(socket.local_addr()?);
            tasks.push(tokio::spawn(listen::datagrams(socket, intake.clone(), queue.clone())));
        }
        if let Some(address) = sources.tcp {
            let listener = TcpListener::bind(address).await?;
            tcp = Some(listener.local_addr()?);
            tasks.push(tokio::spawn(listen::connections(listener, intake.clone(), queue.clone())));
        }
        for file in sources.files {
            let (cursors, host, intake) = (sources.cursors.clone(), host.clone(), intake.clone());
            tasks.push(tokio::spawn(tail::follow(file, cursors, host, intake)));
        }
        let counters = Arc::clone(&intake.counters);
        tasks.push(tokio::spawn(intake::write(intake, lines)));
        Ok(Self { counters, udp, tcp, stop, tasks })
    }

    /// What was told and dropped.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// The addresses for datagrams and connections, with the ports that were taken.
    #[must_use]
    pub fn addresses(&self) -> (Option<SocketAddr>, Option<SocketAddr>) {
        (self.udp, self.tcp)
    }

    /// Takes nothing more, and returns when what was taken is stored.
    pub async fn stop(self) {
        // Everybody may have ended already.
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}
