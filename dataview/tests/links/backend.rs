//! The demo bank's back end with OpenTelemetry's own agents of Python and Node around it: one call
//! with a trace is told by both services, down to the SQL, and neither knows of DataView.

use crate::support::{Kept, wait_for};
use actix_web::{App, HttpServer, web};
use dataview::model::{Span, SpanId, SpanKind, TraceId};
use dataview::otlp::{Otlp, routes};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALL: &str = "b7ad6b7169203331";
const CUSTOMER: &str = "vip-6222021234567890";

/// A running service, ended when this is dropped.
struct Service {
    child: Child,
    address: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Service {
    /// Starts `command` with an agent that tells `otlp`, and waits until it says where it listens.
    fn start(name: &str, otlp: &str, command: &mut Command) -> Self {
        command
            .env("OTEL_SERVICE_NAME", name)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", otlp)
            .env("OTEL_TRACES_EXPORTER", "otlp")
            .env("OTEL_LOGS_EXPORTER", "otlp")
            .env("OTEL_METRICS_EXPORTER", "none")
            .env("OTEL_BSP_SCHEDULE_DELAY", "100")
            .env("OTEL_BLRP_SCHEDULE_DELAY", "100");
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{name}: {error}; `cargo xtask setup backend` installs what it needs")
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = loop {
            let line = lines.next().expect("it says where it listens").expect("text");
            if let Some(address) = line.strip_prefix(&format!("{name} listening on http://")) {
                break address.to_owned();
            }
        };
        // Its pipe is read on, or it would wait when it is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn post(&self, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let request = format!(
            "POST {path} HTTP/1.0\r\nhost: core\r\ntraceparent: 00-{TRACE}-{CALL}-01\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("writable");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.contains(" 200 "), "{answer}");
        answer
    }
}

fn backend() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo-site/backend");
    folder.canonicalize().expect("it is there")
}

/// A program of the environment that `cargo xtask setup backend` makes in the target folder.
fn python(program: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    target.join("demo-backend/venv/bin").join(program)
}

fn sms(otlp: &str) -> Service {
    let mut command = Command::new("node");
    command
        .args(["--require", "@opentelemetry/auto-instrumentations-node/register", "sms.js", "0"])
        .current_dir(backend().join("sms"))
        // Node's agent tells in JSON, Python's in Protocol Buffers.
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")
        .env("OTEL_NODE_RESOURCE_DETECTORS", "env,host");
    Service::start("sms", otlp, &mut command)
}

fn core(otlp: &str, sms: &Service, folder: &Path) -> Service {
    let mut command = Command::new(python("opentelemetry-instrument"));
    command
        .arg(python("python"))
        .arg(backend().join("core/core.py"))
        .args(["--port", "0", "--sms", &format!("http://{}", sms.address), "--database"])
        .arg(folder.join("core.db"))
        .env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
        .env("OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "true");
    Service::start("core", otlp, &mut command)
}

/// OTLP over HTTP in front of `store`; its URL.
fn otlp(store: Arc<Kept>) -> String {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let otlp = web::Data::new(Otlp::new(store, None));
        actix_web::rt::System::new().block_on(async move {
            let server =
                HttpServer::new(move || App::new().app_data(otlp.clone()).configure(routes));
            let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
            send.send(server.addrs()[0]).expect("somebody waits");
            server.run().await.expect("it serves");
        });
    });
    format!("http://{}", receive.recv().expect("it listens"))
}

#[test]
fn agents_of_two_languages_tell_one_call_down_to_the_sql() {
    let (store, folder) = (Arc::<Kept>::default(), TempDir::new().expect("a folder"));
    let otlp = otlp(Arc::clone(&store));
    let sms = sms(&otlp);
    let core = core(&otlp, &sms, folder.path());
    core.post("/sign-ins", &format!("{{\"customer\":\"{CUSTOMER}\"}}"));

    let trace = TraceId::from_hex(TRACE).expect("an identifier");
    let of_it =
        || -> Vec<Span> { store.spans().into_iter().filter(|span| span.trace == trace).collect() };
    let has = |service: &str, kind| {
        of_it().iter().any(|span| span.service == service && span.kind == kind)
    };
    wait_for("both services have told", || {
        has("core", SpanKind::Server)
            && has("core", SpanKind::Client)
            && has("sms", SpanKind::Server)
    });
    let spans = of_it();
    let server = |service: &str| {
        let found =
            spans.iter().find(|span| span.service == service && span.kind == SpanKind::Server);
        found.expect("it was waited for")
    };
    assert_eq!(server("core").parent, SpanId::from_hex(CALL), "the client's call is its parent");
    // The gateway's span is below the core's call of it, which is below the core's own.
    let asked = spans.iter().find(|span| Some(span.id) == server("sms").parent).expect("the call");
    assert_eq!((asked.service.as_str(), asked.kind), ("core", SpanKind::Client));
    assert_eq!(asked.parent, Some(server("core").id));
    let queries: Vec<String> = spans
        .iter()
        .filter_map(|span| {
            let query = ["db.query.text", "db.statement"];
            query.into_iter().find_map(|key| span.attributes.get(key))
        })
        .map(|query| query.as_str().expect("text").to_owned())
        .collect();
    let count = "SELECT count(*) AS count FROM sign_in WHERE customer = ?";
    assert!(queries.iter().any(|query| query == count), "{queries:?}");
    wait_for("the log has told", || {
        store
            .logs()
            .iter()
            .any(|line| line.trace == Some(trace) && line.body.contains("has signed in"))
    });
    let all = format!("{:?} {:?}", store.spans(), store.logs());
    assert!(!all.contains("6222021234567890"), "a customer's number is in what is stored");
}
