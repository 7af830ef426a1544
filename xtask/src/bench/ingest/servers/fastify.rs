//! Fastify with ioredis: tests/bench/ingest/fastify.

use std::path::Path;

use anyhow::Result;

use super::Running;
use crate::bench::ingest::cores::{SERVER_CORE, on_core};

/// Starts it in front of the Redis at `redis_port`.
pub(super) fn start(project: &Path, redis_port: u16, folder: &Path) -> Result<(Running, String)> {
    let mut command = on_core(SERVER_CORE, "node");
    command.env("NODE_ENV", "production").arg(project.join("server.js"));
    command.arg(redis_port.to_string());
    let mut running = Running::start("fastify", &mut command, folder)?;
    let url = running.wait_for_url()?;
    Ok((running, format!("{url}/v1/beacon")))
}
