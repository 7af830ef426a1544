//! HAProxy and nginx, with the example configurations of `deploy/`.

use crate::process::Process;
use crate::redis_server::free_port;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long one may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A balancer in front of two ingests.
#[derive(Debug)]
pub struct Balancer {
    kind: Kind,
    process: Process,
    _folder: TempDir,
    port: u16,
}

/// Which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// HAProxy, which asks `/health/ready`.
    Haproxy,
    /// nginx, which learns from connections that fail.
    Nginx,
}

impl Balancer {
    /// Starts one in front of the ingests at these ports.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    #[must_use]
    pub fn start(kind: Kind, ingests: [u16; 2]) -> Self {
        let folder = TempDir::with_prefix("dna-balancer-").expect("a folder");
        let port = free_port();
        let (name, program) = match kind {
            Kind::Haproxy => ("haproxy.cfg", "haproxy"),
            Kind::Nginx => ("nginx.conf", "nginx"),
        };
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name);
        let mut text = std::fs::read_to_string(&example).expect("the example");
        for (from, to) in [(8080, port), (8600, ingests[0]), (8601, ingests[1])] {
            let from = format!("127.0.0.1:{from}");
            assert!(text.contains(&from), "{name} has no {from}");
            text = text.replace(&from, &format!("127.0.0.1:{to}"));
        }
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("writable");
        let mut command = Command::new(program_path(program));
        match kind {
            // -db: stay in front.
            Kind::Haproxy => command.arg("-db").arg("-f").arg(&file),
            Kind::Nginx => command.arg("-e").arg("stderr").arg("-p").arg(folder.path()).args([
                "-g",
                "daemon off;",
                "-c",
                name,
            ]),
        };
        command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process::start_silent(command);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < START_TIMEOUT, "{program} does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { kind, process, _folder: folder, port }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // Its workers outlive a master that is killed.
        if self.kind == Kind::Nginx {
            self.process.signal("TERM");
            self.process.wait();
        }
    }
}

/// Debian puts both where only root's PATH leads.
fn program_path(program: &str) -> String {
    let path = format!("/usr/sbin/{program}");
    if Path::new(&path).exists() { path } else { program.to_owned() }
}
