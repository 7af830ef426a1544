//! Configuration: a TOML file, then the environment, then flags, read as ingest's is. The keys of
//! `[buffer]`, `[privacy]` and `[source_maps]` are ingest's own, so that both read the same lines.

mod access;
mod buffer;
mod consume;
mod geo;
mod http;
mod log;
mod network;
mod privacy;
mod store;
mod watch;

pub(crate) use consume::host_name;
pub use geo::GeoConfig;
pub use log::LogFormat;
pub use network::NetworkConfig;
pub use store::StoreConfig;
pub use watch::WatchConfig;

pub use dna_settings::{ConfigError, Layers, Section};

use crate::access::SessionSettings;
use crate::consume::Settings as ConsumeConfig;
use crate::query::users::UserPseudonyms;
use dna_source_maps::Settings as SourceMapsConfig;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::path::PathBuf;

/// All of it, one part a concern.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Everything that dataview keeps is in this folder.
    pub dir: PathBuf,
    /// How lines of the log are written.
    pub log_format: LogFormat,
    /// How long things are kept, and what a stored frame survives.
    pub store: StoreConfig,
    /// Where entries come from.
    pub consume: ConsumeConfig,
    /// Region and operator.
    pub geo: GeoConfig,
    /// Access logs of proxies.
    pub network: NetworkConfig,
    /// What services must say to be listened to (`Authorization: Bearer …`); absent: nothing.
    pub otlp_token: Option<String>,
    /// Proxies that are believed what they say of clients.
    pub trusted_proxies: Vec<IpNet>,
    /// How long who has logged in stays so.
    pub access: SessionSettings,
    /// Rules, incidents and who is told.
    pub watch: WatchConfig,
    /// Where source maps are.
    pub source_maps: SourceMapsConfig,
    /// The keys by which a user is found.
    pub privacy: UserPseudonyms,
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
        let dir = read_dir(&mut root)?;
        let mut config = Self {
            listen: root.parsed("listen", "127.0.0.1:8602", "IP:PORT, e.g. 127.0.0.1:8602")?,
            log_format: LogFormat::read(&mut root)?,
            store: StoreConfig::read(&mut root)?,
            consume: consume::read(&mut root, &dir)?,
            geo: GeoConfig::read(&mut root)?,
            network: NetworkConfig::read(&mut root)?,
            otlp_token: http::read_otlp(&mut root)?,
            trusted_proxies: http::read_proxies(&mut root)?,
            access: access::read(&mut root)?,
            watch: WatchConfig::read(&mut root)?,
            source_maps: SourceMapsConfig::read(&mut root)?,
            privacy: privacy::read(&mut root)?,
            dir,
            idle_variables: Vec::new(),
        };
        root.finish()?;
        layers.check_environment()?;
        config.idle_variables = layers.idle_variables();
        Ok(config)
    }

    /// The file of accounts.
    #[must_use]
    pub fn access_file(&self) -> PathBuf {
        self.dir.join("access.db")
    }
}

fn read_dir(root: &mut Section<'_>) -> Result<PathBuf, ConfigError> {
    let dir: PathBuf = root.parsed("dir", "dna-dataview", "a directory")?;
    if dir.exists() && !dir.is_dir() {
        let allowed = "a directory, which is made when it does not exist; this is another file";
        return Err(root.refuse("dir", &dir.display().to_string(), allowed));
    }
    Ok(dir)
}
