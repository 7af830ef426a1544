//! webdis: each request is a command of Redis; the body of a PUT is its last argument.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::{Running, free_port};
use crate::bench::ingest::cores::{SERVER_CORE, on_core};

/// Starts webdis in front of the Redis at `redis_port`.
pub(super) fn start(program: &Path, redis_port: u16, folder: &Path) -> Result<(Running, String)> {
    let port = free_port()?;
    let file = folder.join("webdis.json");
    let configuration = json!({
        "redis_host": "127.0.0.1", "redis_port": redis_port, "redis_auth": null,
        "http_host": "127.0.0.1", "http_port": port,
        // One core: one thread.
        "threads": 1, "pool_size": 20, "daemonize": false, "websockets": false, "database": 0,
        "acl": [{"disabled": ["DEBUG"]}],
        "verbosity": 0, "logfile": folder.join("webdis-own.log"),
    });
    fs::write(&file, configuration.to_string())
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut command = on_core(SERVER_CORE, program);
    command.arg(&file);
    let mut running = Running::start("webdis", &mut command, folder)?;
    running.wait_for_port(port)?;
    Ok((running, format!("http://127.0.0.1:{port}/XADD/dna:%7B0%7D:events/*/e")))
}
