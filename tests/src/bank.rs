//! The demo bank with its back end, OpenTelemetry's agents around it, and nginx in front.

use crate::process::{Process, built};
use crate::redis_server::free_port;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long nginx may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// All of it. Servers stop in the order of the fields: the outermost first.
#[derive(Debug)]
pub struct Bank {
    nginx: Process,
    port: u16,
    _bank: Process,
    _core: Process,
    _sms: Process,
    _folder: TempDir,
}

impl Bank {
    /// Starts it; the services tell `otlp` (a base URL), nginx `syslog` (host and port).
    ///
    /// # Panics
    /// When something is not built or installed, or does not start.
    #[must_use]
    pub fn start(ingest: &str, otlp: &str, syslog: &str) -> Self {
        let folder = TempDir::with_prefix("dna-bank-").expect("a folder");
        let (sms, sms_url) = sms(otlp);
        let (core, core_url) = core(otlp, &sms_url, folder.path());
        let mut bank = Command::new(built("DNA_DEMO_SITE_BIN", "demo-site"));
        bank.args(["--listen", "127.0.0.1:0", "--ingest", ingest, "--core", &core_url]);
        bank.arg("--sdk-dir").arg(folder.path());
        let (bank, bank_url) = Process::start(bank, "demo-site listening on ");
        let (nginx, port) = nginx(folder.path(), &bank_url, syslog);
        Self { nginx, port, _bank: bank, _core: core, _sms: sms, _folder: folder }
    }

    /// Where customers find it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        // Its workers outlive a master that is killed.
        self.nginx.signal("TERM");
        self.nginx.wait();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("it is there")
}

fn with_agent(mut command: Command, service: &str, otlp: &str) -> (Process, String) {
    command
        .env("OTEL_SERVICE_NAME", service)
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", otlp)
        .env("OTEL_TRACES_EXPORTER", "otlp")
        .env("OTEL_LOGS_EXPORTER", "otlp")
        .env("OTEL_METRICS_EXPORTER", "none")
        .env("OTEL_BSP_SCHEDULE_DELAY", "100")
        .env("OTEL_BLRP_SCHEDULE_DELAY", "100");
    Process::start(command, &format!("{service} listening on "))
}

fn sms(otlp: &str) -> (Process, String) {
    let mut command = Command::new("node");
    command
        .args(["--require", "@opentelemetry/auto-instrumentations-node/register", "sms.js", "0"])
        .current_dir(root().join("demo-site/backend/sms"))
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .env("OTEL_NODE_RESOURCE_DETECTORS", "env,host");
    with_agent(command, "sms", otlp)
}

/// `cargo xtask setup backend` makes its environment in the target folder.
fn core(otlp: &str, sms: &str, folder: &Path) -> (Process, String) {
    let test = std::env::current_exe().expect("a test has a path");
    // target/debug/deps/test-xyz -> target
    let target = test.ancestors().nth(3).expect("it lies in the target folder");
    let programs = target.join("demo-backend/venv/bin");
    let agent = programs.join("opentelemetry-instrument");
    assert!(agent.is_file(), "{} is missing: cargo xtask setup backend", agent.display());
    let mut command = Command::new(agent);
    command
        .arg(programs.join("python"))
        .arg(root().join("demo-site/backend/core/core.py"))
        .args(["--port", "0", "--sms", sms, "--database"])
        .arg(folder.join("core.db"))
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        .env("OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "true");
    with_agent(command, "core", otlp)
}

/// nginx with the format of `deploy/nginx-dataview.conf`.
fn nginx(folder: &Path, bank: &str, syslog: &str) -> (Process, u16) {
    let port = free_port();
    let (folder_name, format) = (folder.display(), root().join("deploy/nginx-dataview.conf"));
    let text = format!(
        "daemon off; worker_processes 1; pid {folder_name}/nginx.pid;\n\
         error_log stderr error;\n\
         events {{ worker_connections 64; }}\n\
         http {{\n  include {};\n  access_log syslog:server={syslog},tag=nginx dna;\n  \
         client_body_temp_path {folder_name}/body; proxy_temp_path {folder_name}/proxy;\n  \
         fastcgi_temp_path {folder_name}/f; uwsgi_temp_path {folder_name}/u; \
         scgi_temp_path {folder_name}/s;\n  \
         server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {bank}; }} }}\n}}\n",
        format.display()
    );
    let file = folder.join("nginx.conf");
    std::fs::write(&file, text).expect("writable");
    let installed = Path::new("/usr/sbin/nginx");
    let program = if installed.exists() { installed } else { Path::new("nginx") };
    let mut command = Command::new(program);
    command.args(["-e", "stderr", "-c"]).arg(&file).arg("-p").arg(folder).stdout(Stdio::null());
    let process = Process::start_silent(command);
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < START_TIMEOUT, "nginx does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    (process, port)
}
