//! A real redis-server for one test: a free port, a folder of its own, gone when dropped.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// A redis-server and where it keeps its data. It can be killed and started again.
pub(crate) struct RedisServer {
    process: Option<Child>,
    port: u16,
    dir: TempDir,
    options: Vec<String>,
}

impl RedisServer {
    /// Starts a server with further options, e.g. `["--appendonly", "yes"]`.
    pub(crate) fn start(options: &[&str]) -> Self {
        let mut server = Self::prepare(options);
        // Another process may take the port between our look and the server's start.
        for _ in 0..10 {
            if server.run() {
                return server;
            }
            server.port = free_port();
        }
        panic!("redis-server did not start on any of ten ports");
    }

    /// A server that has not been started.
    pub(crate) fn prepare(options: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Self { process: None, port: free_port(), dir, options }
    }

    /// Starts it, on the port that it has; false when it ended before it was ready.
    pub(crate) fn run(&mut self) -> bool {
        let mut process = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--dir", &self.dir.path().display().to_string(), "--save", ""])
            .args(&self.options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server must be installed (Debian: apt-get install redis-server)");
        let mut log = BufReader::new(process.stdout.take().expect("piped"));
        let mut line = String::new();
        while log.read_line(&mut line).expect("its log") > 0 {
            if line.contains("Ready to accept connections") {
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

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}
