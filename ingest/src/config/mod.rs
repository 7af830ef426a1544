//! Configuration: a TOML file, then the environment, then flags; the last one that names a key
//! wins. Everything is judged before anything starts, and a wrong value is refused with its
//! key, what was found, where it came from and what is allowed.
//!
//! A key `k` of section `[a.b]` is the variable `DNA_A_B_K` in the environment; lists are
//! comma-separated there. `[[apps]]` stands in the file only.

mod apps;
mod buffer;
pub mod folders;
mod handling;
mod http;
mod keys;
mod limits;
mod live;
mod origins;
mod privacy;
mod rates;
mod redis;
mod reload;
mod remote;
mod telemetry;
mod tls;

pub use apps::{AppConfig, AppsConfig};
pub use buffer::BufferConfig;
pub use handling::{DropRule, SamplingRule, ScrubRule};
pub use http::{ForwardedHeader, HttpConfig};
pub use keys::KeyConfig;
pub use limits::LimitsConfig;
pub use live::LiveConfig;
pub use origins::{MiniPrograms, Origins, PlacesConfig};
pub use privacy::{AddressBits, PrivacyConfig};
pub use rates::{AppRates, RatesConfig};
pub use reload::{Reading, Reloader, Reread};
pub use remote::{RemoteConfig, RemoteValues, SigningKey};
pub use telemetry::{Endpoint, LogFormat, TelemetryConfig};
pub use tls::TlsConfig;

pub use dna_settings::{Algorithm, ConfigError, Layers, PseudonymKey, Section};

use std::net::SocketAddr;

/// What the server takes (actix-server's `MAX_WORKERS`).
const WORKERS_MAX: usize = 512;

/// All of it, one part a concern.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Threads that serve requests.
    pub workers: usize,
    /// Connections.
    pub http: HttpConfig,
    /// TLS, where it is spoken.
    pub tls: Option<TlsConfig>,
    /// Sizes and times of a request.
    pub limits: LimitsConfig,
    /// How much each may send, and what goes first when too much comes.
    pub rates: RatesConfig,
    /// Where acknowledged frames are kept.
    pub buffer: BufferConfig,
    /// Traces of ingest itself.
    pub telemetry: TelemetryConfig,
    /// How lines of the log are written.
    pub log_format: LogFormat,
    /// The live view.
    pub live: LiveConfig,
    /// Where source maps are.
    pub source_maps: dna_source_maps::Settings,
    /// The pseudonym key.
    pub privacy: PrivacyConfig,
    /// The key that signs what pages are told.
    pub remote: RemoteConfig,
    /// Who may send.
    pub apps: AppsConfig,
    /// Environment variables that look like ours and set nothing: perhaps misspelt.
    pub idle_variables: Vec<String>,
}

impl Config {
    /// Reads and judges the whole configuration.
    ///
    /// # Errors
    /// The first wrong setting.
    pub fn load(layers: &Layers) -> Result<Self, ConfigError> {
        let mut root = Section::root(layers);
        let remote = RemoteConfig::read(&mut root)?;
        let rates = RatesConfig::read(&mut root)?;
        let mut config = Self {
            listen: root.parsed("listen", "127.0.0.1:8600", "IP:PORT, e.g. 127.0.0.1:8600")?,
            workers: root.integer("workers", default_workers(), 1..=WORKERS_MAX)?,
            http: HttpConfig::read(&mut root)?,
            tls: TlsConfig::read(&mut root)?,
            limits: LimitsConfig::read(&mut root)?,
            buffer: BufferConfig::read(&mut root)?,
            telemetry: TelemetryConfig::read(&mut root)?,
            log_format: LogFormat::read(&mut root)?,
            live: LiveConfig::read(&mut root)?,
            source_maps: dna_source_maps::Settings::read(&mut root)?,
            privacy: PrivacyConfig::read(&mut root)?,
            apps: AppsConfig::read(&mut root, remote.key.is_some(), &rates)?,
            rates,
            remote,
            idle_variables: Vec::new(),
        };
        root.finish()?;
        layers.check_environment()?;
        config.idle_variables = layers.idle_variables();
        Ok(config)
    }
}

/// One thread a core that this process may use.
fn default_workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX)
}
