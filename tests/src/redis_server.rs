//! A real Redis.

use crate::process::Process;
use std::process::Command;
use tempfile::TempDir;

/// A redis-server with AOF (`appendfsync everysec`) on a port of its own.
#[derive(Debug)]
pub struct RedisServer {
    process: Process,
    folder: TempDir,
    port: u16,
}

impl RedisServer {
    /// Starts one.
    ///
    /// # Panics
    /// When Redis is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("dna-redis-").expect("a folder");
        let port = free_port();
        let process = launch(&folder, port);
        Self { process, folder, port }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
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
        self.process.kill_9();
        self.process = launch(&self.folder, self.port);
    }

    /// Every byte that Redis holds: all keys and all values, as `DUMP` writes them, and every
    /// stream entry's fields in the clear.
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
        redis::Value::BulkString(bytes) => out.extend(bytes),
        redis::Value::Array(values) => values.iter().for_each(|value| collect(value, out)),
        _ => {}
    }
}

fn launch(folder: &TempDir, port: u16) -> Process {
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
