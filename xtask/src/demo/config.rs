//! Writes ingest's configuration for the demo.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::visitors;
use anyhow::{Context, Result};
use dna_tests::mmdb;
use serde_json::Value;

/// The file of places, in the demo's data folder.
const PLACES: &str = "places.mmdb";

/// Where ingest shows what arrives.
pub(crate) const LIVE_PATH: &str = "/live";

/// What differs from one demo to another.
pub(crate) struct Settings<'a> {
    /// Where the bank will listen: its origin must be allowed before it starts.
    pub(crate) bank_port: u16,
    /// Where ingest will listen.
    pub(crate) ingest_port: u16,
    /// Where DataView will listen.
    pub(crate) dataview_port: u16,
    /// Where DataView will listen for nginx's lines; `None` without an nginx.
    pub(crate) syslog: Option<&'a str>,
    /// The Redis to buffer in; `None` for the embedded journal.
    pub(crate) redis: Option<String>,
    /// The demo's data folder.
    pub(crate) data: &'a Path,
}

impl Settings<'_> {
    /// Writes the configurations of ingest and DataView; gives back their paths.
    pub(crate) fn write(&self) -> Result<(PathBuf, PathBuf)> {
        let key = self.data.join("pseudonym.key");
        let (ingest, dataview) = (self.data.join("ingest.toml"), self.data.join("dataview.toml"));
        fs::create_dir_all(self.data)
            .and_then(|()| make_key(&key))
            .and_then(|()| fs::write(self.data.join(PLACES), places_file()))
            .and_then(|()| fs::write(&ingest, self.ingest(&key)))
            .and_then(|()| fs::write(&dataview, self.dataview(&key)))
            .with_context(|| format!("cannot write the settings in {}", self.data.display()))?;
        Ok((ingest, dataview))
    }

    /// Ingest's buffer is where DataView reads, and its key is how DataView finds a user.
    fn dataview(&self, key: &Path) -> String {
        let buffer = match &self.redis {
            Some(url) => format!("[buffer.redis]\nurl = {}", quoted(url)),
            None => format!("[buffer.journal]\ndir = {}", quoted_path(&self.data.join("journal"))),
        };
        let syslog = self.syslog.map(|at| format!("[network]\nsyslog_udp = {}\n\n", quoted(at)));
        let syslog = syslog.unwrap_or_default();
        let places = quoted_path(&self.data.join(PLACES));
        format!(
            "# Written by `cargo xtask demo` at each start.\n\
             listen = \"127.0.0.1:{}\"\ndir = {}\n\n\
             {buffer}\n\n{syslog}[geo]\nfiles = [{places}]\n\n[privacy]\npseudonym_key_file = {}\n",
            self.dataview_port,
            quoted_path(&self.data.join("dataview")),
            quoted_path(key),
        )
    }

    fn ingest(&self, key: &Path) -> String {
        let Self { bank_port, ingest_port, redis, data, .. } = self;
        let buffer = match redis {
            Some(url) => format!(
                "[buffer.redis]\nurl = {}\n\n[buffer.spool]\ndir = {}",
                quoted(url),
                quoted_path(&data.join("spool"))
            ),
            None => format!("[buffer.journal]\ndir = {}", quoted_path(&data.join("journal"))),
        };
        let key = quoted_path(key);
        format!(
            "# Written by `cargo xtask demo` at each start.\n\
             listen = \"127.0.0.1:{ingest_port}\"\n\n\
             [http]\n# Ctrl-C should not have to wait for open live views.\n\
             shutdown_timeout_ms = 1000\n\
             # The scripted visitors say where they are.\n\
             trusted_proxies = [\"127.0.0.1/32\"]\n\n\
             [live]\nenabled = true\n\n\
             {buffer}\n\n\
             [privacy]\npseudonym_key_file = {key}\n\n\
             [[apps]]\nname = \"demo-bank\"\nkeys = [\"demo-bank\", \"demo-bank-mini\"]\n\
             origins = [\"http://127.0.0.1:{bank_port}\", \"http://localhost:{bank_port}\"]\n"
        )
    }
}

/// Where the networks of the scripted visitors are, in MaxMind's format.
fn places_file() -> Vec<u8> {
    let places = visitors::places();
    let record = |[country, region, city]: [[&str; 2]; 3], operator: &str| {
        mmdb::record(country, region, city, operator)
    };
    let networks = places.map(|(network, names, operator)| (network, record(names, operator)));
    mmdb::file("DNA-Demo-Places", &networks)
}

/// Makes the key of the pseudonyms once, so that a user keeps theirs from one demo to the next.
fn make_key(file: &Path) -> std::io::Result<()> {
    if file.is_file() {
        return Ok(());
    }
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(file)?.write_all(digits.as_bytes())
}

/// A TOML string: JSON's escapes are valid there too.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bank_is_allowed_under_both_its_names() {
        let settings = Settings {
            bank_port: 1,
            ingest_port: 2,
            dataview_port: 3,
            syslog: None,
            redis: None,
            data: Path::new("/a \"b\""),
        };
        let toml = settings.ingest(Path::new("/key"));
        assert!(toml.contains("origins = [\"http://127.0.0.1:1\", \"http://localhost:1\"]"));
        assert!(toml.contains("listen = \"127.0.0.1:2\""));
        assert!(toml.contains(r#"dir = "/a \"b\"/journal""#), "{toml}");
    }

    #[test]
    fn redis_takes_the_place_of_the_journal() {
        let redis = Some(String::from("redis://127.0.0.1:7/"));
        let data = Path::new("/a");
        let settings = Settings {
            bank_port: 1,
            ingest_port: 2,
            dataview_port: 3,
            syslog: Some("127.0.0.1:4"),
            redis,
            data,
        };
        let dataview = settings.dataview(Path::new("/key"));
        assert!(dataview.contains("[buffer.redis]\nurl = \"redis://127.0.0.1:7/\""), "{dataview}");
        assert!(dataview.contains("listen = \"127.0.0.1:3\""), "{dataview}");
        assert!(dataview.contains("[network]\nsyslog_udp = \"127.0.0.1:4\""), "{dataview}");
        let toml = settings.ingest(Path::new("/key"));
        assert!(toml.contains("[buffer.redis]\nurl = \"redis://127.0.0.1:7/\""), "{toml}");
        assert!(!toml.contains("buffer.journal"), "{toml}");
    }

    #[test]
    fn the_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        make_key(&file).unwrap();
        let first = fs::read_to_string(&file).unwrap();
        make_key(&file).unwrap();
        assert_eq!(first.len(), 64);
        assert_eq!(fs::read_to_string(&file).unwrap(), first);
    }
}
