//! `dataview tokens`: what programs ask with.

use super::Failure;
use super::config_args::ConfigArgs;
use super::users::{COMMAND_LINE, Rights, apps, time};
use crate::access::{Action, Deed, NewToken};
use clap::Subcommand;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

const DAY_MS: u64 = 86_400_000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all tokens; their secrets are kept nowhere
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// Print each as a JSON object on a line of its own
        #[arg(long)]
        json: bool,
    },
    /// Make a token and print it: it cannot be shown again
    Add {
        #[command(flatten)]
        config: ConfigArgs,
        /// Its name
        name: String,
        #[command(flatten)]
        rights: Rights,
        /// It ends after so many days; without this, never
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u64).range(1..=3_650))]
        days: Option<u64>,
    },
    /// Remove a token: it is of no use any more
    Remove {
        #[command(flatten)]
        config: ConfigArgs,
        /// Its name
        name: String,
    },
}

impl Command {
    fn config(&self) -> &ConfigArgs {
        match self {
            Self::List { config, .. } | Self::Add { config, .. } | Self::Remove { config, .. } => {
                config
            }
        }
    }
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let access = args.command.config().open_access()?;
    let now_ms = crate::startup::now_ms();
    let mut out = std::io::stdout();
    let (action, subject) = match &args.command {
        Command::List { json, .. } => {
            for token in access.tokens()? {
                let line = if *json {
                    json!({"name": token.name, "role": token.role, "apps": token.scope.apps(),
                        "created_at": token.created_at_ms, "created_by": token.created_by,
                        "expires_at": token.expires_at_ms})
                    .to_string()
                } else {
                    let end = token.expires_at_ms.map_or_else(|| "never".to_owned(), time);
                    let apps = apps(&token.scope);
                    format!(
                        "{}  {}  {apps}  by {}  ends {end}",
                        token.name, token.role, token.created_by
                    )
                };
                writeln!(out, "{line}")?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        Command::Add { name, rights, days, .. } => {
            let new = NewToken {
                name: name.clone(),
                role: rights.role,
                scope: rights.scope(),
                created_by: COMMAND_LINE.to_owned(),
                expires_at_ms: days.map(|days| now_ms + days * DAY_MS),
            };
            writeln!(out, "{}", access.add_token(&new, now_ms)?)?;
            (Action::TokenAdded, name)
        }
        Command::Remove { name, .. } => {
            access.remove_token(name)?;
            (Action::TokenRemoved, name)
        }
    };
    let deed = Deed { who: COMMAND_LINE, action, subject, app: None, reason: None };
    access.record(&deed, now_ms)?;
    Ok(ExitCode::SUCCESS)
}
