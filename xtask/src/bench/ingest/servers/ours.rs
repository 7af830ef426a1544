//! Ours, with every check on: the release build, configured as an operator would for one core.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Fsync, Running};
use crate::bench::ingest::cores::{SERVER_CORE, on_core};
use crate::bench::ingest::frames::APP_KEY;

/// Starts ingest on the Redis at `redis_port`, or else on a journal in `folder`.
pub(super) fn start(
    program: &Path,
    redis_port: Option<u16>,
    fsync: Fsync,
    folder: &Path,
) -> Result<(Running, String)> {
    let file = folder.join("ingest.toml");
    fs::write(&file, configuration(redis_port, fsync, folder))
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut command = on_core(SERVER_CORE, program);
    command.args(["serve", "--config"]).arg(&file);
    let mut running = Running::start("ingest", &mut command, folder)?;
    let url = running.wait_for_url()?;
    Ok((running, format!("{url}/v1/beacon")))
}

fn configuration(redis_port: Option<u16>, fsync: Fsync, folder: &Path) -> String {
    let mut toml = String::from("listen = \"127.0.0.1:0\"\nworkers = 1\n\n");
    let journal = serde_json::Value::from(folder.join("journal").to_string_lossy().as_ref());
    let durability = fsync.name();
    // Writing to a string cannot fail.
    let _ = write!(toml, "[buffer]\ndurability = \"{durability}\"\n\n");
    let _ = match redis_port {
        Some(port) => write!(toml, "[buffer.redis]\nurl = \"redis://127.0.0.1:{port}\"\n\n"),
        None => write!(toml, "[buffer.journal]\ndir = {journal}\n\n"),
    };
    let key = "0123456789abcdef".repeat(4);
    let _ = write!(
        toml,
        "[privacy]\npseudonym_key = \"{key}\"\n\n[[apps]]\nname = \"bench-bank\"\n\
         keys = [\"{APP_KEY}\"]\norigins = [\"https://bank.example\"]\n"
    );
    toml
}
