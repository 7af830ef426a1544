//! `ingest doctor`: looks at everything that `serve` needs and says what is not as it should be.
//!
//! Writes nothing that stays, and may run beside a service that is up.

mod certificates;
mod disk;
mod keys;
mod limits;
mod redis;

use super::Failure;
use super::config_args::ConfigArgs;
use crate::buffer::Settings;
use crate::config::Config;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing failed (there may be warnings), 1 something failed, \
                        2 wrong usage or configuration."
)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// Print the result as JSON: {"ok": …, "checks": [{"check", "state", "detail"}, …]}
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
    /// There is nothing to look at.
    Skipped,
}

/// One thing that was looked at. Holds no secret and nothing personal.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    detail: String,
}

impl Finding {
    fn new(check: &'static str, state: State, detail: impl Into<String>) -> Self {
        Self { check, state, detail: detail.into() }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout();
    let config = match args.config.load() {
        Ok(config) => config,
        Err(error) if args.json => {
            let finding = Finding::new("configuration", State::Failed, error.to_string());
            writeln!(out, "{}", report(&[finding]))?;
            return Ok(ExitCode::from(2));
        }
        Err(error) => return Err(error.into()),
    };
    let findings = examine(args, &config)?;
    if args.json {
        writeln!(out, "{}", report(&findings))?;
    } else {
        for Finding { check, state, detail } in &findings {
            let state = match state {
                State::Ok => "ok",
                State::Warning => "WARNING",
                State::Failed => "FAILED",
                State::Skipped => "-",
            };
            writeln!(out, "{state:<8} {check:<14} {detail}")?;
        }
    }
    let failed = findings.iter().any(|finding| finding.state == State::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn examine(args: &Args, config: &Config) -> Result<Vec<Finding>, Failure> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let detail = format!("{} is fine", args.config.path());
    let mut findings = vec![Finding::new("configuration", State::Ok, detail)];
    if !config.idle_variables.is_empty() {
        let names = config.idle_variables.join(", ");
        let detail = format!("these variables set nothing here: {names}");
        findings.push(Finding::new("environment", State::Warning, detail));
    }
    match &config.buffer.settings {
        Settings::Redis(settings) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            findings.extend(runtime.block_on(redis::examine(settings))?);
            if let Some(spool) = &settings.spool {
                findings.extend(disk::examine(&spool.dir, spool.total_bytes_max));
            }
        }
        Settings::Journal(settings) => {
            findings.push(Finding::new("redis", State::Skipped, "no Redis is configured"));
            findings.push(clock_alone(now));
            findings.extend(disk::examine(&settings.dir, settings.total_bytes_max));
        }
    }
    findings.push(limits::open_files(config));
    findings.push(keys::examine(config, now));
    findings.push(certificates::examine(config, now));
    Ok(findings)
}

/// Without another clock to compare with, only what cannot be true is seen.
fn clock_alone(now: Duration) -> Finding {
    /// 2026-01-01: this program did not exist before.
    const EARLIEST: Duration = Duration::from_secs(1_767_225_600);
    if now < EARLIEST {
        let detail = "the clock stands before this program was written";
        return Finding::new("clock", State::Failed, detail);
    }
    Finding::new("clock", State::Ok, "plausible; there is no other clock to compare it with")
}

fn report(findings: &[Finding]) -> serde_json::Value {
    let failed = findings.iter().any(|finding| finding.state == State::Failed);
    serde_json::json!({"ok": !failed, "checks": findings})
}
