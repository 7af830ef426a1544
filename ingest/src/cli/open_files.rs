//! How many files the system lets this process have open: each connection is one.

use crate::config::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are open beside connections: the journal, logs, libraries, a few more.
pub(super) const BESIDE: u64 = 128;

/// How many `config` may need.
pub(super) fn wanted(config: &Config) -> u64 {
    let connections = (config.workers as u64).saturating_mul(config.http.connections_max as u64);
    connections.saturating_add(BESIDE)
}

/// How many there may be once [`raise`] was called; `None`: as many as one likes.
pub(super) fn allowed() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// Raises the limit as far as the system lets: the usual 1,024 is what `select` can bear, which
/// nothing here calls. Says when it is too low all the same.
pub(super) fn raise(config: &Config) {
    let allowed = allowed();
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: allowed, maximum: allowed }) {
        tracing::warn!(%error, "the limit of open files is not raised");
    }
    let (now, wanted) = (getrlimit(Resource::Nofile).current, wanted(config));
    match now {
        Some(now) if now < wanted => tracing::warn!(
            allowed = now,
            wanted,
            "fewer open files than workers times http.connections_max; raise LimitNOFILE (ulimit \
             -n), or allow fewer connections"
        ),
        _ => tracing::debug!(allowed = now, wanted, "open files"),
    }
}
