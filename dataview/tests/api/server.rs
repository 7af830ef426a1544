//! A query API on a port of its own.

use crate::client::Client;
use crate::store::Double;
use actix_web::dev::ServerHandle;
use actix_web::web;
use dataview::access::{Access, NewToken, Role, Scope, SessionSettings};
use dataview::consume::{DeadLetters, JournalSource, Settings, Source};
use dataview::http::alerts::{self, Alerts};
use dataview::http::subscriptions::{self, Subscriptions};
use dataview::http::{App, Cursors, Told, dead_letters, server};
use dataview::query::users::UserPseudonyms;
use dataview::store::Store;
use dataview::store::sqlite::{Options, SqliteStore};
use dataview::subscribe::Registry;
use dataview::watch::Watching;
use dna_baselines::Calendar;
use dna_settings::{Algorithm, PseudonymKey, Pseudonyms};
use dna_source_maps::{Folder, Maps};
use std::net::TcpListener;
use std::sync::Arc;
use tempfile::TempDir;

/// The time of the tests' clock: 2025-01-01T00:00:30Z.
pub(crate) const NOW: u64 = 1_735_689_630_000;

/// The file of rules.
const RULES: &str = r#"
    [[channels]]
    name = "ops"
    to = { type = "webhook", url = "http://127.0.0.1:9/hook" }
    [[rules]]
    name = "in-file"
    app = "bank"
    when = { type = "threshold", measure = "errors", above = 100.0 }
    channels = ["ops"]
"#;

/// The key of pseudonyms.
const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

pub(crate) struct Server {
    pub(crate) store: Arc<Double>,
    pub(crate) access: Access,
    /// What subscriptions read.
    pub(crate) feeder: Arc<SqliteStore>,
    /// What is watched: the file of rules has a rule and a channel.
    pub(crate) watching: Watching,
    /// Asks with a token of an administrator.
    pub(crate) client: Client,
    /// Asks as nobody.
    pub(crate) nobody: Client,
    pub(crate) folder: TempDir,
    _fed: TempDir,
    handle: ServerHandle,
}

impl Server {
    /// A server over an empty double.
    pub(crate) fn start() -> Self {
        let double = Arc::new(Double::default());
        Self::with(double.clone(), double, tempfile::tempdir().unwrap())
    }

    /// A server over a store; the file of accounts is in `folder`, too.
    pub(crate) fn over(store: Arc<dyn Store>, folder: TempDir) -> Self {
        Self::with(store, Arc::default(), folder)
    }

    fn with(asked: Arc<dyn Store>, store: Arc<Double>, folder: TempDir) -> Self {
        let path = folder.path().join("access.db");
        let access = Access::open(&path, SessionSettings::default()).unwrap();
        let key = PseudonymKey::parse(KEY).unwrap();
        let pseudonyms = Pseudonyms::new(&key, Algorithm::HmacSha256);
        let app = App {
            store: asked,
            maps: Some(Arc::new(Maps::new(maps(&folder), 1 << 20, 1 << 20))),
            consumed: Arc::default(),
            drops: vec![Arc::new(|| vec![("otlp_too_old".to_owned(), 7)])],
            told: Told::default(),
            access: access.clone(),
            pseudonyms: UserPseudonyms { all: Some(pseudonyms), ..UserPseudonyms::default() },
            trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
            cursors: Cursors::new(&access.key("cursors").unwrap()),
            now: || NOW,
        };
        let fed = tempfile::tempdir().unwrap();
        let options = Options { clock: || NOW, ..Options::new(fed.path().to_owned()) };
        let feeder = SqliteStore::open(options).unwrap();
        let feeder = Arc::new(feeder);
        let registry = Registry::open(&folder.path().join("subscriptions.db")).unwrap();
        let mine = web::Data::new(Subscriptions::new(Arc::new(registry), feeder.clone()));
        let rules = folder.path().join("alerts.toml");
        std::fs::write(&rules, RULES).unwrap();
        let watching =
            Watching::open(folder.path(), Some(rules), None, Calendar::default()).unwrap();
        let (keep, rulebook) = (watching.keep.clone(), Arc::clone(&watching.rulebook));
        let normal = Arc::clone(&watching.normal);
        let alerts =
            web::Data::new(Alerts { keep, rulebook, normal, vip_tiers: vec!["vip".to_owned()] });
        let dead = web::Data::new(dead_letters_in(&folder));
        let more = move |service: &mut web::ServiceConfig| {
            subscriptions::routes(service, mine.clone());
            dead_letters::routes(service, dead.clone());
            alerts::routes(service, alerts.clone());
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let bound = server::bind(listener, web::Data::new(app), more).unwrap();
                send.send((bound.address, bound.server.handle())).unwrap();
                bound.server.await.unwrap();
            });
        });
        let (address, handle) = receive.recv().unwrap();
        let nobody = Client::new(address);
        let client = nobody.with_token(&token(&access, "tests", Role::Administrator, Scope::All));
        Self { store, access, feeder, watching, client, nobody, folder, _fed: fed, handle }
    }

    /// A client with a token of `role` for `scope`.
    pub(crate) fn client_of(&self, role: Role, scope: Scope) -> Client {
        let name = format!("{role}{}", self.access.tokens().unwrap().len());
        self.nobody.with_token(&token(&self.access, &name, role, scope))
    }
}

/// Those beside a journal.
fn dead_letters_in(folder: &TempDir) -> DeadLetters {
    let dir = folder.path().to_owned();
    let source = Source::Journal(JournalSource {
        dir: dir.clone(),
        group: "dataview".to_owned(),
        state_dir: dir,
    });
    DeadLetters::open(&Settings { source, dead_letters_max: 100 }).unwrap()
}

/// Where source maps are, for a server whose folder is `folder`.
pub(crate) fn maps(folder: &TempDir) -> Folder {
    Folder::new(folder.path().join("maps"))
}

fn token(access: &Access, name: &str, role: Role, scope: Scope) -> String {
    let (name, created_by) = (name.to_owned(), "tests".to_owned());
    let new = NewToken { name, role, scope, created_by, expires_at_ms: None };
    access.add_token(&new, NOW).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        // The thread serves until then; nobody waits for it.
        drop(self.handle.stop(false));
    }
}
