//! `dataview check-config`.

use super::Failure;
use super::config_args::ConfigArgs;
use crate::config::Config;
use crate::consume::Source;
use serde_json::json;
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
    let judged = args.config.load().map_err(Failure::from).and_then(|config| {
        // A file that cannot be read would stop the start.
        config.geo.open().map_err(crate::startup::StartError::from)?;
        Ok(config)
    });
    match judged {
        Ok(config) if args.json => {
            let (listen, buffer) = (config.listen.to_string(), buffer(&config));
            let idle = &config.idle_variables;
            let told = json!({"ok": true, "listen": listen, "dir": config.dir, "buffer": buffer,
                "idle_variables": idle});
            writeln!(out, "{told}")?;
        }
        Ok(config) => {
            writeln!(out, "{} is fine", args.config.name())?;
            writeln!(out, "  listens on {}", config.listen)?;
            writeln!(out, "  reads {}", buffer(&config))?;
            writeln!(out, "  keeps everything in {}", config.dir.display())?;
            for name in &config.idle_variables {
                writeln!(out, "  note: the environment variable {name} sets nothing here")?;
            }
        }
        Err(error) if args.json => {
            writeln!(out, "{}", json!({"ok": false, "error": error.to_string()}))?;
            return Ok(ExitCode::from(2));
        }
        Err(error) => return Err(error),
    }
    Ok(ExitCode::SUCCESS)
}

/// The buffer in words; without the address of Redis, which may hold a password.
fn buffer(config: &Config) -> String {
    match &config.consume.source {
        Source::Journal(journal) => format!("the journal in {}", journal.dir.display()),
        Source::Redis(redis) => {
            let (shards, group, name) = (redis.shards, &redis.group, &redis.name);
            format!("{shards} streams of Redis as {name} of the group {group}")
        }
    }
}
