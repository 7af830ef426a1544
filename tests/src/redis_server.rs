//! A real Redis.

use crate::process::Process;
use dna_protocol::packed::unpack_entry;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A redis-server with AOF (`appendfsync everysec`) on a port of its own.
#[derive(Debug)]
pub struct RedisServer {
    /// `None` while it is killed.
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    options: Vec<String>,
}

impl RedisServer {
    /// Starts one.
    ///
    /// # Panics
    /// When Redis is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts one with further options, which win over the usual ones.
    ///
    /// # Panics
    /// When Redis is not installed or does not start.
    #[must_use]
    pub fn start_with(options: &[&str]) -> Self {
        let folder = TempDir::with_prefix("dna-redis-").expect("a folder");
        let port = free_port();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { process: None, folder, port, options };
        server.run();
        server
    }

    /// Starts it again on its data.
    ///
    /// # Panics
    /// When it does not start.
    pub fn run(&mut self) {
        self.process = Some(launch(&self.folder, self.port, &self.options));
    }

    /// Kills it at once.
    pub fn kill_9(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill_9();
        }
    }

    /// Cuts so many bytes off the end of its file while it is killed: what a loss of power takes
    /// that comes before the disk was forced. Returns how many there were.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn cut_file(&self, bytes: u64) -> u64 {
        let files = std::fs::read_dir(self.folder.path().join("appendonlydir")).expect("readable");
        let mut paths = files.map(|file| file.expect("readable").path());
        let is_log = |path: &PathBuf| path.to_string_lossy().ends_with(".incr.aof");
        let path = paths.find(is_log).expect("an append-only file");
        let file = std::fs::OpenOptions::new().write(true).open(path).expect("writable");
        let len = file.metadata().expect("there").len();
        file.set_len(len.saturating_sub(bytes)).expect("cut");
        bytes.min(len)
    }

    /// Sends it a signal: `STOP`, `CONT`.
    ///
    /// # Panics
    /// When it does not run.
    pub fn signal(&self, name: &str) {
        self.process.as_ref().expect("it runs").signal(name);
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// The port that it listens at.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A connection.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn connect(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).expect("a good address");
        client.get_connection().expect("Redis answers")
    }

    /// Kills it and starts it again on the same data.
    pub fn kill_9_and_restart(&mut self) {
        self.kill_9();
        self.run();
    }

    /// Every byte that Redis holds: all keys and all values, as `DUMP` writes them, and every
    /// stream entry's fields in the clear, also as they are unpacked.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn everything(&self) -> Vec<u8> {
        let mut connection = self.connect();
        let keys: Vec<String> =
            redis::cmd("KEYS").arg("*").query(&mut connection).expect("KEYS answers");
        let mut all = Vec::new();
        for key in keys {
            all.extend(key.as_bytes());
            let entries: Result<redis::Value, _> =
                redis::cmd("XRANGE").arg(&key).arg("-").arg("+").query(&mut connection);
            if let Ok(entries) = entries {
                collect(&entries, &mut all);
            } else {
                let dump: Vec<u8> =
                    redis::cmd("DUMP").arg(&key).query(&mut connection).expect("DUMP answers");
                all.extend(dump);
            }
        }
        all
    }
}

fn collect(value: &redis::Value, out: &mut Vec<u8>) {
    match value {
        redis::Value::BulkString(bytes) => {
            out.extend(bytes);
            // What is packed would hide what is looked for.
            if let Some(entry) = unpack_entry(bytes, 1 << 24).expect("packed by ingest") {
                out.extend(entry);
            }
        }
        redis::Value::Array(values) => values.iter().for_each(|value| collect(value, out)),
        _ => {}
    }
}

fn launch(folder: &TempDir, port: u16, options: &[String]) -> Process {
    let mut command = Command::new("redis-server");
    command.current_dir(folder.path()).args([
        "--port",
        &port.to_string(),
        "--bind",
        "127.0.0.1",
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
        "--maxmemory-policy",
        "noeviction",
        "--save",
        "",
    ]);
    command.args(options);
    Process::start(command, "Ready to accept connections").0
}

/// A port that was free a moment ago.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}
