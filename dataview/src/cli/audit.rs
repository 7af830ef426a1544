//! `dataview audit`: the log of who looked which user up.

use super::Failure;
use super::config_args::ConfigArgs;
use super::users::time;
use crate::access::{AuditRecord, Verdict};
use clap::Subcommand;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

/// Records that are read at a time.
const PART: usize = 500;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the records, the newest first
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// Print each as a JSON object on a line of its own
        #[arg(long)]
        json: bool,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Check that no record was changed or taken out; exits with 1 and names the first that was
    Verify {
        #[command(flatten)]
        config: ConfigArgs,
        /// The last hash as it was noted at another time: then records that were cut off at the
        /// end are found, too
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
        /// Print the result as a JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let (Command::List { config, .. } | Command::Verify { config, .. }) = &args.command;
    let access = config.open_access()?;
    let mut out = std::io::stdout();
    match &args.command {
        Command::List { json, limit, .. } => {
            let (mut before, mut left) = (None, *limit);
            while left > 0 {
                let part = access.audit(before, left.min(PART))?;
                let Some(last) = part.last() else { break };
                before = Some(last.sequence);
                left -= part.len();
                for record in &part {
                    writeln!(out, "{}", line(record, *json))?;
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify { head, json, .. } => {
            let verdict = access.verify_audit()?;
            let is_cut = match head {
                Some(head) => !access.has_audit_hash(head)?,
                None => false,
            };
            let (whole, told, text) = told(&verdict, is_cut);
            writeln!(out, "{}", if *json { told.to_string() } else { text })?;
            Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
    }
}

/// Whether all is well, as JSON and in words.
fn told(verdict: &Verdict, is_cut: bool) -> (bool, serde_json::Value, String) {
    match verdict {
        Verdict::Broken { sequence, why } => (
            false,
            json!({"verified": false, "broken_at": sequence, "why": why.to_string()}),
            format!("record {sequence} is broken: {why}"),
        ),
        Verdict::Whole { records, head } if is_cut => {
            let why = "no record has the hash that was noted";
            let told = json!({"verified": false, "records": records, "head": head, "why": why});
            (false, told, format!("{records} records, but {why}: the end was cut off"))
        }
        Verdict::Whole { records, head } => (
            true,
            json!({"verified": true, "records": records, "head": head}),
            format!("{records} records, none broken; the last one's hash is {head}"),
        ),
    }
}

fn line(record: &AuditRecord, json: bool) -> String {
    if json {
        return serde_json::to_string(record).unwrap_or_default();
    }
    let action = serde_json::to_value(record.action).unwrap_or_default();
    let action = action.as_str().unwrap_or_default().to_owned();
    let app = record.app.as_deref().map(|app| format!(" of {app}")).unwrap_or_default();
    let reason = record.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let AuditRecord { sequence, at, who, subject, .. } = record;
    format!("{sequence}  {}  {who}  {action}  {subject}{app}{reason}", time(*at))
}
