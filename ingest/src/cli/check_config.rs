//! `ingest check-config`.

use super::Failure;
use super::config_args::ConfigArgs;
use crate::buffer::Settings;
use crate::config::{Config, SigningKey};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print the result as JSON: {"ok": true, …} or {"ok": false, "error": "…"}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout();
    match args.config.check() {
        Ok(config) if args.json => writeln!(out, "{}", summary(&config))?,
        Ok(config) => {
            let apps: Vec<&str> = config.apps.0.iter().map(|app| &*app.name).collect();
            writeln!(out, "{} is fine", args.config.path())?;
            writeln!(out, "  listens on {} with {} workers", config.listen, config.workers)?;
            writeln!(out, "  keeps frames in {}", buffer(&config))?;
            writeln!(out, "  takes them from {}", apps.join(", "))?;
            if let Some(key) = &config.remote.key {
                writeln!(out, "  signs what pages are told; data-config-key is {}", key.public())?;
            }
            for name in &config.idle_variables {
                writeln!(out, "  note: the environment variable {name} sets nothing here")?;
            }
        }
        Err(error) if args.json => {
            writeln!(out, "{}", json!({"ok": false, "error": error.to_string()}))?;
            return Ok(ExitCode::from(2));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(config: &Config) -> Value {
    let apps: Vec<&str> = config.apps.0.iter().map(|app| &*app.name).collect();
    json!({
        "ok": true,
        "listen": config.listen.to_string(),
        "workers": config.workers,
        "buffer": buffer(config),
        "apps": apps,
        "config_key": config.remote.key.as_ref().map(SigningKey::public),
        "idle_variables": config.idle_variables,
    })
}

/// The buffer in words; without the address of Redis, which may hold a password.
fn buffer(config: &Config) -> String {
    match &config.buffer.settings {
        Settings::Journal(journal) => {
            let (dir, durability) = (journal.dir.display(), journal.durability.name());
            format!("the journal in {dir}, durability {durability}")
        }
        Settings::Redis(redis) => {
            let (shards, durability) = (redis.shards, redis.durability.name());
            let spool = match &redis.spool {
                Some(spool) => format!("spool in {}", spool.dir.display()),
                None => "no spool".to_owned(),
            };
            format!("Redis, {shards} streams, durability {durability}, {spool}")
        }
    }
}
