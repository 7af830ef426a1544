//! Where source maps lie: `{application}/releases/{release}/{script}.map` and
//! `{application}/debug-ids/{id}.map`.
//!
//! What is looked up comes from events, which anybody can send: each part of a path is written so
//! that it can be nothing but the name of a file.

use dna_protocol::privacy::{clean_address, clean_text};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Bytes of a name before it is replaced by its hash: file systems take 255.
const NAME_BYTES_MAX: usize = 200;

/// The folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

/// A map that is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptMap {
    /// The application.
    pub app: String,
    /// Of a release, its name; of a debug id, nothing.
    pub release: Option<String>,
    /// The script's file name, or the debug id.
    pub name: String,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Why a map was not kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct StoreError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl Folder {
    /// The folder at a path, which need not be there yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps the map of `script` for a release of an application, and by its debug id.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn store(
        &self,
        app: &str,
        release: &str,
        script: &str,
        debug_id: Option<&str>,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let by_id = debug_id.map(|id| self.of_id(app, id));
        for path in [Some(self.of_release(app, release, script)), by_id].into_iter().flatten() {
            write(&path, bytes).map_err(|source| StoreError { path, source })?;
        }
        Ok(())
    }

    /// Where the map of a release's script would be. Of an address, the file's name counts.
    #[must_use]
    pub fn of_release(&self, app: &str, release: &str, script: &str) -> PathBuf {
        let name = script.rsplit(['/', '\\']).next().unwrap_or_default();
        // As events have it, whose numbers are masked.
        let folder = self.0.join(encoded(app)).join("releases").join(encoded(release));
        folder.join(encoded(&clean_address(name)) + ".map")
    }

    /// Where the map with a debug id would be.
    #[must_use]
    pub fn of_id(&self, app: &str, id: &str) -> PathBuf {
        let id = clean_text(&id.replace('-', "").to_ascii_lowercase());
        self.0.join(encoded(app)).join("debug-ids").join(encoded(&id) + ".map")
    }

    /// All maps, by application, release and name.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list(&self) -> io::Result<Vec<KeptMap>> {
        let mut found = Vec::new();
        for (app, path) in entries(&self.0)? {
            for (release, path) in entries(&path.join("releases"))? {
                found.extend(maps(&path, &app, Some(&release))?);
            }
            found.extend(maps(&path.join("debug-ids"), &app, None)?);
        }
        found.sort();
        Ok(found)
    }
}

fn maps(folder: &Path, app: &str, release: Option<&str>) -> io::Result<Vec<KeptMap>> {
    let (app, release) = (app.to_owned(), release.map(ToOwned::to_owned));
    let files = entries(folder)?.into_iter().filter_map(|(name, path)| {
        let name = name.strip_suffix(".map")?.to_owned();
        let bytes = fs::metadata(path).ok()?.len();
        Some(KeptMap { app: app.clone(), release: release.clone(), name, bytes })
    });
    Ok(files.collect())
}

/// Names, decoded, and paths of what is in a folder; nothing when it is not there.
fn entries(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let named = found.map(|entry| {
        let entry = entry?;
        Ok((decoded(&entry.file_name().to_string_lossy()), entry.path()))
    });
    named.collect()
}

/// Replaces the file at once: a reader sees the old one or the new one.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = path.with_extension(format!("{}.new", std::process::id()));
    fs::write(&new, bytes)?;
    fs::rename(&new, path)
}

/// A text as the name of a file: letters, digits, `-`, `_` and, not first, `.` are themselves.
fn encoded(text: &str) -> String {
    let mut name = String::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            b'.' if at > 0 => name.push('.'),
            _ => write!(name, "%{byte:02x}").expect("writing to a String does not fail"),
        }
    }
    if name.is_empty() {
        name.push('%');
    }
    if name.len() > NAME_BYTES_MAX {
        let hash = Sha256::digest(text.as_bytes());
        name = hash.iter().fold("%hash-".to_owned(), |name, byte| name + &format!("{byte:02x}"));
    }
    name
}

fn decoded(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) if *byte == b'%' => {
                bytes.push(value);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_events_stay_in_the_folder() {
        let folder = Folder::new(PathBuf::from("/maps"));
        for hostile in
            ["..", "../../etc/passwd", "a/../../b", "", ".", "/", "\0", "a\\..\\b", "é%2e"]
        {
            for path in
                [folder.of_release(hostile, hostile, hostile), folder.of_id(hostile, hostile)]
            {
                let parts: Vec<_> = path.strip_prefix("/maps").expect("inside").iter().collect();
                assert!(matches!(parts.len(), 3 | 4), "{path:?}");
                for part in parts {
                    assert!(part != ".." && part != "." && !part.is_empty(), "{path:?}");
                }
            }
            assert_eq!(decoded(&encoded(hostile)), if hostile.is_empty() { "%" } else { hostile });
        }
        let long = folder.of_release("a", &"é".repeat(200), "x.js");
        assert!(long.iter().all(|part| part.len() <= 255));
    }

    #[test]
    fn what_events_mask_is_found() {
        let folder = Folder::new(PathBuf::from("/maps"));
        let name = "main.20261126070000.js";
        let masked = clean_address(&format!("https://bank.example/assets/{name}"));
        assert_ne!(masked.rsplit('/').next(), Some(name));
        assert_eq!(folder.of_release("a", "1", name), folder.of_release("a", "1", &masked));
        let id = "01234567-8901-2345-6789-0123456789ab";
        let masked = clean_text(&id.replace('-', ""));
        assert_eq!(folder.of_id("a", id), folder.of_id("a", &masked));
        assert_eq!(folder.of_id("a", &id.to_uppercase()), folder.of_id("a", id));
    }
}
