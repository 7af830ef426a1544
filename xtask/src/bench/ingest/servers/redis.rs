//! The Redis behind a server, on the load's core.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Running, free_port};
use crate::bench::ingest::cores::{LOAD_CORE, on_core};

/// When what is acknowledged is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fsync {
    /// Never: in memory only.
    No,
    /// Once a second.
    Everysec,
    /// Before it is acknowledged.
    Always,
}

impl Fsync {
    /// The name that ingest's configuration has for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::No => "memory",
            Self::Everysec => "everysec",
            Self::Always => "always",
        }
    }
}

/// A redis-server of this run.
pub(crate) struct Redis {
    pub(crate) running: Running,
    pub(crate) port: u16,
}

impl Redis {
    /// Starts one with its data in `folder`.
    pub(crate) fn start(program: &Path, fsync: Fsync, folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let (append, when) = match fsync {
            Fsync::No => ("no", "everysec"),
            Fsync::Everysec => ("yes", "everysec"),
            Fsync::Always => ("yes", "always"),
        };
        let mut command = on_core(LOAD_CORE, program);
        command
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--appendonly", append, "--appendfsync", when, "--save", ""])
            // A rewrite in the middle would be another process' work in somebody's turn.
            .args(["--auto-aof-rewrite-percentage", "0", "--dir"])
            .arg(folder);
        let mut running = Running::start("redis-server", &mut command, folder)?;
        running.wait_for_port(port)?;
        Ok(Self { running, port })
    }

    /// The integer that a command answers; an inline command, as telnet would send it.
    pub(crate) fn number(&self, command: &str) -> Result<u64> {
        let line = self.first_line(command)?;
        let number = line.strip_prefix(':').and_then(|number| number.parse().ok());
        number.with_context(|| format!("Redis answers {line:?} to {command:?}"))
    }

    fn first_line(&self, command: &str) -> Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        write!(stream, "{command}\r\n")?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        let line = line.trim_end().to_owned();
        if line.starts_with('-') {
            bail!("Redis refuses {command:?}: {line}");
        }
        Ok(line)
    }

    /// Bytes that a stream takes, all of its nodes looked at; 0 when there is none.
    pub(crate) fn stream_bytes(&self, key: &str) -> Result<u64> {
        if self.number(&format!("EXISTS {key}"))? == 0 {
            return Ok(0);
        }
        self.number(&format!("MEMORY USAGE {key} SAMPLES 0"))
    }

    /// Messages of a stream.
    pub(crate) fn messages(&self, key: &str) -> Result<u64> {
        self.number(&format!("XLEN {key}"))
    }

    /// Forgets everything, so that the next load begins as the last one did.
    pub(crate) fn flush(&self) -> Result<()> {
        self.first_line("FLUSHALL SYNC").map(drop)
    }
}
