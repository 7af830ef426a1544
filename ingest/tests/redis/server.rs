//! A real redis-server for one test: a free port, a folder of its own, gone when dropped.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use tempfile::TempDir;

/// A redis-server and where it keeps its data. It can be killed and started again.
pub(crate) struct RedisServer {
    process: Option<Child>,
    port: u16,
    dir: TempDir,
    options: Vec<String>,
    /// What a Sentinel begins with; it writes on in the file itself.
    sentinel: Option<String>,
}

impl RedisServer {
    /// Starts a server with further options, e.g. `["--appendonly", "yes"]`.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::prepare(options).running()
    }

    fn running(mut self) -> Self {
        // Another process may take the port between our look and the start.
        for _ in 0..10 {
            if self.run() {
                return self;
            }
            self.port = free_port();
        }
        panic!("redis-server did not start on any of ten ports");
    }

    /// A server that has not been started.
    pub(crate) fn prepare(options: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Self { process: None, port: free_port(), dir, options, sentinel: None }
    }

    /// Starts a Sentinel with these lines in its file.
    pub(crate) fn start_sentinel(lines: &str) -> Self {
        let mut server = Self::prepare(&[]);
        server.sentinel = Some(lines.to_owned());
        server.running()
    }

    /// Further options from its next start on, over those that it has.
    pub(crate) fn options(&mut self, options: &[&str]) {
        self.options.extend(options.iter().map(|option| (*option).to_owned()));
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, on the port that it has; false when it ended before it was ready.
    pub(crate) fn run(&mut self) -> bool {
        let mut process = self
            .command_line()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server must be installed (Debian: apt-get install redis-server)");
        let mut log = BufReader::new(process.stdout.take().expect("piped"));
        let mut line = String::new();
        while log.read_line(&mut line).expect("its log") > 0 {
            if line.contains("Ready to accept connections") || line.contains("Sentinel ID is") {
                // Its log is read on, for a full pipe would stop it.
                std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
                self.process = Some(process);
                return true;
            }
            line.clear();
        }
        process.wait().expect("it has ended");
        false
    }

    fn command_line(&self) -> Command {
        let mut command = Command::new(program());
        let (port, dir) = (self.port.to_string(), self.dir.path().display().to_string());
        if let Some(lines) = &self.sentinel {
            let file = self.dir.path().join("sentinel.conf");
            let text = format!("port {port}\nbind 127.0.0.1\ndir {dir}\n{lines}");
            std::fs::write(&file, text).expect("written");
            command.arg(file).arg("--sentinel");
        } else {
            command.args(["--port", &port, "--bind", "127.0.0.1", "--dir", &dir, "--save", ""]);
            command.args(["--repl-diskless-sync-delay", "0"]).args(&self.options);
        }
        command
    }

    /// Ends it as a power cut would: no chance to write anything.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it has ended");
        }
    }

    /// Stops or continues the process: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.process.as_ref().expect("it runs");
        let words = [format!("-{name}"), process.id().to_string()];
        let sent = Command::new("kill").args(words).status().expect("kill");
        assert!(sent.success());
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A connection for the test's own questions.
    pub(crate) fn connect(&self) -> redis::Connection {
        let client = redis::Client::open(self.url()).expect("a good address");
        client.get_connection().expect("it is ready")
    }

    /// Whether it has what Redis has from this version on.
    pub(crate) fn is_at_least(&self, major: u32, minor: u32) -> bool {
        let info: String = self.command("INFO server");
        let version = info.lines().find_map(|line| line.strip_prefix("redis_version:"));
        let mut parts = version.expect("a version").split('.').map(str::parse::<u32>);
        let mut next = || parts.next().and_then(Result::ok).expect("a number");
        (next(), next()) >= (major, minor)
    }

    /// Sends a command, its words separated by spaces.
    pub(crate) fn command<T: redis::FromRedisValue>(&self, words: &str) -> T {
        let mut words = words.split(' ');
        let mut command = redis::cmd(words.next().expect("a command"));
        words.for_each(|word| {
            command.arg(word);
        });
        command.query(&mut self.connect()).expect("Redis takes it")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server to test with: another release, or Valkey, where the variable names one.
fn program() -> String {
    std::env::var("DNA_REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned())
}

/// A free port whose Cluster bus, 10,000 above it, is free too.
pub(crate) fn free_port() -> u16 {
    // Below the ports that the system gives to connections, and of another place each process.
    let first = 12_000 + u16::try_from(std::process::id() % 100).expect("small") * 100;
    for _ in 0..2000 {
        let port = first + NEXT_PORT.fetch_add(1, Relaxed) % 10_000;
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if is_free(port) && is_free(port + 10_000) {
            return port;
        }
    }
    panic!("no free port")
}

static NEXT_PORT: AtomicU16 = AtomicU16::new(0);
