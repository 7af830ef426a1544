//! A server for a test, and the one check that every refusal goes through.

use crate::client::{Request, Response, get, post};
use crate::frames::{self, KEY};
use actix_web::web;
use dna_buffer::read::{BufferReader, Source, Start};
use dna_protocol::entry::Entry;
use dna_protocol::{Decoded, entry::Receipt};
use ingest::buffer::commit::Bounds;
use ingest::buffer::memory::MemorySink;
use ingest::buffer::{self, BufferCounters, Keeper};
use ingest::config::{Config, Layers};
use ingest::http::{Door, server};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// The server's clock: some time in 2027. It stands still.
pub(crate) const NOW: u64 = 1_800_000_000_000;

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) tls_address: Option<SocketAddr>,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    sequence: AtomicU64,
    acknowledged: Mutex<Vec<u64>>,
}

/// The configuration that all tests share, with `more` lines at its head.
pub(crate) fn toml(folder: &Path, more: &str) -> String {
    let (more, privacy) = more.split_once("[privacy]\n").map_or((more, ""), |(head, rest)| {
        // The section is here already: its first line goes into it.
        let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        (if head.is_empty() { rest } else { head }, line)
    });
    format!(
        "listen = \"127.0.0.1:0\"\nworkers = 1\n{more}\n\
         [buffer]\ndurability = \"memory\"\n[buffer.journal]\ndir = {journal:?}\n\
         [privacy]\n{privacy}\npseudonym_key = \"{key}\"\n\
         [[apps]]\nname = \"bank\"\nkeys = [\"{KEY}\"]\norigins = [\"https://bank.example\"]\n\
         [[apps]]\nname = \"open\"\nkeys = [\"open-key\"]\norigins = [\"*\"]\n\
         url_params = [\"lang\", \"product\"]\n",
        journal = folder.join("journal"),
        key = "00112233445566778899aabbccddeeff".repeat(2),
    )
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// A server with `more` lines in its configuration.
    pub(crate) fn start_with(more: &str) -> Self {
        let folder = TempDir::with_prefix("dna-door-").expect("a folder");
        Self::start_in(folder, more)
    }

    /// A server whose folder has something in it already.
    pub(crate) fn start_in(folder: TempDir, more: &str) -> Self {
        Self::start_on(folder, more, None)
    }

    /// A server that keeps in `memory`, where at most so much waits, for ever if it must.
    pub(crate) fn start_on_memory(more: &str, sink: MemorySink, items_max: usize) -> Self {
        let folder = TempDir::with_prefix("dna-door-").expect("a folder");
        let wait_max = Duration::from_secs(3600);
        let bounds = Bounds { wait_max, ..Bounds::new(items_max, 1 << 20) };
        Self::start_on(folder, more, Some((sink, bounds)))
    }

    fn start_on(folder: TempDir, more: &str, memory: Option<(MemorySink, Bounds)>) -> Self {
        let text = toml(folder.path(), more);
        let layers = Layers::from_text(Path::new("test.toml"), &text).expect("TOML");
        let config = Config::load(&layers).expect("a good configuration");
        let (send_address, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(serve(config, memory, send_address, stopped));
        });
        let (address, tls_address) = address.recv().expect("the server starts");
        Self {
            address,
            tls_address,
            folder,
            stop: Some(stop),
            thread: Some(thread),
            sequence: AtomicU64::new(1000),
            acknowledged: Mutex::default(),
        }
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A number that no frame of this server had.
    pub(crate) fn sequence(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn send(&self, request: &Request) -> Response {
        request.send(self.address)
    }

    /// Sends a good frame, which must be acknowledged, and remembers it.
    pub(crate) fn acknowledge_one(&self) {
        let sequence = self.sequence();
        let response = self.send(&post(frames::good(sequence)));
        assert_eq!(response.status, 200, "{}", response.text());
        self.acknowledged.lock().expect("no panic before").push(sequence);
    }

    /// All counters that are not 0.
    pub(crate) fn counters(&self) -> BTreeMap<String, u64> {
        let response = self.send(&get("/metrics"));
        let lines = response.text().lines().filter(|line| line.contains("_total"));
        let pairs = lines.filter_map(|line| line.rsplit_once(' '));
        let pairs = pairs.map(|(name, count)| (name.to_owned(), count.parse().expect("a count")));
        pairs.filter(|(_, count)| *count > 0).collect()
    }

    /// What `act` adds to the counters.
    pub(crate) fn counted<T>(&self, act: impl FnOnce() -> T) -> (T, BTreeMap<String, u64>) {
        let before = self.counters();
        let result = act();
        let mut after = self.counters();
        for (name, count) in before {
            let moved = after.get_mut(&name).expect("counters only grow");
            *moved -= count;
        }
        after.retain(|_, count| *count > 0);
        (result, after)
    }

    /// Sends `request`, which must be refused with `status` and the problem `code`, whose detail
    /// has each of `words`; exactly one counter may move, `counter`, and the server goes on.
    #[track_caller]
    pub(crate) fn check_refused(
        &self,
        request: &Request,
        (status, code): (u16, &str),
        words: &[&str],
        counter: &str,
    ) -> serde_json::Value {
        let (response, moved) = self.counted(|| self.send(request));
        self.check_problem(&response, (status, code), words);
        let expected = BTreeMap::from([(format!("dna_ingest_{counter}"), 1)]);
        assert_eq!(moved, expected, "exactly one counter moves");
        self.acknowledge_one();
        response.json()
    }

    /// The same for a frame that is refused as a whole.
    #[track_caller]
    pub(crate) fn check_frame_refused(
        &self,
        request: &Request,
        status: u16,
        code: &str,
        words: &[&str],
    ) {
        let counter = format!("frames_refused_total{{reason=\"{code}\"}}");
        self.check_refused(request, (status, code), words, &counter);
    }

    /// The same for a frame whose only event is refused with `reason`.
    #[track_caller]
    pub(crate) fn check_event_refused(&self, request: &Request, reason: &str, words: &[&str]) {
        let counter = format!("events_rejected_total{{reason=\"{reason}\"}}");
        let problem = self.check_refused(request, (422, "no_good_event"), words, &counter);
        assert_eq!(problem["rejected"][0]["code"], reason);
        assert_eq!(problem["rejected_count"], 1);
    }

    #[track_caller]
    pub(crate) fn check_problem(
        &self,
        response: &Response,
        (status, code): (u16, &str),
        words: &[&str],
    ) {
        assert_eq!(response.status, status, "{}", response.text());
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        let problem = response.json();
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["status"], status);
        assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()));
        let detail = problem["detail"].as_str().expect("a detail");
        for word in words {
            assert!(detail.contains(word), "{detail:?} does not say {word:?}");
        }
        let page = self.send(&get(problem["type"].as_str().expect("a path")));
        assert_eq!(page.status, 200);
    }

    /// Stops the server and returns what it kept.
    pub(crate) fn stop(mut self) -> Vec<(Receipt, Decoded)> {
        self.end();
        self.kept_bytes().iter().map(|bytes| Entry::decode(bytes).expect("an entry")).collect()
    }

    /// Stops the server; everything that was acknowledged must be there, once.
    #[track_caller]
    pub(crate) fn check_kept(self) {
        let mut expected = self.acknowledged.lock().expect("no panic before").clone();
        expected.sort_unstable();
        assert!(!expected.is_empty());
        let kept = self.stop();
        let mut found: Vec<u64> =
            kept.iter().filter_map(|(_, decoded)| decoded.frame.header.sequence).collect();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    /// The encoded entries.
    pub(crate) fn kept_bytes(&self) -> Vec<bytes::Bytes> {
        let source = Source::Journal { dir: self.folder.path().join("journal") };
        let read = async {
            let mut reader = BufferReader::open(&source, Start::Beginning).await.expect("opens");
            let mut all = Vec::new();
            loop {
                let batch = reader.next(1000, Duration::from_millis(1)).await.expect("reads");
                if batch.is_empty() {
                    return all;
                }
                all.extend(batch.into_iter().map(|kept| kept.bytes));
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(read)
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server panicked");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where it listens, and where for TLS.
type Addresses = (SocketAddr, Option<SocketAddr>);

async fn serve(
    config: Config,
    memory: Option<(MemorySink, Bounds)>,
    address: mpsc::Sender<Addresses>,
    stopped: oneshot::Receiver<()>,
) {
    let counters = Arc::new(BufferCounters::default());
    let settings = config.buffer.settings.clone();
    let keeper = match memory {
        Some((sink, bounds)) => Keeper::start(sink, bounds, Arc::clone(&counters)).await,
        None => buffer::open(settings, Arc::clone(&counters)).await.expect("the buffer opens"),
    };
    let door = web::Data::new(Door::new(&config, keeper.clone(), counters, || NOW));
    let bound = server::bind(&config, door, None).expect("a port is free");
    address.send((bound.address, bound.tls_address)).expect("the test waits");
    let server = bound.server;
    let handle = server.handle();
    let stop = async move {
        let _ = stopped.await;
        handle.stop(true).await;
    };
    let (served, ()) = tokio::join!(server, stop);
    served.expect("the server served");
    keeper.close().await;
}
