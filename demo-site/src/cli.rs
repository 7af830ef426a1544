//! The command line: what may be said, and a message that names the value when it is wrong.

use std::path::PathBuf;

use actix_web::http::Uri;
use clap::Parser;

use crate::core::Core;
use crate::site::Settings;

/// Harbour Bank, a demonstration bank that carries the DNA script tag.
#[derive(Debug, Parser)]
#[command(name = "demo-site", version)]
pub struct Args {
    /// Where to listen; port 0 takes a free port, and the one taken is printed.
    #[arg(long, value_name = "HOST:PORT", value_parser = parse_listen)]
    pub listen: ListenAddress,

    /// Base URL of the ingest service that the pages send to.
    #[arg(long, value_name = "URL", value_parser = parse_ingest)]
    pub ingest: String,

    /// Folder of the built SDK (dna.js and the files it loads). It may still be missing: the
    /// pages work without the SDK.
    #[arg(long, value_name = "DIR", value_parser = parse_sdk_dir)]
    pub sdk_dir: PathBuf,

    /// Application key that the script tag carries.
    #[arg(long, value_name = "KEY", default_value = "demo-bank", value_parser = parse_app_key)]
    pub app_key: String,

    /// Release that the script tag carries.
    #[arg(long, value_name = "NAME", default_value = "demo@1.0.0", value_parser = parse_release)]
    pub release: String,

    /// URL of the bank's core service (backend/core); without one the bank does everything by
    /// itself.
    #[arg(long, value_name = "URL", value_parser = parse_core)]
    pub core: Option<Core>,
}

impl Args {
    /// What the pages need to know, without what only the listener needs.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            ingest: self.ingest.clone(),
            sdk_dir: self.sdk_dir.clone(),
            app_key: self.app_key.clone(),
            release: self.release.clone(),
            core: self.core.clone(),
        }
    }
}

/// A host (name or address, IPv6 in brackets) and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenAddress {
    /// As typed, so that the printed address is the one the user knows.
    pub host: String,
    /// 0 for any free port.
    pub port: u16,
}

fn parse_listen(value: &str) -> Result<ListenAddress, String> {
    const ALLOWED: &str =
        "allowed: HOST:PORT, such as 127.0.0.1:8080, localhost:0 or [::1]:8080 (port 0 to 65535)";
    let (host, port) = value.rsplit_once(':').ok_or(ALLOWED)?;
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || (host.contains(':') && !bracketed) {
        return Err(ALLOWED.to_owned());
    }
    let port = port.parse().map_err(|_| ALLOWED)?;
    Ok(ListenAddress { host: host.to_owned(), port })
}

/// The URL without its trailing slash, because paths are appended to it.
fn parse_ingest(value: &str) -> Result<String, String> {
    const ALLOWED: &str = "allowed: an http:// or https:// URL without user name, query or \
                           fragment, such as http://127.0.0.1:7070";
    let uri: Uri = value.parse().map_err(|_| ALLOWED)?;
    let known_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let plain_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    if !known_scheme || !plain_host || value.contains(['?', '#']) {
        return Err(ALLOWED.to_owned());
    }
    Ok(value.trim_end_matches('/').to_owned())
}

fn parse_sdk_dir(value: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(value);
    if value.is_empty() || path.is_file() {
        return Err("allowed: a folder (one that is not built yet is fine)".to_owned());
    }
    Ok(path)
}

fn parse_app_key(value: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if value.is_empty() || value.len() > 64 || !value.chars().all(plain) {
        return Err("allowed: 1 to 64 letters, digits, '-', '_' or '.'".to_owned());
    }
    Ok(value.to_owned())
}

fn parse_core(value: &str) -> Result<Core, String> {
    Core::at(value).ok_or_else(|| "allowed: http://HOST:PORT".to_owned())
}

fn parse_release(value: &str) -> Result<String, String> {
    if value.is_empty() || value.chars().count() > 128 || value.chars().any(char::is_control) {
        return Err("allowed: 1 to 128 characters, none of them control characters".to_owned());
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(flag: &str, value: &str) -> Result<Args, String> {
        let mut given = vec![
            ("--listen", "127.0.0.1:0"),
            ("--ingest", "http://127.0.0.1:7070"),
            ("--sdk-dir", "/nowhere/yet"),
        ];
        given.retain(|(name, _)| *name != flag);
        given.push((flag, value));
        let line = given.iter().flat_map(|(name, value)| [*name, *value]);
        Args::try_parse_from(std::iter::once("demo-site").chain(line))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn good_values_are_taken() {
        let args = parse("--listen", "localhost:8080").unwrap();
        assert_eq!(args.listen, ListenAddress { host: "localhost".into(), port: 8080 });
        assert_eq!(args.app_key, "demo-bank");
        assert_eq!(args.release, "demo@1.0.0");
        assert_eq!(parse("--listen", "[::1]:0").unwrap().listen.host, "[::1]");
        let args = parse("--ingest", "https://dna.example/base/").unwrap();
        assert_eq!(args.ingest, "https://dna.example/base");
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_allowed() {
        let long_key = "k".repeat(65);
        for (flag, value) in [
            ("--listen", "8080"),
            ("--listen", ":8080"),
            ("--listen", "::1:8080"),
            ("--listen", "127.0.0.1:65536"),
            ("--ingest", "127.0.0.1:7070"),
            ("--ingest", "ftp://127.0.0.1"),
            ("--ingest", "http://user@127.0.0.1"),
            ("--ingest", "http://127.0.0.1/?a=1"),
            ("--sdk-dir", "Cargo.toml"),
            ("--app-key", "a key"),
            ("--app-key", &long_key),
            ("--core", "https://127.0.0.1:1"),
            ("--release", "a\nb"),
        ] {
            let message = parse(flag, value).expect_err(value);
            assert!(message.contains(flag), "{message}");
            assert!(message.contains(value), "{message}");
            assert!(message.contains("allowed: "), "{message}");
        }
    }
}
