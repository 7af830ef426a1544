//! Debian's nginx tells DataView what it saw, by syslog and by a file that is rotated.

use crate::support::{self, Kept};
use dataview::model::Hop;
use dataview::network::{Network, Sources};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// A running nginx, ended when this is dropped.
struct Nginx {
    child: Child,
    port: u16,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn nginx() -> PathBuf {
    let installed = PathBuf::from("/usr/sbin/nginx");
    if installed.is_file() { installed } else { PathBuf::from("nginx") }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

/// Starts nginx before `service`, with `access_log` in the format of the deployed file. The first
/// upstream that it tries is one that nobody listens on.
fn start(folder: &Path, service: u16, access_log: &str) -> Nginx {
    let format = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nginx-dataview.conf");
    let format = format.canonicalize().expect("it is there");
    let (port, dead) = (free_port(), free_port());
    let config = format!(
        "daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid;\n\
         error_log {folder}/error.log notice;\n\
         events {{ worker_connections 64; }}\n\
         http {{\n  include {format};\n  {access_log}\n  \
         client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n  \
         fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n  \
         upstream service {{ server 127.0.0.1:{dead} max_fails=0; server 127.0.0.1:{service} max_fails=0; }}\n  \
         server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://service; }} }}\n}}\n",
        folder = folder.display(),
        format = format.display(),
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, config).expect("writable");
    let mut command = Command::new(nginx());
    command.arg("-c").arg(&file).arg("-p").arg(folder).stdout(Stdio::null());
    // Before it has read where its log is, it tries the system's.
    command.arg("-e").arg(folder.join("error.log"));
    let child = command.spawn().expect("nginx: cargo xtask setup balancers installs it");
    let nginx = Nginx { child, port };
    support::wait_for("nginx listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    nginx
}

/// A service that answers every request by 200; its port.
fn service() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    port
}

fn get(port: u16, path: &str, traceparent: Option<&str>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("nginx listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
    let header = traceparent.map(|it| format!("traceparent: {it}\r\n")).unwrap_or_default();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: bank.example\r\n{header}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("writable");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

async fn network(sources: Sources, store: &Arc<Kept>) -> Network {
    Network::start(sources, "this-host".to_owned(), Arc::clone(store) as _)
        .await
        .expect("it listens")
}

fn local() -> Option<SocketAddr> {
    Some("127.0.0.1:0".parse().expect("an address"))
}

async fn hops(store: &Arc<Kept>, count: usize) -> Vec<Hop> {
    let store = Arc::clone(store);
    tokio::task::spawn_blocking(move || {
        support::wait_for("the lines are stored", || store.hops().len() >= count);
        store.hops()
    })
    .await
    .expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_tells_by_syslog() {
    let (folder, store) = (TempDir::new().expect("a folder"), Arc::<Kept>::default());
    let network = network(Sources { udp: local(), ..Sources::default() }, &store).await;
    let udp = network.addresses().0.expect("it listens");
    let log = format!("access_log syslog:server={udp},tag=nginx dna;");
    let (folder, path) = (folder.path().to_owned(), folder);
    let requests = tokio::task::spawn_blocking(move || {
        let nginx = start(&folder, service(), &log);
        for at in 0..4 {
            let header = format!("00-{TRACE}-{SPAN}-0{}", at % 2);
            get(nginx.port, "/accounts?card=6222021234567890", Some(&header));
        }
        get(nginx.port, "/a\"b\\c%20d", None);
    });
    requests.await.expect("no panic");
    let hops = hops(&store, 5).await;
    drop(path);
    assert_eq!(hops.len(), 5);
    let (traced, last) = hops.split_at(4);
    for (at, hop) in traced.iter().enumerate() {
        let (trace, span) = hop.trace.expect("a trace");
        assert_eq!((trace.to_string().as_str(), span.to_string().as_str()), (TRACE, SPAN));
        assert_eq!((hop.sampled, hop.path.as_str()), (at % 2 == 1, "/accounts"));
        assert_eq!(
            (hop.status, hop.method.as_str(), hop.host.as_str()),
            (200, "GET", "bank.example")
        );
        assert!(hop.upstream_response_us.is_some() && hop.connection_us.is_some(), "{hop:?}");
        assert!(hop.response_bytes > 0 && hop.request_bytes > 0 && !hop.proxy.is_empty());
    }
    // Some were tried at the upstream that nobody listens on first.
    let retried =
        hops.iter().filter(|hop| hop.upstream.as_deref().is_some_and(|it| it.contains(", ")));
    assert!(retried.count() > 0, "{hops:?}");
    assert_eq!((last[0].trace, last[0].path.as_str()), (None, "/a\"b\\c%20d"));
    let dropped: u64 = network.counters().dropped().iter().map(|(_, count)| count).sum();
    assert_eq!(dropped, 0, "{:?}", network.counters());
    network.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_tells_by_a_file_that_is_rotated() {
    let (folder, store) = (TempDir::new().expect("a folder"), Arc::<Kept>::default());
    let file = folder.path().join("dna.log");
    let sources = || Sources {
        files: vec![file.clone()],
        cursors: folder.path().to_owned(),
        ..Sources::default()
    };
    let first = network(sources(), &store).await;
    let (path, log) = (folder.path().to_owned(), format!("access_log {} dna;", file.display()));
    let nginx = tokio::task::spawn_blocking(move || {
        let nginx = start(&path, service(), &log);
        get(nginx.port, "/one", None);
        nginx
    });
    let nginx = nginx.await.expect("no panic");
    hops(&store, 1).await;
    first.stop().await;
    // Meanwhile nobody reads, and the file is rotated as logrotate does it.
    get(nginx.port, "/two", None);
    fs::write(folder.path().join("mixed"), "").expect("writable");
    fs::rename(&file, folder.path().join("dna.log.1")).expect("renamed");
    let pid = nginx.child.id().to_string();
    let reopened = Command::new("kill").args(["-USR1", &pid]).status().expect("kill runs");
    assert!(reopened.success());
    let new = file.clone();
    let port = nginx.port;
    let requests = tokio::task::spawn_blocking(move || {
        support::wait_for("the new file is there", || new.is_file());
        get(port, "/three", None);
    });
    requests.await.expect("no panic");
    let mut other = fs::OpenOptions::new().append(true).open(&file).expect("writable");
    other.write_all(b"10.0.0.1 - - \"GET / HTTP/1.1\" 200\n").expect("writable");
    let second = network(sources(), &store).await;
    let hops = hops(&store, 3).await;
    let mut paths: Vec<&str> = hops.iter().map(|hop| hop.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/one", "/three", "/two"], "each once");
    let counters = second.counters();
    support::wait_for("the other line is counted", || {
        counters.of(dataview::network::Dropped::NotJson) == 1
    });
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarder_tells_over_a_connection_and_a_store_that_was_away_gets_it() {
    let store = Arc::<Kept>::default();
    store.away(true);
    let network = network(Sources { tcp: local(), ..Sources::default() }, &store).await;
    let tcp = network.addresses().1.expect("it listens");
    let line = format!(
        "<190>Nov 26 16:00:00 edge-1 nginx: {{\"msec\":\"{}\",\"request_time\":\"0.1\",\"status\":\"200\"}}",
        support::now_seconds()
    );
    let mut stream = TcpStream::connect(tcp).expect("it listens");
    write!(stream, "{line}\n{} {line}", line.len()).expect("writable");
    drop(stream);
    let asked = Arc::clone(&store);
    tokio::task::spawn_blocking(move || {
        support::wait_for("the store was asked", || asked.refused() > 0);
    })
    .await
    .expect("no panic");
    store.away(false);
    let hops = hops(&store, 2).await;
    assert_eq!(hops.len(), 2);
    assert!(hops.iter().all(|hop| hop.proxy == "edge-1"), "{hops:?}");
    network.stop().await;
}
