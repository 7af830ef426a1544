//! ClickHouse's engine in a process of its own.

use crate::made::{HOUR, NOON};
use dataview::store::StoreError;
use dataview::store::clickhouse::{ClickHouseStore, Options};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// What server.py asks for.
const KEY: &str = "a key of the tests";

pub(crate) struct Engine {
    process: Child,
    url: String,
    folder: TempDir,
}

impl Engine {
    pub(crate) fn start() -> Self {
        Self::over(tempfile::tempdir().unwrap())
    }

    /// Kills it, and starts it again over the same data.
    pub(crate) fn again(mut self) -> Self {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        Self::over(folder)
    }

    fn over(folder: TempDir) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clickhouse/server.py");
        let mut process = Command::new(python())
            .arg(script)
            .arg(folder.path().join("data"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("`cargo xtask setup clickhouse` has made its environment");
        let mut port = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { process, url, folder }
    }

    pub(crate) async fn store(&self) -> ClickHouseStore {
        self.open(KEY).await.unwrap()
    }

    /// Runs a statement without the store.
    pub(crate) async fn run(&self, sql: &'static str) {
        let answer = reqwest::Client::new()
            .post(format!("{}/?database=dna", self.url))
            .header("X-ClickHouse-Key", KEY)
            .body(sql)
            .send();
        assert_eq!(answer.await.unwrap().status(), 200);
    }

    pub(crate) async fn open(&self, password: &str) -> Result<ClickHouseStore, StoreError> {
        ClickHouseStore::open(&Options {
            url: self.url.clone(),
            database: "dna".to_owned(),
            user: "default".to_owned(),
            password: password.to_owned(),
            // The tests' days are in the past and in the future.
            raw_days: 3650,
            rollup_days: 3650,
            clock: || NOON + HOUR,
        })
        .await
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Python in the environment that `cargo xtask setup` makes in the target folder.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("clickhouse/venv/bin/python")
}
