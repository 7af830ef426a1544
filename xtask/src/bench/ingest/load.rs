//! The load: wrk, on the other core, and what it says afterwards.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::cores::{LOAD_CORE, on_core};
use crate::process::output_of;

/// One way to load a server.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// Connections that are kept alive.
    pub(super) connections: u32,
    /// For how long.
    pub(super) seconds: u32,
    /// How long a connection waits on average between an answer and the next beacon; 0: not at
    /// all.
    pub(super) delay_ms: u32,
}

/// Where the load goes to, and what it is.
pub(super) struct Target<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    pub(super) template: &'a Path,
}

/// What wrk has seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// Requests that were answered.
    pub(super) requests: u64,
    pub(super) seconds: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
}

/// Sends beacons with the script and the user agents of this repository.
pub(super) struct Sender {
    pub(super) wrk: PathBuf,
    pub(super) script: PathBuf,
    pub(super) agents: PathBuf,
}

impl Sender {
    /// Loads `target`; fails when it refused or broke off anything.
    pub(super) fn send(&self, target: &Target<'_>, load: &Load) -> Result<Seen> {
        let mut command = on_core(LOAD_CORE, &self.wrk);
        command
            .args(["--threads", "1", "--timeout", "10s"])
            .args(["--connections", &load.connections.to_string()])
            .args(["--duration", &format!("{}s", load.seconds)])
            .arg("--script")
            .arg(&self.script)
            .args([target.url, "--", target.method])
            .args([target.template, &self.agents])
            .arg(load.delay_ms.to_string());
        self.run(&mut command).with_context(|| format!("load on {}", target.url))
    }

    fn run(&self, command: &mut Command) -> Result<Seen> {
        let output = output_of(command)?;
        let line = output.lines().find(|line| line.starts_with('{'));
        let Some(line) = line else { bail!("wrk said nothing of its requests: {output}") };
        parse(line)
    }
}

fn parse(line: &str) -> Result<Seen> {
    let said: Value = serde_json::from_str(line)?;
    let number = |name: &str| said[name].as_f64().with_context(|| format!("no `{name}`: {line}"));
    ensure!(
        number("refused")? == 0.0 && number("broken")? == 0.0,
        "requests failed, so what was measured is no service: {line}"
    );
    Ok(Seen {
        requests: said["requests"].as_u64().context("no `requests`")?,
        seconds: number("micros")? / 1e6,
        p50_ms: number("p50")? / 1e3,
        p99_ms: number("p99")? / 1e3,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        r#"{"requests":10,"micros":2000000,"p50":1500,"p99":9000,"max":1,"refused":0,"broken":0}"#;

    #[test]
    fn what_wrk_says_is_read() {
        let seen = parse(LINE).unwrap();
        assert_eq!((seen.requests, seen.seconds), (10, 2.0));
        assert_eq!((seen.p50_ms, seen.p99_ms), (1.5, 9.0));
    }

    #[test]
    fn a_refusal_is_no_measurement() {
        let refused = LINE.replace("\"refused\":0", "\"refused\":3");
        assert!(parse(&refused).unwrap_err().to_string().contains("requests failed"));
    }
}
