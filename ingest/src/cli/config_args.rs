//! Flags that name and override the configuration, the same for every command.

use crate::config::{Config, ConfigError, Layers, Reading, folders};
use clap::Args;
use std::path::{Path, PathBuf};

/// Flags win over the environment, the environment over the file. Values are judged as those are,
/// so a wrong one is refused in the same words, with what is allowed.
#[derive(Debug, Clone, Args)]
pub(super) struct ConfigArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Listen here instead of `listen`; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<String>,
    /// Threads instead of `workers`
    #[arg(long, value_name = "N")]
    workers: Option<String>,
    /// Keep frames in the journal in this directory, even if Redis is configured
    #[arg(long, value_name = "DIR", conflicts_with = "redis")]
    journal: Option<PathBuf>,
    /// Keep frames in this Redis
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

impl ConfigArgs {
    /// File, environment and flags together, judged.
    pub(super) fn load(&self) -> Result<Config, ConfigError> {
        Config::load(&self.layers()?)
    }

    /// The same, with the folders that `serve` would write to.
    pub(super) fn check(&self) -> Result<Config, ConfigError> {
        let layers = self.layers()?;
        let config = Config::load(&layers)?;
        folders::check(&layers, &config)?;
        Ok(config)
    }

    /// Reads the same again and again.
    pub(super) fn reading(&self) -> Reading {
        let arguments = self.clone();
        Box::new(move || arguments.layers())
    }

    fn layers(&self) -> Result<Layers, ConfigError> {
        let journal = self.journal.as_ref().map(|dir| dir.to_string_lossy().into_owned());
        let no_redis = journal.as_ref().map(|_| String::new());
        Ok(layers(&self.config)?
            .with_flag("listen", "--listen", self.listen.clone())
            .with_flag("workers", "--workers", self.workers.clone())
            .with_flag("buffer.journal.dir", "--journal", journal)
            .with_flag("buffer.redis.url", "--redis", self.redis.clone())
            .with_flag("buffer.redis.url", "--journal", no_redis))
    }

    /// The configuration file's path, for messages.
    pub(super) fn path(&self) -> std::path::Display<'_> {
        self.config.display()
    }
}

/// The file and the environment, judged, for who serves nothing.
pub(super) fn load(file: &Path) -> Result<Config, ConfigError> {
    Config::load(&layers(file)?.without_certificate())
}

fn layers(file: &Path) -> Result<Layers, ConfigError> {
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // A name that is not UTF-8 is none of ours.
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    });
    Ok(Layers::from_file(file)?.with_environment(environment))
}
