//! A real DataView.

use crate::ingest::{Buffer, Ingest};
use crate::process::{Process, built};
use crate::redis_server::free_port;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A dataview on a port and in a folder of its own, which reads what an ingest keeps.
#[derive(Debug)]
pub struct Dataview {
    process: Process,
    folder: TempDir,
    port: u16,
    token: String,
    /// `--journal DIR` or `--redis URL`.
    source: [String; 2],
    /// Further variables.
    environment: Vec<(&'static str, String)>,
}

impl Dataview {
    /// Starts one.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start(ingest: &Ingest) -> Self {
        Self::start_with(ingest, Vec::new())
    }

    /// Starts one with these variables beside its flags.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start_with(ingest: &Ingest, environment: Vec<(&'static str, String)>) -> Self {
        let source = match ingest.buffer() {
            Buffer::Journal => {
                ["--journal".to_owned(), ingest.data().join("journal").display().to_string()]
            }
            Buffer::Redis(url) => ["--redis".to_owned(), url.clone()],
            Buffer::RedisAt { .. } => panic!("its address is in no flag"),
        };
        let folder = TempDir::with_prefix("dna-dataview-").expect("a folder");
        let token = Command::new(binary())
            .args(["tokens", "add", "tests", "--role", "administrator", "--dir"])
            .arg(folder.path())
            .output()
            .expect("dataview tokens runs");
        let errors = String::from_utf8_lossy(&token.stderr);
        assert!(token.status.success(), "dataview tokens: {errors}");
        let token = String::from_utf8_lossy(&token.stdout).trim().to_owned();
        let port = free_port();
        let process = launch(&folder, port, &source, &environment);
        Self { process, folder, port, token, source, environment }
    }

    /// Kills it in the middle of whatever it does and starts it again on the same data.
    pub fn kill_9_and_restart(&mut self) {
        self.kill_9();
        self.start_again();
    }

    /// Kills it in the middle of whatever it does.
    pub fn kill_9(&mut self) {
        self.process.kill_9();
    }

    /// Starts it again on the same data.
    pub fn start_again(&mut self) {
        self.process = launch(&self.folder, self.port, &self.source, &self.environment);
    }

    /// What it answers to `GET` of a path.
    ///
    /// # Panics
    /// When it does not answer with JSON.
    #[must_use]
    pub fn get(&self, path: &str) -> Value {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let asked = ureq::get(&url).header("Authorization", format!("Bearer {}", self.token));
        let mut answer = asked.call().unwrap_or_else(|error| panic!("{path}: {error}"));
        let text = answer.body_mut().read_to_string().expect("a text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// What it answers to `GET` of a path, unless there is nothing.
    ///
    /// # Panics
    /// When it answers with no JSON, or not at all.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Value> {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let asked = ureq::get(&url).header("Authorization", format!("Bearer {}", self.token));
        match asked.call() {
            Ok(mut answer) => {
                let text = answer.body_mut().read_to_string().expect("a text");
                Some(serde_json::from_str(&text).expect("JSON"))
            }
            Err(ureq::Error::StatusCode(404)) => None,
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Frames in the store.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn frames(&self) -> u64 {
        let health = self.get("/api/v1/health");
        let days = health["store"]["days"].as_array().expect("a list");
        days.iter().map(|day| day["frames"].as_u64().expect("a number")).sum()
    }
}

fn binary() -> PathBuf {
    built("DNA_DATAVIEW_BIN", "dataview")
}

fn launch(
    folder: &TempDir,
    port: u16,
    source: &[String; 2],
    environment: &[(&'static str, String)],
) -> Process {
    let mut command = Command::new(binary());
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--dir"]);
    command.arg(folder.path()).args(source);
    Process::start(command, "dataview listening on ").0
}
