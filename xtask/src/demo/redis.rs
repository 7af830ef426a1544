//! The Redis of `demo --redis`: one that runs already, or one of the demo's own.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::ports;
use crate::progress::Step;
use crate::services::Service;
use crate::setup;

/// How long a redis-server may take until it answers.
const READY_MAX: Duration = Duration::from_secs(10);

/// Where it logs, in its folder.
const LOG: &str = "redis.log";

/// Starts a redis-server whose data are in `folder`; gives back its URL.
pub(crate) fn start(folder: &Path) -> Result<(Service, String)> {
    let program = setup::redis_server()?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let step = Step::start("start redis-server");
    let port = ports::any_free()?;
    let mut command = Command::new(program);
    command
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        // What ingest acknowledged survives a crash of Redis only if each write is synced.
        .args(["--appendonly", "yes", "--appendfsync", "always", "--save", ""])
        .args(["--logfile", LOG, "--dir"])
        .arg(folder)
        .stdout(Stdio::null());
    let service = Service::spawn("redis-server", &mut command)?;
    let mut service = service.logging_to(folder.join(LOG));
    let started = Instant::now();
    while !answers(port) {
        if let Some(status) = service.ended()? {
            bail!(service.obituary(status));
        }
        if started.elapsed() > READY_MAX {
            bail!("redis-server does not answer on port {port}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    step.done();
    Ok((service, format!("redis://127.0.0.1:{port}/")))
}

fn answers(port: u16) -> bool {
    let ping = || -> std::io::Result<[u8; 5]> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ping().is_ok_and(|answer| &answer == b"+PONG")
}
