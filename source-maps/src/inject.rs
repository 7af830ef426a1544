//! Gives built scripts and their maps the same identifier (ECMA-426 debug ids), and the scripts a
//! note of it that the client reads.

use super::{ParseError, ParsedMap};
use dna_protocol::privacy::clean_text;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const DEBUG_ID: &str = "//# debugId=";
const MAPPING_URL: &str = "//# sourceMappingURL=";
const NOTE: &str = "_dnaDebugIds";

/// What became of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Injected {
    /// It has this identifier now.
    New(String),
    /// It had this one already.
    Already(String),
}

/// Why a script was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum InjectError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It has no map beside it.
    #[error("no source map: neither a `{MAPPING_URL}` that names a file nor {}", beside.display())]
    NoMap {
        /// Where one was looked for.
        beside: PathBuf,
    },
    /// The map cannot be used.
    #[error("{}: {source}", path.display())]
    Map {
        /// The map's file.
        path: PathBuf,
        /// Why.
        source: ParseError,
    },
}

/// Injects into the script at `path` and its map.
///
/// # Errors
/// Why the two are left as they are.
pub fn inject(path: &Path) -> Result<Injected, InjectError> {
    let script = read(path)?;
    let script = String::from_utf8_lossy(&script);
    let map_path = map_of(path, &script);
    let map = match fs::read(&map_path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(InjectError::NoMap { beside: map_path });
        }
        other => other.map_err(|source| InjectError::Io { path: map_path.clone(), source })?,
    };
    let parsed = ParsedMap::read(&map);
    let parsed = parsed.map_err(|source| InjectError::Map { path: map_path.clone(), source })?;
    let said = line_with(&script, DEBUG_ID).and_then(hyphenated);
    let known = parsed.debug_id().and_then(|id| hyphenated(&id)).or(said);
    let id = known.clone().unwrap_or_else(|| identifier(script.as_bytes(), &map));
    if known.is_some() && script.contains(NOTE) {
        return Ok(Injected::Already(id));
    }
    if parsed.debug_id().is_none() {
        write(&map_path, with_id(&map, &id).as_slice())?;
    }
    write(path, with_note(&script, &id).as_bytes())?;
    Ok(Injected::New(id))
}

/// The script with its note, before the comments that end it.
fn with_note(script: &str, id: &str) -> String {
    let (code, mapping) = match script.rfind(MAPPING_URL) {
        Some(at) => script.split_at(at),
        None => (script, ""),
    };
    let comment = if code.contains(DEBUG_ID) { String::new() } else { format!("{DEBUG_ID}{id}\n") };
    // On a line of its own, so that no place of the script moves; the newline ends a comment.
    let code = code.trim_end();
    format!(
        "{code}\n;(()=>{{try{{(globalThis.{NOTE}=globalThis.{NOTE}||{{}})[new Error().stack]=\"{id}\"}}\
         catch(e){{}}}})();\n{comment}{mapping}"
    )
}

/// The map with its identifier, the rest of it as it was.
fn with_id(map: &[u8], id: &str) -> Vec<u8> {
    let open = map.iter().position(|byte| *byte == b'{').map_or(0, |at| at + 1);
    [&map[..open], format!("\"debugId\":\"{id}\",").as_bytes(), &map[open..]].concat()
}

/// Where the script's map is: where it says, or beside it.
fn map_of(path: &Path, script: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!("{name}.map"));
    match line_with(script, MAPPING_URL) {
        Some(url) if !url.contains(':') && !url.starts_with('/') => {
            path.parent().unwrap_or(Path::new("")).join(url)
        }
        _ => beside,
    }
}

/// What follows `mark` on the last line that begins with it.
fn line_with<'a>(script: &'a str, mark: &str) -> Option<&'a str> {
    script.lines().rev().find_map(|line| line.trim().strip_prefix(mark)).map(str::trim)
}

/// An identifier that the same script and map always get, and that is no number to those who
/// mask numbers: one hash in twenty is.
fn identifier(script: &[u8], map: &[u8]) -> String {
    let hashes = (0..u8::MAX).map(|attempt| {
        let hash = Sha256::new().chain_update([attempt]).chain_update(script).chain_update(map);
        let hash = hash.finalize();
        hash[..16].iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
    });
    let mut kept = hashes.skip_while(|hex| clean_text(hex) != *hex);
    kept.next().and_then(|hex| hyphenated(&hex)).unwrap_or_default()
}

/// 32 hex digits as a UUID is written.
fn hyphenated(id: &str) -> Option<String> {
    let hex = id.replace('-', "").to_ascii_lowercase();
    let is_hex = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"))
}

fn read(path: &Path) -> Result<Vec<u8>, InjectError> {
    fs::read(path).map_err(|source| InjectError::Io { path: path.to_owned(), source })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), InjectError> {
    fs::write(path, bytes).map_err(|source| InjectError::Io { path: path.to_owned(), source })
}
