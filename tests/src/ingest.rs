//! A real ingest.

use crate::clock::Clock;
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
    /// A Redis found in another way.
    RedisAt {
        /// The lines of `[buffer.redis]`.
        lines: String,
        /// Whether there is a spool before it.
        spool: bool,
    },
}

/// An ingest on a port and in a folder of its own.
#[derive(Debug)]
pub struct Ingest {
    process: Process,
    folder: TempDir,
    port: u16,
    buffer: Buffer,
    around: Around,
}

/// What is put around the process, and into its configuration.
#[derive(Debug, Default)]
struct Around {
    tmpfs: Option<Tmpfs>,
    /// Further lines of `[buffer.journal]`.
    journal: String,
    environment: Vec<(&'static str, PathBuf)>,
}

/// A small disk of ingest's own, which only it sees, mounted over its data.
#[derive(Debug, Clone, Copy)]
struct Tmpfs {
    bytes: u64,
}

impl Ingest {
    /// Starts one.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start(buffer: Buffer) -> Self {
        Self::start_with(buffer, "")
    }

    /// Starts one with further lines of its configuration, whose section is at first `[buffer]`.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start_with(buffer: Buffer, more: &str) -> Self {
        Self::launch(free_port(), buffer, more, Around::default())
    }

    /// Starts one on the embedded journal, with these lines of `[buffer.journal]`.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start_on_journal(lines: &str) -> Self {
        let around = Around { journal: lines.to_owned(), ..Around::default() };
        Self::launch(free_port(), Buffer::Journal, "", around)
    }

    /// The same at `port`, where another one may listen.
    ///
    /// # Panics
    /// When it is not built or does not start.
    #[must_use]
    pub fn start_at(port: u16, buffer: Buffer, more: &str) -> Self {
        Self::launch(port, buffer, more, Around::default())
    }

    /// The same under a wall clock that the test moves.
    ///
    /// # Panics
    /// When it is not built or does not start, or libfaketime is not installed.
    #[must_use]
    pub fn start_under(clock: &Clock, buffer: Buffer, more: &str) -> Self {
        let around = Around { environment: clock.environment(), ..Around::default() };
        Self::launch(free_port(), buffer, more, around)
    }

    /// The same, keeping its data on a disk of only so many bytes.
    ///
    /// # Panics
    /// When it is not built or does not start, or the system has no namespaces for a disk of its
    /// own.
    #[must_use]
    pub fn start_on_small_disk(buffer: Buffer, more: &str, bytes: u64) -> Self {
        let around = Around { tmpfs: Some(Tmpfs { bytes }), ..Around::default() };
        Self::launch(free_port(), buffer, more, around)
    }

    fn launch(port: u16, buffer: Buffer, more: &str, around: Around) -> Self {
        let folder = TempDir::with_prefix("dna-ingest-").expect("a folder");
        std::fs::write(
            folder.path().join("ingest.toml"),
            config(port, &buffer, &folder, more, &around),
        )
        .expect("the folder is writable");
        std::fs::create_dir(folder.path().join("data")).expect("the folder is writable");
        let process = launch(&folder, &around);
        Self { process, folder, port, buffer, around }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port that it listens at.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills it in the middle of whatever it does and starts it again on the same data.
    pub fn kill_9_and_restart(&mut self) {
        self.process.kill_9();
        self.process = launch(&self.folder, &self.around);
    }

    /// Stops it in order and waits for its end.
    ///
    /// # Panics
    /// When it ends with an error.
    pub fn stop(&mut self) {
        self.process.signal("TERM");
        self.process.wait();
    }

    /// Starts it again after [`stop`](Self::stop).
    pub fn start_again(&mut self) {
        self.process = launch(&self.folder, &self.around);
    }

    /// What `/health/ready` says: the status and the JSON.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn ready(&self) -> (u16, serde_json::Value) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let url = format!("{}/health/ready", self.url());
        let mut answer = agent.get(url).call().expect("it answers");
        let text = answer.body_mut().read_to_string().expect("a text");
        (answer.status().as_u16(), serde_json::from_str(&text).expect("JSON"))
    }

    /// The sum of the series of `/metrics` whose line begins with `name`.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn metric(&self, name: &str) -> f64 {
        let url = format!("{}/metrics", self.url());
        let mut answer = ureq::get(url).call().expect("it answers");
        let text = answer.body_mut().read_to_string().expect("a text");
        let series = text.lines().filter(|line| line.starts_with(name));
        series.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// The folder of its data as it sees it, wherever that is mounted.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        let data = self.folder.path().join("data");
        match self.around.tmpfs {
            None => data,
            Some(_) => {
                let root = PathBuf::from(format!("/proc/{}/root", self.process.id()));
                root.join(data.strip_prefix("/").expect("an absolute path"))
            }
        }
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
            .env("DNA_BUFFER_JOURNAL_DIR", self.data().join("journal"))
            .output()
            .expect("ingest tail runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "ingest tail: {errors}");
        let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
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

fn launch(folder: &TempDir, around: &Around) -> Process {
    let mut command = match around.tmpfs {
        None => Command::new(binary()),
        Some(Tmpfs { bytes }) => {
            // A namespace of its own, as root of it where we are not: nothing is left behind.
            let mut command = Command::new("unshare");
            let script = "mount -t tmpfs -o size=$0 tmpfs \"$1\" && shift && exec \"$@\"";
            command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
            command.arg(bytes.to_string()).arg(folder.path().join("data")).arg(binary());
            command
        }
    };
    command.envs(around.environment.iter().map(|(name, value)| (name, value)));
    command.arg("serve").arg("--config").arg(folder.path().join("ingest.toml"));
    Process::start(command, "ingest listening on ").0
}

fn config(port: u16, buffer: &Buffer, folder: &TempDir, more: &str, around: &Around) -> String {
    let data = folder.path().join("data");
    let redis = match buffer {
        Buffer::Journal => String::new(),
        Buffer::Redis(url) => format!("[buffer.redis]\nurl = {url:?}\n"),
        Buffer::RedisAt { lines, .. } => format!("[buffer.redis]\n{lines}\n"),
    };
    let is_spooled = !matches!(buffer, Buffer::RedisAt { spool: false, .. });
    format!(
        "listen = \"127.0.0.1:{port}\"\nworkers = 1\n\n[buffer]\n{more}\n\
         [buffer.journal]\ndir = {journal:?}\n{lines}\n[buffer.spool]\nenabled = {is_spooled}\n\
         dir = {spool:?}\n{redis}\n\
         [privacy]\npseudonym_key = \"{key}\"\n\n\
         [[apps]]\nname = \"test\"\nkeys = [\"{APP_KEY}\"]\norigins = [\"*\"]\n",
        journal = data.join("journal"),
        lines = around.journal,
        spool = data.join("spool"),
        key = "00112233445566778899aabbccddeeff".repeat(2),
    )
}
