//! Wires everything: clock, store, consumers, servers. The one place that knows all of them.

use crate::access::{Access, AccessError};
use crate::config::{Config, NetworkConfig, host_name};
use crate::consume::{ConsumeCounters, Consumers, DeadLetters, DeadLettersError};
use crate::geo::{Geo, GeoError};
use crate::http::alerts::{self, Alerts};
use crate::http::subscriptions::{self, Subscriptions};
use crate::http::{App, Cursors, Told, dead_letters, server};
use crate::network::{Network, Sources};
use crate::otlp::{self, Otlp};
use crate::store::clickhouse::ClickHouseStore;
use crate::store::sqlite::SqliteStore;
use crate::store::{Feeder, Store, StoreError};
use crate::subscribe::deliver::Deliverers;
use crate::subscribe::{Registry, RegistryError};
use crate::watch::Watching;
use crate::watch::round::StoredUntil;
use crate::watch::start::StartError as WatchError;
use actix_web::web;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// How often the files of places are looked at: one call of `stat` each.
const GEO_EVERY: Duration = Duration::from_secs(30);

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file of subscriptions cannot be used.
    #[error(transparent)]
    Subscriptions(#[from] RegistryError),
    /// The rules of alerts, or what is kept of them, cannot be used.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// A file of places cannot be read.
    #[error(transparent)]
    Geo(#[from] GeoError),
    /// The address of Redis makes no sense, or a folder cannot be made.
    #[error(transparent)]
    Consume(#[from] DeadLettersError),
    /// The file of accounts cannot be opened.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The server, or standard output, failed.
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// What whoever has started it wants to know.
#[derive(Debug)]
pub struct Started {
    /// Where it listens, with the port that was taken.
    pub address: SocketAddr,
    /// The password of the administrator `admin`, when there was no account at all.
    pub first_password: Option<String>,
}

/// Stores and answers until `stop` ends; `announce` is told the address when requests are taken.
///
/// It ends in the order that loses nothing: no new requests, those in flight, what the consumers
/// have read, the store.
///
/// # Errors
/// Why it does not start, or what failed later.
pub async fn serve(
    config: Config,
    announce: impl FnOnce(Started) -> io::Result<()>,
    stop: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let geo = Arc::new(config.geo.open()?);
    let (store, feeder) = open_store(&config).await?;
    let listener = TcpListener::bind(config.listen);
    let listener =
        listener.map_err(|source| StartError::Listen { address: config.listen, source })?;

    let access = Access::open(&config.access_file(), config.access)?;
    let first_password = access.first_administrator(now_ms())?;
    let network = start_network(config.network, &config.dir, &store).await?;
    let otlp = web::Data::new(Otlp::new(Arc::clone(&store), config.otlp_token));
    let counters = Arc::<ConsumeCounters>::default();
    let (services, proxies) = (otlp.counters(), network.counters());
    let stored_until = stored_until(&counters);
    let watch = config.watch;
    let judges = watch.enabled;
    let mut watching =
        Watching::open(&config.dir, watch.rules_file, watch.pages_url, watch.calendar)?;
    let (keep, rulebook) = (watching.keep.clone(), Arc::clone(&watching.rulebook));
    let alerts = web::Data::new(Alerts {
        keep,
        rulebook,
        normal: Arc::clone(&watching.normal),
        vip_tiers: watch.vip_tiers,
    });
    let kept = watching.keep.clone();
    let app = web::Data::new(App {
        store: Arc::clone(&store),
        maps: config.source_maps.maps().map(Arc::new),
        consumed: Arc::clone(&counters),
        told: Told { services: Some(Arc::clone(&services)), proxies: Some(Arc::clone(&proxies)) },
        drops: vec![
            Arc::new(move || services.dropped()),
            Arc::new(move || proxies.dropped()),
            Arc::new(move || kept.dropped()),
        ],
        cursors: Cursors::new(&access.key("cursors")?),
        access,
        pseudonyms: config.privacy,
        trusted_proxies: config.trusted_proxies,
        now: now_ms,
    });
    let (delivering, subscriptions) = start_subscriptions(&config.dir, feeder)?;
    let dead = web::Data::new(DeadLetters::open(&config.consume)?);
    let more = move |service: &mut web::ServiceConfig| {
        alerts::routes(service, alerts.clone());
        service.app_data(otlp.clone()).configure(otlp::routes);
        subscriptions::routes(service, subscriptions.clone());
        dead_letters::routes(service, dead.clone());
    };
    let bound = server::bind(listener, app, more)?;
    let refreshing = refresh(Arc::clone(&geo));
    if judges {
        watching.begin(Arc::clone(&store), stored_until, now_ms)?;
    }
    let consumers = Consumers::start(config.consume, store, geo, counters)?;
    tracing::info!(address = %bound.address, "listening");
    announce(Started { address: bound.address, first_password })?;

    let handle = bound.server.handle();
    let stopping = async {
        stop.await;
        handle.stop(true).await;
    };
    let (served, ()) = tokio::join!(bound.server, stopping);
    network.stop().await;
    delivering.abort();
    drop(watching);
    consumers.stop().await;
    refreshing.abort();
    served.map_err(StartError::from)
}

/// The store that is configured, as those see it who ask and those who follow.
async fn open_store(config: &Config) -> Result<(Arc<dyn Store>, Arc<dyn Feeder>), StartError> {
    if let Some(options) = &config.store.clickhouse {
        let store = Arc::new(ClickHouseStore::open(options).await?);
        return Ok((store.clone(), store));
    }
    let options = config.store.options(&config.dir);
    let store = tokio::task::spawn_blocking(move || SqliteStore::open(options)).await;
    let store = Arc::new(store.map_err(io::Error::other)??);
    Ok((store.clone(), store))
}

/// Reads the files of places again when they change.
fn refresh(geo: Arc<Geo>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut look = interval(GEO_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            let geo = Arc::clone(&geo);
            let read = tokio::task::spawn_blocking(move || geo.refresh()).await;
            for outcome in read.unwrap_or_default() {
                match outcome {
                    Ok(path) => tracing::info!(path = %path.display(), "places read again"),
                    Err(error) => tracing::warn!(%error, "the places known before stay"),
                }
            }
        }
    })
}

/// Looks after webhooks until the task is aborted; and what requests about subscriptions need.
fn start_subscriptions(
    dir: &Path,
    feeder: Arc<dyn Feeder>,
) -> Result<(JoinHandle<()>, web::Data<Subscriptions>), StartError> {
    let registry = Arc::new(Registry::open(&dir.join("subscriptions.db"))?);
    let deliverers = Deliverers::new(Arc::clone(&feeder), Arc::clone(&registry), now_ms);
    let deliverers = deliverers.map_err(io::Error::other)?;
    Ok((tokio::spawn(deliverers.run()), web::Data::new(Subscriptions::new(registry, feeder))))
}

/// Up to when everything is stored that ingest has received. Before the first shard was looked at
/// nothing is known to be.
fn stored_until(counters: &Arc<ConsumeCounters>) -> StoredUntil {
    let counters = Arc::clone(counters);
    Arc::new(move |now_ms| {
        let health = counters.health();
        let lag_ms = health.consumers.iter().map(|shard| shard.lag_ms).max();
        now_ms.saturating_sub(lag_ms.unwrap_or(now_ms))
    })
}

async fn start_network(
    config: NetworkConfig,
    dir: &Path,
    store: &Arc<dyn Store>,
) -> Result<Network, StartError> {
    let sources = Sources {
        udp: config.syslog_udp,
        tcp: config.syslog_tcp,
        files: config.access_logs,
        cursors: dir.join("network"),
    };
    let network = Network::start(sources, host_name(), Arc::clone(store)).await?;
    if let (Some(udp), _) | (None, Some(udp)) = network.addresses() {
        tracing::info!(address = %udp, "listening for syslog");
    }
    Ok(network)
}

/// Milliseconds since the Unix epoch; 0 on a clock that stands before it.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
