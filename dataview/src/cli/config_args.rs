//! Flags that name and override the configuration, the same for every command.

use super::Failure;
use crate::access::Access;
use crate::config::{Config, ConfigError, Layers};
use clap::Args;
use std::path::{Path, PathBuf};

/// Flags win over the environment, the environment over the file. Values are judged as those are,
/// so a wrong one is refused in the same words, with what is allowed.
#[derive(Debug, Clone, Args)]
pub(super) struct ConfigArgs {
    /// The configuration file; without one, the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Listen here instead of `listen`; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<String>,
    /// Keep everything in this directory instead of `dir`
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Read the journal in this directory, even if Redis is configured
    #[arg(long, value_name = "DIR", conflicts_with = "redis")]
    journal: Option<PathBuf>,
    /// Read the streams of this Redis
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
}

impl ConfigArgs {
    /// File, environment and flags together, judged.
    pub(super) fn load(&self) -> Result<Config, ConfigError> {
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            // A name that is not UTF-8 is none of ours.
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let file = match &self.config {
            Some(file) => Layers::from_file(file)?,
            None => Layers::from_text(Path::new("the defaults"), "")?,
        };
        let text = |path: &Option<PathBuf>| path.as_ref().map(|it| it.to_string_lossy().into());
        let no_redis = self.journal.as_ref().map(|_| String::new());
        Config::load(
            &file
                .with_environment(environment)
                .with_flag("listen", "--listen", self.listen.clone())
                .with_flag("dir", "--dir", text(&self.dir))
                .with_flag("buffer.journal.dir", "--journal", text(&self.journal))
                .with_flag("buffer.redis.url", "--redis", self.redis.clone())
                .with_flag("buffer.redis.url", "--journal", no_redis),
        )
    }

    /// The file of accounts, made when it is not there.
    pub(super) fn open_access(&self) -> Result<Access, Failure> {
        let config = self.load()?;
        std::fs::create_dir_all(&config.dir)?;
        Ok(Access::open(&config.access_file(), config.access)?)
    }

    /// Where the configuration is, for messages.
    pub(super) fn name(&self) -> String {
        let file = self.config.as_ref().map(|file| file.display().to_string());
        file.unwrap_or_else(|| "the default configuration".to_owned())
    }
}
