//! A real ingest.

use crate::process::{Process, built};
use crate::redis_server::free_port;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Key of the application that the tests send as.
pub const APP_KEY: &str = "test-key";

/// Where ingest keeps what it accepts.
#[derive(Debug, Clone)]
pub enum Buffer {
    /// The embedded journal, in the server's own folder.
    Journal,
    /// The Redis at this address.
    Redis(String),
}

/// An ingest on a port and in a folder of its own.
#[derive(Debug)]
pub struct Ingest {
    process: Process,
    folder: TempDir,
    port: u16,
    buffer: Buffer,
}

impl Ingest {
    /// Starts one.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start(buffer: Buffer) -> Self {
        let folder = TempDir::with_prefix("dna-ingest-").expect("a folder");
        let port = free_port();
        std::fs::write(folder.path().join("ingest.toml"), config(port, &buffer, &folder))
            .expect("the folder is writable");
        let process = launch(&folder);
        Self { process, folder, port, buffer }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Kills it in the middle of whatever it does and starts it again on the same data.
    pub fn kill_9_and_restart(&mut self) {
        self.process.kill_9();
        self.process = launch(&self.folder);
    }

    /// Every entry of the buffer, as `ingest tail --json` prints it.
    ///
    /// # Panics
    /// When `ingest tail` fails or prints no JSON.
    #[must_use]
    pub fn kept(&self) -> Vec<serde_json::Value> {
        let output = Command::new(binary())
            .args(["tail", "--json", "--no-follow", "--from-start", "--config"])
            .arg(self.folder.path().join("ingest.toml"))
            .output()
            .expect("ingest tail runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "ingest tail: {errors}");
        let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// The folder of the embedded journal.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    /// Where it keeps what it accepts.
    #[must_use]
    pub fn buffer(&self) -> &Buffer {
        &self.buffer
    }
}

fn binary() -> PathBuf {
    built("DNA_INGEST_BIN", "ingest")
}

fn launch(folder: &TempDir) -> Process {
    let mut command = Command::new(binary());
    command.arg("serve").arg("--config").arg(folder.path().join("ingest.toml"));
    Process::start(command, "ingest listening on ").0
}

fn config(port: u16, buffer: &Buffer, folder: &TempDir) -> String {
    let buffer = match buffer {
        Buffer::Journal => {
            format!("[buffer.journal]\ndir = {:?}\n", folder.path().join("journal"))
        }
        Buffer::Redis(url) => format!("[buffer.redis]\nurl = {url:?}\n"),
    };
    format!(
        "listen = \"127.0.0.1:{port}\"\nworkers = 1\n\n{buffer}\n\
         [privacy]\npseudonym_key = \"{key}\"\n\n\
         [[apps]]\nname = \"test\"\nkeys = [\"{APP_KEY}\"]\norigins = [\"*\"]\n",
        key = "00112233445566778899aabbccddeeff".repeat(2),
    )
}
