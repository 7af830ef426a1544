//! The servers that are measured, each alone on its core while its turn lasts.

mod fastify;
mod nginx;
mod ours;
mod redis;
mod webdis;

pub(super) use self::redis::{Fsync, Redis};

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;

/// How long a server may take until it takes connections.
const READY_MAX: Duration = Duration::from_secs(20);

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// Ours, on a Redis that syncs as said.
    OursRedis(Fsync),
    /// Ours, on its own journal.
    OursJournal(Fsync),
    /// nginx that answers 204 and keeps nothing.
    Nginx,
    /// nginx with a handler in Lua that adds the beacon to Redis.
    NginxLua,
    /// webdis: Redis' commands over HTTP.
    Webdis,
    /// Fastify with ioredis.
    Fastify,
}

impl Peer {
    pub(super) const ALL: [Self; 10] = [
        Self::OursRedis(Fsync::No),
        Self::OursRedis(Fsync::Everysec),
        Self::OursRedis(Fsync::Always),
        Self::OursJournal(Fsync::No),
        Self::OursJournal(Fsync::Everysec),
        Self::OursJournal(Fsync::Always),
        Self::Nginx,
        Self::NginxLua,
        Self::Webdis,
        Self::Fastify,
    ];

    /// Its name on the command line and in the JSON.
    pub(super) fn name(self) -> String {
        match self {
            Self::OursRedis(fsync) => format!("redis-{}", fsync.name()),
            Self::OursJournal(fsync) => format!("journal-{}", fsync.name()),
            Self::Nginx => "nginx".to_owned(),
            Self::NginxLua => "nginx-lua".to_owned(),
            Self::Webdis => "webdis".to_owned(),
            Self::Fastify => "fastify".to_owned(),
        }
    }

    /// How the table calls it.
    pub(super) fn title(self) -> String {
        match self {
            Self::OursRedis(fsync) => format!("**DNA**, Redis {}", fsync.name()),
            Self::OursJournal(fsync) => format!("**DNA**, journal {}", fsync.name()),
            Self::Nginx => "nginx 204, keeps nothing".to_owned(),
            Self::NginxLua => "nginx, Lua, Redis everysec".to_owned(),
            Self::Webdis => "webdis, Redis everysec".to_owned(),
            Self::Fastify => "Fastify, ioredis, Redis everysec".to_owned(),
        }
    }

    pub(super) fn is_ours(self) -> bool {
        matches!(self, Self::OursRedis(_) | Self::OursJournal(_))
    }

    /// What its Redis does, if it has one.
    fn fsync(self) -> Option<Fsync> {
        match self {
            Self::OursRedis(fsync) => Some(fsync),
            Self::OursJournal(_) | Self::Nginx => None,
            Self::NginxLua | Self::Webdis | Self::Fastify => Some(Fsync::Everysec),
        }
    }
}

/// The programs, found or built once.
pub(super) struct Programs {
    pub(super) ingest: PathBuf,
    pub(super) redis: PathBuf,
    pub(super) nginx: PathBuf,
    pub(super) webdis: PathBuf,
    /// The folder of Fastify's server.
    pub(super) fastify: PathBuf,
}

/// A peer that serves, with its Redis. All of it stops when this is dropped.
pub(super) struct Serving {
    pub(super) server: Running,
    pub(super) redis: Option<Redis>,
    /// Where beacons go, and how.
    pub(super) url: String,
    pub(super) method: &'static str,
}

impl Serving {
    /// Starts `peer` with its data in `folder`, which is new.
    pub(super) fn start(programs: &Programs, peer: Peer, folder: &Path) -> Result<Self> {
        let redis = match peer.fsync() {
            Some(fsync) => Some(Redis::start(&programs.redis, fsync, folder)?),
            None => None,
        };
        let port = redis.as_ref().map(|redis| redis.port);
        let (server, url) = match peer {
            Peer::OursRedis(fsync) | Peer::OursJournal(fsync) => {
                ours::start(&programs.ingest, port, fsync, folder)?
            }
            Peer::Nginx => nginx::start(&programs.nginx, None, folder)?,
            Peer::NginxLua => nginx::start(&programs.nginx, port, folder)?,
            Peer::Webdis => webdis::start(&programs.webdis, port.unwrap_or_default(), folder)?,
            Peer::Fastify => fastify::start(&programs.fastify, port.unwrap_or_default(), folder)?,
        };
        let method = if peer == Peer::Webdis { "PUT" } else { "POST" };
        Ok(Self { server, redis, url, method })
    }
}

/// A process that is stopped when this is dropped.
pub(super) struct Running {
    child: Child,
    name: &'static str,
    log: PathBuf,
}

impl Running {
    /// Starts `command`, whose lines go to a file in `folder`.
    fn start(name: &'static str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { child, name, log })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for what `ready` looks for.
    fn wait_for<T>(&mut self, mut ready: impl FnMut(&str) -> Option<T>) -> Result<T> {
        let started = Instant::now();
        loop {
            let lines = std::fs::read_to_string(&self.log).unwrap_or_default();
            if let Some(found) = ready(&lines) {
                return Ok(found);
            }
            let name = self.name;
            if let Some(status) = self.child.try_wait()? {
                bail!("{name} ended by itself ({status}): {}", lines.trim());
            }
            if started.elapsed() > READY_MAX {
                bail!("{name} was not ready after {} s: {}", READY_MAX.as_secs(), lines.trim());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until someone listens on `port`.
    fn wait_for_port(&mut self, port: u16) -> Result<()> {
        self.wait_for(|_| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok().map(drop))
    }

    /// Waits for `NAME listening on URL`.
    fn wait_for_url(&mut self) -> Result<String> {
        let prefix = format!("{} listening on ", self.name);
        self.wait_for(|lines| {
            let line = lines.lines().find_map(|line| line.strip_prefix(&prefix));
            line.map(|url| url.trim().to_owned())
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It is a server of this run only: one that does not stop is killed.
        let _ = process::stop(&mut self.child);
    }
}

/// A port that nobody has at the moment, for servers that cannot take port 0.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
