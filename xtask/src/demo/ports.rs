//! Chooses the ports of the demo before anything is started: ingest must know the bank's
//! address, to allow it as an origin, and the bank must know ingest's.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result, bail};

use crate::progress::note;

/// The port that was asked for, or else `usual`, or else (with a word about it) a free one.
pub(crate) fn choose(what: &str, asked: Option<u16>, usual: u16) -> Result<u16> {
    let wanted = asked.unwrap_or(usual);
    match (free(wanted), asked) {
        (Ok(port), _) => Ok(port),
        (Err(error), Some(port)) => {
            bail!("port {port} for {what} cannot be used ({error}): choose another, or 0 for any")
        }
        (Err(error), None) => {
            let port = any_free()?;
            note(&format!("port {usual} cannot be used ({error}): {what} takes {port}"));
            Ok(port)
        }
    }
}

/// A port that nobody listens on now.
pub(crate) fn any_free() -> Result<u16> {
    free(0).context("no free port on 127.0.0.1")
}

fn free(port: u16) -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_taken_as_it_is() {
        let port = any_free().unwrap();
        assert_eq!(choose("the bank", Some(port), 1).unwrap(), port);
        assert_ne!(choose("the bank", Some(0), 1).unwrap(), 0);
    }

    #[test]
    fn a_taken_port_is_an_error_only_when_it_was_asked_for() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_ne!(choose("the bank", None, port).unwrap(), port);
        let error = choose("the bank", Some(port), 1).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} for the bank")), "{error}");
    }
}
